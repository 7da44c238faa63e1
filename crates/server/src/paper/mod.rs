//! From issued tickets to paper and back: a follower of each hall's journal queues print jobs, one worker per
//! configured printer carries them out, or a print agent elsewhere does, and what came of each goes back as a command.
//! Must never hold up a hall: it reads behind it, and a printer that is away costs its own jobs only.

pub mod agent;
mod desk;
mod known;
mod late;
mod office;
mod printers;
mod report;
mod studio;
pub mod ticket;

pub use desk::PaperDesk;
pub use known::Known;
pub use office::{FORWARD, printer_for, stream_name};
pub use printers::job_name;
pub use studio::{Preview, Studio};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use khiw_domain::id::SiteId;
use khiw_printing::{Spool, SpoolError};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::blocking::blocking;
use crate::state::AppState;

/// The spool's file inside the data folder.
pub const SPOOL_FILE: &str = "spool.db";
/// Folder inside the data folder for fonts with characters that the built-in ones lack.
pub const FONTS_FOLDER: &str = "fonts";
/// At a stop a paper in hand may be finished; a printer that hangs is left.
const STOP_MAX: Duration = Duration::from_secs(8);

/// The running paper side of all sites.
pub struct PaperRoom {
    pub spool: Spool,
    app: AppState,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Opens the spool and serves the printers of every site, of later ones too. Must be called inside the runtime.
pub fn start(app: &AppState) -> Result<PaperRoom, SpoolError> {
    let (spool, damaged) = Spool::open_or_renew(&app.options().folder.join(SPOOL_FILE))?;
    if let Some(aside) = &damaged {
        tracing::error!(aside = %aside.display(), "the print spool was damaged and begins anew");
    }
    let renewed = damaged.is_some();
    let (stop, stopped) = watch::channel(false);
    app.paper_desk().open(&spool);
    let offices = tokio::spawn(open_offices(app.clone(), spool.clone(), renewed, stopped.clone()));
    let late = tokio::spawn(late::watch(app.clone(), stopped.clone()));
    let reports = tokio::spawn(report::report(app.clone(), spool.clone(), stopped));
    Ok(PaperRoom { spool, app: app.clone(), stop, tasks: vec![offices, late, reports] })
}

impl PaperRoom {
    /// Ends after the papers in hand.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.app.paper_desk().close();
        for mut task in self.tasks {
            if timeout(STOP_MAX, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

/// Asks the spool where blocking is allowed.
async fn in_spool<T: Send + 'static>(
    spool: &Spool,
    run: impl FnOnce(&Spool) -> Result<T, SpoolError> + Send + 'static,
) -> Result<T, SpoolError> {
    let spool = spool.clone();
    blocking(move || run(&spool)).await.map_err(|_| SpoolError::Stopped)?
}

async fn open_offices(app: AppState, spool: Spool, renewed: bool, mut stopped: watch::Receiver<bool>) {
    let printers = Arc::new(printers::Workshop::new(spool.clone(), app.options().folder.join(FONTS_FOLDER)));
    let mut offices: BTreeMap<SiteId, JoinHandle<()>> = BTreeMap::new();
    let mut count = app.dispatcher().count();
    loop {
        count.mark_unchanged();
        for site in app.dispatcher().sites() {
            let Ok(served) = app.hall(&site) else { continue };
            offices.entry(site).or_insert_with(|| {
                let office =
                    office::Office::new(app.clone(), served, (spool.clone(), renewed), Arc::clone(&printers));
                tokio::spawn(office.run(stopped.clone()))
            });
        }
        tokio::select! {
            founded = count.changed() => if founded.is_err() { break },
            _ = stopped.wait_for(|stopped| *stopped) => break,
        }
    }
    for (site, office) in offices {
        if let Err(error) = office.await {
            tracing::error!(%site, %error, "the paper of a site ended badly");
        }
    }
}
