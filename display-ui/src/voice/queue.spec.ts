import { describe, expect, test } from 'vitest';

import { callKey } from '../lobby/board';
import { jobOf, noticeJob, type Job } from './job';
import {
  BEHIND_MAX_MS,
  CHIME_TIMEOUT_MS,
  KNOWN_MAX,
  SILENCE,
  SPEECH_TIMEOUT_MS,
  WAITING_MAX,
  announce,
  behindMs,
  ended,
  handOver,
  hush,
  know,
  tick,
  turnOf,
  withdraw,
  type Outcome,
  type Queue,
  type Sound,
} from './queue';
import { sampleManner, spokenCall } from './testing';

type How = Parameters<typeof sampleManner>[0];
const job = (ticket: number, how: How = {}): Job => jobOf(spokenCall({ ticket }), sampleManner(how));
const jobs = (many: number, how: How = {}): Job[] => Array.from({ length: many }, (_, n) => job(n + 1, how));
const key = (ticket: number): string => callKey(spokenCall({ ticket }));

/** Plays the queue to its end; what sounded, in order, as `ticket:what`. */
function playAll(queue: Queue, outcome: (sound: Sound) => Outcome = () => 'sounded') {
  let now_ms = 0;
  let at = queue;
  const heard: string[] = [];
  const spoken: string[] = [];
  while (at.current !== null) {
    const { job: current, at: index } = at.current;
    const part = current.parts[index];
    const sound: Sound = part === undefined ? { kind: 'chime', chime: current.chime } : { kind: 'speech', part };
    heard.push(`${current.call?.ticket ?? '-'}:${part === undefined ? current.chime : `${part.role} ${part.language}`}`);
    const step = ended(at, outcome(sound), (now_ms += 1_000));
    spoken.push(...step.spoken);
    at = step.queue;
  }
  return { heard, spoken };
}

describe('the queue of announcements', () => {
  test('says one after another, each with its chime first', () => {
    const { queue, begin } = announce(SILENCE, [job(1), job(2)], 0);
    expect(begin).toEqual({ kind: 'chime', chime: 'call' });
    expect(announce(queue, [job(3)], 10).begin, 'nothing begins over another').toBeNull();
    expect(playAll(announce(queue, [job(3)], 10).queue).heard).toEqual([
      '1:call', '1:first th', '2:call', '2:first th', '3:call', '3:first th',
    ]);
  });

  test('makes a call into one announcement only, ever; a recall is another', () => {
    const first = announce(SILENCE, [job(1), job(1)], 0).queue;
    expect(first.waiting).toEqual([]);
    const done = ended(ended(first, 'sounded', 1).queue, 'sounded', 2).queue;
    expect(announce(done, [job(1)], 3).queue.current).toBeNull();
    const again = jobOf(spokenCall({ ticket: 1, attempt: 2 }), sampleManner());
    expect(announce(done, [again], 3).queue.current?.job).toBe(again);
  });

  test('two calls of the same millisecond are two', () => {
    const { queue } = announce(SILENCE, [job(1), job(2)], 0);
    expect(playAll(queue).spoken).toEqual([key(1), key(2)]);
  });

  test('tells whose turn it is, and a call as spoken once it was said whole', () => {
    const { queue } = announce(SILENCE, [job(1, { times: 2 })], 0);
    expect(turnOf(queue)).toBe(key(1));
    const chimed = ended(queue, 'sounded', 1_000);
    expect([chimed.spoken, chimed.begin?.kind]).toEqual([[], 'speech']);
    const said = ended(chimed.queue, 'sounded', 6_000);
    expect(said.spoken).toEqual([key(1)]);
    const repeated = ended(said.queue, 'sounded', 12_000);
    expect([repeated.spoken, turnOf(repeated.queue)]).toEqual([[], null]);
  });

  test('gives up a chime after 5 s and speech after 15 s, and goes on', () => {
    const { queue } = announce(SILENCE, [job(1), job(2)], 0);
    expect(tick(queue, CHIME_TIMEOUT_MS - 1)).toMatchObject({ begin: null, cut: false });
    const speech = tick(queue, CHIME_TIMEOUT_MS);
    expect(speech).toMatchObject({ cut: true, begin: { kind: 'speech' } });
    expect(tick(speech.queue, CHIME_TIMEOUT_MS + SPEECH_TIMEOUT_MS - 1).cut).toBe(false);
    const next = tick(speech.queue, CHIME_TIMEOUT_MS + SPEECH_TIMEOUT_MS);
    expect(next).toMatchObject({ cut: true, begin: { kind: 'chime' }, spoken: [] });
    expect(turnOf(next.queue)).toBe(key(2));
  });

  test('a phrase that lacks a sound after all is a chime, and the second language is still said', () => {
    const { queue } = announce(SILENCE, [job(1, { second_language: 'en' }), job(2)], 0);
    const { heard, spoken } = playAll(queue, (sound) =>
      sound.kind === 'speech' && sound.part.language === 'th' ? 'missing' : 'sounded',
    );
    expect(heard).toEqual(['1:call', '1:first th', '1:second en', '2:call', '2:first th']);
    expect(spoken, 'the chime stands for the second call').toEqual([key(1), key(2)]);
  });

  test('a call of which nothing was heard is not told as spoken', () => {
    const { queue } = announce(SILENCE, [job(1), job(2, { mode: 'chime' })], 0);
    expect(playAll(queue, () => 'failed').spoken).toEqual([]);
  });
});

