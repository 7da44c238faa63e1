//! `khiw demo`: a hall that is alive whatever the time of day. Real halls, real journal, real pages; only the
//! clock, the people and the printer are simulated.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use jiff::tz::TimeZone;
use khiw_dispatcher::{Clock, Dispatcher, Request};
use khiw_domain::Command;
use khiw_domain::config::SiteConfig;
use khiw_domain::id::CounterId;
use khiw_printing::simulator::PrinterSimulator;
use khiw_server::tls::{Identity, needs_tls};
use khiw_server::{AppState, Options, state};

use crate::clock::{ClockSpec, DemoClock, parse_speed};
use crate::people::{People, morning_from};
use crate::say;
use crate::{cli, folder, house};

const ACTOR: &str = "demo";

pub async fn run(options: cli::Demo) -> anyhow::Result<()> {
    let speed = parse_speed(&options.speed.to_string()).map_err(|why| anyhow!(why))?;
    let config = sample(&options.site)?;
    let temporary = match &options.data {
        Some(_) => None,
        None => Some(tempfile::Builder::new().prefix("khiw-demo-").tempdir().context("no temporary folder")?),
    };
    let data: PathBuf = match (&options.data, &temporary) {
        (Some(data), _) => data.clone(),
        (None, Some(folder)) => folder.path().to_owned(),
        (None, None) => return Err(anyhow!("no data folder")),
    };
    let clock = Arc::new(DemoClock::new(ClockSpec { start: first_morning(&config)?, speed }));
    let (path, shared) = (data.clone(), Arc::<DemoClock>::clone(&clock) as Arc<dyn Clock>);
    let open = tokio::task::spawn_blocking(move || folder::open(&path, shared)).await??;
    let tray = data.join("paper");
    let printer = PrinterSimulator::start("127.0.0.1:0", tray.join(config.id.as_str()))
        .await
        .context("the printer simulator cannot listen")?;
    let identity = identity(&options, &data);
    let tls = identity.is_some();
    let server = server_options(&options, &data, &tray, &config);
    let stage = Stage {
        config,
        printer: printer.address(),
        clock,
        speed,
        options,
        tls,
        dispatcher: open.dispatcher.clone(),
    };
    house::run(open, server, identity, move |bound, _: &AppState| {
        tokio::spawn(async move {
            if let Err(error) = stage.open(bound).await {
                tracing::error!("the demo cannot open: {error:#}");
            }
        });
    })
    .await
}

fn sample(site: &str) -> anyhow::Result<SiteConfig> {
    khiw_config::embedded::load(site)
        .with_context(|| format!("the demo has {}", khiw_config::embedded::sites().join(", ")))
}

/// A little before opening on the first working day from today on, at the site.
fn first_morning(config: &SiteConfig) -> anyhow::Result<jiff::Timestamp> {
    let zone = TimeZone::get(&config.time_zone)?;
    let today = jiff::Timestamp::now().to_zoned(zone).date();
    morning_from(config, today).ok_or_else(|| anyhow!("site `{}` never opens", config.id))
}

fn identity(options: &cli::Demo, data: &Path) -> Option<Identity> {
    let wanted = options.tls || needs_tls(options.listen, false);
    wanted.then(|| Identity::Local { folder: data.to_owned(), names: options.name.clone() })
}

fn server_options(options: &cli::Demo, data: &Path, tray: &Path, config: &SiteConfig) -> Options {
    let mut server = Options::new(data.to_owned(), options.listen);
    server.demo = Some(state::Demo { site: config.id.clone() });
    server.paper = Some(tray.to_owned());
    server.simulated = true;
    server
}

/// What is left to do once the address is known.
struct Stage {
    config: SiteConfig,
    printer: SocketAddr,
    clock: Arc<DemoClock>,
    speed: f64,
    options: cli::Demo,
    tls: bool,
    dispatcher: Dispatcher,
}

impl Stage {
    async fn open(mut self, bound: SocketAddr) -> anyhow::Result<()> {
        let address = house::address(bound, self.tls, self.options.name.first());
        self.config.public_address = Some(address.clone());
        for printer in &mut self.config.printers {
            printer.link = format!("tcp://{}", self.printer);
        }
        let free = self.config.counters.first_mut().map(|counter| {
            // Whoever tries the demo is to press the key.
            counter.auto_call = false;
            counter.id.clone()
        });
        let dispatcher = self.dispatcher.clone();
        let site = self.config.id.clone();
        let hall = tokio::task::spawn_blocking(move || dispatcher.found(site)).await??;
        let configure = Command::Configure { config: Arc::new(self.config.clone()) };
        hall.send(Request::once(ACTOR, configure)).await.context("the sample site was refused")?;
        self.wait_for_day(&hall).await;
        announce(&address, &self.config, free.as_ref(), self.speed);
        if !self.options.empty {
            let people = People {
                hall,
                clock: self.clock,
                speed: self.speed,
                seed: self.options.seed,
                free_counters: free.into_iter().collect(),
            };
            people.live().await;
        }
        Ok(())
    }

    /// The dispatcher opens the service day by itself.
    async fn wait_for_day(&self, hall: &khiw_dispatcher::Hall) {
        let mut tail = hall.tail();
        while hall.read(|site| site.day().is_none()) && tail.changed().await.is_ok() {}
    }
}

fn announce(address: &str, config: &SiteConfig, free: Option<&CounterId>, speed: f64) {
    let site = &config.id;
    say::announce(format_args!(
        "\nThe hall is open at {speed}x: {}",
        khiw_domain::config::text_in(&config.name, khiw_domain::id::Language::En)
    ));
    say::announce(format_args!("  start here   {address}/"));
    say::announce(format_args!("  kiosk        {address}/kiosk/{site}"));
    say::announce(format_args!("  lobby        {address}/display/{site}"));
    if let Some(counter) = free {
        say::announce(format_args!("  your counter {address}/counter/{site}/{counter}"));
    }
    say::announce(format_args!("Ctrl-C ends it.\n"));
}
