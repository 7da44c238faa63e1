// Which text stands on which ground, page by page, with the contrast LOOK asks for. The spec reads the values from
// tokens.css and fails when a pair falls short; whoever uses a new pair adds it here.

/** 7:1 where people read from afar or standing (kiosk, lobby), 4.5:1 elsewhere. */
export const FAR = 7;
export const NEAR = 4.5;

export interface Pair {
  text: string;
  ground: string;
  atLeast: number;
  where: string;
}

export const PAIRS: readonly Pair[] = [
  { text: '--ink', ground: '--paper', atLeast: FAR, where: 'kiosk text' },
  { text: '--ink', ground: '--sheet', atLeast: FAR, where: 'kiosk cards' },
  { text: '--ink', ground: '--quiet-tint', atLeast: FAR, where: 'closed card, tool keys' },
  { text: '--ink-soft', ground: '--paper', atLeast: FAR, where: 'kiosk notes' },
  { text: '--ink-soft', ground: '--sheet', atLeast: FAR, where: 'card notes' },
  { text: '--ink-soft', ground: '--quiet-tint', atLeast: FAR, where: 'disabled buttons' },
  { text: '--sheet', ground: '--action', atLeast: FAR, where: 'primary button' },
  { text: '--sheet', ground: '--action-deep', atLeast: FAR, where: 'primary button, pressed' },
  { text: '--action-deep', ground: '--sheet', atLeast: FAR, where: 'secondary button' },
  { text: '--action-deep', ground: '--paper', atLeast: FAR, where: 'ticket number' },
  { text: '--action-deep', ground: '--action-tint', atLeast: FAR, where: 'step numbers, secondary pressed' },
  { text: '--ink', ground: '--action-tint', atLeast: FAR, where: 'banner, information' },
  { text: '--ink', ground: '--good-tint', atLeast: FAR, where: 'banner, good' },
  { text: '--ink', ground: '--warn-tint', atLeast: FAR, where: 'banner, warning; countdown' },
  { text: '--ink', ground: '--stop-tint', atLeast: FAR, where: 'banner, refusal' },
  { text: '--sheet', ground: '--ink-soft', atLeast: FAR, where: 'banner, offline' },
  { text: '--stop-deep', ground: '--quiet-tint', atLeast: FAR, where: 'why a card is closed' },
  { text: '--stop-deep', ground: '--sheet', atLeast: FAR, where: 'stop button' },
  { text: '--sheet', ground: '--good-deep', atLeast: FAR, where: 'called, on the phone' },
  { text: '--good-deep', ground: '--sheet', atLeast: FAR, where: 'where to go, on the phone' },
  { text: '--sheet', ground: '--warn-deep', atLeast: FAR, where: 'banner sign' },
  { text: '--good', ground: '--sheet', atLeast: NEAR, where: 'clerk, good' },
  { text: '--warn', ground: '--sheet', atLeast: NEAR, where: 'clerk, warning' },
  { text: '--stop', ground: '--sheet', atLeast: NEAR, where: 'clerk, overdue' },
  { text: '--stop', ground: '--paper', atLeast: NEAR, where: 'clerk, overdue' },
  { text: '--warm', ground: '--night', atLeast: FAR, where: 'lobby text' },
  { text: '--warm', ground: '--night-raised', atLeast: FAR, where: 'lobby bars' },
  { text: '--warm-soft', ground: '--night', atLeast: FAR, where: 'lobby history' },
  { text: '--newest', ground: '--night', atLeast: FAR, where: 'newest call' },
  { text: '--newest', ground: '--night-raised', atLeast: FAR, where: 'newest call, highlighted' },
];

/** WCAG 2 relative luminance of `#rrggbb`. */
export function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
