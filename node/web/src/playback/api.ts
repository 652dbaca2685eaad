// Asking the node how to play something, and telling it that we do.

import { serverBase } from '../api/base';
import { call, send } from '../api/client';
import { session } from '../api/session';
import type { MediaSource, PlaybackInfo } from '../api/types';
import type { Context, Method } from './plan';
import { deviceProfile } from './profile';
import { browserSupport } from './support';
import { toTicks } from './time';

export interface Wish {
  sourceId?: string;
  audio?: number;
  subtitle?: number; // -1: none
  start?: number; // seconds
  bitrate?: number;
  /** convert refuses the file as it is: it failed, or another sound track is wanted. */
  convert?: boolean;
}

/** playbackInfo asks how each version of an item would be played here. */
export function playbackInfo(itemId: string, w: Wish = {}): Promise<PlaybackInfo> {
  return call<PlaybackInfo>('POST', `/Items/${itemId}/PlaybackInfo`, {
    body: {
      UserId: session().userId,
      MediaSourceId: w.sourceId,
      AudioStreamIndex: w.audio,
      SubtitleStreamIndex: w.subtitle,
      StartTimeTicks: w.start ? toTicks(w.start) : undefined,
      MaxStreamingBitrate: w.bitrate,
      EnableDirectPlay: w.convert ? false : undefined,
      EnableDirectStream: w.convert ? false : undefined,
      AutoOpenLiveStream: true,
      DeviceProfile: deviceProfile(browserSupport(), w.bitrate),
    },
  });
}

/** contextFor gathers what addresses of an item's streams need. */
export const contextFor = (itemId: string, info: PlaybackInfo, audio: boolean): Context => ({
  base: serverBase(),
  itemId,
  playSessionId: info.PlaySessionId ?? '',
  deviceId: session().deviceId,
  token: session().token,
  audio,
});

/** Playing is what the server is told about. */
export interface Playing {
  itemId: string;
  source: MediaSource;
  playSessionId: string;
  method: Method;
  audio?: number;
  subtitle?: number;
}

/** State is the element's state at the time of a report. */
export interface State {
  position: number; // seconds
  paused: boolean;
  muted: boolean;
  volume: number; // 0–1
}

const EVERY = 10_000; // ms between reports while it plays

/** Reporter tells the server about one playback, from start to stop. */
export class Reporter {
  private timer = 0;
  private stopped = false;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private playing: Playing,
    private state: () => State,
  ) {
    this.post('', false);
    this.timer = window.setInterval(() => this.progress(), EVERY);
  }

  /** progress reports now, on pause, on seek and every ten seconds. */
  progress(): void {
    if (!this.stopped) this.post('/Progress', false);
  }

  /** changed names other tracks of the same playback. */
  changed(p: Partial<Playing>): void {
    this.playing = { ...this.playing, ...p };
    this.progress();
  }

  /** stop reports the end once. leaving: the page is going, so the request must outlive it. */
  stop(leaving = false): Promise<void> {
    if (this.stopped) return this.last;
    this.stopped = true;
    clearInterval(this.timer);
    this.post('/Stopped', leaving);
    if (this.playing.method !== 'DirectPlay') {
      const query = { deviceId: session().deviceId, playSessionId: this.playing.playSessionId };
      void send('DELETE', '/Videos/ActiveEncodings', { query, keepalive: leaving }).catch(() => undefined);
    }
    return this.last;
  }

  private post(what: string, leaving: boolean): void {
    const p = this.playing;
    const s = this.state();
    const body = {
      ItemId: p.itemId,
      MediaSourceId: p.source.Id,
      PlaySessionId: p.playSessionId,
      PlayMethod: p.method,
      AudioStreamIndex: p.audio,
      SubtitleStreamIndex: p.subtitle,
      PositionTicks: toTicks(s.position),
      IsPaused: s.paused,
      IsMuted: s.muted,
      VolumeLevel: Math.round(s.volume * 100),
      CanSeek: true,
      RepeatMode: 'RepeatNone',
    };
    const go = () => send('POST', '/Sessions/Playing' + what, { body, keepalive: leaving }).catch(() => undefined);
    // In order, so that a slow progress report cannot overtake the stop; a page that
    // is leaving has no time to wait.
    this.last = leaving ? go() : this.last.then(go);
  }
}
