//! The print agent: prints, on the machine a printer hangs on, what a server far away hands over. The same spool,
//! worker and renderer as in the server, with a websocket as the source of jobs.
//!
//! Must not know halls or the server's insides: all it hears stands in `khiw_printing::wire`. What it has taken in it
//! prints without the server, and it keeps what came of each paper until the server has acknowledged it.
//!
//! | you want | look at |
//! |---|---|
//! | where the server is, and whether it may be believed | `address`, `trust`, `connect` |
//! | what is said on one connection | `visit` |
//! | one printer: its worker, its settings, trying again | `post`, `kept` |
//! | how it gets its token by a code that staff approve | `enrol`, `ask`, `token` |

mod address;
mod ask;
mod connect;
mod enrol;
mod kept;
mod post;
mod token;
mod trust;
mod visit;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use khiw_printing::{Link, Renderer, Spool, SpoolError, fonts};
use thiserror::Error;
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};

pub use address::{AddressError, ServerAddress};
pub use connect::Trouble;
pub use enrol::{DeviceKind, EnrolError, Enrolled, Enrolment, ShownCode, Told, enrol};
pub use token::TokenError;
pub use trust::TrustError;

use connect::{Door, Way};
use post::Post;

/// The spool's file inside the agent's folder.
pub const SPOOL_FILE: &str = "spool.db";
/// Folder inside the agent's folder for fonts with characters that the built-in ones lack.
pub const FONTS_FOLDER: &str = "fonts";
/// Printers of one agent.
pub const PRINTERS_MAX: usize = 16;

/// What an agent is started with.
#[derive(Clone, Debug)]
pub struct Options {
    pub server: ServerAddress,
    pub site: String,
    /// Each printer by the id it has in the site file, and where it is on this machine.
    pub printers: Vec<(String, Link)>,
    pub token_file: PathBuf,
    /// The agent's own folder; made when missing.
    pub folder: PathBuf,
    /// Whom to believe (PEM); without: the system's authorities.
    pub ca: Option<PathBuf>,
}

/// Why an agent does not start. What goes wrong later is tried again.
#[derive(Debug, Error)]
pub enum AgentError {
    #[error("the folder {folder} cannot be used: {error}")]
    Folder { folder: PathBuf, error: std::io::Error },
    #[error("the print spool in {0} is in use by another agent, or cannot be opened: {1}")]
    Spool(PathBuf, SpoolError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error("printer `{0}` is named twice")]
    PrinterTwice(String),
    #[error("{0} printers: name one to {PRINTERS_MAX}")]
    Printers(usize),
    #[error("the agent ended badly: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// What all printers of an agent share.
struct House {
    spool: Spool,
    /// The spool's name, by which the server knows whether its jobs are here.
    identity: String,
    renderer: Arc<Mutex<Renderer>>,
    folder: PathBuf,
    way: Way,
}

/// Prints until `stop` completes; then papers in hand are finished.
pub async fn run(options: Options, stop: impl Future<Output = ()>) -> Result<(), AgentError> {
    checked(&options.printers)?;
    // A token that cannot be read now will not be readable later.
    token::read(&options.token_file)?;
    token::warn_if_open(&options.token_file);
    let door = Door::new(options.server, options.ca.as_deref())?;
    let folder = options.folder.clone();
    let (spool, identity, renderer) = spawn_blocking(move || open(&folder)).await??;
    let way = Way { door, site: options.site, token_file: options.token_file };
    let renderer = Arc::new(Mutex::new(renderer));
    let house = Arc::new(House { spool, identity, renderer, folder: options.folder, way });
    let (stopping, stopped) = watch::channel(false);
    let mut posts = JoinSet::new();
    for (printer, link) in options.printers {
        posts.spawn(Post::new(Arc::clone(&house), printer, link).run(stopped.clone()));
    }
    stop.await;
    stopping.send_replace(true);
    while let Some(ended) = posts.join_next().await {
        ended?;
    }
    Ok(())
}

fn checked(printers: &[(String, Link)]) -> Result<(), AgentError> {
    if printers.is_empty() || printers.len() > PRINTERS_MAX {
        return Err(AgentError::Printers(printers.len()));
    }
    for (n, (name, _)) in printers.iter().enumerate() {
        if printers[..n].iter().any(|(earlier, _)| earlier == name) {
            return Err(AgentError::PrinterTwice(name.clone()));
        }
    }
    Ok(())
}

fn open(folder: &Path) -> Result<(Spool, String, Renderer), AgentError> {
    std::fs::create_dir_all(folder)
        .map_err(|error| AgentError::Folder { folder: folder.to_owned(), error })?;
    let file = folder.join(SPOOL_FILE);
    let in_use = |error| AgentError::Spool(file.clone(), error);
    let spool = Spool::open(&file).map_err(in_use)?;
    let identity = spool.identity().map_err(in_use)?;
    let (added, errors) = fonts::of_folder(&folder.join(FONTS_FOLDER));
    for error in errors {
        tracing::warn!(%error, "a font of the folder is not used");
    }
    Ok((spool, identity, Renderer::with_fonts(added)))
}
