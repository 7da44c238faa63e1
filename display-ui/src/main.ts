// Starts the lobby screen of the site named in the address, /display/{site}.
import '@khiw/ui-kit/styles/fonts.css';
import '@khiw/ui-kit/styles/tokens.css';
import '@khiw/ui-kit/styles/base.css';
import '@khiw/ui-kit/styles/hues.css';
import './lobby.css';
import { loadFonts } from '@khiw/ui-kit/fonts';
import { mount } from 'svelte';

import App from './App.svelte';
import { readAddress } from './settings/address';

const site_id = decodeURIComponent(location.pathname.split('/')[2] ?? '');

void loadFonts();
export default mount(App, { target: document.body, props: { site_id, address: readAddress(location.search) } });
