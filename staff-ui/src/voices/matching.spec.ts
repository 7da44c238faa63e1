import { expect, test } from 'vitest';

import { wordOf } from './matching';

const words = [
  { token: 'letter-a', text: 'เอ' },
  { token: '1', text: 'หนึ่ง' },
  { token: '10', text: 'สิบ' },
  { token: 'invite', text: 'Mời công dân có số thứ tự' },
];

test.each([
  ['letter-a.wav', 'letter-a'],
  ['Letter-A.WAV', 'letter-a'],
  ['เอ.mp3', 'letter-a'],
  ['1.opus', '1'],
  ['10.ogg', '10'],
  ['หนึ่ง.wav', '1'],
  ['Mời_công dân có số thứ tự.mp3', 'invite'],
  ['Mời công dân có số thứ tự'.normalize('NFD') + '.mp3', 'invite'],
  ['invite', 'invite'],
])('%s is of the word %s', (name, token) => {
  expect(wordOf(name, words)?.token).toBe(token);
});

test.each(['readme.txt', '11.wav', '1-1.wav', '.wav', ''])('%s is of no word', (name) => {
  expect(wordOf(name, words)).toBeNull();
});
