// Looks at a page as a careful eye would: nothing out of the screen, no text cut, targets large enough, text that
// stands out from what is behind it. Answers complaints in words; an empty list is a good page.

import { EYE } from './eye.mjs';

/** LOOK.md: text 7:1 in lobby and kiosk, 4.5:1 elsewhere; at the kiosk a finger needs room. */
export const RULES = {
  kiosk: { contrast_min: 7, target_min: 64, primary_min: 96 },
  lobby: { contrast_min: 7, target_min: 24, primary_min: 24 },
  clerk: { contrast_min: 4.5, target_min: 32, primary_min: 80 },
  phone: { contrast_min: 4.5, target_min: 44, primary_min: 48 },
  hall: { contrast_min: 4.5, target_min: 24, primary_min: 40 },
};

/** Complaints about the page as it stands. */
export async function look(page, rules) {
  return page.evaluate(`(() => { ${EYE}\nreturn examine(${JSON.stringify(rules)}); })()`);
}

/** Height of the large number's figures as a share of the screen's height. */
export function numberShare(lobby) {
  return lobby.locator('.stage .number').first().evaluate((figure) => {
    const pen = document.createElement('canvas').getContext('2d');
    const { fontWeight, fontSize, fontFamily } = getComputedStyle(figure);
    pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    const { actualBoundingBoxAscent, actualBoundingBoxDescent } = pen.measureText(figure.textContent.trim());
    return (actualBoundingBoxAscent + actualBoundingBoxDescent) / innerHeight;
  });
}
