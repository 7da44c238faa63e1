//! From an address to a websocket: TCP, TLS where it is needed, the handshake, each with a time limit and a reason
//! when it fails.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use khiw_printing::wire::{FROM_SERVER_BYTES_MAX, close};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use serde_json::Value;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::address::ServerAddress;
use crate::token::{self, TokenError};
use crate::trust::{self, TrustError};

/// Each step of a connection takes at most so long.
const STEP_MAX: Duration = Duration::from_secs(10);

/// What is likely when something else answers.
pub const NO_SERVER: &str = "is this the address of a Khiw server?";

/// Both directions of a connection.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

pub type Socket = WebSocketStream<Box<dyn Stream>>;

/// Where the server is, and whom to believe that it is.
pub struct Door {
    pub server: ServerAddress,
    /// None: plain, on this machine.
    pub trust: Option<Arc<ClientConfig>>,
}

/// How to get to the server as the agent of a site.
pub struct Way {
    pub door: Door,
    pub site: String,
    pub token_file: PathBuf,
}

/// Why a connection did not come about, or ended.
#[derive(Debug, Error)]
pub enum Trouble {
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, io::Error),
    #[error("{0} does not answer in time")]
    Silent(String),
    #[error(
        "{0} cannot be believed to be the server ({1}): is --ca the file that `khiw ca export` wrote there, and is \
         the server called so?"
    )]
    Untrusted(String, rustls::Error),
    #[error("the server refused: {status} {code}: {detail}")]
    Refused { status: u16, code: String, detail: String },
    #[error("the server closed the connection: {reason} ({code})")]
    Closed { code: u16, reason: String },
    #[error("the server said what cannot be understood: {0}")]
    Garbage(String),
    #[error("the connection ended")]
    Ended,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("the agent's own print spool: {0}")]
    Spool(#[from] khiw_printing::SpoolError),
    #[error("the connection: {0}")]
    Socket(Box<tungstenite::Error>),
    #[error("the connection: {0}")]
    Cut(Box<dyn std::error::Error + Send + Sync>),
}

impl Trouble {
    /// Whether people must change something first: there is no hurry to try again.
    pub fn needs_people(&self) -> bool {
        match self {
            Self::Untrusted(..) | Self::Garbage(_) | Self::Token(_) => true,
            // 5xx: the server is starting, or full. 408, 429: slow, or asked too often.
            Self::Refused { status, .. } => *status < 500 && !matches!(*status, 408 | 429),
            Self::Closed { code, .. } => {
                matches!(*code, close::SERVED | close::PROTOCOL | close::GARBAGE | close::REVOKED)
            }
            _ => false,
        }
    }
}

impl From<tungstenite::Error> for Trouble {
    fn from(error: tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::Http(response) => {
                refused(response.status().as_u16(), response.body().as_deref())
            }
            tungstenite::Error::Capacity(error) => Self::Garbage(error.to_string()),
            tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => Self::Ended,
            error => Self::Socket(Box::new(error)),
        }
    }
}

/// What an answer that is no websocket says: a problem of the server's, or anything.
fn refused(status: u16, body: Option<&[u8]>) -> Trouble {
    let problem = body.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
    let usual = match status {
        401 => ("unauthenticated", "the token is not in force there"),
        403 => ("forbidden", "the token is not one of an agent of this site"),
        404 => ("not_found", "there is no such site or printer"),
        409 => ("conflict", "the printer is not one for an agent"),
        _ => ("no_websocket", NO_SERVER),
    };
    as_problem(status, &problem, usual)
}

/// A refusal by its code and detail, or by the usual ones when it is no problem of the server's.
pub fn as_problem(status: u16, problem: &Value, usual: (&str, &str)) -> Trouble {
    let text = |name: &str, usual: &str| problem[name].as_str().unwrap_or(usual).to_owned();
    Trouble::Refused { status, code: text("code", usual.0), detail: text("detail", usual.1) }
}

impl Way {
    /// A websocket for this printer, before anything is said.
    pub async fn connect(&self, printer: &str) -> Result<Socket, Trouble> {
        let token = token::read(&self.token_file)?;
        let stream = self.door.stream().await?;
        let scheme = if self.door.trust.is_some() { "wss" } else { "ws" };
        let (authority, site) = (self.door.server.authority(), &self.site);
        let address =
            format!("{scheme}://{authority}/api/v1/sites/{site}/live?topic=printer&printer={printer}");
        let mut request = address.into_client_request()?;
        let bearer = format!("Bearer {token}").parse();
        let bearer = bearer.map_err(|_| TokenError::NoToken(self.token_file.clone()))?;
        request.headers_mut().insert("authorization", bearer);
        let bounds = WebSocketConfig::default()
            .max_message_size(Some(FROM_SERVER_BYTES_MAX))
            .max_frame_size(Some(FROM_SERVER_BYTES_MAX));
        let opened = client_async_with_config(request, stream, Some(bounds));
        let (socket, _) = self.door.in_time(opened).await??;
        Ok(socket)
    }
}

impl Door {
    pub fn new(server: ServerAddress, ca: Option<&Path>) -> Result<Self, TrustError> {
        let trust = server.tls.then(|| trust::config(ca)).transpose()?;
        Ok(Self { server, trust })
    }

    pub async fn stream(&self) -> Result<Box<dyn Stream>, Trouble> {
        let unreachable = |error| Trouble::Unreachable(self.server.to_string(), error);
        let tcp = TcpStream::connect((self.server.host.as_str(), self.server.port));
        let tcp = self.in_time(tcp).await?.map_err(unreachable)?;
        // Outcomes are short: they must not wait for company.
        tcp.set_nodelay(true).map_err(unreachable)?;
        let Some(trust) = &self.trust else { return Ok(Box::new(tcp)) };
        let name = ServerName::try_from(self.server.host.clone())
            .map_err(|error| unreachable(io::Error::other(error)))?;
        let shaken = TlsConnector::from(Arc::clone(trust)).connect(name, tcp);
        match self.in_time(shaken).await? {
            Ok(tls) => Ok(Box::new(tls)),
            Err(error) => {
                Err(match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                    Some(wrong @ rustls::Error::InvalidCertificate(_)) => {
                        Trouble::Untrusted(self.server.to_string(), wrong.clone())
                    }
                    _ => unreachable(error),
                })
            }
        }
    }

    pub async fn in_time<T>(&self, step: impl Future<Output = T>) -> Result<T, Trouble> {
        timeout(STEP_MAX, step).await.map_err(|_| Trouble::Silent(self.server.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_the_server_said_or_what_is_likely() {
        let body = br#"{"code":"unknown_printer","detail":"site `hall` has no printer `x`"}"#;
        let said = refused(404, Some(body)).to_string();
        assert_eq!(said, "the server refused: 404 unknown_printer: site `hall` has no printer `x`");
        let said = refused(403, Some(b"<html>")).to_string();
        assert!(said.contains("403 forbidden: the token is not one of an agent"), "{said}");
        assert!(refused(200, None).to_string().contains("is this the address of a Khiw server?"));
    }

    #[test]
    fn what_passes_by_itself_is_tried_again_soon() {
        assert!(!refused(503, None).needs_people() && !refused(429, None).needs_people());
        assert!(refused(401, None).needs_people());
        let closed = |code| Trouble::Closed { code, reason: String::new() };
        assert!(closed(close::SERVED).needs_people() && closed(close::PROTOCOL).needs_people());
        assert!(!closed(close::AWAY).needs_people() && !closed(close::SPOOL).needs_people());
    }
}
