// Putting a plan on a media element: a file by itself, HLS natively or by hls.js.

import type Hls from 'hls.js';
import type { Plan } from './plan';
import { browserSupport } from './support';

export interface Attached {
  detach(): void;
  /** via names the road for the statistics panel. */
  via: 'file' | 'native HLS' | 'hls.js';
}

/**
 * attach loads a plan at a position (seconds). fatal is called at most once, when
 * nothing here can make it play.
 */
export async function attach(el: HTMLMediaElement, plan: Plan, start: number, fatal: () => void): Promise<Attached> {
  if (plan.hls && browserSupport().hls === 'mse') return byHls(el, plan.url, start, fatal);
  const failed = () => fatal();
  const seek = () => {
    if (start > 0) el.currentTime = start;
  };
  el.addEventListener('error', failed, { once: true });
  el.addEventListener('loadedmetadata', seek, { once: true });
  el.src = plan.url;
  return {
    via: plan.hls ? 'native HLS' : 'file',
    detach: () => {
      el.removeEventListener('error', failed);
      el.removeEventListener('loadedmetadata', seek);
      empty(el);
    },
  };
}

async function byHls(el: HTMLMediaElement, url: string, start: number, fatal: () => void): Promise<Attached> {
  // The light build has all we use: subtitles come beside the stream, and another
  // sound track is another stream.
  const { default: Hls } = await import('hls.js/light');
  const hls: Hls = new Hls({
    enableWorker: false, // fragmented mp4 passes through; a blob worker would need a wider CSP
    startPosition: start > 0 ? start : -1,
    maxBufferLength: 40,
    backBufferLength: 60,
    manifestLoadPolicy: patient(20_000),
    playlistLoadPolicy: patient(20_000),
    fragLoadPolicy: patient(60_000), // a cold conversion may take its time over the first one
  });
  let recovered = 0;
  hls.on(Hls.Events.ERROR, (_, e) => {
    if (!e.fatal) return;
    // A decoder that stumbles is started again, but not for ever.
    if (e.type === Hls.ErrorTypes.MEDIA_ERROR && recovered++ < 2) hls.recoverMediaError();
    else fatal();
  });
  hls.loadSource(url);
  hls.attachMedia(el);
  return {
    via: 'hls.js',
    detach: () => {
      hls.destroy();
      empty(el);
    },
  };
}

function patient(ms: number) {
  const retry = { maxNumRetry: 4, retryDelayMs: 1000, maxRetryDelayMs: 8000 };
  return { default: { maxTimeToFirstByteMs: ms, maxLoadTimeMs: ms * 2, timeoutRetry: retry, errorRetry: retry } };
}

function empty(el: HTMLMediaElement): void {
  el.removeAttribute('src');
  el.load();
}
