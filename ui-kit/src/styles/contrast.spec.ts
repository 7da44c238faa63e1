import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { HUES } from '../format/queue-hue';
import { contrast, FAR, PAIRS } from './contrast';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
const tokens = new Map([...read('tokens.css').matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]));

describe('contrast of every pair that pages use', () => {
  test('black on white is 21, and the measure is symmetric', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#ffffff', '#000000')).toBeCloseTo(21);
  });

  test.each(PAIRS.map((pair) => [pair.where, pair] as const))('%s', (_where, pair) => {
    const [text, ground] = [tokens.get(pair.text), tokens.get(pair.ground)];
    if (text === undefined || ground === undefined) throw new Error(`no token ${pair.text} or ${pair.ground}`);
    expect(contrast(text, ground)).toBeGreaterThanOrEqual(pair.atLeast);
  });

  test('every queue letter is legible from afar on its ground', () => {
    const chips = [...read('hues.css').matchAll(/--chip: var\((--chip-\d)\); --on-chip: var\((--[\w-]+)\)/g)];
    expect(chips).toHaveLength(HUES);
    for (const [, chip = '', on = ''] of chips) {
      expect(contrast(tokens.get(on) ?? '', tokens.get(chip) ?? ''), chip).toBeGreaterThanOrEqual(FAR);
    }
  });
});
