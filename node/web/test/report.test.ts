import assert from 'node:assert/strict';
import test from 'node:test';

// The reporter needs a page around it: as little of one as will do.
const calls: { path: string; body: Record<string, unknown>; keepalive: boolean }[] = [];
let slow: (() => void) | undefined; // ends the request that hangs
Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'test' }, configurable: true });
Object.assign(globalThis, {
  window: globalThis,
  location: { href: 'http://h/web/' },
  fetch: (url: string, o: RequestInit) => {
    calls.push({ path: `${o.method} ${new URL(url).pathname}`, body: o.body ? (JSON.parse(String(o.body)) as Record<string, unknown>) : {}, keepalive: !!o.keepalive });
    if (!url.endsWith('/Progress')) return Promise.resolve(new Response(null, { status: 204 }));
    return new Promise<Response>((done) => (slow = () => done(new Response(null, { status: 204 }))));
  },
});

const { Reporter } = await import('../src/playback/api');
const settle = () => new Promise((done) => setImmediate(done));
const playing = { itemId: 'i', source: { Id: 's' }, playSessionId: 'p', method: 'Transcode' as const };
const at = (position: number) => () => ({ position, paused: false, muted: false, volume: 0.5 });

test('the stop is told once, after a progress report that was slow', async () => {
  calls.length = 0;
  const r = new Reporter(playing, at(12));
  await settle();
  r.progress();
  await settle();
  const told = r.stop();
  void r.stop();
  r.progress();
  await settle();
  assert.ok(!calls.some((c) => c.path.endsWith('/Stopped')), 'overtook');
  slow?.();
  await told;
  assert.deepEqual(
    calls.map((c) => c.path).filter((p) => p.startsWith('POST')),
    ['POST /Sessions/Playing', 'POST /Sessions/Playing/Progress', 'POST /Sessions/Playing/Stopped'],
  );
  assert.equal(calls.filter((c) => c.path === 'DELETE /Videos/ActiveEncodings').length, 1);
  assert.deepEqual([calls[0]?.body['PositionTicks'], calls[0]?.body['PlayMethod'], calls[0]?.body['VolumeLevel']], [120_000_000, 'Transcode', 50]);
});

test('a page that is leaving does not wait, and its last words outlive it', async () => {
  calls.length = 0;
  const r = new Reporter({ ...playing, method: 'DirectPlay' }, at(3));
  await settle();
  r.progress();
  await settle();
  await r.stop(true);
  const last = calls.at(-1);
  assert.deepEqual([last?.path, last?.keepalive], ['POST /Sessions/Playing/Stopped', true]);
  assert.ok(!calls.some((c) => c.path.startsWith('DELETE')), 'nothing was converted');
  slow?.();
});
