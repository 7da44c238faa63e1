// The shapes of the wire, /api/v1: what the server sends and the pages read. Names are the domain's, times are
// RFC 3339 strings, durations end in `_s`. Nothing here computes.

export type Names = Record<string, string>;
export type TicketState = 'waiting' | 'called' | 'serving' | 'parked' | 'done' | 'no_show' | 'cancelled';
export type Lane = 'normal' | 'priority';
export type CounterState = 'closed' | 'idle' | 'calling' | 'serving' | 'paused';
export type PrintState = 'none' | 'pending' | 'printed' | 'sent' | 'failed' | 'uncertain' | 'expired';
export type ServiceKind = 'own' | 'receive_and_forward' | 'assisted_digital';

export interface Estimate {
  p50_s: number;
  p90_s: number;
}

export interface CodeView {
  code: string;
  name: Names;
}

export interface SiteBrief {
  id: string;
  name: Names;
}

export interface QueueView {
  id: string;
  name: Names;
  letter: string;
  waiting: number;
  /** For a ticket taken now; null when nothing can be said. */
  estimate: Estimate | null;
  target_wait_s: number;
  open: boolean;
  suspended: boolean;
  counters_open: number;
}

export interface AgencyView {
  id: string;
  name: Names;
  services: number;
}

export interface SiteView {
  id: string;
  name: Names;
  /** The first one is the site's own and the default. */
  languages: string[];
  time_zone: string;
  day: string | null;
  now: string;
  simulated: boolean;
  speed: number;
  start: 'implicit' | 'explicit';
  public_address: string | null;
  issuing_suspended: null | { reason: string };
  elderly_age: number | null;
  park_max_s: number;
  codes: {
    outcomes: CodeView[];
    pause: CodeView[];
    out_of_order: CodeView[];
    reprioritise: CodeView[];
    suspend: CodeView[];
  };
  agencies: AgencyView[];
  queues: QueueView[];
  counters: CounterView[];
}

export type ClosedCode = 'closed' | 'issuing_suspended' | 'quota_reached' | 'no_capacity' | 'series_exhausted';
export type ClosedWhy = 'before_opening' | 'gap' | 'after_last_ticket' | 'holiday' | 'not_this_day';

export interface Closed {
  code: ClosedCode | (string & {});
  why?: ClosedWhy | null;
  opens_at?: string | null;
}

export interface ServiceView {
  id: string;
  agency: string;
  queue: string;
  letter: string;
  kind: ServiceKind;
  name: Names;
  open: boolean;
  closed: Closed | null;
  waiting: number;
  estimate: Estimate | null;
}

export interface ServiceList {
  services: ServiceView[];
  total: number;
}

export interface PostedTime {
  unit: 'minutes' | 'working_days';
  n: number;
}

export interface ServiceDetail extends ServiceView {
  documents: Names[];
  fee: Names | string | null;
  posted_time: PostedTime | null;
  steps: Names[];
  forwarded_to: Names | null;
}

export interface OrderEntry {
  position: number;
  ticket: number;
  number: string;
  queue: string;
  service: string;
  service_name: Names;
  language: string | null;
  lane: Lane;
  joined: string;
  waited_s: number;
  promise: string;
  counter_only: string | null;
  reason: 'earliest_promise' | 'reserved';
  overdue: boolean;
}

export interface QueueOrder {
  queue: string;
  waiting: number;
  order: OrderEntry[];
}

export interface CounterView {
  id: string;
  label: string;
  place: Names;
  zone: string | null;
  state: CounterState;
  clerk: string | null;
  auto_call: boolean;
  profile: string;
  queues: string[];
  pause_reason: string | null;
  ticket: null | { id: number; number: string };
}

export interface AtHand {
  id: number;
  number: string;
  step: number;
  state: 'called' | 'serving';
  service: string;
  service_name: Names;
  services: { id: string; name: Names }[];
  current: number;
  language: string | null;
  lane: Lane;
  joined: string;
  waited_s: number;
  attempt: number;
  since: string;
  queue: string;
  documents: Names[];
}

export interface TicketBrief {
  id: number;
  number: string;
  state: TicketState;
  queue: string;
  service_name: Names;
  until: string | null;
}

export interface CounterDetail extends CounterView {
  at_hand: AtHand | null;
  undo: null | { command: string };
  waiting: number;
  /** The first twenty, in calling order. */
  order: OrderEntry[];
  parked: TicketBrief[];
  no_shows: TicketBrief[];
  day: { served: number; called: number };
}

export interface IssueRequest {
  services: string[];
  priority?: boolean;
  language?: string;
  paper?: boolean;
}

export interface IssuedTicket {
  id: number;
  number: string;
  token: string;
  link: string | null;
  services: string[];
  queue: string;
  state: TicketState;
  issued_at: string;
  ahead: number;
  estimate: Estimate | null;
  print: { state: PrintState };
}

export interface PublicTicket {
  site: string;
  site_name: Names;
  number: string;
  state: TicketState;
  service_name: Names;
  ahead: number;
  estimate: Estimate | null;
  joined: string;
  counter: null | { id: string; label: string; place: Names };
  attempt: number;
  print: { state: PrintState };
  now: string;
}

export interface TicketStep {
  kind: string;
  queue: string | null;
  counter: string | null;
  from: string;
  to: string | null;
}

export interface TicketView extends PublicTicket {
  id: number;
  queue: string;
  services: string[];
  lane: Lane;
  language: string | null;
  channel: string;
  promise: string;
  step: number;
  steps: TicketStep[];
  absences: number;
}

export type CounterAction =
  | 'open' | 'pause' | 'resume' | 'close' | 'auto' | 'call-next' | 'call' | 'recall' | 'start' | 'complete'
  | 'no-show' | 'absent' | 'park' | 'return' | 'transfer' | 'services' | 'undo';

export type TicketAction =
  | 'cancel' | 'reinstate' | 'park' | 'resume' | 'reprioritise' | 'services' | 'transfer';

/** What the page believed when the person pressed; the server refuses with `counter_changed` when it no longer holds. */
export interface Expect {
  ticket: number | null;
  step?: number;
}

export interface CallNextAnswer {
  completed: number | null;
  call: null | { ticket: number; number: string; attempt: number; reason: string; passed_over: number };
  counter: CounterDetail;
}

export interface CounterAnswer {
  counter: CounterDetail;
}

export type SessionKind =
  | 'kiosk' | 'display' | 'clerk' | 'reception' | 'supervisor' | 'administrator' | 'agent' | 'integration' | 'demo';

export interface Session {
  kind: SessionKind | (string & {});
  site: string | null;
  counter?: string | null;
  demo: boolean;
}

export interface PaperPicture {
  name: string;
  url: string;
  at: string;
}

export interface Alarm {
  id: string;
  source: 'printer' | 'clock' | 'disk' | 'screen' | 'agency' | 'promise' | 'emergency';
  severity: 'info' | 'warn' | 'stop';
  since: string;
  facts: Record<string, unknown>;
  acknowledged_by: string | null;
  cleared: string | null;
}

export interface DemoHall {
  site: string;
  kiosk: string;
  display: string;
  counter: { id: string; href: string }[];
  clock: { now: string; speed: number };
  printer: unknown;
}
