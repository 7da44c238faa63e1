// Simulated printers as a process of their own, broken and mended over their control, and an office that prints on them.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ROOT } from './binary.mjs';
import { until } from './patience.mjs';
import { Running } from './process.mjs';

const CONTROL = /control on (\S+)/u;
const OFFICES = { th: 'thai', vi: 'vietnamese', en: 'thai' };

export class Printers {
  #process;
  #control;
  #place;

  /** One printer of each model. */
  static async start(...profiles) {
    const printers = new Printers();
    printers.#place = await mkdtemp(join(tmpdir(), 'khiw-printers-'));
    const any = '127.0.0.1:0';
    const listeners = profiles.flatMap((profile) => ['--listen', any, '--profile', profile]);
    printers.#process = new Running(['printer-sim', '--out', join(printers.#place, 'tray'), '--control', any, ...listeners]);
    const said = await until('the printers are there', () => CONTROL.exec(printers.#process.said), 30_000);
    printers.#control = said[1];
    return printers;
  }

  async #get(path) {
    const answer = await fetch(`${this.#control}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  /** `{}` mends all. */
  async setFaults(name, faults) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.#control}/${name}/faults`, { method: 'PUT', headers, body: JSON.stringify(faults) });
    if (!answer.ok) throw new Error(`faults of ${name}: ${answer.status} ${await answer.text()}`);
  }

  /** How many papers came out. */
  async papers(name) {
    return (await this.#get(`/${name}/pictures`)).length;
  }

  /** The small office of this language with these printers, first to last, and what else its file says. */
  async office(language, ids, { tickets = '', hours = null } = {}) {
    const text = await readFile(`${ROOT}tests/sites/${OFFICES[language]}.toml`, 'utf8');
    const [head] = text.split('[[printers]]');
    const links = await Promise.all(ids.map((_, at) => this.#get(`/${at + 1}`).then(({ link }) => link)));
    const printers = ids.map((id, at) => `[[printers]]\nid = "${id}"\nlink = "${links[at]}"\nwidth_dots = 384\n`);
    const address = 'public_address = "https://khiw.example.go.th"\n';
    const spoken = language === 'en' ? head.replace('["th", "en"]', '["en", "th"]') : head;
    const open = spoken.replace('languages =', `${address}languages =`);
    const file = join(this.#place, 'office.toml');
    const whole = [hours === null ? open : open.replaceAll('00:00-23:59', hours), ...printers, `[tickets]\n${tickets}`];
    await writeFile(file, whole.join('\n'));
    return { site: `${OFFICES[language]}-office`, files: [file] };
  }

  async stop() {
    await this.#process.kill('SIGTERM').catch(() => this.#process.kill());
    await rm(this.#place, { recursive: true, force: true });
  }
}
