// What a sign-in link says: `#token=…&next=/counter/…`. The token stands behind the hash so that no server and no
// log sees it on the way. Pure.

export interface Entrance {
  readonly token: string | null;
  /** A path of this server, never another one's. */
  readonly next: string;
}

export function entrance(hash: string): Entrance {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const token = parts.get('token')?.trim() ?? '';
  return { token: token === '' ? null : token, next: ownPath(parts.get('next')) };
}

/** `//other.example` and `/\other.example` leave this server: they count as none. */
function ownPath(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) && !/[\u0000-\u001f\\]/.test(next) ? next : '/';
}

/** Where a browser of this kind wants to be when the link does not say. */
export function homeOf(session: { kind: string; site: string | null; counter?: string | null }): string {
  if (session.site === null) return '/';
  const site = encodeURIComponent(session.site);
  if (session.kind === 'kiosk') return `/kiosk/${site}`;
  if (session.kind === 'display') return `/display/${site}`;
  if (session.counter) return `/counter/${site}/${encodeURIComponent(session.counter)}`;
  return '/';
}
