// What every layout is given to show. A layout draws it and decides nothing that people could miss.

import type { Mood } from '../lobby/mood';
import type { Stage } from '../lobby/stage';
import type { Call, Desk, QueueCount } from '../lobby/wire';
import type { LobbyWords } from '../lobby/words';
import type { Playing } from '../media/playing.svelte';
import type { CounterCard } from '../settings/counters';
import type { ScreenSettings } from '../settings/screen-settings';

export interface Shown {
  readonly settings: ScreenSettings;
  readonly mood: Mood;
  readonly stage: Stage;
  /** Key of the call whose turn it is. */
  readonly turn: string | null;
  /** Those that concern this screen, newest first. */
  readonly calls: readonly Call[];
  readonly queues: readonly QueueCount[];
  /** All of the hall, in configured order. */
  readonly counters: readonly CounterCard[];
  /** Where somebody works now; null: not known. */
  readonly desks: readonly Desk[] | null;
  readonly words: LobbyWords;
  /** Page-turning time, monotonic. */
  readonly beat_ms: number;
  /** Font size that figures need for their distance; 0: not known. */
  readonly need_px: number;
  readonly playing: Playing;
  /** Only to be measured: nothing may play in it. */
  readonly is_sample: boolean;
}
