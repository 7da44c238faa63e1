// The voices that the server offers, as clips by language and word. Parsed once, item by item: one wrong clip costs
// its word, never the voice. Must not fetch or play.

export interface Clip {
  readonly url: string;
  readonly length_ms: number;
}

/** Language, then token. */
export type VoiceShelf = ReadonlyMap<string, ReadonlyMap<string, Clip>>;

export const NO_VOICES: VoiceShelf = new Map();

/** A voice has about a hundred words; a list beyond this is not one of ours. */
const CLIPS_MAX = 1_000;
const VOICES_MAX = 16;
/** The server takes no longer ones. */
const CLIP_MS_MAX = 5_000;

export function parseVoices(value: unknown): VoiceShelf {
  const shelf = new Map<string, ReadonlyMap<string, Clip>>();
  for (const voice of list(fields(value)?.['voices']).slice(0, VOICES_MAX)) {
    const language = fields(voice)?.['language'];
    if (typeof language !== 'string' || shelf.has(language)) continue;
    shelf.set(language, clipsOf(list(fields(voice)?.['clips']).slice(0, CLIPS_MAX)));
  }
  return shelf;
}

/** The same voices without clips that turned out to be no sound. */
export function withoutClips(shelf: VoiceShelf, urls: ReadonlySet<string>): VoiceShelf {
  if (urls.size === 0) return shelf;
  const sound = ([language, clips]: [string, ReadonlyMap<string, Clip>]) =>
    [language, new Map([...clips].filter(([, { url }]) => !urls.has(url)))] as const;
  return new Map([...shelf].map(sound));
}

/** Words whose clips turned out to be no sound, as `th/digit_1`. */
export function wordsAmong(shelf: VoiceShelf, urls: ReadonlySet<string>): string[] {
  if (urls.size === 0) return [];
  const among = (language: string, clips: ReadonlyMap<string, Clip>) =>
    [...clips].filter(([, { url }]) => urls.has(url)).map(([token]) => `${language}/${token}`);
  return [...shelf].flatMap(([language, clips]) => among(language, clips));
}

/** Every clip, voice after voice. */
export function clipUrls(shelf: VoiceShelf): string[] {
  return [...shelf.values()].flatMap((clips) => [...clips.values()].map(({ url }) => url));
}

function clipsOf(items: readonly unknown[]): Map<string, Clip> {
  const clips = new Map<string, Clip>();
  for (const item of items) {
    const { token, url, length_ms } = fields(item) ?? {};
    // Only of this server: an address elsewhere would make a hall depend on the world.
    if (typeof token !== 'string' || typeof url !== 'string' || !/^\/(?!\/)/.test(url)) continue;
    if (typeof length_ms !== 'number' || !(length_ms > 0 && length_ms <= CLIP_MS_MAX)) continue;
    clips.set(token, { url, length_ms });
  }
  return clips;
}

function fields(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
