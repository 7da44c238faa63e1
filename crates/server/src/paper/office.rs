//! The paper of one site: reads the hall's records behind it and keeps the spool in step with them.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use khiw_dispatcher::{Committed, Failure, FollowError, Follower, Request};
use khiw_domain::config::{AlsoPrinted, Names, Printer, ServiceKind, SiteConfig};
use khiw_domain::event::{QueuedBy, TicketIssued};
use khiw_domain::id::{CounterId, DeviceId, PrinterId, ServiceId, TicketId};
use khiw_domain::ticket::{Paper, Ticket};
use khiw_domain::{Command, Event};
use khiw_printing::{Final, Intake, NewJob, Ordered, Spool, SpoolError};
use tokio::sync::watch;
use tokio::time::Instant;

use super::in_spool;
use super::printers::{Printers, Workshop};
use super::report::PAPER_ACTOR;
use super::ticket::{paper_again, paper_of, slip_of};
use crate::blocking::blocking;
use crate::state::{AppState, ServedHall};

/// Records read at once.
const PAGE_RECORDS: usize = 256;
/// Records without paper after which the position is stored all the same, but not more often than this. Each storing is a
/// disk write that the hall's own disk has to do, and a call may wait behind it; reading records twice is harmless.
const STORE_EVERY_RECORDS: u64 = 2_000;
const STORE_EVERY: Duration = Duration::from_secs(10);
/// A ticket issued so long ago is not printed any more when the server comes back: its visitor has gone by the screen.
const AGE_MAX: SignedDuration = SignedDuration::from_mins(10);
/// Begins the name of a slip in the spool, so that it is not taken for its ticket's paper.
pub const FORWARD: &str = "forward/";
/// Pause before a failed reading or storing is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

pub struct Office {
    app: AppState,
    served: Arc<ServedHall>,
    spool: Spool,
    printers: Printers,
    /// The spool that knew the papers up to this record was lost: nobody knows which came out. 0: it knows its papers.
    unknown_up_to: u64,
    /// The spool's name of this hall's stream: of its epoch, because a restored journal counts records anew.
    stream: String,
}

/// The position that the spool has, and since when.
struct Stored {
    seq: u64,
    when: Instant,
}

impl Stored {
    /// Whether the position of records without paper is worth a disk write.
    fn is_old(&self, read_up_to: u64, now: Instant) -> bool {
        read_up_to - self.seq >= STORE_EVERY_RECORDS && now - self.when >= STORE_EVERY
    }
}

