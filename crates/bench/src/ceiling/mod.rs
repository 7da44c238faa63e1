//! What Khiw is compared with: the same machine, disk and load, and as little
//! program as can do the job. Nothing of Khiw is used here.

pub mod broadcast;
pub mod issue;
pub mod redis;
mod store;

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

async fn serve(listen: SocketAddr, router: Router) -> Result<()> {
    let listener = TcpListener::bind(listen).await?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router.route("/readyz", get(async || StatusCode::OK))).await?)
}
