// Days of a screen from a seed: calls, recalls and undos from many counters, a line that is cut and comes back by a
// snapshot or by what was missed, sound that hangs. Whatever happens, what is announced is said once and in order.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { EMPTY_BOARD, callKey, step, type Board } from '../lobby/board';
import { T0 } from '../lobby/testing';
import type { Call, Frame } from '../lobby/wire';
import { spokenCall } from './testing';
import type { Outcome, Sound } from './queue';
import { Voice } from './voice.svelte';

const COUNTERS = 30;
const STEPS = 400;
const TOKENS = Array.from({ length: 10 }, (_, digit) => String(digit));
const VOICES = { voices: [{ language: 'th', clips: TOKENS.map((token) => ({ token, url: `/${token}`, length_ms: 400 })) }] };

function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** A hall, its line to one screen, and what the screen's loudspeaker does. */
class Life {
  readonly roll: (below: number) => number;
  readonly announced: string[] = [];
  readonly withdrawn = new Set<string>();
  readonly begun: { key: string | null; tokens: string }[] = [];
  readonly spoken: string[] = [];
  readonly voice: Voice;
  #board: Board = EMPTY_BOARD;
  #standing: Call[] = [];
  #missed: Frame[] | null = null;
  #tickets = 0;

  constructor(seed: number) {
    this.roll = dice(seed);
    const hall = () => ({ now: new Date(Date.now()), time_zone: 'Asia/Bangkok' });
    const player = () => ({
      state: 'unlocked' as const,
      open: () => undefined, enable: () => undefined, look: () => undefined, volume: () => undefined,
      prepare: () => undefined, giveUp: () => undefined, stop: () => undefined,
      play: (sound: Sound) => this.#play(sound),
    });
    this.voice = new Voice({ site: 'hall', hall, now_ms: () => Date.now(), player, fetchVoices: () => Promise.resolve(VOICES) });
    this.voice.start();
  }

  /** One sound in fifty hangs for ever. */
  #play(sound: Sound): Promise<Outcome> {
    const length_ms = sound.kind === 'chime' ? 1_000 : sound.part.length_ms;
    if (sound.kind === 'speech') {
      this.begun.push({ key: this.voice.turn, tokens: sound.part.cues.map(({ token }) => token).join('') });
    }
    if (this.roll(50) === 0) return new Promise(() => undefined);
    return new Promise((resolve) => setTimeout(() => resolve('sounded'), length_ms));
  }

  act(): void {
    const what = this.roll(10);
    if (what < 5 || this.#standing.length === 0) this.#call(this.#newCall());
    else if (what < 7) this.#recall();
    else if (what < 9) this.#undo();
    else this.#line();
  }

  #newCall(): Call {
    const ticket = ++this.#tickets;
    return spokenCall({ ticket, counter: `c${this.roll(COUNTERS)}`, attempt: 1 });
  }

  #recall(): void {
    const call = this.#standing[this.roll(this.#standing.length)];
    if (call !== undefined) this.#call({ ...call, attempt: call.attempt + 1 });
  }

  #call(called: Call): void {
    const tokens = String(called.ticket).split('');
    const speech = [{ language: 'th', tokens, pauses_ms: tokens.map(() => 90) }];
    const call = { ...called, at_ms: Date.now(), speech };
    this.#standing = [call, ...this.#standing.filter(({ ticket }) => ticket !== call.ticket)].slice(0, 64);
    this.#send({ type: 'call', call });
  }

  #undo(): void {
    const call = this.#standing[this.roll(Math.min(5, this.#standing.length))];
    if (call === undefined) return;
    this.#standing = this.#standing.filter((one) => one !== call);
    this.#send({ type: 'withdrawn', ticket: call.ticket, counter: call.counter });
  }

  /** Cuts the line, or mends it: with all that was missed, or with a snapshot where that is too much. */
  #line(): void {
    if (this.#missed === null) {
      this.#missed = [];
      return;
    }
    const missed = this.#missed;
    this.#missed = null;
    if (this.roll(2) === 0) for (const frame of missed) this.#send(frame);
    else this.snapshot();
  }

  snapshot(): void {
    this.#send({ type: 'snapshot', calls: this.#standing, queues: [], open_counters: null, announce_below_s: 30, simulated: false, speed: 1 });
  }

  #send(frame: Frame): void {
    if (this.#missed !== null) {
      this.#missed.push(frame);
      return;
    }
    const before = new Set(this.begun.map(({ key }) => key));
    const { board, announce } = step(this.#board, frame, Date.now());
    this.#board = board;
    this.announced.push(...announce.map(callKey));
    const standing = new Set(board.calls.map(({ ticket, counter }) => `${ticket}/${counter}`));
    for (const key of this.announced) {
      const gone = !standing.has(key.split('/').slice(0, 2).join('/'));
      if (gone && !before.has(key)) this.withdrawn.add(key);
    }
    this.voice.follow(frame, announce);
  }

  collect(): void {
    this.spoken.push(...this.voice.spoken);
    this.voice.reported(this.voice.spoken);
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: T0 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each([1, 2, 3, 5, 8])('a day from seed %i', (seed) => {
  test('every call that was announced is said once, in order, with its own words', async () => {
    const life = new Life(seed);
    await vi.advanceTimersByTimeAsync(0);
    life.snapshot();
    for (let n = 0; n < STEPS; n += 1) {
      life.act();
      await vi.advanceTimersByTimeAsync(life.roll(6) === 0 ? 0 : life.roll(9_000));
      life.collect();
    }
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    life.collect();
    life.voice.stop();

    expect(life.announced.length).toBeGreaterThan(STEPS / 4);
    expect(new Set(life.spoken).size, 'none twice').toBe(life.spoken.length);
    const places = life.spoken.map((key) => life.announced.indexOf(key));
    expect([...places].sort((a, b) => a - b), 'in order').toEqual(places);
    const begun = new Set(life.begun.map(({ key }) => key));
    const heard = new Set(life.spoken);
    const lost = life.announced.filter((key) => !heard.has(key) && !begun.has(key) && !life.withdrawn.has(key));
    expect(lost, 'none is lost').toEqual([]);
    for (const { key, tokens } of life.begun) expect(key?.split('/')[0]).toBe(tokens);
  });
});
