import { expect, test, vi } from 'vitest';

import { focusOn } from './focus';

test('the first place that is there takes the keys, and no other', async () => {
  const [next, whole] = [{ focus: vi.fn() }, { focus: vi.fn() }];
  const there: Record<string, unknown> = { '.next': next, '.whole': whole };
  await focusOn({ querySelector: (selector) => there[selector] ?? null }, '.gone', '.next', '.whole');
  expect([next.focus.mock.calls.length, whole.focus.mock.calls.length]).toEqual([1, 0]);
});
