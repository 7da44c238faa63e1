// What people in the lobby see and hear.

import assert from 'node:assert/strict';

import { until } from './patience.mjs';
import { expectText } from './seen.mjs';

/** Runs before the page: hears every tone that is scheduled, and in which state the sound was then. */
export function listen() {
  window.heard = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    window.heard.push({ state: this.context.state, hz: this.frequency.value, at: at[0] ?? 0 });
    return start.apply(this, at);
  };
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
