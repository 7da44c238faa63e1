// Asking for one number until the server has said yes or no. Every attempt carries the same idempotency key, so that
// an answer lost on the way never becomes a second number. Waiting and sending are given in; no clock here.

import { mayRetry, Refused } from '@khiw/ui-kit/api';

export const FIRST_WAIT_MS = 1_000;
export const LAST_WAIT_MS = 5_000;

export interface AskingPorts<T> {
  /** One attempt, always with the same key. Throws a `Problem`. */
  send(): Promise<T>;
  wait(ms: number): Promise<void>;
  /** In [0, 1): kiosks that lost the server together must not come back in step. */
  random(): number;
  /** Told before each attempt, counted from 1. */
  attempt(n: number): void;
  /** True when the visitor gave up. */
  givenUp(): boolean;
}

export type Asked<T> = { type: 'yes'; answer: T } | { type: 'no'; refused: Refused } | { type: 'given_up' };

export async function askUntilAnswered<T>(ports: AskingPorts<T>): Promise<Asked<T>> {
  for (let n = 1; !ports.givenUp(); n += 1) {
    ports.attempt(n);
    try {
      return { type: 'yes', answer: await ports.send() };
    } catch (problem) {
      if (problem instanceof Refused && !mayRetry(problem)) return { type: 'no', refused: problem };
      if (!mayRetry(problem)) throw problem;
    }
    const wait_ms = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** (n - 1));
    await ports.wait(wait_ms * (0.75 + ports.random() / 2));
  }
  return { type: 'given_up' };
}
