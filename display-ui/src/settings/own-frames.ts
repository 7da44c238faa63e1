// The frames that only an enrolled screen gets: what it is now, and what it is told to do. Pure.
// Must not carry anything out.

import { fields, text } from '../lobby/wire';
import { parseSettings, type ParsedSettings } from './screen-settings';

export const ORDERS = ['reload', 'voices', 'media', 'renew'] as const;
export type Order = (typeof ORDERS)[number];

export interface OwnScreen extends ParsedSettings {
  readonly id: string;
  readonly name: string;
  /** This one speaks for its sound group. */
  readonly speaks: boolean;
  /** Keys of calls that the group has spoken lately. */
  readonly spoken: readonly string[];
}

export type OwnFrame =
  | { readonly type: 'screen'; readonly screen: OwnScreen }
  | { readonly type: 'order'; readonly order: Order };

/** As many as a group can speak within the time in which a call is fresh, many times over. */
const SPOKEN_MAX = 64;

/** Null: another frame, or one that cannot be used. */
export function parseOwnFrame(value: unknown): OwnFrame | null {
  const from = fields(value);
  if (from?.['type'] === 'order') {
    const order = ORDERS.find((one) => one === from['order']);
    return order === undefined ? null : { type: 'order', order };
  }
  const screen = from?.['type'] === 'screen' ? fields(from['screen']) : null;
  if (screen === null) return null;
  const spoken = Array.isArray(screen['spoken']) ? screen['spoken'] : [];
  return {
    type: 'screen',
    screen: {
      id: text(screen['id']) ?? '',
      name: text(screen['name']) ?? '',
      speaks: screen['speaks'] === true,
      spoken: spoken.filter((key) => typeof key === 'string').slice(0, SPOKEN_MAX),
      ...parseSettings(screen['settings']),
    },
  };
}
