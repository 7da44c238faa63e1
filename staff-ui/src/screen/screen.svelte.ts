// What the settings page of one screen knows: what the screen is set to, the draft, which outlives a reload of this
// window, and the names already in use. The screen changes only by `save`.

import {
  Refused,
  createApi,
  createLobbyApi,
  isProblem,
  type Api,
  type DeviceView,
  type LobbyApi,
  type Problem,
  type ScreenSettings,
  type SiteView,
} from '@khiw/ui-kit/api';

import { soundGroups } from '../devices/device';
import { draftOf, fieldNamed, settingsOf, wrongFields, type Draft, type Field } from './settings';

/** Changes with the shape of `Draft`: a draft of another shape is not read. */
const DRAFT_SHAPE = 1;

export interface ScreenPorts {
  readonly api: Pick<LobbyApi, 'devices' | 'setScreen'> & Pick<Api, 'site'>;
  readonly store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

export class ScreenDesk {
  site = $state.raw<SiteView | null>(null);
  device = $state.raw<DeviceView | null>(null);
  groups = $state.raw<readonly string[]>([]);
  draft = $state<Draft | null>(null);
  /** Nobody, or somebody who may not set up screens. */
  kept_out = $state(false);
  /** The server answered and there is no such screen. */
  unknown = $state.raw<'device' | 'screen' | null>(null);
  problem = $state.raw<Problem | null>(null);
  saving = $state(false);
  saved = $state(false);

  readonly #key: string;

  constructor(
    private readonly site_id: string,
    private readonly device_id: string,
    private readonly ports: ScreenPorts = browserPorts(),
  ) {
    this.#key = `khiw.screen.${site_id}/${device_id}`;
  }

  /** What the screen is set to. */
  get before(): ScreenSettings | null {
    return this.device?.screen?.settings ?? null;
  }

  /** What would be sent; null while something is wrong. */
  get after(): ScreenSettings | null {
    return this.draft === null ? null : settingsOf(this.draft);
  }

  /** Fields that may not be sent as they stand, and the one the server refused. */
  get wrong(): readonly Field[] {
    const refused = this.problem instanceof Refused ? fieldNamed(this.problem.facts['field']) : null;
    const own = this.draft === null ? [] : wrongFields(this.draft);
    return refused === null ? own : [...own, refused];
  }

  get is_changed(): boolean {
    if (this.draft === null || this.before === null) return false;
    // Both by the same way, so that the order of fields in an answer is no change.
    return JSON.stringify(this.after) !== JSON.stringify(settingsOf(draftOf(this.before)));
  }

  async start(): Promise<void> {
    if (await this.#asked(() => this.#look())) this.draft = this.#kept() ?? (this.before && draftOf(this.before));
  }

  /** The draft changed. */
  keep(): void {
    if (this.draft === null) return;
    if (this.is_changed) {
      this.saved = false;
      this.ports.store.setItem(this.#key, JSON.stringify({ shape: DRAFT_SHAPE, draft: this.draft }));
    } else {
      this.ports.store.removeItem(this.#key);
    }
  }

  drop(): void {
    this.problem = null;
    this.draft = this.before && draftOf(this.before);
    this.keep();
  }

  async save(): Promise<void> {
    const { after } = this;
    if (after === null || this.saving) return;
    this.saving = true;
    this.saved = await this.#asked(() => this.ports.api.setScreen(this.site_id, this.device_id, after));
    if (this.saved) {
      if (this.device?.screen) this.device = { ...this.device, screen: { ...this.device.screen, settings: after } };
      this.keep();
      // Names of groups may be others now; nothing is lost when they cannot be asked for.
      await this.#look().catch(() => undefined);
    }
    this.saving = false;
  }

  async #look(): Promise<void> {
    const { api } = this.ports;
    this.site ??= await api.site(this.site_id);
    const { devices } = await api.devices(this.site_id);
    const device = devices.find(({ id }) => id === this.device_id) ?? null;
    this.groups = soundGroups(devices);
    this.device = device;
    this.unknown = device === null ? 'device' : device.screen === null ? 'screen' : null;
  }

  #kept(): Draft | null {
    try {
      const kept = JSON.parse(this.ports.store.getItem(this.#key) ?? 'null') as { shape: number; draft: Draft } | null;
      return kept?.shape === DRAFT_SHAPE ? kept.draft : null;
    } catch {
      return null;
    }
  }

  async #asked(ask: () => Promise<unknown>): Promise<boolean> {
    try {
      await ask();
      this.problem = null;
      return true;
    } catch (thrown) {
      if (!isProblem(thrown)) throw thrown;
      this.kept_out = thrown instanceof Refused && (thrown.status === 401 || thrown.status === 403);
      this.problem = thrown;
      return false;
    }
  }
}

function browserPorts(): ScreenPorts {
  const { site } = createApi();
  return { api: { ...createLobbyApi(), site }, store: sessionStorage };
}
