// A thin typed fetch over /api/v1. It knows paths, headers and problems; it keeps no state and retries nothing:
// whether to ask again is the caller's decision, because only the caller knows the idempotency key to repeat.

import { idempotencyKey } from './idempotency';
import { Garbled, problemFrom, Unreachable } from './problem';
import type {
  Alarm, CallNextAnswer, CounterAction, CounterAnswer, CounterDetail, CounterView, DemoHall, Expect, IssuedTicket,
  IssueRequest, PaperAsked, PaperPicture, PaperSeen, PaperTemplates, PrinterView, PrintJob, PublicTicket, QueueOrder, QueueView,
  ServiceDetail, ServiceList, Session, SiteBrief,
  SiteView, TicketAction, TicketView,
} from './shapes';

export const ANSWER_WITHIN_MS = 8_000;

export interface ApiPorts {
  /** '' for the page's own origin. */
  base?: string;
  fetch?: typeof fetch;
}

export interface Asked {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON; a file as it is, with its own type. */
  body?: unknown;
  key?: string;
}

/** Resolves to the body of the answer or throws a `Problem`. `path` begins behind `/api/v1`. */
export type Ask = <T>(path: string, asked?: Asked) => Promise<T>;

export interface ServiceQuery {
  agency?: string;
  q?: string;
  lang?: string;
  limit?: number;
}

export type Api = ReturnType<typeof createApi>;

const at = encodeURIComponent;

function query(parts: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parts)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Garbled(response.status);
  }
}

function asUnreachable(thrown: unknown): Unreachable {
  const name = thrown instanceof DOMException || thrown instanceof Error ? thrown.name : '';
  return new Unreachable(name === 'TimeoutError' ? 'timeout' : 'network');
}

/** The templates of a site's papers, for its administrator. */
const paperCalls = (ask: Ask) => ({
  papers: (site: string) => ask<PaperTemplates>(`/sites/${at(site)}/papers`),
  previewPaper: (site: string, kind: string, body: PaperAsked) =>
    ask<PaperSeen>(`/sites/${at(site)}/papers/${at(kind)}/preview`, { method: 'POST', body }),
  /** `text` null: the built-in template again. */
  replacePaper: (site: string, kind: string, body: { text: string | null; config_version: number }) =>
    ask<PaperTemplates>(`/sites/${at(site)}/papers/${at(kind)}`, { method: 'PUT', body, key: idempotencyKey() }),
});

export interface JobQuery {
  printer?: string;
  state?: PrintJob['state'];
  ticket?: number;
  /** Only papers that came to nothing and that somebody still waits for. */
  open?: boolean;
  limit?: number;
}

type Post = <T>(path: string, body: unknown, key?: string) => Promise<T>;

/** Printers and what becomes of papers. Give the same `key` for every attempt of one intention: no paper comes twice. */
const printerCalls = (ask: <T>(path: string) => Promise<T>, post: Post) => ({
  printers: (site: string) => ask<PrinterView[]>(`/sites/${at(site)}/printers`),
  printJobs: (site: string, wanted: JobQuery = {}) =>
    ask<PrintJob[]>(`/sites/${at(site)}/print-jobs${query({ ...wanted, open: wanted.open === true ? 'true' : undefined })}`),
  printAgain: (site: string, ticket: number, body: { printer?: string } = {}, key?: string) =>
    post<TicketView>(`/sites/${at(site)}/tickets/${ticket}/reprint`, body, key),
  printJobAgain: (site: string, job: number, body: { printer?: string } = {}, key?: string) =>
    post<unknown>(`/sites/${at(site)}/print-jobs/${job}/reprint`, body, key),
  testPage: (site: string, printer: string, language: string, key?: string) =>
    post<PrintJob>(`/sites/${at(site)}/printers/${at(printer)}/test`, { language }, key),
  printNotice: (site: string, service: string, language: string, key?: string) =>
    post<PrintJob>(`/sites/${at(site)}/services/${at(service)}/notice`, { language }, key),
});

/** How every request of the pages is sent and its answer read. */
export function asker(ports: ApiPorts): Ask {
  const send = ports.fetch ?? ((input, init) => fetch(input, init));
  const root = `${ports.base ?? ''}/api/v1`;

  return async function ask<T>(path: string, { method = 'GET', body, key }: Asked = {}): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json, application/problem+json' };
    const is_file = body instanceof Blob;
    if (body !== undefined) headers['Content-Type'] = is_file ? body.type : 'application/json';
    if (key !== undefined) headers['Idempotency-Key'] = key;
    const init: RequestInit = { method, headers, credentials: 'same-origin', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) };
    if (body !== undefined) init.body = is_file ? body : JSON.stringify(body);
    let response: Response;
    let answer: unknown;
    try {
      response = await send(root + path, init);
      answer = await readJson(response);
    } catch (thrown) {
      throw thrown instanceof Garbled ? thrown : asUnreachable(thrown);
    }
    if (!response.ok) throw problemFrom(response.status, answer);
    return answer as T;
  };
}

