// A service's public manual (steps, time, fee, documents) in the visitor's words, ready to be laid out.

import type { ServiceDetail, ServiceKind } from '@khiw/ui-kit/api';
import { type CommonWords, count, named, say } from '@khiw/ui-kit/words';

import type { KioskWords } from '../words/kiosk.svelte';

export interface ServiceFacts {
  kind: string;
  steps: string[];
  /** Null while the details are not known: then nothing is claimed. */
  documents: string[] | null;
  time: string | null;
  fee: string | null;
}

function kindWords(kind: ServiceKind, detail: ServiceDetail | null, words: KioskWords, language: string): string {
  if (detail?.forwarded_to) return say(words.forwarded_to, { agency: named(detail.forwarded_to, language) });
  return words[kind];
}

function feeWords(fee: ServiceDetail['fee'], words: KioskWords, language: string): string {
  if (fee === null) return words.fee_unknown;
  const text = typeof fee === 'string' ? fee : named(fee, language);
  return /^0?$/.test(text.trim()) ? words.fee_none : text;
}

export function factsOf(
  kind: ServiceKind,
  detail: ServiceDetail | null,
  words: KioskWords,
  common: CommonWords,
  language: string,
): ServiceFacts {
  const posted = detail?.posted_time ?? null;
  return {
    kind: kindWords(kind, detail, words, language),
    steps: detail?.steps.map((step) => named(step, language)) ?? [],
    documents: detail?.documents.map((document) => named(document, language)) ?? null,
    time: posted && count(posted.unit === 'minutes' ? common.minutes : common.working_days, posted.n),
    fee: detail && feeWords(detail.fee, words, language),
  };
}
