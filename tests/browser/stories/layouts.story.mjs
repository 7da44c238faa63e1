// What a lobby screen shows by its settings, given in its address: every layout at its real sizes, with nobody called,
// many waiting and counters closed; the figures' height on the wall; zones; and the page on a visitor's phone.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Hall } from '../stage/hall.mjs';
import { RULES, look } from '../stage/look.mjs';
import { until } from '../stage/patience.mjs';
import { People } from '../stage/people.mjs';
import { expectText, picture } from '../stage/seen.mjs';
import { named, pattern, words } from '../stage/words.mjs';

const LAYOUTS = ['calls', 'counters', 'queues', 'counter', 'split'];
const WHERE = {
  calls: ['lobby', 'lobby_upright'],
  counters: ['lobby', 'lobby_upright', 'lobby_small', 'lobby_sharp'],
  queues: ['lobby', 'lobby_upright', 'lobby_small'],
  counter: ['lobby', 'lobby_upright'],
};
const OPEN = 4;
/** As many turns as may wait, at their shortest, and room. */
const TURNS_WITHIN_MS = 30_000;

const address = (hall, settings, preview = false) =>
  `/display/${hall.site}?settings=${encodeURIComponent(JSON.stringify(settings))}${preview ? '&preview=1' : ''}`;

const newest = (screen) => screen.locator('[data-newest]');
const cell = (screen, label) => screen.locator('.board li').filter({ has: screen.locator('.label').getByText(label, { exact: true }) });

async function show(scene, settings, { size = 'lobby', preview = false } = {}) {
  const screen = await scene.hall.open(address(scene.hall, settings, preview), { size });
  await screen.locator('.clock').waitFor();
  await screen.evaluate(() => document.fonts.ready.then(() => undefined));
  return screen;
}

/** Takes the picture and says what an eye finds wrong. */
async function taken(scene, screen, name) {
  const named_so = `layout-${name}-${scene.language}`;
  await picture(screen, named_so);
  scene.complaints.push(...(await look(screen, RULES.lobby)).map((one) => `${named_so}: ${one}`));
}

function none(scene) {
  const complaints = scene.complaints.splice(0);
  assert.deepEqual(complaints, [], complaints.join('\n'));
}

/** Some counters work and have called; the others stay closed, and many wait. */
async function fill(scene) {
  const { people, counters } = scene;
  for (const one of counters.slice(0, OPEN)) {
    await people.open(one.id);
    await people.take(one.queues, 12);
    scene.calls.push({ counter: one, call: await people.callNext(one.id) });
  }
}

async function everyLayout(scene, what, where = {}) {
  const counter = scene.counters[1].id;
  for (const layout of LAYOUTS) {
    for (const size of where[layout] ?? ['lobby']) {
      const theme = size === 'lobby_upright' ? 'light' : 'dark';
      const screen = await show(scene, { layout, theme, counter }, { size });
      await screen.locator('main > :not(.visually-hidden)').first().waitFor();
      await taken(scene, screen, `${layout}-${size.replace('_', '-')}-${what}`);
      assert.equal(await screen.evaluate(() => document.documentElement.dataset.theme), theme);
      await screen.context().close();
    }
  }
  none(scene);
}

async function counters(scene) {
  const { hall, counters: all, calls, language } = scene;
  const screen = await show(scene, { layout: 'counters' });
  const last = calls.at(-1);
  await expectText(newest(screen), last.call.number);
  for (const { counter, call } of calls) await expectText(cell(screen, counter.label).locator('.number'), call.number);
  await expectText(cell(screen, all[OPEN].label).locator('.word'), words('display', language).counter_closed);
  const labels = await screen.locator('.board .label').allInnerTexts();
  assert.deepEqual(labels, (await scene.people.counters()).map(({ label }) => label).slice(0, labels.length), 'in configured order');
  assert.deepEqual(hall.browsers.complaints, []);
}

