// Loads the page anew, but only when it will come back: kept by the service worker, or the server answers for it.

const ANSWER_WITHIN_MS = 3_000;

async function isKept(): Promise<boolean> {
  if (navigator.serviceWorker?.controller == null) return false;
  return (await caches.match(location.href)) !== undefined;
}

async function isServed(): Promise<boolean> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  return (await fetch(location.href, { cache: 'no-store', signal })).ok;
}

/** False: it would be lost, nothing was done. */
export async function mayReload(): Promise<boolean> {
  const sure = (asked: Promise<boolean>): Promise<boolean> => asked.catch(() => false);
  return (await sure(isKept())) || (await sure(isServed()));
}
