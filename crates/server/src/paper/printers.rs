//! One worker per configured printer, or the desk of its agent, kept in step with the configuration, and each printer's state as an alarm.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::SignedDuration;
use khiw_domain::config::{Printer, Tickets};
use khiw_domain::id::{PrinterId, SiteId};
use khiw_printing::wire::Settings;
use khiw_printing::{
    Board, Draw, Link, PaperWidth, PrinterSetup, PrinterState, PrinterWorker, Profile, Reason, Renderer,
    Spool, SpoolError, Status, Templates, profile,
};
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, Id, JoinSet};

use super::agent::{self, DeskSetup, Patience};
use super::in_spool;
use super::known::KnownPrinters;
use crate::alarms::AlarmBoard;
use crate::api::types::{AlarmSource, Severity};
use crate::state::{AppState, ServedHall};

/// What all printers share.
pub struct Workshop {
    spool: Spool,
    /// Fonts of the office, for characters that the built-in ones lack.
    fonts: PathBuf,
    /// Loads its fonts with the first printer: a hall without paper does not pay for them.
    renderer: OnceLock<Arc<Mutex<Renderer>>>,
    /// What each printer knows of its pair.
    board: Board,
}

impl Workshop {
    pub fn new(spool: Spool, fonts: PathBuf) -> Self {
        Self { spool, fonts, renderer: OnceLock::new(), board: Board::default() }
    }

    fn renderer(&self) -> &Arc<Mutex<Renderer>> {
        self.renderer.get_or_init(|| {
            let (fonts, errors) = khiw_printing::fonts::of_folder(&self.fonts);
            for error in errors {
                tracing::warn!(%error, "a font of the office is not used");
            }
            Arc::new(Mutex::new(Renderer::with_fonts(fonts)))
        })
    }

    fn open(&self, mut setup: PrinterSetup) -> PrinterWorker {
        setup.board = self.board.clone();
        let draw: Arc<Mutex<dyn Draw>> = Arc::<Mutex<Renderer>>::clone(self.renderer());
        khiw_printing::worker::start(self.spool.clone(), setup, draw)
    }

    fn set_templates(&self, site: &SiteId, templates: &Templates) {
        // After a panic inside, the renderer is still whole.
        let mut renderer = self.renderer().lock().unwrap_or_else(PoisonError::into_inner);
        renderer.set_templates(site.as_str(), Arc::new(templates.clone()));
    }
}

/// The printers of one site.
pub struct Printers {
    workshop: Arc<Workshop>,
    served: Arc<ServedHall>,
    app: AppState,
    running: BTreeMap<PrinterId, Running>,
    /// Workers that finish their paper in hand, of printers that are gone or were changed.
    leaving: JoinSet<()>,
    /// Whose they are. Until they have ended nobody else speaks to these printers.
    held: BTreeMap<Id, PrinterId>,
    /// As the site declares them.
    wanted: Vec<Printer>,
    templates: Templates,
    /// As agents are told.
    tickets: Tickets,
}

struct Running {
    config: Printer,
    worker: PrinterWorker,
    /// What its agent is told; none: it is served from here.
    settings: Option<watch::Sender<Arc<Settings>>>,
    watch: AbortHandle,
}

impl Printers {
    pub fn new(workshop: Arc<Workshop>, served: Arc<ServedHall>, app: AppState) -> Self {
        let (templates, tickets) = (Templates::default(), Tickets::default());
        Self {
            workshop,
            served,
            app,
            running: BTreeMap::new(),
            leaving: JoinSet::new(),
            held: BTreeMap::new(),
            wanted: Vec::new(),
            templates,
            tickets,
        }
    }

    fn known(&self) -> &KnownPrinters {
        &self.app.paper_desk().known
    }

    /// The name that jobs for this printer carry: unique over all sites.
    pub fn job_name(&self, printer: &PrinterId) -> String {
        job_name(self.served.hall.site_id(), printer)
    }

    /// Puts the site's own templates in force, before anything is drawn by them. One with a mistake stays as it was.
    pub fn renew_templates(&mut self, tickets: &Tickets) {
        let site = self.served.hall.site_id();
        for problem in self.templates.renew(&tickets.templates, &tickets.pictures) {
            tracing::warn!(%site, %problem, "a template stays as it was");
        }
        self.workshop.set_templates(site, &self.templates);
        self.tickets = tickets.clone();
        for Running { config, settings: told, .. } in self.running.values() {
            if let Some(told) = told {
                let settings = self.settings(config);
                told.send_if_modified(|known| {
                    let changed = **known != settings;
                    *known = Arc::new(settings);
                    changed
                });
            }
        }
    }

    fn settings(&self, printer: &Printer) -> Settings {
        Settings {
            site: self.served.hall.site_id().to_string(),
            width_dots: printer.width_dots,
            profile: printer.profile.clone(),
            copies: printer.copies,
            templates: self.tickets.templates.clone(),
            pictures: self.tickets.pictures.clone(),
        }
    }

