// One library as a grid, with sorting and filters kept in the address.

import type { Query } from '../api/base';
import { genres, item } from '../api/items';
import { shapeOf } from '../api/images';
import { useLongList } from '../data/pages';
import { useData } from '../data/query';
import { withParams, type Route } from '../route/route';
import { go } from '../route/router';
import { t } from '../text';
import { Grid } from '../ui/grid';
import { Empty, Failure, Waiting } from '../ui/notice';
import { useTitle } from '../ui/title';

// The kinds each sort of library lists; the first is the default.
const kinds: Record<string, string[]> = {
  movies: ['Movie'],
  tvshows: ['Series'],
  music: ['MusicAlbum', 'AlbumArtist', 'Audio'],
  musicvideos: ['MusicVideo'],
  boxsets: ['BoxSet'],
  playlists: ['Playlist'],
};

const downward = new Set(['DateCreated', 'PremiereDate', 'CommunityRating']);

export function LibraryPage({ route }: { route: Route }) {
  const library = useData(`item-${route.id}`, () => item(route.id));
  useTitle(library.data?.Name);
  if (library.error && !library.data) return <Failure error={library.error} retry={library.reload} />;
  if (!library.data) return <Waiting />;
  return (
    <>
      <h1>{library.data.Name}</h1>
      <Browse route={route} collection={library.data.CollectionType ?? ''} />
    </>
  );
}

/** queryFor turns a library's address into a question to the API. Pure. */
export function queryFor(route: Route, collection: string): { query: Query; kind: string } {
  const q = route.query;
  const possible = kinds[collection] ?? [];
  const kind = possible.includes(q.get('kind') ?? '') ? (q.get('kind') ?? '') : (possible[0] ?? '');
  const sort = q.get('sort') ?? 'SortName';
  const filters = [q.get('unplayed') ? 'IsUnplayed' : '', q.get('favourite') ? 'IsFavorite' : ''].filter(Boolean);
  return {
    kind,
    query: {
      parentId: route.id,
      includeItemTypes: kind === 'AlbumArtist' ? 'MusicArtist' : kind,
      // Libraries without a kind of their own are shown folder by folder.
      recursive: kind !== '',
      sortBy: sort === 'SortName' ? 'SortName' : `${sort},SortName`,
      sortOrder: downward.has(sort) ? 'Descending' : 'Ascending',
      filters: filters.join(','),
      genres: q.get('genre'),
    },
  };
}

function Browse({ route, collection }: { route: Route; collection: string }) {
  const { query, kind } = queryFor(route, collection);
  const list = useLongList(query);
  const names = useData(`genres-${route.id}`, () => genres(route.id));
  const q = route.query;
  const set = (name: string, value: string) => go(withParams(route, { [name]: value }), true);
  const filtered = !!(q.get('unplayed') || q.get('favourite') || q.get('genre'));
  const possible = kinds[collection] ?? [];
  const shape = kind ? (kind === 'AlbumArtist' ? 'square' : shapeOf(kind)) : 'poster';
  return (
    <>
      <form class="filters" onSubmit={(e) => e.preventDefault()}>
        {possible.length > 1 && (
          <Choice label={t.library.kind} name="kind" value={kind} set={set} standard={possible[0] ?? ''} options={possible.map((k) => [k, (t.library.kinds as Record<string, string>)[k] ?? k])} />
        )}
        <Choice label={t.library.sort} name="sort" value={q.get('sort') ?? 'SortName'} set={set} standard="SortName" options={Object.entries(t.library.sorts)} />
        {!!names.data?.length && (
          <Choice label={t.library.genre} name="genre" value={q.get('genre') ?? ''} set={set} standard="" options={[['', t.library.allGenres], ...names.data.map((g): [string, string] => [g, g])]} />
        )}
        {collection !== 'music' && <Toggle label={t.library.unplayed} name="unplayed" on={!!q.get('unplayed')} set={set} />}
        <Toggle label={t.library.favourite} name="favourite" on={!!q.get('favourite')} set={set} />
        <span class="count muted" role="status">
          {list.total >= 0 && t.library.count(list.total)}
        </span>
      </form>
      {list.error && list.total < 0 && <Failure error={list.error} retry={() => list.stale()} />}
      {list.total === 0 && (
        <Empty>
          <p>{filtered ? t.library.emptyFiltered : t.library.empty}</p>
          {filtered && (
            <button class="button" type="button" onClick={() => go(withParams(route, { unplayed: '', favourite: '', genre: '' }), true)}>
              {t.library.clear}
            </button>
          )}
        </Empty>
      )}
      {list.total !== 0 && !(list.error && list.total < 0) && <Grid list={list} shape={shape} />}
    </>
  );
}

interface ChoiceProps {
  label: string;
  name: string;
  value: string;
  standard: string; // left out of the address
  options: [string, string][];
  set: (name: string, value: string) => void;
}

function Choice({ label, name, value, standard, options, set }: ChoiceProps) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select data-testid={`filter-${name}`} value={value} onChange={(e) => set(name, e.currentTarget.value === standard ? '' : e.currentTarget.value)}>
        {options.map(([v, text]) => (
          <option key={v} value={v} selected={v === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Toggle({ label, name, on, set }: { label: string; name: string; on: boolean; set: (name: string, value: string) => void }) {
  return (
    <button class="chip" type="button" aria-pressed={on} data-testid={`filter-${name}`} onClick={() => set(name, on ? '' : '1')}>
      {label}
    </button>
  );
}
