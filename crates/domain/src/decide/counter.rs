//! Commands of a counter: its session, and the ticket at hand.

use crate::command::{Context, CounterAction, Expect};
use crate::config::{Served, StartRule};
use crate::counter::Session;
use crate::event::{CallReason, Event, Outcome, QueuedBy, TicketCalled, TicketQueued};
use crate::id::{ClerkId, Code, CounterId, ProfileId, QueueId, TicketId};
use crate::line::Place;
use crate::moment::later;
use crate::refusal::Refusal;
use crate::site::Site;
use crate::ticket::{Ticket, TicketState};

use super::next::Joining;
use super::ticket::illegal;

/// Outcomes of one completed service.
pub const OUTCOMES_MAX: usize = 16;

impl Site {
    pub(super) fn decide_counter(
        &self,
        counter: &CounterId,
        action: &CounterAction,
        expect: Option<&Expect>,
        context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        if let CounterAction::Open { clerk, profile, queues } = action {
            return self.decide_open(counter, clerk, profile.as_ref(), queues.as_deref());
        }
        if self.counter_config(counter).is_none() && self.session(counter).is_none() {
            return Err(Refusal::UnknownCounter { counter: counter.to_string() });
        }
        if let CounterAction::AutoCall { on } = action {
            let now_on = self.counters.get(counter).is_some_and(|c| c.auto_call);
            let event = Event::AutoCallSet { counter: counter.clone(), on: *on };
            return Ok(if now_on == *on { Vec::new() } else { vec![event] });
        }
        let session =
            self.session(counter).ok_or_else(|| Refusal::CounterClosed { counter: counter.clone() })?;
        self.check_expect(counter, expect)?;
        self.decide_at(counter, session, action, context)
    }

    fn decide_at(
        &self,
        counter: &CounterId,
        session: &Session,
        action: &CounterAction,
        context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        match action {
            CounterAction::Pause { reason } => self.decide_pause(counter, session, reason.as_ref(), context),
            CounterAction::Resume => {
                let event = Event::CounterResumed { counter: counter.clone() };
                Ok(if session.paused.is_some() { vec![event] } else { Vec::new() })
            }
            CounterAction::Close => self.decide_close(counter, context),
            CounterAction::CallNext => self.decide_call_next(counter, session, context),
            CounterAction::Call { ticket, reason } => {
                self.decide_call(counter, session, *ticket, reason, context)
            }
            CounterAction::Undo => self.decide_undo(counter, context),
            _ => {
                let ticket = self
                    .at_hand(counter)
                    .ok_or_else(|| Refusal::NothingAtCounter { counter: counter.clone() })?;
                self.decide_at_hand(counter, ticket, action, context)
            }
        }
    }

    fn decide_at_hand(
        &self,
        counter: &CounterId,
        ticket: &Ticket,
        action: &CounterAction,
        context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        match action {
            CounterAction::Recall => Ok(vec![self.recall(counter, ticket, context)?]),
            CounterAction::Start => match ticket.state {
                TicketState::Called { .. } => Ok(vec![started(counter, ticket)]),
                _ => Err(illegal(ticket, "start")),
            },
            CounterAction::Complete { outcomes } => {
                self.check_outcomes(outcomes)?;
                self.finish(counter, ticket, outcomes, context).map(|(events, _)| events)
            }
            CounterAction::NoShow => Ok(vec![self.no_show(counter, ticket, context)?]),
            CounterAction::Absent => Ok(vec![self.absent(counter, ticket, context)?]),
            CounterAction::Park { until } => Ok(vec![Event::TicketParked {
                ticket: ticket.id,
                by: Some(counter.clone()),
                until: self.park_until(*until, context.now)?,
            }]),
            CounterAction::Return => Ok(vec![super::back_in_line(ticket, ticket.promise, QueuedBy::Return)]),
            CounterAction::Transfer { to } => {
                let mut events = self.begun(counter, ticket)?;
                events.push(self.decide_transfer(ticket, to, context.now)?);
                Ok(events)
            }
            CounterAction::AddService { service } => Ok(vec![self.decide_add_service(ticket, service)?]),
            _ => Ok(Vec::new()),
        }
    }

