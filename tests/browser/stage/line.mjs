// A network line that can be cut: a TCP relay between one browser and the server. While cut it swallows what is
// under way and refuses new connections, as a pulled cable does; while deaf it carries questions but no answers.
// The server and everybody else go on.

import { once } from 'node:events';
import net from 'node:net';

export class Line {
  #server;
  #pairs = new Set();
  #cut = false;
  #deaf = false;

  static async to(port) {
    const line = new Line();
    line.#server = net.createServer((near) => line.#join(near, port));
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  get port() {
    return this.#server.address().port;
  }

  #join(near, port) {
    if (this.#cut) return near.destroy();
    const far = net.connect(port, '127.0.0.1');
    const pair = [near, far];
    this.#pairs.add(pair);
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
      if (from === far && this.#deaf) from.resume();
      else from.pipe(to);
    }
  }

  /** From now on questions arrive and answers do not, until `mend`. */
  deafen() {
    this.#deaf = true;
    for (const [near, far] of this.#pairs) {
      far.unpipe(near);
      far.resume();
    }
  }

  /** Whoever waits for an answer learns that none will come. */
  drop() {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Nothing passes any more; nobody is told, as with a pulled cable. */
  cut() {
    this.#cut = true;
    for (const [near, far] of this.#pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.resume();
      far.resume();
    }
  }

  mend() {
    this.#cut = false;
    this.#deaf = false;
    this.drop();
  }

  close() {
    this.mend();
    this.#server.close();
  }
}
