import { describe, expect, test } from 'vitest';

import { T0, sampleCall } from '../lobby/testing';
import { DEFAULT_SOUND, duty, isFresh, isMuted } from './duty';

const quiet = (from: string, to: string) => ({ ...DEFAULT_SOUND, quiet: [{ from, to }] });

describe('quiet hours', () => {
  test.each([
    ['11:59:59', false],
    ['12:00:00', true],
    ['12:59:59', true],
    ['13:00:00', false],
  ])('over lunch, at %s', (time, muted) => {
    expect(isMuted(quiet('12:00:00', '13:00:00'), time)).toBe(muted);
  });

  test.each([
    ['22:00:00', true],
    ['03:00:00', true],
    ['06:00:00', false],
    ['21:59:59', false],
  ])('over midnight, at %s', (time, muted) => {
    expect(isMuted(quiet('22:00:00', '06:00:00'), time)).toBe(muted);
  });

  test('from a time to the same time is no time at all', () => {
    expect(isMuted(quiet('12:00:00', '12:00:00'), '12:00:00')).toBe(false);
  });

  test('sound that is off is off at any time, also before the time is known', () => {
    expect(isMuted({ ...DEFAULT_SOUND, mode: 'off' }, null)).toBe(true);
    expect(isMuted(quiet('00:00:00', '23:59:59'), null)).toBe(false);
  });
});

describe('what a screen has to do about a call', () => {
  test('it says it when it is the speaker and can be heard; else another screen does', () => {
    expect([duty(false, true, true), duty(false, true, false), duty(false, false, true)]).toEqual(['say', 'elsewhere', 'elsewhere']);
  });

  test('muted it keeps quiet, whoever speaks', () => {
    expect([duty(true, true, true), duty(true, false, false)]).toEqual(['mute', 'mute']);
  });

  test('a call is worth saying for thirty seconds of the hall’s time', () => {
    const call = sampleCall();
    expect([isFresh(call, T0 + 29_999, 30), isFresh(call, T0 + 30_000, 30), isFresh(call, null, 30)]).toEqual([true, false, false]);
  });
});
