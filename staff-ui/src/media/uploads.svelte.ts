// Files on their way to the server, one after another, and what became of each. Refused ones stay, with the reason,
// until somebody has read it.

import { Garbled, isProblem, Refused, type MediaFile, type Problem } from '@khiw/ui-kit/api';

import type { StaffWords } from '../words';
import type { SendFile } from './send-file';

export interface Upload {
  readonly key: number;
  readonly file: File;
  /** 0 to 1. */
  share: number;
  state: 'waiting' | 'sending' | 'kept' | 'refused';
  problem: Problem | null;
}

export class Uploads {
  all = $state<Upload[]>([]);
  #next_key = 0;
  #sending = false;

  constructor(
    private readonly site: string,
    private readonly send: SendFile,
    private readonly kept: (file: MediaFile) => void,
  ) {}

  add(files: Iterable<File>): void {
    for (const file of files) {
      this.all.push({ key: this.#next_key++, file, share: 0, state: 'waiting', problem: null });
    }
    void this.#sendAll();
  }

  again(key: number): void {
    const upload = this.all.find((one) => one.key === key);
    if (upload?.state !== 'refused') return;
    Object.assign(upload, { share: 0, state: 'waiting', problem: null });
    void this.#sendAll();
  }

  dismiss(key: number): void {
    this.all = this.all.filter((one) => one.key !== key || one.state === 'sending');
  }

  async #sendAll(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (;;) {
      const upload = this.all.find(({ state }) => state === 'waiting');
      if (upload === undefined) break;
      await this.#sendOne(upload);
    }
    this.#sending = false;
  }

  async #sendOne(upload: Upload): Promise<void> {
    upload.state = 'sending';
    try {
      const file = await this.send(this.site, upload.file, (share) => (upload.share = share));
      upload.state = 'kept';
      this.kept(file);
    } catch (thrown) {
      upload.state = 'refused';
      upload.problem = isProblem(thrown) ? thrown : new Garbled(0);
    }
  }
}

const MB = 1024 * 1024;

/** Why a file was not taken, plainly. */
export function whyNot(problem: Problem, words: StaffWords): string {
  if (!(problem instanceof Refused)) return words.refusal(problem);
  const { found, max_bytes } = problem.facts;
  switch (problem.code) {
    case 'media_type':
      return typeof found === 'string' && found !== 'unknown'
        ? words.t('media_why_type', { found })
        : words.t('media_why_unknown');
    case 'too_large':
      return typeof max_bytes === 'number'
        ? words.t('media_why_large', { mb: Math.floor(max_bytes / MB) })
        : words.refusal(problem);
    case 'media_full':
      return words.t('media_why_full');
    default:
      return words.refusal(problem);
  }
}

/** For people: as many MB as matter. */
export function megabytes(bytes: number): string {
  const mb = bytes / MB;
  if (mb > 0 && mb < 0.05) return '<0.1';
  return mb >= 10 ? String(Math.round(mb)) : mb.toFixed(1);
}
