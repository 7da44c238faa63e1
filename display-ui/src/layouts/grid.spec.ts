import { describe, expect, it } from 'vitest';

import { CELLS_MIN, PAGE_MS, pageAt, planGrid } from './grid';

const wall = { width_px: 1800, height_px: 780, cell_em: { width: 4, height: 1.3 }, columns_max: 4 };

describe('the grid of a board', () => {
  it('shows all at once while figures stay large enough', () => {
    expect(planGrid({ ...wall, count: 12, font_min_px: 90 })).toEqual({ columns: 3, rows: 4, font_px: 150 });
  });

  it('goes to pages rather than to small figures', () => {
    const grid = planGrid({ ...wall, count: 60, font_min_px: 222 });
    expect(grid.font_px).toBeGreaterThanOrEqual(222);
    expect(grid).toMatchObject({ columns: 2, rows: 2 });
  });

  it('shows few counters as large as the screen allows', () => {
    expect(planGrid({ ...wall, count: 1, font_min_px: 90 })).toEqual({ columns: 1, rows: 1, font_px: 450 });
  });

  it('keeps to a few cells at least when the needed height cannot be reached', () => {
    const grid = planGrid({ ...wall, count: 60, font_min_px: 2_000 });
    expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(CELLS_MIN);
    expect(grid.font_px).toBeLessThan(2_000);
  });

  it('fills a tall page with figures that its width keeps small', () => {
    const grid = planGrid({ ...wall, width_px: 1_000, height_px: 1_600, count: 60, font_min_px: 2_000 });
    expect(grid).toEqual({ columns: 1, rows: 4, font_px: 250 });
    const taller = planGrid({ ...wall, width_px: 1_000, height_px: 2_000, count: 60, font_min_px: 2_000 });
    expect(taller).toEqual({ columns: 1, rows: 6, font_px: 250 });
  });

  it('is never empty, also before the page has a size', () => {
    expect(planGrid({ ...wall, width_px: 0, height_px: 0, count: 0, font_min_px: 0 })).toEqual({ columns: 1, rows: 1, font_px: 0 });
  });
});

describe('pages of a board', () => {
  it('turn by time, one after another', () => {
    expect([0, PAGE_MS - 1, PAGE_MS, 2 * PAGE_MS, 3 * PAGE_MS].map((at) => pageAt(60, 24, at, null).page)).toEqual([0, 0, 1, 2, 0]);
  });

  it('show a freshly called number whatever the time', () => {
    expect(pageAt(60, 24, 0, 59)).toEqual({ page: 2, pages: 3 });
    expect(pageAt(60, 24, PAGE_MS, 0).page).toBe(0);
  });

  it('are one when all fits', () => {
    expect(pageAt(12, 12, 99 * PAGE_MS, null)).toEqual({ page: 0, pages: 1 });
    expect(pageAt(0, 12, 5, -1)).toEqual({ page: 0, pages: 1 });
  });
});
