// The hall's counters as people know them, in configured order; each is parsed alone, a wrong one is left out.
// Must not know who works there or what they do: calls and open counters come on the live line.

import { each, fields, names, text, type Names } from '../lobby/wire';

export interface CounterCard {
  readonly id: string;
  readonly label: string;
  readonly place: Names;
  readonly zone: string | null;
}

function parseCounter(value: unknown): CounterCard | null {
  const from = fields(value);
  const id = text(from?.['id']);
  if (from === null || id === null) return null;
  return { id, label: text(from['label']) ?? id, place: names(from['place']), zone: text(from['zone']) };
}

export function parseCounters(value: unknown): CounterCard[] {
  return each(value, parseCounter);
}
