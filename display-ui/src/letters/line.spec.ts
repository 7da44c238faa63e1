import { describe, expect, it } from 'vitest';

import { SECOND_EM, advances, inOneLine } from './line';

describe('a name in one line', () => {
  it.each([['Counter', 7], ['ช่องบริการ', 8], ['กำลัง', 4], ['Quầy số', 7], ['', 0]])('%s takes the width of %i characters', (text, many) => {
    expect(advances(text)).toBe(many);
    expect(advances(text.normalize('NFD').normalize('NFC'))).toBe(many);
  });

  it('has the second language beside the first as long as both have room', () => {
    const place = { first: 'ช่องบริการ', second: 'Counter' };
    const both = 8 + 1 + SECOND_EM * 7;
    expect(inOneLine(place, both)).toEqual({ ...place, chars: both });
    expect(inOneLine(place, both - 0.1)).toEqual({ first: place.first, second: '', chars: 8 });
    expect(inOneLine({ first: 'Counter', second: '' }, 3)).toEqual({ first: 'Counter', second: '', chars: 7 });
  });
});
