import { describe, expect, it } from 'vitest';

import {
  AGAIN_AFTER_MS, RELOADS_MAX, RELOADS_WITHIN_MS, RELOAD_AFTER_MS, handOver, notNow, sign, takeOver, wantsReload, type Watch,
} from './watchdog';

/** A page that loads itself anew at `at_ms` and the one after it. */
const reload = (watch: Watch, at_ms: number): Watch => takeOver(handOver(watch, at_ms), 0);

describe('the watchdog of a page', () => {
  it('wants a reload after a minute without any sign', () => {
    const watch = takeOver(null, 0);
    expect(wantsReload(watch, RELOAD_AFTER_MS - 1)).toBe(false);
    expect(wantsReload(watch, RELOAD_AFTER_MS)).toBe(true);
  });

  it('is content while something is heard', () => {
    const watch = sign(takeOver(null, 0), 50_000);
    expect(wantsReload(watch, RELOAD_AFTER_MS)).toBe(false);
    expect(sign(watch, 40_000)).toBe(watch);
  });

  it('reloads at most three times an hour, over all pages', () => {
    let watch = takeOver(null, 0);
    for (let n = 0; n < RELOADS_MAX; n += 1) {
      expect(wantsReload(watch, RELOAD_AFTER_MS)).toBe(true);
      watch = reload(watch, RELOAD_AFTER_MS);
    }
    expect(wantsReload(watch, RELOAD_AFTER_MS)).toBe(false);
    const first_is_past = RELOADS_WITHIN_MS - 2 * RELOAD_AFTER_MS;
    expect(wantsReload(watch, first_is_past - 1)).toBe(false);
    expect(wantsReload(watch, first_is_past)).toBe(true);
  });

  it('looks again soon when a reload would lose the page', () => {
    const watch = notNow(takeOver(null, 0), RELOAD_AFTER_MS);
    expect(wantsReload(watch, RELOAD_AFTER_MS + AGAIN_AFTER_MS - 1)).toBe(false);
    expect(wantsReload(watch, RELOAD_AFTER_MS + AGAIN_AFTER_MS)).toBe(true);
  });

  it.each(['{', '7', '["x",-5,null]', '{"a":1}'])('begins afresh when what was kept is %s', (kept) => {
    expect(takeOver(kept, 9)).toEqual({ sign_ms: 9, reloads_ms: [] });
  });
});
