// The ticket a phone follows: first by its address, then live. It keeps what it last knew, with its age.

import { createApi, type PublicTicket, Refused } from '@khiw/ui-kit/api';
import { type Freshness, HallClock, LiveClient } from '@khiw/ui-kit/live';

const RETRY_EVERY_MS = 3_000;

export class FollowedTicket {
  ticket = $state.raw<PublicTicket | null>(null);
  /** The server says that there is no such ticket. */
  refused = $state.raw<Refused | null>(null);
  freshness = $state<Freshness>('starting');
  failed = $state(false);
  readonly clock = new HallClock();
  #live: LiveClient | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #takenAt: number | null = null;
  #api = createApi();

  constructor(private readonly token: string) {}

  start(): () => void {
    void this.#find();
    return () => {
      this.#live?.stop();
      if (this.#timer !== null) clearTimeout(this.#timer);
    };
  }

  /** How old is what is shown; null when nothing is. */
  ageMs(): number | null {
    return this.#takenAt === null ? null : performance.now() - this.#takenAt;
  }

  async #find(): Promise<void> {
    try {
      const ticket = await this.#api.publicTicket(this.token);
      this.failed = false;
      this.#take(ticket, ticket.now);
      this.#follow(ticket.site);
    } catch (problem) {
      if (problem instanceof Refused && problem.status < 500 && problem.status !== 429) {
        this.refused = problem;
        return;
      }
      this.failed = true;
      this.#timer = setTimeout(() => void this.#find(), RETRY_EVERY_MS);
    }
  }

  #take(ticket: PublicTicket, now: string): void {
    this.clock.sync(now);
    this.#takenAt = performance.now();
    this.ticket = ticket;
  }

  #follow(site: string): void {
    this.#live = new LiveClient(
      { site, topic: 'ticket', token: this.token },
      {
        frame: (frame) => {
          // A heartbeat confirms that what is shown still holds.
          this.#takenAt = performance.now();
          if ((frame.type === 'snapshot' || frame.type === 'ticket') && frame.ticket) this.#take(frame.ticket, frame.now);
        },
        freshness: (freshness) => (this.freshness = freshness),
      },
    );
    this.#live.start();
  }
}
