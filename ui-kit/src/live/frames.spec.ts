import { expect, test } from 'vitest';

import { parseFrame } from './frames';

const now = '2026-12-02T09:00:00+07:00';

test('a frame of a known type passes as it is', () => {
  expect(parseFrame(JSON.stringify({ type: 'withdrawn', now, ticket: 3, number: 'A003', counter: '1' }))).toMatchObject({
    type: 'withdrawn',
    number: 'A003',
  });
});

test('a type of a newer server is kept as unknown, with its position', () => {
  expect(parseFrame(JSON.stringify({ type: 'fireworks', now, position: 'j.1.4' }))).toMatchObject({
    type: 'unknown',
    position: 'j.1.4',
  });
});

test.each(['', 'no json', '[]', 'null', '{"type":"call"}', '{"now":"x"}', '{"type":7,"now":"x"}'])('%s is no frame', (text) => {
  expect(parseFrame(text)).toBeNull();
});
