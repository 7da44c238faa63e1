// When a page that hears nothing loads itself anew. The line comes first: it is taken up again after 15 s of silence
// (ui-kit's link); only when a whole minute brings nothing is the page itself suspected. Pure; times are monotonic
// milliseconds of this page, those of reloads before it are negative, so a device clock that jumps changes nothing.

export const RELOAD_AFTER_MS = 60_000;
export const RELOADS_MAX = 3;
export const RELOADS_WITHIN_MS = 60 * 60_000;
/** After a reload that could not be dared. */
export const AGAIN_AFTER_MS = 15_000;

export interface Watch {
  /** Last sign from the server, or when the page began or came back into view. */
  readonly sign_ms: number;
  readonly reloads_ms: readonly number[];
}

/** A sign of life, or a page that was hidden and could not hear. */
export function sign(watch: Watch, at_ms: number): Watch {
  return at_ms > watch.sign_ms ? { ...watch, sign_ms: at_ms } : watch;
}

export function wantsReload({ sign_ms, reloads_ms }: Watch, now_ms: number): boolean {
  const lately = reloads_ms.filter((at_ms) => now_ms - at_ms < RELOADS_WITHIN_MS);
  return now_ms - sign_ms >= RELOAD_AFTER_MS && lately.length < RELOADS_MAX;
}

/** The page would be lost: looks again a little later. */
export function notNow(watch: Watch, now_ms: number): Watch {
  return { ...watch, sign_ms: now_ms - RELOAD_AFTER_MS + AGAIN_AFTER_MS };
}

/** What the next page must know of this one's reloads, with the one that comes now: how long ago each was. */
export function handOver({ reloads_ms }: Watch, now_ms: number): string {
  const ages_ms = [...reloads_ms, now_ms].map((at_ms) => Math.round(now_ms - at_ms));
  return JSON.stringify(ages_ms.filter((age_ms) => age_ms < RELOADS_WITHIN_MS).slice(-RELOADS_MAX));
}

/** `kept` is what the page before handed over. The time between the pages is not counted, which only makes this one
    more patient. */
export function takeOver(kept: string | null, now_ms: number): Watch {
  let ages_ms: unknown;
  try {
    ages_ms = JSON.parse(kept ?? '[]');
  } catch {
    ages_ms = [];
  }
  const known = (Array.isArray(ages_ms) ? ages_ms : []).filter((age_ms) => typeof age_ms === 'number' && age_ms >= 0);
  return { sign_ms: now_ms, reloads_ms: known.slice(-RELOADS_MAX).map((age_ms) => now_ms - age_ms) };
}
