// The field of a browser for a day and a time knows no zone: what is typed there is meant in the hall's, wherever the
// person sits. Pure.

/** `2026-12-02T09:41`, as the field has it; '' for no moment. */
export function hallText(moment: string | null | undefined, time_zone: string): string {
  if (moment === null || moment === undefined) return '';
  const at_ms = Date.parse(moment);
  return Number.isNaN(at_ms) ? '' : new Date(at_ms + offsetMs(at_ms, time_zone)).toISOString().slice(0, 16);
}

/** The moment that is meant; null for an empty or half-filled field. */
export function hallMoment(text: string, time_zone: string): string | null {
  const as_utc_ms = Date.parse(`${text}:00Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) || Number.isNaN(as_utc_ms)) return null;
  // Twice: near a change of the clocks the first guess may have the other side's offset.
  const guess_ms = as_utc_ms - offsetMs(as_utc_ms, time_zone);
  return new Date(as_utc_ms - offsetMs(guess_ms, time_zone)).toISOString().replace('.000Z', 'Z');
}

/** How much later the hall's clock shows than UTC. */
function offsetMs(at_ms: number, time_zone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: time_zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit',
    minute: '2-digit', second: '2-digit',
  });
  const part = Object.fromEntries(format.formatToParts(at_ms).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at_ms / 1000) * 1000;
}
