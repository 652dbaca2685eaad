// From the server's answer to PlaybackInfo to an address to play. Pure.

import { join, queryString, withQuery } from '../api/base';
import type { MediaSource, MediaStream } from '../api/types';

export type Method = 'DirectPlay' | 'DirectStream' | 'Transcode';

export interface Plan {
  method: Method;
  url: string;
  hls: boolean;
  reasons: string[]; // why it is not played directly, in the API's words
}

export interface Context {
  base: string;
  itemId: string;
  playSessionId: string;
  deviceId: string;
  token: string;
  audio: boolean; // the item is music
}

/** planFor chooses how to play a source; undefined when the server offers no way. */
export function planFor(s: MediaSource, c: Context): Plan | undefined {
  if (s.SupportsDirectPlay || (s.SupportsDirectStream && !s.TranscodingUrl)) {
    return { method: 'DirectPlay', url: directUrl(s, c), hls: false, reasons: [] };
  }
  if (!s.TranscodingUrl) return undefined;
  const url = withQuery(join(c.base, s.TranscodingUrl), 'ApiKey', c.token);
  return {
    method: copiesVideo(s.TranscodingUrl, reasonsOf(s)) ? 'DirectStream' : 'Transcode',
    url,
    hls: s.TranscodingSubProtocol === 'hls' || /\.m3u8(\?|$)/i.test(s.TranscodingUrl),
    reasons: reasonsOf(s),
  };
}

/** directUrl is the address of a source's own bytes. */
export function directUrl(s: MediaSource, c: Context): string {
  const kind = c.audio ? 'Audio' : 'Videos';
  const name = fileType(s.Container ?? '');
  return (
    `${c.base}/${kind}/${c.itemId}/stream${name ? '.' + name : ''}` +
    queryString({
      static: true,
      mediaSourceId: s.Id,
      playSessionId: c.playSessionId,
      deviceId: c.deviceId,
      tag: s.ETag,
      ApiKey: c.token,
    })
  );
}

/** fileType picks one name from a container list such as "mov,mp4,m4a,3gp,3g2,mj2". */
export function fileType(container: string): string {
  const names = container.toLowerCase().split(',').map((n) => n.trim()).filter(Boolean);
  return names.includes('mp4') ? 'mp4' : (names[0] ?? '');
}

/** reasonsOf lists why a source is converted, from its field or its address. */
export function reasonsOf(s: MediaSource): string[] {
  const field = Array.isArray(s.TranscodeReasons) ? s.TranscodeReasons : (s.TranscodeReasons ?? '').split(',');
  const inUrl = /[?&]TranscodeReasons=([^&]*)/i.exec(s.TranscodingUrl ?? '')?.[1] ?? '';
  const all = [...field, ...decodeURIComponent(inUrl).split(',')].map((r) => r.trim()).filter(Boolean);
  return [...new Set(all)];
}

// The picture is only repackaged when nothing about it or the bitrate is in the way.
function copiesVideo(url: string, reasons: string[]): boolean {
  if (/[?&]AllowVideoStreamCopy=false/i.test(url) || /[?&]SubtitleMethod=Encode/i.test(url)) return false;
  return reasons.length > 0 && !reasons.some((r) => /^Video|Bitrate|RefFrames|Anamorphic|Interlaced|UnknownVideo|SubtitleCodec/.test(r));
}

/** streamsOf lists a source's streams of one type. */
export const streamsOf = (s: MediaSource | undefined, type: string): MediaStream[] => (s?.MediaStreams ?? []).filter((m) => m.Type === type);

/** sidecar is the address of a subtitle that comes beside the film, "" if it does not. */
export function sidecar(m: MediaStream, base: string, token: string): string {
  if (m.DeliveryMethod !== 'External' || !m.DeliveryUrl) return '';
  return withQuery(join(base, m.DeliveryUrl), 'ApiKey', token);
}
