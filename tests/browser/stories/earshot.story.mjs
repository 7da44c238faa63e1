// Two screens within earshot of each other: exactly one says each call; when it is switched off the other takes over,
// says what was not said yet, and repeats nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Hall } from '../stage/hall.mjs';
import { announcements, listen } from '../stage/lobby.mjs';
import { until } from '../stage/patience.mjs';
import { People } from '../stage/people.mjs';
import { words } from '../stage/words.mjs';

const LANGUAGE = 'vi';
const GROUP = 'main hall';
/** Another screen speaks within 15 s, and needs a few more for the call itself. */
const TAKEN_OVER_WITHIN_MS = 30_000;

function ask(page, path, body) {
  return page.evaluate(async ([to, asked]) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`/api/v1${to}`, { method: 'POST', headers, body: JSON.stringify(asked) });
    return response.json();
  }, [path, body]);
}

/** A browser that is an enrolled screen of the group, with its sound unlocked by a touch. */
async function screenOf(hall, people, name) {
  const page = await hall.open('/', { size: 'lobby', before: listen });
  const { device_code, user_code } = await ask(page, '/device-codes', { kind: 'display' });
  const { id } = await people.client.post(`/sites/${hall.site}/devices`, { user_code, name });
  await ask(page, '/device-tokens', { device_code });
  await people.client.put(`/sites/${hall.site}/devices/${id}/screen`, { sound: { mode: 'voice', group: GROUP } });
  const reports = [];
  page.on('websocket', (line) => line.on('framesent', ({ payload }) => reports.push(JSON.parse(payload))));
  await page.goto(`${hall.base}/display/${hall.site}`);
  const off = page.getByRole('button', { name: words('display', hall.language).sound_off });
  await off.click();
  await off.waitFor({ state: 'detached' });
  return { page, id, reports };
}

async function speakers(hall, people) {
  const { devices } = await people.client.get(`/sites/${hall.site}/devices`);
  return devices.filter(({ speaks }) => speaks).map(({ id }) => id);
}

async function theSpeaker(hall, people, screens) {
  const id = await until('one screen of the group speaks', async () => {
    const speaking = await speakers(hall, people);
    return speaking.length === 1 && speaking[0];
  }, TAKEN_OVER_WITHIN_MS);
  return screens.find((screen) => screen.id === id);
}

/** The numbers said, by their figures; the last one whole. */
async function numbersSaid(page) {
  const all = await announcements(page);
  return all.filter(({ words: spoken }) => spoken.length > 0).map(({ words: spoken }) => {
    const to = spoken.findIndex(({ token }) => token === 'at');
    return spoken.slice(1, to).map(({ token }) => token.replace('letter-', '')).join('').toUpperCase();
  });
}

async function oneSpeaksAndAnotherTakesOver(hall) {
  const people = await People.of(hall);
  const counter = await people.quietCounter();
  await people.open(counter.id);
  const [first, second] = await people.take(counter.queues, 2, { language: LANGUAGE });
  const screens = [await screenOf(hall, people, 'left'), await screenOf(hall, people, 'right')];

  const speaker = await theSpeaker(hall, people, screens);
  const other = screens.find((screen) => screen !== speaker);
  await people.callNext(counter.id);
  await until('the speaker says the call', async () => (await numbersSaid(speaker.page)).includes(first.number));
  await until('and reports it as spoken', async () => speaker.reports.some(({ spoken }) => spoken?.length > 0));
  assert.deepEqual(await announcements(other.page), [], 'the other one is silent: no voice, no chime');

  await speaker.page.close();
  await people.callNext(counter.id);
  await until('the other one says the next call', async () => (await numbersSaid(other.page)).includes(second.number), TAKEN_OVER_WITHIN_MS);
  assert.deepEqual(await numbersSaid(other.page), [second.number], 'and nothing that was said before');
  assert.deepEqual(await speakers(hall, people), [other.id]);
  assert.deepEqual(hall.browsers.complaints, []);
}

test('of two screens within earshot one speaks, and the other when that one is gone', async () => {
  const hall = await Hall.demo({ language: LANGUAGE });
  try {
    await oneSpeaksAndAnotherTakesOver(hall);
  } finally {
    await hall.close();
  }
});
