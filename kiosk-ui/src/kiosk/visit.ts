// One visitor's way through the kiosk, as plain values: where they are, how they came there, what they chose.
// Pure: no clock, no server, no screen. A wrong touch costs one touch, because every place remembers the one before.

import type { ServiceView } from '@khiw/ui-kit/api';
import type { Language } from '@khiw/ui-kit/words';

export type Place =
  | { at: 'home'; page: number }
  | { at: 'agency'; agency: string; page: number }
  | { at: 'search'; text: string; page: number }
  | { at: 'service'; service: ServiceView }
  | { at: 'help' };

export interface Visit {
  readonly language: Language;
  /** The neutral flag; why is never asked. */
  readonly priority: boolean;
  /** The way from home to here; never empty, home first. */
  readonly trail: readonly [Place, ...Place[]];
}

const HOME: Place = { at: 'home', page: 0 };

export function newVisit(language: Language): Visit {
  return { language, priority: false, trail: [HOME] };
}

export function here(visit: Visit): Place {
  return visit.trail[visit.trail.length - 1] ?? HOME;
}

export function go(visit: Visit, place: Place): Visit {
  return { ...visit, trail: [...visit.trail, place] };
}

export function back(visit: Visit): Visit {
  if (visit.trail.length === 1) return visit;
  return { ...visit, trail: visit.trail.slice(0, -1) as [Place, ...Place[]] };
}

/** The same place with another page or text: going back later returns to what was seen last. */
export function adjust(visit: Visit, change: { page?: number; text?: string }): Visit {
  const place = { ...here(visit), ...change } as Place;
  return { ...visit, trail: [...visit.trail.slice(0, -1), place] as unknown as [Place, ...Place[]] };
}

/** The answer on the help page; it leads back to where the question was asked. */
export function answerHelp(visit: Visit, priority: boolean): Visit {
  return { ...back(visit), priority };
}

export function speak(visit: Visit, language: Language): Visit {
  return { ...visit, language };
}

/** Whether there is anything to forget when the visitor has gone. */
export function untouched(visit: Visit, first: Language): boolean {
  const place = here(visit);
  return visit.language === first && !visit.priority && place.at === 'home' && place.page === 0;
}
