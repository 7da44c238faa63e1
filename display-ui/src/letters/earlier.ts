// How many of the earlier calls stand beside the newest, and how large: half as tall as the newest must be, at least.
// Pure.

/** What is worth looking back at. */
export const EARLIER_MAX = 5;
/** Of the height that the newest number needs (LOOK: history half of that). */
export const EARLIER_SHARE = 0.5;
/** Figures take this part of the list's height; its head and the gaps take the rest. */
const FILL = 0.77;

/** At least one, whatever the distance: people look for their number. 0 needed: not known. */
export function earlierRows(height_px: number, need_px: number): number {
  if (need_px <= 0 || height_px <= 0) return EARLIER_MAX;
  const rows = Math.floor((FILL * height_px) / (EARLIER_SHARE * need_px));
  return Math.min(EARLIER_MAX, Math.max(1, rows));
}

/** As in a full list, or as large as is needed: a list of fewer is no larger than that, so that the newest stands out. */
export function earlierFontPx(height_px: number, need_px: number): number {
  const usual = (FILL * height_px) / EARLIER_MAX;
  const room = (FILL * height_px) / earlierRows(height_px, need_px);
  return Math.min(room, Math.max(usual, EARLIER_SHARE * need_px));
}
