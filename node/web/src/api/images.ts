// Which picture shows an item, at which address and in which shape.

import { queryString } from './base';
import type { Item } from './types';

export type Shape = 'poster' | 'square' | 'wide';

/** Picture names one image of one item. */
export interface Picture {
  itemId: string;
  kind: string;
  tag: string;
  index?: number;
  blurhash?: string;
}

/** shapeOf is the shape an item's card has in grids. */
export function shapeOf(type: string): Shape {
  switch (type) {
    case 'MusicAlbum':
    case 'MusicArtist':
    case 'Audio':
    case 'Playlist':
      return 'square';
    case 'Episode':
    case 'Video':
    case 'MusicVideo':
    case 'CollectionFolder':
    case 'UserView':
    case 'Folder':
    case 'Photo':
      return 'wide';
    default:
      return 'poster';
  }
}

/** ratio is width / height of a shape. */
export const ratio = (s: Shape): number => (s === 'poster' ? 2 / 3 : s === 'wide' ? 16 / 9 : 1);

/** picture chooses the best image of an item for a shape, falling back to its relatives'. */
export function picture(it: Item, shape: Shape): Picture | undefined {
  const own = (kind: string): Picture | undefined => {
    const tag = it.ImageTags?.[kind];
    return tag ? { itemId: it.Id, kind, tag, blurhash: it.ImageBlurHashes?.[kind]?.[tag] } : undefined;
  };
  if (shape !== 'wide') return own('Primary') ?? parentPrimary(it);
  const primaryIsWide = it.Type === 'Episode' || shapeOf(it.Type) === 'wide';
  return (primaryIsWide ? own('Primary') : undefined) ?? own('Thumb') ?? backdrop(it) ?? parentThumb(it) ?? own('Primary') ?? parentPrimary(it);
}

/** backdrop is the item's wide background, or its series'. */
export function backdrop(it: Item): Picture | undefined {
  const tag = it.BackdropImageTags?.[0];
  if (tag) return { itemId: it.Id, kind: 'Backdrop', tag, index: 0, blurhash: it.ImageBlurHashes?.['Backdrop']?.[tag] };
  const up = it.ParentBackdropImageTags?.[0];
  return up && it.ParentBackdropItemId ? { itemId: it.ParentBackdropItemId, kind: 'Backdrop', tag: up, index: 0 } : undefined;
}

function parentThumb(it: Item): Picture | undefined {
  return it.ParentThumbItemId && it.ParentThumbImageTag ? { itemId: it.ParentThumbItemId, kind: 'Thumb', tag: it.ParentThumbImageTag } : undefined;
}

function parentPrimary(it: Item): Picture | undefined {
  if (it.AlbumId && it.AlbumPrimaryImageTag) return { itemId: it.AlbumId, kind: 'Primary', tag: it.AlbumPrimaryImageTag };
  if (it.SeriesId && it.SeriesPrimaryImageTag) return { itemId: it.SeriesId, kind: 'Primary', tag: it.SeriesPrimaryImageTag };
  return undefined;
}

// Few distinct sizes, so that the server's cache of resized pictures is hit.
const STEPS = [160, 240, 320, 480, 640, 960, 1280, 1920];

/** step rounds a width in device pixels up to one of the sizes we ask for. */
export const step = (width: number): number => STEPS.find((s) => s >= width) ?? 1920;

/**
 * imageUrl is a picture's address. The token rides along because an <img> sends no
 * header, and the node shows pictures to nobody it does not know.
 */
export function imageUrl(base: string, p: Picture, width: number, shape: Shape, token: string): string {
  const path = `${base}/Items/${p.itemId}/Images/${p.kind}` + (p.index === undefined ? '' : `/${p.index}`);
  return path + queryString({ fillWidth: width, fillHeight: Math.round(width / ratio(shape)), quality: 90, tag: p.tag, ApiKey: token });
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~';

/** averageColour reads the mean colour out of a blurhash: "#rrggbb", or "" if it is none. */
export function averageColour(hash: string | undefined): string {
  if (!hash || hash.length < 6) return '';
  let v = 0;
  for (const c of hash.slice(2, 6)) {
    const d = DIGITS.indexOf(c);
    if (d < 0) return '';
    v = v * 83 + d;
  }
  return v <= 0xffffff ? '#' + v.toString(16).padStart(6, '0') : '';
}

/** letterHue spreads names over the colour circle, for tiles without a picture. */
export function letterHue(name: string): number {
  let h = 0;
  for (let i = 0; i < name.length; i++) h = (h * 31 + name.charCodeAt(i)) % 360;
  return h;
}
