//! A simulated day of a whole hall: every ticket ends or is carried by rule, and the journal tells it all.

#![allow(clippy::unwrap_used, reason = "a failed step of a story fails the test there")]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::date;
use khiw_domain::command::{Command, Context};
use khiw_domain::config::{CloseRule, SiteConfig};
use khiw_domain::event::Event;
use khiw_domain::{Forecast, Site, Stamp};
use khiw_simulator::{Crowd, Plan, day};

struct Played {
    config: Arc<SiteConfig>,
    site: Site,
    journal: Vec<(Stamp, Vec<Event>)>,
    refusals: BTreeMap<&'static str, u32>,
}

fn play(site: &str, plan: impl Fn(&SiteConfig) -> Plan) -> Played {
    let config = Arc::new(khiw_config::embedded::load(site).expect("the samples are valid"));
    let mut hall = Site::new(config.id.clone());
    let start = "2026-11-03T00:00:00+07:00".parse().unwrap();
    let forecast = Forecast::default();
    let context = Context { now: start, forecast: &forecast, hold_rollover: false };
    let configured = hall.decide(&Command::Configure { config: Arc::clone(&config) }, &context).unwrap();
    let stamp = Stamp { seq: 0, at: start };
    for event in &configured {
        hall.apply(stamp, event);
    }
    let mut journal = vec![(stamp, configured)];
    let mut refusals = BTreeMap::new();
    let mut crowd = Crowd::new(&config, plan(&config));
    day::run(
        &mut hall,
        &mut crowd,
        start,
        |written| journal.push(written.clone()),
        |refusal| *refusals.entry(refusal.code()).or_default() += 1,
    );
    Played { config, site: hall, journal, refusals }
}

fn count(played: &Played, wanted: impl Fn(&Event) -> bool) -> usize {
    played.journal.iter().flat_map(|(_, events)| events).filter(|event| wanted(event)).count()
}

#[test]
fn a_day_of_two_thousand_visitors_leaves_nobody_without_an_end() {
    let played = play("nghe-an", |_| Plan::of(date(2026, 11, 3), 7, 2000));
    let issued = count(&played, |e| matches!(e, Event::TicketIssued(_)));
    assert!(issued > 1900, "{issued} of 2000 got a number; refusals: {:?}", played.refusals);
    let ended = count(&played, |e| {
        matches!(e, Event::TicketDone { .. } | Event::TicketCancelled { .. } | Event::TicketNoShow { .. })
    });
    let carried = played.site.live_tickets();
    assert_eq!(issued, ended + carried, "every ticket ended or was carried");
    for ticket in played.site.tickets() {
        let rule = played.config.queues.iter().find(|q| q.id == ticket.queue).unwrap().at_close;
        assert_eq!(rule, CloseRule::CarryOver, "{ticket:?} was carried by rule");
    }
    let done = count(&played, |e| matches!(e, Event::TicketDone { .. }));
    assert!(done * 10 > issued * 8, "{done} of {issued} were served");
}

#[test]
fn a_full_replay_of_the_day_gives_the_same_state() {
    let played = play("nghe-an", |_| Plan::of(date(2026, 11, 3), 11, 2000));
    let mut again = Site::new(played.config.id.clone());
    for (stamp, events) in &played.journal {
        for event in events {
            again.apply(*stamp, event);
        }
    }
    assert_eq!(serde_json::to_string(&again).unwrap(), serde_json::to_string(&played.site).unwrap());
}

#[test]
fn the_same_seed_gives_the_same_day() {
    let busy = |config: &SiteConfig| Plan::busy(config, date(2026, 11, 3), 3);
    let (one, two) = (play("hua-taphan", busy), play("hua-taphan", busy));
    assert!(one.journal == two.journal && one.journal.len() > 200, "{}", one.journal.len());
}

#[test]
fn a_busy_hall_waits_but_serves_everybody_who_stays() {
    for site in ["nakhon-oss", "hua-taphan", "nghe-an"] {
        let played = play(site, |config| Plan::busy(config, date(2026, 11, 3), 5));
        let issued = count(&played, |e| matches!(e, Event::TicketIssued(_)));
        let done = count(&played, |e| matches!(e, Event::TicketDone { .. }));
        assert!(issued > 60 && done * 10 > issued * 8, "{site}: {done} of {issued}; {:?}", played.refusals);
    }
}
