import { describe, expect, test } from 'vitest';

import { callKey } from '../lobby/board';
import { CUES_MAX, jobOf, lengthOf } from './job';
import { sampleManner, sampleSpeech, sampleVoices, spokenCall } from './testing';

const shape = (changes: Parameters<typeof sampleManner>[0], call = spokenCall()) =>
  jobOf(call, sampleManner(changes)).parts.map(({ role, language }) => `${role} ${language}`);

describe('an announcement', () => {
  test('says the call in the ticket’s language, its words in order with the pauses of the phrase', () => {
    const job = jobOf(spokenCall(), sampleManner());
    expect(job.keys).toEqual([callKey(spokenCall())]);
    expect(job.parts[0]?.cues.map(({ token }) => token)).toEqual(['a', '1', '2', '5']);
    expect(job.parts[0]?.cues.map(({ url }) => url)[1]).toBe('/clips/th/1');
    expect(job.parts[0]?.cues.slice(1).map(({ pause_ms }) => pause_ms)).toEqual([100, 100, 100]);
  });

  test('repeats the first language, then says the second once', () => {
    expect(shape({ times: 3, second_language: 'en' })).toEqual(['first th', 'repeat th', 'repeat th', 'second en']);
  });

  test('does not say the same language as a second one', () => {
    expect(shape({ second_language: 'th' })).toEqual(['first th']);
  });

  test('a word without a clip costs the whole phrase, never only its number', () => {
    expect(shape({ voices: sampleVoices(['th'], ['a', '1', '5']) })).toEqual([]);
  });

  test('where the first language cannot be said, the second is said and never left out', () => {
    expect(shape({ voices: sampleVoices(['en']), second_language: 'en', times: 2 })).toEqual(['first en']);
  });

  test('without a phrase or a voice it is a chime', () => {
    expect(shape({}, spokenCall({ speech: [] }))).toEqual([]);
    expect(shape({ voices: new Map() })).toEqual([]);
    expect(shape({}, spokenCall({ speech: [sampleSpeech('th', [])] }))).toEqual([]);
    const endless = Array.from({ length: CUES_MAX + 1 }, () => '1');
    expect(shape({}, spokenCall({ speech: [sampleSpeech('th', endless)] }))).toEqual([]);
  });

  test('is a chime where that is chosen, and where the hall runs faster than the world', () => {
    expect(shape({ mode: 'chime' })).toEqual([]);
    expect(shape({ speed: 20 })).toEqual([]);
    expect(jobOf(spokenCall(), sampleManner({ speed: 20 })).hurried).toBe(true);
  });

  test('knows how long it takes, and cannot be changed', () => {
    const job = jobOf(spokenCall(), sampleManner({ times: 2 }));
    expect(lengthOf(job)).toBe(1_000 + (150 + 4 * 500 + 300) + (700 + 4 * 500 + 300));
    expect([job, job.parts, job.keys, job.parts[0], job.parts[0]?.cues].every(Object.isFrozen)).toBe(true);
  });
});
