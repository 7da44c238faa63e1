//! A bare websocket broadcast: what is posted goes to every socket, as it is.

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::broadcast;

/// Frames a socket may be behind.
const BEHIND_MAX: usize = 64;

pub async fn serve(listen: SocketAddr) -> Result<()> {
    let (frames, _) = broadcast::channel::<Utf8Bytes>(BEHIND_MAX);
    let router = Router::new()
        .route("/live", get(live))
        .route("/broadcast", post(send))
        .route("/readyz", get(async || StatusCode::OK))
        .with_state(frames);
    let listener = TcpListener::bind(listen).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

async fn send(State(frames): State<broadcast::Sender<Utf8Bytes>>, frame: String) -> StatusCode {
    // Without a socket there is nobody to tell.
    let _ = frames.send(frame.into());
    StatusCode::OK
}

async fn live(State(frames): State<broadcast::Sender<Utf8Bytes>>, upgrade: WebSocketUpgrade) -> Response {
    let frames = frames.subscribe();
    upgrade.write_buffer_size(0).on_upgrade(|socket| pass_on(socket, frames))
}

async fn pass_on(mut socket: WebSocket, mut frames: broadcast::Receiver<Utf8Bytes>) {
    while let Ok(frame) = frames.recv().await {
        if socket.send(Message::Text(frame)).await.is_err() {
            return;
        }
    }
}
