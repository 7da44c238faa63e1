import { Garbled, Refused, Unreachable } from '@khiw/ui-kit/api';
import { describe, expect, test } from 'vitest';

import { askUntilAnswered, LAST_WAIT_MS } from './asking';

/** Answers in order; an Error is thrown. Time passes at once and is written down. */
function asking(answers: unknown[], giveUpAfter = Infinity) {
  const waits: number[] = [];
  const attempts: number[] = [];
  const asked = askUntilAnswered<unknown>({
    send: async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    wait: async (ms) => void waits.push(ms),
    random: () => 0.5,
    attempt: (n) => attempts.push(n),
    givenUp: () => attempts.length >= giveUpAfter,
  });
  return { asked, waits, attempts };
}

describe('asking for a number', () => {
  test('goes on through lost answers until the server says yes', async () => {
    const { asked, attempts } = asking([new Unreachable('timeout'), new Garbled(502), new Refused(503, 'unavailable', {}, ''), 'A012']);
    expect(await asked).toEqual({ type: 'yes', answer: 'A012' });
    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  test('takes a no for a no', async () => {
    const no = new Refused(409, 'closed', {}, '');
    const { asked, attempts } = asking([no, 'A012']);
    expect(await asked).toEqual({ type: 'no', refused: no });
    expect(attempts).toEqual([1]);
  });

  test('waits longer each time, up to a bound', async () => {
    const { asked, waits } = asking([...Array.from({ length: 6 }, () => new Unreachable('network')), 'A012']);
    await asked;
    expect(waits).toEqual([1_000, 2_000, 4_000, LAST_WAIT_MS, LAST_WAIT_MS, LAST_WAIT_MS]);
  });

  test('stops when the visitor has gone', async () => {
    const { asked } = asking(Array.from({ length: 9 }, () => new Unreachable('network')), 3);
    expect(await asked).toEqual({ type: 'given_up' });
  });

  test('a mistake of ours is not retried for ever', async () => {
    await expect(asking([new RangeError('bug')]).asked).rejects.toThrow('bug');
  });
});
