//! What a server and a print agent say to each other: JSON objects, each with a `type`, over a websocket.
//!
//! Plain values for both ends. Must not know sockets. How it goes:
//!
//! 1. agent: `hello` with its protocol and the name of its spool; server: `welcome` with the printer's settings;
//! 2. agent: an `outcome` for whatever the server has not acknowledged, the printer's `state`, then `ready`;
//! 3. server: a `job` each; agent: `accepted` once its own spool has it durably, later its `outcome`; server:
//!    `acknowledged` once it knows durably;
//! 4. server: `withdraw` when nobody waits for a job any more (its ticket is final, a newer paper was ordered, or it was
//!    given up while the agent was away), `give_back` when another printer is to take a job over, `settings` when they
//!    changed, `heartbeat` every few seconds.
//!
//! Whatever is said twice does no harm: a job's key decides. A frame of a type that is not known is passed over, so that
//! a newer end may say more; what cannot be passed over needs a new major version.
//!
//! 1.1: `withdraw` names a job. `expire` of 1.0 named a ticket, and took back the paper that staff had just ordered anew;
//! it is passed over. An agent of 1.0 passes `withdraw` over and prints a paper that nobody waits for, which is the
//! lesser harm.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::escpos::{PrinterState, Status};
use crate::job::{JobKey, JobState};
use crate::spool::{Given, Told};

/// What both ends of this version speak.
pub const PROTOCOL: Protocol = Protocol { major: 1, minor: 1 };
/// Longest frame of an agent: an outcome takes 200 bytes.
pub const FROM_AGENT_BYTES_MAX: usize = 16 * 1024;
/// Longest frame of a server: the settings carry a site's templates and pictures.
pub const FROM_SERVER_BYTES_MAX: usize = 2 * 1024 * 1024;
/// How often a server says that it is there.
pub const HEARTBEAT_EVERY: Duration = Duration::from_secs(5);
/// Without a word for so long, the other end is gone.
pub const SILENCE_MAX: Duration = Duration::from_secs(15);
/// The first word of either end comes within this time.
pub const GREETING_MAX: Duration = Duration::from_secs(10);

/// Why a server closes the connection, as close codes of the websocket.
pub mod close {
    /// The server stops, or the printer is no agent's any more.
    pub const AWAY: u16 = 1001;
    /// A newer connection of the same agent took its place.
    pub const REPLACED: u16 = 4001;
    /// Another agent serves this printer.
    pub const SERVED: u16 = 4002;
    /// The versions do not go together.
    pub const PROTOCOL: u16 = 4003;
    /// A frame could not be read.
    pub const GARBAGE: u16 = 4004;
    /// The token is no longer in force.
    pub const REVOKED: u16 = 4005;
    /// The server's spool failed: what was said is to be said again.
    pub const SPOOL: u16 = 4006;
}

/// A version of what is said. Ends with the same `major` understand each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protocol {
    pub major: u32,
    pub minor: u32,
}