    fn check_expect(&self, counter: &CounterId, expect: Option<&Expect>) -> Result<(), Refusal> {
        let Some(expect) = expect else { return Ok(()) };
        let hand = self.at_hand(counter);
        let (ticket, step) = (hand.map(|t| t.id), hand.map(|t| t.step));
        let holds = expect.ticket == ticket && (expect.step.is_none() || expect.step == step);
        if holds { Ok(()) } else { Err(Refusal::CounterChanged { counter: counter.clone(), ticket, step }) }
    }

    fn decide_open(
        &self,
        id: &CounterId,
        clerk: &ClerkId,
        profile: Option<&ProfileId>,
        permitted: Option<&[QueueId]>,
    ) -> Result<Vec<Event>, Refusal> {
        let counter =
            self.counter_config(id).ok_or_else(|| Refusal::UnknownCounter { counter: id.to_string() })?;
        let profile = profile.unwrap_or(&counter.profile);
        for queue in permitted.unwrap_or(&[]) {
            self.known_queue(Some(queue))?;
        }
        let queues = self.queues_of(profile, permitted)?;
        if let Some(session) = self.session(id) {
            if session.clerk != *clerk {
                return Err(Refusal::CounterTaken { counter: id.clone(), clerk: session.clerk.clone() });
            }
            if session.queues == queues && session.profile == *profile {
                return Ok(Vec::new());
            }
        }
        Ok(vec![Event::CounterOpened {
            counter: id.clone(),
            clerk: clerk.clone(),
            profile: profile.clone(),
            queues,
        }])
    }

    /// Counter profile ∩ clerk's permission.
    fn queues_of(&self, profile: &ProfileId, permitted: Option<&[QueueId]>) -> Result<Vec<Served>, Refusal> {
        let config = self.configuration()?;
        let found = config
            .profiles
            .iter()
            .find(|known| known.id == *profile)
            .ok_or_else(|| Refusal::UnknownProfile { profile: profile.to_string() })?;
        let may = |queue: &QueueId| permitted.is_none_or(|permitted| permitted.contains(queue));
        Ok(found.queues.iter().filter(|served| may(&served.queue)).cloned().collect())
    }

    fn decide_pause(
        &self,
        counter: &CounterId,
        session: &Session,
        reason: Option<&Code>,
        context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let known = &self.configuration()?.codes.pause;
        if let Some(reason) = reason.filter(|reason| !known.iter().any(|k| k.code == **reason)) {
            return Err(Refusal::UnknownCode { unknown: reason.clone() });
        }
        if session.paused.is_some() {
            return Ok(Vec::new());
        }
        let mut events = self.clear_hand(counter, context)?;
        events.push(Event::CounterPaused { counter: counter.clone(), reason: reason.cloned() });
        Ok(events)
    }

    fn decide_close(&self, counter: &CounterId, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        let mut events = self.clear_hand(counter, context)?;
        events.extend(self.release_reserved(counter));
        events.push(Event::CounterClosed { counter: counter.clone() });
        Ok(events)
    }

    /// Tickets that waited for this counter alone wait for their whole queue again.
    pub(super) fn release_reserved(&self, counter: &CounterId) -> Vec<Event> {
        let tickets = self.reserved.get(counter).into_iter().flat_map(crate::line::Line::iter);
        tickets
            .map(|place| {
                let ticket = &self.tickets[&place.ticket];
                super::back_in_line(ticket, ticket.promise, QueuedBy::CounterClosed)
            })
            .collect()
    }

    /// In an implicit hall, leaving the desk completes the ticket at hand; in an explicit one it must be ended first.
    fn clear_hand(&self, counter: &CounterId, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        let Some(ticket) = self.at_hand(counter) else { return Ok(Vec::new()) };
        match self.configuration()?.rules.start {
            StartRule::Implicit => self.finish(counter, ticket, &[], context).map(|(events, _)| events),
            StartRule::Explicit => Err(Refusal::CounterBusy { counter: counter.clone(), ticket: ticket.id }),
        }
    }

