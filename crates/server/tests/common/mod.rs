//! A server without a network: the sample hall on a journal without a disk, asked through the router.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use khiw_dispatcher::{Dispatcher, ManualClock, Options as HallOptions, Request as HallRequest};
use khiw_domain::config::SiteConfig;
use khiw_domain::id::{CounterId, SiteId};
use khiw_domain::{Command, sample};
use khiw_journal::MemoryJournal;
use khiw_server::access::{Accounts, Arrival, InstallationKey, Kind, NewToken};
use khiw_server::alarms::AlarmBoard;
use khiw_server::{AppState, Demo, Options, api};
use serde_json::Value;
use tower::ServiceExt;

/// Monday, eight in the morning in Bangkok.
pub const MORNING: &str = "2026-11-23T01:00:00Z";

pub struct Server {
    pub app: AppState,
    pub clock: Arc<ManualClock>,
    router: Router,
    keys: AtomicU64,
    _folder: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// A problem with this status and code, in due form.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert!(
            self.body["title"].is_string()
                && self.body["type"].is_string()
                && self.body["detail"].is_string()
        );
        self.body
    }
}

/// A request being put together.
pub struct Asking<'a> {
    server: &'a Server,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Body,
    peer: SocketAddr,
    secure: bool,
}

impl Server {
    /// The sample hall at eight in the morning.
    pub async fn open() -> Self {
        Self::with(|_| {}, |_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut SiteConfig), options: impl FnOnce(&mut Options)) -> Self {
        let clock = Arc::new(ManualClock::new(MORNING.parse().unwrap()));
        let dispatcher =
            Dispatcher::start(Arc::new(MemoryJournal::new()), clock.clone(), HallOptions::default()).unwrap();
        configure(&dispatcher, sample::site_with(change)).await;
        configure(&dispatcher, sample::site_with(|config| config.id = SiteId::parse("other").unwrap())).await;
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Options::new(folder.path().to_owned(), "127.0.0.1:0".parse().unwrap());
        options(&mut settings);
        let accounts = Arc::new(Accounts::in_memory().unwrap());
        let key = InstallationKey::fixed(7);
        let app = AppState::new(dispatcher, accounts, key, settings, AlarmBoard::default());
        Self { router: api::router(app.clone()), app, clock, keys: AtomicU64::new(0), _folder: folder }
    }

    pub async fn demo() -> Self {
        let demo = Demo { site: SiteId::parse("sample").unwrap() };
        Self::with(|_| {}, |options| options.demo = Some(demo)).await
    }

    /// A token of the sample site.
    pub fn token(&self, kind: Kind) -> String {
        self.token_of(kind, "sample", None)
    }

    pub fn token_of(&self, kind: Kind, site: &str, counter: Option<&str>) -> String {
        let new = NewToken {
            kind,
            site: SiteId::parse(site).unwrap(),
            counter: counter.map(|id| CounterId::parse(id).unwrap()),
            label: String::new(),
        };
        self.app.accounts().create_token(&new).unwrap().1
    }

    pub fn get(&self, path: &str) -> Asking<'_> {
        self.ask(Method::GET, path)
    }

    /// With an Idempotency-Key of its own.
    pub fn post(&self, path: &str, body: &str) -> Asking<'_> {
        let key = self.keys.fetch_add(1, Ordering::Relaxed);
        let asking = self.ask(Method::POST, path).header("idempotency-key", &format!("test-{key}"));
        asking.header("content-type", "application/json").body(body.to_owned())
    }

    pub fn put(&self, path: &str, body: &str) -> Asking<'_> {
        self.ask(Method::PUT, path).header("content-type", "application/json").body(body.to_owned())
    }

    pub fn ask(&self, method: Method, path: &str) -> Asking<'_> {
        Asking {
            server: self,
            method,
            path: path.to_owned(),
            headers: vec![("host".to_owned(), "127.0.0.1:8080".to_owned())],
            body: Body::empty(),
            peer: "127.0.0.1:50000".parse().unwrap(),
            secure: false,
        }
    }

    /// A ticket for `service`, by a kiosk.
    pub async fn issue(&self, kiosk: &str, service: &str) -> Value {
        let body = format!(r#"{{"services":["{service}"]}}"#);
        self.post("/api/v1/sites/sample/tickets", &body).bearer(kiosk).send().await.expect(201)
    }

    /// An action at counter 1.
    pub async fn act(&self, clerk: &str, action: &str, body: &str) -> Answer {
        let path = format!("/api/v1/sites/sample/counters/1/{action}");
        self.post(&path, body).bearer(clerk).send().await
    }
}

async fn configure(dispatcher: &Dispatcher, config: Arc<SiteConfig>) {
    let hall = dispatcher.found(config.id.clone()).unwrap();
    hall.send(HallRequest::once("test", Command::Configure { config })).await.unwrap();
    hall.send(HallRequest::once("test", Command::Tick)).await.unwrap();
}

impl Asking<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub fn from(mut self, peer: &str) -> Self {
        self.peer = peer.parse().unwrap();
        self
    }

    pub fn over_tls(mut self) -> Self {
        self.secure = true;
        self
    }

    pub async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(self.body).unwrap();
        request.extensions_mut().insert(Arrival { peer: self.peer, secure: self.secure });
        let response = self.server.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }
}
