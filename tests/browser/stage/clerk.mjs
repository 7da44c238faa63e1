// What a clerk does, mostly by keys, and what the clerk's page then says.

import { until } from './patience.mjs';
import { expectText } from './seen.mjs';
import { say, words } from './words.mjs';

/** Runs before the page: when Space was last pressed, in ms since the epoch. */
export function timePresses() {
  addEventListener('keydown', (event) => {
    if (event.code === 'Space') window.pressed_at = performance.timeOrigin + event.timeStamp;
  }, true);
}

export class Clerk {
  constructor(page, language) {
    this.page = page;
    this.words = words('staff', language);
  }

  get primary() {
    return this.page.locator('button.primary').first();
  }

  get atHand() {
    return this.page.locator('.hand .number');
  }

  /** The wide button says this, and is not busy. */
  async offers(template, facts = {}) {
    await expectText(this.primary, new RegExp(`^${plainPattern(say(template, facts))}`, 'u'));
    await until('the last press has been answered', () => this.primary.getAttribute('aria-busy').then((busy) => busy !== 'true'));
  }

  async press(key) {
    await until('nothing is under way', async () => (await this.page.locator('[aria-busy=true]').count()) === 0);
    await this.page.keyboard.press(key);
  }

  /** Opens the counter if it is closed. */
  async open() {
    await this.primary.waitFor();
    if ((await this.primary.innerText()).includes(this.words.primary_open)) {
      await this.offers(this.words.primary_open);
      await this.press('Space');
    }
    await until('the counter is open', async () => !(await this.primary.innerText()).includes(this.words.primary_open));
  }

  /** Calls the next; answers nothing before the number is at hand. */
  async callNext(number) {
    await expectText(this.primary.locator('.next'), new RegExp(`${number}$`, 'u'));
    await this.press('Space');
    await this.has(number);
  }

  async has(number) {
    await expectText(this.atHand, number);
  }

  async hasNobody() {
    await this.page.getByText(this.words.nothing_at_hand).waitFor();
  }

  /** The question stands open; the digit gives its answer of that number. */
  async answer(question, facts, digit) {
    await this.page.getByRole('heading', { name: say(question, facts) }).waitFor();
    await this.page.keyboard.press(String(digit));
  }
}

function plainPattern(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
}
