// Opens the kiosk's page in a slowed-down Chromium and prints, as JSON, the bytes of script that came over the wire and
// the milliseconds until the first button can be touched. Arguments: origin, site, kiosk token.
import { existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { chromium } from 'playwright-core';

const [origin, site, token] = process.argv.slice(-3);
const names = ['chromium', 'chromium-browser', 'google-chrome'];
const executablePath = names.map((name) => `/usr/bin/${name}`).find((path) => existsSync(path));
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-background-networking'],
});
try {
  const page = await browser.newPage();
  const scripts = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body());
  });
  // Signing in is not what is measured; the page comes from the network again afterwards.
  const entered = await page.request.post(`${origin}/api/v1/session`, { data: { token } });
  if (!entered.ok()) throw new Error(`session: ${entered.status()} ${await entered.text()}`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  const started = performance.now();
  await page.goto(`${origin}/kiosk/${site}`, { waitUntil: 'commit' });
  await page.locator('button:visible').first().waitFor({ timeout: 30_000 });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const usable = performance.now() - started;
  const bodies = await Promise.all(scripts);
  const bytes = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
  console.log(JSON.stringify({ script_bytes: bytes, usable_ms: usable }));
} finally {
  await browser.close();
}
