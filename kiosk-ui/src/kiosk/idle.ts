// What may come after the first screen, and how long that waits for something it could do without.

/** The screen is drawn and may be touched by then. */
const AFTER_MS = 250;
const AT_THE_LATEST_MS = 500;

/** Runs it soon, in a moment in which the machine has nothing better to do. */
export function whenIdle(run: () => void): void {
  setTimeout(() => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: AT_THE_LATEST_MS });
    else run();
  }, AFTER_MS);
}

/** Resolves with the work or after `limit_ms`, whichever is first. */
export function atMost(limit_ms: number, work: Promise<unknown>): Promise<unknown> {
  return Promise.race([work, new Promise((over) => setTimeout(over, limit_ms))]);
}
