// Every page at its real size in Thai, Vietnamese and English: pictures to look at, and what an eye would find wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SIZES } from '../stage/browser.mjs';
import { Clerk } from '../stage/clerk.mjs';
import { Hall } from '../stage/hall.mjs';
import { card, chooseLanguage, servedBy, take, walkTo } from '../stage/kiosk.mjs';
import { expectCall } from '../stage/lobby.mjs';
import { RULES, look, numberShare } from '../stage/look.mjs';
import { until } from '../stage/patience.mjs';
import { People } from '../stage/people.mjs';
import { picture } from '../stage/seen.mjs';
import { LANGUAGES, named, pattern, words } from '../stage/words.mjs';

const STALE_WITHIN_MS = 20_000;
/** LOOK.md: figures this tall can be read from the far end of the hall. */
const NUMBER_SHARE_MIN = 0.1;
const WAITING_MANY = 99;

/** Takes the picture and notes what is wrong with the page. */
class Album {
  complaints = [];

  constructor(language) {
    this.language = language;
  }

  async take(page, rules, name, full = false) {
    const named_so = `${name}-${this.language}`;
    await picture(page, named_so, full);
    this.complaints.push(...(await look(page, RULES[rules])).map((one) => `${named_so}: ${one}`));
  }

  none() {
    const complaints = this.complaints.splice(0);
    assert.deepEqual(complaints, [], complaints.join('\n'));
  }
}

async function longestName(people) {
  const { agencies } = await people.client.get(`/sites/${people.site}`);
  let longest = null;
  for (const agency of agencies) {
    const { services } = await people.client.get(`/sites/${people.site}/services?agency=${agency.id}&limit=200`);
    for (const service of services.filter((one) => one.open)) {
      if (longest === null || length(service) > length(longest.service)) longest = { agency, service };
    }
  }
  return longest;
}

const length = ({ name }) => Math.max(...Object.values(name).map((text) => text.length));

async function kiosk({ hall, people, language, album, far }, size) {
  const page = await hall.open(`/kiosk/${hall.site}`, { size, language });
  const said = words('kiosk', language);
  const shot = (what) => album.take(page, 'kiosk', `${size.replace('_', '-')}-${what}`);
  await page.getByTestId('card').first().waitFor();
  await chooseLanguage(page, language);
  await shot('1-agencies');
  await (await card(page, named(far.agency.name, language), language)).click();
  await card(page, named(far.service.name, language), language);
  await shot('2-services');
  await (await card(page, named(far.service.name, language), language)).click();
  await page.getByText(said.documents, { exact: true }).waitFor();
  await shot('3-service');
  await take(page);
  await page.locator('[data-testid=print][data-state=printed]').waitFor();
  await shot('4-ticket');
  await page.getByTestId('done').click();
  await chooseLanguage(page, language);
  await page.getByTestId('help').click();
  await page.getByTestId('help-yes').waitFor();
  await shot('5-help');
  await page.getByTestId('back').click();
  await page.getByTestId('search').click();
  await page.keyboard.type(named(far.service.name, language).slice(0, 3));
  await page.getByTestId('card').first().waitFor();
  await shot('6-search');
  assert.ok((await people.waiting()) > 0);
  return page;
}

async function clerkPages({ hall, people, language, album, counter }) {
  const said = words('staff', language);
  for (const size of ['clerk', 'clerk_narrow']) {
    const page = await hall.open(`/counter/${hall.site}/${counter.id}`, { size, language });
    const clerk = new Clerk(page, language);
    const shot = (what) => album.take(page, 'clerk', `${size.replace('_', '-')}-${what}`);
    await clerk.primary.waitFor();
    await page.getByRole('combobox', { name: /./u }).selectOption(language);
    await page.getByRole('heading', { name: said.waiting_title }).first().waitFor();
    await shot('1-at-hand');
    for (const [key, question, what] of [['t', said.ask_transfer, '2-transfer'], ['c', said.ask_complete, '3-outcome'], ['p', said.ask_park, '4-park'], ['k', said.ask_pause, '5-pause']]) {
      await clerk.press(key);
      await page.getByRole('heading', { name: pattern(question) }).waitFor();
      await shot(what);
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
    }
    const closed = (await people.counters()).find((one) => one.state === 'closed');
    await page.goto(`${hall.base}/counter/${hall.site}/${closed.id}`);
    await page.getByText(said.closed_hint).waitFor();
    await shot('6-closed');
  }
}

