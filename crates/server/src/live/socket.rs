//! One connection: sends what its topic tells, listens to little, and keeps nobody's place who is gone. Its
//! future is kept small: a thousand screens are a thousand of them.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout};

use super::feed::{Audience, Seat};
use super::frame::{FrameKind, SharedFrame};
use super::inbound::{self, Allowance};
use super::snapshot::Welcome;
use crate::access::Principal;
use crate::api::types::ClientFrame;
use crate::state::AppState;

/// A screen that takes no byte for so long is gone, or might as well be.
const WRITE_STALL_MAX: Duration = Duration::from_secs(10);
/// Every so many heartbeats (20 s) a sign of life is asked for; none until the next time ends the connection.
const HEARTBEATS_PER_PING: u8 = 4;
/// After a close the other side has this long to take it.
const FAREWELL_MAX: Duration = Duration::from_secs(1);

/// Who listens to what.
pub struct Guest {
    pub app: AppState,
    pub seat: Seat,
    pub audience: Audience,
    /// None on public topics.
    pub principal: Option<Arc<Principal>>,
}

/// Why a connection ends.
enum Ended {
    /// The other side went, or cannot be reached.
    Gone,
    /// We close, with this code and reason.
    Closing(u16, &'static str),
}

const GARBAGE: Ended = Ended::Closing(close_code::POLICY, "a screen only reports what it rendered");
const FLOOD: Ended = Ended::Closing(close_code::POLICY, "too many messages");
const REVOKED: Ended = Ended::Closing(close_code::POLICY, "the token is no longer in force");
const OVER: Ended = Ended::Closing(close_code::AWAY, "nothing more to tell here");

/// Serves one connection until it ends.
pub async fn attend(mut socket: WebSocket, guest: Guest, since: Option<String>) {
    let ended = match guest.seat.feed.welcome(&guest.audience, since.as_deref()) {
        Some(welcome) => converse(&mut socket, &guest, welcome).await,
        None => OVER,
    };
    if let Ended::Closing(code, reason) = ended {
        let farewell = async {
            let close = CloseFrame { code, reason: reason.into() };
            if socket.send(Message::Close(Some(close))).await.is_ok() {
                // Unread bytes would turn the close into a reset that loses it.
                while let Some(Ok(_)) = socket.recv().await {}
            }
        };
        let _ = timeout(FAREWELL_MAX, farewell).await;
    }
}

async fn converse(socket: &mut WebSocket, guest: &Guest, welcome: Welcome) -> Ended {
    let Welcome { frames, mut receiver } = welcome;
    if let Err(ended) = send_all(socket, frames).await {
        return ended;
    }
    let mut allowance = Allowance::new(Instant::now());
    let mut life = SignsOfLife::default();
    loop {
        let step = tokio::select! {
            told = receiver.recv() => match told {
                Ok(frame) => pass_on(socket, guest, &mut life, frame).await,
                Err(RecvError::Lagged(_)) => match guest.seat.feed.welcome(&guest.audience, None) {
                    Some(again) => {
                        receiver = again.receiver;
                        send_all(socket, again.frames).await
                    }
                    None => Err(OVER),
                },
                Err(RecvError::Closed) => Err(OVER),
            },
            said = socket.recv() => {
                life.heard = true;
                hear(guest, &mut allowance, said)
            }
        };
        if let Err(ended) = step {
            return ended;
        }
    }
}

/// Heartbeats are the connection's clock: it needs no timer of its own.
#[derive(Default)]
struct SignsOfLife {
    heard: bool,
    asked: bool,
    heartbeats: u8,
}

async fn pass_on(
    socket: &mut WebSocket,
    guest: &Guest,
    life: &mut SignsOfLife,
    frame: SharedFrame,
) -> Result<(), Ended> {
    let is_heartbeat = frame.kind == FrameKind::Heartbeat;
    send(socket, Message::Text(frame.text)).await?;
    if !is_heartbeat {
        return Ok(());
    }
    if guest.principal.as_ref().is_some_and(|principal| !guest.app.accounts().is_in_force(principal)) {
        return Err(REVOKED);
    }
    life.heartbeats += 1;
    if life.heartbeats < HEARTBEATS_PER_PING {
        return Ok(());
    }
    if life.asked && !life.heard {
        return Err(Ended::Gone);
    }
    *life = SignsOfLife { asked: true, ..SignsOfLife::default() };
    send(socket, Message::Ping(axum::body::Bytes::new())).await
}

fn hear(
    guest: &Guest,
    allowance: &mut Allowance,
    said: Option<Result<Message, axum::Error>>,
) -> Result<(), Ended> {
    let message = match said {
        None | Some(Ok(Message::Close(_))) => return Err(Ended::Gone),
        Some(Err(_)) => return Err(GARBAGE),
        Some(Ok(message)) => message,
    };
    if !allowance.take(Instant::now()) {
        return Err(FLOOD);
    }
    match message {
        Message::Text(text) => match inbound::parse(&text) {
            Some(ClientFrame::Rendered { position }) => {
                guest.seat.feed.rendered(&guest.audience, guest.seat.connection, &position);
                Ok(())
            }
            None => Err(GARBAGE),
        },
        Message::Ping(_) | Message::Pong(_) => Ok(()),
        Message::Binary(_) | Message::Close(_) => Err(GARBAGE),
    }
}

async fn send_all(socket: &mut WebSocket, frames: Vec<SharedFrame>) -> Result<(), Ended> {
    for frame in frames {
        send(socket, Message::Text(frame.text)).await?;
    }
    Ok(())
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Ended> {
    match timeout(WRITE_STALL_MAX, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Ended::Gone),
    }
}
