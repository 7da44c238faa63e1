//! What time alone causes: the service day ends and opens, queues close, parks and unanswered calls run out,
//! idle counters in auto mode are given a ticket. One cause per tick, earliest first.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::command::Context;
use crate::config::{CloseRule, SiteConfig};
use crate::event::{Closing, DayOpened, Event, QueuedBy};
use crate::hours;
use crate::id::{QueueId, TicketId};
use crate::refusal::Refusal;
use crate::site::{OpenDay, Rulebook, Site};
use crate::ticket::{CancelledBy, Ticket, TicketState};

impl Site {
    pub(super) fn decide_tick(&self, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        let Some(config) = self.config.as_deref() else { return Ok(Vec::new()) };
        let now = context.now;
        let Some(day) = &self.day else {
            return Ok(if context.hold_rollover { Vec::new() } else { vec![self.open_day(config, now)] });
        };
        // What ran out before midnight belongs to the day; a held day goes on past it.
        let today = if context.hold_rollover { now } else { now.min(day.ends_at) };
        if let Some((_, id)) = self.timers.first().filter(|(at, _)| *at <= today) {
            return Ok(self.run_out(*id, context));
        }
        let closing = day.closings.iter().filter(|(_, at)| **at <= now).min_by_key(|(id, at)| (**at, *id));
        if let Some((queue, _)) = closing {
            return Ok(self.close_queue(queue));
        }
        if day.ends_at <= now && !context.hold_rollover {
            return Ok(self.close_day(day));
        }
        match self.next_auto_call().filter(|(ready, _)| *ready <= now) {
            Some((_, counter)) => match self.session(&counter) {
                Some(session) => self.decide_call_next(&counter, session, context),
                None => Ok(Vec::new()),
            },
            None => Ok(Vec::new()),
        }
    }

    /// A park ended, or a call stayed unanswered.
    fn run_out(&self, id: TicketId, context: &Context<'_>) -> Vec<Event> {
        let Some(ticket) = self.tickets.get(&id) else { return Vec::new() };
        match &ticket.state {
            TicketState::Parked { .. } => vec![self.unpark(ticket, context.now, QueuedBy::ParkEnded)],
            TicketState::Called { counter, .. } => {
                self.absent(counter, ticket, context).map_or_else(|_| Vec::new(), |event| vec![event])
            }
            _ => Vec::new(),
        }
    }

    fn close_queue(&self, queue: &QueueId) -> Vec<Event> {
        let mut events = vec![Event::QueueClosed { queue: queue.clone() }];
        if self.close_rule(queue) == CloseRule::CancelWithNotice {
            let waits =
                |t: &&Arc<Ticket>| t.queue == *queue && matches!(t.state, TicketState::Waiting { .. });
            events.extend(self.tickets.values().filter(waits).map(|t| day_end(t.id)));
        }
        events
    }

    fn close_rule(&self, queue: &QueueId) -> CloseRule {
        self.queue(queue).map_or(CloseRule::ServeOut, |queue| queue.at_close)
    }

    /// Every live ticket ends or is carried; every counter closes. The next record opens the new day.
    fn close_day(&self, day: &OpenDay) -> Vec<Event> {
        let live = self.tickets.values().filter(|t| t.state.is_live());
        let mut events: Vec<Event> = live.flat_map(|ticket| self.end_or_carry(ticket)).collect();
        let open = self.counters.iter().filter(|(_, counter)| counter.session.is_some());
        events.extend(open.map(|(id, _)| Event::CounterClosed { counter: id.clone() }));
        events.push(Event::DayClosed { day: day.day });
        events
    }

    fn end_or_carry(&self, ticket: &Ticket) -> Vec<Event> {
        let carry = self.close_rule(&ticket.queue) == CloseRule::CarryOver;
        match &ticket.state {
            // The visitor was served; only the clerk forgot to say so.
            TicketState::Serving { counter } => vec![
                Event::ServiceCompleted {
                    ticket: ticket.id,
                    counter: counter.clone(),
                    service: ticket.service().clone(),
                    outcomes: Vec::new(),
                },
                Event::TicketDone { ticket: ticket.id },
            ],
            TicketState::Waiting { only: None } | TicketState::Parked { .. } if carry => Vec::new(),
            TicketState::Waiting { .. } if carry => {
                vec![super::back_in_line(ticket, ticket.promise, QueuedBy::CounterClosed)]
            }
            TicketState::Called { .. } if carry => {
                vec![super::back_in_line(ticket, ticket.promise, QueuedBy::Return)]
            }
            _ => vec![day_end(ticket.id)],
        }
    }

    fn open_day(&self, config: &SiteConfig, now: Timestamp) -> Event {
        let day = self.zone().to_datetime(now).date();
        let mut closings = closings(config, &self.book, day);
        closings.retain(|closing| closing.at > now);
        Event::DayOpened(Box::new(DayOpened {
            day,
            ends_at: end_of(&self.book, day),
            closings,
            config_seq: self.config_seq,
            config_version: self.config_version,
            next_ticket: self.next_ticket,
            learnt: self.learnt.values().cloned().collect(),
            suspended: self.suspended.clone(),
            carried: self.tickets().filter(|t| t.state.is_live()).cloned().collect(),
        }))
    }
}

/// The next local midnight after `day` began.
pub(super) fn end_of(book: &Rulebook, day: Date) -> Timestamp {
    let tomorrow = day.checked_add(1.day()).unwrap_or(Date::MAX);
    hours::instant(&book.zone, tomorrow.at(0, 0, 0, 0))
}

/// When each queue closes on `day`: with the last of its services. Closed all day: not at all.
pub(super) fn closings(config: &SiteConfig, book: &Rulebook, day: Date) -> Vec<Closing> {
    let closing = |queue: &QueueId| {
        let services = config.services.iter().enumerate().filter(|(_, service)| service.queue == *queue);
        services
            .filter_map(|(index, _)| hours::closing_on(config, &config.hours[book.hours_of[index]], day))
            .max()
    };
    let queues = config.queues.iter();
    queues
        .filter_map(|queue| Some((queue.id.clone(), hours::instant(&book.zone, closing(&queue.id)?))))
        .map(|(queue, at)| Closing { queue, at })
        .collect()
}

fn day_end(ticket: TicketId) -> Event {
    Event::TicketCancelled { ticket, by: CancelledBy::DayEnd }
}
