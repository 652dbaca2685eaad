// One film or episode on a video element: opening it, changing tracks, reporting, and
// what to do when the first way to play it fails. No user interface.

import { serverBase } from '../api/base';
import { session } from '../api/session';
import type { Item, MediaSource, MediaStream } from '../api/types';
import { episodes } from '../api/items';
import { contextFor, playbackInfo, Reporter, type Wish } from './api';
import { attach, type Attached } from './engine';
import { planFor, sidecar, streamsOf, type Plan } from './plan';

export interface Showing {
  source: MediaSource;
  plan: Plan;
  via: Attached['via'];
  audio: number; // stream indexes, -1: none
  subtitle: number;
}

const ARRIVALS = ['playing', 'seeked'];
const CHANGES = ['pause', 'play', 'seeked'];

export class Film {
  showing?: Showing;
  error: unknown; // set when it cannot be played
  private attached?: Attached;
  private reporter?: Reporter;
  private track?: HTMLTrackElement;
  private turn = 0;
  private arrived = false; // playback has reached the place it was to start at
  private onChange = () => this.reporter?.progress();
  private onArrival = () => (this.arrived = true);

  constructor(
    private item: Item,
    private video: HTMLVideoElement,
    private wish: Wish,
    private changed: () => void,
  ) {
    for (const type of ARRIVALS) video.addEventListener(type, this.onArrival);
    for (const type of CHANGES) video.addEventListener(type, this.onChange);
  }

  /** open starts or restarts playback as wished; a newer call wins over an older. */
  async open(change: Wish = {}): Promise<void> {
    const mine = ++this.turn;
    this.wish = { ...this.wish, ...change };
    this.error = undefined;
    this.unload();
    this.arrived = false;
    this.changed();
    try {
      const info = await playbackInfo(this.item.Id, this.wish);
      if (mine !== this.turn) return;
      const source = info.MediaSources.find((s) => s.Id === this.wish.sourceId) ?? info.MediaSources[0];
      const plan = source && planFor(source, contextFor(this.item.Id, info, false));
      if (!source || !plan) throw new Error('no way to play');
      const attached = await attach(this.video, plan, this.wish.start ?? 0, () => void this.failed(plan));
      if (mine !== this.turn) {
        attached.detach();
        return;
      }
      this.attached = attached;
      const audio = this.wish.audio ?? source.DefaultAudioStreamIndex ?? streamsOf(source, 'Audio')[0]?.Index ?? -1;
      const subtitle = this.wish.subtitle ?? source.DefaultSubtitleStreamIndex ?? -1;
      this.showing = { source, plan, via: attached.via, audio, subtitle };
      this.showTrack(this.stream(subtitle));
      this.reporter = new Reporter(
        { itemId: this.item.Id, source, playSessionId: info.PlaySessionId ?? '', method: plan.method, audio, subtitle },
        () => ({ position: this.position(), paused: this.video.paused, muted: this.video.muted, volume: this.video.volume }),
      );
      this.changed();
      // Refused when the page was opened without a click: then the button is there.
      await this.video.play().catch(() => undefined);
    } catch (e) {
      if (mine !== this.turn) return;
      this.error = e;
      this.changed();
    }
  }

  /** setAudio plays another sound track; only the server can pick one that is not the first. */
  setAudio(index: number): void {
    const first = streamsOf(this.showing?.source, 'Audio')[0]?.Index;
    void this.open({ audio: index, start: this.position(), convert: index !== first });
  }

  /** setSubtitle shows a subtitle, -1 for none, restarting only if it is drawn into the picture. */
  setSubtitle(index: number): void {
    const s = this.showing;
    if (!s || index === s.subtitle) return;
    const burnt = this.stream(s.subtitle);
    const wanted = this.stream(index);
    const beside = (m: MediaStream | undefined) => !m || sidecar(m, serverBase(), session().token) !== '';
    if (!beside(burnt) || !beside(wanted)) {
      void this.open({ subtitle: index, start: this.position() });
      return;
    }
    this.wish.subtitle = index;
    this.showing = { ...s, subtitle: index };
    this.showTrack(wanted);
    this.reporter?.changed({ subtitle: index });
    this.changed();
  }

  /** stop ends playback and says so to the server; leaving: the page itself is going. */
  stop(leaving = false): Promise<void> {
    this.turn++;
    for (const type of ARRIVALS) this.video.removeEventListener(type, this.onArrival);
    for (const type of CHANGES) this.video.removeEventListener(type, this.onChange);
    const told = this.reporter?.stop(leaving) ?? Promise.resolve();
    if (!leaving) this.unload();
    return told;
  }

  /**
   * position is where we are in seconds. Until playback has arrived there it is where
   * we mean to start: leaving early must not lose the place.
   */
  position(): number {
    return this.arrived ? this.video.currentTime : (this.wish.start ?? 0);
  }

  private stream(index: number): MediaStream | undefined {
    return this.showing?.source.MediaStreams?.find((m) => m.Index === index);
  }

  // The browser promised more than it keeps: ask for a conversion, once.
  private async failed(plan: Plan): Promise<void> {
    const start = this.position();
    if (plan.method === 'DirectPlay' && !this.wish.convert) {
      await this.open({ convert: true, start });
      return;
    }
    this.turn++;
    this.wish.start = start;
    this.unload();
    this.error = new Error('playback failed');
    this.changed();
  }

  private showTrack(m: MediaStream | undefined): void {
    this.track?.remove();
    this.track = undefined;
    const src = m ? sidecar(m, serverBase(), session().token) : '';
    if (!m || !src) return;
    const el = document.createElement('track');
    el.kind = 'subtitles';
    el.label = m.DisplayTitle ?? m.Language ?? '';
    el.srclang = m.Language ?? '';
    el.src = src;
    this.video.append(el);
    el.track.mode = 'showing';
    this.track = el;
  }

  private unload(): void {
    void this.reporter?.stop();
    this.reporter = undefined;
    this.showTrack(undefined);
    this.attached?.detach();
    this.attached = undefined;
    this.showing = undefined;
  }
}

/** neighbours finds the episodes before and after one. */
export async function neighbours(it: Item): Promise<{ previous?: Item; next?: Item }> {
  if (it.Type !== 'Episode' || !it.SeriesId) return {};
  const around = (all: Item[]) => {
    const i = all.findIndex((e) => e.Id === it.Id);
    return i < 0 ? {} : { previous: all[i - 1], next: all[i + 1] };
  };
  const inSeason = around(await episodes(it.SeriesId, it.SeasonId));
  if (inSeason.previous && inSeason.next) return inSeason;
  return around(await episodes(it.SeriesId));
}
