// A running `khiw` as a child process: started, heard, frozen, killed, and always reaped.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { binary } from './binary.mjs';
import { within } from './patience.mjs';

const STARTED_WITHIN_MS = 30_000;
const ENDED_WITHIN_MS = 10_000;
const ADDRESS = /(https?):\/\/(\[[^\]]+\]|[^\s:/"\u001b]+):(\d+)/;

export class Running {
  #child;
  #said = '';
  #listeners = new Set();

  constructor(args) {
    this.#child = spawn(binary(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      output.setEncoding('utf8');
      output.on('data', (text) => {
        this.#said += text;
        for (const listen of this.#listeners) listen();
      });
    }
    this.#child.once('exit', () => this.#listeners.forEach((listen) => listen()));
    // A runner that dies must not leave a hall behind.
    const reap = () => this.#child.kill('SIGKILL');
    process.once('exit', reap);
    this.#child.once('exit', () => process.off('exit', reap));
  }

  get said() {
    return this.#said;
  }

  get #ended() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The port it says it listens on. */
  async port() {
    const heard = new Promise((resolve, reject) => {
      const listen = () => {
        const found = ADDRESS.exec(this.#said);
        if (found !== null) resolve(Number(found[3]));
        else if (this.#ended) reject(new Error(`khiw ended before it named its address:\n${this.#said}`));
      };
      this.#listeners.add(listen);
      listen();
    });
    return within(STARTED_WITHIN_MS, 'khiw names its address', heard, () => this.#said);
  }

  /** Stops it in the middle of whatever it does; its sockets stay open and silent. */
  freeze() {
    this.#child.kill('SIGSTOP');
  }

  thaw() {
    this.#child.kill('SIGCONT');
  }

  async kill(signal = 'SIGKILL') {
    if (this.#ended) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGCONT');
    this.#child.kill(signal);
    await within(ENDED_WITHIN_MS, 'khiw ends', exit, () => this.#said);
  }
}
