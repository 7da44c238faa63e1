// What went wrong with a request, as a type the pages can put into words. Three cases only: the server refused and
// said why; the server could not be reached (nothing is known about the effect); the answer made no sense.

export type Facts = Readonly<Record<string, unknown>>;

/** The server answered with problem+json: nothing was changed. `code` is stable, `facts` help to explain. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly facts: Facts,
    detail: string,
  ) {
    super(detail);
  }
}

/** No answer came. A command may or may not have happened: repeat it with the same idempotency key. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  constructor(readonly reason: 'network' | 'timeout') {
    super(reason);
  }
}

/** An answer that is not ours: a proxy's page, a broken body. As uncertain as no answer. */
export class Garbled extends Error {
  override readonly name = 'Garbled';
  constructor(readonly status: number) {
    super(`unreadable answer, status ${status}`);
  }
}

export type Problem = Refused | Unreachable | Garbled;

export function isProblem(thrown: unknown): thrown is Problem {
  return thrown instanceof Refused || thrown instanceof Unreachable || thrown instanceof Garbled;
}

/** Whether the same request with the same key should be sent again: the outcome is unknown or the server is busy. */
export function mayRetry(problem: unknown): boolean {
  if (problem instanceof Refused) return problem.status === 429 || problem.status >= 500;
  return problem instanceof Unreachable || problem instanceof Garbled;
}

/** problem+json (RFC 9457) to `Refused`; anything else that is not a success is `Garbled`. */
export function problemFrom(status: number, body: unknown): Refused | Garbled {
  if (typeof body !== 'object' || body === null) return new Garbled(status);
  const { type: _type, title, status: _status, code, detail, ...facts } = body as Record<string, unknown>;
  if (typeof code !== 'string') return new Garbled(status);
  return new Refused(status, code, facts, String(detail ?? title ?? code));
}
