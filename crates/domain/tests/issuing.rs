//! May I take a number, and which one.

use crate::support::{Hall, code_of};
use jiff::civil::date;
use khiw_domain::command::{Command, CounterAction as Do};
use khiw_domain::config::{Holiday, HolidayKind, Span};
use khiw_domain::event::{EvacuationOutcome, Event};
use khiw_domain::refusal::{ClosedWhy, Refusal};
use khiw_domain::sample::{code, hours, names};
use khiw_domain::ticket::Lane;

/// 08:30–12:00 and 13:00–16:30, numbers from 08:00, the last one at 16:00.
fn office_hours(hall: &mut khiw_domain::config::SiteConfig) {
    let mut office = hours("always", "08:30", "12:00");
    for spans in office.week.values_mut() {
        spans.push(Span { from: "13:00".parse().unwrap(), to: "16:30".parse().unwrap() });
    }
    office.issue_before_min = 30;
    office.last_ticket_min = 30;
    hall.hours = vec![office];
}

fn at_local(hall: &mut Hall, time: &str) {
    hall.now = format!("2026-11-02T{time}:00+07:00").parse().unwrap();
    hall.catch_up();
}

fn refused(time: &str) -> (ClosedWhy, String) {
    let mut hall = Hall::with(office_hours);
    hall.now = "2026-11-02T00:10:00+07:00".parse().unwrap();
    at_local(&mut hall, time);
    match hall.try_issue(&["birth"], Lane::Normal) {
        Err(Refusal::Closed { why, opens_at }) => {
            let zone = hall.site.zone().clone();
            (why, opens_at.unwrap().to_zoned(zone).strftime("%m-%d %H:%M").to_string())
        }
        other => panic!("{time}: {other:?}"),
    }
}

#[test]
fn numbers_are_given_from_before_opening_until_the_last_ticket_time() {
    assert_eq!(refused("07:59"), (ClosedWhy::BeforeOpening, "11-02 08:00".to_owned()));
    assert_eq!(refused("12:00"), (ClosedWhy::Gap, "11-02 12:30".to_owned()));
    assert_eq!(refused("16:00"), (ClosedWhy::AfterLastTicket, "11-03 08:00".to_owned()));
    for time in ["08:00", "11:59", "12:30", "15:59"] {
        let mut hall = Hall::with(office_hours);
        at_local(&mut hall, time);
        assert!(hall.try_issue(&["birth"], Lane::Normal).is_ok(), "{time}");
    }
}

#[test]
fn lunch_can_be_issued_through() {
    let mut hall = Hall::with(|config| {
        office_hours(config);
        config.hours[0].issue_through_gaps = true;
    });
    at_local(&mut hall, "12:10");
    assert!(hall.try_issue(&["birth"], Lane::Normal).is_ok());
}

#[test]
fn a_dated_holiday_is_closed_and_a_working_saturday_is_not() {
    let mut hall = Hall::with(|config| {
        office_hours(config);
        config.hours[0].week.remove(&khiw_domain::config::Day::Sat);
        let dated =
            |day, kind| Holiday { date: date(2026, 11, day), name: names("-", "-"), kind, forecast: false };
        config.holidays = vec![dated(3, HolidayKind::Holiday), dated(7, HolidayKind::Working)];
    });
    hall.now = "2026-11-03T09:00:00+07:00".parse().unwrap();
    hall.catch_up();
    match hall.try_issue(&["birth"], Lane::Normal) {
        Err(Refusal::Closed { why: ClosedWhy::Holiday, opens_at: Some(at) }) => {
            assert_eq!(at, "2026-11-04T08:00:00+07:00".parse().unwrap());
        }
        other => panic!("{other:?}"),
    }
    hall.now = "2026-11-07T09:00:00+07:00".parse().unwrap();
    hall.catch_up();
    assert!(hall.try_issue(&["birth"], Lane::Normal).is_ok());
}

