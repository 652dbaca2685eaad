// Plays playlists with hls.js in headless Chromium: from the start, after a seek
// ahead, after a seek back, and to the end; then switches from one to the next at
// the position reached.
// Usage: player.mjs PLAYWRIGHT-FOLDER HLS.JS ORIGIN JSON
// JSON: [{"name","url","cues","next"}], next being where to switch to in mid-play.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [modules, hlsjs, origin, list] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, 'x.js'))('playwright-core');
const profile = mkdtempSync(join(tmpdir(), 'sett-player-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
});
try {
  const page = await context.newPage();
  await page.goto(`${origin}/System/Info/Public`);
  await page.addScriptTag({ path: hlsjs });
  const until = (what, cond, arg) => page.waitForFunction(cond, arg, { timeout: 30000 }).catch(async () => {
    throw new Error(`${what}: ${JSON.stringify(await page.evaluate(() => ({ at: video.currentTime, ready: video.readyState, bad, ranges: [...Array(video.buffered.length).keys()].map((i) => [video.buffered.start(i), video.buffered.end(i)]) })))}`);
  });
  for (const film of JSON.parse(list)) {
    await page.evaluate((film) => {
      window.hls?.destroy();
      document.body.innerHTML = '<video muted></video>';
      window.video = document.querySelector('video');
      window.bad = [];
      window.load = (url, at) => {
        window.hls?.destroy();
        window.hls = new Hls({ startPosition: at, renderTextTracksNatively: true });
        // A request given up for a seek or a switch is no fault, unless it is fatal.
        hls.on(Hls.Events.ERROR, (_, e) => { if (e.fatal || !/stall|nudge|seekOver|aborted/i.test(e.details)) bad.push(`${e.type} ${e.details} ${e.reason ?? ''} ${e.response?.code ?? ''}`); });
        hls.loadSource(url);
        hls.attachMedia(video);
        hls.once(Hls.Events.MANIFEST_PARSED, () => video.play());
      };
      load(film.url, 0);
    }, film);
    await until(`${film.name}: begins`, () => video.currentTime > 0.5);
    assert.ok(await page.evaluate(() => Math.abs(video.duration - 20) < 0.3), `${film.name}: duration`);
    await page.evaluate(() => { video.currentTime = 14; });
    await until(`${film.name}: seeks ahead`, () => video.currentTime > 14.5 && !video.seeking);
    await page.evaluate(() => { video.currentTime = 4.2; });
    await until(`${film.name}: seeks back`, () => video.currentTime > 4.7 && video.currentTime < 10 && !video.seeking);
    if (film.cues) {
      await page.evaluate(() => { hls.subtitleTrack = 0; hls.subtitleDisplay = true; });
      await until(`${film.name}: subtitles`, () => [...video.textTracks].some((t) => [...(t.cues ?? [])].some((c) => Math.abs(c.startTime - 5) < 0.15 && /Across/.test(c.text))));
    }
    if (film.next) {
      const at = await page.evaluate((next) => { const at = video.currentTime; load(next, at); return at; }, film.next);
      await until(`${film.name}: switches`, (at) => video.currentTime > at + 0.5 && video.currentTime < at + 8, at);
    }
    await page.evaluate(() => { video.currentTime = 18.5; });
    await until(`${film.name}: ends`, () => video.ended);
    assert.deepEqual(await page.evaluate(() => bad), [], film.name);
  }
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
