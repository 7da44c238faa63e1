// The kiosk's words, fetched as data: a new language costs the script nothing, and only the site's languages travel.
// A failed fetch is tried again until it succeeds (a failed `import()` would be remembered by the browser for ever).

import { type Files, dictionary, type Language, type Words } from '@khiw/ui-kit/words';

type English = typeof import('../../../config/locales/pages/kiosk/en.json');
export type KioskWords = Words<Omit<English, 'default'>>;

const ADDRESS = import.meta.glob<string>('../../../config/locales/pages/kiosk/*.json', {
  query: '?url',
  import: 'default',
  eager: true,
});
const RETRY_AFTER_MS = 1_000;

function addressOf(language: string): string | undefined {
  return Object.entries(ADDRESS).find(([path]) => path.endsWith(`/${language}.json`))?.[1];
}

export class KioskDictionary {
  #files = $state.raw<Partial<Record<Language, object>>>({});
  #asked = new Set<string>();
  #of = $derived(this.#files.en ? dictionary(this.#files as Files<Omit<English, 'default'>>) : null);

  /** Null until English, the language of last resort, and the wanted one are here. */
  of(language: Language): KioskWords | null {
    return this.#files[language] || !addressOf(language) ? (this.#of?.(language) ?? null) : null;
  }

  /** Fetches what is missing; safe to call again and again. */
  want(languages: readonly Language[]): void {
    for (const language of new Set<Language>(['en', ...languages])) {
      const address = addressOf(language);
      if (address === undefined || this.#asked.has(language)) continue;
      this.#asked.add(language);
      void this.#fetch(language, address);
    }
  }

  async #fetch(language: Language, address: string): Promise<void> {
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`status ${response.status}`);
      const file = (await response.json()) as object;
      this.#files = { ...this.#files, [language]: file };
    } catch {
      setTimeout(() => void this.#fetch(language, address), RETRY_AFTER_MS);
    }
  }
}
