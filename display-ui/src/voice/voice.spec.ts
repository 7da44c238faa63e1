import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { callKey } from '../lobby/board';
import { T0, sampleSnapshot } from '../lobby/testing';
import type { Call, Frame } from '../lobby/wire';
import { DEFAULT_SETTINGS, type SoundSettings } from '../settings/screen-settings';
import { FIRST_WORDS_MS } from './first-words';
import type { PlayerEvents, PlayerState } from './player';
import type { Outcome, Sound } from './queue';
import { spokenCall } from './testing';
import { TOLD_WITHIN_MS, Voice } from './voice.svelte';

const TOKENS = ['a', '1', '2', '5'];
const VOICES = {
  voices: ['th', 'en'].map((language) => ({
    language,
    clips: TOKENS.map((token) => ({ token, url: `/clips/${language}/${token}`, length_ms: 500 })),
  })),
};

/** A player whose sounds end when the spec says so. */
class Stage {
  state: PlayerState = 'unlocked';
  readonly played: string[] = [];
  readonly prepared: string[] = [];
  readonly hurried: string[] = [];
  /** Clips that are still coming. */
  readonly coming = new Set<string>();
  given_up = 0;
  #end: (outcome: Outcome) => void = () => undefined;

  constructor(readonly events: PlayerEvents) {}