async function lobbyPages({ hall, people, album, counters }, lobby) {
  await album.take(lobby, 'lobby', 'lobby-1-no-call');
  const shares = [];
  for (const [n, counter] of counters.entries()) {
    const { number } = await people.callNext(counter.id);
    await expectCall(lobby, number, counter.label);
    if (n < 2 || n === counters.length - 1) {
      await album.take(lobby, 'lobby', `lobby-${n + 2}-calls`);
      shares.push(await numberShare(lobby));
    }
  }
  assert.ok(shares.every((share) => share >= NUMBER_SHARE_MIN), `figures take ${shares.map((one) => one.toFixed(2))} of the height`);
}

async function phonePages({ hall, people, language, album, counter }) {
  const [ticket] = await people.take(counter.queues, 1, { language });
  const phone = await hall.open(`/ticket/${ticket.token}`, { size: 'phone', language });
  await phone.getByTestId('ahead').waitFor();
  await album.take(phone, 'phone', 'phone-1-waiting');
  const { at_hand } = await people.counter(counter.id);
  if (at_hand !== null) await people.act(counter.id, 'complete', { outcomes: [] });
  const { codes } = await people.client.get(`/sites/${hall.site}`);
  await people.act(counter.id, 'call', { ticket: ticket.id, reason: codes.out_of_order[0].code });
  await phone.getByTestId('go').waitFor();
  await album.take(phone, 'phone', 'phone-2-called');
  await people.act(counter.id, 'complete', { outcomes: [] });
  await phone.getByText(words('phone', language).done).waitFor();
  await album.take(phone, 'phone', 'phone-3-done');
  await phone.goto(`${hall.base}/ticket/nobodyknowsthis`);
  await phone.getByText(words('phone', language).gone_title).waitFor();
  await album.take(phone, 'phone', 'phone-4-unknown');
}

async function hallPage({ hall, language, album }) {
  const page = await hall.open('/', { language });
  await page.getByRole('button', { name: LANGUAGES[language], exact: true }).click();
  await page.getByText(words('staff', language).hall_paper_more).waitFor();
  await until('the pictures are there', () => page.locator('img[src^="/paper/"]').evaluateAll((all) => all.length > 0));
  await page.locator('img[src^="/paper/"]').first().evaluate((one) => one.decode());
  await album.take(page, 'hall', 'hall', true);
  await page.locator('button:has(img[src^="/paper/"])').first().click();
  await page.locator('dialog img').evaluate((one) => one.decode());
  await album.take(page, 'hall', 'hall-paper');
}

async function papersPage({ hall, language, album }) {
  const page = await hall.open(`/papers/${hall.site}`, { size: 'clerk', language });
  const said = words('staff', language);
  const template = page.locator('textarea');
  await page.locator('aside img').evaluate((one) => one.decode());
  await album.take(page, 'clerk', 'papers-1');
  const built_in = await template.inputValue();
  await template.fill(built_in.replace('{number}', '{nmber}'));
  await page.getByText('{nmber}').first().waitFor();
  assert.equal(await page.getByRole('button', { name: said.papers_put, exact: true }).isDisabled(), true);
  await album.take(page, 'clerk', 'papers-2-mistake');
  await template.fill(`${built_in}\n[[block]]\ntext = "ยินดีต้อนรับ"\n`);
  await page.getByRole('button', { name: said.papers_put, exact: true }).click();
  await page.getByText(said.papers_own, { exact: true }).waitFor();
  await album.take(page, 'clerk', 'papers-3-in-force');
  await page.getByRole('button', { name: said.papers_back, exact: true }).click();
  await page.getByText(said.papers_own, { exact: true }).waitFor({ state: 'detached' });
  assert.equal(await template.inputValue(), built_in);
}

