import assert from 'node:assert/strict';
import test from 'node:test';
import { knownCaller } from '../src/api/auth';
import { averageColour, imageUrl, picture, step } from '../src/api/images';
import { continueWatching } from '../src/api/items';
import type { Item } from '../src/api/types';
import { queryFor } from '../src/pages/library';
import { parseRoute } from '../src/route/route';
import { layout, span } from '../src/ui/grid';
import { nearest } from '../src/ui/spatial';

const it = (Id: string, more: Partial<Item> = {}): Item => ({ Id, Type: 'Movie', ...more });

test('only one person without a password, listed first, is signed in unasked', () => {
  const a = { Id: 'a', HasPassword: false };
  const b = { Id: 'b', HasPassword: true };
  assert.equal(knownCaller([a, b]), a);
  assert.equal(knownCaller([b, a]), undefined);
  assert.equal(knownCaller([a, { Id: 'c', HasPassword: false }]), undefined);
  assert.equal(knownCaller([{ Id: 'd' }]), undefined);
  assert.equal(knownCaller([]), undefined);
});

test('continue watching has one entry for a series, newest first, undated last', () => {
  const resume = [it('m', { UserData: { LastPlayedDate: '2026-01-02' } }), it('e1', { SeriesId: 's', UserData: { LastPlayedDate: '2026-01-03' } })];
  const next = [it('e2', { SeriesId: 's' }), it('e9', { SeriesId: 'x' })];
  assert.deepEqual(continueWatching(resume, next).map((i) => i.Id), ['e1', 'm', 'e9']);
});

test('an episode without a picture borrows a wide one before an upright one', () => {
  const e = it('e', { Type: 'Episode', SeriesId: 's', SeriesPrimaryImageTag: 'p', ParentThumbItemId: 's', ParentThumbImageTag: 't' });
  assert.deepEqual([picture(e, 'wide')?.kind, picture(e, 'poster')?.kind, picture(it('x'), 'poster')], ['Thumb', 'Primary', undefined]);
});

test('pictures are asked for in few sizes, by tag, with the token', () => {
  assert.deepEqual([1, 161, 5000].map(step), [160, 240, 1920]);
  assert.equal(imageUrl('http://h', { itemId: 'i', kind: 'Backdrop', tag: 'x', index: 0 }, 480, 'wide', 't'), 'http://h/Items/i/Images/Backdrop/0?fillWidth=480&fillHeight=270&quality=90&tag=x&ApiKey=t');
});

test('the mean colour of a blurhash is read from its first digits', () => {
  assert.match(averageColour('LEHV6nWB2yk8pyo0adR*.7kCMdnj'), /^#[0-9a-f]{6}$/);
  assert.equal(averageColour('00000000'), '#000000');
  assert.deepEqual([averageColour(undefined), averageColour('x'), averageColour('00    00')], ['', '', '']);
});

test('a grid of any size draws a few rows around the window', () => {
  const { columns, row } = layout(1184, 'poster');
  const rows = Math.ceil(5000 / columns);
  const [first, last] = span(row * 100, 800, row, rows);
  assert.ok(first <= 98 && first > 90 && last > 102 && (last - first) * columns < 120, `${first}–${last} × ${columns}`);
  assert.deepEqual(span(1e9, 800, row, rows), [rows, rows]);
  assert.deepEqual(span(0, 800, row, 0), [0, 0]);
  assert.ok(layout(328, 'poster').columns >= 2 && layout(60, 'wide').columns >= 2);
});

test('an address becomes a question, its defaults unsaid', () => {
  const q = (hash: string, kind: string) => queryFor(parseRoute(hash), kind);
  assert.deepEqual(q('#/library/l', 'movies').query, { parentId: 'l', includeItemTypes: 'Movie', recursive: true, sortBy: 'SortName', sortOrder: 'Ascending', filters: '', genres: null });
  const f = q('#/library/l?sort=DateCreated&unplayed=1&favourite=1&genre=Drama', 'tvshows').query;
  assert.deepEqual([f['sortBy'], f['sortOrder'], f['filters'], f['genres'], f['includeItemTypes']], ['DateCreated,SortName', 'Descending', 'IsUnplayed,IsFavorite', 'Drama', 'Series']);
  assert.equal(q('#/library/l?kind=nonsense', 'music').kind, 'MusicAlbum');
  assert.equal(q('#/library/l', 'homevideos').query['recursive'], false);
});

test('arrow keys stay in the row sideways and find the closest card in the next', () => {
  const box = (left: number, top: number) => ({ left, top, right: left + 100, bottom: top + 100 });
  const boxes = [box(0, 0), box(220, 0), box(0, 120), box(110, 125), box(500, 120)];
  const from = box(110, 0);
  assert.equal(nearest(from, boxes, 'ArrowRight'), 1);
  assert.equal(nearest(from, boxes, 'ArrowLeft'), 0);
  assert.equal(nearest(from, boxes, 'ArrowDown'), 3);
  assert.equal(nearest(from, boxes, 'ArrowUp'), -1);
});
