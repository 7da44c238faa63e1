import { expect, test } from 'vitest';

import { settings } from '../devices/testing';
import { staffWords } from '../words';
import { changes } from './changes';

const words = staffWords('en', 'UTC');
const zones = [{ id: 'west', name: { en: 'West wing', th: 'ปีกตะวันตก' } }];
const site = { counters: [{ id: 'c3', place: {}, label: '3' }], zones } as never;

test('nothing is said of what stays', () => {
  expect(changes(settings(), settings(), site, words)).toEqual([]);
});

test('each change is said as it was and as it will be', () => {
  const after = settings({ layout: 'counter', counter: 'c3', zones: ['east', 'west'], distance_cm: 650, height_mm: null });
  after.sound = { ...after.sound, group: null, second_language: 'th', times: 2, quiet: [{ from: '12:00:00', to: '13:00:00' }] };
  expect(changes(settings(), after, site, words).map(({ from, to }) => [from, to])).toEqual([
    ['Newest call', 'One counter'],
    ['none', 'Counter 3'],
    ['the whole hall', 'east, West wing'],
    ['8 m', '6.5 m'],
    ['680 mm', 'Not known'],
    ['hall', 'none'],
    ['none', 'ไทย'],
    ['once', '2 times'],
    ['none', '12:00–13:00'],
  ]);
});