#[test]
fn numbers_start_at_one_each_service_day() {
    let mut hall = Hall::new();
    hall.issue("birth");
    let second = hall.issue("birth");
    assert_eq!(hall.number(second), "A002");
    hall.wait_s(24 * 3600);
    let next_day = hall.issue("birth");
    assert_eq!(hall.number(next_day), "A001");
    assert_ne!(second, next_day);
}

#[test]
fn a_wrap_begins_a_new_round_and_skips_numbers_still_live() {
    let mut hall = Hall::with(|config| config.queues[0].series.last = 3);
    hall.open("1");
    for _ in 0..3 {
        hall.issue("birth");
    }
    assert_eq!(code_of(hall.try_issue(&["birth"], Lane::Normal)), "series_exhausted");
    // A001 and A002 are served, A003 still waits.
    for _ in 0..3 {
        hall.call_next("1");
    }
    hall.at("1", Do::Return).unwrap();
    let again = [hall.issue("birth"), hall.issue("birth")].map(|id| hall.ticket(id).number.clone());
    assert_eq!(again.map(|n| (n.round, n.text.to_string())), [(2, "A001".into()), (2, "A002".into())]);
    assert_eq!(code_of(hall.try_issue(&["birth"], Lane::Normal)), "series_exhausted");
}

#[test]
fn quotas_hold_per_day_and_per_hour() {
    let mut hall = Hall::with(|config| {
        config.queues[0].quota_hour = Some(2);
        config.queues[0].quota_day = Some(3);
    });
    hall.issue("birth");
    hall.issue("birth");
    let Err(Refusal::QuotaReached { next_at, .. }) = hall.try_issue(&["birth"], Lane::Normal) else {
        panic!()
    };
    assert_eq!(next_at, Some("2026-11-02T10:00:00+07:00".parse().unwrap()));
    hall.wait_s(3600);
    hall.issue("birth");
    let Err(Refusal::QuotaReached { next_at, .. }) = hall.try_issue(&["birth"], Lane::Normal) else {
        panic!()
    };
    assert_eq!(next_at, Some("2026-11-03T00:00:00+07:00".parse().unwrap()));
}

#[test]
fn issuing_is_suspended_for_a_queue_or_the_whole_hall() {
    let mut hall = Hall::new();
    let down = |queue| Command::SuspendIssuing { queue, reason: code("system_down") };
    hall.send(&down(Some("a".parse().unwrap()))).unwrap();
    assert_eq!(code_of(hall.try_issue(&["birth"], Lane::Normal)), "issuing_suspended");
    hall.issue("tax");
    hall.send(&down(None)).unwrap();
    assert_eq!(code_of(hall.try_issue(&["tax"], Lane::Normal)), "issuing_suspended");
    hall.send(&Command::ResumeIssuing { queue: None }).unwrap();
    hall.issue("tax");
}

#[test]
fn a_visit_names_known_services_once_and_not_too_many() {
    let mut hall = Hall::with(|config| config.rules.services_max = 2);
    assert_eq!(code_of(hall.try_issue(&[], Lane::Normal)), "no_services");
    assert_eq!(code_of(hall.try_issue(&["nothing"], Lane::Normal)), "unknown_service");
    assert_eq!(code_of(hall.try_issue(&["tax", "tax"], Lane::Normal)), "duplicate_service");
    assert_eq!(code_of(hall.try_issue(&["tax", "birth", "help"], Lane::Normal)), "too_many_services");
}

#[test]
fn one_action_empties_the_hall_and_the_line_forms_again_after_it() {
    let mut hall = Hall::new();
    hall.open("1");
    let at_counter = hall.issue("birth");
    let waiting = hall.issue("birth");
    hall.call_next("1");
    hall.send(&Command::Evacuate { outcome: EvacuationOutcome::Park }).unwrap();
    assert_eq!((hall.state(at_counter), hall.state(waiting)), ("parked", "parked"));
    assert_eq!(code_of(hall.try_issue(&["birth"], Lane::Normal)), "issuing_suspended");
    assert_eq!(code_of(hall.at("1", Do::CallNext)), "counter_paused");
    hall.send(&Command::ResumeIssuing { queue: None }).unwrap();
    hall.at("1", Do::Resume).unwrap();
    assert_eq!(hall.call_next("1").as_deref(), Some("A001"));
}

