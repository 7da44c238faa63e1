// What screens show beside the calls as a form holds it, and back. Names of wrong fields are the server's own. Pure.

import type { MediaView, Names, PlaylistItem, ScreenNotice, Shown } from '@khiw/ui-kit/api';

import { hallMoment, hallText } from './hall-time';

export const SHOWS_S = [3, 600] as const;
/** Long enough to be read, short enough that nobody waits for it to end. */
const SHOWS_S_FIRST = 10;
/** A video is shown to its end, but not longer. */
const VIDEO_S_FIRST = 120;
export const NOTICE_LENGTH_MAX = 300;
export const NOTICE_LANGUAGES = ['th', 'vi', 'en'] as const;

interface When {
  /** Names the row on the page only. */
  key: number;
  zones: string[];
  /** As the browser's field has it, hall time. */
  from: string;
  to: string;
}
export interface DraftItem extends When {
  media: string;
  /** Null: the field is empty. */
  shows_s: number | null;
}
export interface DraftNotice extends When {
  style: ScreenNotice['style'];
  text: Names;
}
export interface ShownDraft {
  playlist: DraftItem[];
  notices: DraftNotice[];
  next_key: number;
}

export function draftOf({ playlist, notices }: Shown, time_zone: string): ShownDraft {
  let next_key = 0;
  const when = (one: PlaylistItem | ScreenNotice): When => ({
    key: next_key++,
    zones: [...(one.zones ?? [])],
    from: hallText(one.from, time_zone),
    to: hallText(one.to, time_zone),
  });
  const of_items = playlist.map((one) => ({ ...when(one), media: one.media, shows_s: one.shows_s }));
  const of_notices = notices.map((one) => ({ ...when(one), style: one.style, text: inOrder(one.text) }));
  return { playlist: of_items, notices: of_notices, next_key };
}

export function addItem(draft: ShownDraft, media: string, is_video: boolean): void {
  const shows_s = is_video ? VIDEO_S_FIRST : SHOWS_S_FIRST;
  draft.playlist.push({ key: draft.next_key++, media, shows_s, zones: [], from: '', to: '' });
}

export function addNotice(draft: ShownDraft, style: ScreenNotice['style']): void {
  draft.notices.push({ key: draft.next_key++, style, text: {}, zones: [], from: '', to: '' });
}

/** One of the list at another place; the same list when there is no such place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one === undefined || to < 0 || to >= list.length) return [...list];
  next.splice(to, 0, one);
  return next;
}

/** By language, so that the order in which they were written or sent is no difference. */
function inOrder(text: Names): Names {
  return Object.fromEntries(Object.entries(text).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Text without the languages that were left empty. */
function written(text: Names): Names {
  const said = Object.entries(text).map(([code, words]) => [code, words.trim()] as const);
  return inOrder(Object.fromEntries(said.filter(([, words]) => words !== '')));
}

function endsBeforeItStarts({ from, to }: When): boolean {
  return from !== '' && to !== '' && from >= to;
}

/** `playlist[0].shows_s`, `notices[2].text`, …: as the server names them too. */
export function wrongFields({ playlist, notices }: ShownDraft, media: ReadonlySet<string>): string[] {
  const of_items = playlist.flatMap((item, n) => [
    ...(media.has(item.media) ? [] : [`playlist[${n}].media`]),
    ...(item.shows_s !== null && item.shows_s >= SHOWS_S[0] && item.shows_s <= SHOWS_S[1] ? [] : [`playlist[${n}].shows_s`]),
    ...(endsBeforeItStarts(item) ? [`playlist[${n}].to`] : []),
  ]);
  const of_notices = notices.flatMap((notice, n) => {
    const texts = Object.values(written(notice.text));
    const is_said = texts.length > 0 && texts.every((text) => [...text].length <= NOTICE_LENGTH_MAX);
    return [...(is_said ? [] : [`notices[${n}].text`]), ...(endsBeforeItStarts(notice) ? [`notices[${n}].to`] : [])];
  });
  return [...of_items, ...of_notices];
}

export function shownOf({ playlist, notices }: ShownDraft, time_zone: string): Shown {
  const when = ({ zones, from, to }: When) => ({
    zones: [...zones],
    from: hallMoment(from, time_zone),
    to: hallMoment(to, time_zone),
  });
  return {
    playlist: playlist.map((one) => ({ media: one.media, shows_s: Math.round(one.shows_s ?? 0), ...when(one) })),
    notices: notices.map((one) => ({ style: one.style, text: written(one.text), ...when(one) })),
  };
}

/** Texts of messages that nobody has begun to write, by their fields' names. */
export function unwritten({ notices }: ShownDraft): string[] {
  return notices.flatMap(({ text }, n) => (Object.keys(written(text)).length === 0 ? [`notices[${n}].text`] : []));
}

/** Whether sending the draft would change anything. */
export function differs(draft: ShownDraft, view: MediaView, time_zone: string): boolean {
  const sent = (one: ShownDraft) => JSON.stringify(shownOf(one, time_zone));
  return sent(draft) !== sent(draftOf(view, time_zone));
}
