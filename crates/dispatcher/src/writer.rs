//! A hall's one writer thread: waits for commands or for the next due moment, makes one batch of what is there,
//! commits it. No timer holds a batch back. What goes into a batch is `batch`; what becomes of it is `commit`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use jiff::Timestamp;
use khiw_domain::Site;
use khiw_journal::Tail;

use crate::batch::{BATCH_MAX, Batch};
use crate::command_ids::CommandIds;
use crate::hall::{Envelope, Failure, Message, Shared, Standing};
use crate::timeline::ClockAlarm;
use crate::upkeep::Upkeep;

/// The idle writer compares the clocks this often.
const CLOCK_CHECK_EVERY: Duration = Duration::from_secs(5);

/// After a batch of unknown outcome the journal is asked again this often.
const ASK_AGAIN_EVERY: Duration = Duration::from_millis(100);

/// A due moment that lies microseconds ahead is not waited for more finely than this.
const WAIT_MIN: Duration = Duration::from_millis(1);

pub(crate) struct Writer {
    pub shared: Arc<Shared>,
    pub inbox: Receiver<Message>,
    pub upkeep: Arc<Upkeep>,
    /// The state with the batch in progress; equal to `committed` between batches.
    pub deciding: Site,
    pub command_ids: CommandIds,
    /// The last durable record.
    pub tail: Tail,
    /// Between steps: empty, or the batch whose outcome is unknown.
    pub batch: Batch,
    /// Taken from the inbox, not yet decided.
    pub waiting: VecDeque<Envelope>,
    /// A due moment at which a tick changed nothing, and the record it would have been. Not tried again
    /// before something else happened.
    pub stuck: Option<(Timestamp, u64)>,
    /// The clock is in doubt.
    pub hold_rollover: bool,
    pub stop: bool,
}

/// Tells the world when the thread ends, also by a panic.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.stopping.store(true, Ordering::Release);
        self.0.set_standing(Standing::Stopped);
        self.0.tail.send_modify(|_| {});
    }
}

impl Writer {
    pub fn run(mut self) {
        let _ending = Ending(Arc::clone(&self.shared));
        while self.gather() {
            self.step();
        }
    }

    /// Waits for something to do and takes what is queued. False: the hall is to end.
    fn gather(&mut self) -> bool {
        if self.waiting.is_empty() && !self.stop {
            match self.inbox.recv_timeout(self.pause()) {
                Ok(message) => self.receive(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => self.stop = true,
            }
        }
        while self.waiting.len() < BATCH_MAX {
            let Ok(message) = self.inbox.try_recv() else { break };
            self.receive(message);
        }
        self.stop |= self.shared.stopping.load(Ordering::Acquire);
        !(self.stop && self.waiting.is_empty())
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Command(envelope) => self.waiting.push_back(envelope),
            Message::Wake => {}
            Message::Stop => self.stop = true,
        }
    }

    /// How long the thread may sleep, in real time.
    fn pause(&self) -> Duration {
        match self.shared.standing() {
            Standing::InDoubt => return ASK_AGAIN_EVERY,
            Standing::Serving => {}
            _ => return CLOCK_CHECK_EVERY,
        }
        let Some(due) = self.due() else { return CLOCK_CHECK_EVERY };
        let Ok(left) = Duration::try_from(due.duration_since(self.shared.now())) else {
            return Duration::ZERO;
        };
        if left.is_zero() {
            return left;
        }
        let real_s = left.as_secs_f64() / self.shared.clock.speed();
        Duration::try_from_secs_f64(real_s).unwrap_or(CLOCK_CHECK_EVERY).clamp(WAIT_MIN, CLOCK_CHECK_EVERY)
    }

    /// The next moment that time alone has something to do. While the clock is in doubt days do not roll over.
    pub fn due(&self) -> Option<Timestamp> {
        let site = &self.deciding;
        let due = if self.hold_rollover { site.next_due_without_rollover() } else { site.next_due() };
        due.filter(|due| self.stuck != Some((*due, self.next_seq())))
    }

    /// The record that the next decision would become.
    pub fn next_seq(&self) -> u64 {
        self.tail.seq + self.batch.len() as u64 + 1
    }

    fn step(&mut self) {
        if self.shared.time.observe(&*self.shared.clock) {
            self.tell_alarm();
        }
        if self.shared.standing() == Standing::InDoubt {
            self.ask_again();
        }
        match self.shared.standing() {
            Standing::Serving => {
                self.fill_batch();
                self.commit();
            }
            Standing::Fenced => self.turn_away(&Failure::Fenced),
            _ => self.turn_away(&Failure::Unavailable("the journal does not answer".to_owned())),
        }
    }

    fn turn_away(&mut self, failure: &Failure) {
        for envelope in self.waiting.drain(..) {
            // Nobody listens any more: nothing is lost by not telling.
            let _ = envelope.answer.send(Err(failure.clone()));
        }
    }

    /// The clock came into doubt, or out of it.
    pub fn tell_alarm(&mut self) {
        let alarm = self.shared.time.alarm();
        let site = &self.shared.site_id;
        if let Some(ClockAlarm { since, wall, off }) = alarm {
            let off_s = off.as_secs();
            tracing::warn!(%site, %wall, hall = %since, off_s, "the wall clock is in doubt; service days are held");
        } else {
            tracing::info!(%site, "the wall clock is trusted");
        }
        self.hold_rollover = alarm.is_some();
        self.stuck = None;
        self.shared.alarm.send_replace(alarm);
    }
}
