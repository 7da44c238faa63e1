//! The accept loop: plain or TLS connections in, requests to the router, with a bound on everything a stranger
//! could hold on to. Knows no route.
//!
//! An own loop over hyper instead of `axum::serve` or axum-server: neither gives a time limit for a request's
//! header together with a bound on connections.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::access::Arrival;

/// Connections with a request in hand or between two; the next one waits to be accepted. A websocket counts
/// only until it is one: `live` bounds those.
pub const CONNECTIONS_MAX: usize = 4_096;
/// A client has this long for a request's header, and to begin the next one.
pub const HEADER_READ_MAX: Duration = Duration::from_secs(15);
pub const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// Unsent bytes the kernel keeps per connection.
const SEND_BUFFER_BYTES: u32 = 64 * 1024;
/// Connections the kernel keeps until they are accepted.
const BACKLOG: u32 = 1024;
/// Bytes read ahead on a connection, and the bound of a request's header.
const READ_AHEAD_BYTES: usize = 16 * 1024;
/// Requests in hand may finish for this long when the server stops.
pub const STOP_MAX: Duration = Duration::from_secs(5);
/// Pause after a failed accept (too many open files): trying at once would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` completes; then requests in hand may finish. `tls_in_front`: a proxy terminates TLS,
/// so browsers see a secure page.
pub async fn serve_plain(
    listener: TcpListener,
    router: Router,
    tls_in_front: bool,
    shutdown: impl Future<Output = ()>,
) {
    serve(listener, Channel::Plain { tls_in_front }, router, shutdown).await;
}

/// As [`serve_plain`], over TLS alone.
pub async fn serve_tls(
    listener: TcpListener,
    config: Arc<ServerConfig>,
    router: Router,
    shutdown: impl Future<Output = ()>,
) {
    serve(listener, Channel::Tls(TlsAcceptor::from(config)), router, shutdown).await;
}

#[derive(Clone)]
enum Channel {
    Plain { tls_in_front: bool },
    Tls(TlsAcceptor),
}

#[derive(Clone)]
struct Door {
    router: Router,
    channel: Channel,
    stopping: watch::Receiver<bool>,
}

async fn serve(listener: TcpListener, channel: Channel, router: Router, shutdown: impl Future<Output = ()>) {
    let (stop, stopping) = watch::channel(false);
    let door = Door { router, channel, stopping };
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let accepting = accept(&listener, &door, &places);
    tokio::pin!(shutdown);
    tokio::select! {
        () = &mut shutdown => {}
        () = accepting => {}
    }
    drop(listener);
    stop.send_replace(true);
    let everybody = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
    if timeout(STOP_MAX, places.acquire_many(everybody)).await.is_err() {
        tracing::warn!("stopped with requests in hand");
    }
}

async fn accept(listener: &TcpListener, door: &Door, places: &Arc<Semaphore>) {
    loop {
        let Ok(place) = Arc::clone(places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let door = door.clone();
                tokio::spawn(async move {
                    greet(stream, peer, door).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn greet(stream: TcpStream, peer: SocketAddr, door: Door) {
    // A call is one small frame: it must not wait for company.
    let _ = stream.set_nodelay(true);
    let Door { router, channel, stopping } = door;
    let arrival = |secure| Arrival { peer, secure };
    match channel {
        Channel::Plain { tls_in_front } => converse(stream, arrival(tls_in_front), router, stopping).await,
        Channel::Tls(acceptor) => match timeout(HANDSHAKE_MAX, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => converse(stream, arrival(true), router, stopping).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "no handshake"),
            Err(_) => tracing::debug!(%peer, "no handshake in time"),
        },
    }
}

async fn converse<S>(stream: S, arrival: Arrival, router: Router, mut stopping: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move { Ok::<_, Infallible>(answer(router, request, arrival).await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_READ_MAX).max_buf_size(READ_AHEAD_BYTES);
    // An answer is a few hundred bytes: copied behind its header it goes out in one plain write.
    builder.writev(false);
    let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = stopped(&mut stopping) => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        connection.as_mut().graceful_shutdown();
        connection.await
    };
    if let Err(error) = ended {
        tracing::debug!(peer = %arrival.peer, %error, "connection ended early");
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error is an end, too: whoever could say stop is gone.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

async fn answer(
    router: Router,
    request: hyper::Request<Incoming>,
    arrival: Arrival,
) -> axum::response::Response {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(arrival.peer));
    request.extensions_mut().insert(arrival);
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Binds, with the error naming the address.
pub fn bind(listen: SocketAddr) -> io::Result<TcpListener> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {listen}: {error}"));
    let socket = if listen.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(named)?;
    socket.set_reuseaddr(true).map_err(named)?;
    // Accepted sockets inherit it: a screen that never reads must not fill megabytes of the kernel's memory before
    // it counts as slow.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES).map_err(named)?;
    socket.bind(listen).map_err(named)?;
    socket.listen(BACKLOG).map_err(named)
}
