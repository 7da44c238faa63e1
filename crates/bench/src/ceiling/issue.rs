//! A bare HTTP handler before the ceiling's writer: no sign-in, no rules, no
//! validation, no screens.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::store::{self, Wanted};

/// Numbers are given from these in turn.
pub const SERIES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

struct Office {
    writer: mpsc::Sender<Wanted>,
    turn: AtomicUsize,
}

pub async fn serve(listen: SocketAddr, folder: &Path) -> Result<()> {
    let office = Arc::new(Office { writer: store::start(folder)?, turn: AtomicUsize::new(0) });
    let router = Router::new()
        .route("/tickets", post(issue))
        .route("/readyz", get(async || StatusCode::OK))
        .with_state(office);
    let listener = TcpListener::bind(listen).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

async fn issue(State(office): State<Arc<Office>>) -> impl IntoResponse {
    let series = SERIES[office.turn.fetch_add(1, Ordering::Relaxed) % SERIES.len()];
    let (number, answer) = oneshot::channel();
    if office.writer.send(Wanted { series, number }).await.is_err() {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let number = answer.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let body = format!("{{\"series\":\"{series}\",\"number\":{number}}}");
    Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], body))
}
