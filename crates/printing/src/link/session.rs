//! An open connection to a printer: ask, write, confirm, each with a time-out.
//!
//! Must not repeat a job: who calls decides what a failure means.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::time::{sleep, timeout};

use super::{Dial, LinkError, Way};
use crate::escpos::{self, Answer, Ear, PrinterState, Status};
use crate::job::{JobOutcome, Reason};
use crate::profile::Profile;

/// Bytes a printer must take within one write time-out.
const CHUNK_BYTES: usize = 4_096;
/// Bytes passed over while looking for an answer: a printer that babbles is as good as silent.
const PASSED_OVER_MAX: usize = 256;
const INBOX_BYTES: usize = 64;

/// How long a printer may take.
#[derive(Clone, Copy, Debug)]
pub struct LinkTimeouts {
    pub connect_ms: u64,
    /// For each few kilobytes: a printer out of paper takes none.
    pub write_ms: u64,
    /// For the answer to a status question.
    pub answer_ms: u64,
    /// From the last byte to the confirmation after the cut.
    pub confirm_ms: u64,
}

impl Default for LinkTimeouts {
    fn default() -> Self {
        Self { connect_ms: 3_000, write_ms: 8_000, answer_ms: 1_000, confirm_ms: 8_000 }
    }
}

/// An open connection to a printer.
pub struct Session {
    way: Way,
    timeouts: LinkTimeouts,
    profile: Arc<Profile>,
    ear: Ear,
    inbox: VecDeque<u8>,
    /// What it last reported by itself.
    automatic: Option<Status>,
}

/// What sending a job came to, and what the printer said afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub outcome: JobOutcome,
    /// `None` when nothing was learnt.
    pub status: Option<Status>,
    /// It was asked to confirm the cut, and did not in time. It may still.
    pub confirmation_missed: bool,
}

impl Delivery {
    fn ended(outcome: JobOutcome) -> Self {
        Self { outcome, status: None, confirmation_missed: false }
    }

    fn unconfirmed(outcome: JobOutcome) -> Self {
        Self { outcome, status: None, confirmation_missed: true }
    }
}

impl Session {
    /// Opens the way.
    pub async fn open(
        dial: &dyn Dial,
        timeouts: LinkTimeouts,
        profile: Arc<Profile>,
    ) -> Result<Self, LinkError> {
        let limit = Duration::from_millis(timeouts.connect_ms);
        let opened = timeout(limit, dial.dial()).await;
        let way = opened.map_err(|_| LinkError::ConnectTimeout(timeouts.connect_ms))??;
        Ok(Self { way, timeouts, profile, ear: Ear::default(), inbox: VecDeque::new(), automatic: None })
    }

    /// Whether this link has a way back.
    pub fn answers(&self) -> bool {
        self.way.answers
    }

    /// Asks those of `DLE EOT` 1 to 4 that the profile has. A printer that lets the first pass tells
    /// nothing: unknown.
    pub async fn status(&mut self) -> Result<Status, LinkError> {
        let mut status = Status::default();
        if !self.way.answers {
            return Ok(status);
        }
        // Bytes of a picture may look like a question: its answer is not for this one.
        self.drain().await?;
        let tells = self.profile.tells;
        for n in (1..=4).filter(|n| tells.real_time[usize::from(n - 1)]) {
            match self.ask_status(n).await? {
                Some(answer) => status.note(n, answer),
                None => break,
            }
        }
        Ok(status.as_far_as(tells))
    }

    /// Waits up to so long for the first answer: a printer that takes one connection at a time may still
    /// be with somebody else. Whether it said anything.
    pub async fn first_word(&mut self, patience_ms: u64) -> Result<bool, LinkError> {
        if !self.way.answers {
            return Ok(false);
        }
        let usual = std::mem::replace(&mut self.timeouts.answer_ms, patience_ms);
        let answer = self.ask_status(1).await;
        self.timeouts.answer_ms = usual;
        Ok(answer?.is_some())
    }

    /// Asks `DLE EOT n` alone.
    pub async fn ask_status(&mut self, n: u8) -> Result<Option<u8>, LinkError> {
        self.prepare(&escpos::status_query(n)).await?;
        let real_time = |answer| match answer {
            Answer::RealTime(byte) => Some(byte),
            _ => None,
        };
        self.answer(self.timeouts.answer_ms, real_time).await
    }

    /// Asks `GS r 1` alone.
    pub async fn ask_confirmation(&mut self) -> Result<Option<u8>, LinkError> {
        self.prepare(&escpos::confirmation_query()).await?;
        self.answer(self.timeouts.answer_ms, confirmation).await
    }

