import { describe, expect, it } from 'vitest';

import type { LobbyWords } from '../lobby/words';
import { warnings, type Concern } from './warnings';

/** Says the key and the facts, so that a test does not depend on a language. */
const words = { first: (key: string, facts: object = {}) => `${key} ${Object.values(facts).join(' ')}`.trim() } as LobbyWords;
const wall = { distance_cm: 800, height_mm: 680, height_px: 1080 };
const nothing: Concern = { problems: [], strangers: [], font_px: null, seen: wall };

describe('warnings for whoever sets up a screen', () => {
  it('are none when all is well', () => {
    expect(warnings(nothing, words)).toEqual([]);
    expect(warnings({ ...nothing, font_px: 223 }, words)).toEqual([]);
  });

  it('say how tall figures are and how tall they must be', () => {
    expect(warnings({ ...nothing, font_px: 100 }, words)).toEqual(['letters_small 44 98 8']);
  });

  it('say nothing of height while the picture is unknown', () => {
    expect(warnings({ ...nothing, font_px: 10, seen: { ...wall, height_mm: null } }, words)).toEqual([]);
  });

  it('name the fields that cannot be used', () => {
    const problems = [{ field: 'layout', code: 'wrong_value' }, { field: 'smell', code: 'unknown_field' }] as const;
    expect(warnings({ ...nothing, problems, strangers: ['zones'] }, words)).toEqual([
      'settings_wrong layout, smell',
      'settings_strangers zones',
    ]);
    expect(warnings({ ...nothing, problems: [{ field: '', code: 'unreadable' }] }, words)).toEqual(['settings_unreadable']);
  });
});