async function voicesPage({ hall, language, album }) {
  for (const size of ['clerk', 'phone']) {
    const page = await hall.open(`/voices/${hall.site}`, { size, language });
    await page.getByRole('button', { name: LANGUAGES[language], exact: true }).click();
    await page.getByTestId('word').waitFor();
    await album.take(page, 'hall', `voices-${size}`, true);
  }
}

async function printersPage({ hall, language, album }) {
  const page = await hall.open(`/printers/${hall.site}`, { size: 'clerk', language });
  await page.locator('[data-testid=printer]').first().waitFor();
  await page.getByText(words('staff', language).printers_papers_none).waitFor();
  await album.take(page, 'hall', 'printers');
}

/** The server stands still: each page says so. */
async function cutOff({ hall, language, album, counter }, lobby) {
  const open = (path, size) => hall.open(path, { size, language });
  const kiosk_page = await open(`/kiosk/${hall.site}`, 'kiosk');
  const clerk = await open(`/counter/${hall.site}/${counter.id}`, 'clerk');
  await kiosk_page.getByTestId('card').first().waitFor();
  await chooseLanguage(kiosk_page, language);
  await clerk.locator('button.primary').first().waitFor();
  await Promise.all([kiosk_page, clerk, lobby].map((page) => page.evaluate(() => document.fonts.ready.then(() => undefined))));
  hall.server.freeze();
  const offline = (page) => page.locator('.banner.offline').waitFor({ timeout: STALE_WITHIN_MS });
  await Promise.all([offline(kiosk_page), offline(clerk), lobby.locator('.bar.stale').waitFor({ timeout: STALE_WITHIN_MS })]);
  await album.take(kiosk_page, 'kiosk', 'kiosk-7-offline');
  assert.equal(await clerk.locator('button.primary').first().getAttribute('aria-disabled'), 'true', 'nothing can be called');
  await album.take(clerk, 'clerk', 'clerk-7-offline');
  await album.take(lobby, 'lobby', 'lobby-9-offline');
}

async function sceneOf(hall, language) {
  const people = await People.of(hall);
  const counter = await people.quietCounter();
  const far = await longestName(people);
  const counters = (await people.counters()).filter((one) => !one.auto_call).slice(0, 6);
  return { hall, people, language, counter, counters, far, album: new Album(language) };
}

/** Ninety-nine wait in one line, some in the others; nobody has been called. */
async function fill({ people, counters, counter }) {
  for (const one of counters) {
    await people.open(one.id);
    await people.take(one.queues, one.id === counter.id ? WAITING_MANY : 3);
  }
}

const SCENES = { th: 'th', vi: 'vi', en: 'th' };

for (const [language, of] of Object.entries(SCENES)) {
  test(`pages fit their screens in ${language}`, async (t) => {
    const hall = await Hall.demo({ language: of });
    try {
      const scene = await sceneOf(hall, language);
      const lobby = await hall.open(`/display/${hall.site}`, { size: 'lobby', language });
      await lobby.getByText(words('display', of).no_call_yet).waitFor();
      const part = (name, story) => t.test(name, async () => {
        await story();
        scene.album.none();
      });
      for (const size of ['kiosk', 'kiosk_wide']) {
        await part(`kiosk ${SIZES[size].width}×${SIZES[size].height}`, () => kiosk(scene, size));
      }
      await fill(scene);
      await part('lobby', () => lobbyPages(scene, lobby));
      await part('clerk', () => clerkPages(scene));
      await part('phone', () => phonePages(scene));
      await part('hall', () => hallPage(scene));
      await part('papers', () => papersPage(scene));
      await part('printers', () => printersPage(scene));
      await part('voices', () => voicesPage(scene));
      // The last part: the server does not come back.
      await part('cut off', () => cutOff(scene, lobby));
      assert.deepEqual(hall.browsers.complaints, []);
    } finally {
      await hall.close();
    }
  });
}
