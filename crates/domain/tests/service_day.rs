//! The service day: closing, rollover, carrying over, a doubtful clock, configuration, replay.

use crate::support::{Hall, code_of, to_counter};
use khiw_domain::Site;
use khiw_domain::command::{Command, CounterAction as Do, TicketAction};
use khiw_domain::config::{CloseRule, SiteConfig};
use khiw_domain::event::Event;
use khiw_domain::sample::{self, hours};
use khiw_domain::ticket::{CancelledBy, TicketState};

#[test]
fn at_midnight_each_queue_follows_its_rule() {
    let mut hall = Hall::new();
    let (served_out, carried, noticed) = (hall.issue("birth"), hall.issue("tax"), hall.issue("help"));
    hall.wait_s(16 * 3600);
    assert!(hall.site.ticket(served_out).is_none(), "yesterday's final tickets are in the journal");
    assert!(hall.site.ticket(noticed).is_none());
    assert_eq!(hall.state(carried), "waiting");
    let cancelled: Vec<_> = hall
        .journal
        .iter()
        .flat_map(|(_, events)| events)
        .filter(|e| matches!(e, Event::TicketCancelled { by: CancelledBy::DayEnd, .. }))
        .collect();
    assert_eq!(cancelled.len(), 2);
}

#[test]
fn a_carried_number_is_not_given_again_while_it_is_live() {
    let mut hall = Hall::new();
    let carried = hall.issue("tax");
    assert_eq!(hall.number(carried), "B001");
    hall.wait_s(16 * 3600);
    let today = hall.issue("tax");
    assert_eq!(hall.number(today), "B002");
    hall.open("1");
    assert_eq!(hall.call_next("1").as_deref(), Some("B001"), "its promise is the older one");
}

#[test]
fn a_queue_that_cancels_with_notice_does_so_at_closing() {
    let mut hall = Hall::with(|config| config.hours = vec![hours("always", "08:30", "16:30")]);
    let (stays, ends) = (hall.issue("birth"), hall.issue("help"));
    hall.now = "2026-11-02T16:30:00+07:00".parse().unwrap();
    hall.catch_up();
    assert_eq!(hall.state(stays), "waiting");
    assert!(matches!(hall.ticket(ends).state, TicketState::Cancelled { by: CancelledBy::DayEnd }));
}

#[test]
fn whoever_is_served_at_midnight_was_served() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("birth");
    hall.call_next("1");
    hall.at("1", Do::Start).unwrap();
    hall.wait_s(16 * 3600);
    assert!(hall.journal.iter().flat_map(|(_, e)| e).any(|e| *e == Event::TicketDone { ticket }));
    assert_eq!(code_of(hall.at("1", Do::CallNext)), "counter_closed");
}

#[test]
fn a_machine_that_was_off_for_three_days_opens_today() {
    let mut hall = Hall::new();
    hall.issue("birth");
    hall.wait_s(3 * 24 * 3600);
    let day = hall.site.day().unwrap();
    assert_eq!(day.day.to_string(), "2026-11-05");
}

#[test]
fn a_doubtful_clock_holds_the_rollover_and_the_hall_goes_on() {
    let mut hall = Hall::new();
    hall.hold_rollover = true;
    hall.wait_s(24 * 3600);
    assert_eq!(hall.site.day().unwrap().day.to_string(), "2026-11-02");
    hall.issue("birth");
    hall.hold_rollover = false;
    hall.catch_up();
    assert_eq!(hall.site.day().unwrap().day.to_string(), "2026-11-03");
}

#[test]
fn a_held_day_keeps_its_timers_and_its_automatic_calls() {
    let mut hall = Hall::new();
    hall.hold_rollover = true;
    hall.wait_s(24 * 3600);
    hall.open("1");
    let parked = hall.issue("birth");
    hall.by_id(parked, TicketAction::Park { until: None }).unwrap();
    hall.at("1", Do::AutoCall { on: true }).unwrap();
    hall.wait_s(2 * 3600);
    assert_eq!(hall.hand("1").map(|t| t.id), Some(parked), "its park ended and it was called");
}

#[test]
fn learnt_service_times_and_suspensions_live_through_the_night() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    hall.call_next("1");
    hall.wait_s(600);
    hall.at("1", Do::Complete { outcomes: vec![] }).unwrap();
    let before = hall.site.learnt(&"a".parse().unwrap()).cloned();
    assert!(before.as_ref().is_some_and(|l| l.mean_ms > 240_000));
    hall.wait_s(24 * 3600);
    assert_eq!(hall.site.learnt(&"a".parse().unwrap()).cloned(), before);
}

#[test]
fn a_configuration_that_orphans_live_tickets_is_refused_by_name() {
    let mut hall = Hall::new();
    hall.issue("help");
    let without = sample::site_with(|config| {
        config.queues.retain(|q| q.id.as_str() != "c");
        config.services.retain(|s| s.id.as_str() != "help");
        config.profiles[0].queues.retain(|s| s.queue.as_str() != "c");
    });
    let refusal = hall.send(&Command::Configure { config: without }).unwrap_err();
    assert!(
        refusal.to_string().contains("queue c") && refusal.to_string().contains("service help"),
        "{refusal}"
    );
}

