// The lobby is read from eight metres by old eyes: every text on its ground has at least 7:1 (LOOK), every frame
// that means something at least 3:1. Colours are read from the style sheets, so a change there is checked here.
import shared from '@khiw/ui-kit/styles/tokens.css?raw';
import { describe, expect, it } from 'vitest';

import own from './lobby.css?raw';

const tokens = new Map([...(shared + own).matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6});/gi)].map(([, name, hex]) => [name, hex]));

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(text: string, ground: string): number {
  const [a, b] = [text, ground].map((name) => {
    const hex = name.startsWith('#') ? name : tokens.get(name);
    if (hex === undefined) throw new Error(`no colour ${name}`);
    return luminance(hex);
  }) as [number, number];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

describe('contrast in the lobby', () => {
  it.each([
    ['--warm', '--night'],
    ['--warm', '--night-raised'],
    ['--warm', '--glow'],
    ['--warm-soft', '--night'],
    ['--warm-soft', '--night-raised'],
    ['--warm-soft', '--glow'],
    ['--newest', '--night-raised'],
    ['--newest', '--glow'],
    ['--ink', '--warm'],
    ['--ink', '--stale'],
    ['#ffffff', '--stop-deep'],
  ])('%s on %s can be read from afar', (text, ground) => {
    expect(contrast(text, ground)).toBeGreaterThanOrEqual(7);
  });

  it.each(Array.from({ length: 8 }, (_, hue) => `--hue-${hue}`))('%s can be told from the night', (hue) => {
    expect(contrast(hue, '--night')).toBeGreaterThanOrEqual(3);
  });
});
