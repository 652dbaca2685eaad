// The music player: one audio element and one queue for the page, alive across pages.

import { imageUrl, picture } from '../api/images';
import { serverBase } from '../api/base';
import { onSession, session } from '../api/session';
import type { Item } from '../api/types';
import { contextFor, playbackInfo, Reporter } from './api';
import { attach, type Attached } from './engine';
import { planFor } from './plan';

export interface Music {
  queue: Item[];
  index: number; // -1: nothing
  playing: boolean;
  position: number;
  duration: number;
  failed: boolean;
}

const listeners = new Set<() => void>();
let state: Music = { queue: [], index: -1, playing: false, position: 0, duration: 0, failed: false };
let el: HTMLAudioElement | undefined;
let attached: Attached | undefined;
let reporter: Reporter | undefined;
let turn = 0; // the newest request to play wins

export const music = (): Music => state;

/** onMusic calls f after every change until the returned function is called. */
export function onMusic(f: () => void): () => void {
  listeners.add(f);
  return () => void listeners.delete(f);
}

function set(change: Partial<Music>): void {
  state = { ...state, ...change };
  for (const f of listeners) f();
}

function element(): HTMLAudioElement {
  if (el) return el;
  const a = new Audio();
  a.preload = 'auto';
  const sync = () => set({ playing: !a.paused, position: a.currentTime, duration: Number.isFinite(a.duration) ? a.duration : 0 });
  for (const type of ['play', 'pause', 'timeupdate', 'durationchange', 'seeked']) a.addEventListener(type, sync);
  a.addEventListener('pause', () => reporter?.progress());
  a.addEventListener('seeked', () => reporter?.progress());
  a.addEventListener('ended', () => skip(1));
  addEventListener('pagehide', () => void reporter?.stop(true));
  onSession(() => session().token === '' && clear());
  return (el = a);
}

/** playQueue starts a queue at one of its tracks. */
export function playQueue(queue: Item[], index: number): void {
  set({ queue, index, position: 0, duration: 0, failed: false });
  void load();
}

/** skip moves through the queue; past its end the music stops. */
export function skip(by: number): void {
  const index = state.index + by;
  if (by < 0 && (element().currentTime > 4 || index < 0)) {
    element().currentTime = 0;
    return;
  }
  if (index >= state.queue.length) {
    clear();
    return;
  }
  set({ index, position: 0, duration: 0, failed: false });
  void load();
}

export function toggle(): void {
  const a = element();
  if (a.paused) void a.play().catch(() => undefined);
  else a.pause();
}

export function seekMusic(seconds: number): void {
  element().currentTime = seconds;
}

/** pauseMusic makes way for a film. */
export function pauseMusic(): void {
  el?.pause();
}

/** clear stops the music and empties the queue. */
export function clear(): void {
  turn++;
  unload();
  set({ queue: [], index: -1, playing: false, position: 0, duration: 0 });
}

function unload(): void {
  void reporter?.stop();
  reporter = undefined;
  attached?.detach();
  attached = undefined;
}

async function load(): Promise<void> {
  const mine = ++turn;
  const track = state.queue[state.index];
  const a = element();
  a.pause();
  unload();
  if (!track) return;
  try {
    const info = await playbackInfo(track.Id);
    const source = info.MediaSources[0];
    const plan = source && planFor(source, contextFor(track.Id, info, true));
    if (mine !== turn) return;
    if (!source || !plan) throw new Error('no way to play');
    const next = await attach(a, plan, 0, () => set({ failed: true, playing: false }));
    if (mine !== turn) {
      next.detach();
      return;
    }
    attached = next;
    await a.play();
    if (mine !== turn) return;
    reporter = new Reporter({ itemId: track.Id, source, playSessionId: info.PlaySessionId ?? '', method: plan.method }, () => ({
      position: a.currentTime,
      paused: a.paused,
      muted: a.muted,
      volume: a.volume,
    }));
    describe(track);
  } catch {
    if (mine === turn) set({ failed: true, playing: false });
  }
}

function describe(track: Item): void {
  if (!('mediaSession' in navigator)) return;
  const p = picture(track, 'square');
  navigator.mediaSession.metadata = new MediaMetadata({
    title: track.Name ?? '',
    artist: track.Artists?.join(', ') ?? track.AlbumArtist ?? '',
    album: track.Album ?? '',
    artwork: p ? [{ src: imageUrl(serverBase(), p, 480, 'square', session().token) }] : [],
  });
  navigator.mediaSession.setActionHandler('nexttrack', () => skip(1));
  navigator.mediaSession.setActionHandler('previoustrack', () => skip(-1));
}
