// One press, one intention: the command goes out under one idempotency key, is repeated under that key while the
// answer is unknown, and ends as an answer or a problem. Must not know the page or which command it is.

import { idempotencyKey, mayRetry } from '@khiw/ui-kit/api';

/** Waits before the repeats of a command whose outcome is unknown. */
export const REPEAT_AFTER_MS: readonly number[] = [300, 1_000, 2_500];

export interface Waiting {
  (ms: number): Promise<void>;
}

const sleep: Waiting = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** `send` is given the same key every time. Throws the last problem. */
export async function press<T>(
  send: (key: string) => Promise<T>,
  key: string = idempotencyKey(),
  wait: Waiting = sleep,
): Promise<T> {
  for (const pause_ms of REPEAT_AFTER_MS) {
    try {
      return await send(key);
    } catch (problem) {
      if (!mayRetry(problem)) throw problem;
    }
    await wait(pause_ms);
  }
  return send(key);
}
