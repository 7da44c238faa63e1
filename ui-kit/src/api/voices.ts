// Voices that a hall speaks with, and a voice that is being recorded: the shapes of the wire and its calls.

import type { components } from '../generated/api';
import { asker, type ApiPorts } from './client';
import type { Answer } from './shapes';

type Wire = components['schemas'];

export type Voices = Answer<Wire['VoicesView']>;
export type VoiceView = Answer<Wire['VoiceView']>;
export type Prompts = Answer<Wire['PromptsView']>;
export type Prompt = Answer<Wire['PromptView']>;
export type KeptSound = Answer<Wire['SoundView']>;
export type PublishVoice = Wire['PublishVoice'];

export type VoiceApi = ReturnType<typeof createVoiceApi>;

const at = encodeURIComponent;

/** Every method resolves to the shape of the contract or throws a `Problem`. */
export function createVoiceApi(ports: ApiPorts = {}) {
  const ask = asker(ports);
  const of = (site: string, language: string) => `/sites/${at(site)}/voices/${at(language)}`;
  return {
    voices: (site: string) => ask<Voices>(`/sites/${at(site)}/voices`),
    prompts: (site: string, language: string) => ask<Prompts>(`${of(site, language)}/prompts`),
    /** `sound` is Ogg Opus. */
    record: (site: string, language: string, token: string, sound: Blob) =>
      ask<KeptSound>(`${of(site, language)}/recordings/${at(token)}`, { method: 'PUT', body: sound }),
    discard: (site: string, language: string, token: string) =>
      ask<null>(`${of(site, language)}/recordings/${at(token)}`, { method: 'DELETE' }),
    publish: (site: string, language: string, body: PublishVoice) =>
      ask<Voices>(`${of(site, language)}/publish`, { method: 'POST', body }),
    /** The office's own voice is out of use; the shipped one, if there is one, speaks again. */
    withdraw: (site: string, language: string) => ask<Voices>(of(site, language), { method: 'DELETE' }),
  };
}
