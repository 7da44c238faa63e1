// The call that a speaker listens to before publishing: A012 to counter 5. A row of words for each language, as the
// grammar would say it; a spec holds it against the grammar itself.

export const SAMPLE = { number: 'A012', counter: '5' } as const;

const NUMBER = ['letter-a', '0', '1', '2'] as const;
const PAUSE_CHARACTER_MS = 90;
const PAUSE_PART_MS = 180;

const SHAPES: Readonly<Record<string, readonly string[]>> = {
  th: ['invite', '#', 'at', 'counter', '5', 'polite'],
  vi: ['invite', '#', 'at', 'counter', '5'],
  en: ['invite', '#', 'at', 'counter', '5'],
  ms: ['invite', '#', 'at', 'counter', '5'],
  lo: ['invite', '#', 'at', 'counter', '5'],
  my: ['invite', '#', 'counter', '5', 'to'],
  zh: ['invite', '#', 'at', '5', 'counter'],
};

export interface SampleWord {
  readonly token: string;
  readonly pause_ms: number;
}

/** Languages whose calls can be said, and so recorded. */
export const SPOKEN_LANGUAGES = Object.keys(SHAPES);

export function sampleCall(language: string): SampleWord[] {
  return (SHAPES[language] ?? []).flatMap((part, index) => {
    const pause_ms = index === 0 || part === '5' ? 0 : PAUSE_PART_MS;
    if (part !== '#') return [{ token: part, pause_ms }];
    return NUMBER.map((token, nth) => ({ token, pause_ms: nth === 0 ? pause_ms : PAUSE_CHARACTER_MS }));
  });
}
