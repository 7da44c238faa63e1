//! One clerk at one counter: opens, calls, waits for the visitor, serves, has lunch, goes home.
//! Knows the site only by looking; a person who takes the counter over is left alone.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use khiw_domain::Site;
use khiw_domain::command::{Command, CounterAction, Destination};
use khiw_domain::counter::Activity;
use khiw_domain::event::Outcome;
use khiw_domain::id::{ClerkId, CounterId, TicketId};
use khiw_domain::ticket::{Ticket, TicketState};

use crate::dice::{chance, service_s};
use crate::plan::Plan;

/// Simulated clerks are known by this prefix.
pub const CLERK_PREFIX: &str = "simulated-";
const LOOK_S: i64 = 4;
const WALK_S: std::ops::Range<i64> = 8..35;
const PATIENCE_S: i64 = 40;
/// Nobody works past this after closing.
const OVERTIME_S: i64 = 3 * 3600;

pub struct Clerk {
    pub counter: CounterId,
    name: ClerkId,
    pub wakes_at: Timestamp,
    opens_at: Timestamp,
    closes_at: Timestamp,
    lunch: Option<(Timestamp, Timestamp)>,
    /// What was decided about the ticket at hand, once per call.
    fate: Option<(TicketId, Fate)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Comes,
    StaysAway,
    Recalled,
    Served,
}

/// A clerk's day: `from` and `to` of work, and a lunch.
pub struct Shift {
    pub from: Timestamp,
    pub to: Timestamp,
    pub lunch: Option<(Timestamp, Timestamp)>,
}

impl Clerk {
    pub fn new(counter: CounterId, shift: &Shift, rng: &mut Rng) -> Option<Self> {
        let name = ClerkId::parse(&format!("{CLERK_PREFIX}{counter}")).ok()?;
        let opens_at = later(shift.from, rng.i64(-120..60));
        Some(Self {
            counter,
            name,
            wakes_at: opens_at,
            opens_at,
            closes_at: shift.to,
            lunch: shift.lunch,
            fate: None,
        })
    }

    /// What this clerk does on waking at `now`; also decides when to look again.
    pub fn act(&mut self, site: &Site, now: Timestamp, plan: &Plan, rng: &mut Rng) -> Option<CounterAction> {
        self.wakes_at = later(now, LOOK_S);
        let mine = site.session(&self.counter).is_none_or(|session| session.clerk == self.name);
        if !mine {
            return None;
        }
        match site.activity(&self.counter) {
            Activity::Closed => self.come(now),
            Activity::Paused => self.come_back(now),
            Activity::Idle => self.call(site, now, rng),
            Activity::Calling => self.await_visitor(site.at_hand(&self.counter)?, now, plan, rng),
            Activity::Serving => self.serve(site, site.at_hand(&self.counter)?, now, plan, rng),
        }
    }

    pub fn command(&self, action: CounterAction) -> Command {
        Command::Counter { counter: self.counter.clone(), action, expect: None }
    }

    fn come(&mut self, now: Timestamp) -> Option<CounterAction> {
        if now >= self.closes_at {
            self.wakes_at = Timestamp::MAX;
            return None;
        }
        if now < self.opens_at {
            self.wakes_at = self.opens_at;
            return None;
        }
        Some(CounterAction::Open { clerk: self.name.clone(), profile: None, queues: None })
    }

    fn come_back(&mut self, now: Timestamp) -> Option<CounterAction> {
        let back_at = self.lunch.map_or(now, |(_, to)| to);
        if now < back_at {
            self.wakes_at = back_at;
            return None;
        }
        self.lunch = None;
        Some(CounterAction::Resume)
    }

    fn call(&mut self, site: &Site, now: Timestamp, rng: &mut Rng) -> Option<CounterAction> {
        if self.lunch.is_some_and(|(from, _)| now >= from) {
            let known =
                site.config().is_some_and(|c| c.codes.pause.iter().any(|p| p.code.as_str() == "lunch"));
            let reason = if known { "lunch".parse().ok() } else { None };
            return Some(CounterAction::Pause { reason });
        }
        let somebody = site.order(&self.counter).next().is_some();
        if somebody && now < later(self.closes_at, OVERTIME_S) {
            self.wakes_at = later(now, rng.i64(WALK_S));
            return Some(CounterAction::CallNext);
        }
        if now >= self.closes_at {
            return Some(CounterAction::Close);
        }
        None
    }

    fn await_visitor(
        &mut self,
        ticket: &Ticket,
        now: Timestamp,
        plan: &Plan,
        rng: &mut Rng,
    ) -> Option<CounterAction> {
        match self.fate_of(ticket) {
            None => {
                let stays_away = chance(rng, plan.absent_share);
                self.fate = Some((ticket.id, if stays_away { Fate::StaysAway } else { Fate::Comes }));
                self.wakes_at = later(now, if stays_away { PATIENCE_S } else { rng.i64(WALK_S) });
                None
            }
            Some(Fate::StaysAway) => {
                self.fate = Some((ticket.id, Fate::Recalled));
                self.wakes_at = later(now, PATIENCE_S);
                Some(CounterAction::Recall)
            }
            Some(Fate::Recalled) => {
                self.fate = None;
                Some(CounterAction::Absent)
            }
            Some(Fate::Comes | Fate::Served) => Some(CounterAction::Start),
        }
    }

    fn serve(
        &mut self,
        site: &Site,
        ticket: &Ticket,
        now: Timestamp,
        plan: &Plan,
        rng: &mut Rng,
    ) -> Option<CounterAction> {
        if self.fate_of(ticket) != Some(Fate::Served) {
            let mean_s = site.queue(&ticket.queue).map_or(300.0, |queue| f64::from(queue.service_time_s));
            self.fate = Some((ticket.id, Fate::Served));
            self.wakes_at = later(now, service_s(rng, mean_s));
            return None;
        }
        self.fate = None;
        self.wakes_at = later(now, rng.i64(2..15));
        Some(self.ending(site, ticket, now, plan, rng))
    }

    fn ending(
        &self,
        site: &Site,
        ticket: &Ticket,
        now: Timestamp,
        plan: &Plan,
        rng: &mut Rng,
    ) -> CounterAction {
        let late = now >= self.closes_at;
        let moved = ticket.steps.len() > 6;
        if !late && !moved && chance(rng, plan.park_share) {
            return CounterAction::Park { until: Some(later(now, rng.i64(300..1200))) };
        }
        if !late
            && !moved
            && chance(rng, plan.transfer_share)
            && let Some(to) = other_queue(site, ticket, rng)
        {
            return CounterAction::Transfer { to };
        }
        let code =
            site.config().and_then(|config| config.codes.outcomes.first()).map(|known| known.code.clone());
        CounterAction::Complete {
            outcomes: code.map(|code| Outcome { code, quantity: 1 }).into_iter().collect(),
        }
    }

    fn fate_of(&self, ticket: &Ticket) -> Option<Fate> {
        let recalled = matches!(ticket.state, TicketState::Called { .. });
        self.fate
            .filter(|(id, fate)| *id == ticket.id && !(recalled && *fate == Fate::Served))
            .map(|(_, fate)| fate)
    }
}

/// Another queue that some open counter works for.
fn other_queue(site: &Site, ticket: &Ticket, rng: &mut Rng) -> Option<Destination> {
    let queues = &site.config()?.queues;
    let other = &queues[rng.usize(..queues.len())];
    let served = other.id != ticket.queue && site.counters_serving(&other.id).next().is_some();
    served.then(|| Destination::Queue(other.id.clone()))
}

pub fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
