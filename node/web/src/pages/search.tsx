// Search as you type, over everything, grouped by kind.

import { useEffect, useRef, useState } from 'preact/hooks';
import { list } from '../api/items';
import { shapeOf } from '../api/images';
import type { Item } from '../api/types';
import { withParams, type Route } from '../route/route';
import { go } from '../route/router';
import { t } from '../text';
import { Icon } from '../ui/icons';
import { Empty, Failure } from '../ui/notice';
import { Row } from '../ui/row';
import { useTitle } from '../ui/title';

const PAUSE = 120; // ms without a key before asking

export function SearchPage({ route }: { route: Route }) {
  useTitle(t.nav.search);
  const q = route.query.get('q') ?? '';
  const [found, setFound] = useState<{ q: string; items: Item[] }>();
  const [error, setError] = useState<unknown>();
  const [again, setAgain] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const term = q.trim();
    if (!term) return;
    const stop = new AbortController();
    const timer = window.setTimeout(() => {
      search(term, stop.signal).then(
        (items) => {
          setFound({ q: term, items });
          setError(undefined);
        },
        (e: unknown) => !stop.signal.aborted && setError(e),
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [q, again]);

  return (
    <>
      <h1 class="hidden">{t.nav.search}</h1>
      <form class="search" role="search" onSubmit={(e) => { e.preventDefault(); input.current?.blur(); }}>
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          data-testid="search"
          aria-label={t.search.label}
          placeholder={t.search.placeholder}
          value={q}
          autoComplete="off"
          spellcheck={false}
          enterkeyhint="search"
          onInput={(e) => go(withParams(route, { q: e.currentTarget.value }), true)}
        />
      </form>
      <div aria-live="polite">
        {error !== undefined && <Failure error={error} retry={() => setAgain(again + 1)} />}
        {!q.trim() && <Empty><p>{t.search.hint}</p></Empty>}
        {q.trim() && found && error === undefined && found.items.length === 0 && <Empty><p>{t.search.none(found.q)}</p></Empty>}
      </div>
      {q.trim() && found && groups(found.items).map(([kind, items]) => <Row key={kind} id={`found-${kind}`} title={t.search.groups[kind] ?? t.search.others} items={items} shape={kind === 'Person' ? 'square' : shapeOf(kind)} />)}
    </>
  );
}

async function search(term: string, signal: AbortSignal): Promise<Item[]> {
  const base = { searchTerm: term, recursive: true };
  const [main, people] = await Promise.all([
    list({ ...base, limit: 80, includeItemTypes: 'Movie,Series,Episode,MusicArtist,MusicAlbum,Audio,MusicVideo,Video,BoxSet' }, signal),
    // Servers that keep no people answer with an error or nothing.
    list({ ...base, limit: 16, includeItemTypes: 'Person' }, signal).catch(() => undefined),
  ]);
  return [...main.Items, ...(people?.Items ?? [])];
}

// groups keeps the order of kinds that people look for most.
function groups(items: Item[]): [string, Item[]][] {
  const known = Object.keys(t.search.groups);
  const by = new Map<string, Item[]>(known.map((k) => [k, []]));
  for (const it of items) {
    const kind = by.has(it.Type) ? it.Type : 'Other';
    by.set(kind, [...(by.get(kind) ?? []), it]);
  }
  return [...by].filter(([, list]) => list.length > 0);
}
