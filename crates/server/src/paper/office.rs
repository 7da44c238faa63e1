//! The paper of one site: reads the hall's records behind it and keeps the spool in step with them.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use khiw_dispatcher::{Committed, FollowError, Follower, Request};
use khiw_domain::config::{Printer, SiteConfig};
use khiw_domain::event::TicketIssued;
use khiw_domain::id::{DeviceId, PrinterId, TicketId};
use khiw_domain::ticket::Paper;
use khiw_domain::{Command, Event};
use khiw_printing::{NewJob, Spool, SpoolError};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::printers::{Printers, Workshop};
use super::report::PAPER_ACTOR;
use super::ticket::paper_of;
use crate::state::{AppState, ServedHall};

/// Records read at once.
const PAGE_RECORDS: usize = 256;
/// Records without paper after which the position is stored all the same. Each storing is a disk write that the
/// hall's own disk has to do, and reading records twice is harmless.
const STORE_EVERY_RECORDS: u64 = 2_000;
/// A ticket issued so long ago is not printed any more when the server comes back: its visitor has gone by the screen.
const AGE_MAX: SignedDuration = SignedDuration::from_mins(10);
/// Pause before a failed reading or storing is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

pub struct Office {
    app: AppState,
    served: Arc<ServedHall>,
    spool: Spool,
    printers: Printers,
    /// The spool's name of this hall's stream: of its epoch, because a restored journal counts records anew.
    stream: String,
}

