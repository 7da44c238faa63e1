//! What time does to a hall: ticks before commands, midnight, a wall clock that is wrong.

use std::sync::Arc;
use std::time::Duration;

use crate::common::{DAY, HOUR, Office, at, counter, issue, issued, open_counter, send, settle};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use khiw_dispatcher::{Hall, ManualClock};
use khiw_domain::{Command, CounterAction, Site, TicketAction, TicketState};

fn day(hall: &Hall) -> Option<Date> {
    hall.read(|site| site.day().map(|open| open.day))
}

fn accept(office: &Office, hall: &Hall) {
    use khiw_dispatcher::Clock;
    send(hall, Command::AcceptClock { wall: office.clock.wall() }).unwrap();
    settle(hall);
}

fn set_wall(office: &Office, text: &str) {
    office.clock.set_wall(at(text));
}

#[test]
fn what_is_due_happens_before_a_later_command() {
    let (office, hall) = Office::open();
    let (ticket, _) = issued(&send(&hall, issue("birth")).unwrap());
    let action = TicketAction::Park { until: Some(at("2026-11-23T01:10:00Z")) };
    send(&hall, Command::Ticket { ticket, action }).unwrap();
    send(&hall, open_counter("1")).unwrap();

    let early = send(&hall, counter("1", CounterAction::CallNext)).unwrap();
    assert_eq!(crate::common::called(&early), None, "it is parked");
    office.clock.advance(Duration::from_mins(11));
    let call = send(&hall, counter("1", CounterAction::CallNext)).unwrap();

    assert_eq!(crate::common::called(&call).map(|(ticket, _)| ticket), Some(ticket));
    office.assert_replays_alike();
}

#[tokio::test]
async fn midnight_comes_without_a_command() {
    let (office, hall) = tokio::task::spawn_blocking(Office::open).await.unwrap();
    let mut tail = hall.tail();

    office.clock.advance(DAY);
    while day(&hall) != Some(date(2026, 11, 24)) {
        tail.changed().await.unwrap();
    }

    assert_eq!(hall.alarms(), []);
}

#[test]
fn a_hall_that_was_off_for_three_days_closes_its_day_and_opens_todays() {
    let (office, hall) = Office::open();
    let (served_out, _) = issued(&send(&hall, issue("birth")).unwrap());
    let (carried, number) = issued(&send(&hall, issue("tax")).unwrap());
    office.dispatcher.stop();
    office.clock.advance(3 * DAY);

    let (office, hall) = office.restart();
    settle(&hall);

    assert_eq!(day(&hall), Some(date(2026, 11, 26)));
    assert_eq!(hall.read(|site| site.ticket(served_out).cloned()), None, "it ended with its day");
    let waits = hall.read(|site| site.ticket(carried).cloned()).unwrap();
    assert_eq!((waits.state, &*waits.number.text), (TicketState::Waiting { only: None }, &*number));
    assert_eq!(issued(&send(&hall, issue("birth")).unwrap()).1, "A001", "numbers begin anew");
    office.assert_replays_alike();
}

#[test]
fn a_clock_set_back_an_hour_holds_the_day_and_the_hall_goes_on() {
    let (office, hall) = Office::open();
    set_wall(&office, "2026-11-23T00:00:00Z");
    settle(&hall);

    let alarm = hall.alarms()[0];
    assert_eq!((alarm.since, alarm.off), (at(crate::common::MORNING), SignedDuration::from_hours(-1)));
    office.clock.advance(16 * HOUR);
    send(&hall, issue("birth")).unwrap();
    assert_eq!(hall.now(), at("2026-11-23T17:00:00Z"));
    assert_eq!(day(&hall), Some(date(2026, 11, 23)), "midnight has come, the day is held");

    accept(&office, &hall);

    assert_eq!(hall.alarms(), []);
    assert_eq!(day(&hall), Some(date(2026, 11, 24)), "records do not go back behind midnight");
    office.assert_replays_alike();
}

#[test]
fn after_an_accepted_step_back_hall_time_lets_the_wall_clock_catch_up() {
    let (office, hall) = Office::open();
    set_wall(&office, "2026-11-23T00:00:00Z");
    settle(&hall);
    accept(&office, &hall);

    office.clock.advance(HOUR);
    assert_eq!(hall.now(), at("2026-11-23T01:30:00Z"), "half speed");
    office.clock.advance(HOUR);
    assert_eq!(hall.now(), at("2026-11-23T02:00:00Z"), "caught up");
    office.clock.advance(HOUR);
    settle(&hall);

    assert_eq!(hall.now(), at("2026-11-23T03:00:00Z"));
    assert_eq!(hall.alarms(), []);
}

