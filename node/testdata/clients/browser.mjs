// Opens the web client in headless Chromium, signs in, and plays one film directly
// and one by HLS until 3 seconds have passed in each.
// Usage: browser.mjs URL USER PASSWORD DIRECT-ITEM HLS-ITEM SCREENSHOT-DIR
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, user, password, direct, hls, shots] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), 'sett-chromium-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
});
const foreign = [];
const problems = [];
try {
  const page = await context.newPage();
  page.on('request', (r) => { if (!r.url().startsWith(url) && !/^(blob|data):/.test(r.url())) foreign.push(r.url()); });
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('console', (m) => { if (m.type() === 'error') problems.push(m.text()); });
  await page.goto(`${url}/web/`);

  const byName = page.getByTestId('user').filter({ hasText: user });
  await page.getByTestId('sign-in').waitFor();
  if (await byName.count()) {
    await byName.first().click();
  } else {
    if (await page.getByTestId('other-user').count()) await page.getByTestId('other-user').click();
    await page.getByTestId('username').fill(user);
  }
  await page.getByTestId('password').fill(password);
  await page.getByTestId('sign-in-submit').click();
  await page.getByTestId('card').first().waitFor();
  await page.waitForFunction(() => [...document.images].some((i) => i.complete && i.naturalWidth > 0));
  await page.screenshot({ path: join(shots, 'home.png') });

  for (const [item, method] of [[direct, 'DirectPlay'], [hls, 'Transcode']]) {
    await page.goto(`${url}/web/#/item/${item}`);
    await page.getByTestId('play').click();
    const video = page.getByTestId('video');
    await video.waitFor();
    await page.waitForFunction(() => document.querySelector('[data-testid=video]')?.currentTime > 3, null, { timeout: 60000 });
    await page.keyboard.press('i');
    assert.equal(await page.getByTestId('statistics').getAttribute('data-method'), method);
    await page.screenshot({ path: join(shots, `${method}.png`) });
    await page.keyboard.press('Escape');
    await page.getByTestId('video').waitFor({ state: 'detached' });
  }
  assert.deepEqual(foreign, [], 'requests to other addresses');
  assert.deepEqual(problems, [], 'errors in the page');
  console.log('both films play');
} catch (e) {
  console.error(problems.join('\n'));
  const page = context.pages().at(-1);
  await page?.screenshot({ path: join(shots, 'failed.png') }).catch(() => {});
  throw e;
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
