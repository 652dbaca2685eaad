// Which key does what in the player. Pure.

export type Command =
  | { do: 'toggle' | 'fullscreen' | 'mute' | 'next' | 'previous' | 'captions' | 'stats' | 'leave' }
  | { do: 'seek' | 'volume' | 'frame' | 'speed'; by: number }
  | { do: 'jump'; to: number }; // part of the whole, 0–1

interface Press {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** commandFor reads a key press; undefined: not ours. */
export function commandFor(e: Press): Command | undefined {
  if (e.ctrlKey || e.altKey || e.metaKey) return undefined;
  if (/^[0-9]$/.test(e.key)) return { do: 'jump', to: Number(e.key) / 10 };
  switch (e.key) {
    case ' ':
    case 'k':
    case 'K':
      return { do: 'toggle' };
    case 'j':
    case 'J':
    case 'ArrowLeft':
      return { do: 'seek', by: -10 };
    case 'l':
    case 'L':
    case 'ArrowRight':
      return { do: 'seek', by: 10 };
    case 'ArrowUp':
      return { do: 'volume', by: 0.05 };
    case 'ArrowDown':
      return { do: 'volume', by: -0.05 };
    case 'f':
    case 'F':
      return { do: 'fullscreen' };
    case 'm':
    case 'M':
      return { do: 'mute' };
    case 'P':
      return { do: 'previous' };
    case 'N':
      return { do: 'next' };
    case ',':
      return { do: 'frame', by: -1 };
    case '.':
      return { do: 'frame', by: 1 };
    // Shift with comma and full stop, on the layouts people have.
    case '<':
    case ';':
      return { do: 'speed', by: -1 };
    case '>':
    case ':':
      return { do: 'speed', by: 1 };
    case 'c':
    case 'C':
      return { do: 'captions' };
    case 'i':
    case 'I':
      return { do: 'stats' };
    case 'Escape':
      return { do: 'leave' };
  }
  return undefined;
}

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** nextSpeed is the playback rate one step slower (-1) or faster (+1). */
export function nextSpeed(now: number, by: number): number {
  const at = SPEEDS.findIndex((s) => s >= now - 0.01);
  const i = (at < 0 ? SPEEDS.length - 1 : at) + by;
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, i))] ?? 1;
}
