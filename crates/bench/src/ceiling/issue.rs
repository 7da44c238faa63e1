//! A bare hall: an HTTP handler before the ceiling's writer, and sockets that get what is called. No sign-in, no
//! rules, no validation, no state of a hall.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::post;
use tokio::sync::{mpsc, oneshot};

use super::broadcast::{self, Frames};
use super::store::{self, Wanted};

/// Numbers are given from these in turn.
pub const SERIES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

struct Office {
    writer: mpsc::Sender<Wanted>,
    turn: AtomicUsize,
    frames: Frames,
}

pub async fn serve(listen: SocketAddr, folder: &Path) -> Result<()> {
    let frames = broadcast::frames();
    let office = Office { writer: store::start(folder)?, turn: AtomicUsize::new(0), frames: frames.clone() };
    let router = Router::new().route("/tickets", post(issue)).route("/call", post(call));
    super::serve(listen, router.with_state(Arc::new(office)).merge(broadcast::sockets(frames))).await
}

impl Office {
    /// The next number of a series, stored durably.
    async fn store(&self) -> Result<(&'static str, i64), StatusCode> {
        let series = SERIES[self.turn.fetch_add(1, Ordering::Relaxed) % SERIES.len()];
        let (number, answer) = oneshot::channel();
        let sent = self.writer.send(Wanted { series, number }).await;
        sent.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        let number = answer.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok((series, number))
    }
}

async fn issue(State(office): State<Arc<Office>>) -> Result<impl IntoResponse, StatusCode> {
    let (series, number) = office.store().await?;
    let body = format!("{{\"series\":\"{series}\",\"number\":{number}}}");
    Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], body))
}

/// What is posted goes to every socket, once something is stored.
async fn call(State(office): State<Arc<Office>>, frame: String) -> Result<StatusCode, StatusCode> {
    office.store().await?;
    // Without a socket there is nobody to tell.
    let _ = office.frames.send(frame.into());
    Ok(StatusCode::OK)
}
