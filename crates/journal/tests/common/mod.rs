//! A small hall for the journal's tests: two service days with numbers.

use std::path::Path;

use khiw_domain::Event;
use khiw_domain::event::{DayOpened, TicketIssued};
use khiw_domain::id::{Language, QueueId, ServiceId, TicketId};
use khiw_domain::ticket::{Channel, Lane, Number};
use khiw_journal::{
    DataFolder, FIRST_EPOCH, Head, Journal, Kind, NewRecord, NumberKey, SqliteJournal, StreamId, Tail, format,
};

pub const START: Tail = Tail { epoch: FIRST_EPOCH, seq: 0 };

pub fn hall() -> StreamId {
    StreamId::hall("h")
}

pub fn open(folder: &Path) -> (DataFolder, SqliteJournal) {
    let folder = DataFolder::open(folder).unwrap();
    let journal = SqliteJournal::open(&folder, Kind::Real).unwrap();
    (folder, journal)
}

/// The record of a command at `at`.
pub fn record(at: &str, events: &[Event]) -> NewRecord {
    NewRecord {
        data: format::encode(events),
        numbers: events.iter().filter_map(number_of).collect(),
        opens_day: events.iter().find_map(|event| match event {
            Event::DayOpened(opened) => Some(opened.day),
            _ => None,
        }),
        ..khiw_journal::testing::record_at(at)
    }
}

fn number_of(event: &Event) -> Option<NumberKey> {
    let Event::TicketIssued(issued) = event else { return None };
    Some(NumberKey {
        day: issued.number.day,
        series: std::sync::Arc::clone(&issued.number.series),
        round: issued.number.round,
        number: issued.number.value,
    })
}

pub fn day_opened(day: &str) -> Event {
    Event::DayOpened(Box::new(DayOpened {
        day: day.parse().unwrap(),
        ends_at: format!("{day}T17:00:00Z").parse().unwrap(),
        closings: Vec::new(),
        config_seq: 1,
        config_version: 1,
        next_ticket: TicketId(1),
        learnt: Vec::new(),
        suspended: Vec::new(),
        carried: Vec::new(),
    }))
}

pub fn issued(day: &str, value: u32) -> Event {
    Event::TicketIssued(Box::new(TicketIssued {
        ticket: TicketId(u64::from(value)),
        number: Number {
            day: day.parse().unwrap(),
            series: "A".into(),
            round: 1,
            value,
            text: format!("A{value:03}").into(),
        },
        queue: QueueId::parse("q").unwrap(),
        services: vec![ServiceId::parse("id-card").unwrap()],
        lane: Lane::Normal,
        language: Language::Th,
        channel: Channel::Kiosk,
        device: None,
        paper: true,
        promise: format!("{day}T03:00:00Z").parse().unwrap(),
        config_version: 1,
        posted_wait_s: Some(900),
        ahead: 3,
        estimate: None,
        hour: 9,
    }))
}

/// Seq 1–4: the first day with three numbers; 5–7: the second with two.
pub fn two_days() -> Vec<NewRecord> {
    let (first, second) = ("2026-11-21", "2026-11-22");
    vec![
        record("2026-11-21T01:00:00Z", &[day_opened(first)]),
        record("2026-11-21T02:00:00Z", &[issued(first, 1), issued(first, 2)]),
        record("2026-11-21T02:00:01.002Z", &[issued(first, 3)]),
        record("2026-11-21T02:00:02Z", &[]),
        record(
            "2026-11-22T01:00:00Z",
            &[Event::DayClosed { day: first.parse().unwrap() }, day_opened(second)],
        ),
        record("2026-11-22T02:00:00Z", &[issued(second, 1)]),
        record("2026-11-22T02:00:01Z", &[issued(second, 2)]),
    ]
}

pub fn fill(journal: &dyn Journal) -> Head {
    journal.append(&hall(), START, &two_days()).durable()
}
