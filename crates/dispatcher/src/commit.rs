//! Making a batch durable, and only then telling anybody. One place decides what each outcome of an append means
//! for the state, for those who asked, and for the hall's standing.

use std::sync::{Arc, PoisonError};

use khiw_domain::{Event, Stamp};
use khiw_journal::{Appended, JournalError, NewRecord, Record, Tail};

use crate::batch::Decided;
use crate::command_ids::Remembered;
use crate::hall::{Committed, Done, Failure, Standing};
use crate::replay::opens_day;
use crate::writer::Writer;

/// What became of a batch.
enum Outcome {
    Durable,
    NotStored(String),
    /// Somebody else wrote.
    Fenced,
    /// Cannot be told yet.
    InDoubt(String),
}

impl Writer {
    /// Stores the batch and answers everybody in it.
    pub fn commit(&mut self) {
        if self.batch.is_empty() {
            // Everything decided rests on what is durable already.
            return self.answer_late();
        }
        let shared = &self.shared;
        let outcome = match shared.journal.append(&shared.stream, self.tail, &self.batch.records) {
            Appended::Durable(head) => {
                debug_assert_eq!(head.tail, self.batch_tail(), "a batch is stored whole");
                Outcome::Durable
            }
            Appended::Fenced(_) => Outcome::Fenced,
            Appended::Refused(error) => Outcome::NotStored(explain(&error)),
            Appended::Unknown(error) => {
                tracing::warn!(site = %shared.site_id, error = explain(&error), "a batch's outcome is unknown");
                self.ask()
            }
        };
        self.conclude(outcome);
    }

    /// The outcome of the last batch was unknown: is it known now?
    pub fn ask_again(&mut self) {
        let outcome = self.ask();
        if !matches!(outcome, Outcome::InDoubt(_)) {
            self.conclude(outcome);
        }
    }

    /// The record that the batch ends with once it is stored.
    fn batch_tail(&self) -> Tail {
        Tail { seq: self.tail.seq + self.batch.len() as u64, ..self.tail }
    }

    /// Reads in the journal whether the batch is stored.
    fn ask(&self) -> Outcome {
        match self.is_stored() {
            Ok(Some(true)) => Outcome::Durable,
            Ok(Some(false)) => Outcome::NotStored("the journal did not store it".to_owned()),
            Ok(None) => Outcome::Fenced,
            Err(error) => Outcome::InDoubt(explain(&error)),
        }
    }

    /// None: the stream goes on with something else.
    fn is_stored(&self) -> Result<Option<bool>, JournalError> {
        let (journal, stream) = (&self.shared.journal, &self.shared.stream);
        let head = journal.head(stream)?;
        if head.tail == self.tail {
            return Ok(Some(false));
        }
        if head.tail != self.batch_tail() {
            return Ok(None);
        }
        // The tail alone would also fit another writer's batch of the same length.
        let stored = journal.read(stream, self.tail.seq + 1, self.batch.len())?;
        let ours = stored.len() == self.batch.len()
            && stored.iter().zip(&self.batch.records).all(|(stored, ours)| is_same(stored, ours));
        Ok(ours.then_some(true))
    }

    fn conclude(&mut self, outcome: Outcome) {
        let site = &self.shared.site_id;
        match outcome {
            Outcome::Durable => {
                self.shared.set_standing(Standing::Serving);
                self.store();
            }
            Outcome::NotStored(why) => {
                tracing::error!(%site, why, "a batch was not stored");
                self.shared.set_standing(Standing::Serving);
                self.answer_all(&Failure::Unavailable(why));
                self.discard();
            }
            Outcome::Fenced => {
                tracing::error!(%site, "another writer has taken the hall over; this process stops writing");
                self.shared.set_standing(Standing::Fenced);
                self.answer_all(&Failure::Fenced);
                self.discard();
            }
            Outcome::InDoubt(why) => {
                tracing::error!(%site, why, "nothing is answered until the journal tells its last record");
                self.shared.set_standing(Standing::InDoubt);
                self.answer_all(&Failure::Unavailable(why));
            }
        }
    }

