//! One visit to the server: greeting, what came of papers, then jobs in and outcomes out until one end goes.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use khiw_printing::wire::{self, FromAgent, FromServer, GREETING_MAX, PROTOCOL, SILENCE_MAX};
use khiw_printing::{Given, JobKey, PrinterState, Status};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::connect::{Socket, Trouble};
use crate::post::Post;

/// A server that takes no byte for so long is gone.
const WRITE_STALL_MAX: Duration = Duration::from_secs(10);
/// At a stop the server has so long to take the last outcomes.
const FAREWELL_MAX: Duration = Duration::from_secs(2);
/// Outcomes told at once; the others follow as these are acknowledged.
const OUTCOMES_MAX: usize = 256;

/// Visits the server until it or we go. `Ok`: because `stopped` turned true.
pub async fn visit(post: &mut Post, mut stopped: watch::Receiver<bool>) -> Result<(), Trouble> {
    let way = &post.house.way;
    let socket = tokio::select! {
        socket = way.connect(&post.printer) => socket?,
        () = asked_to_stop(&mut stopped) => return Ok(()),
    };
    let mut visit = Visit { post, socket, said: HashSet::new() };
    visit.greet().await?;
    visit.post.failures = 0;
    visit.converse(stopped).await
}

struct Visit<'a> {
    post: &'a mut Post,
    socket: Socket,
    /// Outcomes that were told on this visit and are not acknowledged: job and handing.
    said: HashSet<(i64, u32)>,
}

/// What the printer tells; gone with its worker.
struct Watched {
    state: watch::Receiver<PrinterState>,
    told: watch::Receiver<Status>,
}

