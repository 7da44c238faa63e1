// Which alarms stand, which of them ring where, and in what words each is told. Pure.

import type { Alarm, PrinterState } from '@khiw/ui-kit/api';

import type { StaffWords } from '../words';

/** A page that is about alarms rings at once; a counter, where somebody serves, only when nobody else went. */
export type Place = 'watch' | 'counter';

/** What can be the matter with a printer, and has words. */
const TROUBLES = [
  'offline', 'paper_near_end', 'paper_out', 'cover_open', 'cutter_error', 'overheated', 'unknown', 'unusable',
] as const satisfies readonly PrinterState[];
/** What is the matter with a screen that somebody has to go to. */
const SCREEN_TROUBLES = ['gone', 'behind', 'silent'] as const;
const RANK = { stop: 0, warn: 1, info: 2 } as const;

/** Those that stand: nobody's before somebody's, the worst first, then the longest. */
export function standing(alarms: readonly Alarm[]): Alarm[] {
  const taken = (alarm: Alarm): number => (alarm.acknowledged_by === null ? 0 : 1);
  return alarms
    .filter(({ cleared }) => cleared === null)
    .sort((a, b) => taken(a) - taken(b) || RANK[a.severity] - RANK[b.severity] || a.since.localeCompare(b.since));
}

/** More than a note. */
export function isSerious(alarm: Alarm): boolean {
  return alarm.severity !== 'info';
}

export function rings(alarm: Alarm, place: Place): boolean {
  if (alarm.cleared !== null || alarm.acknowledged_by !== null || !isSerious(alarm)) return false;
  return place === 'watch' || alarm.escalated;
}

/** What the page knows of the hall beside the alarm: names by id. */
export interface HallNames {
  agency(id: string): string;
  queue(id: string): string;
}

export interface Told {
  /** What is the matter. */
  readonly what: string;
  /** What to do about it; null: it says itself. */
  readonly then: string | null;
  /** Whether the page of the printers shows more. */
  readonly printers: boolean;
}

export function tell(alarm: Alarm, words: StaffWords, names: HallNames): Told {
  const { facts } = alarm;
  const text = (name: string): string => String(facts[name] ?? '');
  const amount = (name: string): number => Number(facts[name] ?? 0);
  const only = (what: string): Told => ({ what, then: null, printers: false });
  switch (alarm.source) {
    case 'printer': {
      const state = TROUBLES.find((known) => known === text('state')) ?? 'unknown';
      return {
        what: `${text('printer')}: ${words.t(`printer_${state}`)}`,
        then: words.t(`printer_${state}_do`),
        printers: true,
      };
    }
    case 'paper':
      return facts['printer'] === undefined
        ? {
            what: words.n('alarm_papers_missing', amount('failed') + amount('uncertain')),
            then: words.t('alarm_papers_missing_do'),
            printers: true,
          }
        : {
            what: words.t('alarm_papers_late', { printer: text('printer'), n: amount('waiting') }),
            then: words.t('alarm_papers_late_do'),
            printers: true,
          };
    case 'clock':
      return {
        what: words.t('alarm_clock', { off: words.minutes(Math.abs(amount('off_s'))) }),
        then: words.t('alarm_clock_do'),
        printers: false,
      };
    case 'disk':
      switch (text('standing')) {
        case 'spool':
          return { what: words.t('alarm_spool'), then: words.t('alarm_spool_do'), printers: false };
        case 'fenced':
          return only(words.t('alarm_fenced'));
        default:
          return { what: words.t('alarm_disk'), then: words.t('alarm_disk_do'), printers: false };
      }
    case 'agency':
      return only(words.t('alarm_agency', { agency: names.agency(text('agency')) }));
    case 'promise':
      return only(words.t('alarm_promise', { queue: names.queue(text('queue')) }));
    case 'emergency':
      return only(words.t('alarm_emergency'));
    case 'screen':
      return ofScreen(alarm, words);
    case 'voice': {
      const language = words.languageName(text('language'));
      const what = facts['missing'] === null ? 'alarm_voice_unusable' : 'alarm_voice';
      return { what: words.t(what, { language, n: amount('missing') }), then: words.t('alarm_voice_do'), printers: false };
    }
    default:
      return only(words.t('alarm_other', { id: alarm.id }));
  }
}

/** A screen that is lost or silent is to be gone to; the rest is to be known. */
function ofScreen({ facts }: Alarm, words: StaffWords): Told {
  const name = String(facts['name'] ?? facts['device'] ?? '');
  const state = SCREEN_TROUBLES.find((known) => known === facts['state']);
  if (state !== undefined) {
    const what = words.t(`alarm_screen_${state}`, { name });
    return { what, then: words.t(`alarm_screen_${state}_do`), printers: false };
  }
  if (Array.isArray(facts['clips_failed'])) {
    return { what: words.t('alarm_screen_clips', { name }), then: words.t('alarm_screen_clips_do'), printers: false };
  }
  const what = facts['media_failed'] === undefined
    ? words.t('alarm_screen_overflowed', { name, n: Number(facts['overflowed'] ?? 0) })
    : words.t('alarm_screen_media', { name });
  return { what, then: null, printers: false };
}
