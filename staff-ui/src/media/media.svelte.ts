// What the media page knows: the files, what is shown, and the draft of what shall be. The list is looked at every few
// seconds, for screens that could not show a file; a draft outlives looks and a reload of this window.

import {
  Refused,
  createApi,
  createLobbyApi,
  isProblem,
  type Api,
  type DeviceView,
  type LobbyApi,
  type MediaView,
  type Problem,
  type Shown,
  type SiteView,
} from '@khiw/ui-kit/api';

import { addItem, differs, draftOf, shownOf, unwritten, wrongFields, type ShownDraft } from './shown';

const LOOK_EVERY_MS = 5_000;
/** Changes with the shape of `ShownDraft`: a draft of another shape is not read. */
const DRAFT_SHAPE = 1;

export interface MediaPorts {
  readonly api: Pick<LobbyApi, 'media' | 'deleteMedia' | 'show' | 'devices'> & Pick<Api, 'site'>;
  readonly store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

export class MediaDesk {
  site = $state.raw<SiteView | null>(null);
  view = $state.raw<MediaView | null>(null);
  devices = $state.raw<readonly DeviceView[]>([]);
  draft = $state<ShownDraft | null>(null);
  kept_out = $state(false);
  reachable = $state(true);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  saved = $state(false);
  /** Somebody wanted to use the draft while something in it was wrong. */
  tried = $state(false);

  readonly #key: string;
  #looking: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(
    private readonly site_id: string,
    private readonly ports: MediaPorts = browserPorts(),
  ) {
    this.#key = `khiw.shown.${site_id}`;
  }

  get time_zone(): string {
    return this.site?.time_zone ?? 'UTC';
  }

  get is_changed(): boolean {
    return this.draft !== null && this.view !== null && differs(this.draft, this.view, this.time_zone);
  }

  /** Of the draft: names of fields, as the server has them, with the one it refused. */
  get wrong(): readonly string[] {
    if (this.draft === null) return [];
    const refused = this.problem instanceof Refused ? this.problem.facts['field'] : null;
    const own = this.#wrongOwn(this.draft);
    return typeof refused === 'string' && !own.includes(refused) ? [...own, refused] : own;
  }

  /** What is shown as wrong: a message not yet written only once somebody wanted to use it. */
  get marked(): readonly string[] {
    if (this.draft === null || this.tried) return this.wrong;
    const unbegun = new Set(unwritten(this.draft));
    return this.wrong.filter((field) => !unbegun.has(field));
  }

  /** Names of screens by their ids; one that is gone keeps its id. */
  names(ids: readonly string[]): string {
    return ids.map((id) => this.devices.find((one) => one.id === id)?.name ?? id).join(', ');
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
      this.site ??= await this.ports.api.site(this.site_id);
      this.#take(await this.ports.api.media(this.site_id));
      this.reachable = true;
      this.kept_out = false;
    } catch (thrown) {
      this.kept_out = thrown instanceof Refused && (thrown.status === 401 || thrown.status === 403);
      this.reachable = this.kept_out;
      return;
    }
    // Only for names: without them the page shows ids.
    this.devices = await this.ports.api.devices(this.site_id).then(({ devices }) => devices, () => this.devices);
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
    if (this.view === null) return;
    this.problem = null;
    this.tried = false;
    this.draft = draftOf(this.view, this.time_zone);
    this.keep();
  }

  add(media: string): void {
    const type = this.view?.media.find(({ id }) => id === media)?.type ?? '';
    if (this.draft !== null) addItem(this.draft, media, type.startsWith('video/'));
  }

  async save(): Promise<void> {
    const { draft, time_zone } = this;
    // What the server refused last is asked again: it may take it now.
    if (draft === null) return;
    this.tried = this.#wrongOwn(draft).length > 0;
    if (this.tried) return;
    this.saved = await this.#run(async () => {
      const view = await this.ports.api.show(this.site_id, shownOf(draft, time_zone));
      this.view = view;
      this.draft = draftOf(view, time_zone);
    });
    this.keep();
  }

  /** From every screen and from the draft too. */
  async delete(media: string): Promise<void> {
    await this.#run(async () => {
      const view = await this.ports.api.deleteMedia(this.site_id, media);
      if (this.draft !== null) this.draft.playlist = this.draft.playlist.filter((item) => item.media !== media);
      this.#take(view);
    });
    this.keep();
  }

  /** What nobody has changed here follows what is shown; rows are not made anew without need, somebody may be in one. */
  #take(view: MediaView): void {
    const before = this.view;
    const follows = before !== null && !this.is_changed && JSON.stringify(shownIn(before)) !== JSON.stringify(shownIn(view));
    this.view = view;
    if (this.draft === null) this.draft = this.#kept() ?? draftOf(view, this.time_zone);
    else if (follows) this.draft = draftOf(view, this.time_zone);
  }

  #wrongOwn(draft: ShownDraft): string[] {
    return wrongFields(draft, new Set(this.view?.media.map(({ id }) => id)));
  }

  #kept(): ShownDraft | null {
    try {
      const kept = JSON.parse(this.ports.store.getItem(this.#key) ?? 'null') as { shape: number; draft: ShownDraft } | null;
      return kept?.shape === DRAFT_SHAPE ? kept.draft : null;
    } catch {
      return null;
    }
  }

  async #run(send: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await send();
      return true;
    } catch (thrown) {
      if (!isProblem(thrown)) throw thrown;
      this.problem = thrown;
      return false;
    } finally {
      this.busy = false;
    }
  }
}

function shownIn({ playlist, notices }: MediaView): Shown {
  return { playlist, notices };
}

function browserPorts(): MediaPorts {
  const { site } = createApi();
  return { api: { ...createLobbyApi(), site }, store: sessionStorage };
}
