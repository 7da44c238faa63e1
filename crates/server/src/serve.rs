//! Starting and stopping the server: binds, serves plainly or over TLS, keeps the accounts fresh and the alarms
//! true, and ends gracefully. Parses no command line and opens no journal: `khiw` hands everything in.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::blocking::blocking;
use crate::state::AppState;
use crate::tls::{Identity, TlsError};
use crate::{alarms, api, listen, tls, voices};

/// A token that another process revokes stops working within this time, here and on open sockets.
const ACCOUNTS_REFRESH_EVERY: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Listen(#[from] std::io::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("{0} is not loopback: it is served over TLS only, and no certificate was given")]
    TlsNeeded(SocketAddr),
}

/// Serves until `shutdown` completes, then ends sockets and lets requests in hand finish. `bound` is told the
/// address: with port 0 in the options it is the one the system chose. The dispatcher is stopped by its owner.
///
/// `identity` may be none on loopback and behind a proxy; elsewhere it is an error.
pub async fn serve(
    app: AppState,
    identity: Option<Identity>,
    bound: impl FnOnce(SocketAddr),
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let options = app.options();
    if identity.is_none() && tls::needs_tls(options.listen, options.behind_proxy) {
        return Err(ServeError::TlsNeeded(options.listen));
    }
    let config = identity.as_ref().map(Identity::server_config).transpose()?;
    let listener = listen::bind(options.listen)?;
    bound(listener.local_addr()?);
    let refreshing = tokio::spawn(refresh_accounts(app.clone()));
    let watching = tokio::spawn(alarms::watch(app.clone()));
    let listening = tokio::spawn(voices::watch(app.clone()));
    let router = api::router(app.clone());
    let hub = app.clone();
    let shutdown = async move {
        shutdown.await;
        hub.hub().stop();
    };
    match config {
        Some(config) => listen::serve_tls(listener, config, router, shutdown).await,
        None => listen::serve_plain(listener, router, options.behind_proxy, shutdown).await,
    }
    refreshing.abort();
    watching.abort();
    listening.abort();
    Ok(())
}

async fn refresh_accounts(app: AppState) {
    let mut every = tokio::time::interval(ACCOUNTS_REFRESH_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let accounts = std::sync::Arc::clone(app.accounts());
        match blocking(move || accounts.refresh()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the accounts cannot be read"),
            Err(_) => return,
        }
    }
}
