// Coming in: the sign-in link becomes a cookie and leaves the address; the cookie is as strict as the way allows; the
// live line works on both ways; a token that does not hold is refused in words.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Hall } from '../stage/hall.mjs';
import { until } from '../stage/patience.mjs';
import { words } from '../stage/words.mjs';

/** Every frame of the page's live line, as it comes. */
function frames(page) {
  const heard = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => heard.push({ url: socket.url(), frame: JSON.parse(String(payload)) }));
  });
  return heard;
}

async function comesIn(hall) {
  const { language, secure } = hall;
  const context = await hall.browsers.device({ size: 'clerk', language });
  const page = await context.newPage();
  const heard = frames(page);
  const [{ id }] = await (await hall.others()).get(`/sites/${hall.site}/counters`);
  await hall.enter(page, 'clerk', `/counter/${hall.site}/${id}`);

  assert.equal(page.url().includes('token'), false, 'the token leaves the address');
  const [cookie, ...more] = await context.cookies();
  assert.deepEqual(more, []);
  assert.equal(cookie.name, secure ? '__Host-khiw' : 'khiw');
  assert.equal(cookie.secure, secure);
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Strict', '/']);
  assert.equal(await page.evaluate(() => isSecureContext), true);
  assert.equal(await page.evaluate(() => document.cookie), '', 'no script reads it');
  assert.equal((await page.evaluate(async () => (await fetch('/api/v1/session')).json())).kind, 'clerk');

  const [first] = await until('a frame on the live line', () => heard.length > 0 && heard);
  assert.equal(first.frame.type, 'snapshot');
  assert.equal(first.frame.counter.id, id);
  assert.ok(first.url.startsWith(secure ? 'wss://' : 'ws://'), first.url);
  await page.getByText(words('staff', language).connected, { exact: true }).waitFor();
}

async function wrongToken(hall) {
  const said = words('staff', hall.language);
  const page = await (await hall.browsers.device({ language: hall.language })).newPage();
  await page.goto(`${hall.base}/enter#token=khiw_clerk_nobodyknowsthis`);
  await page.getByRole('heading', { name: said.enter_refused }).waitFor();
  await page.getByText(said.enter_refused_more).waitFor();
  assert.deepEqual(await page.context().cookies(), []);
  // A second link opened in the same window changes only the part behind the hash.
  const token = await hall.token('kiosk');
  await page.evaluate((right) => (location.hash = `token=${right}`), token);
  await page.waitForURL(`${hall.base}/kiosk/${hall.site}`);
}

/** Over a LAN name even the demo asks who comes: its pages say so, and none works without a token. */
async function withoutToken(hall) {
  const said = words('staff', hall.language);
  const page = await (await hall.browsers.device({ size: 'clerk', language: hall.language })).newPage();
  const [{ id }] = await (await hall.others()).get(`/sites/${hall.site}/counters`);
  await page.goto(`${hall.base}/counter/${hall.site}/${id}`);
  await page.getByRole('heading', { name: said.signed_out_title }).waitFor();
  await page.goto(`${hall.base}/`);
  await page.getByText(said.hall_enter_more).waitFor();
  await page.getByRole('link', { name: said.hall_open_kiosk }).waitFor();
  assert.equal(await page.getByText(said.hall_unreachable).count(), 0, 'the server answered');
  await page.getByLabel(said.hall_enter_label).fill(await hall.token('administrator'));
  await page.getByRole('button', { name: said.hall_enter_press }).click();
  await page.getByRole('heading', { name: said.hall_steps_title }).waitFor();
}

for (const [language, secure] of [['th', false], ['vi', true], ['th', true], ['vi', false]]) {
  test(`a token becomes a strict cookie, and the line is live (${language}, ${secure ? 'TLS' : 'loopback'})`, async () => {
    const hall = await Hall.demo({ language, secure });
    try {
      await comesIn(hall);
      await wrongToken(hall);
      if (secure) await withoutToken(hall);
      assert.deepEqual(hall.browsers.complaints, []);
    } finally {
      await hall.close();
    }
  });
}
