// Which key press means what on the counter page. Pure: compares the key's place (`code`), because the
// R key types พ while a clerk writes Thai. Must not act.

import type { ActionId } from './actions';
import { ACTIONS, isAvailable } from './actions';
import type { StartRule } from './primary';
import type { CounterDetail } from '@khiw/ui-kit/api';

export interface Press {
  readonly code: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
}

export interface Focus {
  /** A field that takes text or choices has the keys. */
  readonly typing: boolean;
  /** A question is open: its own keys count. */
  readonly asking: boolean;
  /** A button reached by the keyboard: Space belongs to it. */
  readonly on_button: boolean;
}

export type Meaning = { readonly press: 'primary' } | { readonly press: ActionId } | null;

/** A held key presses once: eighty tickets must not be called by a book on the space bar. */
export function meaning(
  press: Press,
  focus: Focus,
  counter: CounterDetail,
  start: StartRule,
): Meaning {
  if (press.repeat || press.ctrlKey || press.altKey || press.metaKey || press.isComposing) return null;
  if (focus.typing || focus.asking) return null;
  if (press.code === 'Space') return focus.on_button ? null : { press: 'primary' };
  const action = ACTIONS.find(
    ({ id, key }) => press.code === `Key${key}` && isAvailable(id, counter, start),
  );
  return action === undefined ? null : { press: action.id };
}
