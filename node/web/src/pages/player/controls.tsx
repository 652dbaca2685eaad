// The player's controls: ordinary buttons and sliders with names.

import { useEffect, useReducer, useState } from 'preact/hooks';
import type { Item } from '../../api/types';
import type { Film } from '../../playback/film';
import type { Command } from '../../playback/keys';
import { clock, toSeconds } from '../../playback/time';
import { back } from '../../route/router';
import { t } from '../../text';
import { titles } from '../../ui/card';
import { Icon, type IconName } from '../../ui/icons';
import { Menu } from './menu';

interface Props {
  it: Item;
  video: HTMLVideoElement;
  film: Film;
  around: { previous?: Item; next?: Item };
  menu: boolean;
  showMenu: (on: boolean) => void;
  run: (c: Command) => void;
}

const EVENTS = ['play', 'pause', 'timeupdate', 'durationchange', 'progress', 'volumechange', 'waiting', 'playing', 'seeking', 'seeked', 'loadedmetadata', 'ratechange', 'emptied'];

export function Controls({ it, video, film, around, menu, showMenu, run }: Props) {
  const [, render] = useReducer((n: number, _: void) => n + 1, 0);
  useEffect(() => {
    const f = () => render();
    for (const e of EVENTS) video.addEventListener(e, f);
    document.addEventListener('fullscreenchange', f);
    return () => {
      for (const e of EVENTS) video.removeEventListener(e, f);
      document.removeEventListener('fullscreenchange', f);
    };
  }, [video]);

  const length = Number.isFinite(video.duration) && video.duration > 0 ? video.duration : toSeconds(it.RunTimeTicks);
  const stalled = film.error === undefined && (!film.showing || video.seeking || (video.readyState < 3 && !video.paused));
  const [title, sub] = titles(it);
  const button = (icon: IconName, label: string, c: Command, testid?: string) => (
    <button class="plain" type="button" aria-label={label} title={label} data-testid={testid} onClick={() => run(c)}>
      <Icon name={icon} />
    </button>
  );
  return (
    <>
      {stalled && (
        <div class="stalled" role="status">
          <span class="spinner" aria-hidden="true" />
          <span class="hidden">{t.loading}</span>
        </div>
      )}
      <div class="bar upper">
        <button class="plain" type="button" aria-label={t.player.leave} data-testid="leave" onClick={back}>
          <Icon name="back" />
        </button>
        <p>
          <strong>{title}</strong>
          {sub && <span>{sub}</span>}
        </p>
      </div>
      <div class="bar lower" role="group" aria-label={t.player.label}>
        <Position video={video} film={film} length={length} />
        <div class="buttons">
          {around.previous && button('previous', t.player.previous, { do: 'previous' })}
          {button('back10', t.player.back10, { do: 'seek', by: -10 })}
          {button(video.paused ? 'play' : 'pause', video.paused ? t.player.play : t.player.pause, { do: 'toggle' }, 'toggle')}
          {button('forward10', t.player.forward10, { do: 'seek', by: 10 })}
          {around.next && button('next', t.player.next, { do: 'next' })}
          <span class="space" />
          <span class="volume">
            {button(video.muted || video.volume === 0 ? 'muted' : 'volume', video.muted ? t.player.unmute : t.player.mute, { do: 'mute' })}
            <input
              class="seek"
              type="range"
              min={0}
              max={1}
              step={0.05}
              value={video.muted ? 0 : video.volume}
              aria-label={t.player.volume}
              style={{ '--done': `${video.muted ? 0 : video.volume * 100}%` }}
              onInput={(e) => {
                video.muted = false;
                video.volume = Number(e.currentTarget.value);
              }}
            />
          </span>
          <button class="plain" type="button" aria-label={t.player.tracks} title={t.player.tracks} aria-expanded={menu} data-testid="tracks" onClick={() => showMenu(!menu)}>
            <Icon name="captions" />
          </button>
          {document.pictureInPictureEnabled && (
            <button class="plain pip" type="button" aria-label={t.player.pip} title={t.player.pip} onClick={() => void togglePip(video)}>
              <Icon name="pip" />
            </button>
          )}
          {button(document.fullscreenElement ? 'shrink' : 'fullscreen', document.fullscreenElement ? t.player.leaveFullscreen : t.player.fullscreen, { do: 'fullscreen' })}
        </div>
      </div>
      {menu && <Menu video={video} film={film} close={() => showMenu(false)} />}
    </>
  );
}

function Position({ video, film, length }: { video: HTMLVideoElement; film: Film; length: number }) {
  const [aim, setAim] = useState<number>(); // while dragging
  const at = aim ?? film.position();
  const part = (s: number) => `${length > 0 ? Math.min(100, (s / length) * 100) : 0}%`;
  return (
    <div class="position">
      <span class="time" data-testid="time">
        {clock(at)}
      </span>
      <input
        class="seek"
        type="range"
        min={0}
        max={Math.max(1, length)}
        step={1}
        value={at}
        data-testid="seek"
        aria-label={t.player.seek}
        aria-valuetext={t.player.of(clock(at), clock(length))}
        style={{ '--done': part(at), '--loaded': part(bufferedTo(video)) }}
        onInput={(e) => setAim(Number(e.currentTarget.value))}
        onChange={(e) => {
          video.currentTime = Number(e.currentTarget.value);
          setAim(undefined);
        }}
      />
      <span class="time">{clock(length)}</span>
    </div>
  );
}

/** bufferedTo is the end of the loaded range around the present position. */
export function bufferedTo(v: HTMLVideoElement): number {
  for (let i = 0; i < v.buffered.length; i++) {
    if (v.buffered.start(i) <= v.currentTime + 0.5 && v.buffered.end(i) >= v.currentTime) return v.buffered.end(i);
  }
  return v.currentTime;
}

async function togglePip(v: HTMLVideoElement): Promise<void> {
  try {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await v.requestPictureInPicture();
  } catch {
    // The browser says no when nothing has loaded yet; the button stays.
  }
}