async function freshCallTurnsThePage(scene) {
  const { people } = scene;
  const screen = await show(scene, { layout: 'counters', height_mm: 680, distance_cm: 3000 });
  const shown = () => screen.locator('.board .label').allInnerTexts();
  const giving = (await people.queues()).filter(({ open }) => open).map(({ id }) => id);
  const far = scene.counters.filter(({ queues }) => queues.some((queue) => giving.includes(queue))).at(-1);
  assert.ok(!(await shown()).includes(far.label) || (await screen.locator('.board .page').count()) === 1, 'there are pages');
  await people.open(far.id);
  await people.take(far.queues, 1);
  const { number } = await people.callNext(far.id);
  // Calls of the last half minute are new to a screen that starts, and have their turns first.
  await expectText(cell(screen, far.label).locator('.number'), number, TURNS_WITHIN_MS);
  await until('it stands for its turn', async () => (await screen.locator('.board li.glowing').count()) === 1);
}

async function oneDesk(scene) {
  const { people, language } = scene;
  const { counter, call } = scene.calls[1];
  const screen = await show(scene, { layout: 'counter', counter: counter.id });
  await expectText(newest(screen), call.number);
  const share = await newest(screen).evaluate((one) => Number.parseFloat(getComputedStyle(one).fontSize) / innerHeight);
  assert.ok(share > 0.5, `the number takes ${share.toFixed(2)} of the height`);
  await people.take(scene.calls[0].counter.queues, 1);
  await people.callNext(scene.calls[0].counter.id);
  await expectText(newest(screen), call.number);
  // Whoever has been served leaves; a call keeps its turn all the same.
  for (const action of ['start', 'complete']) await people.act(counter.id, action);
  await expectText(screen.locator('.desk .word'), pattern(words('display', language).counter_open), TURNS_WITHIN_MS);
  await people.act(counter.id, 'pause');
  await expectText(screen.locator('.desk .word'), pattern(words('display', language).counter_paused));
  await taken(scene, screen, 'counter-paused');
  const closed = await show(scene, { layout: 'counter', counter: scene.counters[OPEN].id });
  await expectText(closed.locator('.desk .word'), pattern(words('display', language).counter_closed));
  await taken(scene, closed, 'counter-closed');
  const unset = await show(scene, { layout: 'counter' });
  await unset.getByText(words('display', language).counter_unset).waitFor();
}

async function queues(scene) {
  const { people, language } = scene;
  const screen = await show(scene, { layout: 'queues' });
  const [queue] = (await people.queues()).filter(({ waiting }) => waiting > 0);
  const row = screen.locator('.board li').filter({ hasText: named(queue.name, language) });
  await expectText(row.locator('.next'), queue.next);
  await expectText(row.locator('.waiting'), String(queue.waiting));
  await expectText(row.locator('.tile'), queue.letter);
}

async function zones(scene) {
  const { people } = scene;
  const all = await people.counters();
  const zone_ids = [...new Set(all.map(({ zone }) => zone).filter((zone) => zone !== null))];
  assert.ok(zone_ids.length > 1, 'the sample has zones');
  const own = all[0].zone;
  const other = zone_ids.find((zone) => zone !== own);
  const here = await show(scene, { zones: [own] });
  const there = await show(scene, { zones: [other] });
  const { counter } = scene.calls[0];
  assert.equal(counter.zone, own);
  await people.take(counter.queues, 1);
  const { number } = await people.callNext(counter.id);
  await here.locator('.stage').getByText(number, { exact: true }).waitFor();
  assert.equal(await there.getByText(number, { exact: true }).count(), 0, 'no call of the other zone');
}

