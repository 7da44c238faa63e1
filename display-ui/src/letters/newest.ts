// The figures of the newest number as they stand on the page. Layouts mark them with `data-newest`; a sample of the
// layout, which nobody sees, stands within `data-sample`.

function fontPx(figures: Element | null): number | null {
  return figures === null ? null : Number.parseFloat(getComputedStyle(figures).fontSize);
}

/** Font size in CSS pixels; null when no number stands there. */
export function newestFontPx(): number | null {
  return fontPx(document.querySelector('[data-newest]:not([data-sample] *)'));
}

/** The same of the sample; null when there is none. */
export function sampleFontPx(): number | null {
  return fontPx(document.querySelector('[data-sample] [data-newest]'));
}
