// How many cells of equal size a board has on one page, and how large their figures are: as many as stay readable
// from the stated distance, the rest on further pages, which turn by themselves. Pure.

export interface GridAsk {
  readonly width_px: number;
  readonly height_px: number;
  readonly count: number;
  /** Size of a cell, in em of its figures. */
  readonly cell_em: { readonly width: number; readonly height: number };
  /** Font size below which figures should not go. */
  readonly font_min_px: number;
  readonly columns_max: number;
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly font_px: number;
}

/** A board that showed fewer would keep people waiting for their page longer than large figures help them. */
export const CELLS_MIN = 4;

function gridOf(ask: GridAsk, columns: number, rows: number): Grid {
  const by_width = ask.width_px / columns / ask.cell_em.width;
  const by_height = ask.height_px / rows / ask.cell_em.height;
  return { columns, rows, font_px: Math.max(0, Math.min(by_width, by_height)) };
}

/** Shows all at once if the figures stay large enough, else as many as can be; larger is better among equals. */
export function planGrid(ask: GridAsk): Grid {
  const count = Math.max(1, ask.count);
  const grids: Grid[] = [];
  for (let columns = 1; columns <= Math.min(count, ask.columns_max); columns += 1) {
    for (let rows = 1; (rows - 1) * columns < count; rows += 1) grids.push(gridOf(ask, columns, rows));
  }
  const cells = ({ columns, rows }: Grid): number => Math.min(count, columns * rows);
  const larger = (a: Grid, b: Grid): Grid => (b.font_px > a.font_px ? b : a);
  const fuller = (a: Grid, b: Grid): Grid => (cells(a) === cells(b) ? larger(a, b) : cells(b) > cells(a) ? b : a);
  const enough = grids.filter((grid) => cells(grid) >= Math.min(count, CELLS_MIN));
  const legible = enough.filter(({ font_px }) => font_px >= ask.font_min_px);
  // Where figures cannot be large enough, they are as large as can be; no page has less than fits in that size.
  const largest = enough.reduce(larger).font_px;
  return (legible.length > 0 ? legible : enough.filter(({ font_px }) => font_px === largest)).reduce(fuller);
}

export const PAGE_MS = 8_000;

export interface Page {
  readonly page: number;
  readonly pages: number;
}

/** Pages turn by time; the page of a fresh call is turned to at once and stays for its turn. */
export function pageAt(count: number, per_page: number, beat_ms: number, wanted: number | null): Page {
  const pages = Math.max(1, Math.ceil(count / Math.max(1, per_page)));
  const page = wanted === null || wanted < 0 ? Math.floor(beat_ms / PAGE_MS) % pages : Math.floor(wanted / per_page);
  return { page, pages };
}
