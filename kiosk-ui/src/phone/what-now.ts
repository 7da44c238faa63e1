// What a person with a number should do now: one sentence for each state. Pure.

import type { PublicTicket } from '@khiw/ui-kit/api';
import { type Language, named, say } from '@khiw/ui-kit/words';

import type { PhoneWords } from '../words/phone';

/** With this many or fewer ahead it is time to be in the hall. */
const NEAR = 2;

export interface WhatNow {
  tone: 'calm' | 'near' | 'go' | 'over';
  text: string;
  /** Where to go, only while called. */
  place: { word: string; label: string } | null;
  /** Whether place in line and range still mean something. */
  waits: boolean;
}

export function whatNow(ticket: PublicTicket, words: PhoneWords, language: Language): WhatNow {
  const place = ticket.counter && { word: named(ticket.counter.place, language), label: ticket.counter.label };
  const plain = (text: string, tone: WhatNow['tone'] = 'over'): WhatNow => ({ tone, text, place: null, waits: false });
  switch (ticket.state) {
    case 'waiting': {
      // Without an estimate no counter may be open: then few people ahead does not mean soon.
      const near = ticket.ahead !== null && ticket.ahead <= NEAR && ticket.estimate !== null;
      return { tone: near ? 'near' : 'calm', text: near ? words.now_near : words.now_wait, place: null, waits: true };
    }
    case 'called':
      return { tone: 'go', text: (ticket.attempt ?? 1) > 1 ? words.called_again : words.called_now, place, waits: false };
    case 'serving':
      return plain(say(words.serving, { counter: place ? `${place.word} ${place.label}` : '' }), 'calm');
    case 'parked':
      return plain(words.parked, 'calm');
    case 'done':
      return plain(words.done);
    case 'no_show':
      return plain(words.no_show, 'near');
    case 'cancelled':
      return plain(words.cancelled);
  }
}
