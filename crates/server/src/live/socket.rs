//! One connection: sends what its topic tells, listens to little, and keeps nobody's place who is gone. Its
//! future is kept small: a thousand screens are a thousand of them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message};

use super::feed::{Audience, Seat};
use super::frame::{FrameKind, SharedFrame};
use super::inbound::{self, Allowance, MESSAGE_BYTES_MAX};
use crate::access::Principal;
use crate::api::types::{ClientFrame, ScreenReport};
use crate::screens::check;
use crate::state::AppState;

/// Read at once from a connection: a report fits, and a thousand screens cost half a megabyte.
const READ_BUFFER_BYTES: usize = 512;
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
    /// On public topics: of an enrolled screen alone.
    pub principal: Option<Arc<Principal>>,
}

impl Guest {
    /// The principal of a screen that enrolled.
    fn screen(&self) -> Option<&Principal> {
        self.principal.as_deref().filter(|_| self.audience == Audience::Display)
    }

    fn greeting(&self) -> Vec<SharedFrame> {
        let greet = |screen| self.seat.feed.greet(self.app.accounts(), screen, self.seat.connection);
        self.screen().map(greet).unwrap_or_default()
    }

    /// What an enrolled screen is, once more.
    fn reminder(&self) -> Option<SharedFrame> {
        self.screen().and_then(|_| self.seat.feed.remind(self.seat.connection))
    }

    /// What it says of itself; false when it is nothing a screen says.
    fn takes(&self, said: ClientFrame) -> bool {
        let (feed, connection) = (&self.seat.feed, self.seat.connection);
        let (position, report) = match said {
            ClientFrame::Rendered { position } => (Some(position), None),
            ClientFrame::Report(report) if !check::is_report(&report) => return false,
            ClientFrame::Report(mut report) => (report.position.take(), Some(report)),
        };
        let drawn = position.as_ref().and_then(|at| feed.rendered(&self.audience, connection, at));
        if self.screen().is_some() {
            if let Some(drawn) = drawn {
                feed.screen_drew(connection, drawn);
            }
            if let Some(report) = report {
                feed.screen_reported(connection, ScreenReport { position, ..*report });
            }
        }
        true
    }
}

/// Why a connection ends.
enum Ended {
    /// The other side went, or cannot be reached.
    Gone,
    /// We close, with this code and reason.
    Closing(CloseCode, &'static str),
}

const GARBAGE: Ended =
    Ended::Closing(CloseCode::Policy, "a screen only reports what it shows and how it does");
const FLOOD: Ended = Ended::Closing(CloseCode::Policy, "too many messages");
const REVOKED: Ended = Ended::Closing(CloseCode::Policy, "the token or the session is no longer in force");
const OVER: Ended = Ended::Closing(CloseCode::Away, "nothing more to tell here");

/// Serves one connection until it ends. What happens once (the welcome, the farewell) is boxed: it need not have a
/// place in the future all the time.
pub async fn attend(upgrade: OnUpgrade, guest: Guest, since: Option<String>) {
    let Some((mut connection, receiver)) = Box::pin(open(upgrade, guest, since)).await else { return };
    let ended = match receiver {
        Some(receiver) => connection.converse(receiver).await,
        None => OVER,
    };
    if let Ended::Closing(code, reason) = ended {
        Box::pin(connection.bid_farewell(code, reason)).await;
    }
}

/// Greets a screen and gives it its place; without a receiver there is nothing to tell here.
///
/// The welcome goes out before there is a websocket on the connection: a websocket keeps a buffer as large as the
/// largest frame it ever sent, and a snapshot is ten times a call.
async fn open(
    upgrade: OnUpgrade,
    guest: Guest,
    since: Option<String>,
) -> Option<(Box<Connection>, Option<Receiver<SharedFrame>>)> {
    let mut stream = TokioIo::new(upgrade.await.ok()?);
    let welcome = guest.seat.feed.welcome(&guest.audience, since.as_deref());
    let receiver = match welcome {
        Some(mut welcome) => {
            welcome.frames.extend(guest.greeting());
            let bytes = framed(welcome.frames);
            timeout(WRITE_STALL_MAX, stream.write_all(&bytes)).await.ok()?.ok()?;
            Some(welcome.receiver)
        }
        None => None,
    };
    let bounds = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    let socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(bounds)).await;
    let connection =
        Connection { allowance: Allowance::new(Instant::now()), life: SignsOfLife::default(), socket, guest };
    Some((Box::new(connection), receiver))
}

/// Frames as they go over the wire: a server's are not masked.
fn framed(frames: Vec<SharedFrame>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for frame in frames {
        let frame = Frame::message(frame.text, OpCode::Data(Data::Text), true);
        frame.format(&mut bytes).expect("memory takes every byte");
    }
    bytes
}

