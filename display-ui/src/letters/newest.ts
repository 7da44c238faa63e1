// The figures of the newest number as they stand on the page. Layouts mark them with `data-newest`.

/** Font size in CSS pixels; null when no number stands there. */
export function newestFontPx(): number | null {
  const figures = document.querySelector('[data-newest]');
  return figures === null ? null : Number.parseFloat(getComputedStyle(figures).fontSize);
}
