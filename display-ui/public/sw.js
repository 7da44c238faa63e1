// Lets a lobby screen start while the server is away: the page itself and its files come from this cache, what was
// last shown comes from the page's own memory. Asks the network first for the page, so an update is never held up.
// Must not touch the API, the live line, or any page but the lobby's.
'use strict';

const CACHE = 'khiw-lobby-1';
const PAGE_WITHIN_MS = 3000;
/** Two builds' worth of files; older ones go first. */
const FILES_MAX = 60;

const isLobby = (url) => url.pathname.startsWith('/display/');
const isFile = (url) => url.pathname.startsWith('/assets/display-ui/');

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

async function keep(request, response) {
  const cache = await caches.open(CACHE);
  await cache.put(request, response);
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - FILES_MAX)).map((old) => cache.delete(old)));
}

async function page(request) {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PAGE_WITHIN_MS) });
    if (response.ok) await keep(request.url, response.clone());
    return response;
  } catch (away) {
    const kept = await caches.match(request.url);
    if (kept === undefined) throw away;
    return kept;
  }
}

/** Names carry a hash of the content: what is here is right. */
async function file(request) {
  const kept = await caches.match(request.url);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok) await keep(request.url, response.clone());
  return response;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && isLobby(url)) event.respondWith(page(request));
  else if (isFile(url)) event.respondWith(file(request));
});

/** The first page was loaded before this worker was there: it names what it was made of. */
self.addEventListener('message', (event) => {
  const urls = Array.isArray(event.data?.keep) ? event.data.keep.slice(0, FILES_MAX) : [];
  const own = urls.map((url) => new URL(url, self.location.origin)).filter((url) => isLobby(url) || isFile(url));
  const fetched = own.map(async (url) => {
    const response = await fetch(url);
    if (response.ok) await keep(url.href, response);
  });
  event.waitUntil(Promise.allSettled(fetched));
});