#[derive(Debug, thiserror::Error)]
enum OfficeError {
    #[error(transparent)]
    Follow(#[from] FollowError),
    #[error(transparent)]
    Journal(#[from] khiw_journal::JournalError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error(transparent)]
    Hall(#[from] Failure),
}

/// A ticket's paper that nothing here can print, and the record that asked for it.
struct Unprintable {
    ticket: TicketId,
    paper: Paper,
    asked: u64,
}

/// What a page of records means for the spool.
#[derive(Default)]
struct Work {
    jobs: Vec<NewJob>,
    ordered: Vec<Ordered>,
    finals: Vec<Final>,
    /// Issued with paper, but nothing here can print it.
    unprintable: Vec<Unprintable>,
    configured: bool,
}

impl Office {
    /// `renewed`: the spool before this one was lost.
    pub fn new(
        app: AppState,
        served: Arc<ServedHall>,
        (spool, renewed): (Spool, bool),
        workshop: Arc<Workshop>,
    ) -> Self {
        let position = served.hall.position();
        let stream = stream_name(served.hall.stream().as_str(), position.epoch);
        let printers = Printers::new(workshop, Arc::clone(&served), app.clone());
        let unknown_up_to = if renewed { position.seq } else { 0 };
        Self { app, served, spool, printers, unknown_up_to, stream }
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
        let from = self.start_seq().await?;
        // After it: what is configured beyond this position is read as a record.
        self.match_printers().await;
        let mut follower = Follower::new(&self.served.hall, from);
        let mut stored = Stored { seq: from.saturating_sub(1), when: Instant::now() };
        loop {
            let page = tokio::select! {
                page = follower.next(PAGE_RECORDS) => page?,
                Some(printer) = self.printers.left() => {
                    self.printers.resume(&printer).await;
                    continue;
                }
            };
            let Some(last) = page.last().map(|followed| followed.seq) else { continue };
            let mut work = self.work(&page);
            if work.configured {
                self.match_printers().await;
            }
            // Before the position is stored: what could not be told is told again.
            for Unprintable { ticket, paper, asked } in std::mem::take(&mut work.unprintable) {
                let request = Request::once(PAPER_ACTOR, Command::ReportPaper { ticket, paper, asked });
                match self.served.hall.send(request).await {
                    // Refused: the ticket is of a day that is over.
                    Ok(_) | Err(Failure::Refused(_)) => {}
                    Err(failure) => return Err(failure.into()),
                }
            }
            let now = Instant::now();
            if stored.is_old(last, now) || !work.is_idle(&self.spool) {
                self.store(last, work).await?;
                stored = Stored { seq: last, when: now };
                self.printers.settle_strays().await?;
            }
        }
    }

    /// Where the spool got to, but not before the running service day: older tickets are final. A day that opens just now,
    /// with the site's first configuration, is read from before it.
    async fn start_seq(&self) -> Result<u64, OfficeError> {
        let known = self.served.hall.position().seq;
        let (spool, name) = (self.spool.clone(), self.stream.clone());
        let (journal, stream) = (Arc::clone(self.served.hall.journal()), self.served.hall.stream().clone());
        let found = blocking(move || -> Result<u64, OfficeError> {
            let day = journal.days(&stream, 1)?.first().map_or(0, |day| day.seq);
            Ok(day.min(known + 1).max(spool.position(&name)? + 1))
        });
        found.await.map_err(|_| OfficeError::Spool(SpoolError::Stopped))?
    }

    async fn store(&self, seq: u64, work: Work) -> Result<(), OfficeError> {
        let stream = self.stream.clone();
        let stored = in_spool(&self.spool, move |spool| {
            let intake = Intake { jobs: &work.jobs, ordered: &work.ordered, finals: &work.finals };
            spool.take_in(&stream, seq, &intake)
        });
        Ok(stored.await?)
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
                        match self.job(config, (record, index), issued) {
                            Ok(job) => work.jobs.extend(job),
                            Err(paper) => {
                                work.unprintable.push(Unprintable {
                                    ticket: issued.ticket,
                                    paper,
                                    asked: record.seq,
                                });
                            }
                        }
                        index += 1;
                    }
                    Event::PaperOrdered { ticket, printer, again } => {
                        match self.ordered(config, (record, index), *ticket, printer.as_ref(), *again) {
                            Ok(ordered) => work.ordered.extend(ordered),
                            Err(paper) => {
                                work.unprintable.push(Unprintable {
                                    ticket: *ticket,
                                    paper,
                                    asked: record.seq,
                                });
                            }
                        }
                        index += 1;
                    }
                    Event::ServiceCompleted { .. } | Event::TicketQueued(_) => {
                        let slip = config.and_then(|config| self.slip(config, (record, index), event));
                        index += u32::from(slip.is_some());
                        work.jobs.extend(slip);
                    }
                    Event::TicketDone { ticket }
                    | Event::TicketCancelled { ticket, .. }
                    | Event::TicketNoShow { ticket, .. } => {
                        work.finals.push(Final { seq: record.seq, ticket: ticket.to_string() });
                    }
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
        (record, index): (&Committed, u32),
        issued: &TicketIssued,
    ) -> Result<Option<NewJob>, Paper> {
        if self.pending(issued.ticket, |_| ()).is_none() {
            return Ok(None);
        }
        if record.seq <= self.unknown_up_to {
            return Err(Paper::Uncertain);
        }
        if self.is_old(record) {
            return Err(Paper::Expired);
        }
        let config = config.ok_or(Paper::Failed)?;
        let printer = printer_for(config, issued.device.as_ref()).ok_or(Paper::Failed)?;
        let link = self.link(issued.ticket);
        Ok(Some(NewJob {
            seq: record.seq,
            index,
            printer: self.printers.job_name(printer),
            ticket: issued.ticket.to_string(),
            paper: paper_of(config, &self.zone(), record.at, issued, link),
        }))
    }

    /// The paper that staff ordered: on the printer they named, else on their own, else where the ticket is at home.
    fn ordered(
        &self,
        config: Option<&SiteConfig>,
        (record, index): (&Committed, u32),
        ticket: TicketId,
        wanted: Option<&PrinterId>,
        again: bool,
    ) -> Result<Option<Ordered>, Paper> {
        let Some(ticket) = self.pending(ticket, Ticket::clone) else { return Ok(None) };
        if record.seq <= self.unknown_up_to {
            return Err(Paper::Uncertain);
        }
        if self.is_old(record) {
            return Err(Paper::Expired);
        }
        let config = config.ok_or(Paper::Failed)?;
        let still_there = |wanted: &&PrinterId| config.printers.iter().any(|known| known.id == **wanted);
        let printer = wanted
            .filter(still_there)
            .or_else(|| own_printer(config, &record.actor))
            .or_else(|| printer_for(config, ticket.device.as_ref()))
            .ok_or(Paper::Failed)?;
        let link = self.link(ticket.id);
        Ok(Some(Ordered {
            seq: record.seq,
            index,
            printer: self.printers.job_name(printer),
            ticket: ticket.id.to_string(),
            by: record.actor.to_string(),
            paper: paper_again(config, &self.zone(), &ticket, link, again),
        }))
    }

    /// The slip of a request that goes on to somebody else, where the site prints one and a printer stands beside who
    /// sends it on. Is no ticket's paper: it is printed also when the ticket is final.
    fn slip(&self, config: &SiteConfig, (record, index): (&Committed, u32), event: &Event) -> Option<NewJob> {
        let sent = sent_on(config, event)?;
        let ticket = self.served.hall.read(|site| site.ticket(sent.ticket).cloned())?;
        if self.is_old(record) {
            return None;
        }
        let from = sent.counter.or_else(|| ticket.steps.last().and_then(|step| step.counter.as_ref()));
        let Some(printer) = slip_printer(config, &record.actor, from) else {
            tracing::info!(ticket = ticket.id.0, "no printer stands where a request was sent on: no slip");
            return None;
        };
        let service = sent.service.unwrap_or_else(|| ticket.service());
        let at = record.at.to_zoned(self.zone());
        Some(NewJob {
            seq: record.seq,
            index,
            printer: self.printers.job_name(printer),
            ticket: format!("{FORWARD}{}", ticket.id),
            paper: slip_of(config, &at, &ticket, service, (from, sent.to)),
        })
    }

    /// Looks at the ticket, while its paper is still to come.
    fn pending<R>(&self, ticket: TicketId, look: impl FnOnce(&Ticket) -> R) -> Option<R> {
        let pending = |ticket: &&Ticket| ticket.paper == Paper::Pending;
        self.served.hall.read(|site| site.ticket(ticket).filter(pending).map(look))
    }

    fn zone(&self) -> TimeZone {
        self.served.hall.read(|site| site.zone().clone())
    }

    fn link(&self, ticket: TicketId) -> Option<String> {
        let token = self.app.key().ticket_token(self.served.hall.site_id(), ticket);
        self.served.facts().ticket_link(&token)
    }

    /// Whoever waited for the paper of this record has gone by the screen.
    fn is_old(&self, record: &Committed) -> bool {
        let age = self.served.hall.now().duration_since(record.at);
        let speed = self.app.dispatcher().clock().speed().max(1.0);
        age.as_secs_f64() / speed > AGE_MAX.as_secs_f64()
    }
}

impl Work {
    /// Whether nothing here changes the spool: a ticket that is final matters while some paper waits.
    fn is_idle(&self, spool: &Spool) -> bool {
        self.jobs.is_empty() && self.ordered.is_empty() && (self.finals.is_empty() || !spool.is_busy())
    }
}

/// A request on its way to somebody else.
struct SentOn<'a> {
    ticket: TicketId,
    /// None: the ticket's service now.
    service: Option<&'a ServiceId>,
    counter: Option<&'a CounterId>,
    to: &'a Names,
}

/// What an event sends on, if the site prints slips of it.
fn sent_on<'a>(config: &'a SiteConfig, event: &'a Event) -> Option<SentOn<'a>> {
    let prints = |paper| config.tickets.also.contains(&paper);
    match event {
        Event::ServiceCompleted { ticket, counter, service, .. } if prints(AlsoPrinted::Forward) => {
            let service = config.services.iter().find(|known| known.id == *service)?;
            let to = service.forwarded_to.as_ref()?;
            (service.kind == ServiceKind::ReceiveAndForward).then_some(SentOn {
                ticket: *ticket,
                service: Some(&service.id),
                counter: Some(counter),
                to,
            })
        }
        Event::TicketQueued(queued)
            if queued.cause == QueuedBy::Transfer && prints(AlsoPrinted::Transfer) =>
        {
            let queue = config.queues.iter().find(|queue| queue.id == queued.queue)?;
            Some(SentOn { ticket: queued.ticket, service: None, counter: None, to: &queue.name })
        }
        _ => None,
    }
}

/// The printer that this device prints on; else the one that bears its name; else the site's first.
pub fn printer_for<'a>(config: &'a SiteConfig, device: Option<&DeviceId>) -> Option<&'a PrinterId> {
    let own = device.and_then(|device| own_printer(config, device.as_str()));
    own.or(config.printers.first().map(|printer| &printer.id))
}

