//! Everybody in the hall on one day. Whoever drives it asks when somebody moves next, and what they do then.

use std::collections::VecDeque;

use fastrand::Rng;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use khiw_domain::Site;
use khiw_domain::command::Command;
use khiw_domain::config::SiteConfig;
use khiw_domain::hours;

use crate::clerk::{Clerk, Shift, later};
use crate::plan::Plan;
use crate::visitor::{self, Arrival};

pub struct Crowd {
    plan: Plan,
    rng: Rng,
    arrivals: VecDeque<Arrival>,
    clerks: Vec<Clerk>,
}

impl Crowd {
    /// The same configuration, plan and seed give the same people.
    pub fn new(config: &SiteConfig, plan: Plan) -> Self {
        let zone = TimeZone::get(&config.time_zone).unwrap_or(TimeZone::UTC);
        let mut rng = Rng::with_seed(plan.seed);
        let arrivals = visitor::arrivals(config, &zone, &plan, &mut rng).into();
        let clerks = clerks(config, &zone, &plan, &mut rng);
        Self { plan, rng, arrivals, clerks }
    }

    /// When somebody moves next; none: everybody has gone home.
    pub fn next_at(&self) -> Option<Timestamp> {
        let visitor = self.arrivals.front().map(|arrival| arrival.at);
        let clerk = self.clerks.iter().map(|clerk| clerk.wakes_at).min().filter(|at| *at < Timestamp::MAX);
        [visitor, clerk].into_iter().flatten().min()
    }

    /// What the next person to move does. Call it again for whoever else is due; a refusal of a command is
    /// life, and changes nothing here.
    pub fn act(&mut self, site: &Site, now: Timestamp) -> Option<Command> {
        if self.arrivals.front().is_some_and(|arrival| arrival.at <= now) {
            return self.arrivals.pop_front().map(|arrival| Command::Issue(arrival.issue));
        }
        let clerk =
            self.clerks.iter_mut().filter(|clerk| clerk.wakes_at <= now).min_by_key(|c| c.wakes_at)?;
        let action = clerk.act(site, now, &self.plan, &mut self.rng)?;
        Some(clerk.command(action))
    }

    pub fn visitors_to_come(&self) -> usize {
        self.arrivals.len()
    }
}

/// A clerk at every counter that is not left to people. Lunches are staggered in three turns, unless the hall
/// closes for lunch.
fn clerks(config: &SiteConfig, zone: &TimeZone, plan: &Plan, rng: &mut Rng) -> Vec<Clerk> {
    let spans = visitor::spans(config, plan.day);
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Vec::new() };
    let at = |time| hours::instant(zone, plan.day.to_datetime(time));
    let middle = match spans.as_slice() {
        [morning, .., _] => at(morning.to),
        _ => later(at(first.from), (at(last.to).as_second() - at(first.from).as_second()) / 2 - 1800),
    };
    let closed_for_lunch = spans.len() > 1;
    config
        .counters
        .iter()
        .filter(|counter| !plan.free_counters.contains(&counter.id))
        .enumerate()
        .filter_map(|(index, counter)| {
            let turn = if closed_for_lunch { 0 } else { (index % 3) as i64 * 2400 - 2400 };
            let lunch_s = if closed_for_lunch { gap_s(&spans) } else { 2400 };
            let from = later(middle, turn);
            let shift =
                Shift { from: at(first.from), to: at(last.to), lunch: Some((from, later(from, lunch_s))) };
            Clerk::new(counter.id.clone(), &shift, rng)
        })
        .collect()
}

fn gap_s(spans: &[khiw_domain::config::Span]) -> i64 {
    match spans {
        [morning, afternoon, ..] => morning.to.duration_until(afternoon.from).as_secs(),
        _ => 0,
    }
}
