// Addresses of the visitor's pages: /kiosk/{site} and /ticket/{token}.

export type Route = { page: 'kiosk'; site: string } | { page: 'ticket'; token: string } | { page: 'astray' };

export function route(path: string): Route {
  const [kind, id] = path.split('/').filter(Boolean);
  if (id === undefined) return { page: 'astray' };
  let name: string;
  try {
    name = decodeURIComponent(id);
  } catch {
    return { page: 'astray' };
  }
  if (kind === 'kiosk') return { page: 'kiosk', site: name };
  if (kind === 'ticket') return { page: 'ticket', token: name };
  return { page: 'astray' };
}
