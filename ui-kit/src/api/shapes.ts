// The shapes of the wire, /api/v1, under the names pages use. They are generated from the server's OpenAPI
// (`npm run generate`); this file only names them, and says what OpenAPI cannot: the server always sends every field
// of an answer, with null for what is absent.

import type { components } from '../generated/api';

type Wire = components['schemas'];

/** What may be left out in a request is always there in an answer. */
export type Answer<T> = T extends readonly (infer Item)[]
  ? Answer<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Answer<T[Key]> }
    : T;

export type Names = Wire['Names'];
export type TicketState = Wire['TicketStateName'];
export type Lane = Wire['LaneName'];
export type CounterState = Wire['CounterStateName'];
export type PrintState = Wire['PrintState'];
export type ServiceKind = Wire['ServiceKindName'];
export type SessionKind = Wire['Kind'];

export type Estimate = Answer<Wire['EstimateView']>;
export type CodeView = Answer<Wire['CodeView']>;
export type SiteBrief = Answer<Wire['SiteEntry']>;
export type QueueView = Answer<Wire['QueueView']>;
export type AgencyView = Answer<Wire['AgencyView']>;
export type ZoneView = Answer<Wire['ZoneView']>;
export type SiteView = Omit<Answer<Wire['SiteView']>, 'start'> & { start: 'implicit' | 'explicit' };

export type ClosedCode = Wire['ClosedCode'];
export type ClosedWhy = 'before_opening' | 'gap' | 'after_last_ticket' | 'holiday' | 'not_this_day';
/** Why a service gives no numbers; the code may also be any refusal's. */
export interface Closed {
  code: ClosedCode | (string & {});
  why?: string | null;
  opens_at?: string | null;
}
export type ServiceView = Omit<Answer<Wire['ServiceView']>, 'closed'> & { closed: Closed | null };
export type ServiceList = { services: ServiceView[]; total: number };
export type PostedTime = Answer<Wire['PostedTimeView']>;
export type ServiceDetail = Omit<Answer<Wire['ServiceDetail']>, 'closed'> & { closed: Closed | null };

export type OrderEntry = Answer<Wire['OrderEntry']>;
export type QueueOrder = Answer<Wire['OrderView']>;
export type CounterView = Answer<Wire['CounterView']>;
export type AtHand = Answer<Wire['AtHand']>;
export type TicketBrief = Answer<Wire['Brief']>;
export type CounterDetail = Answer<Wire['CounterDetail']>;

export type IssueRequest = Wire['IssueTicket'];
export type IssuedTicket = Answer<Wire['IssuedTicket']>;
export type PublicTicket = Answer<Wire['PublicTicket']>;
export type TicketStep = Answer<Wire['StepView']>;
export type TicketView = Answer<Wire['TicketView']>;

export type PaperTemplates = Answer<Wire['PapersView']>;
export type PaperAsked = Wire['PreviewPaper'];
export type PaperSeen = Answer<Wire['PaperPreview']>;
export type PaperMistake = Answer<Wire['TemplateMistake']>;

export type PrinterState = Wire['PrinterStateName'];
export type PrinterView = Answer<Wire['PrinterView']>;
export type PrintJob = Answer<Wire['PrintJobView']>;

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

export type CallNextAnswer = Answer<Wire['CallNextAnswer']>;
export type CounterAnswer = Answer<Wire['ActionAnswer']>;
export type Session = Answer<Wire['Session']>;
export type PaperPicture = Answer<Wire['PaperPicture']>;
export type Alarm = Omit<Answer<Wire['Alarm']>, 'facts'> & { facts: Record<string, unknown> };
export type DemoHall = Answer<Wire['DemoPlaces']>;
export type Call = Answer<Wire['Call']>;
export type NoticeCode = Wire['NoticeCode'];
export type ScreenNow = Answer<Wire['ScreenNow']>;
export type ScreenOrder = Wire['ScreenOrder'];
export type ScreenReport = Wire['ScreenReport'];
/** Every type of live frame that the server knows. */
export type FrameType = Wire['FrameBody']['type'];
