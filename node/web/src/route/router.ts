// The current page, and the scroll position and focus of each history entry.

import { useEffect, useState } from 'preact/hooks';
import { parseRoute, type Route } from './route';

interface Place {
  scroll: number;
  focus: string; // data-focus of the element that had focus
}

const places = new Map<string, Place>();
const listeners = new Set<() => void>();
let entry = '';
let next = 0;
let restoring = 0;

/** startRouter takes over scroll restoration; call once for the page. */
export function startRouter(): void {
  history.scrollRestoration = 'manual';
  adopt();
  addEventListener('hashchange', () => {
    const known = adopt();
    for (const f of listeners) f();
    restore(known ? places.get(entry) : undefined);
  });
  addEventListener('scroll', () => { if (!restoring) place().scroll = scrollY; }, { passive: true });
  document.addEventListener('focusin', (e) => {
    const key = (e.target as HTMLElement).dataset?.['focus'];
    if (key) place().focus = key;
  });
  for (const type of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
    addEventListener(type, () => (restoring = 0), { passive: true, capture: true });
  }
}

// adopt names the history entry we are at; false when it is a new one.
function adopt(): boolean {
  const state = history.state as { entry?: string } | null;
  if (state?.entry) {
    entry = state.entry;
    return true;
  }
  entry = `${Date.now()}-${next++}`;
  history.replaceState({ entry }, '');
  return false;
}

function place(): Place {
  let p = places.get(entry);
  if (!p) places.set(entry, (p = { scroll: 0, focus: '' }));
  return p;
}

// restore scrolls as soon as the page has grown long enough, for at most two seconds
// or until the person scrolls.
function restore(p: Place | undefined): void {
  if (!p || (p.scroll === 0 && !p.focus)) {
    restoring = 0;
    scrollTo(0, 0);
    return;
  }
  const until = performance.now() + 2000;
  const run = ++next;
  restoring = run;
  const tick = () => {
    if (restoring !== run) return;
    scrollTo(0, p.scroll);
    const there = Math.abs(scrollY - p.scroll) < 2;
    const target = p.focus ? document.querySelector<HTMLElement>(`[data-focus="${CSS.escape(p.focus)}"]`) : null;
    if (there && (target || !p.focus)) {
      target?.focus({ preventScroll: true });
      restoring = 0;
    } else if (performance.now() < until) requestAnimationFrame(tick);
    else restoring = 0;
  };
  requestAnimationFrame(tick);
}

/** go opens a page address; replace keeps the history as long as it is. */
export function go(to: string, replace = false): void {
  if (!replace) {
    location.hash = to;
    return;
  }
  history.replaceState(history.state, '', to);
  for (const f of listeners) f();
}

/** back returns to the page before, or home when this was the first. */
export function back(): void {
  if (places.size > 1 || history.length > 1) history.back();
  else go('#/', true);
}

/** useRoute is the current route; the component renders again when it changes. */
export function useRoute(): Route {
  const [route, set] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const f = () => set(parseRoute(location.hash));
    listeners.add(f);
    f();
    return () => void listeners.delete(f);
  }, []);
  return route;
}
