// Two pages, two builds into one folder: what they share would otherwise become parts that a kiosk fetches one by one.
//   vite build                 index.html, the kiosk
//   vite build --mode ticket   ticket.html, the ticket's page on a phone
import { defineConfig, type Plugin } from 'vite';

import { pageBuild } from '../ui-kit/vite.shared.ts';

/** Tells Chromium to compile the whole script at once, beside the page instead of function by function in its way. */
const COMPILE_AT_ONCE = '//# allFunctionsCalledOnLoad';

/** In development one server gives both pages, as the hall's server does. */
const ticketPage: Plugin = {
  name: 'ticket-page',
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      if (request.url?.startsWith('/ticket/')) request.url = '/ticket.html';
      next();
    });
  },
};

/** Beside the script on its way: every kiosk's figures, and the words of last resort. Asked for by the script, they would
    only then set out. What a site's own language needs beside them is known when the site is. */
const NEEDED_AT_ONCE = [
  { name: /^sarabun-latin-\d+-normal-.*\.woff2$/u, as: 'font' },
  { name: /^en-.*\.json$/u, as: 'fetch' },
] as const;

const askedForEarly: Plugin = {
  name: 'asked-for-early',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      const files = Object.keys(bundle ?? {});
      return NEEDED_AT_ONCE.flatMap(({ name, as }) =>
        files
          .filter((file) => name.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as, href: `/assets/kiosk-ui/${file}`, crossorigin: true },
            injectTo: 'head' as const,
          })),
      );
    },
  },
};

export default defineConfig(({ mode }) => {
  const shared = pageBuild('kiosk-ui');
  return {
    ...shared,
    plugins: [...(shared.plugins ?? []), ticketPage, ...(mode === 'ticket' ? [] : [askedForEarly])],
    build: {
      ...shared.build,
      emptyOutDir: mode !== 'ticket',
      rollupOptions: {
        input: mode === 'ticket' ? 'ticket.html' : 'index.html',
        output: { ...shared.build.rollupOptions.output, postBanner: COMPILE_AT_ONCE },
      },
    },
  };
});
