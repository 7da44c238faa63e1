// A lobby screen whose line is cut again and again while thirty counters call, recall and undo: whenever the line is
// whole it shows what the server has, and every call that was to be said was said once, in order, word by word.
//
// The audio clock runs faster than the world's, so that a morning of calls is said in minutes; sounds are the browser's
// own all the same. KHIW_CUTS names how many looks at the screen there are, five deeds before each. Of the long cuts the
// longer ones make the page load itself again, without a network; where it then asks for a touch, somebody touches it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NotOk } from '../stage/client.mjs';
import { Hall } from '../stage/hall.mjs';
import { servedBy } from '../stage/kiosk.mjs';
import { Line } from '../stage/line.mjs';
import { announcements, listen, untilItSpeaks } from '../stage/lobby.mjs';
import { until } from '../stage/patience.mjs';
import { People } from '../stage/people.mjs';
import { words } from '../stage/words.mjs';

const LOOKS = Number(process.env.KHIW_CUTS ?? 30);
const DEEDS_PER_LOOK = 5;
const COUNTERS = 30;
const AUDIO_FASTER = 20;
/** One cut of each so many looks lasts until its calls are too old to be said. */
const LOOKS_PER_LONG_CUT = 20;
const LONG_CUTS_MS = [34_000, 120_000, 75_000];
const SAID_BELOW_MS = 30_000;
/** From the mending of a line until the page has found it: its longest pause, and the way. */
const FOUND_WITHIN_MS = 14_000;
const EDGE_MS = 50;
/** A call taken back so soon may not have been said. */
const TAKEN_BACK_WITHIN_MS = 20_000;
const LANGUAGE = 'vi';

/** The same deeds for the same seed. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs before the page: its audio clock goes `times` as fast. */
function hasten(times) {
  const { get } = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, 'currentTime');
  Object.defineProperty(BaseAudioContext.prototype, 'currentTime', { get() { return get.call(this) * times; } });
  const buffer = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (at = 0, ...more) {
    this.playbackRate.value = times;
    return buffer.call(this, at / times, ...more);
  };
  for (const name of ['start', 'stop']) {
    const tone = OscillatorNode.prototype[name];
    OscillatorNode.prototype[name] = function (at = 0) {
      return tone.call(this, at / times);
    };
  }
}

/** Runs in a page whose line is never cut: what the server tells every screen, and when. */
function overhear(site) {
  window.frames_told = [];
  const url = `${location.origin.replace('http', 'ws')}/api/v1/sites/${site}/live?topic=display`;
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === 'snapshot') resolve();
      window.frames_told.push({ ...frame, heard_ms: Date.now() });
    };
  });
}

/** What a screen that comes now is told. */
function snapshot(site) {
  const url = `${location.origin.replace('http', 'ws')}/api/v1/sites/${site}/live?topic=display`;
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onmessage = ({ data }) => {
      socket.close();
      resolve(JSON.parse(data).calls.map(({ number, counter_name }) => `${number} ${counter_name.label}`));
    };
  });
}

/** What stands on the screen. */
function standing() {
  const text = (from, part) => from.querySelector(part)?.textContent.trim();
  const large = [...document.querySelectorAll('.stage article')].map((one) => `${text(one, '.number')} ${text(one, '.counter .figure')}`);
  const earlier = [...document.querySelectorAll('.earlier li')].map((one) => `${text(one, '.number')} ${text(one, '.counter')}`);
  return [...large, ...earlier];
}

/** What the lobby said, also before it loaded itself again. */
class Ear {
  #earlier = [];
  #now = [];

  constructor(lobby, people) {
    Object.assign(this, { lobby, people });
  }

  /** Somebody touches the screen where it asks for that: from now on it is heard. */
  async wake() {
    const off = this.lobby.getByRole('button', { name: words('display', LANGUAGE).sound_off });
    await until('the sound is on', async () => {
      if (await off.isVisible()) await off.click();
      return !(await off.isVisible()) && (await this.lobby.locator('.stage').count()) > 0;
    });
    await this.lobby.evaluate(() => (window.was_touched = true));
    await untilItSpeaks(this.lobby, this.people, LANGUAGE);
  }

  async wakeIfLoadedAgain(cut) {
    if (await this.lobby.evaluate(() => window.was_touched === true)) return;
    this.#earlier.push(...this.#now);
    await this.wake();
    cut.silent_to_ms = Date.now();
  }

  async heard() {
    const all = await announcements(this.lobby);
    this.#now = all.map(({ words: said }) => said.map(({ token }) => token).join(' '));
    return [...this.#earlier, ...this.#now];
  }
}

class Morning {
  constructor({ hall, people, counters, random, witness, ear }) {
    Object.assign(this, { hall, people, counters, random, witness, ear });
    this.cuts = [];
  }

  async calls() {
    return judged(await this.witness.evaluate(() => window.frames_told), this.cuts);
  }

  async hadToBeSaid() {
    return (await this.calls()).filter(({ verdict }) => verdict === 'must').length;
  }

  async allIsSaid() {
    await until('all was said', async () => astray(await this.calls(), await this.ear.heard()) === null, 30_000).catch(async (problem) => {
      throw new Error(astray(await this.calls(), await this.ear.heard()) ?? 'late', { cause: problem });
    });
  }

  async deed() {
    const counter = this.counters[Math.floor(this.random() * this.counters.length)];
    const dice = this.random();
    const action = dice < 0.55 ? 'call-next' : dice < 0.8 ? 'recall' : 'undo';
    try {
      const { call } = await this.people.act(counter.id, action);
      if (action === 'call-next' && call === null) await this.people.take(counter.queues, 3, { language: LANGUAGE });
    } catch (problem) {
      // Nobody at hand, nothing to undo: that is a clerk's everyday life.
      if (!(problem instanceof NotOk) || problem.status !== 409) throw problem;
    }
  }

