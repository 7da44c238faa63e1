import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { SAMPLE, SPOKEN_LANGUAGES, sampleCall } from './sample';

const announcing = new URL('../../../crates/announcing/src/', import.meta.url);
const source = (file: string): string => readFileSync(new URL(file, announcing), 'utf8');
const PARTS: Record<string, string[]> = { Ticket: ['letter-a', '0', '1', '2'], Place: ['counter'], Counter: ['5'] };

/** The order of words as the grammar of that language has it. */
function grammar(language: string): string[] {
  const shape = /shape: &\[([^\]]+)\]/.exec(source(`languages/${language}.rs`))?.[1] ?? '';
  return [...shape.matchAll(/Part::(\w+)(?:\("([\w-]+)"\))?/g)].flatMap(([, part, word]) =>
    word === undefined ? (PARTS[part ?? ''] ?? []) : [word],
  );
}

describe('the sample call', () => {
  test('is in every language that the grammar speaks', () => {
    const languages = [...source('languages/mod.rs').matchAll(/^mod (\w+);/gm)].map(([, name]) => name);
    expect([...SPOKEN_LANGUAGES].sort()).toEqual(languages.sort());
  });

  test.each(SPOKEN_LANGUAGES)('in %s it is said in the order of the grammar', (language) => {
    expect(sampleCall(language).map(({ token }) => token)).toEqual(grammar(language));
  });

  test('has the pauses of the grammar', () => {
    expect(source('phrase.rs')).toMatch(/PAUSE_CHARACTER_MS: u16 = 90;[\s\S]+PAUSE_PART_MS: u16 = 180;/);
    expect(sampleCall('th').map(({ pause_ms }) => pause_ms)).toEqual([0, 180, 90, 90, 90, 180, 180, 0, 180]);
    expect(SAMPLE).toEqual({ number: 'A012', counter: '5' });
  });
});
