// Opens the kiosk's page in a slowed-down Chromium, each time a fresh one, and prints as JSON the bytes of script that
// came over the wire and the milliseconds until the first choice could be touched; and the same for a bare page with
// one button, which is what the browser itself takes. Arguments: origin, site, kiosk token, runs.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

import { chromium } from 'playwright-core';

const [origin, site, token, runs] = process.argv.slice(-4);
const names = ['chromium', 'chromium-browser', 'google-chrome'];
const executablePath = names.map((name) => `/usr/bin/${name}`).find((path) => existsSync(path));
const SLOWED = 6;
const TIMEOUT_MS = 60_000;
// A browser that has just started still loads pages of its own (its new tab, its address field), on the processors that
// the page under measure would have. It is at rest when it has used nearly none for a while.
const LOOK_EVERY_MS = 100;
const LOOKS_AT_REST = 5;
const LOOKS_MAX = 300;
const REST_S = 0.005;
const BARE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Bare</title><button data-testid="card">One</button>';

// Stands in the page under measure. A test tool's own way of waiting is a script of several hundred kilobytes that the
// slowed processor would have to read first; this one sleeps until a choice is in the document, then looks whether a
// finger would reach it, and tells when that picture has been drawn.
const WATCH = `{
  const reached = (choice) => {
    if (choice.disabled || !choice.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const { left, top, width, height } = choice.getBoundingClientRect();
    return choice.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  };
  const look = () => {
    const choice = document.querySelector('[data-testid=card]');
    if (!choice || !reached(choice)) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => firstScreenUsable('')));
  };
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[data-testid=card]')) return;
    observer.disconnect();
    requestAnimationFrame(look);
  }).observe(document, { childList: true, subtree: true });
}`;

async function atRest(browser) {
  const devtools = await browser.newBrowserCDPSession();
  const used_s = async () => {
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  let before_s = await used_s();
  for (let looks = 0, rests = 0; rests < LOOKS_AT_REST; looks += 1) {
    if (looks === LOOKS_MAX) throw new Error('the browser does not come to rest: is the machine busy?');
    await new Promise((passed) => setTimeout(passed, LOOK_EVERY_MS));
    const now_s = await used_s();
    rests = now_s - before_s <= REST_S ? rests + 1 : 0;
    before_s = now_s;
  }
  await devtools.detach();
}

/** Starting the browser, `prepare` and `check` are not part of the time. */
async function open(address, prepare, check) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });
  try {
    const page = await browser.newPage();
    await prepare(page);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Page.enable');
    await devtools.send('Runtime.enable');
    await devtools.send('Runtime.addBinding', { name: 'firstScreenUsable' });
    await devtools.send('Page.addScriptToEvaluateOnNewDocument', { source: WATCH });
    await atRest(browser);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
    const usable = new Promise((resolve, reject) => {
      devtools.once('Runtime.bindingCalled', resolve);
      setTimeout(() => reject(new Error(`${address}: no first screen`)), TIMEOUT_MS).unref();
    });
    const started = performance.now();
    await devtools.send('Page.navigate', { url: address });
    await usable;
    const took_ms = performance.now() - started;
    await check(page);
    return took_ms;
  } finally {
    await browser.close();
  }
}

async function openKiosk() {
  const scripts = [];
  let script_bytes = 0;
  const took_ms = await open(
    `${origin}/kiosk/${site}`,
    async (page) => {
      // Signing in is not what is measured; the page comes from the network again afterwards.
      const entered = await page.request.post(`${origin}/api/v1/session`, { data: { token } });
      if (!entered.ok()) throw new Error(`session: ${entered.status()} ${await entered.text()}`);
      page.on('response', (response) => response.request().resourceType() === 'script' && scripts.push(response));
    },
    // What could be touched must also answer: the choice leads to the button that gives the number.
    async (page) => {
      await page.locator('[data-testid=card]').first().click();
      await page.locator('[data-testid=take]').waitFor();
      const bodies = await Promise.all(scripts.map((script) => script.body()));
      script_bytes = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
    },
  );
  return { took_ms, script_bytes };
}

const bare = createServer((_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end(BARE));
await new Promise((listening) => bare.listen(0, '127.0.0.1', listening));
const bareAddress = `http://127.0.0.1:${bare.address().port}/`;
const measured = { script_bytes: 0, usable_ms: [], bare_ms: [] };
for (let run = 0; run < Number(runs); run += 1) {
  measured.bare_ms.push(await open(bareAddress, () => undefined, () => undefined));
  const { took_ms, script_bytes } = await openKiosk();
  measured.usable_ms.push(took_ms);
  measured.script_bytes = Math.max(measured.script_bytes, script_bytes);
}
bare.close();
console.log(JSON.stringify(measured));
