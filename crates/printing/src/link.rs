//! The way to a printer: connect, ask, write, confirm, each with a time-out.
//!
//! Must not know jobs or the spool, and must not repeat anything: who calls decides what a failure
//! means. USB and serial links become further kinds of [`Link`].

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::escpos::{self, PrinterState, Status};
use crate::job::{JobOutcome, Reason};

/// The port thermal printers listen on.
pub const PORT_DEFAULT: u16 = 9100;
/// Bytes a printer must take within one write time-out.
const CHUNK_BYTES: usize = 4_096;
/// Bytes passed over while looking for an answer: a printer that babbles is as good as silent.
const PASSED_OVER_MAX: usize = 64;

/// Where a printer is: `tcp://HOST[:PORT]` by name or address, or `file:PATH` (a device file or a
/// plain file; it tells nothing).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    Network { host: String, port: u16 },
    File { path: PathBuf },
}

#[derive(Debug, Error, PartialEq, Eq)]
#[error("`{0}` is not a printer's place: tcp://HOST[:PORT] or file:PATH")]
pub struct LinkSyntaxError(String);

impl FromStr for Link {
    type Err = LinkSyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || LinkSyntaxError(text.to_owned());
        if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
            return Ok(Self::File { path: path.into() });
        }
        let place = text.strip_prefix("tcp://").ok_or_else(wrong)?.trim_end_matches('/');
        let (host, port) = match place.rsplit_once(':') {
            // A colon inside brackets belongs to an IPv6 address.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
            _ => (place, PORT_DEFAULT),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let odd = |c: char| c.is_whitespace() || matches!(c, '/' | '@' | '?' | '#');
        if host.is_empty() || host.contains(odd) || port == 0 {
            return Err(wrong());
        }
        Ok(Self::Network { host: host.to_owned(), port })
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Network { host, port } => write!(f, "tcp://{host}:{port}"),
            Self::File { path } => write!(f, "file:{}", path.display()),
        }
    }
}

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

#[derive(Debug, Error)]
pub enum LinkError {
    #[error("cannot be reached: {0}")]
    Unreachable(std::io::Error),
    #[error("no connection within {0} ms")]
    ConnectTimeout(u64),
    #[error("the connection ended: {0}")]
    Torn(std::io::Error),
    #[error("takes no more bytes for {0} ms")]
    Stalled(u64),
}

trait Channel: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Channel for T {}

impl Link {
    /// Opens the way. One connection serves one job: printers take only one at a time, and others
    /// may want them.
    pub async fn connect(&self, timeouts: LinkTimeouts) -> Result<Session, LinkError> {
        let limit = Duration::from_millis(timeouts.connect_ms);
        let late = |_| LinkError::ConnectTimeout(timeouts.connect_ms);
        let (channel, answers): (Box<dyn Channel>, bool) = match self {
            Self::Network { host, port } => {
                let connected =
                    timeout(limit, TcpStream::connect((host.as_str(), *port))).await.map_err(late)?;
                let stream = connected.map_err(LinkError::Unreachable)?;
                // Status questions are three bytes: they must not wait for company.
                stream.set_nodelay(true).map_err(LinkError::Unreachable)?;
                (Box::new(stream), true)
            }
            Self::File { path } => {
                let mut options = tokio::fs::OpenOptions::new();
                let opened =
                    timeout(limit, options.append(true).create(true).open(path)).await.map_err(late)?;
                (Box::new(opened.map_err(LinkError::Unreachable)?), false)
            }
        };
        Ok(Session { channel, answers, timeouts })
    }
}

/// An open connection to a printer.
pub struct Session {
    channel: Box<dyn Channel>,
    /// Whether this kind of link has a way back.
    answers: bool,
    timeouts: LinkTimeouts,
}

/// What sending a job came to, and what the printer said afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub outcome: JobOutcome,
    /// `None` when nothing was learnt.
    pub state: Option<PrinterState>,
    /// The printer answers status questions, but let the one after the cut pass.
    pub confirmation_missed: bool,
}

impl Session {
    /// Asks `DLE EOT` 1 to 4. A printer that lets the first pass tells nothing: unknown.
    pub async fn status(&mut self) -> Result<Status, LinkError> {
        let mut status = Status::default();
        if !self.answers {
            return Ok(status);
        }
        for n in 1..=4 {
            self.write(&escpos::status_query(n)).await.map_err(|failure| failure.error)?;
            match self.answer(self.timeouts.answer_ms, escpos::is_real_time).await? {
                Some(answer) => status.note(n, answer),
                None => break,
            }
        }
        Ok(status)
    }

    /// Writes bytes that are not a job (recovery).
    pub async fn prepare(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        self.write(bytes).await.map_err(|failure| failure.error)
    }