  async deeds() {
    for (let n = 0; n < DEEDS_PER_LOOK; n += 1) await this.deed();
  }

  async cut(line, lasts_ms) {
    const from_ms = Date.now();
    line.cut();
    await this.deeds();
    await until('the cut has lasted', () => Date.now() - from_ms >= lasts_ms, lasts_ms + 10_000);
    line.mend();
    const cut = { from_ms, to_ms: Date.now(), silent_to_ms: 0 };
    this.cuts.push(cut);
    return cut;
  }
}

/** How each call frame stands to the ear: it must have been said, may have been, or must not. */
function judged(frames, cuts) {
  return frames.filter(({ type }) => type === 'call').map((call) => {
    // An undo brings a call back that was made before. The hall's clock is not this machine's.
    const brought_back_ms = Date.parse(call.now) - Date.parse(call.at);
    const at_ms = call.heard_ms - brought_back_ms;
    const cut = cuts.find(({ from_ms, to_ms }) => call.heard_ms >= from_ms && call.heard_ms <= to_ms);
    const untouched = cuts.some(({ from_ms, silent_to_ms }) => call.heard_ms >= from_ms && call.heard_ms <= silent_to_ms);
    // On its way when the line was cut, it may have come through. Those before stood on the screen.
    const at_the_edge = cut !== undefined && call.heard_ms < cut.from_ms + EDGE_MS;
    const taken_back = frames.some((other) => other.type === 'withdrawn' && other.ticket === call.ticket
      && other.heard_ms >= call.heard_ms && other.heard_ms <= call.heard_ms + TAKEN_BACK_WITHIN_MS);
    const late_ms = cut === undefined ? 0 : cut.to_ms - at_ms;
    const verdict = at_the_edge ? 'may' : late_ms > SAID_BELOW_MS ? 'no' : untouched || taken_back || brought_back_ms > 0 || late_ms + FOUND_WITHIN_MS > SAID_BELOW_MS ? 'may' : 'must';
    const said = (call.speech ?? []).find(({ language }) => language === LANGUAGE);
    return { verdict, tokens: (said?.tokens ?? []).join(' '), number: call.number, attempt: call.attempt };
  });
}

/** Null when what was heard is the calls in order, without some of those that may be left out; else where it is not. */
function astray(calls, heard) {
  let reached = new Set([0]);
  for (const [index, { verdict, tokens }] of calls.entries()) {
    const next = new Set();
    for (const n of reached) {
      if (verdict !== 'must') next.add(n);
      if (verdict !== 'no' && heard[n] === tokens) next.add(n + 1);
    }
    if (next.size === 0) {
      const n = Math.max(...reached);
      return JSON.stringify({ called: calls.slice(Math.max(0, index - 3), index + 4), heard: heard.slice(Math.max(0, n - 3), n + 4) }, null, 1);
    }
    reached = next;
  }
  const most = Math.max(...reached);
  return most === heard.length ? null : `beyond all calls: ${heard.slice(most).join(' | ')}`;
}

test('a line that is cut again and again: the screen is right, and each call is said once', async () => {
  const hall = await Hall.demo({ language: LANGUAGE });
  const line = await Line.to(hall.port);
  try {
    const people = await People.of(hall);
    const counters = [];
    for (const counter of await people.counters()) {
      const gives_numbers = !counter.auto_call && (await servedBy(people.client, hall.site, counter.queues).catch(() => null)) !== null;
      if (gives_numbers && counters.length < COUNTERS) counters.push(counter);
    }
    assert.ok(counters.length >= 20, `${counters.length} counters`);
    for (const counter of counters) await people.open(counter.id);
    const witness = await hall.open('/healthz');
    await witness.evaluate(overhear, hall.site);
    const before = `(${hasten})(${AUDIO_FASTER});(${listen})();`;
    const lobby = await hall.open(`/display/${hall.site}`, { size: 'lobby', before, base: hall.baseAt(line.port) });
    const ear = new Ear(lobby, people);
    await ear.wake();
    const morning = new Morning({ hall, people, counters, random: chance(7), witness, ear });

    for (let look = 1; look <= LOOKS; look += 1) {
      let long_cut = null;
      if (look % LOOKS_PER_LONG_CUT === 0) {
        await morning.allIsSaid();
        long_cut = await morning.cut(line, LONG_CUTS_MS[(look / LOOKS_PER_LONG_CUT - 1) % LONG_CUTS_MS.length]);
      } else if (morning.random() < 0.4) await morning.cut(line, morning.random() * 3_000);
      else await morning.deeds();
      await until(`look ${look}: the screen shows what the server has`, async () => {
        const there = await witness.evaluate(snapshot, hall.site);
        const here = await lobby.evaluate(standing);
        const newest = there.slice(0, here.length);
        return here.length >= Math.min(6, there.length) && [...here].sort().join() === newest.sort().join();
      }, 30_000);
      if (long_cut !== null) await ear.wakeIfLoadedAgain(long_cut);
    }

    // A call at a cut's edge, or soon taken back, need not be said, and how many are is the machine's pace.
    for (let more = 0; more < LOOKS && (await morning.hadToBeSaid()) <= LOOKS; more += 1) await morning.deeds();
    await morning.allIsSaid();
    const calls = await morning.calls();
    const must = await morning.hadToBeSaid();
    assert.ok(must > LOOKS, `${must} of ${calls.length} calls had to be said`);
    assert.ok(calls.every(({ tokens }) => tokens !== ''), 'every call frame says how it is spoken');
    assert.deepEqual(hall.browsers.complaints, []);
  } finally {
    line.close();
    await hall.close();
  }
});
