//! The state of a hall from its journal alone. From the last opened day, which is what a start does, or from the
//! first record: both give the same state, and `khiw verify` checks that they do.

use std::io::{self, BufWriter, Write};

use jiff::Timestamp;
use khiw_domain::id::SiteId;
use khiw_domain::{Event, Site, Stamp};
use khiw_journal::format::{self, FormatError};
use khiw_journal::{DayMark, Head, Journal, JournalError, Record, StreamId};

use crate::command_ids::{CommandIds, Key, Remembered};
use crate::timeline::Accepted;

/// Records read at a time.
const PAGE: usize = 1_024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayFrom {
    /// The newest `DayOpened`, and the configuration it names.
    LastDay,
    /// The first record.
    Start,
}

/// A hall as its journal tells it.
#[derive(Clone, Debug)]
pub struct Replayed {
    pub site: Site,
    /// Where the stream ended when the replay began; `site` is the state there.
    pub head: Head,
}

#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("the journal could not be read")]
    Journal(#[from] JournalError),
    #[error("{stream} #{seq} cannot be decoded")]
    Format {
        stream: StreamId,
        seq: u64,
        #[source]
        source: FormatError,
    },
    #[error("{stream} #{seq} is missing")]
    Missing { stream: StreamId, seq: u64 },
    #[error("{stream} #{seq} does not hold the configuration that the day opened with")]
    NoConfiguration { stream: StreamId, seq: u64 },
}

/// BLAKE3 of the state as JSON: equal states, and only those, have equal hashes.
pub fn state_hash(site: &Site) -> [u8; 32] {
    let mut writer = BufWriter::new(HashWriter(blake3::Hasher::new()));
    serde_json::to_writer(&mut writer, site).expect("a site has text keys and a hash does not fail");
    let Ok(hasher) = writer.into_inner() else { unreachable!("a hash takes whatever is left in the buffer") };
    hasher.0.finalize().into()
}

struct HashWriter(blake3::Hasher);

impl Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The state at the present end of the hall's stream. Reads only; a server may append meanwhile.
pub fn replay(journal: &dyn Journal, site: &SiteId, from: ReplayFrom) -> Result<Replayed, ReplayError> {
    let stream = StreamId::hall(site);
    let head = journal.head(&stream)?;
    let start = match from {
        ReplayFrom::Start => None,
        ReplayFrom::LastDay => journal.days(&stream, 1)?.pop(),
    };
    let mut walk = Walk::new(journal, &stream, site);
    walk.begin(start.as_ref())?;
    walk.records(start.map_or(1, |mark| mark.seq), head.tail.seq, |_, _| {})?;
    Ok(Replayed { site: walk.site, head })
}

/// What a hall needs to go on after a start.
pub(crate) struct Restart {
    pub site: Site,
    pub head: Head,
    pub command_ids: CommandIds,
    pub accepted: Option<Accepted>,
}

/// As [`replay`] from the last day, with the command ids of two service days.
pub(crate) fn restart(journal: &dyn Journal, site: &SiteId) -> Result<Restart, ReplayError> {
    let stream = StreamId::hall(site);
    let head = journal.head(&stream)?;
    let days = journal.days(&stream, 2)?;
    let mut command_ids = CommandIds::default();
    if let Some(newest) = days.first() {
        let from = days.get(1).map_or(1, |before| before.seq);
        pages(journal, &stream, from, newest.seq - 1, |record| {
            remember(&mut command_ids, record);
            Ok(())
        })?;
    }
    let mut accepted = None;
    let mut walk = Walk::new(journal, &stream, site);
    walk.begin(days.first())?;
    walk.records(days.first().map_or(1, |mark| mark.seq), head.tail.seq, |record, events| {
        if opens_day(events) {
            command_ids.new_day();
        }
        remember(&mut command_ids, record);
        accepted = accepted_in(record.at, events).or(accepted);
    })?;
    Ok(Restart { site: walk.site, head, command_ids, accepted })
}

pub(crate) fn opens_day(events: &[Event]) -> bool {
    matches!(events.first(), Some(Event::DayOpened(_)))
}

fn accepted_in(at: Timestamp, events: &[Event]) -> Option<Accepted> {
    events.iter().find_map(|event| match event {
        Event::ClockAccepted { wall } => Some(Accepted { at, wall: *wall }),
        _ => None,
    })
}

fn remember(command_ids: &mut CommandIds, record: &Record) {
    if let Some(id) = &record.command_id {
        let remembered = Remembered { seq: record.seq, digest: record.request_digest };
        command_ids.remember(Key::of(&record.actor, id), remembered);
    }
}

pub(crate) fn decode(record: &Record) -> Result<Vec<Event>, ReplayError> {
    let (stream, seq) = (&record.stream, record.seq);
    format::decode(&record.data).map_err(|source| ReplayError::Format { stream: stream.clone(), seq, source })
}

/// Hands out the records `from..=to`, all of them or an error.
fn pages(
    journal: &dyn Journal,
    stream: &StreamId,
    from: u64,
    to: u64,
    mut take: impl FnMut(&Record) -> Result<(), ReplayError>,
) -> Result<(), ReplayError> {
    let mut next = from;
    while next <= to {
        let left = usize::try_from(to - next + 1).unwrap_or(PAGE);
        let page = journal.read(stream, next, PAGE.min(left))?;
        if page.is_empty() {
            return Err(ReplayError::Missing { stream: stream.clone(), seq: next });
        }
        for record in &page {
            if record.seq != next {
                return Err(ReplayError::Missing { stream: stream.clone(), seq: next });
            }
            take(record)?;
            next += 1;
        }
    }
    Ok(())
}

struct Walk<'a> {
    journal: &'a dyn Journal,
    stream: &'a StreamId,
    site: Site,
}

impl<'a> Walk<'a> {
    fn new(journal: &'a dyn Journal, stream: &'a StreamId, site: &SiteId) -> Self {
        Self { journal, stream, site: Site::new(site.clone()) }
    }

    /// Brings in the configuration that was in force when the day opened.
    fn begin(&mut self, day: Option<&DayMark>) -> Result<(), ReplayError> {
        let Some(day) = day else { return Ok(()) };
        let opening = decode(&self.record(day.seq)?)?;
        let seq = match opening.first() {
            Some(Event::DayOpened(opened)) => opened.config_seq,
            _ => return Err(ReplayError::Missing { stream: self.stream.clone(), seq: day.seq }),
        };
        let record = self.record(seq)?;
        let events = decode(&record)?;
        let configured = events.iter().find(|event| matches!(event, Event::SiteConfigured { .. }));
        let missing = || ReplayError::NoConfiguration { stream: self.stream.clone(), seq };
        self.site.apply(Stamp { seq, at: record.at }, configured.ok_or_else(missing)?);
        Ok(())
    }

    fn record(&self, seq: u64) -> Result<Record, ReplayError> {
        let missing = || ReplayError::Missing { stream: self.stream.clone(), seq };
        self.journal.read_one(self.stream, seq)?.ok_or_else(missing)
    }

    fn records(
        &mut self,
        from: u64,
        to: u64,
        mut each: impl FnMut(&Record, &[Event]),
    ) -> Result<(), ReplayError> {
        let site = &mut self.site;
        pages(self.journal, self.stream, from, to, |record| {
            let events = decode(record)?;
            let stamp = Stamp { seq: record.seq, at: record.at };
            for event in &events {
                site.apply(stamp, event);
            }
            each(record, &events);
            Ok(())
        })
    }
}
