// What the page's address says: settings of a screen that is not enrolled, and whether this is only a preview.
// A preview is silent, reports nothing and leaves nothing behind in the browser. Pure.

import { DEFAULT_SETTINGS, parseSettings, type ParsedSettings } from './screen-settings';

export interface Address extends ParsedSettings {
  readonly is_preview: boolean;
}

export function readAddress(search: string): Address {
  const asked = new URLSearchParams(search);
  const is_preview = asked.get('preview') === '1';
  const json = asked.get('settings');
  if (json === null) return { settings: DEFAULT_SETTINGS, problems: [], is_preview };
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  return { ...parseSettings(value), is_preview };
}
