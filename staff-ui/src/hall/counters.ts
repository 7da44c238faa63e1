// Which counter a person should take in the demo. Pure.

import type { CounterView, DemoHall } from '@khiw/ui-kit/api';

export interface Desk {
  readonly counter: CounterView;
  readonly href: string;
  /** No simulated clerk works here: kept for a person. */
  readonly for_you: boolean;
  /** Kept for a person, and nobody is called or served there now. */
  readonly is_free: boolean;
}

const FREE: readonly CounterView['state'][] = ['closed', 'idle'];

/** Clerks of the simulation; everybody else is a person. */
const SIMULATED = /^simulated-/;

export function isSimulated(clerk: string | null): boolean {
  return clerk !== null && SIMULATED.test(clerk);
}

/**
 * The demo names the counters kept for a person; when it names all of them, those without a simulated clerk are.
 */
export function desks(
  site: string,
  counters: readonly CounterView[],
  demo: DemoHall | null,
): readonly Desk[] {
  const named = new Map(demo?.counter.map(({ id, href }) => [id, href]));
  const names_some = named.size > 0 && named.size < counters.length;
  return counters.map((counter) => {
    const for_you = demo !== null && (names_some ? named.has(counter.id) : !isSimulated(counter.clerk));
    return {
      counter,
      href: named.get(counter.id) ?? `/counter/${encodeURIComponent(site)}/${encodeURIComponent(counter.id)}`,
      for_you,
      is_free: for_you && FREE.includes(counter.state),
    };
  });
}

/** The first free one kept for a person, else the first kept one though somebody works there, else none. */
export function deskForYou(all: readonly Desk[]): Desk | null {
  return all.find(({ is_free }) => is_free) ?? all.find(({ for_you }) => for_you) ?? null;
}
