// Finding a service by typing part of its name, with its marks and without, by a real keyboard and by the kiosk's keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { Hall } from '../stage/hall.mjs';
import { until } from '../stage/patience.mjs';
import { count, words } from '../stage/words.mjs';

/** As somebody types who looks for the letters alone. */
const BARE = {
  th: (text) => text.replace(/[\u0e47-\u0e4e]/gu, ''),
  vi: (text) => text.normalize('NFD').replace(/\p{Mn}/gu, '').replace(/[đĐ]/gu, 'd').toLowerCase(),
};

/** Part of a real name of the hall, with marks that a hurried visitor leaves out. */
const WITH_MARKS = { th: 'แจ้ง', vi: 'đăng ký' };
/** Letters without marks, as they stand on the kiosk's keys. */
const BY_KEYS = { th: 'งาน', vi: 'KINH' };

async function results(kiosk) {
  const cards = kiosk.getByTestId('card');
  await cards.first().waitFor();
  const found = kiosk.locator('.pager span');
  return { first: await cards.first().locator('.name').innerText(), found: await found.innerText() };
}

async function findsEitherWay(hall) {
  const { language } = hall;
  const said = words('kiosk', language);
  const kiosk = await hall.open(`/kiosk/${hall.site}`, { kind: 'kiosk', size: 'kiosk' });
  await kiosk.getByTestId('search').click();
  const field = kiosk.getByRole('textbox', { name: said.search });
  assert.ok(await field.evaluate((input) => input === document.activeElement), 'one can type at once');

  const full = WITH_MARKS[language];
  const bare = BARE[language](full);
  assert.notEqual(bare, full);
  await kiosk.keyboard.type(full);
  const with_marks = await results(kiosk);
  const query = new URLSearchParams({ q: full, lang: language, limit: '1' });
  const { total } = await (await hall.others()).get(`/sites/${hall.site}/services?${query}`);
  assert.ok(with_marks.found.includes(count(said.search_found, total)), `“${with_marks.found}” counts all ${total}`);
  await kiosk.getByRole('button', { name: said.clear, exact: true }).click();
  await kiosk.getByTestId('card').first().waitFor({ state: 'detached' });
  await field.pressSequentially(bare);
  const same = async () => isDeepStrictEqual(await results(kiosk), with_marks);
  await until('the same services in the same order', same);
  assert.deepEqual(await results(kiosk), with_marks, 'the same services in the same order');
  assert.ok(BARE[language](with_marks.first).includes(bare), `“${with_marks.first}” has “${bare}”`);

  await kiosk.getByRole('button', { name: said.clear, exact: true }).click();
  await kiosk.getByTestId('card').first().waitFor({ state: 'detached' });
  for (const letter of BY_KEYS[language]) await kiosk.getByRole('button', { name: letter, exact: true }).click();
  // The list follows every letter: what is shown meanwhile has but the first ones.
  const sought = BARE[language](BY_KEYS[language]);
  const shown = async () => BARE[language]((await results(kiosk)).first).includes(sought);
  await until(`the first of the list has “${sought}”`, shown);
  const by_keys = await results(kiosk);
  assert.ok(BARE[language](by_keys.first).includes(sought), by_keys.first);

  await kiosk.getByRole('button', { name: said.clear, exact: true }).click();
  await field.pressSequentially('zzzqqq');
  await kiosk.getByText(said.search_empty).waitFor();
  assert.deepEqual(hall.browsers.complaints, []);
}

for (const [language, secure] of [['th', false], ['vi', true]]) {
  test(`a service is found with its marks and without (${language}, ${secure ? 'TLS' : 'loopback'})`, async () => {
    const hall = await Hall.demo({ language, secure });
    try {
      await findsEitherWay(hall);
    } finally {
      await hall.close();
    }
  });
}
