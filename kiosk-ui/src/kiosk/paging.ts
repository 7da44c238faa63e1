// Cards come in pages instead of scrolling: a page is a place one can return to.

/** LOOK: no more than six choices at once. */
export const CARDS_PER_PAGE = 6;

export interface Page<T> {
  items: T[];
  page: number;
  pages: number;
}

/** A page beyond the end (the list has shrunk meanwhile) shows the last one. */
export function pageOf<T>(all: readonly T[], page: number, size: number = CARDS_PER_PAGE): Page<T> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const shown = Math.min(Math.max(0, page), pages - 1);
  return { items: all.slice(shown * size, (shown + 1) * size), page: shown, pages };
}
