// Fetches the fonts of scripts that Sarabun lacks, for halls that speak such a language. Their description is longer
// than all other styles together, so a hall without them never reads it.

import type { Language } from '@khiw/ui-kit/words';

import address from './world-fonts.css?url';

const NEEDED_BY: ReadonlySet<Language> = new Set<Language>(['lo', 'my', 'zh']);
const RETRY_AFTER_MS = 1_000;

let asked = false;

/** Once per page; a failed fetch is tried again. */
export function loadWorldFonts(languages: readonly Language[]): void {
  if (asked || !languages.some((language) => NEEDED_BY.has(language))) return;
  asked = true;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = address;
  link.onerror = () => {
    link.remove();
    asked = false;
    setTimeout(() => loadWorldFonts(languages), RETRY_AFTER_MS);
  };
  document.head.append(link);
}
