// Starts the staff pages: the hall, signing in, the counter and what an administrator sets up. A device that comes in
// gets a small page of its own: a television's browser should not have to read all of them first.
import '@khiw/ui-kit/styles/fonts.css';
import '@khiw/ui-kit/styles/tokens.css';
import '@khiw/ui-kit/styles/base.css';
import '@khiw/ui-kit/styles/hues.css';
import './staff.css';
import { loadFonts } from '@khiw/ui-kit/fonts';
import { mount } from 'svelte';

void loadFonts();

const page = /^\/enrol(\/|$)/.test(location.pathname) ? import('./enrol/Enrol.svelte') : import('./App.svelte');
void page.then(({ default: Page }) => mount(Page, { target: document.body }));
