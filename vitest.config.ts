// One runner for the logic of all pages. Specs stand beside what they test; they touch neither network nor clock.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['{ui-kit,kiosk-ui,display-ui,staff-ui}/src/**/*.spec.ts'],
    environment: 'node',
    // Style sheets are read by the contrast specs; left out they would come as empty texts.
    css: true,
  },
});
