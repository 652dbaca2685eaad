// A card: picture, title, and where the person is with it.

import { picture, shapeOf, type Shape } from '../api/images';
import type { Item } from '../api/types';
import { href } from '../route/route';
import { t } from '../text';
import { Art } from './picture';
import { Icon, type IconName } from './icons';

interface Props {
  item: Item;
  shape?: Shape;
  width?: number;
  /** play sends the card straight to the player. */
  play?: boolean;
  focus?: string;
}

/** pageOf is where an item's card leads. */
export function pageOf(it: Item): string {
  return it.Type === 'CollectionFolder' || it.Type === 'UserView' ? href('library', it.Id) : href('item', it.Id);
}

/** titles are the two lines under a card. */
export function titles(it: Item): [string, string] {
  switch (it.Type) {
    case 'Episode':
      return [it.SeriesName ?? it.Name ?? '', [t.item.episodeCode(it.ParentIndexNumber, it.IndexNumber, it.IndexNumberEnd), it.Name].filter(Boolean).join(' · ')];
    case 'Season':
      return [it.Name ?? '', it.SeriesName ?? ''];
    case 'Person':
    case 'MusicAlbum':
    case 'Audio':
      return [it.Name ?? '', it.AlbumArtist ?? it.Artists?.join(', ') ?? ''];
    default:
      return [it.Name ?? '', it.ProductionYear ? String(it.ProductionYear) : ''];
  }
}

// Libraries without a picture of their own show what is in them.
function iconOf(it: Item): IconName | undefined {
  if (it.Type !== 'CollectionFolder') return undefined;
  return it.CollectionType === 'music' ? 'music' : it.CollectionType === 'tvshows' ? 'series' : 'film';
}

export function Card({ item: it, shape = shapeOf(it.Type), width = 180, play, focus }: Props) {
  const [title, sub] = titles(it);
  const d = it.UserData;
  const done = d?.PlayedPercentage ?? 0;
  const round = it.Type === 'Person' || it.Type === 'MusicArtist';
  return (
    <a
      class={round ? 'card round' : 'card'}
      href={play ? href('play', it.Id) : pageOf(it)}
      data-testid="card"
      data-item-id={it.Id}
      data-nav=""
      data-focus={focus ?? it.Id}
      draggable={false}
    >
      <span class="frame">
        <Art picture={picture(it, shape)} shape={shape} width={width} name={title} icon={iconOf(it)} />
        {play && (
          <span class="overlay">
            <Icon name="play" />
          </span>
        )}
        {d?.Played && (
          <span class="badge done">
            <Icon name="check" />
            <span class="hidden">{t.item.played}</span>
          </span>
        )}
        {!d?.Played && !!d?.UnplayedItemCount && (
          <span class="badge">
            {d.UnplayedItemCount}
            <span class="hidden"> {t.item.remaining(d.UnplayedItemCount)}</span>
          </span>
        )}
        {done > 0 && done < 100 && (
          <span class="progress" aria-hidden="true">
            <span style={{ width: `${done}%` }} />
          </span>
        )}
      </span>
      <span class="title">{title}</span>
      {it.Type !== 'CollectionFolder' && <span class="sub">{sub || '\u00a0'}</span>}
    </a>
  );
}
