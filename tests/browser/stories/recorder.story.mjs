// An administrator makes a Thai voice: two words at a microphone, more from files, put in use with words missing; the
// lobby then says a call with them. What the microphone hears is a file.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Hall } from '../stage/hall.mjs';
import { announcements, listen } from '../stage/lobby.mjs';
import { RULES, look } from '../stage/look.mjs';
import { until } from '../stage/patience.mjs';
import { People } from '../stage/people.mjs';
import { expectText, picture } from '../stage/seen.mjs';
import { toneFile } from '../stage/tone.mjs';
import { count, say, words } from '../stage/words.mjs';

const VOICE = 'th';
const MANIFEST = { name: 'เสียงทดลอง', speaker: 'คุณมาลี', licence: 'ใช้เฉพาะสำนักงานนี้' };

class Studio {
  constructor(page, language) {
    this.page = page;
    this.said = words('voices', language);
    this.word = page.getByTestId('word');
  }

  /** Records by keys until the microphone has heard a word and the silence behind it. */
  async record() {
    await expectText(this.page.locator('.booth .status'), new RegExp(`${this.said.ready}|${this.said.kept}`, 'u'));
    await this.page.keyboard.press('Space');
    await this.page.locator('.recording').waitFor();
    const meter = this.page.getByRole('meter');
    await until('a word is heard', async () => Number(await meter.getAttribute('aria-valuenow')) > 60);
    await until('the word is over', async () => Number(await meter.getAttribute('aria-valuenow')) < 30);
    await this.page.keyboard.press('Space');
    await this.page.getByTestId('from').waitFor();
  }

  async state(token, state) {
    await this.page.locator(`[data-token="${token}"][data-state="${state}"]`).waitFor();
  }
}

async function twoWordsAtTheMicrophone(hall, people, studio) {
  const { page, word, said } = studio;
  const { prompts } = await people.client.get(`/sites/${hall.site}/voices/${VOICE}/prompts`);
  const [first, second, third] = prompts;
  await expectText(word, first.text);

  await studio.record();
  // The ends of the word are moved by keys.
  const length = () => page.locator('.wave + p b').innerText();
  const before = await length();
  await page.getByTestId('from').press('ArrowRight');
  assert.notEqual(await length(), before);
  const [seconds] = /[\d.]+/.exec(await length());
  await page.keyboard.press('Enter');
  await expectText(word, second.text);
  await studio.state(first.token, 'recorded');
  const kept = (await people.client.get(`/sites/${hall.site}/voices/${VOICE}/prompts`)).prompts[0].recorded;
  assert.ok(Math.abs(kept.length_ms - Number(seconds) * 1000) <= 10, `${kept.length_ms} ms kept of ${seconds} s shown`);

  await studio.record();
  await page.keyboard.press('KeyR');
  await page.locator('.recording').waitFor();
  await page.reload();
  await expectText(word, second.text);
  await studio.state(first.token, 'recorded');
  await studio.state(second.token, 'missing');
  await studio.record();
  await page.getByRole('button', { name: said.keep }).click();
  await expectText(word, third.text);
  await studio.state(second.token, 'recorded');
}

async function moreFromFiles({ page, said }, files) {
  const named = [...files.map((name, n) => ({ name, mimeType: 'audio/wav', buffer: toneFile(300 + 20 * n) })),
    { name: 'holiday.wav', mimeType: 'audio/wav', buffer: toneFile(300) },
    { name: 'polite.wav', mimeType: 'audio/wav', buffer: Buffer.from('no sound at all') }];
  await page.locator('input[type=file]').setInputFiles(named);
  await page.getByText(count(said.files_kept, files.length), { exact: true }).waitFor();
  await page.getByText(said.file_unknown).waitFor();
  await page.getByText(said.file_no_sound).waitFor();
}

