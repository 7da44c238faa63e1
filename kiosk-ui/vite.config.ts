import { defineConfig } from 'vite';

import { pageBuild } from '../ui-kit/vite.shared.ts';

export default defineConfig(pageBuild('kiosk-ui'));
