// What people in the lobby see and hear.

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

/** Runs before the page: when each number first stood large on the screen, in ms since the epoch. */
export function timeCalls() {
  window.shown_at = {};
  const look = () => {
    for (const figure of document.querySelectorAll('.stage .number')) {
      window.shown_at[figure.textContent.trim()] ??= performance.timeOrigin + performance.now();
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

export async function expectGone(lobby, number) {
  await lobby.getByText(number, { exact: true }).first().waitFor({ state: 'detached' });
}
