//! One printer of an agent: its worker, which prints whether the server is there or not, and the server, which is
//! visited again and again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use khiw_printing::wire::Settings;
use khiw_printing::{
    Draw, Link, PaperWidth, PrinterSetup, PrinterWorker, Profile, Renderer, Spool, SpoolError, Templates,
    profile, worker,
};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use crate::connect::Trouble;
use crate::{House, kept, visit};

/// Pause before the first new try; it doubles up to `RETRY_MS_MAX`.
const RETRY_MS_MIN: u64 = 250;
/// Short: a hall waits for paper, and a server has few agents.
const RETRY_MS_MAX: u64 = 4_000;
/// Where people must change something first.
const RETRY_MS_PEOPLE: u64 = 20_000;
/// At a stop a paper in hand may be finished; a printer that hangs is left.
const STOP_MAX: Duration = Duration::from_secs(8);

pub struct Post {
    pub house: Arc<House>,
    /// The printer's id in the site file.
    pub printer: String,
    link: Link,
    settings: Option<Settings>,
    templates: Templates,
    pub worker: Option<PrinterWorker>,
    /// Visits in a row that came to nothing.
    pub failures: u32,
}

impl Post {
    pub fn new(house: Arc<House>, printer: String, link: Link) -> Self {
        let templates = Templates::default();
        Self { house, printer, link, settings: None, templates, worker: None, failures: 0 }
    }

    /// Runs until `stopped` turns true; then the paper in hand is finished.
    pub async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        self.go_on().await;
        let mut last = String::new();
        while !*stopped.borrow() {
            let Err(trouble) = visit::visit(&mut self, stopped.clone()).await else { break };
            let pause = self.pause(&trouble);
            let told = trouble.to_string();
            // The same trouble for hours is told once.
            if told == last && self.failures > 0 {
                tracing::debug!(printer = self.printer, trouble = told, "still away from the server");
            } else {
                let printer = &self.printer;
                tracing::warn!(
                    printer,
                    trouble = told,
                    "away from the server; what is here is printed all the same"
                );
                last = told;
            }
            self.failures += 1;
            tokio::select! {
                () = sleep(pause) => {}
                _ = stopped.wait_for(|stopped| *stopped) => {}
            }
        }
        self.stop_worker().await;
    }

    /// Prints what is here already, by the settings of the last time.
    async fn go_on(&mut self) {
        let (folder, printer) = (self.house.folder.clone(), self.printer.clone());
        let kept = spawn_blocking(move || kept::read(&folder, &printer)).await.ok().flatten();
        if let Some(settings) = kept
            && let Err(trouble) = self.set_up(settings).await
        {
            tracing::warn!(printer = self.printer, %trouble, "the kept settings are of no use");
        }
    }

    /// With jitter: agents of one house do not all come at once.
    fn pause(&self, trouble: &Trouble) -> Duration {
        let doubled = RETRY_MS_MIN.saturating_mul(1 << self.failures.min(16)).min(RETRY_MS_MAX);
        let longest = if trouble.needs_people() { RETRY_MS_PEOPLE } else { doubled };
        Duration::from_millis(fastrand::u64(longest / 2..=longest))
    }

    /// Puts settings in force, and keeps them.
    pub async fn set_up(&mut self, settings: Settings) -> Result<(), Trouble> {
        if self.settings.as_ref() == Some(&settings) && self.worker.is_some() {
            return Ok(());
        }
        let width = PaperWidth::from_dots(settings.width_dots.into());
        let width =
            width.ok_or_else(|| Trouble::Garbage(format!("paper of {} dots", settings.width_dots)))?;
        self.set_templates(&settings).await;
        let print = |settings: &Settings| (settings.width_dots, settings.profile.clone(), settings.copies);
        let same = self.settings.as_ref().is_some_and(|old| print(old) == print(&settings));
        if !same || self.worker.is_none() {
            self.stop_worker().await;
            self.start_worker(&settings, width);
        }
        let (folder, printer, kept) = (self.house.folder.clone(), self.printer.clone(), settings.clone());
        let written = spawn_blocking(move || kept::write(&folder, &printer, &kept)).await;
        if let Ok(Err(error)) = written {
            tracing::warn!(printer = self.printer, %error, "the settings are not kept: a restart needs the server");
        }
        self.settings = Some(settings);
        Ok(())
    }

    async fn set_templates(&mut self, settings: &Settings) {
        for problem in self.templates.renew(&settings.templates, &settings.pictures) {
            tracing::warn!(printer = self.printer, %problem, "a template stays as it was");
        }
        let (renderer, templates) = (Arc::clone(&self.house.renderer), Arc::new(self.templates.clone()));
        let site = settings.site.clone();
        let set = spawn_blocking(move || {
            // After a panic inside, the renderer is still whole.
            let mut renderer = renderer.lock().unwrap_or_else(PoisonError::into_inner);
            renderer.set_templates(&site, templates);
        });
        if let Err(error) = set.await {
            tracing::error!(printer = self.printer, %error, "the templates were not set");
        }
    }

    fn start_worker(&mut self, settings: &Settings, width: PaperWidth) {
        let profile = match settings.profile.as_deref() {
            None => Profile::generic(width.dots()),
            Some(name) => profile::find(name).unwrap_or_else(|| {
                tracing::warn!(
                    printer = self.printer,
                    profile = name,
                    "is not known here: update this agent"
                );
                Profile::generic(width.dots())
            }),
        };
        let setup = PrinterSetup {
            profile,
            copies: settings.copies,
            ..PrinterSetup::new(self.printer.clone(), self.link.clone(), width)
        };
        let draw: Arc<Mutex<dyn Draw>> = Arc::<Mutex<Renderer>>::clone(&self.house.renderer);
        self.worker = Some(worker::start(self.house.spool.clone(), setup, draw));
    }

    /// After the paper in hand.
    pub async fn stop_worker(&mut self) {
        if let Some(worker) = self.worker.take()
            && timeout(STOP_MAX, worker.stop()).await.is_err()
        {
            tracing::warn!(printer = self.printer, "the printer hangs: its paper is left");
        }
    }

    pub async fn in_spool<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Spool) -> Result<T, SpoolError> + Send + 'static,
    ) -> Result<T, SpoolError> {
        let spool = self.house.spool.clone();
        spawn_blocking(move || run(&spool)).await.map_err(|_| SpoolError::Stopped)?
    }
}
