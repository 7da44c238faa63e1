// Filling in texts. Templates are data from `config/locales/pages`; nothing here knows a language.

export type Facts = Readonly<Record<string, string | number>>;

/** A text chosen by a number; languages without plural give only `other`. */
export interface Counted {
  none?: string;
  one?: string;
  other: string;
}

/** `{name}` is replaced by the fact of that name; an unknown name stays visible, which a spec forbids in our files. */
export function say(template: string, facts: Facts = {}): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const fact = facts[name];
    return fact === undefined ? whole : String(fact);
  });
}

export function count(word: Counted, n: number, facts: Facts = {}): string {
  const template = (n === 0 ? word.none : n === 1 ? word.one : undefined) ?? word.other;
  return say(template, { n, ...facts });
}

/** Narrow no-break join for a figure and its unit would be lost in Thai; a plain no-break space keeps both on a line. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0').replaceAll('–', '–\u2060').replaceAll('-', '-\u2060');
}
