// Paper that does not come: the visitor keeps the number, staff see why and print again; kiosks without paper on
// purpose; a closed service on paper.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SIZES } from '../stage/browser.mjs';
import { Clerk } from '../stage/clerk.mjs';
import { Hall } from '../stage/hall.mjs';
import { card, take } from '../stage/kiosk.mjs';
import { RULES, look } from '../stage/look.mjs';
import { until } from '../stage/patience.mjs';
import { Printers } from '../stage/printers.mjs';
import { expectText, picture, plain } from '../stage/seen.mjs';
import { pattern, say, words } from '../stage/words.mjs';

const SERVICE = 'id-card';
/** The code is the ticket: a phone reads it from a step away. */
const CODE_PX_MIN = 400;
/** In the middle of a ticket's picture. */
const HANGS_AT_BYTE = 4_000;
/** Longer than the kiosk waits for paper that does not come. */
const LATE_WITHIN_MS = 20_000;

/** A picture to look at, and nothing an eye would find wrong. */
async function seen(page, rules, name) {
  await picture(page, name);
  assert.deepEqual(await look(page, RULES[rules]), []);
}

async function serviceOf(hall) {
  const { services } = await (await hall.others()).get(`/sites/${hall.site}/services`);
  return services.find(({ id }) => id === SERVICE);
}

async function atService(hall, size = 'kiosk') {
  const kiosk = await hall.open(`/kiosk/${hall.site}`, { kind: 'kiosk', size });
  const { name } = await serviceOf(hall);
  await (await card(kiosk, name[hall.language], hall.language)).click();
  return kiosk;
}

/** The visitor is still there: a kiosk that nobody touches forgets the ticket, however slow the machine. */
const stays = (kiosk) => kiosk.getByTestId('number').click();

const paperOf = (kiosk, state) => kiosk.locator(`[data-testid=print][data-state=${state}]`);

async function visitorKeepsTheNumber(hall, kiosk) {
  const said = words('kiosk', hall.language);
  const issued = await take(kiosk);
  await paperOf(kiosk, 'late').waitFor({ timeout: LATE_WITHIN_MS });
  await expectText(paperOf(kiosk, 'late').locator('.text'), plain(`${said.print_late} ${said.keep_scan} ${said.staff_told}`));
  await expectText(kiosk.getByTestId('number'), issued.number);
  const code = await kiosk.locator('figure svg').boundingBox();
  assert.ok(code.width >= CODE_PX_MIN, `the code is ${code.width} px wide`);
  await seen(kiosk, 'kiosk', `paper-kiosk-late-${hall.language}`);
  await kiosk.setViewportSize(SIZES.kiosk_wide);
  await seen(kiosk, 'kiosk', `paper-kiosk-wide-late-${hall.language}`);
  await kiosk.setViewportSize(SIZES.kiosk);
  return issued;
}

/** What the visitor was told is so: the alarms stand, and each of the staff's pages says it. */
async function staffAreTold(hall, issued) {
  const said = words('staff', hall.language);
  const people = await hall.others();
  const alarms = await people.get(`/sites/${hall.site}/alarms`);
  const standing = alarms.filter(({ cleared }) => cleared === null).map(({ source }) => source);
  assert.ok(standing.includes('printer') && standing.includes('paper'), `alarms: ${standing.join(', ')}`);

  const page = await hall.open(`/printers/${hall.site}`, { kind: 'supervisor', size: 'clerk' });
  const door = page.locator('[data-printer=door]');
  await expectText(door.locator('.state'), new RegExp(`${said.printer_paper_out}$`, 'u'));
  await page.locator('[data-printer=desk][data-state=ok]').waitFor();
  const paper = page.getByTestId('paper').filter({ hasText: issued.number });
  await paper.getByText(say(said.paper_queued, { printer: 'door' })).waitFor();
  await seen(page, 'clerk', `paper-printers-out-${hall.language}`);
  return page;
}

/** Counts in the page the tones that are handed to the sound card. */
const KNOCKS = `{
  globalThis.knocks = 0;
  const { start } = AudioScheduledSourceNode.prototype;
  AudioScheduledSourceNode.prototype.start = function (...when) {
    if (this.context.state === 'running') globalThis.knocks += 1;
    return start.apply(this, when);
  };
}`;