    /// The batch is durable: committed state, then answers, then everybody who follows.
    fn store(&mut self) {
        let first_seq = self.tail.seq + 1;
        let epoch = self.tail.epoch;
        self.tail = self.batch_tail();
        let decided = std::mem::take(&mut self.batch.decided);
        let records = std::mem::take(&mut self.batch.records);
        {
            let mut committed = self.shared.committed.write().unwrap_or_else(PoisonError::into_inner);
            for (seq, one) in (first_seq..).zip(&decided) {
                for event in one.events.iter() {
                    committed.apply(Stamp { seq, at: one.at }, event);
                }
                for ticket in one.events.iter().filter_map(Event::ticket) {
                    committed.share(&self.deciding, ticket);
                }
            }
        }
        self.command_ids.end_batch();
        for ((seq, one), record) in (first_seq..).zip(&decided).zip(&records) {
            self.remember(seq, one, record);
        }
        let batch = committed(first_seq, epoch, &decided, &records);
        self.shared.recent.lock().unwrap_or_else(PoisonError::into_inner).extend(&batch);
        // Followers are behind by nature: they are woken when everybody else was.
        self.shared.tail.send_if_modified(|tail| {
            *tail = self.tail.seq;
            false
        });
        let calls = batch.iter().any(is_call);
        if calls {
            self.publish(&batch);
        }
        self.answer_late();
        for (seq, one) in (first_seq..).zip(decided) {
            tell(seq, one);
        }
        if !calls {
            self.publish(&batch);
        }
        self.shared.tail.send_modify(|_| {});
        self.upkeep.appended(&*self.shared.journal, &records);
        self.recycle(records);
    }

    fn remember(&mut self, seq: u64, one: &Decided, record: &NewRecord) {
        if opens_day(&one.events) {
            self.command_ids.new_day();
            self.tell_seal();
        }
        if let Some(key) = one.key {
            self.command_ids.remember(key, Remembered { seq, digest: record.request_digest });
        }
        if let Some(Event::ClockAccepted { wall }) = one.events.first() {
            self.shared.time.accept(&*self.shared.clock, *wall);
            self.tell_alarm();
        }
    }

    /// The hash that seals the day before leaves the database here: kept elsewhere, it shows a chain that was
    /// made anew.
    fn tell_seal(&self) {
        let days = self.shared.journal.days(&self.shared.stream, 1);
        if let Some(mark) = days.ok().and_then(|days| days.into_iter().next()) {
            let seal =
                mark.sealed_hash.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
            tracing::info!(site = %self.shared.site_id, before = %mark.day, seal, "a service day is sealed");
        }
    }

    fn publish(&self, batch: &[Committed]) {
        let mut publishers = self.shared.publishers.lock().unwrap_or_else(PoisonError::into_inner);
        for publisher in publishers.iter_mut() {
            // Equal to the committed state, and needs no lock.
            publisher.published(&self.deciding, batch);
        }
    }

    /// Keeps the buffer, unless it grew out of proportion.
    fn recycle(&mut self, mut records: Vec<NewRecord>) {
        records.clear();
        if self.batch.records.capacity() == 0 {
            self.batch.records = records;
        }
    }

    fn answer_late(&mut self) {
        for (answer, result) in self.batch.late.drain(..) {
            // Nobody listens any more: what was done stays done.
            let _ = answer.send(result);
        }
    }

    fn answer_all(&mut self, failure: &Failure) {
        let decided = self.batch.decided.iter_mut();
        let askers = decided.flat_map(|one| one.answer.take().into_iter().chain(one.joined.drain(..)));
        let late = self.batch.late.drain(..).map(|(answer, _)| answer);
        for answer in askers.chain(late) {
            let _ = answer.send(Err(failure.clone()));
        }
    }

    /// As if the batch had never been: the next one is decided on what is durable.
    fn discard(&mut self) {
        self.batch.records.clear();
        self.batch.decided.clear();
        self.command_ids.end_batch();
        self.deciding = self.shared.read(Clone::clone);
        self.stuck = None;
    }
}

/// A visitor waits to see and hear this: it goes to the screens before anybody is answered.
fn is_call(record: &Committed) -> bool {
    record.events.iter().any(|event| matches!(event, Event::TicketCalled(_) | Event::CallRepeated { .. }))
}

/// The batch as followers get it.
fn committed(first_seq: u64, epoch: u32, decided: &[Decided], records: &[NewRecord]) -> Vec<Committed> {
    let of = |((seq, one), record): ((u64, &Decided), &NewRecord)| Committed {
        seq,
        epoch,
        at: record.at,
        actor: Arc::clone(&record.actor),
        events: Arc::clone(&one.events),
    };
    (first_seq..).zip(decided).zip(records).map(of).collect()
}

/// Answers everybody who asked for this record, the first one first.
fn tell(seq: u64, one: Decided) {
    let Decided { at, events, answer, joined, .. } = one;
    if let Some(answer) = answer {
        let _ = answer.send(Ok(Done { seq, at, events: Arc::clone(&events), repeated: false }));
    }
    for again in joined {
        let _ = again.send(Ok(Done { seq, at, events: Arc::clone(&events), repeated: true }));
    }
}

fn is_same(stored: &Record, ours: &NewRecord) -> bool {
    stored.at == ours.at
        && stored.actor == ours.actor
        && stored.command_id == ours.command_id
        && stored.request_digest == ours.request_digest
        && stored.data == ours.data
}

/// An error with its causes, in one line.
fn explain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