/** Every method resolves to the shape of the contract or throws a `Problem` (`Refused`, `Unreachable`, `Garbled`). */
export function createApi(ports: ApiPorts = {}) {
  const ask = asker(ports);
  const post = <T>(path: string, body: unknown, key: string = idempotencyKey()) =>
    ask<T>(path, { method: 'POST', body, key });

  return {
    sites: () => ask<SiteBrief[]>('/sites'),
    site: (site: string) => ask<SiteView>(`/sites/${at(site)}`),
    services: (site: string, wanted: ServiceQuery = {}) =>
      ask<ServiceList>(`/sites/${at(site)}/services${query({ ...wanted })}`),
    service: (site: string, service: string) => ask<ServiceDetail>(`/sites/${at(site)}/services/${at(service)}`),
    queues: (site: string) => ask<QueueView[]>(`/sites/${at(site)}/queues`),
    order: (site: string, queue: string, limit?: number) =>
      ask<QueueOrder>(`/sites/${at(site)}/queues/${at(queue)}/order${query({ limit })}`),
    counters: (site: string) => ask<CounterView[]>(`/sites/${at(site)}/counters`),
    counter: (site: string, counter: string) => ask<CounterDetail>(`/sites/${at(site)}/counters/${at(counter)}`),

    /** Give the same `key` for every attempt of one intention, so that no second number is issued. */
    issueTicket: (site: string, wanted: IssueRequest, key: string) =>
      post<IssuedTicket>(`/sites/${at(site)}/tickets`, wanted, key),
    publicTicket: (token: string) => ask<PublicTicket>(`/tickets/${at(token)}`),
    ticket: (site: string, ticket: number) => ask<TicketView>(`/sites/${at(site)}/tickets/${ticket}`),
    ticketAction: (site: string, ticket: number, action: TicketAction, body: object = {}, key?: string) =>
      post<TicketView>(`/sites/${at(site)}/tickets/${ticket}/${action}`, body, key),

    callNext: (site: string, counter: string, body: { expect?: Expect } = {}, key?: string) =>
      post<CallNextAnswer>(`/sites/${at(site)}/counters/${at(counter)}/call-next`, body, key),
    counterAction: (site: string, counter: string, action: CounterAction, body: object = {}, key?: string) =>
      post<CounterAnswer>(`/sites/${at(site)}/counters/${at(counter)}/${action}`, body, key),

    suspendIssuing: (site: string, body: { queue?: string; reason: string }, key?: string) =>
      post<unknown>(`/sites/${at(site)}/issuing/suspend`, body, key),
    resumeIssuing: (site: string, body: { queue?: string } = {}, key?: string) =>
      post<unknown>(`/sites/${at(site)}/issuing/resume`, body, key),
    evacuate: (site: string, outcome: 'cancel' | 'park', key?: string) =>
      post<unknown>(`/sites/${at(site)}/evacuate`, { outcome }, key),
    acceptClock: (site: string, key?: string) => post<unknown>(`/sites/${at(site)}/clock/accept`, {}, key),

    alarms: (site: string) => ask<Alarm[]>(`/sites/${at(site)}/alarms`),
    acknowledge: (site: string, alarm: string) => post<Alarm>(`/sites/${at(site)}/alarms/${at(alarm)}/acknowledge`, {}),
    ...paperCalls(ask),
    ...printerCalls(ask, post),
    paper: (site: string) => ask<PaperPicture[]>(`/sites/${at(site)}/paper`),
    /** Pictures, videos and messages for the hall's screens; each screen parses it for itself. */
    shown: (site: string, zone?: string) => ask<unknown>(`/sites/${at(site)}/shown${query({ zone })}`),
    demo: () => ask<DemoHall>('/demo'),

    session: () => ask<Session>('/session'),
    signIn: (token: string) => ask<Session>('/session', { method: 'POST', body: { token } }),
    /** A device's own: a fresh session in place of the one it has. */
    renewSession: () => post<unknown>('/session/renew', {}),
    signOut: () => ask<null>('/session', { method: 'DELETE' }),
  };
}
