import '@khiw/ui-kit/styles/fonts.css';
import './world-fonts.css';
import '@khiw/ui-kit/styles/tokens.css';
import '@khiw/ui-kit/styles/base.css';
import '@khiw/ui-kit/styles/hues.css';
import { mount } from 'svelte';

import App from './App.svelte';

export default mount(App, { target: document.body });
