// What this browser says it can play. The only file here that asks the browser.

import type { Support } from './profile';

type SourceType = { isTypeSupported(mime: string): boolean };

let known: Support | undefined;

/** browserSupport probes once and remembers: the answers cost a millisecond each on slow devices. */
export function browserSupport(): Support {
  return (known ??= probe());
}

/** mediaSource is the browser's MediaSource, the managed one where there is no other. */
export function mediaSource(): SourceType | undefined {
  const w = window as unknown as { MediaSource?: SourceType; ManagedMediaSource?: SourceType };
  return w.MediaSource ?? w.ManagedMediaSource;
}

function probe(): Support {
  const video = document.createElement('video');
  const ms = mediaSource();
  const plays = remember((mime) => video.canPlayType(mime) !== '');
  return {
    plays,
    mse: ms ? remember((mime) => ms.isTypeSupported(mime)) : () => false,
    // A browser with only the managed kind (phones) plays HLS better by itself.
    hls: 'MediaSource' in window ? 'mse' : plays('application/vnd.apple.mpegurl') ? 'native' : ms ? 'mse' : 'none',
  };
}

function remember(ask: (mime: string) => boolean): (mime: string) => boolean {
  const answers = new Map<string, boolean>();
  return (mime) => {
    let a = answers.get(mime);
    if (a === undefined) answers.set(mime, (a = ask(mime)));
    return a;
  };
}
