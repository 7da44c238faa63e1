// A clerk's day by the keyboard: every way a number can go, and a second window on the same counter.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Clerk } from '../stage/clerk.mjs';
import { Hall } from '../stage/hall.mjs';
import { call, expectCall, expectGone } from '../stage/lobby.mjs';
import { until } from '../stage/patience.mjs';
import { People } from '../stage/people.mjs';
import { expectText } from '../stage/seen.mjs';
import { pattern, say, words } from '../stage/words.mjs';

async function clerkAt(hall, counter) {
  const page = await hall.open(`/counter/${hall.site}/${counter}`, { kind: 'clerk', size: 'clerk' });
  const clerk = new Clerk(page, hall.language);
  await clerk.primary.waitFor();
  return clerk;
}

async function nextOffered(clerk) {
  await clerk.primary.locator('.next').waitFor();
  return (await clerk.primary.locator('.next').innerText()).replace(/^→\s*/u, '').trim();
}

async function callsAndRecalls({ clerk, lobby, counter, hall }) {
  const number = await nextOffered(clerk);
  await clerk.callNext(number);
  await expectCall(lobby, number, counter.label);
  await clerk.press('r');
  await call(lobby, number).getByText(words('display', hall.language).called_again).waitFor();
  const said = words('staff', hall.language).attempt;
  await clerk.page.getByText(pattern(said.other, { n: 2 })).waitFor();
  return number;
}

async function isAbsent({ clerk, lobby, people }, taken, number) {
  await clerk.press('a');
  await clerk.hasNobody();
  await expectGone(lobby, number);
  const { id } = taken.find((one) => one.number === number);
  assert.equal((await people.ticket(id)).state, 'waiting', 'absent once: back in line');
}

async function parksAndResumes({ clerk, people }, taken) {
  const number = await nextOffered(clerk);
  await clerk.callNext(number);
  await clerk.press('p');
  await clerk.answer(clerk.words.ask_park, { number }, 1);
  await clerk.hasNobody();
  const { id } = taken.find((one) => one.number === number);
  assert.equal((await people.ticket(id)).state, 'parked');
  await clerk.page.getByRole('heading', { name: clerk.words.parked_title }).waitFor();
  const back = clerk.page.getByRole('button', { name: clerk.words.parked_back, exact: true });
  await back.click();
  await back.waitFor({ state: 'detached' });
  assert.equal((await people.ticket(id)).state, 'waiting');
}

async function transfersAndUndoes({ clerk, lobby, people }, taken) {
  const number = await nextOffered(clerk);
  await clerk.callNext(number);
  const { id, queue } = taken.find((one) => one.number === number);
  const elsewhere = (await people.queues()).findIndex((one) => one.id !== queue);
  await clerk.press('t');
  await clerk.answer(clerk.words.ask_transfer, { number }, elsewhere + 1);
  await clerk.hasNobody();
  await expectGone(lobby, number);
  assert.notEqual((await people.ticket(id)).queue, queue);
  await clerk.press('z');
  await clerk.has(number);
  assert.equal((await people.ticket(id)).queue, queue, 'undone: where it was');
  return { number, id };
}

async function completesWithOutcome({ clerk, people }, { number, id }) {
  await clerk.press('c');
  await clerk.answer(clerk.words.ask_complete, { number }, 1);
  await clerk.page.locator('[data-answer][aria-pressed=true]').waitFor();
  await clerk.page.keyboard.press('Enter');
  await clerk.hasNobody();
  assert.equal((await people.ticket(id)).state, 'done');
  const { day } = await people.counter(clerk.counter_id);
  assert.equal(day.served, 1);
}

async function pausesAndReturns({ clerk, hall, people }) {
  const { codes } = await people.client.get(`/sites/${hall.site}`);
  await clerk.press('k');
  await clerk.answer(clerk.words.ask_pause, {}, 1);
  const reason = codes.pause[0].name[hall.language];
  await clerk.page.getByText(say(clerk.words.paused_reason, { reason })).waitFor();
  await clerk.offers(clerk.words.primary_resume);
  await clerk.press('Space');
  await clerk.page.getByText(clerk.words.state_idle, { exact: true }).first().waitFor();
}

