// Asks the browser to keep this page for starts without a server (public/sw.js). A browser that cannot (no secure
// context, an untrusted certificate) shows the lobby all the same; it only cannot start it alone.

const WORKER = '/assets/display-ui/sw.js';

export async function keepForOfflineStart(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(WORKER, { scope: '/display/' });
    const { active } = await navigator.serviceWorker.ready;
    const files = performance.getEntriesByType('resource').map(({ name }) => name);
    active?.postMessage({ keep: [location.href, ...files] });
  } catch {
    // Said above: no reason to disturb anybody.
  }
}
