import { expect, test } from 'vitest';

import { HallClock } from './hall-clock';

test('knows no time before the server has told it', () => {
  expect(new HallClock(() => 0).now()).toBeNull();
});

test('runs on with the speed of the hall, and follows the server again', () => {
  let monotonic = 1_000;
  const clock = new HallClock(() => monotonic);
  clock.sync('2026-12-02T08:25:00+07:00', 20);
  monotonic += 3_000;
  expect(clock.now()?.toISOString()).toBe('2026-12-02T01:26:00.000Z');
  clock.sync('2026-12-02T08:30:00+07:00');
  expect(clock.now()?.toISOString()).toBe('2026-12-02T01:30:00.000Z');
  expect(clock.speed).toBe(20);
});

test('an unreadable time changes nothing', () => {
  const clock = new HallClock(() => 0);
  clock.sync('2026-12-02T08:25:00+07:00');
  clock.sync('yesterday');
  expect(clock.now()?.toISOString()).toBe('2026-12-02T01:25:00.000Z');
});