    /// Turns automatic status on. `None` when the printer does not answer with how it is.
    pub async fn report_by_itself(&mut self) -> Result<Option<Status>, LinkError> {
        self.prepare(&escpos::automatic_status(true)).await?;
        let automatic = |answer| match answer {
            Answer::Automatic(told) => Some(Status::of_automatic(told)),
            _ => None,
        };
        let told = self.answer(self.timeouts.answer_ms, automatic).await?;
        Ok(told.map(|status| status.as_far_as(self.profile.tells)))
    }

    /// Turns automatic status off.
    pub async fn stop_reporting(&mut self) -> Result<(), LinkError> {
        self.prepare(&escpos::automatic_status(false)).await
    }

    /// Waits until the printer reports something by itself. May be dropped at any time.
    pub async fn next_report(&mut self) -> Result<Status, LinkError> {
        loop {
            if let Some(status) = self.automatic.take() {
                return Ok(status.as_far_as(self.profile.tells));
            }
            self.hear().await?;
        }
    }

    /// The text that answers `GS I n`; `None` when none came in time.
    pub async fn ask_identity(&mut self, n: u8) -> Result<Option<String>, LinkError> {
        self.drain().await?;
        self.prepare(&escpos::identity_query(n)).await?;
        let limit = Duration::from_millis(self.timeouts.answer_ms);
        let read = async {
            let mut text = None;
            for _ in 0..PASSED_OVER_MAX {
                match (self.byte().await?, &mut text) {
                    (b'_', None) => text = Some(String::new()),
                    (0, Some(_)) => return Ok(text),
                    (byte, Some(text)) if (0x20..0x7F).contains(&byte) => text.push(char::from(byte)),
                    _ => {}
                }
            }
            Ok(None)
        };
        match timeout(limit, read).await {
            Ok(text) => text,
            Err(_) => Ok(None),
        }
    }

    /// Writes bytes that are not a job (questions, recovery).
    pub async fn prepare(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        self.write(bytes).await.map_err(|failure| failure.error)
    }

    /// Waits for confirmations of earlier jobs that may still come in, so that they are not taken for the
    /// next one's: whoever mends a printer sets free what it held, with its answers. Gives how many may
    /// still be open.
    pub async fn catch_up(&mut self, late: u32, wait_ms: u64) -> Result<u32, LinkError> {
        self.prepare(&escpos::confirmation_query()).await?;
        if self.answer(wait_ms, confirmation).await?.is_none() {
            return Ok(late + 1);
        }
        // Answers come in the order of the questions, and nothing takes time between those that are open
        // and this one: after one of them, silence means that the others were lost.
        for _ in 0..late {
            if self.answer(self.timeouts.answer_ms, confirmation).await?.is_none() {
                break;
            }
        }
        Ok(0)
    }

    /// Sends a whole job and finds out what became of it. `before` is the state the printer told
    /// just before; `confirm_ms` is how long to wait for the confirmation after the cut; `late` is how
    /// many confirmations of earlier jobs may still come in: they are not this job's.
    pub async fn deliver(
        &mut self,
        job: &[u8],
        before: PrinterState,
        confirm_ms: u64,
        late: u32,
    ) -> Delivery {
        if let Err(error) = self.drain().await {
            tracing::debug!(%error, "the connection had ended");
            return Delivery::ended(JobOutcome::NotSent);
        }
        if let Err(failure) = self.write(job).await {
            return Delivery::ended(match (failure.written, failure.error) {
                (0, _) => JobOutcome::NotSent,
                (_, LinkError::Stalled(_)) => JobOutcome::Uncertain(Reason::Stalled),
                _ => JobOutcome::Uncertain(Reason::Torn),
            });
        }
        if !self.way.answers {
            return Delivery::ended(JobOutcome::Sent);
        }
        let told_before = before != PrinterState::Unknown;
        let mut confirmed = None;
        if self.profile.tells.confirms_cut {
            let wait_ms = if told_before { confirm_ms } else { self.timeouts.answer_ms };
            for _ in 0..=late {
                confirmed = match self.answer(wait_ms, confirmation).await {
                    Ok(confirmed) => confirmed,
                    Err(_) => return Delivery::unconfirmed(JobOutcome::Uncertain(Reason::Torn)),
                };
                if confirmed.is_none() {
                    break;
                }
            }
        }
        self.concluded(confirmed.is_some(), told_before).await
    }

