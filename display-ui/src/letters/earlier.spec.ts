import { describe, expect, it } from 'vitest';

import { EARLIER_MAX, EARLIER_SHARE, earlierFontPx, earlierRows } from './earlier';

const HEIGHT = 800;

describe('earlier calls', () => {
  it('are five, in one size, while nothing is known of the wall or little is needed', () => {
    for (const need_px of [0, 100, 240]) {
      expect([earlierRows(HEIGHT, need_px), earlierFontPx(HEIGHT, need_px)]).toEqual([EARLIER_MAX, (0.77 * HEIGHT) / EARLIER_MAX]);
    }
    expect(earlierRows(0, 240)).toBe(EARLIER_MAX);
  });

  it.each([250, 300, 400, 600, 1_200])('are fewer rather than smaller than half of the %i px that the newest needs', (need_px) => {
    const [rows, font_px] = [earlierRows(HEIGHT, need_px), earlierFontPx(HEIGHT, need_px)];
    expect(rows).toBeLessThan(EARLIER_MAX);
    expect(rows * font_px, 'all of them have room').toBeLessThanOrEqual(HEIGHT);
    expect(font_px).toBe(EARLIER_SHARE * need_px);
  });

  it('are one at least, as large as there is room', () => {
    expect([earlierRows(HEIGHT, 9_999), earlierFontPx(HEIGHT, 9_999)]).toEqual([1, 0.77 * HEIGHT]);
  });
});
