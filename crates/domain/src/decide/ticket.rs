//! Commands about a ticket by its id: what reception, a supervisor or the visitor may ask while it waits.

use jiff::Timestamp;

use crate::command::{Context, Destination, TicketAction};
use crate::event::{Event, QueuedBy, TicketQueued};
use crate::id::{Code, CounterId, QueueId, ServiceId, TicketId};
use crate::moment::later;
use crate::refusal::Refusal;
use crate::site::Site;
use crate::ticket::{Lane, Ticket, TicketState};

impl Site {
    pub(super) fn decide_ticket(
        &self,
        id: TicketId,
        action: &TicketAction,
        context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let ticket = self.live_ticket(id)?;
        let event = match action {
            TicketAction::Cancel { by } => {
                live(ticket, "cancel")?;
                Event::TicketCancelled { ticket: id, by: *by }
            }
            TicketAction::Reinstate => self.decide_reinstate(ticket, context.now)?,
            TicketAction::Park { until } => {
                in_line(ticket, "park")?;
                Event::TicketParked { ticket: id, by: None, until: self.park_until(*until, context.now)? }
            }
            TicketAction::Resume => self.decide_resume(ticket, context.now)?,
            TicketAction::Reprioritise { lane, reason } => {
                off_counter(ticket, "reprioritise")?;
                return self.decide_reprioritise(ticket, *lane, reason);
            }
            TicketAction::AddService { service } => {
                off_counter(ticket, "add_service")?;
                self.decide_add_service(ticket, service)?
            }
            TicketAction::Transfer { to } => {
                off_counter(ticket, "transfer")?;
                self.decide_transfer(ticket, to, context.now)?
            }
        };
        Ok(vec![event])
    }

    fn decide_reinstate(&self, ticket: &Ticket, now: Timestamp) -> Result<Event, Refusal> {
        let TicketState::NoShow { until } = ticket.state else { return Err(illegal(ticket, "reinstate")) };
        if now > until || !self.number_is_free(ticket) {
            return Err(Refusal::ReinstateTooLate { ticket: ticket.id, until });
        }
        if !self.has_home(&ticket.queue, &ticket.services[usize::from(ticket.current)..]) {
            return Err(Refusal::UnknownQueue { queue: ticket.queue.to_string() });
        }
        let rule = self.configuration()?.rules.absent_promise;
        let promise = self.promise_again(rule, ticket, &ticket.queue, now);
        Ok(super::back_in_line(ticket, promise, QueuedBy::Reinstatement))
    }

    fn decide_resume(&self, ticket: &Ticket, now: Timestamp) -> Result<Event, Refusal> {
        if !matches!(ticket.state, TicketState::Parked { .. }) {
            return Err(illegal(ticket, "resume"));
        }
        Ok(self.unpark(ticket, now, QueuedBy::Resume))
    }

    pub(super) fn unpark(&self, ticket: &Ticket, now: Timestamp, cause: QueuedBy) -> Event {
        let rule = self.rules().map_or(crate::config::PromiseRule::Kept, |rules| rules.park_promise);
        let promise = self.promise_again(rule, ticket, &ticket.queue, now);
        super::back_in_line(ticket, promise, cause)
    }

    fn decide_reprioritise(&self, ticket: &Ticket, lane: Lane, reason: &Code) -> Result<Vec<Event>, Refusal> {
        let config = self.configuration()?;
        if !config.codes.reprioritise.iter().any(|known| known.code == *reason) {
            return Err(Refusal::UnknownCode { unknown: reason.clone() });
        }
        if ticket.lane == lane {
            return Ok(Vec::new());
        }
        let promise = self.first_promise(&ticket.queue, lane, ticket.joined);
        Ok(vec![Event::TicketReprioritised { ticket: ticket.id, lane, promise, reason: reason.clone() }])
    }

    pub(super) fn decide_add_service(&self, ticket: &Ticket, service: &ServiceId) -> Result<Event, Refusal> {
        self.offered(service)?;
        let max = self.configuration()?.rules.services_max;
        if ticket.services.len() >= usize::from(max) {
            return Err(Refusal::TooManyServices { max });
        }
        if ticket.services.contains(service) {
            return Err(Refusal::DuplicateService { service: service.to_string() });
        }
        Ok(Event::ServiceAdded { ticket: ticket.id, service: service.clone() })
    }

    /// To another queue, or to one counter. Number, arrival and language stay; the promise follows the rule.
    pub(super) fn decide_transfer(
        &self,
        ticket: &Ticket,
        to: &Destination,
        now: Timestamp,
    ) -> Result<Event, Refusal> {
        let (queue, only) = match to {
            Destination::Queue(queue) => (self.transfer_queue(ticket, queue)?, None),
            Destination::Counter(counter) => {
                (ticket.queue.clone(), Some(self.transfer_counter(ticket, counter)?))
            }
        };
        let rule = self.configuration()?.rules.transfer_promise;
        let promise = self.promise_again(rule, ticket, &queue, now);
        Ok(Event::TicketQueued(TicketQueued {
            ticket: ticket.id,
            queue,
            only,
            promise,
            cause: QueuedBy::Transfer,
        }))
    }

    fn transfer_queue(&self, ticket: &Ticket, queue: &QueueId) -> Result<QueueId, Refusal> {
        if self.queue(queue).is_none() {
            return Err(Refusal::UnknownQueue { queue: queue.to_string() });
        }
        let stays = ticket.queue == *queue && matches!(ticket.state, TicketState::Waiting { only: None });
        if stays { Err(Refusal::SamePlace { ticket: ticket.id }) } else { Ok(queue.clone()) }
    }

    fn transfer_counter(&self, ticket: &Ticket, counter: &CounterId) -> Result<CounterId, Refusal> {
        if self.counter_config(counter).is_none() {
            return Err(Refusal::UnknownCounter { counter: counter.to_string() });
        }
        if self.session(counter).is_none() {
            return Err(Refusal::CounterClosed { counter: counter.clone() });
        }
        let stays = ticket.state.counter() == Some(counter)
            || matches!(&ticket.state, TicketState::Waiting { only: Some(only) } if only == counter);
        if stays { Err(Refusal::SamePlace { ticket: ticket.id }) } else { Ok(counter.clone()) }
    }

    /// The end of a park, at most the site's longest.
    pub(super) fn park_until(
        &self,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Refusal> {
        let max_s = self.configuration()?.rules.park_max_s;
        let latest = later(now, max_s);
        match until {
            Some(until) if until > latest || until <= now => Err(Refusal::ParkTooLong { max_s }),
            Some(until) => Ok(Some(until)),
            None => Ok(Some(latest)),
        }
    }
}

pub(super) fn illegal(ticket: &Ticket, command: &'static str) -> Refusal {
    Refusal::IllegalTransition { ticket: ticket.id, state: ticket.state.name(), command }
}

fn live(ticket: &Ticket, command: &'static str) -> Result<(), Refusal> {
    if ticket.state.is_live() { Ok(()) } else { Err(illegal(ticket, command)) }
}

fn in_line(ticket: &Ticket, command: &'static str) -> Result<(), Refusal> {
    if matches!(ticket.state, TicketState::Waiting { .. }) { Ok(()) } else { Err(illegal(ticket, command)) }
}

/// Waiting or parked: not in a clerk's hand.
fn off_counter(ticket: &Ticket, command: &'static str) -> Result<(), Refusal> {
    let off = matches!(ticket.state, TicketState::Waiting { .. } | TicketState::Parked { .. });
    if off { Ok(()) } else { Err(illegal(ticket, command)) }
}
