import assert from 'node:assert/strict';
import test from 'node:test';
import { baseOf, join, queryString, socketUrl, withQuery } from '../src/api/base';
import { authorization, deviceName } from '../src/api/client';
import { href, parseRoute, withParams } from '../src/route/route';

test('the API root is what comes before /web/', () => {
  assert.equal(baseOf('http://192.168.1.2:8096/web/'), 'http://192.168.1.2:8096');
  assert.equal(baseOf('http://192.168.1.2:8096/web/index.html?x=1#/item/1'), 'http://192.168.1.2:8096');
  assert.equal(baseOf('https://example.test/media/web/#/'), 'https://example.test/media');
  assert.equal(baseOf('http://[fd7a::1]:8096/web/'), 'http://[fd7a::1]:8096');
});

test('empty values leave no trace in a query, false and zero do', () => {
  assert.equal(queryString({ a: '', b: undefined, c: null, d: [] }), '');
  assert.equal(queryString({ a: false, b: 0, c: ['x', 'y'] }), '?a=false&b=0&c=x%2Cy');
});

test('server-relative addresses are put under the API root once', () => {
  assert.equal(join('http://h/base', '/videos/1/master.m3u8?a=b'), 'http://h/base/videos/1/master.m3u8?a=b');
  assert.equal(join('http://h', 'https://other/x'), 'https://other/x');
});

test('a parameter that is there in any case is not added again', () => {
  assert.equal(withQuery('/a?apikey=1', 'ApiKey', '2'), '/a?apikey=1');
  assert.equal(withQuery('/a', 'ApiKey', 'x y'), '/a?ApiKey=x%20y');
  assert.equal(withQuery('/a?b=1', 'ApiKey', ''), '/a?b=1');
});

test('the socket follows the scheme of the page', () => {
  assert.equal(socketUrl('https://h/base', 't', 'd'), 'wss://h/base/socket?ApiKey=t&deviceId=d');
  assert.equal(socketUrl('http://h:8096', 't', 'd'), 'ws://h:8096/socket?ApiKey=t&deviceId=d');
});

test('the authorisation header survives names with quotes and commas', () => {
  const h = authorization('id', 'Anna’s "TV", big', 'tok');
  assert.match(h, /^MediaBrowser Client="Sett%20Web", Device="Anna%E2%80%99s%20%22TV%22%2C%20big", DeviceId="id", Version="[^"]+", Token="tok"$/);
  assert.ok(!authorization('id', 'x', '').includes('Token'));
});

test('browsers are named by what people call them', () => {
  assert.equal(deviceName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'), 'Chrome on Linux');
  assert.equal(deviceName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1'), 'Safari on iOS');
  assert.equal(deviceName('x'), 'Browser');
});

test('a route is read back as it was written', () => {
  const h = href('library', 'a/b c', { sort: 'DateCreated', genre: '', q: 'a&b' });
  assert.equal(h, '#/library/a%2Fb%20c?sort=DateCreated&q=a%26b');
  const r = parseRoute(h);
  assert.deepEqual([r.page, r.id, r.query.get('q'), r.query.get('genre')], ['library', 'a/b c', 'a&b', null]);
  assert.equal(withParams(r, { sort: '', q: 'x' }), '#/library/a%2Fb%20c?q=x');
});

test('odd fragments lead home, not to an error', () => {
  for (const h of ['', '#', '#/', '/']) assert.equal(parseRoute(h).page, 'home');
  assert.equal(parseRoute('#/item/%E0%A4%A').id, '%E0%A4%A');
  assert.equal(parseRoute('#/setup?code=AB-12').query.get('code'), 'AB-12');
});
