// Starts the staff pages: the hall, signing in, and the counter.
import '@khiw/ui-kit/styles/fonts.css';
import '@khiw/ui-kit/styles/tokens.css';
import '@khiw/ui-kit/styles/base.css';
import '@khiw/ui-kit/styles/hues.css';
import './staff.css';
import { loadFonts } from '@khiw/ui-kit/fonts';
import { mount } from 'svelte';

import App from './App.svelte';

void loadFonts();
export default mount(App, { target: document.body });
