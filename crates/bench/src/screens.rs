//! Many screens in one process: each a websocket that tells when it received
//! the frame waited for.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// A screen that has not received a call by then never will.
const CALL_MAX: Duration = Duration::from_secs(10);

/// Frames received and not yet looked at, over all screens.
const RECEIVED_MAX: usize = 1 << 16;

/// What marks a call among the frames of the display topic.
const CALL: &str = "\"type\":\"call\"";

/// Connected screens.
pub struct Screens {
    received: mpsc::Receiver<(Instant, Option<String>)>,
    tasks: Vec<JoinHandle<()>>,
}

impl Screens {
    /// Connects `count` screens; returns when all are connected.
    pub async fn connect(address: SocketAddr, path: &str, count: usize) -> Result<Self> {
        let (send, received) = mpsc::channel(RECEIVED_MAX);
        let mut tasks = Vec::with_capacity(count);
        for screen in 0..count {
            let url = format!("ws://{address}{path}");
            let (mut socket, _) = connect_async(url).await.with_context(|| format!("screen {screen}"))?;
            let send = send.clone();
            tasks.push(tokio::spawn(async move {
                while let Some(Ok(message)) = socket.next().await {
                    let Message::Text(text) = message else { continue };
                    if text.contains(CALL) {
                        // One screen's text is enough for whoever wants to send the same frame.
                        let frame = (screen == 0).then(|| text.to_string());
                        if send.send((Instant::now(), frame)).await.is_err() {
                            return;
                        }
                    }
                }
            }));
        }
        Ok(Self { received, tasks })
    }

    /// Waits until every screen has the next call: when the last one got it, and the frame.
    pub async fn all_called(&mut self) -> Result<(Instant, String)> {
        let mut last = None;
        let mut frame = String::new();
        for screen in 0..self.tasks.len() {
            let next = tokio::time::timeout(CALL_MAX, self.received.recv()).await;
            let (at, text) = next
                .with_context(|| format!("only {screen} of {} screens got the call", self.tasks.len()))?
                .context("all screens were disconnected")?;
            last = last.max(Some(at));
            frame = text.unwrap_or(frame);
        }
        ensure!(!frame.is_empty(), "the first screen got no call");
        Ok((last.context("no screen is connected")?, frame))
    }

    pub fn count(&self) -> usize {
        self.tasks.len()
    }
}

/// The journal's position as a new screen is told it.
pub async fn position(address: SocketAddr, path: &str) -> Result<String> {
    let (mut socket, _) = connect_async(format!("ws://{address}{path}")).await?;
    loop {
        let message = socket.next().await.context("the socket was closed")??;
        if let Message::Text(text) = message {
            let frame: serde_json::Value = serde_json::from_str(&text)?;
            if let Some(position) = frame["position"].as_str() {
                return Ok(position.to_owned());
            }
        }
    }
}

impl Drop for Screens {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceiling::broadcast;
    use crate::client::{Client, Request};
    use crate::process::free_address;

    #[tokio::test]
    async fn a_call_is_over_when_the_last_screen_has_it() {
        let address = free_address().unwrap();
        let server = tokio::spawn(broadcast::serve(address));
        while Client::connect(address).await.is_err() {
            tokio::task::yield_now().await;
        }
        let mut screens = Screens::connect(address, "/live", 5).await.unwrap();
        let mut client = Client::connect(address).await.unwrap();
        for frame in ["{\"type\":\"counts\"}", "{\"type\":\"call\",\"number\":\"A001\"}"] {
            client.succeed(&Request::post("/broadcast", None, "b", frame)).await.unwrap();
        }
        let (_, frame) = screens.all_called().await.unwrap();
        assert!(frame.contains("A001"), "{frame}");
        server.abort();
    }
}
