// The kiosk's page, /kiosk/{site}. One script and one style sheet with everything in it: a kiosk is a slow machine, and
// each part fetched on its own would put another round between switching on and the first screen.
import '@khiw/ui-kit/styles/fonts.css';
import '@khiw/ui-kit/styles/tokens.css';
import '@khiw/ui-kit/styles/base.css';
import '@khiw/ui-kit/styles/hues.css';
import { mount } from 'svelte';

import Astray from './Astray.svelte';
import Kiosk from './kiosk/Kiosk.svelte';
import { route } from './route';

const shown = route(location.pathname);
export default shown.page === 'kiosk'
  ? mount(Kiosk, { target: document.body, props: { site: shown.site } })
  : mount(Astray, { target: document.body });
