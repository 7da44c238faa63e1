// Sample speech and voices for specs. Must not be imported by the page.

import { sampleCall } from '../lobby/testing';
import type { Call, Speech } from '../lobby/wire';
import type { Manner } from './job';
import type { Clip, VoiceShelf } from './shelf';

/** Every clip of a sample voice lasts as long. */
export const CLIP_MS = 500;

export function sampleVoices(languages: readonly string[], tokens: readonly string[] = ['a', '1', '2', '5']): VoiceShelf {
  const clip = (language: string, token: string): Clip => ({ url: `/clips/${language}/${token}`, length_ms: CLIP_MS });
  return new Map(languages.map((language) => [language, new Map(tokens.map((token) => [token, clip(language, token)]))]));
}

export function sampleSpeech(language: string, tokens: readonly string[] = ['a', '1', '2', '5']): Speech {
  return { language, tokens, pauses_ms: tokens.map((_, index) => (index === 0 ? 0 : 100)) };
}

export function spokenCall(changes: Partial<Call> = {}): Call {
  return sampleCall({ speech: [sampleSpeech('th'), sampleSpeech('en')], ...changes });
}

export function sampleManner(changes: Partial<Manner> = {}): Manner {
  return { mode: 'voice', times: 1, second_language: null, speed: 1, voices: sampleVoices(['th', 'en']), ...changes };
}
