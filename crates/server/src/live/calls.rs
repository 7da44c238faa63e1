//! Which calls stand on the lobby's screens, and which no longer hold. Follows the events; knows no channel.
//!
//! A call is withdrawn when its ticket leaves the counter without being served to the end. A served one is not:
//! it just ages off the list.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use khiw_domain::Event;
use khiw_domain::Site;
use khiw_domain::event::QueuedBy;
use khiw_domain::id::{CounterId, Language, TicketId};
use khiw_domain::ticket::{StepKind, Ticket, TicketImage, TicketState};

use super::speech::speech;
use crate::api::types::{Call, CounterName, Names};

/// Calls remembered beside the newest of each counter; more than any screen lists, so that one withdrawn from the list
/// has a successor.
pub const CALLS_KEPT_MAX: usize = 64;
/// A call older than this is listed, not announced: its visitor has long looked up.
pub const ANNOUNCE_BELOW_S: u32 = 30;

#[derive(Debug, Default)]
pub struct Calls {
    /// Tickets that a counter has in hand, as the lobby knows it.
    at_hand: BTreeMap<TicketId, CounterId>,
    /// Newest first.
    recent: VecDeque<Call>,
    /// What the hall has a voice for.
    voiced: Vec<Language>,
}

/// What the lobby has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Called(Call),
    Withdrawn { ticket: TicketId, number: String, counter: CounterId },
}

impl Calls {
    /// The list as it follows from the state alone: for a start in mid-day.
    pub fn of(site: &Site) -> Self {
        let mut calls: Vec<Call> = site.tickets().filter_map(|ticket| standing_call(site, ticket)).collect();
        calls.sort_by_key(|call| std::cmp::Reverse((call.at, call.ticket)));
        let mut recent = calls.into();
        forget_surplus(&mut recent);
        let in_hand = |ticket: &Ticket| Some((ticket.id, ticket.state.counter()?.clone()));
        Self { at_hand: site.tickets().filter_map(in_hand).collect(), recent, voiced: Vec::new() }
    }

    /// From the next call on, these languages are spoken.
    pub fn speak(&mut self, voiced: Vec<Language>) {
        self.voiced = voiced;
    }

    /// Newest first. How a call is said is left out where nobody will say it any more.
    pub fn standing(&self, now: Timestamp) -> Vec<Call> {
        let said = |call: &Call| now.duration_since(call.at).as_secs() < i64::from(ANNOUNCE_BELOW_S);
        let listed = |call: &Call| {
            let speech = if said(call) { call.speech.clone() } else { Vec::new() };
            Call { speech, ..call.clone() }
        };
        self.recent.iter().map(listed).collect()
    }

    /// The counter that has this ticket in hand.
    pub fn counter_of(&self, ticket: TicketId) -> Option<&CounterId> {
        self.at_hand.get(&ticket)
    }

