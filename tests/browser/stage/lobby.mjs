// What people in the lobby see and hear.

import assert from 'node:assert/strict';

import { until } from './patience.mjs';
import { expectText } from './seen.mjs';

/** Runs before the page: hears every tone and every clip that is scheduled: its word by the address it was fetched
 *  from, from when to when on the audio clock, in which state the sound was, and which number was highlighted then. */
export function listen() {
  window.heard = [];
  window.voice_has = [];
  const fetched = new WeakMap();
  const decoded = new WeakMap();
  const turn = () => document.querySelector('.stage .glowing .number')?.textContent.trim() ?? null;
  const { fetch } = window;
  window.fetch = async (...asked) => {
    const response = await fetch(...asked);
    const whole = response.arrayBuffer.bind(response);
    response.arrayBuffer = async () => {
      const bytes = await whole();
      fetched.set(bytes, response.url);
      return bytes;
    };
    return response;
  };
  const decode = BaseAudioContext.prototype.decodeAudioData;
  BaseAudioContext.prototype.decodeAudioData = async function (bytes, ...more) {
    const url = fetched.get(bytes);
    const buffer = await decode.call(this, bytes, ...more);
    decoded.set(buffer, url);
    window.voice_has.push(url);
    return buffer;
  };
  const sound = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...at) {
    const [, language, token] = /voices\/([^/]+)\/clips\/([^/]+)/.exec(decoded.get(this.buffer) ?? '') ?? [];
    window.heard.push({ kind: 'word', language, token, at: at[0], until: at[0] + this.buffer.duration, state: this.context.state, turn: turn() });
    return sound.apply(this, at);
  };
  const tone = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    window.heard.push({ kind: 'tone', state: this.context.state, hz: this.frequency.value, at: at[0] ?? 0 });
    return tone.apply(this, at);
  };
}

/** The screen has every clip of this language's voice: from now on no call is a mere chime. The page was opened with `listen`. */
export async function untilItSpeaks(lobby, people, language) {
  const { voices } = await people.client.get(`/sites/${people.site}/voices`);
  const { clips } = voices.find((voice) => voice.language === language);
  await until(`the voice for ${language} is there`, () =>
    lobby.evaluate((urls) => urls.every((url) => window.voice_has.some((had) => had?.endsWith(url))), clips.map(({ url }) => url)), 30_000);
}

/** The first tone of the chime before a call. */
const CALL_HZ = 784;

/** What was heard, as announcements: each begins with the chime of a call. The page was opened with `listen`. */
export async function announcements(lobby) {
  const all = [];
  for (const sound of await lobby.evaluate(() => window.heard)) {
    if (sound.kind === 'tone' && Math.round(sound.hz) === CALL_HZ) all.push({ tones: [], words: [] });
    all.at(-1)[sound.kind === 'tone' ? 'tones' : 'words'].push(sound);
  }
  return all;
}

/** Runs before the page: when each number first stood large on the screen, in ms since the epoch, and at which counter. */
export function timeCalls() {
  window.shown_at = {};
  window.shown_with = {};
  const look = () => {
    for (const call of document.querySelectorAll('.stage article')) {
      const number = call.querySelector('.number')?.textContent.trim();
      window.shown_at[number] ??= performance.timeOrigin + performance.now();
      window.shown_with[number] = call.querySelector('.counter .figure')?.textContent.trim();
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
}

/** The call's picture: number and counter as one. */
export function call(lobby, number) {
  return lobby.locator('.stage article').filter({ has: lobby.getByText(number, { exact: true }) });
}

/** The number stands large, with its counter in the same picture. */
export async function expectCall(lobby, number, counter_label, ms) {
  const picture = call(lobby, number);
  await picture.waitFor({ timeout: ms });
  await expectText(picture.locator('.counter .figure'), counter_label, ms);
}

/** As `expectCall`, where other calls may have taken the place since: the page was opened with `timeCalls`. */
export async function expectShown(lobby, number, counter_label) {
  const shown = await until(`${number} stood large`, () => lobby.evaluate((asked) => window.shown_with[asked] ?? null, number));
  assert.equal(shown, counter_label);
}

export async function expectGone(lobby, number) {
  await lobby.getByText(number, { exact: true }).first().waitFor({ state: 'detached' });
}