#[test]
fn a_hall_is_evacuated_until_somebody_works_there_again() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    let emptied = |hall: &Hall| hall.site.is_evacuated();
    assert!(!emptied(&hall));
    hall.send(&Command::Evacuate { outcome: EvacuationOutcome::Cancel }).unwrap();
    assert!(emptied(&hall));
    hall.at("1", Do::Resume).unwrap();
    assert!(!emptied(&hall), "although no number is given out yet");
    hall.send(&Command::Evacuate { outcome: EvacuationOutcome::Park }).unwrap();
    hall.send(&Command::ResumeIssuing { queue: None }).unwrap();
    assert!(!emptied(&hall), "although no counter works yet");
}

#[test]
fn an_emptied_hall_is_not_stranded_by_a_second_suspension() {
    let mut hall = Hall::new();
    let ticket = hall.issue("birth");
    hall.send(&Command::Evacuate { outcome: EvacuationOutcome::Park }).unwrap();
    let down = Command::SuspendIssuing { queue: None, reason: code("system_down") };
    assert_eq!(code_of(hall.send(&down)), "issuing_suspended");
    hall.send(&Command::ResumeIssuing { queue: None }).unwrap();
    assert_eq!(hall.state(ticket), "waiting");
}

#[test]
fn a_full_day_names_the_next_opening_and_not_midnight() {
    let mut hall = Hall::with(|config| {
        office_hours(config);
        config.queues[0].quota_day = Some(1);
    });
    hall.issue("birth");
    let Err(Refusal::QuotaReached { next_at, .. }) = hall.try_issue(&["birth"], Lane::Normal) else {
        panic!()
    };
    assert_eq!(next_at, Some("2026-11-03T08:00:00+07:00".parse().unwrap()));
}

#[test]
fn the_issued_event_carries_what_was_promised() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.issue("birth");
    hall.forecast = khiw_domain::Forecast::of(&hall.site, hall.now);
    let id = hall.issue("birth");
    let Some((_, events)) = hall.journal.last() else { panic!() };
    let Event::TicketIssued(issued) = &events[0] else { panic!() };
    assert_eq!((issued.ahead, issued.config_version, issued.posted_wait_s), (1, 1, Some(1800)));
    let range = issued.estimate.unwrap();
    assert!(range.p50_s <= range.p90_s && range.p90_s > 0, "{range:?}");
    assert_eq!(hall.site.ahead(id), Some(1));
}

#[test]
fn a_burst_of_visitors_is_not_promised_the_first_place_each() {
    let mut hall = Hall::new();
    hall.open("1");
    hall.forecast = khiw_domain::Forecast::of(&hall.site, hall.now);
    let waits: Vec<_> = (0..6).map(|_| hall.issue("birth")).collect();
    let waits: Vec<_> = waits.iter().map(|id| hall.ticket(*id).estimate.unwrap().p50_s).collect();
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]) && waits[5] > 600, "{waits:?}");
}

#[test]
fn a_ticket_that_cannot_be_called_before_closing_is_refused_where_the_site_says_so() {
    let mut hall = Hall::with(|config| {
        office_hours(config);
        config.rules.check_capacity = true;
        config.hours[0].last_ticket_min = 0;
    });
    at_local(&mut hall, "16:00");
    hall.open("1");
    for _ in 0..20 {
        hall.issue("birth");
    }
    hall.forecast = khiw_domain::Forecast::of(&hall.site, hall.now);
    assert_eq!(code_of(hall.try_issue(&["birth"], Lane::Normal)), "no_capacity");
}