async function worksByKeys(hall) {
  const people = await People.of(hall);
  const counter = await people.quietCounter();
  const taken = await people.take(counter.queues, 5);
  const lobby = await hall.open(`/display/${hall.site}`, { kind: 'display', size: 'lobby' });
  const clerk = await clerkAt(hall, counter.id);
  clerk.counter_id = counter.id;
  const scene = { hall, people, counter, lobby, clerk };
  await clerk.open();
  const number = await callsAndRecalls(scene);
  await isAbsent(scene, taken, number);
  await parksAndResumes(scene, taken);
  const transferred = await transfersAndUndoes(scene, taken);
  await completesWithOutcome(scene, transferred);
  await pausesAndReturns(scene);
  assert.deepEqual(hall.browsers.complaints, []);
}

/** The page keeps the line open but hears nothing new, as on a slow network. */
async function deafClerk(hall, counter) {
  const page = await (await hall.browsers.device({ size: 'clerk', language: hall.language })).newPage();
  let heard = 0;
  await page.routeWebSocket(/\/live\?/, (socket) => {
    const server = socket.connectToServer();
    heard = 0;
    server.onMessage((text) => {
      heard += 1;
      if (heard === 1 || String(text).includes('"heartbeat"')) socket.send(text);
    });
  });
  const path = `/counter/${hall.site}/${counter}`;
  if (hall.isOpen) await page.goto(hall.base + path);
  else await hall.enter(page, 'clerk', path);
  const clerk = new Clerk(page, hall.language);
  await clerk.primary.waitFor();
  // The state it begins with comes a moment after the page: what happens before that it would know.
  await until('its line has begun', () => heard > 0);
  return clerk;
}

async function twoWindows(hall) {
  const people = await People.of(hall);
  const counter = await people.quietCounter();
  const [first] = await people.take(counter.queues, 3);
  await people.open(counter.id);
  const [one, other, deaf] = [await clerkAt(hall, counter.id), await clerkAt(hall, counter.id), await deafClerk(hall, counter.id)];
  assert.equal(await nextOffered(deaf), first.number);

  await one.callNext(first.number);
  await other.has(first.number);
  await other.page.getByText(say(other.words.else_called, { number: first.number })).waitFor();

  // It hears heartbeats only, and does not act while one is late.
  await until('its line counts as whole', async () => (await deaf.primary.getAttribute('aria-disabled')) !== 'true');
  await deaf.press('Space');
  const told = `${say(deaf.words.else_called, { number: first.number })} ${deaf.words.else_look}`;
  await expectText(deaf.page.locator('.banner .text'), told);
  await deaf.has(first.number);
  const now = await people.counter(counter.id);
  assert.equal(now.at_hand.number, first.number, 'the second press changed nothing');
  assert.equal(now.day.called, 1);
  assert.deepEqual(hall.browsers.complaints, []);
}

/** A counter with no ticket closes; its other window says so. */
async function closedElsewhere(hall) {
  const people = await People.of(hall);
  const counter = await people.quietCounter();
  await people.open(counter.id);
  const [one, other] = [await clerkAt(hall, counter.id), await clerkAt(hall, counter.id)];
  await one.press('o');
  await one.offers(one.words.primary_open);
  await other.page.getByText(other.words.else_closed).waitFor();
  await until('the button of the other window opens again', async () =>
    (await other.primary.innerText()).includes(other.words.primary_open));
}

for (const [language, secure] of [['th', false], ['vi', true]]) {
  const where = `${language}, ${secure ? 'TLS' : 'loopback'}`;
  test(`a clerk works by keys alone (${where})`, () => inHall({ language, secure }, worksByKeys));
  test(`a second window on a counter is told, not fought (${where})`, () => inHall({ language, secure }, async (hall) => {
    await twoWindows(hall);
    await closedElsewhere(hall);
  }));
}

async function inHall(options, story) {
  const hall = await Hall.demo(options);
  try {
    await story(hall);
  } finally {
    await hall.close();
  }
}
