// The demo as a newcomer finds it: a hall that is alive by itself, with a counter left free for a person.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Clerk } from '../stage/clerk.mjs';
import { Hall } from '../stage/hall.mjs';
import { expectShown, timeCalls } from '../stage/lobby.mjs';
import { until } from '../stage/patience.mjs';
import { People } from '../stage/people.mjs';
import { expectText, picture } from '../stage/seen.mjs';
import { words } from '../stage/words.mjs';

const SPEED = 60;
/** Hall time is fast; real time for a morning's first hour. */
const ALIVE_WITHIN_MS = 60_000;
const CALLS = 6;

async function livesByItself(hall) {
  const { language } = hall;
  const said = words('staff', language);
  const people = await People.of(hall);
  const lobby = await hall.open(`/display/${hall.site}`, { size: 'lobby', before: timeCalls });
  const seen = new Set();
  await until(`${CALLS} numbers called by simulated clerks`, async () => {
    for (const number of await lobby.locator('.number').allInnerTexts()) seen.add(number.trim());
    return seen.size >= CALLS;
  }, ALIVE_WITHIN_MS);
  await picture(lobby, `lobby-alive-${language}`);

  const start = await hall.open('/', { size: 'hall' });
  await start.getByText(said.hall_simulated_clerk, { exact: true }).first().waitFor();
  const link = start.getByRole('link', { name: said.hall_counter }).first();
  const href = await link.getAttribute('href');
  assert.equal((await start.getByText(said.hall_for_you, { exact: true }).count()) > 0, true, 'a counter is left for a person');
  await start.locator('img[src^="/paper/"]').first().waitFor({ timeout: ALIVE_WITHIN_MS });
  await picture(start, `hall-alive-${language}`, true);

  const id = decodeURIComponent(href.split('/').at(-1));
  const counter = await people.counter(id);
  const [ticket] = await people.take(counter.queues);
  const clerk = new Clerk(await hall.open(href, { size: 'clerk' }), language);
  await clerk.open();
  await until('somebody at hand', async () => {
    // Only once the last press has been answered: another one would finish whom it called.
    if ((await clerk.page.locator('[aria-busy=true]').count()) > 0) return false;
    if ((await clerk.atHand.count()) > 0) return true;
    await clerk.page.keyboard.press('Space');
    return false;
  });
  const number = await clerk.atHand.innerText();
  // The hall's own clerks go on calling: by the time anybody looks, the next may stand there.
  await expectShown(lobby, number.trim(), counter.label);
  await picture(clerk.page, `clerk-alive-${language}`);
  await expectText(clerk.page.locator('h1'), new RegExp(`${counter.label}$`, 'u'));
  assert.ok(ticket.number.length > 1);
  assert.deepEqual(hall.browsers.complaints, []);
}

for (const language of ['th', 'vi']) {
  test(`the demo is alive, and a person takes over one counter (${language})`, async () => {
    const hall = await Hall.alive({ language, speed: SPEED });
    try {
      await livesByItself(hall);
    } finally {
      await hall.close();
    }
  });
}
