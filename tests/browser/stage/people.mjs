// The hall's other people, played through the API: visitors who take numbers, clerks who call them.

import { servedBy } from './kiosk.mjs';

export class People {
  constructor(client, site) {
    this.client = client;
    this.site = site;
  }

  static async of(hall) {
    return new People(await hall.others(), hall.site);
  }

  counters() {
    return this.client.get(`/sites/${this.site}/counters`);
  }

  counter(id) {
    return this.client.get(`/sites/${this.site}/counters/${id}`);
  }

  queues() {
    return this.client.get(`/sites/${this.site}/queues`);
  }

  async waiting() {
    return (await this.queues()).reduce((sum, queue) => sum + queue.waiting, 0);
  }

  /** A counter where only people call, closed still. */
  async quietCounter() {
    return (await this.counters()).find((one) => one.state === 'closed' && !one.auto_call && one.queues.length > 0);
  }

  ticket(id) {
    return this.client.get(`/sites/${this.site}/tickets/${id}`);
  }

  /** So many visitors of one service of these queues, one after another. */
  async take(queues, many = 1, facts = {}) {
    const { service } = await servedBy(this.client, this.site, queues);
    const taken = [];
    for (let n = 0; n < many; n += 1) {
      const wanted = { services: [service.id], paper: false, ...facts };
      taken.push(await this.client.post(`/sites/${this.site}/tickets`, wanted));
    }
    return taken;
  }

  act(counter, action, body = {}) {
    return this.client.at(this.site, counter, action, body);
  }

  async open(counter) {
    const { state } = await this.counter(counter);
    if (state === 'closed') await this.act(counter, 'open');
  }

  /** Calls the next there; answers the call. */
  async callNext(counter) {
    return (await this.act(counter, 'call-next')).call;
  }
}