/** Heard and seen at the supervisor's desk, counted at the counter, silent once somebody goes. */
async function anAlarmIsTaken(hall) {
  const said = words('staff', hall.language);
  const page = await hall.open(`/alarms/${hall.site}`, { kind: 'supervisor', size: 'clerk', before: KNOCKS });
  const door = page.locator('[data-alarm=printer-door]');
  await door.getByText(`door: ${said.printer_paper_out}`, { exact: true }).waitFor();
  await door.getByText(said.printer_paper_out_do, { exact: true }).waitFor();
  await page.getByRole('heading', { name: said.alarms_title }).click();
  await page.getByText(said.alarm_sound_off, { exact: true }).waitFor({ state: 'detached' });
  await until('the alarm is heard', () => page.evaluate(() => globalThis.knocks >= 3));
  await seen(page, 'clerk', `paper-alarms-${hall.language}`);
  const clerk = await hall.open(`/counter/${hall.site}/c2`, { kind: 'clerk', size: 'clerk' });
  await expectText(clerk.getByTestId('alarms'), /[2-9]/u);
  await seen(clerk, 'clerk', `paper-clerk-alarms-${hall.language}`);
  await door.getByRole('button', { name: said.alarm_take, exact: true }).click();
  await door.getByText(pattern(said.alarm_taken)).waitFor();
  await door.getByRole('button').waitFor({ state: 'detached' });
  const alarms = await (await hall.others()).get(`/sites/${hall.site}/alarms`);
  assert.ok(alarms.find(({ id }) => id === 'printer-door').acknowledged_by !== null);
  await seen(page, 'clerk', `paper-alarms-taken-${hall.language}`);
}

async function printsAgainAtTheDesk(hall, page, kiosk, issued, printers) {
  const said = words('staff', hall.language);
  await page.locator('select').selectOption('desk');
  const paper = page.getByTestId('paper').filter({ hasText: issued.number });
  await paper.getByRole('button', { name: said.print_again, exact: true }).click();
  await page.getByText(say(said.printers_again_asked, { number: issued.number })).waitFor();
  await paperOf(kiosk, 'printed').waitFor({ timeout: LATE_WITHIN_MS });
  await expectText(paperOf(kiosk, 'printed').locator('.text'), words('kiosk', hall.language).print_printed);
  await paper.waitFor({ state: 'detached' });
  await seen(page, 'clerk', `paper-printers-again-${hall.language}`);
  await printers.setFaults('1', {});
  // An idle printer in trouble is asked every few seconds, and the page looks every few seconds.
  await page.locator('[data-printer=door][data-state=ok]').waitFor({ timeout: LATE_WITHIN_MS });
  assert.deepEqual([await printers.papers('1'), await printers.papers('2')], [0, 1], 'the waiting paper gave way');
}

async function clerkPrintsTheTicketAtHandAgain(hall, issued, printers) {
  const page = await hall.open(`/counter/${hall.site}/c1`, { kind: 'clerk', size: 'clerk' });
  const clerk = new Clerk(page, hall.language);
  await clerk.open();
  await clerk.callNext(issued.number);
  await page.locator('[data-testid=hand-paper][data-state=printed]').waitFor();
  await clerk.press('g');
  await page.getByRole('heading', { name: say(clerk.words.ask_print, { number: issued.number }) }).waitFor();
  await page.locator('dialog').getByText('door', { exact: true }).waitFor();
  await seen(page, 'clerk', `paper-clerk-where-${hall.language}`);
  await page.keyboard.press('2');
  await until('it came out at the door', async () => (await printers.papers('1')) === 1);
  await page.locator('[data-testid=hand-paper][data-state=printed]').waitFor();
  await seen(page, 'clerk', `paper-clerk-${hall.language}`);
  const jobs = await (await hall.others()).get(`/sites/${hall.site}/print-jobs?ticket=${issued.id}`);
  assert.deepEqual(jobs.map(({ kind }) => kind), ['reprint', 'reprint', 'ticket'], 'each copy says that it is one');
}

async function testPage(hall, page, printers) {
  const said = words('staff', hall.language);
  await page.locator('[data-printer=desk]').getByRole('button', { name: said.printer_test, exact: true }).click();
  await page.getByText(say(said.printers_test_asked, { printer: 'desk' })).waitFor();
  await until('the test page came out', async () => (await printers.papers('2')) === 2);
}