    /// Completes the ticket at hand by the site's rule and calls the next.
    pub(super) fn decide_call_next(
        &self,
        counter: &CounterId,
        session: &Session,
        context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        not_paused(counter, session)?;
        let (mut events, queued) = match self.at_hand(counter) {
            Some(ticket) => self.finish(counter, ticket, &[], context)?,
            None => (Vec::new(), None),
        };
        let joining = queued.as_ref().map(|queued| Joining {
            queue: &queued.queue,
            place: Place { promise: queued.promise, ticket: queued.ticket },
        });
        if let Some(next) = self.choose(counter, joining.as_ref()) {
            events.push(Event::TicketCalled(TicketCalled {
                ticket: next.ticket,
                counter: counter.clone(),
                attempt: self.tickets[&next.ticket].absences + 1,
                reason: next.reason,
                passed_over: self.passed_over(counter, next.ticket),
                answer_by: self.answer_by(context),
            }));
        }
        Ok(events)
    }

    fn decide_call(
        &self,
        counter: &CounterId,
        session: &Session,
        id: TicketId,
        reason: &Code,
        context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        not_paused(counter, session)?;
        if !self.configuration()?.codes.out_of_order.iter().any(|known| known.code == *reason) {
            return Err(Refusal::UnknownCode { unknown: reason.clone() });
        }
        let ticket = self.live_ticket(id)?;
        match &ticket.state {
            TicketState::Waiting { only: Some(only) } if only != counter => {
                return Err(Refusal::ReservedForOther { ticket: id, counter: only.clone() });
            }
            TicketState::Waiting { only: Some(_) } => {}
            // Whoever parked a ticket may call it back, whatever its queue.
            TicketState::Parked { by: Some(by), .. } if by == counter => {}
            TicketState::Waiting { .. } | TicketState::Parked { .. } => {
                if !session.queues.iter().any(|served| served.queue == ticket.queue) {
                    let queue = ticket.queue.clone();
                    return Err(Refusal::NotServedHere { counter: counter.clone(), queue });
                }
            }
            _ => return Err(illegal(ticket, "call")),
        }
        let mut events = match self.at_hand(counter) {
            Some(hand) => self.finish(counter, hand, &[], context)?.0,
            None => Vec::new(),
        };
        events.push(Event::TicketCalled(TicketCalled {
            ticket: id,
            counter: counter.clone(),
            attempt: ticket.absences + 1,
            reason: CallReason::OutOfOrder { code: reason.clone() },
            passed_over: self.passed_over(counter, id),
            answer_by: self.answer_by(context),
        }));
        Ok(events)
    }

    /// Ends the service at hand: done, or on to the next service of the visit.
    fn finish(
        &self,
        counter: &CounterId,
        ticket: &Ticket,
        outcomes: &[Outcome],
        context: &Context<'_>,
    ) -> Result<(Vec<Event>, Option<TicketQueued>), Refusal> {
        let mut events = self.begun(counter, ticket)?;
        events.push(Event::ServiceCompleted {
            ticket: ticket.id,
            counter: counter.clone(),
            service: ticket.service().clone(),
            outcomes: outcomes.to_vec(),
        });
        let next = ticket.next_service().and_then(|service| self.service(service));
        let Some(next) = next else {
            events.push(Event::TicketDone { ticket: ticket.id });
            return Ok((events, None));
        };
        let rule = self.configuration()?.rules.transfer_promise;
        let queued = TicketQueued {
            ticket: ticket.id,
            queue: next.queue.clone(),
            only: None,
            promise: self.promise_again(rule, ticket, &next.queue, context.now),
            cause: QueuedBy::NextService,
        };
        events.push(Event::TicketQueued(queued.clone()));
        Ok((events, Some(queued)))
    }

    /// The start of service, where the site counts it from the call; refused where the clerk must say so.
    fn begun(&self, counter: &CounterId, ticket: &Ticket) -> Result<Vec<Event>, Refusal> {
        match (&ticket.state, self.configuration()?.rules.start) {
            (TicketState::Serving { .. }, _) => Ok(Vec::new()),
            (_, StartRule::Implicit) => Ok(vec![started(counter, ticket)]),
            (_, StartRule::Explicit) => Err(Refusal::NotStarted { ticket: ticket.id }),
        }
    }

    fn recall(&self, counter: &CounterId, ticket: &Ticket, context: &Context<'_>) -> Result<Event, Refusal> {
        match ticket.state {
            TicketState::Called { attempt, .. } => Ok(Event::CallRepeated {
                ticket: ticket.id,
                counter: counter.clone(),
                attempt: attempt.saturating_add(1),
                answer_by: self.answer_by(context),
            }),
            _ => Err(illegal(ticket, "recall")),
        }
    }

