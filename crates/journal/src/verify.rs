//! Is a stream whole? Walks the records in order, recomputes the chain, decodes the
//! events and compares them with the tripwire table and the day marks.
//!
//! It finds what was changed, removed or inserted by hand. A chain recomputed in
//! full by somebody with the file is found by comparing the head with the hash that
//! was sealed elsewhere (on paper, by mail) at day close, not here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use khiw_domain::Event;

use crate::chain;
use crate::error::JournalError;
use crate::format::{self, FormatError};
use crate::journal::Journal;
use crate::record::{DayMark, Head, NO_HASH, NumberKey, Record, StreamId};

/// Records read at a time.
const PAGE: usize = 256;

/// What was verified, and found whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub stream: StreamId,
    /// The first record verified; those before it only through the chain.
    pub from_seq: u64,
    /// Where the stream ended when verification began.
    pub head: Head,
    pub records: u64,
    /// Numbers given out in these records.
    pub numbers: u64,
    /// Service days opened in these records.
    pub days: u64,
}

/// The first thing that is wrong, and where.
#[derive(Debug, thiserror::Error)]
#[error("{stream} #{seq} is not sound")]
pub struct VerifyError {
    pub stream: StreamId,
    pub seq: u64,
    #[source]
    pub fault: VerifyFault,
}

#[derive(Debug, thiserror::Error)]
pub enum VerifyFault {
    #[error("its hash does not fit its bytes and the record before it")]
    HashMismatch,
    #[error("the record is missing")]
    Missing,
    #[error("its time {at} is before the last record's {last}")]
    TimeWentBack { at: Timestamp, last: Timestamp },
    #[error("its epoch {epoch} is below the last record's {last}")]
    EpochWentBack { epoch: u32, last: u32 },
    #[error("its events cannot be read")]
    Undecodable(#[source] FormatError),
    #[error("it gives out number {0}, which the tripwire table does not know")]
    NumberUnknown(NumberKey),
    #[error("it gives out number {key}, which is record {by}'s by the tripwire table")]
    NumberTakenBy { key: NumberKey, by: u64 },
    #[error("the tripwire table holds {rows} numbers{}, the records give out {issued}", of_day(*.day))]
    NumberCount { day: Option<Date>, rows: u64, issued: u64 },
    #[error("it opens {0}, but no day mark stands here")]
    DayMarkMissing(Date),
    #[error("a day mark for {0} stands here, but the record opens no such day")]
    DayMarkWrong(Date),
    #[error("the day's seal does not fit the record before it")]
    SealMismatch,
    #[error("the journal could not be read")]
    Journal(#[source] JournalError),
}

fn of_day(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| format!(" of {day}"))
}

/// Verifies the records from `from_seq` (1: the whole stream) to the present end.
/// Reads only; a server may append meanwhile.
pub fn verify(journal: &dyn Journal, stream: &StreamId, from_seq: u64) -> Result<Report, VerifyError> {
    let from_seq = from_seq.max(1);
    let at = |seq: u64| move |error| fault(stream, seq, VerifyFault::Journal(error));
    let head = journal.head(stream).map_err(at(from_seq))?;
    let before = match from_seq {
        1 => None,
        _ => journal.read_one(stream, from_seq - 1).map_err(at(from_seq - 1))?,
    };
    let marks = journal.days(stream, usize::MAX).map_err(at(from_seq))?;
    let mut walk = Walk::new(journal, stream, from_seq, before.as_ref(), marks);
    while walk.next_seq <= head.tail.seq {
        let left = usize::try_from(head.tail.seq - walk.next_seq + 1).unwrap_or(PAGE);
        let page = journal.read(stream, walk.next_seq, PAGE.min(left)).map_err(|error| match error {
            JournalError::Corrupt { seq, .. } => at(seq)(error),
            error => at(walk.next_seq)(error),
        })?;
        if page.is_empty() {
            return Err(walk.fault(VerifyFault::Missing));
        }
        for record in &page {
            walk.step(record)?;
        }
    }
    walk.finish(head)
}

/// Verifies what start-up replays: from the newest `DayOpened` on, and that the
/// record before it is the one that was sealed. The whole stream when no day was
/// ever opened.
pub fn verify_from_last_sealed_day(journal: &dyn Journal, stream: &StreamId) -> Result<Report, VerifyError> {
    let newest =
        journal.days(stream, 1).map_err(|error| fault(stream, 1, VerifyFault::Journal(error)))?.pop();
    verify(journal, stream, newest.map_or(1, |mark| mark.seq))
}

fn fault(stream: &StreamId, seq: u64, fault: VerifyFault) -> VerifyError {
    VerifyError { stream: stream.clone(), seq, fault }
}

struct Walk<'a> {
    journal: &'a dyn Journal,
    stream: &'a StreamId,
    from_seq: u64,
    next_seq: u64,
    hash: [u8; 32],
    last: Option<(Timestamp, u32)>,
    marks: BTreeMap<u64, DayMark>,
    issued: BTreeMap<Date, u64>,
    days: u64,
}

impl<'a> Walk<'a> {
    fn new(
        journal: &'a dyn Journal,
        stream: &'a StreamId,
        from_seq: u64,
        before: Option<&Record>,
        marks: Vec<DayMark>,
    ) -> Self {
        Self {
            journal,
            stream,
            from_seq,
            next_seq: from_seq,
            hash: before.map_or(NO_HASH, |record| record.hash),
            last: before.map(|record| (record.at, record.epoch)),
            marks: marks.into_iter().map(|mark| (mark.seq, mark)).collect(),
            issued: BTreeMap::new(),
            days: 0,
        }
    }

