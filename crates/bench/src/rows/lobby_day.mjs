// Leaves the lobby's page open over a busy day and tells as JSON what it holds in memory when warm, at the end and at
// most, with all that could be freed freed before; and what a page of a hall in which nothing happens takes of the
// processor, beside an empty page. Arguments: page of the busy hall, page of the quiet one, seconds until warm, seconds of
// the day, seconds of rest.
import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

const [busy, quiet, ...seconds] = process.argv.slice(-5);
const [warm_s, day_s, rest_s] = seconds.map(Number);
const names = ['chromium', 'chromium-browser', 'google-chrome'];
const executablePath = names.map((name) => `/usr/bin/${name}`).find((path) => existsSync(path));
const LOOKS = 8;
const SIZE = { width: 1920, height: 1080 };
const CALL = '"type":"call"';

const pass = (s) => new Promise((passed) => setTimeout(passed, s * 1_000));

async function open(address) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });
  const page = await browser.newPage({ viewport: SIZE });
  const heard = { calls: 0 };
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => (heard.calls += String(payload).includes(CALL) ? 1 : 0)),
  );
  await page.goto(address);
  return { browser, page, heard };
}

async function held(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  // The second pass frees what finalizers of the first let go.
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  await devtools.detach();
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  return { kib: of('JSHeapUsedSize') / 1_024, nodes: of('Nodes') };
}

async function day() {
  const { browser, page, heard } = await open(busy);
  await pass(warm_s);
  const warm = await held(page);
  let most_kib = warm.kib;
  let end = warm;
  heard.calls = 0;
  for (let look = 0; look < LOOKS; look += 1) {
    await pass(day_s / LOOKS);
    end = await held(page);
    most_kib = Math.max(most_kib, end.kib);
  }
  await browser.close();
  const { calls } = heard;
  return { warm_kib: warm.kib, end_kib: end.kib, most_kib, warm_nodes: warm.nodes, end_nodes: end.nodes, calls };
}

async function percent(address) {
  const { browser } = await open(address);
  const devtools = await browser.newBrowserCDPSession();
  const used_s = async () => {
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  // A browser that has just started is busy with itself.
  await pass(rest_s / 2);
  const before_s = await used_s();
  await pass(rest_s);
  const used = (await used_s()) - before_s;
  await browser.close();
  return (used / rest_s) * 100;
}

const empty_percent = await percent('about:blank');
const rest_percent = await percent(quiet);
console.log(JSON.stringify({ ...(await day()), rest_percent, empty_percent }));
