//! Filling a batch: ticks that are due, then one command after the other, each decided on the state that the
//! ones before it left. Nothing here is answered or stored.

use std::sync::Arc;

use jiff::Timestamp;
use khiw_domain::{Command, Context, Event, Forecast, Stamp};
use khiw_journal::{NewRecord, NumberKey, format};

use crate::command_ids::{Key, Remembered};
use crate::hall::{Answer, Done, Envelope, Failure, Request};
use crate::replay::{decode, opens_day};
use crate::writer::Writer;

/// Records in one batch, and commands taken from the inbox for it.
pub(crate) const BATCH_MAX: usize = 1_024;

/// Ticks in one batch. What is still due then goes first into the next one.
const TICKS_MAX: usize = 64;

/// Who acts when time alone does.
const TIME: &str = "time";

/// Decided and applied to `deciding`, to be stored in one commit.
#[derive(Default)]
pub(crate) struct Batch {
    /// What the journal gets; `decided[i]` belongs to `records[i]`.
    pub records: Vec<NewRecord>,
    pub decided: Vec<Decided>,
    /// Refusals and successes without a record: they rest on the batch, so they wait for it.
    pub late: Vec<(Answer, Result<Done, Failure>)>,
}

pub(crate) struct Decided {
    pub at: Timestamp,
    pub events: Arc<[Event]>,
    pub key: Option<Key>,
    pub answer: Option<Answer>,
    /// The same command sent again while the first is in the batch.
    pub joined: Vec<Answer>,
}

impl Batch {
    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

/// What a whole batch is decided with.
struct Terms {
    now: Timestamp,
    forecast: Arc<Forecast>,
    hold_rollover: bool,
}

impl Terms {
    fn context(&self) -> Context<'_> {
        Context { now: self.now, forecast: &self.forecast, hold_rollover: self.hold_rollover }
    }
}

impl Writer {
    /// Takes commands until none waits or the batch is full. Due ticks come before each of them, and after the
    /// last, so that what a command sets off (an automatic call) is in the same commit.
    pub fn fill_batch(&mut self) {
        let terms = Terms {
            now: self.shared.now(),
            forecast: Arc::clone(&self.shared.forecast.borrow()),
            hold_rollover: self.hold_rollover,
        };
        let mut ticks = 0;
        loop {
            while ticks < TICKS_MAX && self.tick(&terms) {
                ticks += 1;
            }
            if ticks == TICKS_MAX || self.batch.len() >= BATCH_MAX {
                return;
            }
            let Some(envelope) = self.waiting.pop_front() else { return };
            self.take(envelope, &terms);
        }
    }

    /// Does one thing that is due. False: nothing is.
    fn tick(&mut self, terms: &Terms) -> bool {
        let Some(due) = self.due().filter(|due| *due <= terms.now) else { return false };
        match self.deciding.decide(&Command::Tick, &terms.context()) {
            Ok(events) if !events.is_empty() => {
                let request = Request::once(TIME, Command::Tick);
                self.record(terms.now, request, events, None, None);
                true
            }
            outcome => {
                if let Err(refusal) = outcome {
                    tracing::error!(site = %self.shared.site_id, %refusal, "a tick was refused");
                }
                self.stuck = Some((due, self.next_seq()));
                false
            }
        }
    }

    fn take(&mut self, envelope: Envelope, terms: &Terms) {
        let Envelope { request, answer } = envelope;
        let key = request.command_id.as_deref().map(|id| Key::of(&request.actor, id));
        if let Some(known) = key.as_ref().and_then(|key| self.command_ids.find(key)) {
            return self.repeat(known, request.digest, answer);
        }
        match self.deciding.decide(&request.command, &terms.context()) {
            Err(refusal) => self.batch.late.push((answer, Err(Failure::Refused(refusal)))),
            Ok(events) if events.is_empty() && key.is_none() => {
                let done =
                    Done { seq: self.next_seq() - 1, at: terms.now, events: Arc::from([]), repeated: false };
                self.batch.late.push((answer, Ok(done)));
            }
            // Without a record the repeated command would be decided anew, and perhaps otherwise.
            Ok(events) => self.record(terms.now, request, events, key, Some(answer)),
        }
    }

    /// A command id that was seen: joins the one in flight, or gets the first answer from the journal.
    fn repeat(&mut self, known: Remembered, digest: [u8; 16], answer: Answer) {
        if known.digest != digest {
            self.batch.late.push((answer, Err(Failure::CommandIdReused)));
        } else if known.seq > self.tail.seq {
            let index = (known.seq - self.tail.seq - 1) as usize;
            self.batch.decided[index].joined.push(answer);
        } else {
            let again = self.first_answer(known.seq);
            self.batch.late.push((answer, again));
        }
    }

    fn first_answer(&self, seq: u64) -> Result<Done, Failure> {
        let unavailable = |why: String| Failure::Unavailable(why);
        let record = self
            .shared
            .journal
            .read_one(&self.shared.stream, seq)
            .map_err(|error| unavailable(error.to_string()))?
            .ok_or_else(|| unavailable(format!("record {seq} is missing")))?;
        let events = decode(&record).map_err(|error| unavailable(error.to_string()))?;
        Ok(Done { seq, at: record.at, events: events.into(), repeated: true })
    }

    /// Applies what was decided and puts it into the batch.
    fn record(
        &mut self,
        at: Timestamp,
        request: Request,
        events: Vec<Event>,
        key: Option<Key>,
        answer: Option<Answer>,
    ) {
        let seq = self.next_seq();
        for event in &events {
            self.deciding.apply(Stamp { seq, at }, event);
        }
        if let Some(key) = key {
            self.command_ids.propose(key, Remembered { seq, digest: request.digest });
        }
        self.batch.records.push(NewRecord {
            at,
            actor: request.actor,
            command_id: request.command_id,
            request_digest: request.digest,
            data: format::encode(&events),
            numbers: numbers(&events),
            opens_day: day_opened(&events),
        });
        let events = events.into();
        self.batch.decided.push(Decided { at, events, key, answer, joined: Vec::new() });
    }
}

fn numbers(events: &[Event]) -> Vec<NumberKey> {
    let issued = events.iter().filter_map(|event| match event {
        Event::TicketIssued(issued) => Some(&issued.number),
        _ => None,
    });
    issued
        .map(|number| NumberKey {
            day: number.day,
            series: Arc::clone(&number.series),
            round: number.round,
            number: number.value,
        })
        .collect()
}

fn day_opened(events: &[Event]) -> Option<jiff::civil::Date> {
    debug_assert!(
        opens_day(events) || !events.iter().any(|event| matches!(event, Event::DayOpened(_))),
        "a day opens with the first event of its record: replay starts there"
    );
    match events.first() {
        Some(Event::DayOpened(opened)) => Some(opened.day),
        _ => None,
    }
}