async function putInUse({ page, said }) {
  for (const [field, text] of Object.entries(MANIFEST)) await page.locator(`input[name=${field}]`).fill(text);
  await page.locator('form input[type=checkbox]').check();
  await page.getByTestId('publish').click();
  await page.getByRole('button', { name: said.publish_anyway }).click();
  await page.getByText(say(said.now_own, MANIFEST)).waitFor();
  await page.getByText(said.now_draft).waitFor();
}

/** Exactly the words of the hall's first call: what is recorded at the microphone, and the rest as files. */
async function wordsOf(people, hall, number, label) {
  const letters = [...number.toLowerCase()].map((one) => (/[a-z]/.test(one) ? `letter-${one}` : one));
  const { prompts } = await people.client.get(`/sites/${hall.site}/voices/${VOICE}/prompts`);
  const place = ['counter', 'slot', 'desk', 'room', 'point'];
  const wanted = new Set([...letters, ...label, ...place, 'polite']);
  return prompts.map(({ token }) => token).filter((token) => wanted.has(token) && !['invite', 'at'].includes(token));
}

async function aVoiceIsMade(hall) {
  const people = await People.of(hall);
  const counter = (await people.counters()).find((one) => !one.auto_call && one.queues.length > 0 && /^[1-9]$/.test(one.label));
  await people.open(counter.id);
  const [ticket] = await people.take(counter.queues, 1, { language: VOICE });

  const page = await hall.open(`/voices/${hall.site}`, { kind: 'administrator', size: 'clerk' });
  const studio = new Studio(page, hall.language);
  await twoWordsAtTheMicrophone(hall, people, studio);
  await picture(page, 'voices-1-recorded', true);
  const tokens = await wordsOf(people, hall, ticket.number, counter.label);
  await moreFromFiles(studio, tokens.filter((token) => token !== 'polite').map((token) => `${token}.wav`));
  await putInUse(studio);
  await picture(page, 'voices-2-in-use', true);
  const complaints = await look(page, RULES.hall);
  assert.deepEqual(complaints, [], complaints.join('\n'));

  const { voices } = await people.client.get(`/sites/${hall.site}/voices`);
  const voice = voices.find(({ language }) => language === VOICE);
  assert.ok(voice.own && voice.draft && !voice.complete && voice.missing.includes('polite'));
  assert.deepEqual(voice.clips.map(({ token }) => token).sort(), ['invite', 'at', ...tokens.filter((token) => token !== 'polite')].sort());
  return { people, counter, page, studio };
}

async function theLobbyHasIt(hall, { people, counter, page, studio }) {
  const lobby = await hall.open(`/display/${hall.site}`, { kind: 'display', size: 'lobby', before: listen });
  await lobby.getByRole('button', { name: words('display', hall.language).sound_off }).click();
  // One word is missing still: the call is a chime, never a part of it.
  await people.callNext(counter.id);
  await until('a chime', async () => (await announcements(lobby)).length === 1);

  await page.locator('input[type=file]').setInputFiles([{ name: 'ค่ะ.wav', mimeType: 'audio/wav', buffer: toneFile(400) }]);
  await studio.state('polite', 'recorded');
  await page.getByTestId('publish').click();
  await page.getByRole('button', { name: studio.said.publish_anyway }).click();
  await studio.state('polite', 'in_use');
  await lobby.reload();
  await lobby.getByRole('button', { name: words('display', hall.language).sound_off }).click();
  await people.act(counter.id, 'recall');
  const spoken = await until('the call is said', async () => {
    const [...all] = await announcements(lobby);
    return all.at(-1)?.words.length > 0 && all.at(-1).words;
  }, 20_000);
  assert.deepEqual([spoken[0].token, spoken.at(-1).token], ['invite', 'polite']);
  assert.ok(spoken.every(({ language, until: end, at }) => language === VOICE && end > at));
}

test('a voice is recorded, put in use and heard in the lobby', async () => {
  const hall = await Hall.demo({ language: 'th', secure: true, microphone: toneFile(220) });
  try {
    await theLobbyHasIt(hall, await aVoiceIsMade(hall));
    assert.deepEqual(hall.browsers.complaints, []);
  } finally {
    await hall.close();
  }
});