#[derive(Debug, thiserror::Error)]
enum OfficeError {
    #[error(transparent)]
    Follow(#[from] FollowError),
    #[error(transparent)]
    Journal(#[from] khiw_journal::JournalError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

/// What a page of records means for the spool.
#[derive(Default)]
struct Work {
    jobs: Vec<NewJob>,
    /// Final now: their waiting papers expire.
    finals: Vec<String>,
    /// Issued with paper, but nothing here can print it.
    unprintable: Vec<(TicketId, Paper)>,
    configured: bool,
}

impl Office {
    pub fn new(app: AppState, served: Arc<ServedHall>, spool: Spool, workshop: Arc<Workshop>) -> Self {
        let position = served.hall.position();
        let stream = stream_name(served.hall.stream().as_str(), position.epoch);
        let printers = Printers::new(workshop, Arc::clone(&served), app.clone());
        Self { app, served, spool, printers, stream }
    }

    /// Runs until `stopped` turns true or the hall ends.
    pub async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        loop {
            let mut stop = stopped.clone();
            let followed = tokio::select! {
                followed = self.follow() => followed,
                _ = stop.wait_for(|stopped| *stopped) => break,
            };
            match followed {
                Ok(()) | Err(OfficeError::Follow(FollowError::Stopped)) => break,
                Err(error) => {
                    tracing::error!(site = %self.served.hall.site_id(), %error, "paper cannot follow the hall");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(RETRY_AFTER) => {}
                _ = stopped.wait_for(|stopped| *stopped) => break,
            }
        }
        self.printers.stop().await;
    }

    async fn follow(&mut self) -> Result<(), OfficeError> {
        self.match_printers().await;
        let from = self.start_seq().await?;
        let mut follower = Follower::new(&self.served.hall, from);
        let mut stored = from.saturating_sub(1);
        loop {
            let page = follower.next(PAGE_RECORDS).await?;
            let Some(last) = page.last().map(|followed| followed.seq) else { continue };
            let work = self.work(&page);
            if work.configured {
                self.match_printers().await;
            }
            let idle = work.jobs.is_empty() && work.finals.is_empty();
            if !idle || last - stored >= STORE_EVERY_RECORDS {
                self.store(last, work.jobs, work.finals).await?;
                stored = last;
            }
            for (ticket, paper) in work.unprintable {
                let request = Request::once(PAPER_ACTOR, Command::ReportPaper { ticket, paper });
                // A refusal or a stop: the ticket is valid without paper.
                let _ = self.served.hall.send(request).await;
            }
        }
    }

    /// Where the spool got to, but not before the running service day: older tickets are final.
    async fn start_seq(&self) -> Result<u64, OfficeError> {
        let (spool, name) = (self.spool.clone(), self.stream.clone());
        let (journal, stream) = (Arc::clone(self.served.hall.journal()), self.served.hall.stream().clone());
        let found = spawn_blocking(move || -> Result<u64, OfficeError> {
            let day = journal.days(&stream, 1)?.first().map_or(0, |day| day.seq);
            Ok(day.max(spool.position(&name)? + 1))
        });
        found.await.map_err(|_| OfficeError::Spool(SpoolError::Stopped))?
    }

    async fn store(&self, seq: u64, jobs: Vec<NewJob>, finals: Vec<String>) -> Result<(), OfficeError> {
        let (spool, stream) = (self.spool.clone(), self.stream.clone());
        let stored = spawn_blocking(move || {
            let finals: Vec<&str> = finals.iter().map(String::as_str).collect();
            spool.accept_and_expire(&stream, seq, &jobs, &finals)
        });
        Ok(stored.await.map_err(|_| SpoolError::Stopped)??)
    }

    async fn match_printers(&mut self) {
        let config = self.served.hall.read(|site| site.config().cloned());
        if let Some(config) = config {
            // A site without printers does not pay for fonts.
            if !config.printers.is_empty() {
                self.printers.renew_templates(&config.tickets);
            }
            self.printers.match_configuration(&config.printers).await;
        }
    }

    fn work(&self, page: &[Committed]) -> Work {
        let mut work = Work::default();
        let facts = self.served.facts();
        let config = facts.config.as_deref();
        for record in page {
            let mut index = 0;
            for event in record.events.iter() {
                match event {
                    Event::TicketIssued(issued) if issued.paper => {
                        match self.job(config, record.seq, index, record.at, issued) {
                            Ok(job) => work.jobs.extend(job),
                            Err(paper) => work.unprintable.push((issued.ticket, paper)),
                        }
                        index += 1;
                    }
                    Event::TicketDone { ticket }
                    | Event::TicketCancelled { ticket, .. }
                    | Event::TicketNoShow { ticket, .. } => work.finals.push(ticket.to_string()),
                    Event::SiteConfigured { .. } => work.configured = true,
                    _ => {}
                }
            }
        }
        work
    }

    /// The print job of an issued ticket; none when its paper is settled already; what to report when it cannot be.
    fn job(
        &self,
        config: Option<&SiteConfig>,
        seq: u64,
        index: u32,
        at: jiff::Timestamp,
        issued: &TicketIssued,
    ) -> Result<Option<NewJob>, Paper> {
        let hall = &self.served.hall;
        let (open, zone) = hall.read(|site| {
            let pending = |ticket: &khiw_domain::Ticket| ticket.paper == Paper::Pending;
            (site.ticket(issued.ticket).is_some_and(pending), site.zone().clone())
        });
        if !open {
            return Ok(None);
        }
        let age = hall.now().duration_since(at);
        let speed = self.app.dispatcher().clock().speed().max(1.0);
        if age.as_secs_f64() / speed > AGE_MAX.as_secs_f64() {
            return Err(Paper::Expired);
        }
        let config = config.ok_or(Paper::Failed)?;
        let printer = printer_for(config, issued).ok_or(Paper::Failed)?;
        let token = self.app.key().ticket_token(hall.site_id(), issued.ticket);
        let link = self.served.facts().ticket_link(&token);
        Ok(Some(NewJob {
            seq,
            index,
            printer: self.printers.job_name(printer),
            ticket: issued.ticket.to_string(),
            paper: paper_of(config, &zone, at, issued, link),
        }))
    }
}

/// The printer that the device the number was taken at prints on; else the one that bears its name; else the
/// site's first.
fn printer_for<'a>(config: &'a SiteConfig, issued: &TicketIssued) -> Option<&'a PrinterId> {
    let device = issued.device.as_ref();
    let wired = |printer: &&Printer| device.is_some_and(|device| printer.devices.contains(device));
    let named = |printer: &&Printer| Some(printer.id.as_str()) == device.map(DeviceId::as_str);
    let printers = &config.printers;
    let found = printers.iter().find(wired).or_else(|| printers.iter().find(named)).or(printers.first());
    found.map(|printer| &printer.id)
}

/// `hall/SITE@EPOCH`.
pub fn stream_name(stream: &str, epoch: u32) -> String {
    format!("{stream}@{epoch}")
}
