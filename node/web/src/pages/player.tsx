// The player page: the film, the keys, and when the controls are seen.

import '../styles/player.css';

import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import { item } from '../api/items';
import type { Item } from '../api/types';
import { invalidate } from '../data/query';
import { Film, neighbours } from '../playback/film';
import { commandFor, nextSpeed, type Command } from '../playback/keys';
import { pauseMusic } from '../playback/music';
import { toSeconds } from '../playback/time';
import { href, type Route } from '../route/route';
import { back, go } from '../route/router';
import { t } from '../text';
import { Failure, Waiting } from '../ui/notice';
import { useTitle } from '../ui/title';
import { Controls } from './player/controls';
import { Statistics } from './player/statistics';

const HIDE_AFTER = 3000; // ms without a sign of life

export function PlayerPage({ route }: { route: Route }) {
  const [it, setItem] = useState<Item>();
  const [error, setError] = useState<unknown>();
  const load = () => {
    setError(undefined);
    item(route.id).then(setItem, setError);
  };
  useEffect(load, [route.id]);
  useTitle(it?.Name);
  return (
    <main class="player" aria-label={t.player.label} data-testid="player">
      {error !== undefined && <Failure error={error} retry={load} />}
      {!it && error === undefined && <Waiting />}
      {it && <Screen it={it} route={route} key={it.Id} />}
    </main>
  );
}

const number = (s: string | null): number | undefined => (s === null || s === '' ? undefined : Number(s));

function Screen({ it, route }: { it: Item; route: Route }) {
  const video = useRef<HTMLVideoElement>(null);
  const film = useRef<Film | undefined>(undefined);
  const [, render] = useReducer((n: number, _: void) => n + 1, 0);
  const [around, setAround] = useState<{ previous?: Item; next?: Item }>({});
  const [stats, showStats] = useState(false);
  const [menu, showMenu] = useState(false);
  const idle = useIdle(menu);

  useEffect(() => {
    const v = video.current;
    if (!v) return;
    pauseMusic();
    const q = route.query;
    const start = number(q.get('start')) ?? toSeconds(it.UserData?.PlaybackPositionTicks);
    const f = new Film(it, v, { sourceId: q.get('source') ?? undefined, audio: number(q.get('audio')), subtitle: number(q.get('sub')), start }, render as () => void);
    film.current = f;
    void f.open();
    neighbours(it).then(setAround, () => undefined);
    const leave = () => void f.stop(true);
    // A page taken back from the browser's cache has already said goodbye.
    const returned = (e: PageTransitionEvent) => e.persisted && location.reload();
    addEventListener('pagehide', leave);
    addEventListener('pageshow', returned);
    return () => {
      removeEventListener('pagehide', leave);
      removeEventListener('pageshow', returned);
      void f.stop().then(invalidate);
    };
  }, []);

  const open = (to: Item | undefined) => to && go(href('play', to.Id), true);
  const run = (c: Command): void => perform(c, { video: video.current, film: film.current, around, open, menu, showMenu, stats, showStats });

  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      const at = e.target as HTMLElement;
      // Controls keep the keys that work them.
      if (at.closest('.menu') && e.key !== 'Escape') return;
      if (at.tagName === 'BUTTON' && e.key === ' ') return;
      const c = commandFor(e);
      if (!c) return;
      e.preventDefault();
      run(c);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });

  const f = film.current;
  // A paused or broken film keeps its controls in sight.
  const quiet = idle && f?.error === undefined && video.current?.paused === false;
  return (
    <div class={quiet ? 'screen idle' : 'screen'}>
      <video
        ref={video}
        data-testid="video"
        aria-label={it.Name}
        playsInline
        onClick={(e) => {
          if (menu) showMenu(false);
          else if ((e as unknown as PointerEvent).pointerType !== 'touch') run({ do: 'toggle' });
        }}
        onDblClick={() => run({ do: 'fullscreen' })}
        onEnded={() => (around.next ? open(around.next) : back())}
      />
      {f?.error !== undefined && <Broken retry={() => void f.open({ convert: false })} />}
      {video.current && f && <Controls it={it} video={video.current} film={f} around={around} menu={menu} showMenu={showMenu} run={run} />}
      {stats && video.current && f?.showing && <Statistics video={video.current} showing={f.showing} />}
    </div>
  );
}

function Broken({ retry }: { retry: () => void }) {
  return (
    <div class="broken" role="alert" data-testid="error">
      <p>{t.player.failed}</p>
      <p class="muted">{t.player.failedNote}</p>
      <button class="button" type="button" onClick={retry}>
        {t.retry}
      </button>
    </div>
  );
}

interface Player {
  video: HTMLVideoElement | null;
  film?: Film;
  around: { previous?: Item; next?: Item };
  open: (to: Item | undefined) => void;
  menu: boolean;
  showMenu: (on: boolean) => void;
  stats: boolean;
  showStats: (on: boolean) => void;
}

function perform(c: Command, p: Player): void {
  const v = p.video;
  if (!v) return;
  switch (c.do) {
    case 'toggle':
      if (v.paused) void v.play().catch(() => undefined);
      else v.pause();
      return;
    case 'seek':
      v.currentTime = Math.max(0, v.currentTime + c.by);
      return;
    case 'jump':
      if (Number.isFinite(v.duration)) v.currentTime = v.duration * c.to;
      return;
    case 'volume':
      v.muted = false;
      v.volume = Math.max(0, Math.min(1, v.volume + c.by));
      return;
    case 'mute':
      v.muted = !v.muted;
      return;
    case 'frame':
      v.pause();
      v.currentTime = Math.max(0, v.currentTime + c.by / 24);
      return;
    case 'speed':
      v.playbackRate = nextSpeed(v.playbackRate, c.by);
      return;
    case 'fullscreen':
      return fullscreen(v);
    case 'captions':
      return cycleSubtitles(p.film);
    case 'stats':
      return p.showStats(!p.stats);
    case 'next':
      return p.open(p.around.next);
    case 'previous':
      return p.open(p.around.previous);
    case 'leave':
      return p.menu ? p.showMenu(false) : back();
  }
}

function fullscreen(v: HTMLVideoElement): void {
  const screen = v.closest('.player');
  // Phones that allow full screen to the film itself only.
  const phone = v as HTMLVideoElement & { webkitEnterFullscreen?: () => void };
  if (document.fullscreenElement) void document.exitFullscreen();
  else if (screen?.requestFullscreen) void screen.requestFullscreen().catch(() => undefined);
  else phone.webkitEnterFullscreen?.();
}

function cycleSubtitles(film: Film | undefined): void {
  const s = film?.showing;
  if (!film || !s) return;
  const all = [-1, ...(s.source.MediaStreams ?? []).filter((m) => m.Type === 'Subtitle').map((m) => m.Index)];
  film.setSubtitle(all[(all.indexOf(s.subtitle) + 1) % all.length] ?? -1);
}

// useIdle is true after some seconds without a sign of life.
function useIdle(hold: boolean): boolean {
  const [idle, set] = useState(false);
  useEffect(() => {
    let timer = 0;
    const awake = () => {
      set(false);
      clearTimeout(timer);
      if (!hold) timer = window.setTimeout(() => set(true), HIDE_AFTER);
    };
    const signs = ['pointermove', 'pointerdown', 'keydown', 'focusin'];
    for (const s of signs) addEventListener(s, awake);
    awake();
    return () => {
      clearTimeout(timer);
      for (const s of signs) removeEventListener(s, awake);
    };
  }, [hold]);
  return idle;
}
