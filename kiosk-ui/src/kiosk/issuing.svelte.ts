// One intention of one visitor: from pressing "take a number" to the number or an honest no.

import { type Api, idempotencyKey, type IssuedTicket, type IssueRequest, type PrintState, type PublicTicket, type Refused } from '@khiw/ui-kit/api';
import { LiveClient } from '@khiw/ui-kit/live';

import { askUntilAnswered } from './asking';

export type IssueState =
  | { at: 'asking'; attempt: number }
  | { at: 'refused'; refused: Refused }
  | { at: 'failed' }
  | { at: 'issued'; ticket: IssuedTicket };

export class Issuing {
  state = $state.raw<IssueState>({ at: 'asking', attempt: 1 });
  /** What has become of the ticket since, as the server tells it. */
  followed = $state.raw<PublicTicket | null>(null);
  /** The server speaks to us: what we show is what staff see. */
  heard = $state(true);
  /** When the number came, in machine time. */
  issued_at = 0;
  #over = false;
  #live: LiveClient | null = null;

  constructor(
    private readonly api: Api,
    private readonly site: string,
    private readonly wanted: IssueRequest,
  ) {
    void this.#ask();
  }

  get print(): PrintState {
    if (this.followed) return this.followed.print.state;
    return this.state.at === 'issued' ? this.state.ticket.print.state : 'pending';
  }

  /** The visitor leaves. A number that is still on its way stays valid: we said so. */
  leave(): void {
    this.#over = true;
    this.#live?.stop();
  }

  async #ask(): Promise<void> {
    const key = idempotencyKey();
    try {
      const asked = await askUntilAnswered({
        send: () => this.api.issueTicket(this.site, this.wanted, key),
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        random: Math.random,
        attempt: (attempt) => (this.state = { at: 'asking', attempt }),
        givenUp: () => this.#over,
      });
      if (this.#over) return;
      if (asked.type === 'no') this.state = { at: 'refused', refused: asked.refused };
      if (asked.type === 'yes') this.#follow(asked.answer);
    } catch {
      this.state = { at: 'failed' };
    }
  }

  #follow(ticket: IssuedTicket): void {
    this.issued_at = performance.now();
    this.state = { at: 'issued', ticket };
    this.#live = new LiveClient(
      { site: this.site, topic: 'ticket', token: ticket.token },
      {
        frame: (frame) => {
          if ((frame.type === 'snapshot' || frame.type === 'ticket') && frame.ticket) this.followed = frame.ticket;
        },
        freshness: (freshness) => (this.heard = freshness !== 'stale'),
      },
    );
    this.#live.start();
  }
}