    /// Sends a whole job and finds out what became of it. `before` is the state the printer told
    /// just before; `confirm_ms` is how long to wait for the confirmation after the cut.
    pub async fn deliver(&mut self, job: &[u8], before: PrinterState, confirm_ms: u64) -> Delivery {
        let ended = |outcome| Delivery { outcome, state: None, confirmation_missed: false };
        if let Err(failure) = self.write(job).await {
            return ended(match (failure.written, failure.error) {
                (0, _) => JobOutcome::NotSent,
                (_, LinkError::Stalled(_)) => JobOutcome::Uncertain(Reason::Stalled),
                _ => JobOutcome::Uncertain(Reason::Torn),
            });
        }
        if !self.answers {
            return ended(JobOutcome::Sent);
        }
        let told_before = before != PrinterState::Unknown;
        let wait_ms = if told_before { confirm_ms } else { self.timeouts.answer_ms };
        let Ok(confirmed) = self.answer(wait_ms, escpos::is_confirmation).await else {
            return ended(JobOutcome::Uncertain(Reason::Torn));
        };
        if confirmed.is_none() && !told_before {
            return ended(JobOutcome::Sent);
        }
        let after = self.status().await.map(|status| status.state());
        match (confirmed, after) {
            (Some(_), after) => {
                Delivery { outcome: JobOutcome::Printed, state: after.ok(), confirmation_missed: false }
            }
            (None, Err(_)) => ended(JobOutcome::Uncertain(Reason::Torn)),
            (None, Ok(PrinterState::Unknown)) => ended(JobOutcome::Uncertain(Reason::Silent)),
            (None, Ok(state)) if state.may_print() => {
                Delivery { outcome: JobOutcome::Sent, state: Some(state), confirmation_missed: true }
            }
            (None, Ok(state)) => Delivery {
                outcome: JobOutcome::Uncertain(Reason::of_state(state)),
                state: Some(state),
                confirmation_missed: false,
            },
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), WriteFailure> {
        let limit_ms = self.timeouts.write_ms;
        let limit = Duration::from_millis(limit_ms);
        let mut written = 0;
        while written < bytes.len() {
            let end = bytes.len().min(written + CHUNK_BYTES);
            let fail = |error| WriteFailure { written, error };
            match timeout(limit, self.channel.write(&bytes[written..end])).await {
                Ok(Ok(0)) => return Err(fail(LinkError::Torn(std::io::ErrorKind::WriteZero.into()))),
                Ok(Ok(taken)) => written += taken,
                Ok(Err(error)) => return Err(fail(LinkError::Torn(error))),
                Err(_) => return Err(fail(LinkError::Stalled(limit_ms))),
            }
        }
        let fail = |error| WriteFailure { written, error };
        match timeout(limit, self.channel.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(fail(LinkError::Torn(error))),
            Err(_) => Err(fail(LinkError::Stalled(limit_ms))),
        }
    }

    /// The next byte that `is_answer`, others passed over; `None` when none came in time.
    async fn answer(&mut self, limit_ms: u64, is_answer: fn(u8) -> bool) -> Result<Option<u8>, LinkError> {
        let read = async {
            for _ in 0..PASSED_OVER_MAX {
                let byte = self.channel.read_u8().await?;
                if is_answer(byte) {
                    return Ok(Some(byte));
                }
            }
            Ok(None)
        };
        match timeout(Duration::from_millis(limit_ms), read).await {
            Ok(answer) => answer.map_err(LinkError::Torn),
            Err(_) => Ok(None),
        }
    }
}

struct WriteFailure {
    written: usize,
    error: LinkError,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    fn network(host: &str, port: u16) -> Link {
        Link::Network { host: host.into(), port }
    }

    #[test]
    fn places_are_read_and_written() {
        assert_eq!("tcp://printer-1.hall:9101".parse(), Ok(network("printer-1.hall", 9101)));
        assert_eq!("tcp://192.168.1.7".parse(), Ok(network("192.168.1.7", 9100)));
        assert_eq!("tcp://[fe80::1]:9100/".parse(), Ok(network("fe80::1", 9100)));
        assert_eq!("tcp://[::1]".parse(), Ok(network("::1", 9100)));
        assert_eq!("file:/dev/usb/lp0".parse(), Ok(Link::File { path: "/dev/usb/lp0".into() }));
        for text in ["tcp://[::1]:9100", "tcp://kiosk:9100", "file:out.bin"] {
            assert_eq!(text.parse::<Link>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn nonsense_is_refused_with_the_forms_that_work() {
        for text in
            ["", "kiosk", "tcp://", "tcp://:9100", "tcp://a:b", "tcp://a:0", "tcp://a b", "file:", "usb:"]
        {
            let refused = text.parse::<Link>().unwrap_err();
            assert!(refused.to_string().contains("tcp://HOST"), "{text}");
        }
    }
}
