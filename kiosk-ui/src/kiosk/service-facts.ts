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

/** Whole units of the country's money. The wire has no currency: a Vietnamese site takes dong, a Thai one baht. */
function feeWords(fee: ServiceDetail['fee'], first: string, words: KioskWords, language: string): string {
  if (fee === null) return words.fee_unknown;
  if (fee === 0) return words.fee_none;
  const n = new Intl.NumberFormat(language === 'vi' ? 'vi-VN' : 'en-GB').format(fee);
  return say(first === 'vi' ? words.dong : words.baht, { n });
}

/** `first` is the site's own language. */
export function factsOf(
  kind: ServiceKind,
  detail: ServiceDetail | null,
  first: string,
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
    fee: detail && feeWords(detail.fee, first, words, language),
  };
}