impl Visit<'_> {
    async fn greet(&mut self) -> Result<(), Trouble> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let spool = self.post.house.identity.clone();
        self.say(&FromAgent::Hello { protocol: PROTOCOL, spool, version }).await?;
        let silent = || Trouble::Silent(self.post.house.way.door.server.to_string());
        let first = async {
            loop {
                match next_frame(&mut self.socket).await? {
                    FromServer::Heartbeat { .. } | FromServer::Unknown => {}
                    frame => return Ok::<_, Trouble>(frame),
                }
            }
        };
        match timeout(GREETING_MAX, first).await.map_err(|_| silent())?? {
            FromServer::Welcome { protocol, .. } if !protocol.goes_with(PROTOCOL) => Err(Trouble::Garbage(
                format!("it speaks {protocol}, this agent {PROTOCOL}: update the older one"),
            )),
            FromServer::Welcome { settings, .. } => self.post.set_up(*settings).await,
            _ => Err(Trouble::Garbage("its first frame is no welcome".to_owned())),
        }
    }

    async fn converse(mut self, mut stopped: watch::Receiver<bool>) -> Result<(), Trouble> {
        let mut changes = self.post.house.spool.changes();
        self.tell_outcomes().await?;
        let mut watched = self.watched();
        self.tell_state(&mut watched).await?;
        self.say(&FromAgent::Ready).await?;
        tracing::info!(printer = self.post.printer, server = %self.post.house.way.door.server, "ready: the server is here");
        let mut last_heard = Instant::now();
        loop {
            tokio::select! {
                frame = next_frame(&mut self.socket) => {
                    last_heard = Instant::now();
                    if self.hear(frame?).await? {
                        watched = self.watched();
                        self.tell_state(&mut watched).await?;
                    }
                }
                () = sleep_until(last_heard + SILENCE_MAX) => {
                    return Err(Trouble::Silent(self.post.house.way.door.server.to_string()));
                }
                _ = changes.changed() => self.tell_outcomes().await?,
                Ok(()) = watched.state.changed() => self.tell_state(&mut watched).await?,
                Ok(()) = watched.told.changed() => self.tell_state(&mut watched).await?,
                () = asked_to_stop(&mut stopped) => break,
            }
        }
        // What comes of the paper in hand is told now, if the server still listens; else at the next start.
        self.post.stop_worker().await;
        let farewell = async {
            self.tell_outcomes().await?;
            self.socket.close(None).await.map_err(Trouble::from)
        };
        if let Ok(Err(trouble)) = timeout(FAREWELL_MAX, farewell).await {
            tracing::debug!(printer = self.post.printer, %trouble, "the farewell");
        }
        Ok(())
    }

    /// Whether the worker may be another one now.
    async fn hear(&mut self, frame: FromServer) -> Result<bool, Trouble> {
        match frame {
            FromServer::Job { job } => self.receive(*job).await?,
            FromServer::GiveBack { key, handing } => self.give_back(key, handing).await?,
            FromServer::Withdraw { key, handing } => {
                let asked = key.clone();
                let here = self.post.in_spool(move |spool| spool.withdraw(&asked, handing)).await?;
                self.or_refuse(here, key, handing).await?;
            }
            FromServer::Acknowledged { key, handing } => {
                let known = self.post.in_spool(move |spool| spool.acknowledged(&key, handing)).await?;
                if let Some(id) = known {
                    self.said.remove(&(id, handing));
                }
            }
            FromServer::Settings { settings } => {
                self.post.set_up(*settings).await?;
                return Ok(true);
            }
            FromServer::Heartbeat { .. } => {}
            FromServer::Welcome { .. } | FromServer::Unknown => {
                tracing::info!(printer = self.post.printer, "the server said what this version passes over");
            }
        }
        Ok(false)
    }

    /// Says that it has the job once it is durably here, and not before.
    async fn receive(&mut self, given: Given) -> Result<(), Trouble> {
        let (key, handing) = (given.key.clone(), given.handing);
        let printer = self.post.printer.clone();
        let received = self.post.in_spool(move |spool| spool.receive(&printer, &given)).await;
        let answer = match received {
            Ok(()) => FromAgent::Accepted { key, handing },
            Err(error) => {
                tracing::error!(printer = self.post.printer, %error, "a job cannot be kept");
                FromAgent::Refused { key, handing, reason: error.to_string().chars().take(200).collect() }
            }
        };
        self.say(&answer).await
    }

    /// What was not begun expires, which is told as its outcome.
    async fn give_back(&mut self, key: JobKey, handing: u32) -> Result<(), Trouble> {
        let asked = key.clone();
        let here = self.post.in_spool(move |spool| spool.give_back(&asked, handing)).await?;
        self.or_refuse(here, key, handing).await
    }

    /// What is not here is said at once.
    async fn or_refuse(&mut self, here: bool, key: JobKey, handing: u32) -> Result<(), Trouble> {
        if here {
            return Ok(());
        }
        self.say(&FromAgent::Refused { key, handing, reason: "it is not here".to_owned() }).await
    }

    async fn tell_outcomes(&mut self) -> Result<(), Trouble> {
        let printer = self.post.printer.clone();
        let untold = self.post.in_spool(move |spool| spool.untold(&printer, OUTCOMES_MAX)).await?;
        for (id, told) in untold {
            // Of a spool that was a server's before; nobody asked for it.
            if told.handing > 0 && self.said.insert((id, told.handing)) {
                self.say(&FromAgent::from(told)).await?;
            }
        }
        Ok(())
    }

    fn watched(&self) -> Watched {
        match &self.post.worker {
            Some(worker) => Watched { state: worker.state(), told: worker.told() },
            // Never: whoever was welcomed has a worker.
            None => Watched {
                state: watch::channel(PrinterState::Offline).1,
                told: watch::channel(Status::default()).1,
            },
        }
    }

    async fn tell_state(&mut self, watched: &mut Watched) -> Result<(), Trouble> {
        let state = *watched.state.borrow_and_update();
        let told = *watched.told.borrow_and_update();
        self.say(&FromAgent::State { state, told }).await
    }

    async fn say(&mut self, frame: &FromAgent) -> Result<(), Trouble> {
        let text = wire::write(frame).map_err(|error| Trouble::Garbage(error.to_string()))?;
        let said = timeout(WRITE_STALL_MAX, self.socket.send(Message::text(text))).await;
        said.map_err(|_| Trouble::Silent(self.post.house.way.door.server.to_string()))?.map_err(Trouble::from)
    }
}

async fn asked_to_stop(stopped: &mut watch::Receiver<bool>) {
    // Whoever would ask is gone: that is a stop, too.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// The next frame; pings are answered on the way. May be dropped at any time.
async fn next_frame(socket: &mut Socket) -> Result<FromServer, Trouble> {
    loop {
        match socket.next().await {
            None => return Err(Trouble::Ended),
            Some(Err(error)) => return Err(error.into()),
            Some(Ok(Message::Close(close))) => {
                return Err(close.map_or(Trouble::Ended, |close| Trouble::Closed {
                    code: close.code.into(),
                    reason: close.reason.to_string(),
                }));
            }
            Some(Ok(Message::Text(text))) => {
                return wire::read(&text).map_err(|error| Trouble::Garbage(error.to_string()));
            }
            Some(Ok(Message::Binary(_))) => return Err(Trouble::Garbage("frames are text".to_owned())),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
        }
    }
}