async function withHall(language, ids, said, story) {
  const printers = await Printers.start(...ids.map(() => 'xprinter-xp-q200'));
  try {
    const { clock = null, ...office } = said;
    const hall = await Hall.serve({ language, clock, ...(await printers.office(language, ids, office)) });
    try {
      await story(hall, printers);
      assert.deepEqual(hall.browsers.complaints, []);
    } finally {
      await hall.close();
    }
  } finally {
    await printers.stop();
  }
}

for (const language of ['th', 'vi', 'en']) {
  test(`the roll ends: the visitor has the number, staff know and print again (${language})`, async () => {
    await withHall(language, ['door', 'desk'], {}, async (hall, printers) => {
      await printers.setFaults('1', { paper_out: true });
      const kiosk = await atService(hall);
      const issued = await visitorKeepsTheNumber(hall, kiosk);
      await stays(kiosk);
      const page = await staffAreTold(hall, issued);
      await stays(kiosk);
      await anAlarmIsTaken(hall);
      await stays(kiosk);
      await printsAgainAtTheDesk(hall, page, kiosk, issued, printers);
      await clerkPrintsTheTicketAtHandAgain(hall, issued, printers);
      await testPage(hall, page, printers);
    });
  });

  test(`the printer hangs in the middle: nobody claims that paper came, until a marked one did (${language})`, async () => {
    await withHall(language, ['door'], {}, async (hall, printers) => {
      const said = words('kiosk', language);
      await printers.setFaults('1', { stall_after: HANGS_AT_BYTE });
      const kiosk = await atService(hall);
      const issued = await take(kiosk);
      await paperOf(kiosk, 'uncertain').waitFor({ timeout: LATE_WITHIN_MS });
      await expectText(paperOf(kiosk, 'uncertain').locator('.text'), plain(`${said.print_uncertain} ${said.keep_scan} ${said.staff_told}`));
      await expectText(kiosk.getByTestId('number'), issued.number);
      await seen(kiosk, 'kiosk', `paper-kiosk-uncertain-${language}`);
      const people = await hall.others();
      const told = async () =>
        (await people.get(`/sites/${hall.site}/alarms`)).some(({ id, cleared }) => id === 'hall-paper' && cleared === null);
      await until('staff are told that a paper came to nothing', told);
      await printers.setFaults('1', {});
      await paperOf(kiosk, 'printed').waitFor({ timeout: LATE_WITHIN_MS });
      const jobs = await people.get(`/sites/${hall.site}/print-jobs?ticket=${issued.id}`);
      assert.deepEqual(jobs.map(({ kind, state }) => `${kind} ${state}`), ['reprint printed', 'ticket uncertain']);
    });
  });

  test(`a kiosk without paper on purpose promises none (${language})`, async () => {
    await withHall(language, ['door'], { tickets: 'paperless = true' }, async (hall, printers) => {
      const said = words('kiosk', language);
      for (const size of ['kiosk', 'kiosk_wide']) {
        const kiosk = await atService(hall, size);
        await expectText(kiosk.getByTestId('take'), said.take_number);
        await take(kiosk);
        await expectText(paperOf(kiosk, 'paperless').locator('.text'), plain(`${said.print_none} ${said.keep_scan}`));
        await seen(kiosk, 'kiosk', `paper-${size.replace('_', '-')}-paperless-${language}`);
      }
      assert.equal(await printers.papers('1'), 0);
    });
  });

  test(`a visitor takes home why a service is closed (${language})`, async () => {
    const closed = { tickets: 'also = ["closed"]', hours: '13:00-16:00', clock: '2026-12-14T09:00:00+07:00' };
    await withHall(language, ['door'], closed, async (hall, printers) => {
      const kiosk = await atService(hall);
      await kiosk.getByTestId('print-notice').waitFor();
      await seen(kiosk, 'kiosk', `paper-kiosk-closed-${language}`);
      await kiosk.getByTestId('print-notice').click();
      await expectText(kiosk.getByTestId('notice'), words('kiosk', language).notice_sent);
      await until('the notice came out', async () => (await printers.papers('1')) === 1);
    });
  });
}
