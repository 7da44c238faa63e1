import { describe, expect, test } from 'vitest';

import { clipUrls, parseVoices, withoutClips, wordsAmong } from './shelf';

const clip = { token: '1', url: '/api/v1/sites/s/voices/th/clips/1-ab', length_ms: 400 };
const voice = (clips: unknown) => ({ voices: [{ language: 'th', clips }] });

describe('the voices of a hall', () => {
  test('are read by language and word', () => {
    expect(parseVoices(voice([clip])).get('th')?.get('1')).toEqual({ url: clip.url, length_ms: 400 });
    expect(clipUrls(parseVoices(voice([clip])))).toEqual([clip.url]);
  });

  test.each([
    ['without a token', { ...clip, token: null }],
    ['of another server', { ...clip, url: 'https://elsewhere.test/1' }],
    ['of another server, written shorter', { ...clip, url: '//elsewhere.test/1' }],
    ['without a length', { ...clip, length_ms: 0 }],
    ['of an hour', { ...clip, length_ms: 3_600_000 }],
    ['that is none', 'nonsense'],
  ])('one clip %s costs its word only', (_, wrong) => {
    const clips = parseVoices(voice([wrong, { ...clip, token: '2' }])).get('th');
    expect([...(clips?.keys() ?? [])]).toEqual(['2']);
  });

  test.each([null, 3, 'x', [], {}, { voices: 'x' }, { voices: [null, {}, { language: 'th' }] }])('nonsense is no voice: %j', (value) => {
    expect(clipUrls(parseVoices(value))).toEqual([]);
  });

  test('a clip that is no sound is taken out, the others stay', () => {
    const shelf = parseVoices(voice([clip, { ...clip, token: '2', url: '/2' }]));
    expect(clipUrls(withoutClips(shelf, new Set([clip.url])))).toEqual(['/2']);
    expect(withoutClips(shelf, new Set())).toBe(shelf);
  });

  test('names the words whose clips turned out to be no sound, by language, and none of an older voice', () => {
    const languages = ['th', 'en'].map((language) => ({ language, clips: [clip, { ...clip, token: '2', url: '/2' }] }));
    const shelf = parseVoices({ voices: languages });
    expect(wordsAmong(shelf, new Set([clip.url, '/old']))).toEqual(['th/1', 'en/1']);
    expect(wordsAmong(shelf, new Set())).toEqual([]);
  });
});
