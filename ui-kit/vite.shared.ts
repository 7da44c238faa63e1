// How every page is built: assets under the path the server serves them from, nothing inlined (the pages' CSP
// forbids data: fonts and inline scripts), and in development the API comes from a running `khiw demo`.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { UserConfig } from 'vite';

export function pageBuild(name: 'kiosk-ui' | 'display-ui' | 'staff-ui') {
  const server = process.env['KHIW_SERVER'] ?? 'http://127.0.0.1:8420';
  return {
    base: `/assets/${name}/`,
    plugins: [svelte()],
    build: {
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The server looks files up by path; content hashes let browsers keep them forever.
      rollupOptions: {
        output: {
          entryFileNames: '[name]-[hash].js',
          chunkFileNames: '[name]-[hash].js',
          assetFileNames: '[name]-[hash][extname]',
        },
      },
    },
    server: { proxy: { '/api': { target: server, ws: true }, '/paper': server } },
  } satisfies UserConfig;
}
