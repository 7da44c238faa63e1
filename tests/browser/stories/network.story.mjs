// What people see when the network or the server goes away, and that nothing is issued twice or missed when it is back.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ROOT } from '../stage/binary.mjs';
import { Hall } from '../stage/hall.mjs';
import { isIssue, servedBy, walkTo } from '../stage/kiosk.mjs';
import { Line } from '../stage/line.mjs';
import { expectCall } from '../stage/lobby.mjs';
import { until } from '../stage/patience.mjs';
import { People } from '../stage/people.mjs';
import { expectText } from '../stage/seen.mjs';
import { pattern, say, words } from '../stage/words.mjs';

/** Two missed heartbeats of 5 s, and some. */
const STALE_WITHIN_MS = 20_000;
/** The longest pause between two attempts to connect is 10 s. */
const BACK_WITHIN_MS = 25_000;

function staleBar(lobby, language) {
  return lobby.locator('[role=status]').getByText(pattern(words('display', language).stale)).first();
}

async function lobbyWithOneCall(hall, people, base = hall.base) {
  const counter = await people.quietCounter();
  await people.open(counter.id);
  const [first, second] = await people.take(counter.queues, 2);
  const lobby = await hall.open(`/display/${hall.site}`, { kind: 'display', size: 'lobby', base });
  await people.callNext(counter.id);
  await expectCall(lobby, first.number, counter.label);
  return { lobby, counter, first, second };
}

/** The screen's own cable is pulled; the hall goes on without it. */
async function cableOfTheScreen(hall) {
  const people = await People.of(hall);
  const line = await Line.to(hall.port);
  try {
    const { lobby, counter, first, second } = await lobbyWithOneCall(hall, people, hall.baseAt(line.port));
    line.cut();
    await people.callNext(counter.id);
    await staleBar(lobby, hall.language).waitFor({ timeout: STALE_WITHIN_MS });
    await expectCall(lobby, first.number, counter.label);
    line.mend();
    await expectCall(lobby, second.number, counter.label, BACK_WITHIN_MS);
    await staleBar(lobby, hall.language).waitFor({ state: 'detached' });
  } finally {
    line.close();
  }
}

async function atTheButton(hall, people, base = hall.base) {
  const [queue] = await people.queues();
  const way = await servedBy(people.client, hall.site, [queue.id]);
  const kiosk = await hall.open(`/kiosk/${hall.site}`, { kind: 'kiosk', size: 'kiosk', base });
  await walkTo(kiosk, way, hall.language);
  await kiosk.getByTestId('take').waitFor();
  // A browser has few connections to a server: letters on their way when the line goes deaf would hold them all.
  await kiosk.waitForLoadState('networkidle');
  const keys = [];
  kiosk.on('request', (request) => isIssue(request) && keys.push(request.headers()['idempotency-key']));
  return { kiosk, keys };
}

async function oneTouchOneNumber({ hall, people, kiosk, keys }) {
  const number = await kiosk.getByTestId('number').innerText();
  assert.match(number, /\d/);
  assert.ok(keys.length >= 2, `asked ${keys.length} times`);
  assert.equal(new Set(keys).size, 1, 'every attempt under the same key');
  assert.equal(await people.waiting(), 1, 'one touch, one number');
  const said = words('kiosk', hall.language);
  await expectText(kiosk.getByTestId('ahead'), said.ahead.none);
}

/** The number was issued, but the answer never came back, nor did the answer to asking again. */
async function answerLost(hall) {
  const people = await People.of(hall);
  const line = await Line.to(hall.port);
  try {
    const { kiosk, keys } = await atTheButton(hall, people, hall.baseAt(line.port));
    line.deafen();
    await kiosk.getByTestId('take').click();
    await until('the server has issued', async () => (await people.waiting()) === 1);
    line.drop();
    await kiosk.getByText(say(words('kiosk', hall.language).issuing_retry, { n: 2 })).waitFor();
    line.mend();
    await kiosk.getByTestId('number').waitFor({ timeout: BACK_WITHIN_MS });
    await oneTouchOneNumber({ hall, people, kiosk, keys });
  } finally {
    line.close();
  }
}

/** The server stops in the middle of everything, and goes on later as if nothing had been. */
async function serverFreezes(hall) {
  const people = await People.of(hall);
  const { kiosk, keys } = await atTheButton(hall, people);
  const lobby = await hall.open(`/display/${hall.site}`, { kind: 'display', size: 'lobby' });
  await lobby.getByText(words('display', hall.language).no_call_yet).waitFor();
  hall.server.freeze();
  await kiosk.getByTestId('take').click();
  await staleBar(lobby, hall.language).waitFor({ timeout: STALE_WITHIN_MS });
  await kiosk.getByText(pattern(words('kiosk', hall.language).issuing_retry)).waitFor({ timeout: STALE_WITHIN_MS });
  hall.server.thaw();
  await kiosk.getByTestId('number').waitFor({ timeout: BACK_WITHIN_MS });
  await oneTouchOneNumber({ hall, people, kiosk, keys });
  await staleBar(lobby, hall.language).waitFor({ state: 'detached', timeout: BACK_WITHIN_MS });
}

/** Killed and started again on the same folder: the call that was made before the screen came back is shown. */
async function serverDies(hall) {
  const people = await People.of(hall);
  const { lobby, counter, second } = await lobbyWithOneCall(hall, people);
  await hall.server.kill();
  await staleBar(lobby, hall.language).waitFor({ timeout: STALE_WITHIN_MS });
  await hall.start();
  await people.callNext(counter.id);
  await expectCall(lobby, second.number, counter.label, BACK_WITHIN_MS);
  await staleBar(lobby, hall.language).waitFor({ state: 'detached' });
}

async function inHall(opening, story) {
  const hall = await opening;
  try {
    await story(hall);
    assert.deepEqual(hall.browsers.complaints, []);
  } finally {
    await hall.close();
  }
}

const OFFICES = { th: ['thai-office', 'thai.toml'], vi: ['vietnamese-office', 'vietnamese.toml'] };

describe('when the network or the server goes away', { concurrency: 2 }, () => {
  for (const [language, secure] of [['th', false], ['vi', true]]) {
    const where = `${language}, ${secure ? 'TLS' : 'loopback'}`;
    test(`a screen without a line says how old it is, and catches up (${where})`, () =>
      inHall(Hall.demo({ language, secure }), cableOfTheScreen));
    test(`an answer that is lost does not cost a second number (${where})`, () =>
      inHall(Hall.demo({ language, secure }), answerLost));
    test(`a server that stands still and goes on issues one number for one touch (${where})`, () =>
      inHall(Hall.demo({ language, secure }), serverFreezes));
    test(`a server that dies and comes back is taken up again (${language}, loopback)`, () => {
      const [site, file] = OFFICES[language];
      return inHall(Hall.serve({ site, language, files: [`${ROOT}tests/sites/${file}`] }), serverDies);
    });
  }
});