    fn fault(&self, what: VerifyFault) -> VerifyError {
        fault(self.stream, self.next_seq, what)
    }

    fn step(&mut self, record: &Record) -> Result<(), VerifyError> {
        self.check(record).map_err(|what| self.fault(what))?;
        self.hash = record.hash;
        self.last = Some((record.at, record.epoch));
        self.next_seq += 1;
        Ok(())
    }

    fn check(&mut self, record: &Record) -> Result<(), VerifyFault> {
        if record.seq != self.next_seq {
            return Err(VerifyFault::Missing);
        }
        if chain::expected_hash(&self.hash, record) != record.hash {
            return Err(VerifyFault::HashMismatch);
        }
        if let Some((last_at, last_epoch)) = self.last {
            if record.at < last_at {
                return Err(VerifyFault::TimeWentBack { at: record.at, last: last_at });
            }
            if record.epoch < last_epoch {
                let epoch = record.epoch;
                return Err(VerifyFault::EpochWentBack { epoch, last: last_epoch });
            }
        }
        let events = format::decode(&record.data).map_err(VerifyFault::Undecodable)?;
        self.check_day_mark(record.seq, &events)?;
        for event in &events {
            self.check_number(record.seq, event)?;
        }
        Ok(())
    }

    fn check_day_mark(&mut self, seq: u64, events: &[Event]) -> Result<(), VerifyFault> {
        let opened = events.iter().rev().find_map(|event| match event {
            Event::DayOpened(opened) => Some(opened.day),
            _ => None,
        });
        match (opened, self.marks.get(&seq)) {
            (None, None) => return Ok(()),
            (Some(day), None) => return Err(VerifyFault::DayMarkMissing(day)),
            (opened, Some(mark)) if opened != Some(mark.day) => {
                return Err(VerifyFault::DayMarkWrong(mark.day));
            }
            (_, Some(mark)) if mark.sealed_hash != self.hash => {
                return Err(VerifyFault::SealMismatch);
            }
            _ => {}
        }
        self.days += 1;
        Ok(())
    }

    fn check_number(&mut self, seq: u64, event: &Event) -> Result<(), VerifyFault> {
        let Event::TicketIssued(issued) = event else {
            return Ok(());
        };
        let key = NumberKey {
            day: issued.number.day,
            series: std::sync::Arc::clone(&issued.number.series),
            round: issued.number.round,
            number: issued.number.value,
        };
        let by = self.journal.number_taken_by(self.stream, &key).map_err(VerifyFault::Journal)?;
        match by {
            Some(by) if by == seq => {
                *self.issued.entry(key.day).or_default() += 1;
                Ok(())
            }
            Some(by) => Err(VerifyFault::NumberTakenBy { key, by }),
            None => Err(VerifyFault::NumberUnknown(key)),
        }
    }

    /// What only the whole shows: an end that was cut off, rows without a record.
    fn finish(self, head: Head) -> Result<Report, VerifyError> {
        let last_seq = head.tail.seq;
        if last_seq >= self.from_seq && head.hash != self.hash {
            return Err(fault(self.stream, last_seq, VerifyFault::HashMismatch));
        }
        self.check_end(&head)?;
        let count = |day| {
            self.journal
                .numbers_taken(self.stream, day, self.from_seq..=last_seq)
                .map_err(|error| fault(self.stream, last_seq, VerifyFault::Journal(error)))
        };
        // A part is counted by its days, which is quick; only the whole can afford all rows.
        let mut counted: Vec<(Option<Date>, u64)> =
            self.issued.iter().map(|(day, issued)| (Some(*day), *issued)).collect();
        let issued_all = self.issued.values().sum();
        if self.from_seq == 1 {
            counted.push((None, issued_all));
        }
        for (day, issued) in counted {
            let rows = count(day)?;
            if rows != issued {
                let what = VerifyFault::NumberCount { day, rows, issued };
                return Err(fault(self.stream, last_seq, what));
            }
        }
        Ok(Report {
            stream: self.stream.clone(),
            from_seq: self.from_seq,
            head,
            records: (last_seq + 1).saturating_sub(self.from_seq),
            numbers: issued_all,
            days: self.days,
        })
    }

    /// Marks and numbers that point behind the end: it was cut off.
    fn check_end(&self, head: &Head) -> Result<(), VerifyError> {
        let seq = head.tail.seq;
        let at = |seq: u64| move |error| fault(self.stream, seq, VerifyFault::Journal(error));
        if let Some(&beyond) = self.marks.keys().next_back().filter(|beyond| **beyond > seq) {
            // A day that was opened meanwhile has its record.
            if self.journal.read_one(self.stream, beyond).map_err(at(beyond))?.is_none() {
                return Err(fault(self.stream, beyond, VerifyFault::Missing));
            }
        }
        if self.from_seq == 1 {
            let rows =
                self.journal.numbers_taken(self.stream, None, seq + 1..=u64::MAX).map_err(at(seq + 1))?;
            // Rows of records appended meanwhile are right; a stream at rest has none.
            if rows > 0 && self.journal.head(self.stream).map_err(at(seq))?.tail == head.tail {
                return Err(fault(self.stream, seq + 1, VerifyFault::Missing));
            }
        }
        Ok(())
    }
}
