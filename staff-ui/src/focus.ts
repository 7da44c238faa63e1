// Where the keys go on after something came or went: without it they begin at the top of the page again.

import { tick } from 'svelte';

interface Found {
  focus(): void;
}
export interface Place {
  querySelector(selector: string): unknown;
}

/** When the page has followed: to the first of these that is there. */
export async function focusOn(place: Place | undefined, ...selectors: readonly string[]): Promise<void> {
  await tick();
  for (const selector of selectors) {
    const found = (place?.querySelector(selector) ?? null) as Found | null;
    if (found !== null) return found.focus();
  }
}
