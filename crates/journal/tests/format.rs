//! The stored format: bytes written once are read for ever.

use khiw_domain::Event;
use khiw_journal::format::{FORMAT_VERSION, FormatError, decode, encode};

/// One golden file per version, oldest first; all tell the same events.
const GOLDEN: &[&str] = &[include_str!("golden/v1.json")];

/// The golden files have one event a line, for readers; stored bytes have no spaces.
fn stored(golden: &str) -> Vec<u8> {
    golden.lines().collect::<String>().into_bytes()
}

#[test]
fn every_version_ever_released_is_read_as_the_same_events() {
    assert_eq!(GOLDEN.len(), FORMAT_VERSION as usize);
    let newest = decode(&stored(GOLDEN[GOLDEN.len() - 1])).unwrap();
    for golden in GOLDEN {
        assert_eq!(decode(&stored(golden)).unwrap(), newest);
    }
}

#[test]
fn the_newest_version_is_written_as_it_was_released() {
    let newest = stored(GOLDEN[GOLDEN.len() - 1]);

    let again = encode(&decode(&newest).unwrap());

    assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(newest).unwrap());
}

#[test]
fn the_golden_file_holds_every_event() {
    let events = decode(&stored(GOLDEN[GOLDEN.len() - 1])).unwrap();
    let mut found: Vec<usize> = events.iter().map(place).collect();
    found.sort_unstable();
    found.dedup();

    let all: Vec<usize> = (0..EVENTS).collect();
    assert_eq!(found, all, "add the new event to the golden file of the version in the making");
}

#[test]
fn events_come_back_as_they_were() {
    let events = [crate::common::day_opened("2026-11-22"), crate::common::issued("2026-11-22", 7)];

    assert_eq!(decode(&encode(&events)).unwrap(), events);
    assert_eq!(encode(&[]), b"[]");
    assert!(decode(b"[]").unwrap().is_empty());
    assert!(encode(&events).starts_with(br#"[{"version":1,"event":"day_opened","#));
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let error = |bytes: &[u8]| decode(bytes).unwrap_err();
    let good = br#"{"version":1,"event":"day_closed","day":"2026-11-22"}"#;
    let behind_a_good_one = |second: &str| [b"[", &good[..], b",", second.as_bytes(), b"]"].concat();

    assert!(matches!(error(b""), FormatError::NotAnArray(_)));
    assert!(matches!(error(&[0xff, 0xfe]), FormatError::NotAnArray(_)));
    assert!(matches!(error(good), FormatError::NotAnArray(_)));
    assert!(matches!(
        error(&behind_a_good_one(r#"{"event":"day_closed","day":"2026-11-22"}"#)),
        FormatError::NoVersion { index: 1 }
    ));
    assert!(matches!(
        error(&behind_a_good_one(r#"{"version":1,"event":"coffee_break"}"#)),
        FormatError::Event { index: 1, version: 1, .. }
    ));
    for version in [0, FORMAT_VERSION + 1] {
        let other = format!(r#"{{"version":{version},"event":"day_closed","day":"2026-11-22"}}"#);
        assert!(matches!(error(&behind_a_good_one(&other)), FormatError::Upcast { index: 1, .. }));
    }
}

/// How many kinds of event there are, and the place of each: the compiler asks for a
/// line here when a kind is added.
const EVENTS: usize = 29;

fn place(event: &Event) -> usize {
    match event {
        Event::SiteConfigured { .. } => 0,
        Event::DayOpened(_) => 1,
        Event::DayClosed { .. } => 2,
        Event::TicketIssued(_) => 3,
        Event::TicketCalled(_) => 4,
        Event::CallRepeated { .. } => 5,
        Event::ServiceStarted { .. } => 6,
        Event::ServiceCompleted { .. } => 7,
        Event::TicketDone { .. } => 8,
        Event::TicketQueued(_) => 9,
        Event::TicketNoShow { .. } => 10,
        Event::TicketParked { .. } => 11,
        Event::TicketCancelled { .. } => 12,
        Event::ServiceAdded { .. } => 13,
        Event::TicketReprioritised { .. } => 14,
        Event::PaperReported { .. } => 15,
        Event::CounterOpened { .. } => 16,
        Event::CounterPaused { .. } => 17,
        Event::CounterResumed { .. } => 18,
        Event::CounterClosed { .. } => 19,
        Event::AutoCallSet { .. } => 20,
        Event::CommandUndone { .. } => 21,
        Event::IssuingSuspended { .. } => 22,
        Event::IssuingResumed { .. } => 23,
        Event::HallEvacuated { .. } => 24,
        Event::QueueClosed { .. } => 25,
        Event::ClockAccepted { .. } => 26,
        Event::DayReplanned { .. } => 27,
        Event::PaperOrdered { .. } => 28,
    }
}
