// One thing in the library: what it is, and everything one can do with it.

import { item } from '../api/items';
import { backdrop, picture, shapeOf } from '../api/images';
import type { Item } from '../api/types';
import { useData } from '../data/query';
import { length } from '../playback/time';
import { href } from '../route/route';
import { t } from '../text';
import { Failure, Waiting } from '../ui/notice';
import { Art } from '../ui/picture';
import { useTitle } from '../ui/title';
import { Album } from './item/album';
import { Children, People, Similar } from './item/related';
import { MarkButtons } from './item/mark';
import { Playable } from './item/playable';
import { SeasonPart, SeriesPart, SeriesPlay } from './item/series';

const playable = new Set(['Movie', 'Episode', 'Video', 'MusicVideo', 'Trailer']);

export function ItemPage({ id }: { id: string }) {
  const loaded = useData(`item-${id}`, () => item(id));
  const it = loaded.data;
  useTitle(it?.Name);
  if (loaded.error && !it) return <Failure error={loaded.error} retry={loaded.reload} />;
  if (!it) return <Waiting />;
  const shape = shapeOf(it.Type);
  const back = backdrop(it);
  return (
    <article class={`detail ${shape}`} data-testid="detail" data-type={it.Type}>
      {back && (
        <div class="backdrop" aria-hidden="true">
          <Art picture={back} shape="wide" width={1280} name="" eager />
        </div>
      )}
      <div class="head">
        <div class="portrait">
          <Art picture={picture(it, shape)} shape={shape} width={shape === 'wide' ? 420 : 280} name={it.Name ?? ''} eager />
        </div>
        <div class="about">
          <Above it={it} />
          <h1>{it.Name}</h1>
          <Facts it={it} />
          {it.Taglines?.[0] && <p class="tagline">{it.Taglines[0]}</p>}
          {playable.has(it.Type) ? (
            <Playable it={it} key={it.Id} />
          ) : (
            <div class="actions">
              {(it.Type === 'Series' || it.Type === 'Season') && <SeriesPlay it={it} />}
              <MarkButtons it={it} />
            </div>
          )}
          {it.Overview && <p class="overview">{it.Overview}</p>}
          <Credits it={it} />
        </div>
      </div>
      <Below it={it} />
    </article>
  );
}

// Above is the way up: series, season, artist.
function Above({ it }: { it: Item }) {
  const up: [string | undefined, string | undefined][] = [
    [it.SeriesId, it.SeriesName],
    ...(it.Type === 'Episode' ? [[it.SeasonId, it.SeasonName] as [string | undefined, string | undefined]] : []),
    ...(it.AlbumArtists ?? []).map((a): [string | undefined, string | undefined] => [a.Id, a.Name]),
  ];
  const known = up.filter(([id, name]) => id && name);
  if (known.length === 0) return null;
  return (
    <p class="above">
      {known.map(([id, name], i) => (
        <span key={id}>
          {i > 0 && ' · '}
          <a href={href('item', id)}>{name}</a>
        </span>
      ))}
    </p>
  );
}

function Facts({ it }: { it: Item }) {
  const ended = it.Type === 'Series' && it.EndDate ? new Date(it.EndDate).getUTCFullYear() : undefined;
  const years = it.ProductionYear ? String(it.ProductionYear) + (it.Type === 'Series' ? (ended && ended !== it.ProductionYear ? `–${ended}` : it.Status === 'Continuing' ? '–' : '') : '') : '';
  const facts = [
    it.Type === 'Episode' ? t.item.episodeCode(it.ParentIndexNumber, it.IndexNumber, it.IndexNumberEnd) : '',
    years,
    length(it.RunTimeTicks),
    it.OfficialRating,
    it.CommunityRating ? `★ ${it.CommunityRating.toFixed(1)}` : '',
    it.Genres?.slice(0, 3).join(', '),
  ].filter(Boolean);
  return facts.length ? (
    <p class="facts-line">
      {facts.map((f) => (
        <span key={f}>{f}</span>
      ))}
    </p>
  ) : null;
}

function Credits({ it }: { it: Item }) {
  const of = (type: string) => (it.People ?? []).filter((p) => p.Type === type).slice(0, 3).map((p) => p.Name).join(', ');
  const rows: [string, string][] = [
    ['Director', of('Director')],
    ['Writer', of('Writer')],
    ['Studio', (it.Studios ?? []).slice(0, 3).map((s) => s.Name).join(', ')],
  ].filter((r): r is [string, string] => !!r[1]);
  if (rows.length === 0) return null;
  return (
    <dl class="facts">
      {rows.map(([k, v]) => (
        <div key={k}>
          <dt>{t.credits[k] ?? k}</dt>
          <dd>{v}</dd>
        </div>
      ))}
    </dl>
  );
}

function Below({ it }: { it: Item }) {
  switch (it.Type) {
    case 'Series':
      return (
        <>
          <SeriesPart it={it} />
          <People it={it} />
          <Similar it={it} />
        </>
      );
    case 'Season':
      return <SeasonPart it={it} />;
    case 'Episode':
      return (
        <>
          <SeasonPart it={it} />
          <People it={it} />
        </>
      );
    case 'MusicAlbum':
      return <Album it={it} />;
    case 'Movie':
    case 'Video':
    case 'MusicVideo':
      return (
        <>
          <People it={it} />
          <Similar it={it} />
        </>
      );
    default:
      return <Children it={it} />;
  }
}
