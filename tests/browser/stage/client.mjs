// A program that speaks to the server's API beside the browsers: to look, and to be the other people of the hall.

import http from 'node:http';
import https from 'node:https';
import { randomUUID } from 'node:crypto';

/** An answer that is not 2xx, with the problem's code. */
export class NotOk extends Error {
  constructor(method, path, status, body) {
    super(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

export class Client {
  /** `ca` as PEM: the authority exported from the data folder, and the only one that is trusted. */
  constructor({ port, name, secure, ca, token }) {
    this.where = { host: '127.0.0.1', port, servername: name, ca };
    this.authority = `${name}:${port}`;
    this.secure = secure;
    this.token = token;
  }

  get(path) {
    return this.#ask('GET', `/api/v1${path}`);
  }

  post(path, body = {}) {
    return this.#ask('POST', `/api/v1${path}`, body);
  }

  put(path, body = {}) {
    return this.#ask('PUT', `/api/v1${path}`, body);
  }

  /** Every procedure of a counter, by its id. */
  at(site, counter, action, body = {}) {
    return this.post(`/sites/${site}/counters/${counter}/${action}`, body);
  }

  #ask(method, path, body) {
    const text = body === undefined ? null : JSON.stringify(body);
    const headers = { Host: this.authority, Accept: 'application/json' };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (text !== null) {
      headers['Content-Type'] = 'application/json';
      headers['Content-Length'] = Buffer.byteLength(text);
      headers['Idempotency-Key'] = randomUUID();
    }
    return new Promise((resolve, reject) => {
      const door = this.secure ? https : http;
      const request = door.request({ ...this.where, method, path, headers, agent: false }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const said = Buffer.concat(parts).toString('utf8');
          const answer = said === '' ? null : asJson(said);
          if (response.statusCode >= 200 && response.statusCode < 300) resolve(answer);
          else reject(new NotOk(method, path, response.statusCode, answer));
        });
      });
      request.on('error', reject);
      request.end(text ?? undefined);
    });
  }
}

function asJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
