import { expect, test } from 'vitest';

import { doorsFor } from './doors';

const pages = (kind: Parameters<typeof doorsFor>[0]) => doorsFor(kind).map(({ page }) => page);

test('each goes in where they have something to do', () => {
  expect(pages('clerk')).toEqual(['alarms', 'printers']);
  expect(pages('supervisor')).toEqual(['alarms', 'printers', 'devices', 'media']);
  expect(pages('administrator')).toEqual(['alarms', 'printers', 'papers', 'devices', 'media', 'voices']);
  expect(pages('demo')).toEqual(pages('administrator'));
});

test('there is no door for nobody, nor for a device', () => {
  expect([pages(null), pages('display'), pages('kiosk')]).toEqual([[], [], []]);
});
