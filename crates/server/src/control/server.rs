//! Answering on the control socket, beside the HTTP server.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use khiw_dispatcher::Request as HallRequest;
use khiw_domain::Command;
use khiw_domain::config::SiteConfig;
use khiw_domain::id::SiteId;
use khiw_journal::SqliteJournal;
use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::OwnedReadHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::{
    Answer, Applied, BackedUp, LINE_BYTES_MAX, NewSecret, Refused, Request, SiteStatus, Status, socket_path,
};
use crate::access::{AccountError, Accounts, NewToken};
use crate::blocking::blocking;
use crate::problem::Problem;
use crate::state::AppState;

/// People at the command line at once.
const CONNECTIONS_MAX: usize = 8;
/// A connection that asks nothing for so long is closed.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// The actor written into records for whoever owns the data folder.
const OWNER_ACTOR: &str = "owner";

/// The open socket; closed and removed when dropped.
pub struct ControlSocket {
    path: PathBuf,
    task: AbortHandle,
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        self.task.abort();
        let _ = fs::remove_file(&self.path);
    }
}

/// Opens the socket in the data folder. The caller holds the folder's lock, so a socket that is there already was
/// left behind.
pub fn open(app: AppState) -> io::Result<ControlSocket> {
    let folder = app.options().folder.clone();
    let path = socket_path(&folder);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    let owner = fs::metadata(&folder)?.uid();
    let task = tokio::spawn(accept(listener, app, owner)).abort_handle();
    Ok(ControlSocket { path, task })
}

async fn accept(listener: UnixListener, app: AppState, owner: u32) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        // The file's mode is set a moment after it appears: the system's word on who asks counts.
        let asks = stream.peer_cred().map(|peer| peer.uid());
        if !asks.is_ok_and(|uid| uid == owner || uid == 0) {
            tracing::warn!("somebody else than the data folder's owner tried the control socket");
            continue;
        }
        let app = app.clone();
        tokio::spawn(async move {
            converse(stream, app).await;
            drop(place);
        });
    }
}

async fn converse(stream: UnixStream, app: AppState) {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    while let Ok(Some(line)) = timeout(IDLE_MAX, read_line(&mut reader)).await {
        let answer = match serde_json::from_slice::<Request>(&line) {
            Ok(request) => carry_out(&app, request).await,
            Err(error) => Answer::Refused(refused(Problem::from_json(&error))),
        };
        let Ok(mut text) = serde_json::to_vec(&answer) else { return };
        text.push(b'\n');
        if writer.write_all(&text).await.is_err() {
            return;
        }
    }
}

/// The next whole line; none at the end, or when it is too long.
async fn read_line(reader: &mut BufReader<OwnedReadHalf>) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    reader.take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut line).await.ok()?;
    line.ends_with(b"\n").then_some(line)
}

fn refused(problem: Problem) -> Refused {
    Refused { code: problem.code.into_owned(), detail: problem.detail.into(), facts: problem.facts }
}

async fn carry_out(app: &AppState, request: Request) -> Answer {
    let answered = match request {
        Request::Status => done(status(app)),
        Request::Config { site } => {
            let hall = app.dispatcher().hall(&site);
            done(hall.and_then(|hall| hall.read(|site| site.config().cloned())))
        }
        Request::Apply { config } => apply(app, config).await,
        Request::TokenCreate { kind, site, counter, label } => {
            let new = NewToken { kind, site, counter, label };
            let create = move |accounts: &Accounts| accounts.create_token(&new);
            in_accounts(app, move |accounts| {
                create(accounts).map(|(entry, secret)| NewSecret { id: entry.id, secret })
            })
            .await
        }
        Request::TokenList { site } => in_accounts(app, move |accounts| accounts.list(site.as_ref())).await,
        Request::TokenRevoke { id } => in_accounts(app, move |accounts| accounts.revoke(&id)).await,
        Request::Backup { to } => backup(app.options().folder.clone(), to).await,
    };
    match answered {
        Ok(value) => Answer::Done(value),
        Err(problem) => Answer::Refused(refused(*problem)),
    }
}

type Answered = Result<Value, Box<Problem>>;

fn done(value: impl Serialize) -> Answered {
    serde_json::to_value(value).map_err(|_| Box::new(Problem::internal()))
}

fn not_done(code: &'static str, error: &dyn std::error::Error) -> Answered {
    Err(Box::new(Problem::new(axum::http::StatusCode::CONFLICT, code, error.to_string())))
}

fn status(app: &AppState) -> Status {
    let site = |id: SiteId| {
        let hall = app.dispatcher().hall(&id)?;
        let (position, live_tickets) =
            (hall.position().to_string(), hall.read(khiw_domain::Site::live_tickets));
        Some(SiteStatus { id, position, live_tickets })
    };
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        process: std::process::id(),
        listen: app.options().listen.to_string(),
        simulated: app.options().simulated,
        sites: app.dispatcher().sites().into_iter().filter_map(site).collect(),
    }
}

async fn apply(app: &AppState, config: Arc<SiteConfig>) -> Answered {
    let site = config.id.clone();
    let founded = {
        let (dispatcher, site) = (app.dispatcher().clone(), site.clone());
        blocking(move || dispatcher.found(site)).await
    };
    let hall = match founded {
        Ok(Ok(hall)) => hall,
        Ok(Err(error)) => return not_done("site_not_opened", &error),
        Err(_) => return Err(Box::new(Problem::internal())),
    };
    let _alone = app.configuring().lock().await;
    let request = HallRequest::once(OWNER_ACTOR, Command::Configure { config });
    let outcome = hall.send(request).await.map_err(|failure| Box::new(Problem::from(failure)))?;
    // Served from now on, screens included.
    let _ = app.hall(&site);
    done(Applied { seq: outcome.seq, changed: !outcome.events.is_empty() })
}

async fn in_accounts<T: Serialize + Send + 'static>(
    app: &AppState,
    run: impl FnOnce(&Accounts) -> Result<T, AccountError> + Send + 'static,
) -> Answered {
    let accounts = Arc::clone(app.accounts());
    match blocking(move || run(&accounts)).await {
        Ok(Ok(value)) => done(value),
        Ok(Err(error)) => not_done("accounts", &error),
        Err(_) => Err(Box::new(Problem::internal())),
    }
}

async fn backup(folder: PathBuf, to: PathBuf) -> Answered {
    let copied = blocking(move || copy_journal(&folder, &to)).await;
    match copied {
        Ok(Ok(bytes)) => done(BackedUp { bytes }),
        Ok(Err(error)) => not_done("backup", &error),
        Err(_) => Err(Box::new(Problem::internal())),
    }
}

fn copy_journal(folder: &Path, to: &Path) -> Result<u64, khiw_journal::JournalError> {
    SqliteJournal::open_existing(folder)?.backup(to).map(|backup| backup.bytes)
}
