// The ticket this browser took last at the kiosk of a simulated hall, for the link to its phone page.
// Written by the kiosk page, and only where the hall is simulated: on a real kiosk the next visitor must not find it.

const KEY = 'khiw.last_ticket';

export interface LastTicket {
  readonly number: string;
  readonly href: string;
}

export function lastTicket(store: Pick<Storage, 'getItem'>): LastTicket | null {
  try {
    const kept = JSON.parse(store.getItem(KEY) ?? 'null') as { token?: unknown; number?: unknown } | null;
    if (typeof kept?.token !== 'string' || typeof kept.number !== 'string') return null;
    return { number: kept.number, href: `/ticket/${encodeURIComponent(kept.token)}` };
  } catch {
    return null;
  }
}
