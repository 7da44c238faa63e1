//! The journal read back after the server has gone: what really happened, against what was answered.

use khiw_domain::Event;
use khiw_journal::{Journal as _, Record, SqliteJournal, StreamId, format};

use crate::Folder;

/// Records read at once.
const PAGE: usize = 4_096;

/// One record with its events.
pub struct Kept {
    pub record: Record,
    pub events: Vec<Event>,
}

/// Every record of a site, in order.
pub fn records(folder: &Folder, site: &str) -> Vec<Kept> {
    let journal = SqliteJournal::open_existing(&folder.path()).unwrap();
    let stream = StreamId::hall(site);
    let mut kept = Vec::new();
    loop {
        let page = journal.read(&stream, kept.len() as u64 + 1, PAGE).unwrap();
        if page.is_empty() {
            return kept;
        }
        kept.extend(page.into_iter().map(|record| {
            let events = format::decode(&record.data).unwrap();
            Kept { record, events }
        }));
    }
}

/// Every ticket issued, in order: id and number.
pub fn issued(records: &[Kept]) -> Vec<(u64, String)> {
    let events = records.iter().flat_map(|kept| &kept.events);
    events
        .filter_map(|event| match event {
            Event::TicketIssued(issued) => Some((issued.ticket.0, issued.number.text.to_string())),
            _ => None,
        })
        .collect()
}
