// Moving focus between cards and buttons with the arrow keys.

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/**
 * nearest picks the box to move to: the closest one wholly beyond the edge in that
 * direction, sideways distance counting double. -1: there is none. Pure.
 */
export function nearest(from: Box, boxes: Box[], dir: Direction): number {
  let best = -1;
  let least = Infinity;
  boxes.forEach((b, i) => {
    const horizontal = dir === 'ArrowLeft' || dir === 'ArrowRight';
    const ahead = dir === 'ArrowLeft' ? from.left - b.right : dir === 'ArrowRight' ? b.left - from.right : dir === 'ArrowUp' ? from.top - b.bottom : b.top - from.bottom;
    if (ahead < -4) return;
    const gap = horizontal ? apart(from.top, from.bottom, b.top, b.bottom) : apart(from.left, from.right, b.left, b.right);
    // Along a row one stays in the row; the next row is for the other two keys.
    if (horizontal && gap > 0) return;
    const side = horizontal ? Math.abs(from.top - b.top) : Math.abs(from.left - b.left);
    const cost = ahead * (horizontal ? 1 : 4) + gap * 2 + side * 0.5;
    if (cost < least) {
      least = cost;
      best = i;
    }
  });
  return best;
}

function apart(a1: number, a2: number, b1: number, b2: number): number {
  return Math.max(0, Math.max(a1, b1) - Math.min(a2, b2));
}

/** startSpatial listens for arrow keys while something marked data-nav has focus. */
export function startSpatial(): void {
  document.addEventListener('keydown', (e) => {
    if (!/^Arrow/.test(e.key) || e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
    const from = document.activeElement as HTMLElement | null;
    if (!from || from.dataset['nav'] === undefined) return;
    const all = [...document.querySelectorAll<HTMLElement>('[data-nav]')].filter((x) => x !== from && x.offsetParent !== null);
    const to = all[nearest(from.getBoundingClientRect(), all.map((x) => x.getBoundingClientRect()), e.key as Direction)];
    if (!to) return;
    e.preventDefault();
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
}
