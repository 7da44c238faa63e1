//! Advancing the state by what happened. Total: every event that was decided can be applied.
//! Consults no calendar, no zone and no rule; what they said is in the event.

use std::sync::Arc;

use jiff::Timestamp;

use crate::config::SiteConfig;
use crate::counter::{Counter, Pause, Session, Touched, UndoPoint};
use crate::event::{DayOpened, Event, Suspension, TicketCalled, TicketIssued, TicketQueued};
use crate::id::{CounterId, TicketId};
use crate::learning::{learn, prior};
use crate::line::{Line, Place};
use crate::site::{OpenDay, Rulebook, SeriesState, Site, Stamp};
use crate::ticket::{Paper, Ticket, TicketImage, TicketState};

impl Site {
    /// Applies one event of the record at `stamp`. Events of one record share its stamp.
    pub fn apply(&mut self, stamp: Stamp, event: &Event) {
        self.last_at = stamp.at;
        match event {
            Event::SiteConfigured { config_version, config } => {
                self.configured(stamp, *config_version, config);
            }
            Event::DayOpened(opened) => self.day_opened(opened),
            Event::DayClosed { .. } => self.day = None,
            Event::DayReplanned { ends_at, closings } => {
                if let Some(day) = &mut self.day {
                    day.ends_at = *ends_at;
                    day.closings = closings.iter().map(|c| (c.queue.clone(), c.at)).collect();
                }
            }
            Event::QueueClosed { queue } => {
                if let Some(day) = &mut self.day {
                    day.closings.remove(queue);
                }
            }
            Event::IssuingSuspended { queue, reason } => {
                self.suspended.retain(|s| s.queue != *queue);
                self.suspended.push(Suspension { queue: queue.clone(), reason: reason.clone() });
            }
            Event::IssuingResumed { queue } => self.suspended.retain(|s| s.queue != *queue),
            Event::HallEvacuated { .. } | Event::ClockAccepted { .. } => {}
            Event::CounterOpened { .. }
            | Event::CounterPaused { .. }
            | Event::CounterResumed { .. }
            | Event::CounterClosed { .. }
            | Event::AutoCallSet { .. } => self.apply_counter(stamp, event),
            _ => self.apply_ticket(stamp, event),
        }
    }

