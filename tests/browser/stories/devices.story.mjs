// A lobby screen comes in and is looked after: it shows a code, staff enter it, it becomes a screen; it is named,
// touched, given another layout without a reload, and shut out again. What staff type outlives what the page hears.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Hall } from '../stage/hall.mjs';
import { RULES, look } from '../stage/look.mjs';
import { until } from '../stage/patience.mjs';
import { expectText, picture, plain } from '../stage/seen.mjs';
import { say, words } from '../stage/words.mjs';

/** The device asks every five seconds, and the page stays a moment to say that it worked. */
const APPROVED_WITHIN_MS = 20_000;
/** A screen reports every five seconds, and the devices page looks every three. */
const SEEN_WITHIN_MS = 15_000;

const CODE = /^[0-9A-Z]{4}-[0-9A-Z]{4}$/;

const button = (page, name) => page.getByRole('button', { name, exact: true });
const card = (staff, name) => staff.getByTestId('device').filter({ has: staff.getByRole('heading', { name, exact: true }) });
const inState = (staff, name, state) =>
  until(`${name} is ${state}`, async () => (await card(staff, name).getAttribute('data-state')) === state, SEEN_WITHIN_MS);

/** A picture to look at, and nothing an eye would find wrong. */
async function seen(page, rules, name) {
  await picture(page, name);
  assert.deepEqual(await look(page, RULES[rules]), [], name);
}

async function showsItsCode(hall) {
  const context = await hall.browsers.device({ size: 'lobby', language: hall.language });
  const screen = await context.newPage();
  await screen.goto(`${hall.base}/enrol/display`);
  const code = await until('a code', async () => {
    const shown = plain(await screen.getByTestId('code').innerText());
    return CODE.test(shown) && shown;
  });
  await screen.getByText(words('enrol', hall.language).title_display).waitFor();
  await seen(screen, 'lobby', `devices-code-${hall.language}`);
  return { screen, code };
}

/** What is wrong is read out with its field, and the field has the keys. */
async function hasTheKeys(field, problem) {
  await until(`“${problem}” at the field that has the keys`, () =>
    field.evaluate((one, said) => {
      const about = document.getElementById(one.getAttribute('aria-describedby'));
      return document.activeElement === one && one.ariaInvalid === 'true' && about?.innerText.includes(said);
    }, problem));
}

/** Nothing first, then the code of no device, then the right one as people type it. */
async function isApproved(hall, staff, { screen, code }, name) {
  const said = words('devices', hall.language);
  const wrong = code.startsWith('AAAA') ? 'CCCC-2222' : 'AAAA-2222';
  await button(staff, said.devices_add).click();
  const form = staff.getByTestId('add-device');
  await button(form, said.devices_add_press).click();
  await hasTheKeys(form.getByLabel(said.devices_code), say(said.devices_code_short, { n: 0 }));
  await form.getByLabel(said.devices_code).fill(wrong);
  await form.getByLabel(said.devices_name, { exact: false }).first().fill(name);
  await button(form, said.devices_add_press).click();
  await hasTheKeys(form.getByLabel(said.devices_code), say(said.devices_code_wrong, { code: wrong }));
  await seen(staff, 'hall', `devices-wrong-code-${hall.language}`);
  await form.getByLabel(said.devices_code).fill(code.toLowerCase().replace('-', ''));
  await button(form, said.devices_add_press).click();
  await card(staff, name).waitFor();
  await screen.waitForURL(`${hall.base}/display/${hall.site}`, { timeout: APPROVED_WITHIN_MS });
}

/** As on the next morning: the page comes up by itself, and nobody has touched it. */
async function isSwitchedOn(hall, { screen }) {
  const again = await screen.context().newPage();
  await screen.close();
  await again.goto(`${hall.base}/display/${hall.site}`);
  return again;
}

/** Its browser holds sound back until somebody touches it; staff read that, and then that it is mended. */
async function isTouched(hall, staff, screen, name) {
  const said = words('devices', hall.language);
  await inState(staff, name, 'silent');
  await card(staff, name).getByText(said.device_sound_needs_touch_do).waitFor();
  await screen.mouse.click(5, 5);
  await inState(staff, name, 'alive');
}

async function isRenamed(hall, staff, from, to) {
  const said = words('devices', hall.language);
  await button(card(staff, from), said.device_manage).click();
  const field = card(staff, from).getByLabel(said.devices_name, { exact: true });
  await field.fill(to);
  // The page hears of its devices twice while somebody types.
  const heard = () => staff.waitForResponse((answer) => answer.url().endsWith('/devices') && answer.request().method() === 'GET');
  await heard();
  await heard();
  assert.equal(await field.inputValue(), to, 'what was typed stays');
  await button(card(staff, from), said.device_save).click();
  await card(staff, to).waitFor();
}

async function isSetUp(hall, staff, screen, name) {
  const said = words('devices', hall.language);
  await screen.evaluate(() => (window.not_reloaded = true));
  await card(staff, name).getByRole('link', { name: said.device_settings, exact: true }).click();
  const preview = staff.frameLocator('[data-testid=preview] iframe');
  await preview.locator('.lobby').waitFor();
  await staff.locator('input[name=layout][value=queues]').check();
  await staff.getByTestId('changes').getByText(said.layout_queues, { exact: true }).waitFor();
  await preview.locator('.board .line.head').first().waitFor();
  await seen(staff, 'hall', `devices-settings-${hall.language}`);
  await staff.reload();
  assert.equal(await staff.locator('input[name=layout][value=queues]').isChecked(), true, 'the draft outlives a reload');
  await button(staff, said.screen_save).click();
  await staff.getByText(said.screen_saved).waitFor();
  await screen.locator('.board .line.head').first().waitFor();
  assert.equal(await screen.evaluate(() => window.not_reloaded === true), true, 'the screen followed without a reload');
  await staff.getByRole('link', { name: said.devices_back, exact: true }).click();
}

async function isShutOut(hall, staff, screen, name) {
  const said = words('devices', hall.language);
  await button(card(staff, name), said.device_manage).click();
  await button(card(staff, name), said.device_revoke).click();
  await staff.getByRole('heading', { name: say(said.device_revoke_ask, { name }) }).waitFor();
  await button(staff.getByRole('dialog'), said.device_revoke_press).click();
  await expectText(staff.locator('.banner.good'), new RegExp(name));
  await card(staff, name).waitFor({ state: 'detached' });
  await screen.locator('a[href="/enrol/display"]').waitFor({ timeout: SEEN_WITHIN_MS });
}

const NAMES = { th: ['จอหน้าประตู', 'จอเสากลาง'], vi: ['Màn hình cửa chính', 'Màn hình cột giữa'] };

for (const [language, secure] of [['th', false], ['vi', true]]) {
  test(`a screen comes in, is looked after and shut out (${language}, ${secure ? 'TLS' : 'loopback'})`, async () => {
    const hall = await Hall.demo({ language, secure });
    try {
      const [name, renamed] = NAMES[language];
      const shown = await showsItsCode(hall);
      const staff = await hall.open(`/devices/${hall.site}`, { kind: 'supervisor', size: 'clerk' });
      await isApproved(hall, staff, shown, name);
      const screen = await isSwitchedOn(hall, shown);
      await isTouched(hall, staff, screen, name);
      await isRenamed(hall, staff, name, renamed);
      await isSetUp(hall, staff, screen, renamed);
      await isShutOut(hall, staff, screen, renamed);
      assert.deepEqual(hall.browsers.complaints, []);
    } finally {
      await hall.close();
    }
  });
}
