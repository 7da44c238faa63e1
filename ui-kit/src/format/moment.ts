// Dates and times as people read them. The wire and the code know only CE and RFC 3339; the Buddhist Era comes in
// here and nowhere else, through Intl's calendar, so that it can never be added twice.

import { commonWords } from '../words/common';
import { say } from '../words/say';

/** Where and when the page stands: the hall's zone and the hall's time (it may be simulated). */
export interface Hall {
  time_zone: string;
  now: Date;
}

const LOCALE: Record<string, string> = {
  th: 'th-TH-u-ca-buddhist-nu-latn',
  en: 'en-GB-u-nu-latn',
  vi: 'vi-VN-u-nu-latn',
  ms: 'ms-MY-u-nu-latn',
  lo: 'lo-LA-u-nu-latn',
  my: 'my-MM-u-nu-latn',
  zh: 'zh-CN-u-nu-latn',
};

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, time_zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = LOCALE[language] ?? 'en-GB';
  const name = `${locale}|${time_zone}|${JSON.stringify(options)}`;
  let found = formats.get(name);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale, { ...options, timeZone: time_zone });
    formats.set(name, found);
  }
  return found;
}

/** 09:41 */
export function clockTime(at: Date | string, time_zone: string, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  if (seconds) options.second = '2-digit';
  return format('en', time_zone, options).format(new Date(at));
}

/** 2 ธ.ค. 2569 · 2 Dec 2026 · 2 thg 12, 2026. The era's name is left out: everybody knows which it is. */
export function shortDate(at: Date | string, language: string, time_zone: string): string {
  return withoutEra(format(language, time_zone, { day: 'numeric', month: 'short', year: 'numeric' }), at);
}

/** วันพุธที่ 2 ธันวาคม 2569 */
export function longDate(at: Date | string, language: string, time_zone: string): string {
  const options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' };
  return withoutEra(format(language, time_zone, options), at);
}

function withoutEra(formatter: Intl.DateTimeFormat, at: Date | string): string {
  const parts = formatter.formatToParts(new Date(at)).filter((part) => part.type !== 'era');
  return parts.map((part) => part.value).join('').replace(/\s+/g, ' ').trim();
}

/** The hall's calendar day as `2026-12-02`, only for comparing days. */
export function dayKey(at: Date | string, time_zone: string): string {
  const parts = format('en', time_zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(new Date(at));
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** “วันนี้ เวลา 13:00 น.”, “tomorrow at 08:30”, “Monday 7 December at 08:30”. */
export function openingWords(at: string, language: string, hall: Hall): string {
  const words = commonWords(language);
  const time = say(words.time, { time: clockTime(at, hall.time_zone) });
  const day = dayKey(at, hall.time_zone);
  if (day === dayKey(hall.now, hall.time_zone)) return say(words.today_at, { time });
  if (day === dayKey(new Date(hall.now.getTime() + 86_400_000), hall.time_zone)) return say(words.tomorrow_at, { time });
  const options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
  return say(words.on_day_at, { day: withoutEra(format(language, hall.time_zone, options), at), time });
}

/** “12 seconds ago”, “3 minutes ago”: the age of what is shown. */
export function ageWords(age_ms: number, language: string): string {
  const words = commonWords(language);
  const seconds = Math.max(0, Math.floor(age_ms / 1000));
  const [word, n] = seconds < 60 ? [words.seconds_ago, seconds] : [words.minutes_ago, Math.floor(seconds / 60)];
  return say((n === 1 ? word.one : undefined) ?? word.other, { n });
}
