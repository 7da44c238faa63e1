// What the devices page knows: every device of the site, looked at every few seconds, and what was done last. What was
// known stays while the server is away. What somebody types is not here: it must outlive each look.

import {
  Refused,
  createApi,
  createLobbyApi,
  createVoiceApi,
  isProblem,
  type Api,
  type ApproveDevice,
  type DeviceView,
  type LobbyApi,
  type Problem,
  type SiteView,
  type VoiceApi,
} from '@khiw/ui-kit/api';

import { languagesIn, textsOf, type WordTexts } from './unplayed';

const LOOK_EVERY_MS = 3_000;

export type DevicesApi = Pick<
  LobbyApi,
  'devices' | 'approveDevice' | 'changeDevice' | 'reloadDevice' | 'rotateDevice' | 'revokeDevice'
> & Pick<Api, 'site'> & Pick<VoiceApi, 'prompts'>;

export type Deed = 'added' | 'saved' | 'reload' | 'rotate' | 'revoked';

export class DevicesDesk {
  devices = $state.raw<readonly DeviceView[] | null>(null);
  /** Zones, counters, the time zone; null until the first answer. */
  site = $state.raw<SiteView | null>(null);
  /** Nobody, or somebody who may not see devices. */
  kept_out = $state(false);
  reachable = $state(true);
  problem = $state.raw<Problem | null>(null);
  done = $state.raw<{ what: Deed; name: string } | null>(null);
  /** The new secret of a device that must be told it by hand; forgotten with the next deed. */
  secret = $state.raw<{ name: string; token: string } | null>(null);
  /** What is on its way: `add`, `reload/ID`. */
  busy = $state<string | null>(null);

  /** What words say that screens could not play, as far as this person may read it. */
  texts = $state.raw<WordTexts>(new Map());

  readonly #site: string;
  readonly #api: DevicesApi;
  readonly #asked_for = new Set<string>();
  #looking: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(site: string, api: DevicesApi = browserApi()) {
    this.#site = site;
    this.#api = api;
  }

  async start(): Promise<void> {
    await this.look();
    if (!this.#stopped) this.#looking = setTimeout(() => void this.start(), LOOK_EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#looking);
  }

  async look(): Promise<void> {
    try {
      this.site ??= await this.#api.site(this.#site);
      this.devices = (await this.#api.devices(this.#site)).devices;
      this.reachable = true;
      this.kept_out = false;
    } catch (thrown) {
      this.kept_out = thrown instanceof Refused && (thrown.status === 401 || thrown.status === 403);
      this.reachable = this.kept_out;
      return;
    }
    await this.#learnWords();
  }

  /** Only for words: without their texts the page shows their names. Whoever was refused once is not asked for again. */
  async #learnWords(): Promise<void> {
    const unplayed = (this.devices ?? []).flatMap(({ screen }) => screen?.report?.clips_failed ?? []);
    for (const language of languagesIn(unplayed).filter((one) => !this.#asked_for.has(one))) {
      this.#asked_for.add(language);
      try {
        const { prompts } = await this.#api.prompts(this.#site, language);
        this.texts = new Map([...this.texts, [language, textsOf(prompts)]]);
      } catch (thrown) {
        if (!(thrown instanceof Refused)) this.#asked_for.delete(language);
      }
    }
  }

  /** Each of these answers whether it was done; else `problem` says why not. */
  approve(asked: ApproveDevice): Promise<boolean> {
    return this.#run('add', { what: 'added', name: asked.name }, () => this.#api.approveDevice(this.#site, asked));
  }

  change(id: string, to: { name: string; zone: string | null; place: string | null }): Promise<boolean> {
    return this.#run(`save/${id}`, { what: 'saved', name: to.name }, () => this.#api.changeDevice(this.#site, id, to));
  }

  reload({ id, name }: DeviceView): Promise<boolean> {
    return this.#run(`reload/${id}`, { what: 'reload', name }, () => this.#api.reloadDevice(this.#site, id));
  }

  rotate({ id, name }: DeviceView): Promise<boolean> {
    return this.#run(`rotate/${id}`, { what: 'rotate', name }, async () => {
      const { token } = await this.#api.rotateDevice(this.#site, id);
      if (token !== null) this.secret = { name, token };
    });
  }

  revoke({ id, name }: DeviceView): Promise<boolean> {
    return this.#run(`revoke/${id}`, { what: 'revoked', name }, () => this.#api.revokeDevice(this.#site, id));
  }

  async #run(label: string, done: { what: Deed; name: string }, send: () => Promise<unknown>): Promise<boolean> {
    if (this.busy !== null) return false;
    this.busy = label;
    [this.problem, this.done, this.secret] = [null, null, null];
    try {
      await send();
      this.done = done;
    } catch (thrown) {
      if (!isProblem(thrown)) throw thrown;
      this.problem = thrown;
    } finally {
      this.busy = null;
    }
    await this.look();
    return this.done === done;
  }
}

function browserApi(): DevicesApi {
  const { site } = createApi();
  const { prompts } = createVoiceApi();
  return { ...createLobbyApi(), site, prompts };
}