describe('when too much waits', () => {
  test('repeats go first, the oldest before the others, and only as many as needed', () => {
    const { queue } = announce(SILENCE, jobs(4, { times: 2 }), 0);
    expect(behindMs(queue)).toBeLessThanOrEqual(BEHIND_MAX_MS);
    expect(playAll(queue).heard.filter((one) => one.includes('repeat'))).toEqual(['3:repeat th', '4:repeat th']);
  });

  test('second languages stay as long as repeats are enough', () => {
    const { heard } = playAll(announce(SILENCE, jobs(3, { times: 2, second_language: 'en' }), 0).queue);
    expect(heard.filter((one) => one.includes('repeat'))).toEqual([]);
    expect(heard.filter((one) => one.includes('second'))).toHaveLength(3);
  });

  test('then second languages, never a call', () => {
    const { queue } = announce(SILENCE, jobs(15, { times: 3, second_language: 'en' }), 0);
    const { heard, spoken } = playAll(queue);
    expect(heard.filter((one) => /repeat|second/.test(one))).toEqual([]);
    expect(heard.filter((one) => one.includes('first'))).toHaveLength(15);
    expect(spoken).toHaveLength(15);
  });

  test('beyond twenty one chime stands for the rest, and they are counted', () => {
    const { queue } = announce(SILENCE, jobs(1 + WAITING_MAX + 3), 0);
    expect(queue.waiting).toHaveLength(WAITING_MAX + 1);
    expect(queue.overflowed).toBe(3);
    const { heard, spoken } = playAll(queue);
    expect(heard.at(-1)).toBe('-:call');
    expect(heard.filter((one) => one.startsWith('-'))).toHaveLength(1);
    expect(spoken).toHaveLength(1 + WAITING_MAX + 3);
  });

  test('is bounded whatever comes', () => {
    let queue = SILENCE;
    for (let n = 0; n < 3 * KNOWN_MAX; n += 1) queue = announce(queue, [job(n)], n).queue;
    expect(queue.waiting.length).toBeLessThanOrEqual(WAITING_MAX + 1);
    expect(queue.known.size).toBe(KNOWN_MAX);
    expect(queue.waiting.at(-1)?.keys.length).toBeLessThanOrEqual(WAITING_MAX);
  });

  test('in a hall that hurries one waiting chime stands for all', () => {
    const { queue } = announce(SILENCE, jobs(50, { speed: 20 }), 0);
    expect([queue.waiting.length, queue.overflowed]).toEqual([1, 0]);
  });
});

describe('what no longer holds', () => {
  test('a withdrawn call that has not begun is dropped, one being said is finished', () => {
    const { queue } = announce(SILENCE, [job(1), job(2), job(3)], 0);
    const after = withdraw(queue, ({ ticket }) => ticket !== 3);
    expect(playAll(after).heard).toEqual(['1:call', '1:first th', '3:call', '3:first th']);
  });

  test('a notice names nobody and is not withdrawn', () => {
    const { queue } = announce(SILENCE, [job(1), noticeJob()], 0);
    expect(playAll(withdraw(queue, () => true)).heard).toEqual(['1:call', '1:first th', '-:notice']);
  });

  test('hushed, only what sounds is finished', () => {
    const { queue } = announce(SILENCE, [job(1), job(2)], 0);
    expect(playAll(hush(queue)).heard).toEqual(['1:call', '1:first th']);
  });

  test('calls left to another screen may be announced here later, known ones never', () => {
    const { queue } = announce(SILENCE, [job(1), job(2)], 0);
    const left = handOver(queue);
    expect(left.calls.map(({ ticket }) => ticket)).toEqual([2]);
    expect(playAll(announce(left.queue, [job(1), job(2)], 1).queue).spoken).toEqual([key(1), key(2)]);
    expect(playAll(announce(know(left.queue, [key(2)]), [job(2)], 1).queue).spoken).toEqual([key(1)]);
  });
});
