// Which calls and counters concern this screen: those of its zones, or of the one desk it hangs over. Calls of others
// are neither shown, counted as new, nor sounded. Pure.

import type { Call } from '../lobby/wire';
import type { CounterCard } from './counters';
import type { ScreenSettings } from './screen-settings';

function inZones(zone: string | null, zones: readonly string[]): boolean {
  return zones.length === 0 || (zone !== null && zones.includes(zone));
}

export function concerns(call: Call, { layout, counter, zones }: ScreenSettings): boolean {
  return layout === 'counter' ? call.counter === counter : inZones(call.zone, zones);
}

/** In configured order. */
export function countersInSight(counters: readonly CounterCard[], { zones }: ScreenSettings): CounterCard[] {
  return counters.filter(({ zone }) => inZones(zone, zones));
}

/** Zones and desks that the hall does not have; nothing is said while the hall's counters are unknown. */
export function strangersIn(counters: readonly CounterCard[], { layout, counter, zones }: ScreenSettings): string[] {
  if (counters.length === 0) return [];
  const wrong = zones.some((zone) => !counters.some((one) => one.zone === zone)) ? ['zones'] : [];
  const has_desk = layout !== 'counter' || counters.some(({ id }) => id === counter);
  return has_desk ? wrong : [...wrong, 'counter'];
}
