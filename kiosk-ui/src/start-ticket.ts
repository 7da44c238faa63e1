// The ticket's page on a visitor's phone, /ticket/{token}. A build of its own: it brings nothing of the kiosk.
import '@khiw/ui-kit/styles/fonts.css';
import './world-fonts.css';
import '@khiw/ui-kit/styles/tokens.css';
import '@khiw/ui-kit/styles/base.css';
import '@khiw/ui-kit/styles/hues.css';
import { mount } from 'svelte';

import Astray from './Astray.svelte';
import Phone from './phone/Phone.svelte';
import { route } from './route';

const shown = route(location.pathname);
export default shown.page === 'ticket'
  ? mount(Phone, { target: document.body, props: { token: shown.token } })
  : mount(Astray, { target: document.body });
