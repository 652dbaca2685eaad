// What pages have read from the node, kept for the life of the session so that going
// back shows a page at once. Old answers are shown first and refreshed behind.

import { useEffect, useReducer } from 'preact/hooks';
import { ApiError } from '../api/client';
import { onSession, session } from '../api/session';
import { onEvent } from '../api/socket';

interface Entry {
  value?: unknown;
  error?: ApiError;
  at: number; // when value was read; 0: stale
  pending?: Promise<void>;
}

export interface Loaded<T> {
  data?: T;
  error?: ApiError;
  reload: () => void;
}

const FRESH = 15_000; // ms an answer is shown without asking again

const entries = new Map<string, Entry>();
const watchers = new Map<string, Set<() => void>>();

/** useData reads something once for all who use the same key. key "" reads nothing. */
export function useData<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [, render] = useReducer((n: number, _: void) => n + 1, 0);
  useEffect(() => {
    if (!key) return;
    const f = () => {
      render();
      if (entries.get(key)?.at === 0) fetchInto(key, load);
    };
    const set = watchers.get(key) ?? new Set();
    watchers.set(key, set.add(f));
    const e = entries.get(key);
    if (!e || Date.now() - e.at > FRESH) fetchInto(key, load);
    return () => void set.delete(f);
  }, [key]);
  const e = entries.get(key);
  return { data: e?.value as T | undefined, error: e?.error, reload: () => fetchInto(key, load) };
}

function fetchInto<T>(key: string, load: () => Promise<T>): void {
  const e: Entry = entries.get(key) ?? { at: 0 };
  entries.set(key, e);
  if (e.pending) return;
  e.at = Date.now();
  e.pending = load()
    .then((value) => {
      e.value = value;
      e.error = undefined;
    })
    .catch((err: unknown) => {
      e.error = err instanceof ApiError ? err : new ApiError(0, String(err));
    })
    .finally(() => {
      e.pending = undefined;
      notify(key);
    });
}

/** patch changes a kept answer, for what we know before the server says so. */
export function patch<T>(key: string, change: (old: T) => T): void {
  const e = entries.get(key);
  if (e?.value === undefined) return;
  e.value = change(e.value as T);
  notify(key);
}

/** invalidate marks everything stale; what is on screen is read again now. */
export function invalidate(): void {
  for (const e of entries.values()) e.at = 0;
  for (const key of watchers.keys()) notify(key);
}

function notify(key: string): void {
  for (const f of [...(watchers.get(key) ?? [])]) f();
}

/** startData ties the kept answers to the session and the events socket. */
export function startData(): void {
  let token = session().token;
  onSession(() => {
    if (session().token === token) return;
    token = session().token;
    entries.clear();
  });
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(invalidate, 400);
  };
  onEvent('LibraryChanged', soon);
  onEvent('UserDataChanged', soon);
}
