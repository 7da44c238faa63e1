// The newcomer's walk: a number at the kiosk, called at a counter, seen in the lobby, on paper and on the phone.
// On loopback one browser does it all, as somebody who tries Khiw; over TLS every device has its own browser and token.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Clerk, timePresses } from '../stage/clerk.mjs';
import { Hall } from '../stage/hall.mjs';
import { chooseLanguage, servedBy, take, walkTo } from '../stage/kiosk.mjs';
import { expectCall, timeCalls } from '../stage/lobby.mjs';
import { picturesOf, qrOf } from '../stage/paper.mjs';
import { until } from '../stage/patience.mjs';
import { expectText, plain } from '../stage/seen.mjs';
import { LANGUAGES, say, words } from '../stage/words.mjs';

/** From the clerk's key to the number on the screen, both pages on this machine. */
const SEEN_WITHIN_MS = 1_000;

function timers() {
  return `(${timePresses})();(${timeCalls})();`;
}

/** Follows a step of the start page to its own page: in the same browser, or on the device that is made for it. */
async function follow(hall, start, title, { kind, size }) {
  const link = start.getByRole('link', { name: title });
  await link.waitFor();
  if (!hall.isOpen) return hall.open(await link.getAttribute('href'), { kind, size, before: timers() });
  const popup = start.context().waitForEvent('page');
  await link.click();
  const page = await popup;
  await page.waitForLoadState();
  return page;
}

/** What the server and the page both ask for early travels once. */
async function fetchedOnce(kiosk) {
  const all = await kiosk.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname));
  assert.ok(all.some((path) => path.endsWith('/services')), 'the services are among them');
  const twice = all.filter((path, at) => all.indexOf(path) !== at);
  assert.deepEqual(twice, [], 'fetched twice');
}

async function takeNumber(hall, kiosk, offered) {
  const { language } = hall;
  await kiosk.getByTestId('card').first().waitFor();
  await fetchedOnce(kiosk);
  await chooseLanguage(kiosk, 'en');
  await chooseLanguage(kiosk, language);
  const way = await servedBy(await hall.others(), hall.site, offered.queues);
  await walkTo(kiosk, way, language);
  const issued = await take(kiosk);
  assert.equal(issued.ahead, 0, 'the hall was empty');
  assert.equal(await kiosk.getByTestId('ahead').innerText(), words('kiosk', language).ahead.none);
  await kiosk.locator('[data-testid=print][data-state=printed]').waitFor();
  return issued;
}

/** The counter that step 3 offers, as the API tells it. */
async function offeredCounter(hall, start) {
  const link = start.getByRole('link', { name: words('staff', hall.language).hall_counter, exact: false }).first();
  const id = decodeURIComponent((await link.getAttribute('href')).split('/').at(-1));
  return (await hall.others()).get(`/sites/${hall.site}/counters/${id}`);
}

async function isOnPaper(hall, start, issued) {
  const [newest] = await until('a picture in the tray', async () => {
    const pictures = await picturesOf(start);
    return pictures.length > 0 && pictures;
  });
  assert.equal((await picturesOf(start)).length, 1, 'one ticket, one picture');
  assert.ok(issued.link, 'a hall with an address links to its tickets');
  assert.equal(await qrOf(start, newest), issued.link);
  const { number } = await (await hall.others()).get(`/tickets/${issued.link.split('/').at(-1)}`);
  assert.equal(number, issued.number);
}

async function callIt(hall, start, lobby, issued, counter) {
  const title = words('staff', hall.language).hall_counter;
  const page = await follow(hall, start, title, { kind: 'clerk', size: 'clerk' });
  const clerk = new Clerk(page, hall.language);
  await clerk.open();
  // A counter that calls by itself has called with the key that opened it.
  if (counter.auto_call) await clerk.has(issued.number);
  else await clerk.callNext(issued.number);
  await expectCall(lobby, issued.number, counter.label);
  const pressed_at = await page.evaluate(() => window.pressed_at);
  const shown_at = await lobby.evaluate((number) => window.shown_at[number], issued.number);
  assert.ok(shown_at - pressed_at < SEEN_WITHIN_MS, `seen ${Math.round(shown_at - pressed_at)} ms after the key`);
  return clerk;
}

async function phoneSays(hall, issued, counter) {
  const { language } = hall;
  const phone = await hall.open(`/ticket/${issued.token}`, { size: 'phone' });
  const said = words('phone', language);
  await expectText(phone.getByTestId('number'), issued.number);
  const place = counter.place[language] ?? words('staff', language).place;
  await expectText(phone.getByTestId('go'), plain(`${said.called_go} ${place} ${counter.label}`));
  await expectText(phone.getByTestId('now'), said.called_now);
  return phone;
}

/** The browser that took the number finds its phone page from the start page. */
async function leadsToThePhone(start, issued, said) {
  const link = start.getByRole('link', { name: said.hall_phone });
  await link.waitFor();
  assert.equal(await link.getAttribute('href'), `/ticket/${issued.token}`);
}

async function walk(hall) {
  const { language } = hall;
  const said = words('staff', language);
  const start = await hall.open('/', { kind: 'administrator', before: timers() });
  const own = start.getByRole('button', { name: LANGUAGES[language], exact: true });
  await own.waitFor();
  assert.equal(await own.getAttribute('aria-pressed'), 'true', 'the start page speaks the language of its hall');
  await start.getByText(said.hall_paper_none).waitFor();

  const counter = await offeredCounter(hall, start);
  const kiosk = await follow(hall, start, said.hall_kiosk, { kind: 'kiosk', size: 'kiosk' });
  const issued = await takeNumber(hall, kiosk, counter);
  const lobby = await follow(hall, start, said.hall_lobby, { kind: 'display', size: 'lobby' });
  await lobby.getByText(words('display', language).no_call_yet).waitFor();

  const clerk = await callIt(hall, start, lobby, issued, counter);
  await isOnPaper(hall, start, issued);
  const phone = await phoneSays(hall, issued, counter);
  if (hall.isOpen) await leadsToThePhone(start, issued, said);

  await clerk.offers(clerk.words.primary_complete, { done: issued.number });
  await clerk.press('Space');
  await clerk.hasNobody();
  await expectText(phone.getByTestId('now'), words('phone', language).done);
  await start.getByText(say(said.hall_paper_more)).waitFor();
  assert.deepEqual(hall.browsers.complaints, []);
}

for (const secure of [false, true]) {
  for (const language of ['th', 'vi']) {
    const where = secure ? 'over TLS at a LAN name' : 'on loopback';
    test(`a newcomer walks through the hall in ${language}, ${where}`, async () => {
      const hall = await Hall.demo({ language, secure });
      try {
        await walk(hall);
      } finally {
        await hall.close();
      }
    });
  }
}