    /// Ends workers whose printer is gone or was changed, and starts those that are new. A printer that hangs is not
    /// waited for: its next worker begins when [`Printers::left`] tells that the last one has ended.
    pub async fn match_configuration(&mut self, wanted: &[Printer]) {
        let stale: Vec<PrinterId> = self
            .running
            .values()
            .filter(|running| !wanted.contains(&running.config))
            .map(|running| running.config.id.clone())
            .collect();
        for id in &stale {
            self.leave(id);
        }
        self.wanted = wanted.to_vec();
        self.fill().await;
    }

    /// Waits until a worker that was to end has ended; none while there is no such worker. May be dropped at any time.
    pub async fn left(&mut self) -> Option<PrinterId> {
        let ended = match self.leaving.join_next_with_id().await? {
            Ok((id, ())) => id,
            Err(error) => error.id(),
        };
        self.held.remove(&ended)
    }

    /// Goes on with a printer whose last worker has ended.
    pub async fn resume(&mut self, printer: &PrinterId) {
        if !self.wanted.iter().any(|wanted| wanted.id == *printer) {
            self.give_up(printer, false).await;
        }
        self.fill().await;
    }

    /// Starts what is wanted and not served.
    async fn fill(&mut self) {
        for printer in self.wanted.clone() {
            let held = self.held.values().any(|held| *held == printer.id);
            if held || self.running.contains_key(&printer.id) {
                continue;
            }
            if !printer.is_at_agent() {
                self.give_up(&printer.id, true).await;
            }
            self.begin(&printer);
        }
        if let Err(error) = self.settle_strays().await {
            tracing::error!(site = %self.served.hall.site_id(), %error, "papers without a printer wait on");
        }
    }

    /// Papers that wait for a printer which nobody serves (it left the site, or cannot be used) go to its pair, or come
    /// to an end that people see.
    pub async fn settle_strays(&self) -> Result<(), SpoolError> {
        let site = format!("{}/", self.served.hall.site_id());
        let busy = self.running.keys().chain(self.held.values());
        let served: BTreeSet<String> = busy.map(|id| self.job_name(id)).collect();
        let pair = |printer: &Printer| {
            let pair = printer.pair.as_ref().filter(|pair| self.running.contains_key(*pair))?;
            Some((self.job_name(&printer.id), self.job_name(pair)))
        };
        let pairs: BTreeMap<String, String> = self.wanted.iter().filter_map(pair).collect();
        let settled = in_spool(&self.workshop.spool, move |spool| {
            let strays = spool.waiting()?.into_iter().map(|waiting| waiting.printer);
            for stray in strays.filter(|name| name.starts_with(&site) && !served.contains(name)) {
                if let Some(pair) = pairs.get(&stray) {
                    spool.hand_over(&stray, pair)?;
                }
                spool.fail_waiting(&stray, SignedDuration::ZERO, Reason::NoPrinter)?;
            }
            Ok(())
        });
        settled.await
    }

    /// What an agent has of a printer that is no agent's any more; perhaps it prints it, so what follows here is marked.
    async fn give_up(&self, printer: &PrinterId, again: bool) {
        let name = self.job_name(printer);
        let give_up = move |spool: &Spool| spool.give_up(&name, None, again.then_some(name.as_str()));
        if let Err(error) = in_spool(&self.workshop.spool, give_up).await {
            tracing::error!(%printer, %error, "the print spool failed");
        }
    }

    /// Ends all workers after their jobs in hand.
    pub async fn stop(mut self) {
        let ids: Vec<PrinterId> = self.running.keys().cloned().collect();
        for id in ids {
            self.leave(&id);
        }
        while self.leaving.join_next().await.is_some() {}
    }

    fn leave(&mut self, id: &PrinterId) {
        if let Some(running) = self.running.remove(id) {
            let site = self.served.hall.site_id();
            self.app.agents().shut(site, id);
            running.watch.abort();
            let leaving = self.leaving.spawn(running.worker.stop());
            self.held.insert(leaving.id(), id.clone());
            self.app.alarms().clear(site, &alarm_id(id), self.served.hall.now());
            self.known().forget(site, id);
        }
    }

    fn begin(&mut self, printer: &Printer) {
        if printer.is_at_agent() {
            self.begin_at_agent(printer);
            return;
        }
        let link = match printer.link.parse::<Link>() {
            Ok(link) => link,
            Err(error) => {
                self.raise_unusable(printer, &error.to_string());
                return;
            }
        };
        let Some(width) = PaperWidth::from_dots(printer.width_dots.into()) else {
            self.raise_unusable(printer, "its width is none of 384, 512 and 576 dots");
            return;
        };
        let Some(profile) = model(printer, width) else {
            self.raise_unusable(printer, "its model is none of config/printers");
            return;
        };
        let worker = self.workshop.open(PrinterSetup {
            profile,
            copies: printer.copies,
            pair: printer.pair.as_ref().map(|pair| self.job_name(pair)),
            ..PrinterSetup::new(self.job_name(&printer.id), link, width)
        });
        self.runs(printer, worker, None);
    }

