// The pages' own words, from config/locales/pages: a story looks for what a person reads, in the person's language.

import { readFileSync } from 'node:fs';

import { ROOT } from './binary.mjs';

export const LANGUAGES = { th: 'ไทย', vi: 'Tiếng Việt', en: 'English' };

export function words(page, language) {
  return JSON.parse(readFileSync(`${ROOT}config/locales/pages/${page}/${language}.json`, 'utf8'));
}

export function say(template, facts = {}) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
}

export function count(word, n, facts = {}) {
  const template = (n === 0 ? word.none : n === 1 ? word.one : undefined) ?? word.other;
  return say(template, { n, ...facts });
}

/** Matches the template with anything in the place of facts that are not given. */
export function pattern(template, facts = {}) {
  const parts = say(template, facts).split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.+?'), 'u');
}

/** A configured name in this language, else English, else whatever there is. */
export function named(names, language) {
  return names?.[language] ?? names?.en ?? Object.values(names ?? {})[0] ?? '';
}
