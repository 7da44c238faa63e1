import { describe, expect, test } from 'vitest';

import { languagesIn, textsOf, unplayedSaid } from './unplayed';

const texts = new Map([['th', textsOf([{ token: 'polite', text: 'ค่ะ' }, { token: 'letter-a', text: 'เอ' }])]]);
const name = (code: string) => ({ th: 'ไทย', en: 'English' })[code] ?? code;
const said = (...names: string[]) => unplayedSaid(names, texts, name);

describe('words that a screen cannot play', () => {
  test('are told as they are spoken, each language for itself', () => {
    expect(said('th/polite', 'en/7', 'th/letter-a')).toBe('ไทย “ค่ะ”, “เอ” · English “7”');
  });

  test('go by their names where what they say is not known; letters by themselves', () => {
    expect(said('en/letter-b', 'en/invite')).toBe('English “B”, “invite”');
    expect(said('th/own/word')).toBe('ไทย “own/word”');
  });

  test('of an unknown voice are told without a language', () => {
    expect(said('polite')).toBe('“polite”');
  });

  test('name the languages to look up, each once', () => {
    expect(languagesIn(['th/1', 'en/1', 'th/2', 'stray'])).toEqual(['th', 'en']);
  });
});
