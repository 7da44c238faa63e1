//! Everything that runs together in one process: halls, accounts, pages, live screens, paper, control socket.
//! Shared by `serve` and `demo`; stops in the order that loses nothing.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use khiw_server::access::{Accounts, InstallationKey};
use khiw_server::alarms::AlarmBoard;
use khiw_server::tls::Identity;
use khiw_server::{AppState, Options, control, paper};
use tokio::signal::unix::{SignalKind, signal};

use crate::folder::OpenFolder;

/// Serves until the process is asked to end. `bound` is told the address once it is listened on.
pub async fn run(
    open: OpenFolder,
    options: Options,
    identity: Option<Identity>,
    bound: impl FnOnce(SocketAddr, &AppState),
) -> anyhow::Result<()> {
    let accounts = Arc::new(Accounts::open(&options.folder).context("cannot open the accounts")?);
    let key = InstallationKey::open(&options.folder).context("cannot open the installation's key")?;
    let app = AppState::new(open.dispatcher.clone(), accounts, key, options, AlarmBoard::default());
    let _control = control::open(app.clone()).context("cannot open the control socket")?;
    let papers = paper::start(&app).context("cannot open the print spool")?;
    let listen = app.options().listen;
    let end = asked_to_end()?;
    let served = khiw_server::serve(app.clone(), identity, |address| bound(address, &app), end).await;
    papers.stop().await;
    let dispatcher = open.dispatcher.clone();
    tokio::task::spawn_blocking(move || dispatcher.stop()).await.context("the halls did not stop")?;
    served.with_context(|| format!("cannot serve on {listen}; another address is given with --listen"))
}

/// Completes when the process is asked to end. The signals are caught from the call on, so that a server that has
/// told its address never dies of one without stopping in order.
pub fn asked_to_end() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot catch Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot catch the request to end")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    })
}

/// How people type the address.
pub fn address(bound: SocketAddr, tls: bool, name: Option<&String>) -> String {
    let scheme = if tls { "https" } else { "http" };
    match name {
        Some(name) => format!("{scheme}://{name}:{}", bound.port()),
        None => format!("{scheme}://{bound}"),
    }
}
