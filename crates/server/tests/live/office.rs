//! A server with one or more sample halls, on a journal without a disk and a clock that stands still.

use std::net::SocketAddr;
use std::sync::Arc;

use khiw_dispatcher::{Dispatcher, Done, ManualClock, Options as DispatcherOptions, Request};
use khiw_domain::config::SiteConfig;
use khiw_domain::id::{ClerkId, SiteId, TicketId};
use khiw_domain::ticket::{Channel, Lane};
use khiw_domain::{Command, CounterAction, Event, Issue, sample};
use khiw_journal::{Journal, MemoryJournal};
use khiw_server::access::{Accounts, InstallationKey, Kind, NewToken};
use khiw_server::alarms::AlarmBoard;
use khiw_server::tls::Identity;
use khiw_server::{AppState, Options, api, listen};
use tokio::net::TcpSocket;
use tokio::sync::oneshot;

use super::screen::Screen;

/// Monday, eight in the morning in Bangkok.
const MORNING: &str = "2026-11-23T01:00:00Z";

pub struct Office {
    pub app: AppState,
    pub address: SocketAddr,
    pub folder: tempfile::TempDir,
    /// Dropped: the server stops.
    _stop: oneshot::Sender<()>,
}

/// What a test may want to be different.
#[derive(Default)]
pub struct Wishes {
    pub tls_names: Option<Vec<String>>,
    /// Send buffer of accepted connections, in bytes: a small one fills soon.
    pub send_buffer: Option<u32>,
}

impl Office {
    /// One hall, `sample`, open.
    pub async fn open() -> Self {
        Self::with(&["sample"], |_| {}, Wishes::default()).await
    }

    pub async fn with(sites: &[&str], change: impl Fn(&mut SiteConfig), wishes: Wishes) -> Self {
        Self::on(Arc::new(MemoryJournal::new()), sites, change, wishes).await
    }

    pub async fn on(
        journal: Arc<dyn Journal>,
        sites: &[&str],
        change: impl Fn(&mut SiteConfig),
        wishes: Wishes,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(MORNING.parse().unwrap()));
        let dispatcher = Dispatcher::start(journal, clock, DispatcherOptions::default()).unwrap();
        let loopback: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let app = AppState::new(
            dispatcher,
            Arc::new(Accounts::in_memory().unwrap()),
            InstallationKey::fixed(7),
            Options::new(folder.path().to_owned(), loopback),
            AlarmBoard::default(),
        );
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = wishes.send_buffer {
            socket.set_send_buffer_size(bytes).unwrap();
        }
        socket.bind(loopback).unwrap();
        let listener = socket.listen(64).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async { drop(stopped.await) };
        let router = api::router(app.clone());
        if let Some(names) = wishes.tls_names {
            let identity = Identity::Local { folder: folder.path().to_owned(), names };
            let config = identity.server_config().unwrap();
            tokio::spawn(listen::serve_tls(listener, config, router, stopped));
        } else {
            tokio::spawn(listen::serve_plain(listener, router, false, stopped));
        }
        let office = Self { app, address, folder, _stop: stop };
        for site in sites {
            office.declare(site, &change).await;
        }
        office
    }

    pub async fn declare(&self, site: &str, change: &impl Fn(&mut SiteConfig)) {
        let id = SiteId::parse(site).unwrap();
        self.app.dispatcher().found(id.clone()).unwrap();
        let config = sample::site_with(|config| {
            config.id = id;
            change(config);
        });
        self.command(site, Command::Configure { config }).await;
    }

    /// Done, and published too: answers come before publishing, and the tick behind it is answered after that.
    pub async fn command(&self, site: &str, command: Command) -> Done {
        let hall = self.app.dispatcher().hall(&SiteId::parse(site).unwrap()).unwrap();
        let done = hall.send(Request::once("test", command)).await.unwrap();
        hall.send(Request::once("test", Command::Tick)).await.unwrap();
        done
    }

    pub async fn issue(&self, site: &str, paper: bool) -> TicketId {
        let issue = Issue {
            services: vec![sample::service_id("birth")],
            lane: Lane::Normal,
            language: None,
            channel: Channel::Kiosk,
            device: None,
            paper,
        };
        let done = self.command(site, Command::Issue(issue)).await;
        done.events
            .iter()
            .find_map(|event| match event {
                Event::TicketIssued(issued) => Some(issued.ticket),
                _ => None,
            })
            .unwrap()
    }

    pub async fn at_counter(&self, site: &str, counter: &str, action: CounterAction) -> Done {
        let counter = sample::counter_id(counter);
        self.command(site, Command::Counter { counter, action, expect: None }).await
    }

    pub async fn open_counter(&self, site: &str, counter: &str) {
        let clerk = ClerkId::parse("clerk").unwrap();
        self.at_counter(site, counter, CounterAction::Open { clerk, profile: None, queues: None }).await;
    }

    /// Issues a number and calls it at counter 1.
    pub async fn issue_and_call(&self, site: &str) -> TicketId {
        let ticket = self.issue(site, false).await;
        self.at_counter(site, "1", CounterAction::CallNext).await;
        ticket
    }

    /// A pair of commands that each tell the lobby something: so one can make as many frames as one likes.
    pub async fn notice(&self, on: bool) {
        let suspend = Command::SuspendIssuing { queue: None, reason: sample::code("system_down") };
        let resume = Command::ResumeIssuing { queue: None };
        self.command("sample", if on { suspend } else { resume }).await;
    }

    pub fn token(&self, kind: Kind, site: &str) -> String {
        let new = NewToken { kind, site: SiteId::parse(site).unwrap(), counter: None, label: String::new() };
        self.app.accounts().create_token(&new).unwrap().1
    }

    pub async fn display(&self, site: &str) -> Screen {
        Screen::connect(self.address, &format!("/api/v1/sites/{site}/live?topic=display"), None)
            .await
            .unwrap()
    }

    pub async fn display_since(&self, since: &str) -> Screen {
        let path = format!("/api/v1/sites/sample/live?topic=display&since={since}");
        Screen::connect(self.address, &path, None).await.unwrap()
    }
}
