import { expect, test } from 'vitest';

import { hallMoment, hallText } from './hall-time';

test.each([
  ['2026-12-02T09:41', 'Asia/Bangkok', '2026-12-02T02:41:00Z'],
  ['2026-12-02T03:00', 'Asia/Bangkok', '2026-12-01T20:00:00Z'],
  ['2026-03-29T03:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
  ['2026-10-25T01:30', 'Europe/Berlin', '2026-10-24T23:30:00Z'],
])('%s in %s is %s, and back', (text, zone, moment) => {
  expect(hallMoment(text, zone)).toBe(moment);
  expect(hallText(moment, zone)).toBe(text);
});

test('no moment is an empty field, and a half-filled field is no moment', () => {
  expect([hallText(null, 'UTC'), hallText(undefined, 'UTC'), hallText('soon', 'UTC')]).toEqual(['', '', '']);
  expect(['', '2026-12-02', '2026-13-02T09:41'].map((text) => hallMoment(text, 'UTC'))).toEqual([null, null, null]);
});
