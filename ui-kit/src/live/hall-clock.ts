// The hall's time on this page: the server's `now`, carried on by the page's own monotonic clock. The hall may be
// simulated and run faster than the world, so no page may read the device's wall clock for anything people see.

export class HallClock {
  #hallMs: number | null = null;
  #heardMs = 0;
  #speed = 1;

  constructor(private readonly monotonic_ms: () => number = () => performance.now()) {}

  /** Take over the server's time; `speed` is kept until another one is given. */
  sync(now: string, speed?: number): void {
    const hall = Date.parse(now);
    if (Number.isNaN(hall)) return;
    this.#hallMs = hall;
    this.#heardMs = this.monotonic_ms();
    if (speed !== undefined && speed > 0) this.#speed = speed;
  }

  get speed(): number {
    return this.#speed;
  }

  /** Null until the server has told its time. */
  now(): Date | null {
    if (this.#hallMs === null) return null;
    return new Date(this.#hallMs + (this.monotonic_ms() - this.#heardMs) * this.#speed);
  }
}
