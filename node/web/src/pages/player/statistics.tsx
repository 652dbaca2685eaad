// How it is being played, for the curious and for reports.

import { useEffect, useReducer } from 'preact/hooks';
import type { Showing } from '../../playback/film';
import { fileType, streamsOf } from '../../playback/plan';
import { t } from '../../text';
import { bufferedTo } from './controls';

export function Statistics({ video, showing }: { video: HTMLVideoElement; showing: Showing }) {
  const [, render] = useReducer((n: number, _: void) => n + 1, 0);
  useEffect(() => {
    const timer = window.setInterval(render as () => void, 1000);
    return () => clearInterval(timer);
  }, []);
  const { source, plan } = showing;
  const v = streamsOf(source, 'Video')[0];
  const a = streamsOf(source, 'Audio').find((m) => m.Index === showing.audio) ?? streamsOf(source, 'Audio')[0];
  const quality = video.getVideoPlaybackQuality?.();
  const s = t.player.stats;
  const rows: [string, string | undefined][] = [
    [s.method, t.player.methods[plan.method] ?? plan.method],
    [s.via, showing.via],
    [s.reasons, plan.reasons.map((r) => t.reasons[r] ?? r).join('; ')],
    [s.container, fileType(source.Container ?? '')],
    [s.bitrate, source.Bitrate ? `${(source.Bitrate / 1e6).toFixed(1)} Mbit/s` : ''],
    [s.video, v && [v.Codec, v.Profile, v.Width && `${v.Width} × ${v.Height}`, v.VideoRange].filter(Boolean).join(' ')],
    [s.audio, a && [a.Codec, a.Channels && `${a.Channels} ch`, a.Language].filter(Boolean).join(' ')],
    [s.shown, `${video.videoWidth} × ${video.videoHeight}`],
    [s.dropped, quality && `${quality.droppedVideoFrames} / ${quality.totalVideoFrames}`],
    [s.buffer, `${(bufferedTo(video) - video.currentTime).toFixed(1)} s`],
  ];
  return (
    <dl class="statistics" aria-label={t.player.statistics} data-testid="statistics" data-method={plan.method}>
      {rows.map(([k, val]) => val && (
        <div key={k}>
          <dt>{k}</dt>
          <dd>{val}</dd>
        </div>
      ))}
    </dl>
  );
}
