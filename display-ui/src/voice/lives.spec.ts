// Days of a screen from a seed: calls, recalls and undos from many counters, a line that is cut and comes back by a
// snapshot or by what was missed, sound that hangs, clips that come late or never. Whatever happens, what is announced is
// said once and in order, and in the first seconds it waits for its words no longer than it may.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { EMPTY_BOARD, callKey, step, type Board } from '../lobby/board';
import { T0, sampleSnapshot } from '../lobby/testing';
import type { Call, Frame } from '../lobby/wire';
import { FIRST_WORDS_MS } from './first-words';
import { spokenCall } from './testing';
import type { PlayerEvents } from './player';
import type { Outcome, Sound } from './queue';
import { Voice } from './voice.svelte';

const COUNTERS = 30;
const STEPS = 400;
const TOKENS = Array.from({ length: 10 }, (_, digit) => String(digit));
/** The latest time at which the list of voices, and then a clip, comes to the screen. */
const LATE_MS = 12_000;
/** A voice is looked at as often. */
const LOOK_MS = 1_000;
const FRESH_MS = 30_000;
type Clips = 'at hand' | 'late' | 'partly never';
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
  /** Calls of which anything sounded. */
  readonly sounded = new Set<string | null>();
  readonly #clips = new Set<string>();
  /** Those that came so late that they may have grown old while clips were waited for. */
  readonly aged = new Set<string>();
  readonly #announced_ms = new Map<string, number>();
  /** From a call to its sound, of the first that sounded. */
  first_waited_ms: number | null = null;
  readonly spoken: string[] = [];
  readonly voice: Voice;
  #board: Board = EMPTY_BOARD;
  #standing: Call[] = [];
  #missed: Frame[] | null = null;
  #tickets = 0;

  constructor(seed: number, clips: Clips) {
    this.roll = dice(seed);
    const hall = () => ({ now: new Date(Date.now()), time_zone: 'Asia/Bangkok' });
    const arrives_ms = (latest_ms: number) => (clips === 'at hand' ? 0 : this.roll(latest_ms));
    const player = (events: PlayerEvents) => ({
      state: 'unlocked' as const,
      open: () => undefined, enable: () => undefined, look: () => undefined, volume: () => undefined,
      prepare: (urls: readonly string[]) => {
        for (const url of urls) {
          if (clips === 'partly never' && this.roll(4) === 0) continue;
          setTimeout(() => this.#arrive(url, events), arrives_ms(LATE_MS));
        }
      },
      has: (urls: readonly string[]) => urls.every((url) => this.#clips.has(url)),
      hurry: () => undefined, giveUp: () => undefined, stop: () => undefined,
      play: (sound: Sound) => this.#play(sound),
    });
    const fetchVoices = () => new Promise((resolve) => setTimeout(() => resolve(VOICES), arrives_ms(LATE_MS)));
    this.voice = new Voice({ site: 'hall', hall, now_ms: () => Date.now(), player, fetchVoices });
    this.voice.start();
  }

  #arrive(url: string, events: PlayerEvents): void {
    this.#clips.add(url);
    events.ready();
  }

  /** One sound in fifty hangs for ever. */
  #play(sound: Sound): Promise<Outcome> {
    const length_ms = sound.kind === 'chime' ? 1_000 : sound.part.length_ms;
    this.first_waited_ms ??= Date.now() - (this.#announced_ms.get(this.voice.turn ?? '') ?? 0);
    this.sounded.add(this.voice.turn);
    if (sound.kind === 'speech') {
      if (sound.part.cues.some(({ url }) => !this.#clips.has(url))) return Promise.resolve('missing');
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
    this.#send(sampleSnapshot({ calls: this.#standing }));
  }

  #send(frame: Frame): void {
    if (this.#missed !== null) {
      this.#missed.push(frame);
      return;
    }
    const before = new Set(this.sounded);
    const { board, announce } = step(this.#board, frame, Date.now());
    this.#board = board;
    this.announced.push(...announce.map(callKey));
    for (const call of announce) this.#announced_ms.set(callKey(call), Date.now());
    const old = announce.filter(({ at_ms }) => Date.now() - at_ms > FRESH_MS - FIRST_WORDS_MS - LOOK_MS);
    for (const call of old) this.aged.add(callKey(call));
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

const seeds = [1, 2, 3, 5, 8];
const days = (['at hand', 'late', 'partly never'] as const).flatMap((clips) => seeds.map((seed) => [clips, seed] as const));

describe.each(days)('a day with clips %s, from seed %i', (clips, seed) => {
  test('every call that was announced is said once, in order, with its own words', async () => {
    const life = new Life(seed, clips);
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
    const heard = new Set(life.spoken);
    const lost = life.announced.filter((key) => !heard.has(key) && !life.sounded.has(key) && !life.withdrawn.has(key));
    expect(lost.filter((key) => !life.aged.has(key)), 'none is lost').toEqual([]);
    for (const { key, tokens } of life.begun) expect(key?.split('/')[0]).toBe(tokens);
    expect(life.begun.length, 'most are words, not chimes').toBeGreaterThan(clips === 'partly never' ? 0 : STEPS / 5);
    expect(life.first_waited_ms, 'nobody waits longer than the first words may').toBeLessThanOrEqual(FIRST_WORDS_MS + 2 * LOOK_MS);
  });
});
