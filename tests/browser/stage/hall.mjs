// A hall to tell stories in: the server with its own data folder, the browsers that trust it, and its tokens.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { LAN_NAME, khiw } from './binary.mjs';
import { Browsers } from './browser.mjs';
import { Client } from './client.mjs';
import { until } from './patience.mjs';
import { Running } from './process.mjs';
import { checkedCertificate, keyFingerprint } from './trust.mjs';

/** What microphones hear, if they do. */
const HEARD = 'heard.wav';

export const SITES = { th: 'nakhon-oss', vi: 'nghe-an' };

export class Hall {
  #place;
  #args;
  #tokens = new Map();

  /** An empty demo, as fast as the world: nobody but the story's people acts. `microphone`: the sound file it hears. */
  static async demo({ language, secure = false, microphone = null }) {
    const site = SITES[language];
    const command = ['demo', '--site', site, '--speed', '1', '--empty'];
    return Hall.#open({ site, language, secure, command, microphone, is_demo: true });
  }

  /** The demo as it comes: simulated visitors and clerks, this many times as fast as the world. */
  static async alive({ language, speed }) {
    const site = SITES[language];
    const command = ['demo', '--site', site, '--speed', String(speed)];
    return Hall.#open({ site, language, secure: false, command, is_demo: true });
  }

  /** A hall as an office runs it: declared by files, entered by tokens. `clock` as `khiw serve --clock` takes it. */
  static async serve({ site, language, files, clock = null }) {
    const command = ['serve', ...(clock === null ? [] : ['--clock', clock])];
    // A simulated folder is made by the server itself; a site is then declared beside it.
    return Hall.#open({ site, language, secure: false, command, files, declared_beside: clock !== null, is_demo: false });
  }

  static async #open({ site, language, secure, command, files = [], declared_beside = false, microphone = null, is_demo }) {
    const hall = new Hall();
    Object.assign(hall, { site, language, secure, is_demo });
    hall.#place = await mkdtemp(join(tmpdir(), 'khiw-story-'));
    hall.data = join(hall.#place, 'data');
    const declare = () => khiw('apply', '--data', hall.data, ...files);
    if (files.length > 0 && !declared_beside) await declare();
    const door = secure ? ['--tls', '--name', LAN_NAME] : [];
    hall.#args = [...command, '--data', hall.data, ...door];
    await hall.start(declared_beside ? declare : undefined);
    if (microphone !== null) await writeFile(join(hall.#place, HEARD), microphone);
    const trusted_key = secure ? keyFingerprint(await checkedCertificate(hall.#door())) : null;
    hall.browsers = await Browsers.launch({ trusted_key, microphone: microphone === null ? null : join(hall.#place, HEARD) });
    return hall;
  }

  /** Starts the server; again on the same port after `kill`. */
  async start(declare = () => undefined) {
    this.server = new Running([...this.#args, '--listen', `127.0.0.1:${this.port ?? 0}`]);
    this.port = await this.server.port();
    if (this.secure) this.ca = await khiw('ca', 'export', '--data', this.data);
    await declare();
    const anybody = new Client(this.#door());
    await until('the hall answers', () => anybody.get(`/sites/${this.site}`), 30_000);
  }

  #door() {
    return { port: this.port, name: this.secure ? LAN_NAME : '127.0.0.1', secure: this.secure, ca: this.ca };
  }

  get base() {
    return this.baseAt(this.port);
  }

  /** The same hall by another way, such as a line that can be cut. */
  baseAt(port) {
    return this.secure ? `https://${LAN_NAME}:${port}` : `http://127.0.0.1:${port}`;
  }

  async token(kind) {
    if (!this.#tokens.has(kind)) {
      const said = await khiw('token', 'create', '--data', this.data, '--kind', kind, '--site', this.site);
      this.#tokens.set(kind, said.trim().split(/\s+/).at(-1));
    }
    return this.#tokens.get(kind);
  }

  /** The hall's other people and machines, as one program that may do all they do. */
  async others() {
    return new Client({ ...this.#door(), token: await this.token('administrator') });
  }

  /** Whether a browser without a token may do anything: only in the demo, and only on loopback. */
  get isOpen() {
    return this.is_demo && !this.secure;
  }

  /** A device with this page open, signed in as `kind` where the hall asks for it. */
  async open(path, { kind = null, size = 'hall', before = null, language = this.language, base = this.base } = {}) {
    const context = await this.browsers.device({ size, language, before });
    const page = await context.newPage();
    if (kind === null || this.isOpen) await page.goto(base + path);
    else await this.enter(page, kind, path, base);
    return page;
  }

  async enter(page, kind, path, base = this.base) {
    await page.goto(`${base}/enter#token=${await this.token(kind)}&next=${encodeURIComponent(path)}`);
    await page.waitForURL(base + path);
  }

  async close() {
    await this.browsers?.close();
    await this.server?.kill('SIGTERM').catch(() => this.server.kill());
    await rm(this.#place, { recursive: true, force: true });
  }
}