fn closing_at(to: &'static str) -> impl Fn(&mut SiteConfig) {
    move |config| config.hours = vec![hours("always", "08:30", to)]
}

#[test]
fn longer_hours_reach_the_running_day() {
    let mut hall = Hall::with(closing_at("16:30"));
    let ticket = hall.issue("help");
    hall.send(&Command::Configure { config: sample::site_with(closing_at("18:00")) }).unwrap();
    hall.now = "2026-11-02T16:30:00+07:00".parse().unwrap();
    hall.catch_up();
    assert_eq!(hall.state(ticket), "waiting");
    hall.now = "2026-11-02T18:00:00+07:00".parse().unwrap();
    hall.catch_up();
    assert_eq!(hall.state(ticket), "cancelled");
}

#[test]
fn shorter_hours_that_have_passed_close_the_queue_now() {
    let mut hall = Hall::with(closing_at("16:30"));
    let ticket = hall.issue("help");
    hall.wait_s(3 * 3600);
    hall.send(&Command::Configure { config: sample::site_with(closing_at("11:00")) }).unwrap();
    hall.catch_up();
    assert_eq!(hall.state(ticket), "cancelled");
}

#[test]
fn a_no_show_does_not_come_back_into_a_queue_that_is_gone() {
    let mut hall = Hall::new();
    hall.open("1");
    let ticket = hall.issue("help");
    hall.call_next("1");
    hall.at("1", Do::NoShow).unwrap();
    let without = sample::site_with(|config| {
        config.queues.retain(|q| q.id.as_str() != "c");
        config.services.retain(|s| s.id.as_str() != "help");
        config.profiles[0].queues.retain(|s| s.queue.as_str() != "c");
    });
    hall.send(&Command::Configure { config: without }).unwrap();
    assert_eq!(code_of(hall.by_id(ticket, TicketAction::Reinstate)), "unknown_queue");
    assert_eq!(code_of(hall.at("1", Do::Undo)), "undo_overtaken");
}

#[test]
fn a_counter_follows_its_declared_automatic_calling_at_once() {
    let mut hall = Hall::new();
    hall.open("1");
    let config = sample::site_with(|config| config.counters[0].auto_call = true);
    hall.send(&Command::Configure { config }).unwrap();
    let ticket = hall.issue("birth");
    hall.catch_up();
    assert_eq!(hall.hand("1").map(|t| t.id), Some(ticket));
}

#[test]
fn the_same_configuration_again_changes_nothing() {
    let mut hall = Hall::new();
    let config = hall.config();
    assert_eq!(hall.send(&Command::Configure { config }).unwrap(), []);
}

#[test]
fn open_counters_follow_a_new_profile_at_once() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    let config = sample::site_with(|config| {
        config.profiles[0].queues.remove(0);
    });
    hall.send(&Command::Configure { config }).unwrap();
    assert_eq!(hall.call_next("1"), None);
}

/// Replays the way a start does: the configuration in force, then everything from the last `day_opened`.
fn from_last_day(hall: &Hall) -> Site {
    let opened = |events: &[Event]| matches!(events.first(), Some(Event::DayOpened(_)));
    let start = hall.journal.iter().rposition(|(_, events)| opened(events)).unwrap();
    let Event::DayOpened(day) = &hall.journal[start].1[0] else { unreachable!() };
    let mut site = Site::new(hall.site.id().clone());
    let (stamp, events) = hall.journal.iter().find(|(stamp, _)| stamp.seq == day.config_seq).unwrap();
    site.apply(*stamp, &events[0]);
    for (stamp, events) in &hall.journal[start..] {
        for event in events {
            site.apply(*stamp, event);
        }
    }
    site
}

fn json(site: &Site) -> serde_json::Value {
    serde_json::to_value(site).unwrap()
}

#[test]
fn a_start_from_the_last_day_equals_a_full_replay() {
    let mut hall = Hall::with(|config: &mut SiteConfig| config.queues[0].at_close = CloseRule::CarryOver);
    for _ in 0..3 {
        hall.open("1");
        hall.open("2");
        for _ in 0..5 {
            hall.issue("birth");
            hall.issue("tax");
            hall.wait_s(61);
        }
        hall.call_next("1");
        hall.at("1", Do::Transfer { to: to_counter("2") }).unwrap();
        hall.call_next("1");
        let parked = hall.issue("tax");
        hall.by_id(parked, TicketAction::Park { until: None }).unwrap();
        hall.wait_s(24 * 3600 - 300);
    }
    hall.issue("birth");
    assert_eq!(json(&hall.replayed()), json(&hall.site));
    assert_eq!(json(&from_last_day(&hall)), json(&hall.site));
}

#[test]
fn nothing_is_decided_before_a_site_is_configured() {
    let site = Site::new("empty".parse().unwrap());
    let forecast = khiw_domain::Forecast::default();
    let now = crate::support::MORNING.parse().unwrap();
    let context = khiw_domain::Context { now, forecast: &forecast, hold_rollover: false };
    let refusal = site.decide(&Command::ResumeIssuing { queue: None }, &context).unwrap_err();
    assert_eq!(refusal.code(), "not_configured");
    assert_eq!(site.next_due(), None);
}