  open(): void {}
  look(): void {}
  volume(): void {}
  stop(): void {}
  enable(): void {
    this.state = 'unlocked';
    this.events.changed();
  }
  prepare(urls: readonly string[]): void {
    this.prepared.push(...urls);
  }
  has(urls: readonly string[]): boolean {
    return !urls.some((url) => this.coming.has(url));
  }
  hurry(urls: readonly string[]): void {
    this.hurried.push(...urls);
  }
  giveUp(): void {
    this.given_up += 1;
  }
  play(sound: Sound): Promise<Outcome> {
    this.played.push(sound.kind === 'chime' ? sound.chime : sound.part.cues.map(({ url }) => url.slice(7)).join(' '));
    return new Promise((resolve) => (this.#end = resolve));
  }
  async ends(outcome: Outcome = 'sounded'): Promise<void> {
    this.#end(outcome);
    await vi.advanceTimersByTimeAsync(0);
  }
}

async function screen({ state = 'unlocked' as PlayerState, hall_ms = T0, offered = () => Promise.resolve<unknown>(VOICES) } = {}) {
  const hall = { now: new Date(hall_ms), time_zone: 'Asia/Bangkok' };
  let stage: Stage | undefined;
  const voice = new Voice({
    site: 'hall',
    hall: () => hall,
    now_ms: () => Date.now(),
    player: (events) => {
      stage = new Stage(events);
      stage.state = state;
      return stage;
    },
    fetchVoices: offered,
  });
  voice.start();
  await vi.advanceTimersByTimeAsync(0);
  if (stage === undefined) throw new Error('the voice has no player');
  voices.push(voice);
  return { voice, stage, hall };
}

const snapshot = (calls: readonly Call[], speed = 1): Frame => sampleSnapshot({ calls, speed });
const callFrame = (call: Call): Frame => ({ type: 'call', call });
const told = (changes: { settings?: Partial<SoundSettings>; speaks?: boolean; spoken?: string[] } = {}) => ({
  settings: { ...DEFAULT_SETTINGS.sound, ...changes.settings },
  speaks: changes.speaks ?? true,
  spoken: changes.spoken ?? [],
});
const one = spokenCall({ ticket: 1 });
const two = spokenCall({ ticket: 2 });
const voices: Voice[] = [];

beforeEach(() => {
  vi.useFakeTimers({ now: T0 });
});
afterEach(() => {
  for (const voice of voices.splice(0)) voice.stop();
});

describe('a screen that speaks', () => {
  test('says a call, shows whose turn it is, and tells it as spoken until that is reported', async () => {
    const { voice, stage } = await screen();
    voice.take(told());
    voice.follow(callFrame(one), [one]);
    expect(voice.turn).toBe(callKey(one));
    await stage.ends();
    await stage.ends();
    expect(stage.played).toEqual(['call', 'th/a th/1 th/2 th/5']);
    expect([voice.turn, voice.spoken]).toEqual([null, [callKey(one)]]);
    voice.reported([callKey(one)]);
    expect(voice.spoken).toEqual([]);
  });

  test('has every clip prepared before a call needs it', async () => {
    const { stage } = await screen();
    expect(stage.prepared).toHaveLength(2 * TOKENS.length);
  });

  test('a withdrawn call that waits is not said; nor one that a snapshot lists no more', async () => {
    const { voice, stage } = await screen();
    voice.take(told());
    voice.follow(callFrame(one), [one, two]);
    voice.follow({ type: 'withdrawn', ticket: 2, counter: two.counter }, []);
    const three = spokenCall({ ticket: 3 });
    voice.follow(callFrame(three), [three]);
    voice.follow(snapshot([one]), []);
    for (let n = 0; n < 4; n += 1) await stage.ends();
    expect(voice.spoken).toEqual([callKey(one)]);
  });

  test('gives up what hangs and says the next', async () => {
    const { voice, stage } = await screen();
    voice.take(told({ settings: { mode: 'chime' } }));
    voice.follow(callFrame(one), [one, two]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([stage.given_up, stage.played.length, voice.turn]).toEqual([1, 2, callKey(two)]);
    await stage.ends();
    expect(voice.spoken).toEqual([callKey(two)]);
  });

  test('a clip that is no sound makes later calls with its word a chime, and its word is told', async () => {
    const { voice, stage } = await screen();
    expect(voice.clips_failed).toEqual([]);
    voice.take(told());
    stage.events.broken('/clips/th/2');
    voice.follow(callFrame(one), [one]);
    await stage.ends();
    expect([stage.played, voice.spoken]).toEqual([['call'], [callKey(one)]]);
    expect(voice.clips_failed).toEqual(['th/2']);
  });

  test('a voice put in use afterwards has its own clips, and none that failed', async () => {
    let offered: unknown = VOICES;
    const { voice, stage } = await screen({ offered: () => Promise.resolve(offered) });
    stage.events.broken('/clips/th/2');
    offered = { voices: [{ language: 'th', clips: [{ token: '2', url: '/clips/newer/2', length_ms: 500 }] }] };
    await voice.renewVoices();
    expect(voice.clips_failed).toEqual([]);
  });

  test('a notice has a chime of its own, and an evacuation silences the calls that wait', async () => {
    const { voice, stage } = await screen();
    voice.take(told());
    voice.follow(callFrame(one), [one, two]);
    voice.follow({ type: 'notice', code: 'evacuation', queue: null }, []);
    for (let n = 0; n < 5; n += 1) await stage.ends();
    expect(stage.played).toEqual(['call', 'th/a th/1 th/2 th/5', 'notice']);
  });

  test('an evacuation heard of after a cut silences them as well', async () => {
    const { voice, stage } = await screen();
    voice.take(told());
    voice.follow(callFrame(one), [one, two]);
    voice.follow(sampleSnapshot({ calls: [one, two], notice: { code: 'evacuation', queue: null } }), []);
    for (let n = 0; n < 4; n += 1) await stage.ends();
    expect(voice.spoken).toEqual([callKey(one)]);
  });

  test('in a hall that hurries it only chimes', async () => {
    const { voice, stage } = await screen();
    voice.follow(snapshot([], 20), []);
    voice.take(told());
    voice.follow(callFrame(one), [one]);
    await stage.ends();
    expect(stage.played).toEqual(['call']);
  });
});

describe('the first seconds', () => {
  const first_word = '/clips/th/a';
  const phrase = 'th/a th/1 th/2 th/5';

  test('a call waits for its clips, which come before all others, and is then said whole', async () => {
    const { voice, stage } = await screen();
    voice.take(told());
    stage.coming.add(first_word);
    voice.follow(callFrame(one), [one]);
    voice.follow(callFrame(two), [two]);
    expect([stage.played, stage.hurried.includes(first_word)]).toEqual([[], true]);
    stage.coming.clear();
    stage.events.ready();
    for (let n = 0; n < 4; n += 1) await stage.ends();
    expect(stage.played).toEqual(['call', phrase, 'call', phrase]);
    expect(voice.spoken).toEqual([callKey(one), callKey(two)]);
  });

  test('a call waits also for the list of voices, which is asked for again when the line opens', async () => {
    let answers = false;
    const { voice, stage } = await screen({ offered: () => (answers ? Promise.resolve(VOICES) : Promise.reject(new Error('away'))) });
    answers = true;
    voice.follow(snapshot([one]), [one]);
    voice.take(told());
    expect(stage.played).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    await stage.ends();
    expect(stage.played).toEqual(['call', phrase]);
  });

  test('clips that do not come make it a chime after some seconds, once', async () => {
    const { voice, stage } = await screen({ offered: () => new Promise(() => undefined) });
    voice.take(told());
    voice.follow(callFrame(one), [one]);
    await vi.advanceTimersByTimeAsync(FIRST_WORDS_MS - 1);
    expect(stage.played).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    await stage.ends();
    expect([stage.played, voice.spoken]).toEqual([['call'], [callKey(one)]]);
    voice.follow(callFrame(two), [two]);
    expect(stage.played, 'the next one does not wait').toEqual(['call', 'call']);
  });

  test('a clip that turns out to be no sound ends the waiting', async () => {
    const { voice, stage } = await screen();
    voice.take(told());
    stage.coming.add(first_word);
    voice.follow(callFrame(one), [one]);
    stage.events.broken(first_word);
    await stage.ends();
    expect(stage.played).toEqual(['call']);
  });

  test('a call that grows old meanwhile is listed, not spoken', async () => {
    const { voice, stage, hall } = await screen();
    voice.take(told());
    stage.coming.add(first_word);
    voice.follow(callFrame(one), [one]);
    hall.now = new Date(T0 + 30_000);
    stage.coming.clear();
    stage.events.ready();
    expect([stage.played, voice.spoken]).toEqual([[], []]);
  });

  test('nor does a newer call bring an old one along', async () => {
    const { voice, stage, hall } = await screen();
    voice.take(told());
    stage.coming.add(first_word);
    voice.follow(callFrame(one), [one]);
    hall.now = new Date(T0 + 30_000);
    stage.coming.clear();
    const newer = { ...two, at_ms: T0 + 30_000 };
    voice.follow(callFrame(newer), [newer]);
    expect([stage.played, voice.turn]).toEqual([['call'], callKey(newer)]);
  });

  test('what waits is withdrawn, silenced and left to another screen like all that waits', async () => {
    const { voice, stage } = await screen();
    voice.take(told());
    stage.coming.add(first_word);
    const three = spokenCall({ ticket: 3 });
    voice.follow(callFrame(one), [one, two]);
    voice.follow({ type: 'withdrawn', ticket: 1, counter: one.counter }, []);
    voice.take(told({ speaks: false }));
    stage.coming.clear();
    stage.events.ready();
    expect(stage.played).toEqual([]);
    voice.take(told());
    expect([stage.played, voice.turn]).toEqual([['call'], callKey(two)]);
    stage.coming.add(first_word);
    voice.follow(callFrame(three), [three]);
    voice.take(told({ settings: { mode: 'off' } }));
    voice.take(told());
    stage.coming.clear();
    for (let n = 0; n < 4; n += 1) await stage.ends();
    expect(voice.spoken).toEqual([callKey(two)]);
  });

  test('where only a chime is wanted, nothing waits', async () => {
    const { voice, stage } = await screen({ offered: () => new Promise(() => undefined) });
    voice.take(told({ settings: { mode: 'chime' } }));
    voice.follow(callFrame(one), [one]);
    expect(stage.played).toEqual(['call']);
  });
});

describe('a screen that keeps quiet', () => {
  test('by its settings or in quiet hours it is muted, and what came then is never said', async () => {
    const { voice, stage, hall } = await screen();
    voice.take(told({ settings: { quiet: [{ from: '09:00:00', to: '10:00:00' }] } }));
    expect(voice.state).toBe('muted');
    voice.follow(callFrame(one), [one]);
    hall.now = new Date('2026-12-02T10:00:00+07:00');
    await vi.advanceTimersByTimeAsync(1_000);
    expect([voice.state, stage.played]).toEqual(['unlocked', []]);
  });

  test('before a touch it says so; touched, it says the calls that are fresh still', async () => {
    const { voice, stage, hall } = await screen({ state: 'needs_touch' });
    voice.take(told());
    voice.follow(callFrame(one), [one]);
    expect([voice.state, stage.played]).toEqual(['needs_touch', []]);
    hall.now = new Date(T0 + 29_000);
    voice.enable();
    expect([voice.state, stage.played, voice.turn]).toEqual(['unlocked', ['call'], callKey(one)]);
  });

  test('an old call is not said at the touch', async () => {
    const { voice, stage, hall } = await screen({ state: 'needs_touch' });
    voice.take(told());
    voice.follow(callFrame(one), [one]);
    hall.now = new Date(T0 + 30_000);
    voice.enable();
    expect(stage.played).toEqual([]);
  });
});

describe('screens within earshot of each other', () => {
  test('one that does not speak takes calls as heard; become the speaker, it says the fresh ones nobody said', async () => {
    const { voice, stage } = await screen();
    voice.take(told({ speaks: false }));
    voice.follow(callFrame(one), [one, two]);
    expect(stage.played).toEqual([]);
    voice.take(told({ spoken: [callKey(one)] }));
    expect([stage.played, voice.turn]).toEqual([['call'], callKey(two)]);
    for (let n = 0; n < 2; n += 1) await stage.ends();
    expect(voice.spoken).toEqual([callKey(two)]);
  });

  test('one that speaks no longer finishes what it says and leaves the rest', async () => {
    const { voice, stage } = await screen();
    voice.take(told());
    voice.follow(callFrame(one), [one, two]);
    voice.take(told({ speaks: false }));
    for (let n = 0; n < 2; n += 1) await stage.ends();
    expect([voice.spoken, voice.turn]).toEqual([[callKey(one)], null]);
  });

  test('behind a snapshot it waits to be told whether it speaks', async () => {
    const { voice, stage } = await screen();
    voice.follow(snapshot([one]), [one]);
    expect(stage.played).toEqual([]);
    voice.take(told({ speaks: false }));
    await vi.advanceTimersByTimeAsync(TOLD_WITHIN_MS);
    expect(stage.played).toEqual([]);
  });

  test('one that is told nothing is heard alone', async () => {
    const { voice, stage } = await screen();
    voice.follow(snapshot([one]), [one]);
    await vi.advanceTimersByTimeAsync(TOLD_WITHIN_MS);
    expect(stage.played).toEqual(['call']);
  });

  test('what waits longer than a call is fresh is said all the same', async () => {
    const { voice, stage, hall } = await screen();
    voice.take(told());
    voice.follow(callFrame(one), [one, two]);
    hall.now = new Date(T0 + 60_000);
    voice.follow(snapshot([one, two]), []);
    for (let n = 0; n < 4; n += 1) await stage.ends();
    expect(voice.spoken).toEqual([callKey(one), callKey(two)]);
  });
});
