// What the lobby says: every call once, in the order in which people were called, word by word as the grammar has it,
// never over another. Words are read where the page hands their sound to the browser; what should be said comes from
// `khiw voice phrase`, not from the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { khiw } from '../stage/binary.mjs';
import { Hall } from '../stage/hall.mjs';
import { announcements, expectShown, listen, timeCalls, untilItSpeaks } from '../stage/lobby.mjs';
import { until } from '../stage/patience.mjs';
import { People } from '../stage/people.mjs';
import { words } from '../stage/words.mjs';

/** A chime and a phrase take about six seconds. */
const SAID_WITHIN_MS = 15_000;
/** Languages with a shipped voice. */
const [OWN, SECOND] = ['vi', 'en'];

/** The words of this call, as the program's grammar has them. */
async function expected(language, number, counter) {
  const said = await khiw('voice', 'phrase', '--language', language, '--number', number, '--counter', counter.label, '--place', counter.place[language] ?? '');
  return [...said.matchAll(/^\s*\d+ ms\s+(\S+)/gm)].map(([, token]) => token);
}

/** Opens the lobby with both ears and both eyes, and unlocks its sound as a person does. */
async function openLobby(hall, settings = null, first = () => undefined) {
  const address = settings === null ? '' : `?settings=${encodeURIComponent(JSON.stringify(settings))}`;
  const before = `(${listen})();(${timeCalls})();(${first})();`;
  const lobby = await hall.open(`/display/${hall.site}${address}`, { kind: 'display', size: 'lobby', before });
  const off = lobby.getByRole('button', { name: words('display', hall.language).sound_off });
  await off.waitFor();
  assert.deepEqual(await lobby.evaluate(() => window.heard), [], 'silent until somebody touches, and it says so');
  await off.click();
  await off.waitFor({ state: 'detached' });
  return lobby;
}

async function said(lobby, many) {
  return until(`${many} announcements`, async () => {
    const all = await announcements(lobby);
    const [last] = (all.at(-1)?.words ?? []).slice(-1);
    const now = await lobby.evaluate(() => window.heard.length);
    return all.length >= many && last !== undefined && now === all.flatMap((one) => [...one.tones, ...one.words]).length && all;
  }, many * SAID_WITHIN_MS);
}

function neverOverEachOther(all) {
  const spans = all.flatMap(({ words: spoken }) => spoken);
  for (const [index, word] of spans.entries()) {
    const before = spans[index - 1];
    if (before !== undefined) assert.ok(word.at >= before.until - 0.001, `${word.token} begins before ${before.token} has ended`);
  }
}

async function everyCallOnce(hall) {
  const people = await People.of(hall);
  const [one, other] = (await people.counters()).filter(({ auto_call, queues }) => !auto_call && queues.length > 0);
  const lobby = await openLobby(hall);
  await untilItSpeaks(lobby, people, OWN);
  for (const counter of [one, other]) {
    await people.open(counter.id);
    await people.take(counter.queues, 2, { language: OWN });
  }

  const first = await people.callNext(one.id);
  await said(lobby, 1);
  const both = await Promise.all([people.callNext(other.id), people.act(one.id, 'recall')]);
  await said(lobby, 3);

  const numbers = { [one.id]: await numberAt(people, one.id), [other.id]: await numberAt(people, other.id) };
  const all = await said(lobby, 3);
  assert.equal(all.length, 3, 'three calls, three announcements');
  assert.ok(first !== null && both.every((call) => call !== null));
  const heard = all.map(({ words: spoken }) => spoken.map(({ token }) => token).join(' '));
  const phrases = {
    one: (await expected(OWN, numbers[one.id], one)).join(' '),
    other: (await expected(OWN, numbers[other.id], other)).join(' '),
  };
  assert.equal(heard[0], phrases.one, 'the first call of the day');
  assert.deepEqual(heard.slice(1).sort(), [phrases.one, phrases.other].sort(), 'a call and a recall of the same moment');
  for (const { tones, words: spoken } of all) {
    assert.deepEqual(tones.map(({ hz }) => Math.round(hz)), [784, 587]);
    assert.ok([...tones, ...spoken].every(({ state }) => state === 'running'));
    const said_number = spoken.map(({ token }) => token).join(' ') === phrases.one ? numbers[one.id] : numbers[other.id];
    assert.equal(spoken[0].turn, said_number, 'what is said is what is highlighted');
  }
  neverOverEachOther(all);
  await expectShown(lobby, numbers[one.id], one.label);
  assert.deepEqual(hall.browsers.complaints, []);
}

async function numberAt(people, counter) {
  return (await people.counter(counter)).at_hand.number;
}

/** A language that no voice speaks: a chime, and the second language where the screen has one. */
async function withoutAVoice(hall) {
  const people = await People.of(hall);
  const counter = await people.quietCounter();
  await people.open(counter.id);
  const lobby = await openLobby(hall, { sound: { mode: 'voice', second_language: SECOND } });
  await untilItSpeaks(lobby, people, SECOND);
  const [ticket] = await people.take(counter.queues, 1, { language: 'th' });
  await people.callNext(counter.id);
  const [{ words: spoken }] = await said(lobby, 1);
  assert.ok(spoken.every(({ language }) => language === SECOND));
  assert.deepEqual(spoken.map(({ token }) => token), await expected(SECOND, ticket.number, counter));
  assert.deepEqual(hall.browsers.complaints, []);
}

/** Runs before the page: the words of voices are on their way until somebody lets them come. */
function wordsAreLate() {
  const { fetch } = window;
  const come = new Promise((resolve) => (window.letWordsCome = resolve));
  window.fetch = async (...asked) => {
    if (String(asked[0]).includes('/clips/')) await come;
    return fetch(...asked);
  };
}

/** The screen shows the call at once; its sound waits for its words, and is then whole. */
async function firstSeconds(hall) {
  const people = await People.of(hall);
  const counter = await people.quietCounter();
  await people.open(counter.id);
  const [ticket] = await people.take(counter.queues, 1, { language: OWN });
  const lobby = await openLobby(hall, null, wordsAreLate);
  await people.callNext(counter.id);
  await expectShown(lobby, ticket.number, counter.label);
  assert.deepEqual(await lobby.evaluate(() => window.heard), [], 'nothing is said by halves');
  await lobby.evaluate(() => window.letWordsCome());
  const [{ words: spoken }] = await said(lobby, 1);
  assert.deepEqual(spoken.map(({ token }) => token), await expected(OWN, ticket.number, counter));
  assert.deepEqual(hall.browsers.complaints, []);
}

async function story(language, secure, tell) {
  const hall = await Hall.demo({ language, secure });
  try {
    await tell(hall);
  } finally {
    await hall.close();
  }
}

for (const secure of [false, true]) {
  test(`each call is said once, whole and in its turn (${secure ? 'TLS' : 'loopback'})`, () => story('vi', secure, everyCallOnce));
}
test('a call of the first seconds waits for its words, while the screen does not', () => story('vi', false, firstSeconds));
test('where the ticket’s language has no voice, the second one is said', () => story('th', false, withoutAVoice));
