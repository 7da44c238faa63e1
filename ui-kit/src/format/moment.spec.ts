import { describe, expect, test } from 'vitest';

import { ageWords, clockTime, dayKey, longDate, openingWords, shortDate } from './moment';

const zone = 'Asia/Bangkok';
const hall = { time_zone: zone, now: new Date('2026-12-02T09:41:00+07:00') };

describe('dates', () => {
  test('Thai people read the Buddhist Era, added once', () => {
    expect(shortDate('2026-12-02T09:41:00+07:00', 'th', zone)).toBe('2 ธ.ค. 2569');
    expect(longDate('2026-12-02T09:41:00+07:00', 'th', zone)).toContain('2569');
  });

  test('others read the common era', () => {
    expect(shortDate('2026-12-02T09:41:00+07:00', 'en', zone)).toBe('2 Dec 2026');
    expect(shortDate('2026-12-02T09:41:00+07:00', 'vi', zone)).toContain('2026');
  });

  test('the day is the hall’s, not UTC’s nor the machine’s', () => {
    expect(dayKey('2026-12-01T18:00:00Z', zone)).toBe('2026-12-02');
    expect(clockTime('2026-12-01T18:05:00Z', zone)).toBe('01:05');
  });

  test('midnight is 00:00, and digits are Arabic', () => {
    expect(clockTime('2026-12-01T17:00:00Z', zone)).toBe('00:00');
    expect(shortDate('2026-12-02T09:41:00+07:00', 'my', zone)).toMatch(/2026/);
  });
});

describe('when something opens', () => {
  test.each([
    ['2026-12-02T13:00:00+07:00', 'th', 'วันนี้ เวลา 13:00 น.'],
    ['2026-12-03T08:30:00+07:00', 'th', 'พรุ่งนี้ เวลา 08:30 น.'],
    ['2026-12-03T08:30:00+07:00', 'vi', 'ngày mai lúc 08:30'],
    ['2026-12-07T08:30:00+07:00', 'en', 'Monday 7 December at 08:30'],
  ])('%s in %s', (at, language, expected) => {
    expect(openingWords(at, language, hall)).toBe(expected);
  });
});

test('an age is told in seconds, then in minutes', () => {
  expect(ageWords(1_400, 'en')).toBe('1 second ago');
  expect(ageWords(42_000, 'th')).toBe('42 วินาทีที่แล้ว');
  expect(ageWords(200_000, 'vi')).toBe('3 phút trước');
});
