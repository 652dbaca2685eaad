// Reading the library and changing what a person has watched or likes.

import type { Query } from './base';
import { call, get, send } from './client';
import { session } from './session';
import type { Item, Items, NetworkState, ScanState, UserData } from './types';

const CARD_FIELDS = 'PrimaryImageAspectRatio,ChildCount';
const IMAGE_TYPES = 'Primary,Backdrop,Thumb';

const cards = (): Query => ({
  userId: session().userId,
  fields: CARD_FIELDS,
  imageTypeLimit: 1,
  enableImageTypes: IMAGE_TYPES,
});

export const views = async (): Promise<Item[]> => (await get<Items>('/UserViews', { userId: session().userId })).Items;

export const resumable = async (): Promise<Item[]> =>
  (await get<Items>('/UserItems/Resume', { ...cards(), limit: 16, mediaTypes: 'Video' })).Items;

export const nextUp = async (seriesId?: string): Promise<Item[]> =>
  (await get<Items>('/Shows/NextUp', { ...cards(), limit: seriesId ? 1 : 16, seriesId, enableResumable: seriesId ? true : false })).Items;

export const latest = (parentId: string): Promise<Item[]> => get<Item[]>('/Items/Latest', { ...cards(), parentId, limit: 18 });

export const item = (id: string): Promise<Item> => get<Item>(`/Items/${id}`, { userId: session().userId });

export const list = (query: Query, signal?: AbortSignal): Promise<Items> => get<Items>('/Items', { ...cards(), ...query }, { signal });

export const seasons = async (seriesId: string): Promise<Item[]> => (await get<Items>(`/Shows/${seriesId}/Seasons`, cards())).Items;

export const episodes = async (seriesId: string, seasonId?: string): Promise<Item[]> =>
  (await get<Items>(`/Shows/${seriesId}/Episodes`, { ...cards(), fields: CARD_FIELDS + ',Overview', seasonId })).Items;

export const tracks = async (albumId: string): Promise<Item[]> =>
  (await list({ parentId: albumId, includeItemTypes: 'Audio', recursive: true, sortBy: 'ParentIndexNumber,IndexNumber,SortName' })).Items;

export const albumsOf = async (artistId: string): Promise<Item[]> =>
  (await list({ albumArtistIds: artistId, includeItemTypes: 'MusicAlbum', recursive: true, sortBy: 'ProductionYear,SortName', sortOrder: 'Descending' })).Items;

export const similar = async (id: string): Promise<Item[]> => (await get<Items>(`/Items/${id}/Similar`, { ...cards(), limit: 12 })).Items;

export const genres = async (parentId: string): Promise<string[]> =>
  (await get<Items>('/Genres', { userId: session().userId, parentId })).Items.map((g) => g.Name ?? '').filter(Boolean);

export const setPlayed = (id: string, played: boolean): Promise<UserData> =>
  call<UserData>(played ? 'POST' : 'DELETE', `/UserPlayedItems/${id}`, { query: { userId: session().userId } });

export const setFavourite = (id: string, on: boolean): Promise<UserData> =>
  call<UserData>(on ? 'POST' : 'DELETE', `/UserFavoriteItems/${id}`, { query: { userId: session().userId } });

export const scanLibrary = () => send('POST', '/Library/Refresh');

export const scanState = () => get<ScanState>('/Sett/Scan');

export const network = () => get<NetworkState>('/Sett/Network');

/**
 * continueWatching merges half-watched items with the next episodes of series being
 * watched: one entry for each series, the half-watched one winning, newest first.
 */
export function continueWatching(resume: Item[], next: Item[]): Item[] {
  const seen = new Set<string>();
  const out: Item[] = [];
  for (const it of [...resume, ...next]) {
    const key = it.SeriesId ?? it.Id;
    if (seen.has(key)) continue;
    seen.add(key);
    out.push(it);
  }
  const when = (it: Item) => it.UserData?.LastPlayedDate ?? '';
  const dated = out.filter((it) => when(it) !== '').sort((a, b) => (when(a) < when(b) ? 1 : when(a) > when(b) ? -1 : 0));
  // Next-up items have no date of their own: they keep the server's order, after the dated.
  return [...dated, ...out.filter((it) => when(it) === '')];
}
