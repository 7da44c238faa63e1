//! The local control socket `DIR/control.sock`: how `khiw apply`, `token` and `backup` reach the running server,
//! which alone holds the data folder. One JSON object a line, asked and answered in turn; for the folder's owner
//! alone. Not for pages and not for the network: that is the API.

mod client;
mod server;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use khiw_domain::config::SiteConfig;
use khiw_domain::id::{CounterId, SiteId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use client::ask;
pub use server::{ControlSocket, open};

use crate::access::Kind;

/// The socket's name inside the data folder.
pub const CONTROL_SOCKET: &str = "control.sock";
/// Longest request or answer: a whole site's configuration has its place in it.
pub const LINE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// What can be asked. The answers' shapes stand beside each.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Answer: [`Status`].
    Status,
    /// The configuration in force. Answer: `SiteConfig`, or null when there is no such site yet.
    Config { site: SiteId },
    /// Declares or updates a site. Answer: [`Applied`].
    Apply { config: Arc<SiteConfig> },
    /// Answer: [`NewSecret`].
    TokenCreate {
        kind: Kind,
        site: SiteId,
        #[serde(default)]
        counter: Option<CounterId>,
        #[serde(default)]
        label: String,
    },
    /// Answer: a list of `access::TokenEntry`, newest first.
    TokenList {
        #[serde(default)]
        site: Option<SiteId>,
    },
    /// Answer: the `access::TokenEntry`.
    TokenRevoke { id: String },
    /// Copies the journal to a new file, while the hall goes on. Answer: [`BackedUp`].
    Backup { to: PathBuf },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub version: String,
    pub process: u32,
    pub listen: String,
    pub simulated: bool,
    pub sites: Vec<SiteStatus>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteStatus {
    pub id: SiteId,
    pub position: String,
    pub live_tickets: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The last record of the site's stream.
    pub seq: u64,
    /// False: the site was configured so already.
    pub changed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSecret {
    pub id: String,
    /// Told this once; kept only as a hash.
    pub secret: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    pub bytes: u64,
}

/// An answer's line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done(serde_json::Value),
    Refused(Refused),
}

/// Why it was not done: `code` is stable, the facts as in the API's problems.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Error)]
#[error("{detail} ({code})")]
pub struct Refused {
    pub code: String,
    pub detail: String,
    #[serde(default)]
    pub facts: serde_json::Map<String, serde_json::Value>,
}

#[derive(Debug, Error)]
pub enum ControlError {
    /// No server runs on this data folder: take its lock and do it without.
    #[error("no server runs on {}", .0.display())]
    NoServer(PathBuf),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("the control socket {}: {error}", path.display())]
    Socket { path: PathBuf, error: std::io::Error },
    #[error("the server's answer cannot be read: {0}")]
    Answer(String),
}

fn socket_path(folder: &Path) -> PathBuf {
    folder.join(CONTROL_SOCKET)
}
