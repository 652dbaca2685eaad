// Choosing sound, subtitles and speed while it plays.

import { useEffect, useRef } from 'preact/hooks';
import type { MediaStream } from '../../api/types';
import type { Film } from '../../playback/film';
import { streamsOf } from '../../playback/plan';
import { t } from '../../text';

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

const label = (m: MediaStream) => m.DisplayTitle ?? m.Title ?? m.Language ?? `${m.Codec ?? ''} ${m.Index}`;

export function Menu({ video, film, close }: { video: HTMLVideoElement; film: Film; close: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.querySelector<HTMLInputElement>('input:checked')?.focus();
    return () => before?.focus();
  }, []);
  const s = film.showing;
  const audio = streamsOf(s?.source, 'Audio');
  const subtitles = streamsOf(s?.source, 'Subtitle');
  return (
    <div class="menu" ref={box} role="dialog" aria-label={t.player.tracks} data-testid="menu">
      {audio.length > 1 && <Group name="audio" title={t.item.audio} value={s?.audio ?? -1} options={audio.map((m) => [m.Index, label(m)])} set={(n) => { film.setAudio(n); close(); }} />}
      {subtitles.length > 0 && <Group name="subtitle" title={t.item.subtitles} value={s?.subtitle ?? -1} options={[[-1, t.player.off], ...subtitles.map((m): [number, string] => [m.Index, label(m)])]} set={(n) => film.setSubtitle(n)} />}
      <Group name="speed" title={t.player.speed} value={video.playbackRate} options={SPEEDS.map((n) => [n, `${n}×`])} set={(n) => (video.playbackRate = n)} />
    </div>
  );
}

function Group({ name, title, value, options, set }: { name: string; title: string; value: number; options: [number, string][]; set: (n: number) => void }) {
  return (
    <fieldset>
      <legend>{title}</legend>
      {options.map(([n, text]) => (
        <label key={n}>
          <input type="radio" name={name} checked={n === value} data-testid={`${name}-${n}`} onChange={() => set(n)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
