// Sound in the lobby: shut until somebody touches, and said so; after a touch a call chimes. Tones are counted where
// the page hands them to the browser, so the story needs no ears and changes nothing of the page.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Hall } from '../stage/hall.mjs';
import { announcements, expectCall, listen } from '../stage/lobby.mjs';
import { until } from '../stage/patience.mjs';
import { People } from '../stage/people.mjs';
import { words } from '../stage/words.mjs';

const CHIME_HZ = [784, 587];

async function silentThenHeard(hall) {
  const people = await People.of(hall);
  const counter = await people.quietCounter();
  await people.open(counter.id);
  const [first, second] = await people.take(counter.queues, 2);

  const lobby = await hall.open(`/display/${hall.site}`, { kind: 'display', size: 'lobby', before: listen });
  const off = lobby.getByRole('button', { name: words('display', hall.language).sound_off });
  await off.waitFor();
  await people.callNext(counter.id);
  await expectCall(lobby, first.number, counter.label);
  assert.deepEqual(await lobby.evaluate(() => window.heard), [], 'nothing is scheduled on a sound that is shut');

  await off.click();
  await off.waitFor({ state: 'detached' });
  await people.callNext(counter.id);
  await expectCall(lobby, second.number, counter.label);
  // The first call is fresh still: whoever touched the screen did so for the one who was called.
  const heard = await until('two chimes', async () => {
    const tones = (await announcements(lobby)).map((one) => one.tones);
    return tones.length >= 2 && tones.at(-1).length === CHIME_HZ.length && tones;
  }, 30_000);
  for (const tones of heard) {
    assert.deepEqual(tones.map(({ hz }) => Math.round(hz)), CHIME_HZ, 'a chime of two tones');
    assert.deepEqual(tones.map(({ state }) => state), ['running', 'running']);
    assert.ok(tones[1].at > tones[0].at, 'one tone after the other');
  }
  assert.deepEqual(hall.browsers.complaints, []);
}

for (const [language, secure] of [['th', false], ['vi', true]]) {
  test(`the lobby is honest about its sound, and chimes once it may (${language}, ${secure ? 'TLS' : 'loopback'})`, async () => {
    const hall = await Hall.demo({ language, secure });
    try {
      await silentThenHeard(hall);
    } finally {
      await hall.close();
    }
  });
}
