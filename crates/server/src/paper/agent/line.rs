//! One connection of an agent: greets it, brings what it says to its printer's desk and what the desk says to it, and
//! notices when it is gone. Decides nothing about jobs.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use khiw_printing::wire::{
    self, FROM_AGENT_BYTES_MAX, FromAgent, FromServer, GREETING_MAX, HEARTBEAT_EVERY, PROTOCOL, SILENCE_MAX,
    close,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::door::{Door, FROM_AGENT_MAX, Line, Saying, TO_AGENT_MAX};
use crate::access::Principal;
use crate::state::AppState;

/// An agent that takes no byte for so long is gone.
const WRITE_STALL_MAX: Duration = Duration::from_secs(10);
/// After a close the agent has this long to take it.
const FAREWELL_MAX: Duration = Duration::from_secs(1);

/// Who came, and for which printer.
pub struct Caught {
    pub app: AppState,
    pub principal: Arc<Principal>,
    pub door: Door,
}

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Why a connection ends.
enum Ended {
    Gone,
    Closing(u16, Cow<'static, str>),
}

const LET_GO: Ended = Ended::Closing(close::AWAY, Cow::Borrowed("nothing more to print here"));

/// Serves one connection until it ends.
pub async fn attend(upgrade: OnUpgrade, caught: Caught) {
    let Ok(upgraded) = upgrade.await else { return };
    let bounds = WebSocketConfig::default()
        .max_message_size(Some(FROM_AGENT_BYTES_MAX))
        .max_frame_size(Some(FROM_AGENT_BYTES_MAX));
    let mut socket =
        WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(bounds)).await;
    let Err(ended) = converse(&mut socket, &caught).await;
    if let Ended::Closing(code, reason) = ended {
        tracing::info!(agent = %caught.principal.id, code, %reason, "an agent is sent away");
        bid_farewell(&mut socket, code, &reason).await;
    }
}

async fn converse(socket: &mut Socket, caught: &Caught) -> Result<std::convert::Infallible, Ended> {
    let spool = greeted(socket).await?;
    let (to_agent, mut sayings) = mpsc::channel(TO_AGENT_MAX);
    let (heard, from_agent) = mpsc::channel(FROM_AGENT_MAX);
    let line = Line { spool, to_agent, from_agent };
    caught.door.send(line).await.map_err(|_| LET_GO)?;
    // Not at once: the first word is the desk's.
    let mut beat = interval_at(Instant::now() + HEARTBEAT_EVERY, HEARTBEAT_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_heard = Instant::now();
    loop {
        tokio::select! {
            saying = sayings.recv() => match saying {
                Some(Saying::Frame(frame)) => say(socket, &frame).await?,
                Some(Saying::Close(code, reason)) => return Err(Ended::Closing(code, reason.into())),
                None => return Err(LET_GO),
            },
            said = socket.next() => {
                last_heard = Instant::now();
                if let Some(frame) = frame_in(said)? {
                    // A desk that let go has a last word among the sayings.
                    let _ = heard.send(frame).await;
                }
            }
            _ = beat.tick() => {
                if last_heard.elapsed() > SILENCE_MAX {
                    return Err(Ended::Gone);
                }
                if !caught.app.accounts().is_in_force(&caught.principal) {
                    return Err(Ended::Closing(close::REVOKED, "the token is no longer in force".into()));
                }
                say(socket, &FromServer::Heartbeat { now: jiff::Timestamp::now() }).await?;
                send(socket, Message::Ping(bytes::Bytes::new())).await?;
            }
        }
    }
}

/// The name of the agent's spool.
async fn greeted(socket: &mut Socket) -> Result<String, Ended> {
    let first = async {
        loop {
            if let Some(frame) = frame_in(socket.next().await)? {
                return Ok(frame);
            }
        }
    };
    let first = timeout(GREETING_MAX, first).await.map_err(|_| Ended::Gone)??;
    match first {
        FromAgent::Hello { protocol, .. } if !protocol.goes_with(PROTOCOL) => {
            let reason = format!("this server speaks {PROTOCOL}, the agent {protocol}: update the older one");
            Err(Ended::Closing(close::PROTOCOL, reason.into()))
        }
        FromAgent::Hello { spool, version, .. } => {
            tracing::debug!(spool, version, "an agent greets");
            Ok(spool)
        }
        _ => Err(Ended::Closing(close::GARBAGE, "the first frame is no hello".into())),
    }
}

/// The frame that was said; none when it was none.
fn frame_in(said: Option<Result<Message, Error>>) -> Result<Option<FromAgent>, Ended> {
    let garbage = |reason: &'static str| Ended::Closing(close::GARBAGE, reason.into());
    match said {
        Some(Err(Error::Capacity(CapacityError::MessageTooLong { .. }))) => {
            Err(garbage("a frame is longer than any may be"))
        }
        None | Some(Ok(Message::Close(_)) | Err(_)) => Err(Ended::Gone),
        Some(Ok(Message::Text(text))) => match wire::read(&text) {
            Ok(frame) => Ok(Some(frame)),
            Err(error) => {
                tracing::warn!(%error, "from an agent");
                Err(garbage("a frame cannot be read"))
            }
        },
        Some(Ok(Message::Binary(_))) => Err(garbage("frames are text")),
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(None),
    }
}

async fn say(socket: &mut Socket, frame: &FromServer) -> Result<(), Ended> {
    match wire::write(frame) {
        Ok(text) => send(socket, Message::text(text)).await,
        Err(error) => {
            tracing::error!(%error, "a frame cannot be written");
            Ok(())
        }
    }
}

async fn send(socket: &mut Socket, message: Message) -> Result<(), Ended> {
    match timeout(WRITE_STALL_MAX, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Ended::Gone),
    }
}

async fn bid_farewell(socket: &mut Socket, code: u16, reason: &str) {
    let farewell = async {
        let close = CloseFrame { code: code.into(), reason: reason.into() };
        if socket.send(Message::Close(Some(close))).await.is_ok() {
            // Unread bytes would turn the close into a reset that loses it.
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    let _ = timeout(FAREWELL_MAX, farewell).await;
}
