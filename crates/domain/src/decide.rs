//! What a command would change: events, or a typed refusal. Nothing is changed here.
//! One module per kind of command; the rule of who is next is `next`.

mod configure;
mod counter;
mod day;
mod issue;
mod next;
mod ticket;

use jiff::Timestamp;

use crate::command::{Command, Context};
use crate::config::{PromiseRule, SiteConfig};
use crate::event::{EVACUATION, EvacuationOutcome, Event, QueuedBy, TicketQueued};
use crate::id::{Code, PrinterId, QueueId, TicketId};
use crate::moment::later;
use crate::refusal::Refusal;
use crate::site::Site;
use crate::ticket::{Lane, Ticket, TicketState};

impl Site {
    /// Decides one command at `context.now`. An empty list is a success that changes nothing.
    pub fn decide(&self, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Configure { config } => self.decide_configure(config, context.now),
            Command::Tick => self.decide_tick(context),
            Command::AcceptClock { wall } => Ok(vec![Event::ClockAccepted { wall: *wall }]),
            Command::ReportPaper { ticket, paper, asked } => self.decide_paper(*ticket, *paper, *asked),
            other => {
                if self.config.is_none() {
                    return Err(Refusal::NotConfigured);
                }
                if self.day.is_none() {
                    return Err(Refusal::DayNotOpen);
                }
                self.decide_in_day(other, context)
            }
        }
    }

    fn decide_in_day(&self, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Issue(issue) => self.decide_issue(issue, context),
            Command::Ticket { ticket, action } => self.decide_ticket(*ticket, action, context),
            Command::Counter { counter, action, expect } => {
                self.decide_counter(counter, action, expect.as_ref(), context)
            }
            Command::SuspendIssuing { queue, reason } => self.decide_suspend(queue.as_ref(), reason),
            Command::ResumeIssuing { queue } => self.decide_resume_issuing(queue.as_ref()),
            Command::Evacuate { outcome } => Ok(self.decide_evacuate(*outcome)),
            Command::PrintAgain { ticket, printer } => self.decide_print_again(*ticket, printer.as_ref()),
            _ => Ok(Vec::new()),
        }
    }

    /// Paper is reported late and twice, and of papers that another one has taken the place of; what no longer matters
    /// changes nothing.
    fn decide_paper(
        &self,
        id: TicketId,
        paper: crate::ticket::Paper,
        asked: u64,
    ) -> Result<Vec<Event>, Refusal> {
        match self.tickets.get(&id) {
            Some(ticket) if ticket.paper != paper && ticket.paper_asked <= asked => {
                Ok(vec![Event::PaperReported { ticket: id, paper }])
            }
            Some(_) => Ok(Vec::new()),
            None => Err(Refusal::UnknownTicket { ticket: id }),
        }
    }

    /// Any live ticket may be had on paper. Whether that is a reprint is decided here and not by the spool: a spool
    /// that was lost must not give a second unmarked paper.
    fn decide_print_again(&self, id: TicketId, printer: Option<&PrinterId>) -> Result<Vec<Event>, Refusal> {
        let ticket = self.live_ticket(id)?;
        if !ticket.state.is_live() {
            let state = ticket.state.name();
            return Err(Refusal::IllegalTransition { ticket: id, state, command: "print_again" });
        }
        let printers = &self.configuration()?.printers;
        if printers.is_empty() {
            return Err(Refusal::NoPrinter);
        }
        if let Some(wanted) = printer.filter(|wanted| printers.iter().all(|known| known.id != **wanted)) {
            return Err(Refusal::UnknownPrinter { printer: wanted.to_string() });
        }
        let again = ticket.paper != crate::ticket::Paper::None;
        Ok(vec![Event::PaperOrdered { ticket: id, printer: printer.cloned(), again }])
    }

    fn decide_suspend(&self, queue: Option<&QueueId>, reason: &Code) -> Result<Vec<Event>, Refusal> {
        self.known_queue(queue)?;
        let config = self.configuration()?;
        if !config.codes.suspend.iter().any(|known| known.code == *reason) {
            return Err(Refusal::UnknownCode { unknown: reason.clone() });
        }
        let emptied = self.suspended.iter().find(|suspension| suspension.is_evacuation());
        if let Some(suspension) = emptied.filter(|_| queue.is_none()) {
            return Err(Refusal::IssuingSuspended { queue: None, reason: suspension.reason.clone() });
        }
        let there = self.suspended.iter().any(|s| s.queue.as_ref() == queue && s.reason == *reason);
        let event = Event::IssuingSuspended { queue: queue.cloned(), reason: reason.clone() };
        Ok(if there { Vec::new() } else { vec![event] })
    }

    fn decide_resume_issuing(&self, queue: Option<&QueueId>) -> Result<Vec<Event>, Refusal> {
        self.known_queue(queue)?;
        if !self.suspended.iter().any(|s| s.queue.as_ref() == queue) {
            return Ok(Vec::new());
        }
        let mut events = vec![Event::IssuingResumed { queue: queue.cloned() }];
        if queue.is_none() {
            // Only an evacuation parks without an end; whoever was sent out is back in line.

            let sent_out = |t: &&std::sync::Arc<Ticket>| {
                matches!(t.state, TicketState::Parked { by: None, until: None })
            };
            events.extend(
                self.tickets.values().filter(sent_out).map(|t| back_in_line(t, t.promise, QueuedBy::Resume)),
            );
        }
        Ok(events)
    }

    fn known_queue(&self, queue: Option<&QueueId>) -> Result<(), Refusal> {
        match queue {
            Some(id) if self.queue(id).is_none() => Err(Refusal::UnknownQueue { queue: id.to_string() }),
            _ => Ok(()),
        }
    }

    /// One action empties the hall; every live ticket gets a stated outcome.
    fn decide_evacuate(&self, outcome: EvacuationOutcome) -> Vec<Event> {
        let mut events = vec![Event::HallEvacuated { outcome }];
        for ticket in self.tickets.values().filter(|t| t.state.is_live()) {
            events.push(match outcome {
                EvacuationOutcome::Cancel => {
                    Event::TicketCancelled { ticket: ticket.id, by: crate::ticket::CancelledBy::Evacuation }
                }
                EvacuationOutcome::Park => Event::TicketParked { ticket: ticket.id, by: None, until: None },
            });
        }
        for (id, counter) in &self.counters {
            if counter.session.as_ref().is_some_and(|session| session.paused.is_none()) {
                events
                    .push(Event::CounterPaused { counter: id.clone(), reason: Code::parse(EVACUATION).ok() });
            }
        }
        if let Ok(reason) = Code::parse(EVACUATION) {
            events.push(Event::IssuingSuspended { queue: None, reason });
        }
        events
    }

    pub(crate) fn configuration(&self) -> Result<&SiteConfig, Refusal> {
        self.config.as_deref().ok_or(Refusal::NotConfigured)
    }

    pub(crate) fn live_ticket(&self, id: TicketId) -> Result<&Ticket, Refusal> {
        self.ticket(id).ok_or(Refusal::UnknownTicket { ticket: id })
    }

    /// The promise a ticket has after it left its line, by the site's rule.
    pub(crate) fn promise_again(
        &self,
        rule: PromiseRule,
        ticket: &Ticket,
        queue: &QueueId,
        now: Timestamp,
    ) -> Timestamp {
        let target_s = self.target_s(queue, ticket.lane);
        match rule {
            PromiseRule::Kept => ticket.promise,
            PromiseRule::HalfTarget => later(now, target_s / 2),
            PromiseRule::Target => later(now, target_s),
            PromiseRule::Now => now,
        }
    }

    /// The promise of a ticket that joined at `joined`.
    pub(crate) fn first_promise(&self, queue: &QueueId, lane: Lane, joined: Timestamp) -> Timestamp {
        later(joined, self.target_s(queue, lane))
    }

    /// Whether the configuration still has a queue and services that a ticket would come back to.
    pub(crate) fn has_home(&self, queue: &QueueId, services: &[crate::id::ServiceId]) -> bool {
        self.queue(queue).is_some() && services.iter().all(|service| self.service(service).is_some())
    }

    /// A final ticket may live again unless its number was given to somebody else meanwhile.
    pub(crate) fn number_is_free(&self, ticket: &Ticket) -> bool {
        ticket.state.is_live()
            || self.series.get(&ticket.number.series).is_none_or(|s| !s.live.contains(&ticket.number.value))
    }
}

/// Back into its own queue's line.
pub(crate) fn back_in_line(ticket: &Ticket, promise: Timestamp, cause: QueuedBy) -> Event {
    Event::TicketQueued(TicketQueued {
        ticket: ticket.id,
        queue: ticket.queue.clone(),
        only: None,
        promise,
        cause,
    })
}