    fn answer_by(&self, context: &Context<'_>) -> Option<jiff::Timestamp> {
        let after_s = self.rules()?.absent_after_s?;
        Some(later(context.now, after_s))
    }

    fn check_outcomes(&self, outcomes: &[Outcome]) -> Result<(), Refusal> {
        if outcomes.len() > OUTCOMES_MAX {
            return Err(Refusal::TooManyOutcomes { max: OUTCOMES_MAX });
        }
        let known = &self.configuration()?.codes.outcomes;
        match outcomes.iter().find(|outcome| !known.iter().any(|k| k.code == outcome.code)) {
            Some(outcome) => Err(Refusal::UnknownCode { unknown: outcome.code.clone() }),
            None => Ok(()),
        }
    }

    fn no_show(&self, counter: &CounterId, ticket: &Ticket, context: &Context<'_>) -> Result<Event, Refusal> {
        if !matches!(ticket.state, TicketState::Called { .. }) {
            return Err(illegal(ticket, "no_show"));
        }
        let until = later(context.now, self.configuration()?.rules.reinstate_grace_s);
        Ok(Event::TicketNoShow { ticket: ticket.id, counter: counter.clone(), until })
    }

    /// Back in line by rule; a no-show when it was absent too often.
    pub(super) fn absent(
        &self,
        counter: &CounterId,
        ticket: &Ticket,
        context: &Context<'_>,
    ) -> Result<Event, Refusal> {
        if !matches!(ticket.state, TicketState::Called { .. }) {
            return Err(illegal(ticket, "absent"));
        }
        let rules = &self.configuration()?.rules;
        if ticket.absences >= rules.absences_max {
            return self.no_show(counter, ticket, context);
        }
        let promise = self.promise_again(rules.absent_promise, ticket, &ticket.queue, context.now);
        Ok(super::back_in_line(ticket, promise, QueuedBy::Absence))
    }

    /// Reverses the counter's whole last command, unless one of its tickets has moved on.
    fn decide_undo(&self, id: &CounterId, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        let nothing = || Refusal::NothingToUndo { counter: id.clone() };
        let counter = self.counters.get(id).ok_or_else(nothing)?;
        let undo = counter.undo.as_ref().ok_or_else(nothing)?;
        for touched in &undo.before {
            let ticket = self.live_ticket(touched.image.ticket)?;
            let image = &touched.image;
            let has_home = self.has_home(&image.queue, &image.services[usize::from(image.current)..]);
            if ticket.step != touched.step_after || !self.number_is_free(ticket) || !has_home {
                return Err(Refusal::UndoOvertaken { counter: id.clone(), ticket: ticket.id });
            }
        }
        self.check_hand_kept(id, undo)?;
        let restored = undo.before.iter().map(|touched| touched.image.clone()).collect();
        let answer_by = self.answer_by(context);
        let mut events = vec![Event::CommandUndone { counter: id.clone(), restored, answer_by }];
        if counter.auto_call {
            // Otherwise the dispatcher would give the very same ticket back at once.
            events.insert(0, Event::AutoCallSet { counter: id.clone(), on: false });
        }
        Ok(events)
    }

    /// A counter that was paused since has an empty hand; undo must not put a ticket into it.
    fn check_hand_kept(&self, id: &CounterId, undo: &crate::counter::UndoPoint) -> Result<(), Refusal> {
        let hand = self.session(id).and_then(|session| session.at_hand);
        let other = hand.filter(|hand| undo.before.iter().all(|touched| touched.image.ticket != *hand));
        let paused = self.session(id).is_none_or(|session| session.paused.is_some());
        match (other, paused) {
            (Some(ticket), _) => Err(Refusal::UndoOvertaken { counter: id.clone(), ticket }),
            (None, true) => Err(Refusal::CounterPaused { counter: id.clone() }),
            (None, false) => Ok(()),
        }
    }
}

fn started(counter: &CounterId, ticket: &Ticket) -> Event {
    Event::ServiceStarted { ticket: ticket.id, counter: counter.clone() }
}

fn not_paused(counter: &CounterId, session: &Session) -> Result<(), Refusal> {
    if session.paused.is_some() { Err(Refusal::CounterPaused { counter: counter.clone() }) } else { Ok(()) }
}
