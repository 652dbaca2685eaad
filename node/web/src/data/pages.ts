// Long lists, read a page at a time as they scroll into view.

import { useEffect, useReducer } from 'preact/hooks';
import type { Query } from '../api/base';
import { ApiError } from '../api/client';
import { list } from '../api/items';
import { onSession, session } from '../api/session';
import { onEvent } from '../api/socket';
import type { Item } from '../api/types';

export const PAGE = 100;

/** LongList holds the pages of one query read so far. */
class LongList {
  total = -1; // unknown
  error?: ApiError;
  changed = new Set<() => void>();
  private items = new Map<number, Item>();
  private asked = new Set<number>();
  private generation = 0;

  constructor(private query: Query) {}

  /** at is the item at an index, or undefined while it is not there yet. */
  at(index: number): Item | undefined {
    return this.items.get(index);
  }

  /** want reads the pages that cover a range of indexes. */
  want(from: number, to: number): void {
    for (let p = Math.floor(Math.max(0, from) / PAGE); p * PAGE <= to; p++) {
      if (this.total >= 0 && p > 0 && p * PAGE >= this.total) break;
      if (!this.asked.has(p)) void this.read(p);
    }
  }

  /** stale forgets what was asked, so that visible pages are read again in place. */
  stale(): void {
    this.generation++;
    this.asked.clear();
    this.error = undefined;
    this.notify();
  }

  private async read(p: number): Promise<void> {
    const generation = this.generation;
    this.asked.add(p);
    try {
      const got = await list({ ...this.query, startIndex: p * PAGE, limit: PAGE });
      if (generation !== this.generation) return;
      this.total = got.TotalRecordCount;
      got.Items.forEach((it, i) => this.items.set(p * PAGE + i, it));
      this.error = undefined;
    } catch (e) {
      if (generation !== this.generation) return;
      this.error = e instanceof ApiError ? e : new ApiError(0, String(e));
    }
    this.notify();
  }

  private notify(): void {
    for (const f of [...this.changed]) f();
  }
}

const kept = new Map<string, LongList>();
const KEPT = 8; // lists remembered for going back

/** useLongList is the list for a query; the same query gives the same list. */
export function useLongList(query: Query): LongList {
  const key = JSON.stringify(query);
  let l = kept.get(key);
  if (!l) {
    l = new LongList(query);
    kept.set(key, l);
    for (const old of kept.keys()) if (kept.size > KEPT) kept.delete(old);
  }
  const [, render] = useReducer((n: number, _: void) => n + 1, 0);
  useEffect(() => {
    const now = l;
    now.changed.add(render as () => void);
    return () => void now.changed.delete(render as () => void);
  }, [l]);
  return l;
}

/** startPages ties the lists to the session and the events socket. */
export function startPages(): void {
  let token = session().token;
  onSession(() => {
    if (session().token !== token) kept.clear();
    token = session().token;
  });
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => kept.forEach((l) => l.stale()), 400);
  };
  onEvent('LibraryChanged', soon);
  onEvent('UserDataChanged', soon);
}

export type { LongList };