    fn begin_at_agent(&mut self, printer: &Printer) {
        let (told, settings) = watch::channel(Arc::new(self.settings(printer)));
        let (door, arrivals) = mpsc::channel(agent::ARRIVALS_MAX);
        let desk = agent::start(DeskSetup {
            name: self.job_name(&printer.id),
            spool: self.workshop.spool.clone(),
            pair: printer.pair.as_ref().map(|pair| self.job_name(pair)),
            board: self.workshop.board.clone(),
            settings,
            arrivals: Arc::new(tokio::sync::Mutex::new(arrivals)),
            patience: Patience::default(),
        });
        self.app.agents().open(self.served.hall.site_id(), &printer.id, door);
        self.runs(printer, desk, Some(told));
    }

    fn runs(
        &mut self,
        printer: &Printer,
        worker: PrinterWorker,
        settings: Option<watch::Sender<Arc<Settings>>>,
    ) {
        let watch = tokio::spawn(watch_state(
            (worker.state(), worker.told()),
            Arc::clone(&self.served),
            (self.app.alarms().clone(), self.known().clone()),
            printer.id.clone(),
        ));
        let running = Running { config: printer.clone(), worker, settings, watch: watch.abort_handle() };
        self.running.insert(printer.id.clone(), running);
    }

    /// The configuration is checked when it is declared; one that was stored by an older version may still fail.
    fn raise_unusable(&self, printer: &Printer, why: &str) {
        tracing::error!(printer = %printer.id, link = printer.link, why, "a printer cannot be used");
        let facts = BTreeMap::from([
            ("printer".to_owned(), Value::from(printer.id.as_str())),
            ("state".to_owned(), Value::from("unusable")),
        ]);
        let kind = (AlarmSource::Printer, Severity::Stop);
        let hall = &self.served.hall;
        self.app.alarms().raise(hall.site_id(), &alarm_id(&printer.id), kind, hall.now(), facts);
        self.known().note(hall.site_id(), &printer.id, None, Status::default(), hall.now());
    }
}

/// The name that jobs for a printer carry: unique over all sites.
pub fn job_name(site: &SiteId, printer: &PrinterId) -> String {
    format!("{site}/{printer}")
}

fn model(printer: &Printer, width: PaperWidth) -> Option<Arc<Profile>> {
    match &printer.profile {
        Some(name) => profile::find(name),
        None => Some(Profile::generic(width.dots())),
    }
}

fn alarm_id(printer: &PrinterId) -> String {
    format!("printer-{printer}")
}

/// What staff have to do about a printer in this state; none: nothing.
fn severity(state: PrinterState) -> Option<Severity> {
    match state {
        PrinterState::Ok | PrinterState::Unknown => None,
        PrinterState::PaperNearEnd => Some(Severity::Info),
        PrinterState::Offline
        | PrinterState::PaperOut
        | PrinterState::CoverOpen
        | PrinterState::CutterError
        | PrinterState::Overheated => Some(Severity::Warn),
    }
}

async fn watch_state(
    (mut states, mut told): (watch::Receiver<PrinterState>, watch::Receiver<Status>),
    served: Arc<ServedHall>,
    (alarms, known): (AlarmBoard, KnownPrinters),
    printer: PrinterId,
) {
    let hall = &served.hall;
    loop {
        let (state, said) = (*states.borrow_and_update(), *told.borrow_and_update());
        known.note(hall.site_id(), &printer, Some(state), said, hall.now());
        match severity(state) {
            Some(severity) => {
                let facts = BTreeMap::from([
                    ("printer".to_owned(), Value::from(printer.as_str())),
                    ("state".to_owned(), Value::from(state.code())),
                ]);
                let kind = (AlarmSource::Printer, severity);
                alarms.raise(hall.site_id(), &alarm_id(&printer), kind, hall.now(), facts);
            }
            None => alarms.clear(hall.site_id(), &alarm_id(&printer), hall.now()),
        }
        let changed = tokio::select! {
            changed = states.changed() => changed,
            changed = told.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_a_site_file_may_name_is_built_in_as_wide() {
        for (name, width_dots) in khiw_config::PRINTER_PROFILES {
            let found = profile::find(name).map(|profile| profile.width_dots);
            assert_eq!(found, Some(*width_dots), "{name}");
        }
        assert_eq!(khiw_config::PRINTER_PROFILES.len(), profile::all().len());
    }
}