    /// What the printer's answers after a job come to.
    async fn concluded(&mut self, confirmed: bool, told_before: bool) -> Delivery {
        let missed = self.profile.tells.confirms_cut && !confirmed;
        if !confirmed && !told_before {
            return Delivery { outcome: JobOutcome::Sent, status: None, confirmation_missed: missed };
        }
        let after = self.status().await;
        let state = after.as_ref().map_or(PrinterState::Offline, Status::state);
        let outcome = match (confirmed, &after) {
            (true, _) => JobOutcome::Printed,
            (false, Err(_)) => JobOutcome::Uncertain(Reason::Torn),
            (false, Ok(_)) if state == PrinterState::Unknown => JobOutcome::Uncertain(Reason::Silent),
            (false, Ok(_)) if state.may_print() => JobOutcome::Sent,
            (false, Ok(_)) => JobOutcome::Uncertain(Reason::of_state(state)),
        };
        Delivery { outcome, status: after.ok(), confirmation_missed: missed }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), WriteFailure> {
        let limit_ms = self.timeouts.write_ms;
        let limit = Duration::from_millis(limit_ms);
        let pause = Duration::from_millis(self.profile.pause_ms.into());
        let chunk = CHUNK_BYTES.min(self.profile.buffer_bytes as usize).max(1);
        let mut written = 0;
        while written < bytes.len() {
            let end = bytes.len().min(written + chunk);
            let fail = |error| WriteFailure { written, error };
            match timeout(limit, self.way.channel.write(&bytes[written..end])).await {
                Ok(Ok(0)) => return Err(fail(LinkError::Torn(std::io::ErrorKind::WriteZero.into()))),
                Ok(Ok(taken)) => written += taken,
                Ok(Err(error)) => return Err(fail(LinkError::Torn(error))),
                Err(_) => return Err(fail(LinkError::Stalled(limit_ms))),
            }
            if !pause.is_zero() && written < bytes.len() {
                sleep(pause).await;
            }
        }
        let fail = |error| WriteFailure { written, error };
        match timeout(limit, self.way.channel.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(fail(LinkError::Torn(error))),
            Err(_) => Err(fail(LinkError::Stalled(limit_ms))),
        }
    }

    /// The next answer that is `wanted`, others passed over; `None` when none came in time.
    async fn answer<T>(
        &mut self,
        limit_ms: u64,
        wanted: impl Fn(Answer) -> Option<T>,
    ) -> Result<Option<T>, LinkError> {
        let read = async {
            for _ in 0..PASSED_OVER_MAX {
                if let Some(found) = self.hear().await?.and_then(&wanted) {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        };
        match timeout(Duration::from_millis(limit_ms), read).await {
            Ok(answer) => answer,
            Err(_) => Ok(None),
        }
    }

    /// Takes one byte in. May be dropped at any time.
    async fn hear(&mut self) -> Result<Option<Answer>, LinkError> {
        let byte = self.byte().await?;
        let answer = self.ear.take(byte);
        if let Some(Answer::Automatic(told)) = answer {
            self.automatic = Some(Status::of_automatic(told));
        }
        Ok(answer)
    }

    async fn byte(&mut self) -> Result<u8, LinkError> {
        loop {
            if let Some(byte) = self.inbox.pop_front() {
                return Ok(byte);
            }
            let mut buffer = [0; INBOX_BYTES];
            let read = self.way.channel.read(&mut buffer).await.map_err(LinkError::Torn)?;
            if read == 0 {
                return Err(LinkError::Torn(std::io::ErrorKind::UnexpectedEof.into()));
            }
            self.inbox.extend(&buffer[..read]);
        }
    }

    /// Passes over what has come in already, without waiting. An end of the connection shows here.
    async fn drain(&mut self) -> Result<(), LinkError> {
        if !self.way.answers {
            return Ok(());
        }
        for byte in std::mem::take(&mut self.inbox) {
            self.overhear(byte);
        }
        let mut buffer = [0; INBOX_BYTES];
        for _ in 0..PASSED_OVER_MAX / INBOX_BYTES {
            let mut into = ReadBuf::new(&mut buffer);
            let mut channel = Pin::new(&mut self.way.channel);
            let read = poll_fn(|context| match channel.as_mut().poll_read(context, &mut into) {
                Poll::Ready(read) => Poll::Ready(Some(read)),
                Poll::Pending => Poll::Ready(None),
            });
            match read.await {
                None => return Ok(()),
                Some(Err(error)) => return Err(LinkError::Torn(error)),
                Some(Ok(())) if into.filled().is_empty() => {
                    return Err(LinkError::Torn(std::io::ErrorKind::UnexpectedEof.into()));
                }
                Some(Ok(())) => {
                    for byte in into.filled().to_vec() {
                        self.overhear(byte);
                    }
                }
            }
        }
        Ok(())
    }

    fn overhear(&mut self, byte: u8) {
        if let Some(Answer::Automatic(told)) = self.ear.take(byte) {
            self.automatic = Some(Status::of_automatic(told));
        }
    }
}

fn confirmation(answer: Answer) -> Option<u8> {
    match answer {
        Answer::Confirmation(byte) => Some(byte),
        _ => None,
    }
}

struct WriteFailure {
    written: usize,
    error: LinkError,
}
