// What stands on a page, waited for. A page that never shows it fails with what it showed instead.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { until } from './patience.mjs';

/** The whole text of the element becomes this, with any run of white space as one space. */
export async function expectText(locator, wanted, ms = 10_000) {
  let seen = null;
  const matches = (text) => (wanted instanceof RegExp ? wanted.test(text) : text === plain(wanted));
  try {
    await until('the text', async () => {
      seen = plain((await locator.first().innerText({ timeout: ms })) ?? '');
      return matches(seen);
    }, ms);
  } catch (problem) {
    assert.fail(`expected ${wanted} but saw ${seen === null ? 'nothing' : `“${seen}”`} (${problem.message})`);
  }
}

export function plain(text) {
  return text.replace(/[\s\u00a0\u2060]+/gu, ' ').trim();
}

const PICTURES = fileURLToPath(new URL('../pictures/', import.meta.url));

/** Keeps a picture of the page as it stands, with its movements at rest. */
export async function picture(page, name, full = false) {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}${name}.png`, animations: 'disabled', fullPage: full });
}
