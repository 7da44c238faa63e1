//! `khiw serve`: the hall's real server.

use std::sync::Arc;

use khiw_dispatcher::{Clock, SimulatedClock, SystemClock};
use khiw_server::Options;
use khiw_server::tls::{Identity, needs_tls};

use crate::say;
use crate::{cli, folder, house};

pub async fn run(options: cli::Serve) -> anyhow::Result<()> {
    let clock: Arc<dyn Clock> = match options.clock {
        Some(spec) => Arc::new(SimulatedClock::new(spec.start, spec.speed)),
        None => Arc::new(SystemClock::new()),
    };
    let data = options.data.clone();
    let open = tokio::task::spawn_blocking(move || folder::open(&data, clock)).await??;
    let identity = identity(&options);
    let mut server = Options::new(options.data.clone(), options.listen);
    server.behind_proxy = options.behind_proxy;
    server.simulated = options.clock.is_some();
    let tls = identity.is_some();
    let name = options.name.first().cloned();
    house::run(open, server, identity, move |bound, _| {
        say::announce(format_args!("khiw is listening on {}", house::address(bound, tls, name.as_ref())));
    })
    .await
}

fn identity(options: &cli::Serve) -> Option<Identity> {
    if let (Some(certificate), Some(key)) = (&options.tls_cert, &options.tls_key) {
        return Some(Identity::Files { certificate: certificate.clone(), key: key.clone() });
    }
    let wanted = needs_tls(options.listen, options.behind_proxy) || !options.name.is_empty();
    wanted.then(|| Identity::Local { folder: options.data.clone(), names: options.name.clone() })
}
