// People, similar titles, and what folders, artists and people hold.

import { albumsOf, list, similar, tracks } from '../../api/items';
import { shapeOf } from '../../api/images';
import type { Item } from '../../api/types';
import { useData } from '../../data/query';
import { t } from '../../text';
import { Failure, Waiting } from '../../ui/notice';
import { Card } from '../../ui/card';
import { Row } from '../../ui/row';
import { TrackList } from './album';

/** People is the cast as a row of round portraits. */
export function People({ it }: { it: Item }) {
  const people = (it.People ?? [])
    .filter((p) => p.Id && p.Name)
    .slice(0, 24)
    .map((p): Item => ({ Id: p.Id ?? '', Type: 'Person', Name: p.Name, AlbumArtist: p.Role, ImageTags: p.PrimaryImageTag ? { Primary: p.PrimaryImageTag } : {} }));
  // The same person may have two parts; one portrait is enough.
  const once = [...new Map(people.map((p) => [p.Id, p])).values()];
  return <Row title={t.item.cast} id="cast" items={once} shape="square" />;
}

export function Similar({ it }: { it: Item }) {
  const s = useData(`similar-${it.Id}`, () => similar(it.Id));
  return <Row title={t.item.similar} id="similar" items={s.data ?? []} shape="poster" />;
}

async function childrenOf(it: Item): Promise<Item[]> {
  switch (it.Type) {
    case 'MusicArtist':
      return albumsOf(it.Id);
    case 'Person':
      return (await list({ personIds: it.Id, recursive: true, includeItemTypes: 'Movie,Series', sortBy: 'PremiereDate', sortOrder: 'Descending', limit: 200 })).Items;
    case 'Audio':
      return it.AlbumId ? tracks(it.AlbumId) : [it];
    default:
      return (await list({ parentId: it.Id, sortBy: it.Type === 'Playlist' ? '' : 'IsFolder,SortName', limit: 500 })).Items;
  }
}

/** Children lists what something holds as a grid, or as tracks when it is all music. */
export function Children({ it }: { it: Item }) {
  const c = useData(`children-${it.Id}`, () => childrenOf(it));
  if (c.error && !c.data) return <Failure error={c.error} retry={c.reload} />;
  if (!c.data) return <Waiting />;
  if (c.data.length === 0) return null;
  if (c.data.every((x) => x.Type === 'Audio')) return <TrackList tracks={c.data} />;
  const title = it.Type === 'MusicArtist' ? t.item.albums : t.item.in;
  return (
    <section aria-labelledby="children">
      <h2 id="children">{title}</h2>
      <ul class="grid plain-grid">
        {c.data.map((x) => (
          <li key={x.Id}>
            <Card item={x} shape={shapeOf(x.Type)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
