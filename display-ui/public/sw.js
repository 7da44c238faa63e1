// Lets a lobby screen start while the server is away: the page itself and its files come from this cache, what was
// last shown comes from the page's own memory. Asks the network first for the page, so an update is never held up.
// Spoken clips, pictures and videos are kept too: each has an address of its own that never means anything else.
// Must not touch the rest of the API, the live line, or any page but the lobby's.
'use strict';

const PAGE_WITHIN_MS = 3000;
/** More than a browser lists of what a page loaded. */
const NAMED_MAX = 500;
const MIB = 1024 * 1024;

/** What is kept, apart from each other, so that a long video pushes out no voice. The oldest go first. */
const SHELVES = {
  /** Two builds' worth of files. */
  page: { cache: 'khiw-lobby-1', files_max: 60, bytes_max: 16 * MIB },
  /** Two voices of some hundred clips each, and the ones before them. */
  voices: { cache: 'khiw-lobby-voices-1', files_max: 3000, bytes_max: 64 * MIB },
  media: { cache: 'khiw-lobby-media-1', files_max: 100, bytes_max: 1024 * MIB },
};

const isLobby = (url) => url.pathname.startsWith('/display/');
/** Names carry a hash of the content, or an id that is used once: what is here is right. */
const LASTING = [
  { shelf: SHELVES.page, form: /^\/assets\/display-ui\// },
  { shelf: SHELVES.voices, form: /^\/api\/v1\/sites\/[^/]+\/voices\/[^/]+\/clips\// },
  { shelf: SHELVES.media, form: /^\/api\/v1\/sites\/[^/]+\/media\/[^/]+/ },
];
const shelfOf = (url) => LASTING.find(({ form }) => form.test(url.pathname))?.shelf;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/** Bytes of each kept file, by shelf; counted once in the life of this worker, since thousands are not opened gladly. */
const counted = new Map();

function bytesOn(shelf) {
  if (!counted.has(shelf)) counted.set(shelf, count(shelf));
  return counted.get(shelf);
}

async function count({ cache }) {
  const kept = await caches.open(cache);
  const sizes = new Map();
  for (const request of await kept.keys()) {
    const response = await kept.match(request);
    sizes.set(request.url, Number(response?.headers.get('content-length') ?? 0));
  }
  return sizes;
}

/** Keeps a whole answer under its address. One that alone is more than the shelf holds is not kept at all. */
async function keep(shelf, address, response) {
  const body = await response.blob();
  if (body.size > shelf.bytes_max) return;
  const sizes = await bytesOn(shelf);
  const kept = await caches.open(shelf.cache);
  const headers = new Headers(response.headers);
  headers.set('content-length', String(body.size));
  // The body is unpacked already.
  headers.delete('content-encoding');
  await kept.put(address, new Response(body, { headers }));
  sizes.delete(address);
  sizes.set(address, body.size);
  await makeRoom(shelf, kept, sizes);
}

async function makeRoom({ files_max, bytes_max }, kept, sizes) {
  let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  for (const [address, size] of [...sizes]) {
    if (sizes.size <= files_max && bytes <= bytes_max) return;
    sizes.delete(address);
    bytes -= size;
    await kept.delete(address);
  }
}

async function page(event) {
  const { request } = event;
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PAGE_WITHIN_MS) });
    if (response.ok) event.waitUntil(kept(SHELVES.page, request.url, response.clone()));
    return response;
  } catch (away) {
    const found = await caches.match(request.url);
    if (found === undefined) throw away;
    return found;
  }
}

async function file(event, shelf) {
  const { request } = event;
  const found = await caches.match(request.url);
  if (found !== undefined) return found;
  const response = await fetch(request);
  if (response.status === 200) event.waitUntil(kept(shelf, request.url, response.clone()));
  return response;
}

/** A disk that is full costs the next start without a network, never what is shown now. */
const kept = (shelf, address, response) => keep(shelf, address, response).catch(() => undefined);

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || request.headers.has('range')) return;
  const shelf = shelfOf(url);
  if (request.mode === 'navigate' && isLobby(url)) event.respondWith(page(event));
  else if (shelf !== undefined) event.respondWith(file(event, shelf));
});

/** The first page was loaded before this worker was there: it names what it was made of. */
self.addEventListener('message', (event) => {
  const urls = Array.isArray(event.data?.keep) ? event.data.keep.slice(0, NAMED_MAX) : [];
  const own = urls.map((url) => new URL(url, self.location.origin)).filter((url) => isLobby(url) || shelfOf(url) !== undefined);
  const fetched = own.map(async (url) => {
    if (!isLobby(url) && (await caches.match(url.href)) !== undefined) return;
    const response = await fetch(url);
    if (response.ok) await keep(shelfOf(url) ?? SHELVES.page, url.href, response);
  });
  event.waitUntil(Promise.allSettled(fetched));
});