/// Heartbeats are the connection's clock: it needs no timer of its own.
#[derive(Default)]
struct SignsOfLife {
    heard: bool,
    asked: bool,
    heartbeats: u8,
}

struct Connection {
    socket: WebSocketStream<TokioIo<Upgraded>>,
    guest: Guest,
    allowance: Allowance,
    life: SignsOfLife,
}

impl Connection {
    async fn converse(&mut self, mut receiver: Receiver<SharedFrame>) -> Ended {
        loop {
            let step = tokio::select! {
                told = receiver.recv() => match told {
                    Ok(frame) => self.pass_on(frame).await,
                    Err(RecvError::Lagged(_)) => {
                        match self.guest.seat.feed.welcome(&self.guest.audience, None) {
                            Some(mut again) => {
                                receiver = again.receiver;
                                again.frames.extend(self.guest.reminder());
                                Box::pin(self.send_all(again.frames)).await
                            }
                            None => Err(OVER),
                        }
                    }
                    Err(RecvError::Closed) => Err(OVER),
                },
                said = self.socket.next() => self.hear(said),
            };
            if let Err(ended) = step {
                return ended;
            }
        }
    }

    async fn pass_on(&mut self, frame: SharedFrame) -> Result<(), Ended> {
        let own = self.guest.seat.connection;
        match frame.kind {
            FrameKind::Personal { connection } if connection != own => return Ok(()),
            FrameKind::Dismissal { connection } if connection == own => return Err(REVOKED),
            FrameKind::Dismissal { .. } => return Ok(()),
            _ => self.send(Message::Text(frame.text)).await?,
        }
        match frame.kind {
            FrameKind::Heartbeat => self.look_for_life().await,
            FrameKind::Snapshot => {
                let reminder = self.guest.reminder().into_iter().collect();
                Box::pin(self.send_all(reminder)).await
            }
            _ => Ok(()),
        }
    }

    async fn look_for_life(&mut self) -> Result<(), Ended> {
        let Guest { app, principal, .. } = &self.guest;
        if principal.as_ref().is_some_and(|principal| !app.accounts().is_in_force(principal)) {
            return Err(REVOKED);
        }
        let life = &mut self.life;
        life.heartbeats += 1;
        if life.heartbeats < HEARTBEATS_PER_PING {
            return Ok(());
        }
        if life.asked && !life.heard {
            return Err(Ended::Gone);
        }
        *life = SignsOfLife { asked: true, ..SignsOfLife::default() };
        self.send(Message::Ping(bytes::Bytes::new())).await
    }

    fn hear(&mut self, said: Option<tungstenite::Result<Message>>) -> Result<(), Ended> {
        self.life.heard = true;
        let message = match said {
            None | Some(Ok(Message::Close(_))) => return Err(Ended::Gone),
            Some(Err(_)) => return Err(GARBAGE),
            Some(Ok(message)) => message,
        };
        if !self.allowance.take(Instant::now()) {
            return Err(FLOOD);
        }
        match message {
            Message::Text(text) => match inbound::parse(&text) {
                Some(said) => {
                    if self.guest.takes(said) {
                        Ok(())
                    } else {
                        Err(GARBAGE)
                    }
                }
                None => Err(GARBAGE),
            },
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Binary(_) | Message::Close(_) | Message::Frame(_) => Err(GARBAGE),
        }
    }

    async fn send_all(&mut self, frames: Vec<SharedFrame>) -> Result<(), Ended> {
        for frame in frames {
            self.send(Message::Text(frame.text)).await?;
        }
        Ok(())
    }

    async fn send(&mut self, message: Message) -> Result<(), Ended> {
        match timeout(WRITE_STALL_MAX, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Gone),
        }
    }

    async fn bid_farewell(&mut self, code: CloseCode, reason: &'static str) {
        let farewell = async {
            let close = CloseFrame { code, reason: reason.into() };
            if self.socket.send(Message::Close(Some(close))).await.is_ok() {
                // Unread bytes would turn the close into a reset that loses it.
                while let Some(Ok(_)) = self.socket.next().await {}
            }
        };
        let _ = timeout(FAREWELL_MAX, farewell).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of the future that this function makes.
    fn future_bytes<A, B, C, F>(_: impl FnOnce(A, B, C) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn a_connection_stays_small() {
        let (future, connection) = (future_bytes(attend), size_of::<Connection>());
        // With buffers and what the libraries keep, a screen then takes about 2.5 KiB; the budget is 4.
        assert!(future + connection <= 1_280, "{future} + {connection} bytes");
    }
}