/// The printer that is at home at a device or desk of this name.
fn own_printer<'a>(config: &'a SiteConfig, name: &str) -> Option<&'a PrinterId> {
    let wired = |printer: &&Printer| printer.devices.iter().any(|device| device.as_str() == name);
    let named = |printer: &&Printer| printer.id.as_str() == name;
    let printers = &config.printers;
    printers.iter().find(wired).or_else(|| printers.iter().find(named)).map(|printer| &printer.id)
}

/// Where a slip comes out: at the sender's, at the counter's, else at a printer that is nobody's own. Never at a
/// kiosk's: nobody would look for it there.
fn slip_printer<'a>(
    config: &'a SiteConfig,
    actor: &str,
    counter: Option<&CounterId>,
) -> Option<&'a PrinterId> {
    let nobodys = || config.printers.iter().find(|printer| printer.devices.is_empty());
    own_printer(config, actor)
        .or_else(|| own_printer(config, counter?.as_str()))
        .or_else(|| nobodys().map(|printer| &printer.id))
}

/// `hall/SITE@EPOCH`.
pub fn stream_name(stream: &str, epoch: u32) -> String {
    format!("{stream}@{epoch}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    fn site(printers: &[(&str, &[&str])]) -> SiteConfig {
        let mut config = khiw_domain::sample::site();
        let printer = |(id, devices): &(&str, &[&str])| Printer {
            devices: devices.iter().map(|device| device.parse().unwrap()).collect(),
            ..Printer::new(id.parse().unwrap(), "tcp://127.0.0.1:9100", 576)
        };
        config.printers = printers.iter().map(printer).collect();
        config
    }

    #[test]
    fn a_slip_comes_out_beside_its_sender_and_never_at_a_kiosk() {
        let at = |config: &SiteConfig, actor: &str, counter: &str| {
            let counter = CounterId::parse(counter).unwrap();
            slip_printer(config, actor, Some(&counter)).map(ToString::to_string)
        };
        let hall = site(&[("door", &["kiosk-1"]), ("desk", &["k3f9"]), ("c7", &["k7"])]);
        assert_eq!(at(&hall, "k3f9", "c7").as_deref(), Some("desk"));
        assert_eq!(at(&hall, "k9", "c7").as_deref(), Some("c7"));
        assert_eq!(at(&hall, "k9", "c1"), None);
        assert_eq!(at(&site(&[("door", &["kiosk-1"]), ("back", &[])]), "k9", "c1").as_deref(), Some("back"));
    }

    #[test]
    fn records_without_paper_cost_the_disk_a_write_every_ten_seconds_at_most() {
        let stored = Stored { seq: 100, when: Instant::now() };
        let after = |records, time| stored.is_old(100 + records, stored.when + time);
        assert!(!after(1_000_000, STORE_EVERY.mul_f64(0.9)), "however many they are");
        assert!(!after(STORE_EVERY_RECORDS - 1, STORE_EVERY * 1_000), "few are read twice without harm");
        assert!(after(STORE_EVERY_RECORDS, STORE_EVERY));
    }
}