async function heightOnTheWall(scene) {
  const { language } = scene;
  const told = pattern(words('display', language).letters_small);
  const far = await show(scene, { height_mm: 300, distance_cm: 3000 }, { preview: true });
  await far.getByText(told).waitFor();
  await taken(scene, far, 'preview-far');
  assert.equal(await far.evaluate(() => localStorage.length + sessionStorage.length), 0, 'a preview leaves nothing behind');
  assert.equal(await far.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
  const near = await show(scene, { height_mm: 680, distance_cm: 300 }, { preview: true });
  await newest(near).waitFor();
  assert.equal(await near.getByText(told).count(), 0);
  const public_one = await show(scene, { height_mm: 300, distance_cm: 3000 });
  await newest(public_one).waitFor();
  assert.equal(await public_one.getByText(told).count(), 0, 'visitors are not told');
}

async function wrongSettings(scene) {
  const { hall, language } = scene;
  const said = words('display', language);
  const screen = await show(scene, { layout: 'karaoke', theme: 'light' });
  await screen.getByText(pattern(said.settings_wrong, { fields: 'layout' })).waitFor();
  assert.equal(await screen.evaluate(() => document.documentElement.dataset.theme), 'light');
  await newest(screen).waitFor();
  const broken = await hall.open(`/display/${hall.site}?settings=%7B`, { size: 'lobby' });
  await broken.getByText(said.settings_unreadable).waitFor();
  await newest(broken).waitFor();
  await taken(scene, broken, 'settings-unreadable');
  none(scene);
}

async function phone(scene) {
  const { hall } = scene;
  const page = await hall.open(`/display/${hall.site}`, { size: 'phone' });
  await newest(page).waitFor();
  await picture(page, `layout-phone-${scene.language}`, true);
  scene.complaints.push(...(await look(page, RULES.phone)).map((one) => `phone: ${one}`));
  const tops = await page.locator('.stage article, .earlier, .counts').evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().top)));
  assert.deepEqual(tops, [...tops].sort((a, b) => a - b), 'read in the order in which it stands');
  const said = await page.locator('[aria-live]').allTextContents();
  assert.equal(said.length, 1, 'one thing is read out by itself');
  assert.match(said[0], new RegExp((await newest(page).innerText()).trim()));
  const unmarked = await page.locator('.second:not([lang])').count();
  assert.equal(unmarked, 0, 'what is in another language says so');
  none(scene);
}

/** What does not depend on the language, once. */
async function once(t, scene) {
  await t.test('board of queues', () => queues(scene));
  await t.test('over one desk', () => oneDesk(scene));
  await t.test('settings that cannot be used', () => wrongSettings(scene));
  await t.test('on a phone', () => phone(scene));
}

/** Whatever a screen shows, everybody must read this. */
async function evacuation(scene) {
  const { hall, people, language } = scene;
  const { evacuation_title } = words('display', language);
  const screens = [];
  for (const layout of LAYOUTS) screens.push(await show(scene, { layout, counter: scene.counters[1].id }));
  await people.client.post(`/sites/${hall.site}/evacuate`, { outcome: 'cancel' });
  for (const [index, screen] of screens.entries()) {
    await screen.getByRole('heading', { name: evacuation_title }).waitFor();
    const share = await screen.locator('.evacuation').evaluate((said) => said.clientWidth / innerWidth);
    assert.ok(share > 0.9, 'over the whole width');
    await taken(scene, screen, `${LAYOUTS[index]}-evacuation`);
  }
  const late = await show(scene, { layout: 'calls' });
  await late.getByRole('heading', { name: evacuation_title }).waitFor();
}

async function sceneOf(hall, language) {
  const people = await People.of(hall);
  const counters_all = (await people.counters()).filter((one) => !one.auto_call && one.queues.length > 0);
  return { hall, people, language, counters: counters_all, calls: [], complaints: [] };
}

for (const language of ['th', 'vi']) {
  test(`a lobby screen shows what it is set to, in ${language}`, async (t) => {
    const hall = await Hall.demo({ language });
    try {
      const scene = await sceneOf(hall, language);
      await t.test('layouts before the first call', () => everyLayout(scene, 'empty'));
      await fill(scene);
      await t.test('layouts with calls', () => everyLayout(scene, 'calls', language === 'th' ? WHERE : {}));
      await t.test('board of counters', () => counters(scene));
      await t.test('zones', () => zones(scene));
      await t.test('height on the wall', () => heightOnTheWall(scene));
      if (language === 'th') await once(t, scene);
      await t.test('a fresh call turns the page', () => freshCallTurnsThePage(scene));
      // The last part: nobody is called any more.
      await t.test('an evacuation', () => evacuation(scene));
      none(scene);
      assert.deepEqual(hall.browsers.complaints, []);
    } finally {
      await hall.close();
    }
  });
}
