import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { FIGURE_EM, lettersMm, neededFontPx, neededMm } from './letter-height';

/** Units of the em and height of the outline of `character`, from a TrueType file with a cmap of format 4. */
function measured(font: Buffer, character: string): { em: number; height: number } {
  const tables = new Map<string, number>();
  for (let n = 0; n < font.readUInt16BE(4); n += 1) {
    tables.set(font.toString('latin1', 12 + 16 * n, 16 + 16 * n), font.readUInt32BE(20 + 16 * n));
  }
  const table = (name: string): number => tables.get(name) ?? Number.NaN;
  const glyph = glyphOf(font, table('cmap'), character.codePointAt(0) ?? 0);
  const is_long = font.readInt16BE(table('head') + 50) === 1;
  const place = is_long ? font.readUInt32BE(table('loca') + 4 * glyph) : 2 * font.readUInt16BE(table('loca') + 2 * glyph);
  return { em: font.readUInt16BE(table('head') + 18), height: font.readInt16BE(table('glyf') + place + 8) };
}

function glyphOf(font: Buffer, cmap: number, code: number): number {
  for (let n = 0; n < font.readUInt16BE(cmap + 2); n += 1) {
    const at = cmap + font.readUInt32BE(cmap + 8 + 8 * n);
    const twice = font.readUInt16BE(at + 6);
    if (font.readUInt16BE(at) !== 4) continue;
    for (let part = at + 14; part < at + 14 + twice; part += 2) {
      const begin = font.readUInt16BE(part + twice + 2);
      if (code < begin || code > font.readUInt16BE(part)) continue;
      const range = part + 3 * twice + 2;
      const offset = font.readUInt16BE(range);
      const named = offset === 0 ? code : font.readUInt16BE(range + offset + 2 * (code - begin));
      return (named + font.readInt16BE(part + 2 * twice + 2)) & 0xffff;
    }
  }
  throw new Error('no such character');
}

const wall = { distance_cm: 800, height_mm: 680, height_px: 1080 };

describe('the height of figures', () => {
  it.each(['1', '4', '7', 'A'])('is what the font file says, for %s', (character) => {
    const font = readFileSync(new URL('../../../crates/printing/fonts/Sarabun-Bold.ttf', import.meta.url));
    const { em, height } = measured(font, character);
    expect(height / em).toBe(FIGURE_EM);
  });

  it('must be 98 mm for eight metres', () => {
    expect(neededMm(800)).toBe(98);
    expect(neededMm(50)).toBe(7);
  });

  it('is reached by the font size that is asked for, and not by a smaller one', () => {
    const font_px = neededFontPx(wall);
    expect(font_px).toBeCloseTo(222.4, 1);
    expect(lettersMm(font_px, wall)).toBe(98);
    expect(lettersMm(font_px - 1, wall)).toBe(97);
  });

  it('is the same on the wall whatever the resolution', () => {
    const sharp = { ...wall, height_px: 2160 };
    expect(lettersMm(neededFontPx(sharp), sharp)).toBe(98);
    expect(neededFontPx(sharp)).toBeCloseTo(2 * neededFontPx(wall));
  });

  it('is unknown while the picture is', () => {
    const unknown = { ...wall, height_mm: null };
    expect(neededFontPx(unknown)).toBe(0);
    expect(lettersMm(300, unknown)).toBeNull();
    expect(lettersMm(300, { ...wall, height_px: 0 })).toBeNull();
  });
});
