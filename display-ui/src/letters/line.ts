// How long a name is in one line, so that its size can be such that it stands whole. Pure: from the characters alone,
// since a layout is drawn before anything could be measured.

import type { Said } from '../lobby/words';

/** Second languages stand in this size beside the first. */
export const SECOND_EM = 0.62;
/** Between the two, in characters. */
const GAP = 1;

/** Characters that take width: marks above and below stand on others. */
export function advances(text: string): number {
  return [...text.replace(/\p{M}/gu, '')].length;
}

/** The second language is left out where both together are longer than that: the first one stays large. */
export function inOneLine({ first, second }: Said, chars_max: number): Said & { readonly chars: number } {
  const alone = advances(first);
  const both = alone + (second === '' ? 0 : GAP + SECOND_EM * advances(second));
  return both <= chars_max ? { first, second, chars: both } : { first, second: '', chars: alone };
}
