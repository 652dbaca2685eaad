// Playing a film or episode: from where, which version and tracks, and how it will be
// played here.

import { useState } from 'preact/hooks';
import type { Item, MediaSource, MediaStream } from '../../api/types';
import { useData } from '../../data/query';
import { contextFor, playbackInfo } from '../../playback/api';
import { planFor, streamsOf } from '../../playback/plan';
import { clock, toSeconds } from '../../playback/time';
import { href } from '../../route/route';
import { t } from '../../text';
import { Icon } from '../../ui/icons';
import { MarkButtons } from './mark';

interface Choice {
  source: string;
  audio: string;
  subtitle: string;
}

export function Playable({ it }: { it: Item }) {
  const [choice, set] = useState<Choice>({ source: '', audio: '', subtitle: '' });
  const sources = it.MediaSources ?? [];
  const chosen = sources.find((s) => s.Id === choice.source) ?? sources[0];
  const position = toSeconds(it.UserData?.PlaybackPositionTicks);
  const to = (start?: number) => href('play', it.Id, { source: choice.source, audio: choice.audio, sub: choice.subtitle, start });
  return (
    <>
      <div class="actions">
        <a class="button primary" href={to()} data-testid="play" data-nav="" data-focus="play">
          <Icon name="play" /> {position > 0 ? t.item.resume(clock(position)) : t.item.play}
        </a>
        {position > 0 && (
          <a class="button" href={to(0)} data-testid="play-from-start" data-nav="">
            {t.item.fromStart}
          </a>
        )}
        <MarkButtons it={it} />
      </div>
      {chosen && <Pickers sources={sources} chosen={chosen} choice={choice} set={set} />}
      {chosen && <Verdict it={it} source={chosen} choice={choice} />}
    </>
  );
}

function Pickers({ sources, chosen, choice, set }: { sources: MediaSource[]; chosen: MediaSource; choice: Choice; set: (c: Choice) => void }) {
  const audio = streamsOf(chosen, 'Audio');
  const subtitles = streamsOf(chosen, 'Subtitle');
  if (sources.length < 2 && audio.length < 2 && subtitles.length === 0) return null;
  const standardAudio = chosen.DefaultAudioStreamIndex ?? audio[0]?.Index;
  const standardSub = chosen.DefaultSubtitleStreamIndex ?? -1;
  const own = (v: string, standard: number | undefined) => (v === String(standard) ? '' : v);
  return (
    <div class="pickers">
      {sources.length > 1 && (
        <Picker label={t.item.version} testid="version" value={chosen.Id} options={sources.map((s) => [s.Id, s.Name ?? s.Container ?? s.Id])} set={(v) => set({ source: v, audio: '', subtitle: '' })} />
      )}
      {audio.length > 1 && (
        <Picker label={t.item.audio} testid="audio" value={choice.audio || String(standardAudio)} options={audio.map(option)} set={(v) => set({ ...choice, audio: own(v, standardAudio) })} />
      )}
      {subtitles.length > 0 && (
        <Picker label={t.item.subtitles} testid="subtitles" value={choice.subtitle || String(standardSub)} options={[['-1', t.item.none], ...subtitles.map(option)]} set={(v) => set({ ...choice, subtitle: own(v, standardSub) })} />
      )}
    </div>
  );
}

const option = (m: MediaStream): [string, string] => [String(m.Index), m.DisplayTitle ?? m.Title ?? m.Language ?? `${m.Codec ?? ''} ${m.Index}`];

function Picker({ label, testid, value, options, set }: { label: string; testid: string; value: string; options: [string, string][]; set: (v: string) => void }) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} data-testid={`pick-${testid}`} onChange={(e) => set(e.currentTarget.value)}>
        {options.map(([v, text]) => (
          <option key={v} value={v} selected={v === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

// Verdict asks the server how this choice would be played in this browser.
function Verdict({ it, source, choice }: { it: Item; source: MediaSource; choice: Choice }) {
  const number = (s: string) => (s === '' ? undefined : Number(s));
  const wish = { sourceId: source.Id, audio: number(choice.audio), subtitle: number(choice.subtitle) };
  const info = useData(`info-${it.Id}-${JSON.stringify(wish)}`, () => playbackInfo(it.Id, wish));
  const video = streamsOf(source, 'Video')[0];
  const what = [video?.DisplayTitle ?? [video?.Height ? `${video.Height}p` : '', video?.Codec?.toUpperCase()].filter(Boolean).join(' '), source.Container?.split(',')[0]?.toUpperCase(), source.Bitrate ? `${(source.Bitrate / 1e6).toFixed(1)} Mbit/s` : ''].filter(Boolean).join(' · ');
  return (
    <p class="verdict muted" data-testid="verdict">
      {what && <span class="what">{what}</span>}
      <span role="status">{info.error ? '' : info.data ? sentence(info.data.MediaSources.find((s) => s.Id === source.Id) ?? info.data.MediaSources[0]) : t.item.checking}</span>
    </p>
  );
}

function sentence(s: MediaSource | undefined): string {
  const plan = s && planFor(s, contextFor('', { MediaSources: [] }, false));
  if (!plan) return t.item.noWay;
  if (plan.method === 'DirectPlay') return t.item.direct;
  const why = plan.reasons.map((r) => t.reasons[r]).filter(Boolean).join('; ') || t.item.unknownReason;
  return plan.method === 'DirectStream' ? t.item.repackaged(why) : t.item.converted(why);
}
