import { describe, expect, it } from 'vitest';

import {
  LISTED_MAX, NOTHING_REPORTED, REPORT_APART_MS, REPORT_EVERY_MS, SPOKEN_WAITING_MAX, haveSpoken, isDue, reportOf,
  reported, type Signs,
} from './report';

const signs: Signs = {
  sound: 'unlocked',
  version: 'b1',
  width: 1920,
  height: 1080,
  position: 'j.1.7',
  letter_mm: 99,
  overflowed: 0,
  media_failed: [],
  clips_failed: [],
};

describe('reports of a screen', () => {
  it('begin at once and go on every five seconds', () => {
    expect(isDue(NOTHING_REPORTED, signs, 0)).toBe(true);
    const after = reported(NOTHING_REPORTED, signs, 0);
    expect(isDue(after, signs, REPORT_EVERY_MS - 1)).toBe(false);
    expect(isDue(after, signs, REPORT_EVERY_MS)).toBe(true);
  });

  it('come early when something has changed, but never twice within a second', () => {
    const after = reported(NOTHING_REPORTED, signs, 0);
    const muted: Signs = { ...signs, sound: 'muted' };
    expect(isDue(after, muted, REPORT_APART_MS - 1)).toBe(false);
    expect(isDue(after, muted, REPORT_APART_MS)).toBe(true);
    expect(isDue(haveSpoken(after, 'k'), signs, REPORT_APART_MS)).toBe(true);
    expect(isDue(after, { ...signs, clips_failed: ['th/12'] }, REPORT_APART_MS)).toBe(true);
  });

  it('do not come early for a new position alone, which is reported by itself', () => {
    const after = reported(NOTHING_REPORTED, signs, 0);
    expect(isDue(after, { ...signs, position: 'j.1.8' }, REPORT_EVERY_MS - 1)).toBe(false);
  });

  it('say each spoken call once, in order, eight at a time', () => {
    const keys = Array.from({ length: LISTED_MAX + 2 }, (_, n) => `call ${n}`);
    const all = keys.reduce(haveSpoken, NOTHING_REPORTED);
    expect(reportOf(all, signs).spoken).toEqual(keys.slice(0, LISTED_MAX));
    expect(reportOf(reported(all, signs, 0), signs).spoken).toEqual(keys.slice(LISTED_MAX));
  });

  it('hold a bounded number of spoken calls while nothing can be sent', () => {
    let all = NOTHING_REPORTED;
    for (let n = 0; n < 100; n += 1) all = haveSpoken(all, `call ${n}`);
    expect(all.spoken).toHaveLength(SPOKEN_WAITING_MAX);
    expect(all.spoken.at(-1)).toBe('call 99');
  });

  it('leave out what is not known and keep to the bounds of the contract', () => {
    const odd: Signs = { ...signs, position: null, letter_mm: null, width: 1279.6, height: 1e9, version: 'v'.repeat(99) };
    const many = Array.from({ length: 20 }, String);
    const report = reportOf(NOTHING_REPORTED, { ...odd, media_failed: many, clips_failed: many });
    expect(report).not.toHaveProperty('position');
    expect(report).not.toHaveProperty('letter_mm');
    expect(report).toMatchObject({ type: 'report', width: 1280, height: 65_535 });
    expect(report.version).toHaveLength(40);
    expect(report.media_failed).toHaveLength(LISTED_MAX);
    expect(report.clips_failed).toHaveLength(LISTED_MAX);
  });
});
