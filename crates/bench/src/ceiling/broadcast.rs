//! A bare websocket broadcast: what is posted goes to every socket, as it is.

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use futures_util::SinkExt;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::sync::broadcast;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Frames a socket may be behind.
const BEHIND_MAX: usize = 64;

/// Where frames to every socket go in.
pub type Frames = broadcast::Sender<Utf8Bytes>;

pub async fn serve(listen: SocketAddr) -> Result<()> {
    let frames = frames();
    let router = Router::new().route("/broadcast", post(send)).with_state(frames.clone());
    super::serve(listen, router.merge(sockets(frames))).await
}

pub fn frames() -> Frames {
    broadcast::channel(BEHIND_MAX).0
}

/// The sockets of whoever listens.
pub fn sockets(frames: Frames) -> Router {
    Router::new().route("/live", get(live)).with_state(frames)
}

async fn send(State(frames): State<Frames>, frame: String) -> StatusCode {
    // Without a socket there is nobody to tell.
    let _ = frames.send(frame.into());
    StatusCode::OK
}

async fn live(State(frames): State<Frames>, mut request: Request) -> Result<Response, StatusCode> {
    let response = create_response_with_body(&request, Body::empty).map_err(|_| StatusCode::BAD_REQUEST)?;
    tokio::spawn(pass_on(hyper::upgrade::on(&mut request), frames.subscribe()));
    Ok(response)
}

async fn pass_on(upgrade: OnUpgrade, mut frames: broadcast::Receiver<Utf8Bytes>) {
    let Ok(upgraded) = upgrade.await else { return };
    let config = WebSocketConfig::default().write_buffer_size(0);
    let mut socket =
        WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    while let Ok(frame) = frames.recv().await {
        if socket.send(Message::Text(frame)).await.is_err() {
            return;
        }
    }
}
