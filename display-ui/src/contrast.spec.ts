// The lobby is read from eight metres by old eyes: every text on its ground has at least 7:1 (LOOK), every frame
// that means something at least 3:1, in the dark and in the light. Colours and movements are read from the style
// sheets, so a change there is checked here.
import hues from '@khiw/ui-kit/styles/hues.css?raw';
import shared from '@khiw/ui-kit/styles/tokens.css?raw';
import { describe, expect, it } from 'vitest';

import own from './lobby.css?raw';

const THEMES = ['dark', 'light'] as const;
type Theme = (typeof THEMES)[number];
const LIGHT = /:root\[data-theme='light'\] \{([^}]*)\}/;

/** Custom properties of a theme; what it does not say itself it has from the dark one. */
function tokensOf(theme: Theme): Map<string, string> {
  const base = shared + own.replace(LIGHT, '');
  const sheet = theme === 'light' ? base + (LIGHT.exec(own)?.[1] ?? '') : base;
  return new Map([...sheet.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]));
}

function colour(tokens: Map<string, string>, name: string): string {
  if (name.startsWith('#')) return name;
  const value = tokens.get(name) ?? '';
  const other = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
  if (other !== undefined) return colour(tokens, other);
  if (!/^#[0-9a-f]{6}$/i.test(value)) throw new Error(`${name} is no colour: ${value}`);
  return value;
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(theme: Theme, text: string, ground: string): number {
  const tokens = tokensOf(theme);
  const [a, b] = [text, ground].map((name) => luminance(colour(tokens, name))) as [number, number];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

describe.each(THEMES)('contrast in the lobby, %s', (theme) => {
  it.each([
    ['--text', '--ground'],
    ['--text', '--raised'],
    ['--text', '--glow'],
    ['--text-soft', '--ground'],
    ['--text-soft', '--raised'],
    ['--text-soft', '--glow'],
    ['--new', '--ground'],
    ['--new', '--raised'],
    ['--new', '--glow'],
    ['--on-bar', '--bar'],
    ['--ink', '--stale'],
    ['#ffffff', '--stop-deep'],
  ])('%s on %s can be read from afar', (text, ground) => {
    expect(contrast(theme, text, ground)).toBeGreaterThanOrEqual(7);
  });

  it.each(['--bar', '--new'])('%s can be told from the ground', (frame) => {
    expect(contrast(theme, frame, '--ground')).toBeGreaterThanOrEqual(3);
  });
});

describe('colours of queues', () => {
  it.each(Array.from({ length: 8 }, (_, hue) => `--hue-${hue}`))('%s can be told from the night', (hue) => {
    expect(contrast('dark', hue, '--ground')).toBeGreaterThanOrEqual(3);
  });

  it('carry their letter legibly in the light', () => {
    const chips = [...hues.matchAll(/--chip: var\((--chip-\d)\); --on-chip: var\((--[\w-]+)\)/g)];
    expect(chips).toHaveLength(8);
    for (const [, chip = '', on = ''] of chips) expect(contrast('light', on, chip), chip).toBeGreaterThanOrEqual(7);
  });
});

describe('movement in the lobby', () => {
  it('flashes well under three times a second, and ends', () => {
    const tokens = tokensOf('dark');
    expect(Number.parseFloat(tokens.get('--glow-period') ?? '')).toBeGreaterThanOrEqual(0.5);
    expect(tokens.get('--glow-period')).toMatch(/^[\d.]+s$/);
    expect(Number(tokens.get('--glow-times'))).toBeLessThanOrEqual(10);
  });
});