#[test]
fn a_clock_a_day_ahead_holds_the_day_until_somebody_accepts_it() {
    let (office, hall) = Office::open();
    set_wall(&office, "2026-11-24T01:00:00Z");
    settle(&hall);

    assert_eq!(hall.alarms()[0].off, SignedDuration::from_hours(24));
    let issued_at = send(&hall, issue("birth")).unwrap().at;
    assert_eq!((issued_at, day(&hall)), (at(crate::common::MORNING), Some(date(2026, 11, 23))));

    accept(&office, &hall);

    assert_eq!(hall.alarms(), []);
    assert_eq!((hall.now(), day(&hall)), (at("2026-11-24T01:00:00Z"), Some(date(2026, 11, 24))));
    office.assert_replays_alike();
}

#[tokio::test]
async fn an_alarm_is_raised_and_cleared_while_nobody_asks() {
    let (office, hall) = tokio::task::spawn_blocking(Office::open).await.unwrap();
    let mut alarms = hall.alarm_watch();

    set_wall(&office, "2026-11-23T03:00:00Z");
    let raised = alarms.wait_for(Option::is_some).await.unwrap().unwrap();
    assert_eq!(raised.wall, at("2026-11-23T03:00:00Z"));
    set_wall(&office, crate::common::MORNING);
    alarms.wait_for(Option::is_none).await.unwrap();
}

#[test]
fn a_minute_is_no_alarm() {
    let (office, hall) = Office::open();
    for wall in ["2026-11-23T01:01:00Z", "2026-11-23T00:59:00Z"] {
        set_wall(&office, wall);
        settle(&hall);
        assert_eq!(hall.alarms(), []);
    }
}

#[test]
fn accepting_another_time_than_the_wall_clocks_does_not_release() {
    let (office, hall) = Office::open();
    set_wall(&office, "2026-11-23T03:00:00Z");

    send(&hall, Command::AcceptClock { wall: at("2026-11-23T02:00:00Z") }).unwrap();

    assert_eq!(hall.alarms().len(), 1);
}

fn restart_at(office: Office, clock: ManualClock) -> (Office, Hall) {
    office.dispatcher.stop();
    let office = Office::on(office.journal, Arc::new(clock));
    let hall = office.hall();
    (office, hall)
}

#[test]
fn a_start_before_the_last_record_holds_the_day_and_time_does_not_go_back() {
    let (office, hall) = Office::open();
    let last = send(&hall, issue("birth")).unwrap().at;

    let (office, hall) = restart_at(office, ManualClock::new(at("2026-11-22T20:00:00Z")));

    assert_eq!(hall.alarms()[0].off, SignedDuration::from_hours(-5));
    assert!(send(&hall, issue("birth")).unwrap().at >= last);
    accept(&office, &hall);
    assert_eq!(hall.alarms(), []);

    let (_office, hall) = restart_at(office, ManualClock::new(at("2026-11-22T20:00:00Z")));
    assert_eq!(hall.alarms(), [], "the same difference was accepted");
}

#[test]
fn a_simulated_clock_is_never_in_doubt() {
    let (office, hall) = Office::open();
    let last = send(&hall, issue("birth")).unwrap().at;

    let start: Timestamp = at("2020-01-01T00:00:00Z");
    let (office, hall) = restart_at(office, ManualClock::new_simulated(start));
    assert_eq!((hall.alarms(), hall.now()), (vec![], last));
    office.clock.advance(DAY);
    settle(&hall);

    assert_eq!(day(&hall), Some(date(2026, 11, 24)));
    assert_eq!(hall.read(Site::live_tickets), 0);
}

#[test]
fn while_midnight_is_held_a_timer_behind_it_waits_and_the_hall_goes_on() {
    let (office, hall) = Office::open();
    let (ticket, _) = issued(&send(&hall, issue("birth")).unwrap());
    office.clock.advance(15 * HOUR + Duration::from_mins(30));
    let action = TicketAction::Park { until: Some(at("2026-11-23T17:30:00Z")) };
    send(&hall, Command::Ticket { ticket, action }).unwrap();
    set_wall(&office, "2026-11-23T12:00:00Z");
    office.clock.advance(2 * HOUR);
    settle(&hall);
    let records = office.records().len();

    send(&hall, issue("tax")).unwrap();

    assert_eq!(office.records().len(), records + 1, "a tick that changes nothing leaves no record");
    accept(&office, &hall);
    assert_eq!(day(&hall), Some(date(2026, 11, 24)));
    office.assert_replays_alike();
}
