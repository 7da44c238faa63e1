import { describe, expect, test } from 'vitest';

import { FIRST_WORDS_MS, NO_WORDS_YET, UNVOICED_MAX, keepOnly, voiced, type FirstWords } from './first-words';
import { spokenCall } from './testing';

const calls = (many: number) => Array.from({ length: many }, (_, n) => spokenCall({ ticket: n + 1 }));
const waiting = (many: number): FirstWords => ({ ...NO_WORDS_YET, unvoiced: calls(many) });
const tickets = (some: readonly { ticket: number }[]) => some.map(({ ticket }) => ticket);

describe('calls that wait for their clips', () => {
  test('are said as soon as these are at hand, none before one that came earlier', () => {
    const { calls: said, words } = voiced(waiting(4), ({ ticket }) => ticket !== 2, 0);
    expect([tickets(said), tickets(words.unvoiced)]).toEqual([[1], [2, 3, 4]]);
    expect(tickets(voiced(words, () => true, 1).calls)).toEqual([2, 3, 4]);
  });

  test('wait for a bounded time, all together, and no other call waits ever after', () => {
    const first = voiced(waiting(1), () => false, 1_000).words;
    const second = { ...first, unvoiced: [...first.unvoiced, spokenCall({ ticket: 2 })] };
    expect(voiced(second, () => false, 1_000 + FIRST_WORDS_MS - 1).calls).toEqual([]);
    const { calls: said, words } = voiced(second, () => false, 1_000 + FIRST_WORDS_MS);
    expect(tickets(said)).toEqual([1, 2]);
    expect(tickets(voiced({ ...words, unvoiced: calls(1) }, () => false, 60_000).calls)).toEqual([1]);
  });

  test('the time begins with the first that has to wait', () => {
    const { words } = voiced(waiting(3), () => true, 0);
    expect(words).toEqual(NO_WORDS_YET);
  });

  test('are bounded: more than a queue holds do not wait', () => {
    expect(voiced(waiting(UNVOICED_MAX), () => false, 0).calls).toEqual([]);
    expect(voiced(waiting(UNVOICED_MAX + 1), () => false, 0).calls).toHaveLength(UNVOICED_MAX + 1);
  });

  test('are forgotten when they no longer hold', () => {
    expect(tickets(keepOnly(waiting(3), ({ ticket }) => ticket !== 2).unvoiced)).toEqual([1, 3]);
  });
});
