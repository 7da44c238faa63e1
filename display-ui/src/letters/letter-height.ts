// How tall figures stand on the wall, and how tall they must stand to be read from where people sit. Pure.

/** Height of the flat figures (1, 4, 7; capitals are as tall) of Sarabun Bold, in em: 700 of 1000 units in
    Sarabun-Bold.ttf, the font of tickets and pages. The spec measures it in that file. */
export const FIGURE_EM = 0.7;
/** Of the distance: LOOK's measure for numbers in a lobby, some 42 minutes of arc. */
export const HEIGHT_PER_DISTANCE = 0.0122;

export interface Seen {
  readonly distance_cm: number;
  /** Of the lit picture; null: unknown, nothing can be said. */
  readonly height_mm: number | null;
  /** Of the page, which fills the picture. */
  readonly height_px: number;
}

export function neededMm(distance_cm: number): number {
  return Math.ceil(distance_cm * 10 * HEIGHT_PER_DISTANCE);
}

/** Font size that gives figures of the needed height; 0 when nothing is known. */
export function neededFontPx({ distance_cm, height_mm, height_px }: Seen): number {
  if (height_mm === null || height_px <= 0) return 0;
  return (neededMm(distance_cm) / FIGURE_EM) * (height_px / height_mm);
}

/** Height on the wall of figures in this font size; null when nothing is known. A hair below a millimetre is forgiven:
    browsers round font sizes. */
export function lettersMm(font_px: number, { height_mm, height_px }: Seen): number | null {
  if (height_mm === null || height_px <= 0) return null;
  return Math.floor(font_px * FIGURE_EM * (height_mm / height_px) + 0.05);
}