    /// Follows one event of a record at `at`. `site` is the state after it, or later in the same batch.
    pub fn follow(&mut self, site: &Site, at: Timestamp, event: &Event) -> Vec<Change> {
        match event {
            Event::TicketCalled(call) => {
                self.called(site, call.ticket, &call.counter, call.attempt, at).into_iter().collect()
            }
            Event::CallRepeated { ticket, counter, attempt, .. } => {
                self.called(site, *ticket, counter, *attempt, at).into_iter().collect()
            }
            Event::TicketDone { ticket } => {
                self.at_hand.remove(ticket);
                Vec::new()
            }
            Event::TicketQueued(queued) if queued.cause == QueuedBy::NextService => {
                self.at_hand.remove(&queued.ticket);
                Vec::new()
            }
            Event::TicketQueued(queued) => self.left(site, queued.ticket),
            Event::TicketNoShow { ticket, .. }
            | Event::TicketParked { ticket, .. }
            | Event::TicketCancelled { ticket, .. } => self.left(site, *ticket),
            Event::CommandUndone { restored, .. } => {
                restored.iter().flat_map(|image| self.restored(site, image)).collect()
            }
            Event::DayOpened(_) => {
                *self = Self { voiced: std::mem::take(&mut self.voiced), ..Self::default() };
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn called(
        &mut self,
        site: &Site,
        ticket: TicketId,
        counter: &CounterId,
        attempt: u8,
        at: Timestamp,
    ) -> Option<Change> {
        self.at_hand.insert(ticket, counter.clone());
        self.recent.retain(|call| call.ticket != ticket);
        let call = self.said(site, call_of(site, site.ticket(ticket)?, counter, attempt, at));
        self.recent.push_front(call.clone());
        forget_surplus(&mut self.recent);
        Some(Change::Called(call))
    }

    /// With how it is said.
    fn said(&self, site: &Site, call: Call) -> Call {
        let hall = site.config().map_or(&[][..], |config| &config.languages);
        let counter = site.counter_config(&call.counter);
        let speech = speech(hall, &call.number, counter, call.language, &self.voiced);
        Call { speech, ..call }
    }

    fn left(&mut self, site: &Site, id: TicketId) -> Vec<Change> {
        let Some(counter) = self.at_hand.remove(&id) else { return Vec::new() };
        self.recent.retain(|call| call.ticket != id);
        let Some(ticket) = site.ticket(id) else { return Vec::new() };
        vec![Change::Withdrawn { ticket: id, number: ticket.number.text.to_string(), counter }]
    }

    /// A ticket that an undo brought back. At a counter again, it is listed again with the time it was called at,
    /// so that no screen announces an old call as new.
    fn restored(&mut self, site: &Site, image: &TicketImage) -> Vec<Change> {
        let Some(counter) = image.state.counter() else { return self.left(site, image.ticket) };
        self.at_hand.insert(image.ticket, counter.clone());
        if self.recent.iter().any(|call| call.ticket == image.ticket && call.counter == *counter) {
            return Vec::new();
        }
        let Some(ticket) = site.ticket(image.ticket) else { return Vec::new() };
        let at = last_called(ticket, counter).unwrap_or(ticket.since);
        // A screen that has said it does not say it again; one where it was taken back in time has not.
        let call = self.said(site, call_of(site, ticket, counter, attempt_of(ticket, counter), at));
        self.recent.retain(|other| other.ticket != image.ticket);
        let place = self.recent.partition_point(|other| other.at > at);
        self.recent.insert(place, call.clone());
        forget_surplus(&mut self.recent);
        vec![Change::Called(call)]
    }
}

/// Drops the oldest calls beyond the bound, but never the newest of a counter: a board of counters shows it.
fn forget_surplus(recent: &mut VecDeque<Call>) {
    let mut surplus = recent.len().saturating_sub(CALLS_KEPT_MAX);
    let mut at = recent.len();
    while surplus > 0 && at > 0 {
        at -= 1;
        let counter = &recent[at].counter;
        if recent.iter().take(at).any(|newer| newer.counter == *counter) {
            recent.remove(at);
            surplus -= 1;
        }
    }
}

/// The call that a lobby still lists for this ticket: it is at a counter, or was served to the end there.
fn standing_call(site: &Site, ticket: &Ticket) -> Option<Call> {
    let last = || ticket.steps.iter().rev().find(|step| step.kind == StepKind::Called);
    let (counter, at) = match &ticket.state {
        TicketState::Called { counter, .. } => (counter.clone(), ticket.since),
        TicketState::Serving { .. } | TicketState::Done => {
            let step = last()?;
            (step.counter.clone()?, step.from)
        }
        _ => return None,
    };
    Some(call_of(site, ticket, &counter, attempt_of(ticket, &counter), at))
}

fn last_called(ticket: &Ticket, counter: &CounterId) -> Option<Timestamp> {
    let here = |step: &&khiw_domain::ticket::Step| {
        step.kind == StepKind::Called && step.counter.as_ref() == Some(counter)
    };
    ticket.steps.iter().rev().find(here).map(|step| step.from)
}

fn attempt_of(ticket: &Ticket, counter: &CounterId) -> u8 {
    if let TicketState::Called { attempt, .. } = ticket.state {
        return attempt;
    }
    let here = ticket.steps.iter().rev();
    let calls = here.filter(|step| step.kind == StepKind::Called && step.counter.as_ref() == Some(counter));
    u8::try_from(calls.count().max(1)).unwrap_or(u8::MAX)
}

fn call_of(site: &Site, ticket: &Ticket, counter: &CounterId, attempt: u8, at: Timestamp) -> Call {
    let known = site.counter_config(counter);
    let counter_name = known.map_or_else(
        || CounterName { place: Names(BTreeMap::new()), label: counter.to_string() },
        |known| CounterName { place: Names::from(&known.place), label: known.label.clone() },
    );
    Call {
        ticket: ticket.id,
        number: ticket.number.text.to_string(),
        counter: counter.clone(),
        counter_name,
        zone: known.and_then(|known| known.zone.clone()),
        attempt,
        language: ticket.language,
        queue: ticket.queue.clone(),
        at,
        speech: Vec::new(),
    }
}