impl Protocol {
    pub fn goes_with(self, other: Self) -> bool {
        self.major == other.major
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// How papers for this printer look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub site: String,
    pub width_dots: u16,
    /// A model of `config/printers`; none: one of no particular kind.
    #[serde(default)]
    pub profile: Option<String>,
    pub copies: u8,
    /// The site's own templates, as text, by the kind of paper.
    #[serde(default)]
    pub templates: BTreeMap<String, String>,
    /// PNG files in base64 by the name templates use.
    #[serde(default)]
    pub pictures: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromAgent {
    Hello {
        protocol: Protocol,
        /// The name of its spool: another one knows nothing of the jobs this one has.
        spool: String,
        /// Of the program, for people.
        #[serde(default)]
        version: String,
    },
    /// All that the server has not acknowledged has been said.
    Ready,
    State {
        state: PrinterState,
        #[serde(default)]
        told: Status,
    },
    Accepted {
        key: JobKey,
        handing: u32,
    },
    /// The job could not be taken in, or is not here.
    Refused {
        key: JobKey,
        handing: u32,
        reason: String,
    },
    Outcome {
        key: JobKey,
        handing: u32,
        outcome: JobState,
        /// The marked copy that follows an uncertain end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copy: Option<u32>,
    },
    #[serde(other, skip_serializing)]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromServer {
    Welcome {
        protocol: Protocol,
        settings: Box<Settings>,
    },
    Settings {
        settings: Box<Settings>,
    },
    Job {
        #[serde(flatten)]
        job: Box<Given>,
    },
    /// Expires here if it was not begun, and may then be printed elsewhere.
    GiveBack {
        key: JobKey,
        handing: u32,
    },
    /// Nobody waits for the job: it expires if it was not begun, and no copy follows it.
    Withdraw {
        key: JobKey,
        handing: u32,
    },
    Acknowledged {
        key: JobKey,
        handing: u32,
    },
    Heartbeat {
        now: jiff::Timestamp,
    },
    #[serde(other, skip_serializing)]
    Unknown,
}

/// A frame that is no frame.
#[derive(Debug, Error)]
#[error("a frame that cannot be read: {0}")]
pub struct Garbage(#[from] serde_json::Error);

/// Reads one frame. One of a type that is not known is `Unknown`.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Garbage> {
    Ok(serde_json::from_str(text)?)
}

/// Writes one frame.
pub fn write<T: Serialize>(frame: &T) -> Result<String, Garbage> {
    Ok(serde_json::to_string(frame)?)
}

impl From<Told> for FromAgent {
    fn from(told: Told) -> Self {
        let Told { key, handing, state, copy } = told;
        Self::Outcome { key, handing, outcome: state, copy }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;
    use crate::job::Reason;
    use crate::paper::TicketPaper;

    fn key() -> JobKey {
        JobKey { stream: "hall/oss@1".into(), seq: 7, index: 0, copy: 0 }
    }

    /// Both ways, and as it must stand on the wire.
    #[track_caller]
    fn stands<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(frame: &T, wire: &serde_json::Value) {
        let text = write(frame).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), *wire);
        assert_eq!(read::<T>(&text).unwrap(), *frame);
    }

    #[test]
    fn frames_stand_on_the_wire_as_older_ends_know_them() {
        let wire_key = serde_json::json!({"stream": "hall/oss@1", "seq": 7, "index": 0, "copy": 0});
        stands(
            &FromAgent::Hello { protocol: PROTOCOL, spool: "a1".into(), version: "0.1.0".into() },
            &serde_json::json!({"type": "hello", "protocol": {"major": 1, "minor": 1}, "spool": "a1",
                "version": "0.1.0"}),
        );
        stands(&FromAgent::Ready, &serde_json::json!({"type": "ready"}));
        stands(
            &FromAgent::Outcome {
                key: key(),
                handing: 2,
                outcome: JobState::Uncertain(Reason::Torn),
                copy: Some(1),
            },
            &serde_json::json!({"type": "outcome", "key": wire_key, "handing": 2,
                "outcome": {"state": "uncertain", "reason": "torn"}, "copy": 1}),
        );
        stands(
            &FromServer::GiveBack { key: key(), handing: 1 },
            &serde_json::json!({"type": "give_back", "key": wire_key, "handing": 1}),
        );
        stands(
            &FromServer::Withdraw { key: key(), handing: 1 },
            &serde_json::json!({"type": "withdraw", "key": wire_key, "handing": 1}),
        );
    }

    #[test]
    fn a_job_goes_over_the_wire_whole() {
        let paper = TicketPaper {
            number: "A007".into(),
            issued_at: "2026-11-20T09:41:00+07:00[Asia/Bangkok]".parse().unwrap(),
            ..TicketPaper::default()
        };
        let given = Given { key: key(), handing: 1, ticket: "7".into(), waited_ms: 40, paper };
        let frame = FromServer::Job { job: Box::new(given) };
        assert_eq!(read::<FromServer>(&write(&frame).unwrap()).unwrap(), frame);
    }

    #[test]
    fn a_newer_end_may_say_more_and_nonsense_is_refused() {
        let newer = r#"{"type":"temperature","celsius":41}"#;
        assert_eq!(read::<FromAgent>(newer).unwrap(), FromAgent::Unknown);
        let further = r#"{"type":"heartbeat","now":"2026-11-20T02:41:00Z","load":3}"#;
        assert!(matches!(read(further).unwrap(), FromServer::Heartbeat { .. }));
        for garbage in ["", "[]", "{}", r#"{"type":"accepted"}"#, r#"{"type":"state","state":"melted"}"#] {
            assert!(read::<FromAgent>(garbage).is_err(), "{garbage}");
        }
        let older = r#"{"type":"expire","stream":"hall/oss@1","ticket":"7"}"#;
        assert_eq!(read::<FromServer>(older).unwrap(), FromServer::Unknown);
        assert!(PROTOCOL.goes_with(Protocol { minor: 9, ..PROTOCOL }));
        assert!(!PROTOCOL.goes_with(Protocol { major: 2, ..PROTOCOL }));
    }
}