    fn apply_counter(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::CounterOpened { counter, clerk, profile, queues } => {
                let entry = self.counters.entry(counter.clone()).or_default();
                let open = entry.session.take();
                let (at_hand, since, paused) =
                    open.map_or((None, stamp.at, None), |open| (open.at_hand, open.since, open.paused));
                entry.session = Some(Session {
                    clerk: clerk.clone(),
                    profile: profile.clone(),
                    queues: queues.clone(),
                    paused,
                    at_hand,
                    since,
                });
            }
            Event::CounterPaused { counter, reason } => self.with_session(counter, |session| {
                session.paused = Some(Pause { reason: reason.clone(), since: stamp.at });
            }),
            Event::CounterResumed { counter } => self.with_session(counter, |session| session.paused = None),
            Event::CounterClosed { counter } => {
                if let Some(entry) = self.counters.get_mut(counter) {
                    entry.session = None;
                    entry.undo = None;
                }
            }
            Event::AutoCallSet { counter, on } => {
                self.counters.entry(counter.clone()).or_default().auto_call = *on;
            }
            _ => {}
        }
    }

    fn with_session(&mut self, counter: &CounterId, change: impl FnOnce(&mut Session)) {
        if let Some(session) = self.counters.get_mut(counter).and_then(|entry| entry.session.as_mut()) {
            change(session);
        }
    }

    fn apply_ticket(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::TicketIssued(issued) => self.issued(stamp, issued),
            Event::TicketCalled(call) => self.called(stamp, call),
            Event::CallRepeated { ticket, counter, attempt, answer_by } => {
                let state = TicketState::Called { counter: counter.clone(), attempt: *attempt };
                self.move_ticket(stamp, *ticket, Some(counter), state);
                self.timers.extend(answer_by.map(|at| (at, *ticket)));
            }
            Event::ServiceStarted { ticket, counter } => {
                let state = TicketState::Serving { counter: counter.clone() };
                self.move_ticket(stamp, *ticket, Some(counter), state);
            }
            Event::ServiceCompleted { ticket, counter, .. } => self.completed(stamp, *ticket, counter),
            Event::TicketDone { ticket } => self.move_ticket(stamp, *ticket, None, TicketState::Done),
            Event::TicketQueued(queued) => self.queued(stamp, queued),
            Event::TicketNoShow { ticket, counter, until } => {
                let state = TicketState::NoShow { until: *until };
                self.move_ticket(stamp, *ticket, Some(counter), state);
            }
            Event::TicketParked { ticket, by, until } => {
                let state = TicketState::Parked { by: by.clone(), until: *until };
                if by.is_some() {
                    self.move_ticket(stamp, *ticket, by.as_ref(), state);
                } else {
                    self.release(*ticket);
                    self.enter(stamp, *ticket, state);
                }
                if let Some(until) = until {
                    self.timers.insert((*until, *ticket));
                }
            }
            Event::TicketCancelled { ticket, by } => {
                self.release(*ticket);
                self.enter(stamp, *ticket, TicketState::Cancelled { by: *by });
            }
            Event::ServiceAdded { ticket, service } => {
                self.touch(stamp, *ticket, None);
                if let Some(ticket) = self.ticket_mut(*ticket) {
                    ticket.services.push(service.clone());
                }
            }
            Event::TicketReprioritised { ticket, lane, promise, .. } => {
                self.reprioritised(*ticket, *lane, *promise);
            }
            Event::PaperReported { ticket, paper } => {
                if let Some(ticket) = self.ticket_mut(*ticket) {
                    ticket.paper = *paper;
                }
            }
            Event::PaperOrdered { ticket, .. } => {
                if let Some(ticket) = self.ticket_mut(*ticket) {
                    ticket.paper = Paper::Pending;
                    ticket.paper_asked = stamp.seq;
                }
            }
            Event::CommandUndone { counter, restored, answer_by } => {
                self.undone(stamp, counter, restored, *answer_by);
            }
            _ => {}
        }
    }

    fn configured(&mut self, stamp: Stamp, version: u32, config: &Arc<SiteConfig>) {
        self.book = Arc::new(Rulebook::of(config));
        self.config_version = version;
        self.config_seq = stamp.seq;
        for counter in &config.counters {
            self.counters
                .entry(counter.id.clone())
                .or_insert_with(|| Counter { auto_call: counter.auto_call, ..Counter::default() });
        }
        let book = Arc::clone(&self.book);
        self.counters.retain(|id, counter| counter.session.is_some() || book.counters.contains_key(id));
        for queue in &config.queues {
            self.lines.entry(queue.id.clone()).or_default();
            self.learnt.entry(queue.id.clone()).or_insert_with(|| prior(&queue.id, queue.service_time_s));
        }
        self.lines.retain(|id, line| !line.is_empty() || book.queues.contains_key(id));
        self.learnt.retain(|id, _| book.queues.contains_key(id));
        self.config = Some(Arc::clone(config));
    }

    fn day_opened(&mut self, opened: &DayOpened) {
        self.day = Some(OpenDay {
            day: opened.day,
            ends_at: opened.ends_at,
            closings: opened.closings.iter().map(|c| (c.queue.clone(), c.at)).collect(),
        });
        self.config_seq = opened.config_seq;
        self.config_version = opened.config_version;
        self.next_ticket = opened.next_ticket;
        self.learnt = opened.learnt.iter().map(|l| (l.queue.clone(), l.clone())).collect();
        self.suspended.clone_from(&opened.suspended);
        self.tickets.clear();
        self.out_of_line.clear();
        self.live = 0;
        self.series.clear();
        self.issued.clear();
        self.timers.clear();
        self.reserved.clear();
        self.lines.clear();
        self.counters.clear();
        if let Some(config) = &self.config {
            self.lines.extend(config.queues.iter().map(|queue| (queue.id.clone(), Line::default())));
            self.counters.extend(config.counters.iter().map(|counter| {
                (counter.id.clone(), Counter { auto_call: counter.auto_call, ..Counter::default() })
            }));
        }
        for ticket in &opened.carried {
            self.carried(ticket);
        }
    }

    fn carried(&mut self, ticket: &Ticket) {
        let live = &mut self.series_mut(&ticket.number.series).live;
        live.insert(ticket.number.value);
        if let TicketState::Parked { until: Some(until), .. } = ticket.state {
            self.timers.insert((until, ticket.id));
        }
        if let TicketState::Waiting { .. } = ticket.state {
            let place = Place { promise: ticket.promise, ticket: ticket.id };
            self.lines.entry(ticket.queue.clone()).or_default().join(place);
        }
        self.live += 1;
        self.tickets.insert(ticket.id, Arc::new(ticket.clone()));
        self.recount(ticket.id);
    }

    fn series_mut(&mut self, series: &Arc<str>) -> &mut SeriesState {
        self.series.entry(Arc::clone(series)).or_insert_with(|| SeriesState {
            round: 1,
            last: 0,
            live: std::collections::BTreeSet::new(),
        })
    }

    fn issued(&mut self, Stamp { seq, at }: Stamp, issued: &TicketIssued) {
        let series = self.series_mut(&issued.number.series);
        series.round = issued.number.round;
        series.last = issued.number.value;
        series.live.insert(issued.number.value);
        let count = self.issued.entry(issued.queue.clone()).or_default();
        count.day += 1;
        count.in_hour = if count.hour == issued.hour { count.in_hour + 1 } else { 1 };
        count.hour = issued.hour;
        let queue = self.lines.get_key_value(&issued.queue).map_or(&issued.queue, |(key, _)| key).clone();
        let ticket = Ticket {
            id: issued.ticket,
            number: issued.number.clone(),
            queue: queue.clone(),
            services: issued.services.clone(),
            current: 0,
            lane: issued.lane,
            language: issued.language,
            channel: issued.channel,
            device: issued.device.clone(),
            joined: at,
            promise: issued.promise,
            state: TicketState::Waiting { only: None },
            step: 1,
            since: at,
            steps: Vec::new(),
            absences: 0,
            served: false,
            paper: if issued.paper { Paper::Pending } else { Paper::None },
            paper_asked: if issued.paper { seq } else { 0 },
            estimate: issued.estimate,
        };
        self.lines.entry(queue).or_default().join(Place { promise: issued.promise, ticket: issued.ticket });
        self.next_ticket = TicketId(issued.ticket.0 + 1);
        self.live += 1;
        self.tickets.insert(issued.ticket, Arc::new(ticket));
    }

    fn called(&mut self, stamp: Stamp, call: &TicketCalled) {
        let state = TicketState::Called { counter: call.counter.clone(), attempt: call.attempt };
        self.move_ticket(stamp, call.ticket, Some(&call.counter), state);
        if let Some(counter) = self.counters.get_mut(&call.counter) {
            counter.called += 1;
            if let Some(session) = &mut counter.session {
                session.at_hand = Some(call.ticket);
                session.since = stamp.at;
            }
        }
        self.timers.extend(call.answer_by.map(|at| (at, call.ticket)));
    }

    /// Learns the counter's time from call to end: what the next in line waits for.
    fn completed(&mut self, stamp: Stamp, ticket: TicketId, counter: &CounterId) {
        self.touch(stamp, ticket, Some(counter));
        let Some(entry) = self.counters.get_mut(counter) else { return };
        entry.served += 1;
        let Some(session) = &entry.session else { return };
        let took_ms = stamp.at.duration_since(session.since).as_millis().max(0) as u64;
        let Some(learnt) = self.tickets.get(&ticket).and_then(|t| self.learnt.get_mut(&t.queue)) else {
            return;
        };
        learn(learnt, took_ms);
    }

    fn queued(&mut self, stamp: Stamp, queued: &TicketQueued) {
        let counter = self.tickets.get(&queued.ticket).and_then(|t| t.state.counter().cloned());
        self.touch(stamp, queued.ticket, counter.as_ref());
        self.release(queued.ticket);
        let Some(ticket) = self.ticket_mut(queued.ticket) else { return };
        ticket.enter(TicketState::Waiting { only: queued.only.clone() }, stamp.at);
        match queued.cause {
            crate::event::QueuedBy::Absence => ticket.absences += 1,
            crate::event::QueuedBy::NextService => ticket.current += 1,
            _ => {}
        }
        ticket.queue = queued.queue.clone();
        ticket.promise = queued.promise;
        self.stand(queued.ticket);
        self.settle(stamp, queued.ticket, counter.as_ref());
    }

    fn reprioritised(&mut self, id: TicketId, lane: crate::ticket::Lane, promise: Timestamp) {
        let waits = self.tickets.get(&id).is_some_and(|t| matches!(t.state, TicketState::Waiting { .. }));
        if waits {
            self.leave_line(id);
        }
        if let Some(ticket) = self.ticket_mut(id) {
            ticket.lane = lane;
            ticket.promise = promise;
        }
        if waits {
            self.stand(id);
        }
    }

    fn undone(
        &mut self,
        Stamp { at, .. }: Stamp,
        counter: &CounterId,
        restored: &[TicketImage],
        answer_by: Option<Timestamp>,
    ) {
        for image in restored {
            self.release(image.ticket);
            let Some(ticket) = self.ticket_mut(image.ticket) else { continue };
            ticket.enter(image.state.clone(), at);
            ticket.queue = image.queue.clone();
            ticket.services.clone_from(&image.services);
            ticket.current = image.current;
            ticket.lane = image.lane;
            ticket.promise = image.promise;
            ticket.absences = image.absences;
            ticket.served = image.served;
            if matches!(image.state, TicketState::Waiting { .. }) {
                self.stand(image.ticket);
            }
            match image.state {
                TicketState::Parked { until, .. } => self.timers.extend(until.map(|at| (at, image.ticket))),
                TicketState::Called { .. } => self.timers.extend(answer_by.map(|at| (at, image.ticket))),
                _ => {}
            }
        }
        let hand =
            restored.iter().find(|image| image.state.counter() == Some(counter)).map(|image| image.ticket);
        for image in restored {
            self.recount(image.ticket);
        }
        if let Some(entry) = self.counters.get_mut(counter) {
            if let Some(undo) = entry.undo.take() {
                (entry.called, entry.served) = (undo.called, undo.served);
            }
            if let Some(session) = &mut entry.session {
                session.at_hand = hand;
                session.since = at;
            }
        }
    }

    fn ticket_mut(&mut self, id: TicketId) -> Option<&mut Ticket> {
        self.tickets.get_mut(&id).map(Arc::make_mut)
    }

    /// Moves a ticket to a state that is not a line, remembering it for the counter's undo.
    fn move_ticket(&mut self, stamp: Stamp, id: TicketId, counter: Option<&CounterId>, state: TicketState) {
        let held = self.tickets.get(&id).and_then(|t| t.state.counter().cloned());
        let counter = counter.or(held.as_ref()).cloned();
        self.touch(stamp, id, counter.as_ref());
        self.release(id);
        self.enter(stamp, id, state);
        self.settle(stamp, id, counter.as_ref());
    }

    /// Takes a ticket out of its line and stops its timers.
    fn release(&mut self, id: TicketId) {
        self.leave_line(id);
        self.timers.retain(|(_, ticket)| *ticket != id);
    }

    fn leave_line(&mut self, id: TicketId) {
        let Some(ticket) = self.tickets.get(&id) else { return };
        let place = Place { promise: ticket.promise, ticket: id };
        match &ticket.state {
            TicketState::Waiting { only: None } => {
                if let Some(line) = self.lines.get_mut(&ticket.queue) {
                    line.leave(place);
                }
            }
            TicketState::Waiting { only: Some(counter) } => {
                if let Some(line) = self.reserved.get_mut(counter) {
                    line.leave(place);
                }
            }
            _ => {}
        }
    }

    /// Puts a waiting ticket into the line that its state names.
    fn stand(&mut self, id: TicketId) {
        let Some(ticket) = self.tickets.get(&id) else { return };
        let place = Place { promise: ticket.promise, ticket: id };
        match &ticket.state {
            TicketState::Waiting { only: None } => {
                self.lines.entry(ticket.queue.clone()).or_default().join(place);
            }
            TicketState::Waiting { only: Some(counter) } => {
                self.reserved.entry(counter.clone()).or_default().join(place);
            }
            _ => {}
        }
    }

    fn enter(&mut self, stamp: Stamp, id: TicketId, state: TicketState) {
        let held = self.tickets.get(&id).and_then(|t| t.state.counter().cloned());
        let leaves = held.filter(|counter| state.counter() != Some(counter));
        if let Some(ticket) = self.ticket_mut(id) {
            ticket.enter(state, stamp.at);
        }
        self.recount(id);
        if let Some(counter) = leaves {
            self.settle(stamp, id, Some(&counter));
        }
    }

    /// Keeps what is counted and looked up by state in step with a ticket's state.
    fn recount(&mut self, id: TicketId) {
        let Some(ticket) = self.tickets.get(&id) else { return };
        if matches!(ticket.state, TicketState::Parked { .. } | TicketState::NoShow { .. }) {
            self.out_of_line.insert(id);
        } else {
            self.out_of_line.remove(&id);
        }
        let (series, value, is_live) =
            (Arc::clone(&ticket.number.series), ticket.number.value, ticket.state.is_live());
        let live = &mut self.series_mut(&series).live;
        if is_live {
            if live.insert(value) {
                self.live += 1;
            }
        } else if live.remove(&value) {
            self.live -= 1;
        }
    }

    /// After a ticket moved: the counter's hand is empty if the ticket left it, and undo knows the step reached.
    fn settle(&mut self, stamp: Stamp, id: TicketId, counter: Option<&CounterId>) {
        self.recount(id);
        let Some(counter) = counter else { return };
        let (here, step) = match self.tickets.get(&id) {
            Some(ticket) => (ticket.state.counter() == Some(counter), ticket.step),
            None => (false, 0),
        };
        let Some(entry) = self.counters.get_mut(counter) else { return };
        if let Some(session) = entry.session.as_mut().filter(|session| session.at_hand == Some(id) && !here) {
            session.at_hand = None;
            session.since = stamp.at;
        }
        // A move by somebody else leaves the step behind, so that undo is refused as overtaken.
        if let Some(undo) = entry.undo.as_mut().filter(|undo| undo.seq == stamp.seq) {
            for touched in undo.before.iter_mut().filter(|touched| touched.image.ticket == id) {
                touched.step_after = step;
            }
        }
    }

    /// Remembers how a ticket was before the counter's command, once per record.
    fn touch(&mut self, stamp: Stamp, id: TicketId, counter: Option<&CounterId>) {
        let Some(ticket) = self.tickets.get(&id) else { return };
        let Some(counter) = counter.or(ticket.state.counter()) else { return };
        let Some(entry) = self.counters.get_mut(counter) else { return };
        let undo = match &mut entry.undo {
            Some(undo) if undo.seq == stamp.seq => undo,
            stale => stale.insert(UndoPoint {
                seq: stamp.seq,
                called: entry.called,
                served: entry.served,
                before: Vec::new(),
            }),
        };
        if undo.before.iter().all(|touched| touched.image.ticket != id) {
            undo.before.push(Touched { image: ticket.image(), step_after: ticket.step });
        }
    }
}
