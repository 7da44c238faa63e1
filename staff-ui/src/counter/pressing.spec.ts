import { Refused, Unreachable } from '@khiw/ui-kit/api';
import { describe, expect, it } from 'vitest';
import { REPEAT_AFTER_MS, press } from './pressing';

const atOnce = (): Promise<void> => Promise.resolve();

describe('a press', () => {
  it('repeats under the same key while the outcome is unknown', async () => {
    const keys: string[] = [];
    const answer = await press(
      (key) => {
        keys.push(key);
        return keys.length < 3 ? Promise.reject(new Unreachable('timeout')) : Promise.resolve('called');
      },
      undefined,
      atOnce,
    );
    expect(answer).toBe('called');
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it('does not argue with a refusal', async () => {
    let sent = 0;
    const refused = new Refused(409, 'counter_changed', {}, '');
    const outcome = press(
      () => {
        sent += 1;
        return Promise.reject(refused);
      },
      undefined,
      atOnce,
    );
    await expect(outcome).rejects.toBe(refused);
    expect(sent).toBe(1);
  });

  it('gives up after a bounded number of repeats', async () => {
    let sent = 0;
    const outcome = press(
      () => {
        sent += 1;
        return Promise.reject(new Unreachable('network'));
      },
      undefined,
      atOnce,
    );
    await expect(outcome).rejects.toBeInstanceOf(Unreachable);
    expect(sent).toBe(REPEAT_AFTER_MS.length + 1);
  });
});
