//! Shared by the tests: a small ticket, and a spool with a simulated printer and its worker.

pub mod handing;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use khiw_printing::render::Rendered;
use khiw_printing::{
    Dial, Draw, Faults, Job, JobFilter, Link, LinkTimeouts, NewJob, PaperWidth, Picture, PrinterSetup,
    PrinterSimulator, PrinterWorker, Profile, Renderer, SimulatedPrinter, Spool, TicketPaper, profile,
    worker,
};

pub const STREAM: &str = "hall/oss";
pub const PRINTER: &str = "kiosk-1";
pub const WIDTH: PaperWidth = PaperWidth::Dots384;
/// A test that waits longer than this hangs.
const PATIENCE: Duration = Duration::from_mins(2);

pub fn paper(number: &str) -> TicketPaper {
    TicketPaper {
        office: "ที่ว่าการอำเภอหัวตะพาน".into(),
        service: "แจ้งเกิด".into(),
        number: number.into(),
        people_ahead: Some(3),
        wait_min: None,
        issued_at: "2026-11-20T09:41:00+07:00[Asia/Bangkok]".parse().unwrap(),
        language: "th".into(),
        link: None,
        ..TicketPaper::default()
    }
}

pub fn picture(number: &str, reprint: bool) -> Picture {
    Renderer::new().render(&TicketPaper { reprint, ..paper(number) }, WIDTH).picture
}

pub fn new_job(seq: u64) -> NewJob {
    NewJob {
        seq,
        index: 0,
        printer: PRINTER.into(),
        ticket: format!("t{seq}"),
        paper: paper(&format!("A{seq:03}")),
    }
}

/// Patient where a healthy printer answers at once, quick to try again.
pub fn setup(link: Link) -> PrinterSetup {
    let patience_ms = 30_000;
    PrinterSetup {
        timeouts: LinkTimeouts {
            connect_ms: patience_ms,
            write_ms: patience_ms,
            answer_ms: patience_ms,
            confirm_ms: patience_ms,
        },
        retry_ms_min: 1,
        retry_ms_max: 4,
        ..PrinterSetup::new(PRINTER, link, WIDTH)
    }
}

pub fn link_to(simulator: &PrinterSimulator) -> Link {
    format!("tcp://{}", simulator.address()).parse().unwrap()
}

/// A spool, a simulated printer, and a worker between them.
pub struct Hall {
    pub folder: tempfile::TempDir,
    pub simulator: PrinterSimulator,
    pub spool: Spool,
    pub worker: PrinterWorker,
    seen: usize,
}

impl Hall {
    pub async fn new(faults: Faults, adjust: impl FnOnce(&mut PrinterSetup)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let simulator = PrinterSimulator::start("127.0.0.1:0", folder.path().join("tray")).await.unwrap();
        simulator.set_faults(faults);
        let spool = Spool::open(folder.path().join("spool.db")).unwrap();
        let mut setup = setup(link_to(&simulator));
        adjust(&mut setup);
        let worker = start(&spool, setup);
        Self { folder, simulator, spool, worker, seen: 0 }
    }

    /// Empties the tray.
    pub fn forget_pictures(&mut self) {
        for file in self.simulator.files() {
            std::fs::remove_file(file).unwrap();
        }
        self.seen = 0;
    }

    /// Pictures put out since the last call.
    pub fn new_pictures(&mut self) -> Vec<Picture> {
        let files = self.simulator.files();
        let first = std::mem::replace(&mut self.seen, files.len());
        files[first..].iter().map(|file| Picture::from_png(&std::fs::read(file).unwrap()).unwrap()).collect()
    }
}

pub fn start(spool: &Spool, setup: PrinterSetup) -> PrinterWorker {
    worker::start(spool.clone(), setup, Arc::new(Mutex::new(Renderer::new())))
}

pub fn jobs(spool: &Spool) -> Vec<Job> {
    let mut jobs = spool.jobs(&JobFilter::default(), 1_000).unwrap();
    jobs.reverse();
    jobs
}

/// Waits until the spool's jobs are as wanted.
pub async fn until_jobs(spool: &Spool, wanted: impl Fn(&[Job]) -> bool) -> Vec<Job> {
    let mut changes = spool.changes();
    let waiting = async {
        loop {
            changes.mark_unchanged();
            let jobs = jobs(spool);
            if wanted(&jobs) {
                return jobs;
            }
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("never so: {:#?}", jobs(spool)))
}

/// Waits until all jobs are final.
pub async fn until_final(spool: &Spool) -> Vec<Job> {
    until_jobs(spool, |jobs| jobs.iter().all(|job| job.state.is_final())).await
}

/// Waits until a watched value is as wanted.
pub async fn until<T: Clone>(mut watched: tokio::sync::watch::Receiver<T>, wanted: impl FnMut(&T) -> bool) {
    tokio::time::timeout(PATIENCE, watched.wait_for(wanted)).await.unwrap().unwrap();
}

/// Draws a number as dots, quickly: row 0 is its bytes, row 1 is black on a copy, then lines as a ticket has.
pub struct Scribe;

/// Dots across what [`Scribe`] draws.
const SCRIBE_DOTS: u32 = 64;
/// More than one strip of any profile.
const SCRIBE_ROWS: u32 = 300;

impl Draw for Scribe {
    fn draw(&mut self, paper: &TicketPaper, _: PaperWidth) -> Rendered {
        Rendered {
            picture: scribed(&paper.number, paper.reprint),
            missing: vec![],
            qr_omitted: false,
            cut_short: false,
            clipped: false,
        }
    }
}

pub fn scribed(number: &str, reprint: bool) -> Picture {
    let row_bytes = (SCRIBE_DOTS / 8) as usize;
    let mut rows = vec![0; row_bytes * SCRIBE_ROWS as usize];
    rows[..number.len()].copy_from_slice(number.as_bytes());
    rows[row_bytes..2 * row_bytes].fill(if reprint { 0xFF } else { 0x80 });
    for row in (2..SCRIBE_ROWS as usize).step_by(3) {
        rows[row * row_bytes + row % row_bytes] = 0x5A;
    }
    Picture::from_rows(SCRIBE_DOTS, rows).unwrap()
}

/// The number and whether it is a copy, of a paper that ends with a whole picture by [`Scribe`]. (A printer that was
/// left in the middle of one, and nobody could tell, has the beginning of that above it.)
pub fn read_scribed(paper: &Picture) -> Option<(String, bool)> {
    let row_bytes = paper.row_bytes();
    let whole = row_bytes * SCRIBE_ROWS as usize;
    let rows = paper.rows().get(paper.rows().len().checked_sub(whole)?..)?;
    let number = rows[..row_bytes].split(|byte| *byte == 0).next()?;
    let number = String::from_utf8(number.to_vec()).ok()?;
    let reprint = rows[row_bytes] == 0xFF;
    (rows == scribed(&number, reprint).rows()).then_some((number, reprint))
}

/// All whole pictures by [`Scribe`] on a paper: one that lost its cut has the next below it.
pub fn read_all_scribed(paper: &Picture) -> Vec<(String, bool)> {
    let (row_bytes, rows) = (paper.row_bytes(), paper.rows());
    let whole = row_bytes * SCRIBE_ROWS as usize;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(part) = rows.get(at..at + whole) {
        let picture = Picture::from_rows(paper.width(), part.to_vec()).unwrap();
        let read = read_scribed(&picture);
        at += if read.is_some() { whole } else { row_bytes };
        found.extend(read);
    }
    found
}

/// A spool whose clock is tokio's: with paused time, an hour is over at once.
pub fn virtual_spool() -> Spool {
    let start = tokio::time::Instant::now();
    let morning = Timestamp::from_second(1_800_000_000).unwrap();
    let now = move || morning + SignedDuration::try_from(start.elapsed()).unwrap();
    Spool::in_memory(Arc::new(now)).unwrap()
}

pub fn model(name: &str) -> Arc<Profile> {
    profile::find(name).unwrap()
}

/// A printer reached in process, with its worker; to be used with paused time and the usual patience.
pub struct Desk {
    pub printer: SimulatedPrinter,
    pub spool: Spool,
    pub setup: PrinterSetup,
    pub worker: PrinterWorker,
}

impl Desk {
    pub fn new(name: &str, profile: &str, spool: &Spool, adjust: impl FnOnce(&mut PrinterSetup)) -> Self {
        let printer = SimulatedPrinter::in_memory(model(profile));
        let nowhere = Link::File { path: "/nowhere".into() };
        let mut setup = PrinterSetup { profile: model(profile), ..PrinterSetup::new(name, nowhere, WIDTH) };
        adjust(&mut setup);
        let worker = open_desk(spool, &setup, &printer);
        Self { printer, spool: spool.clone(), setup, worker }
    }

    /// The worker is gone in the middle of whatever it did, and another one begins.
    pub fn restart(&mut self) {
        self.worker = open_desk(&self.spool, &self.setup, &self.printer);
    }

    /// Whole pictures put out since the last call: number, and whether it is a copy. Torn ones are left out.
    pub fn papers(&self) -> Vec<(String, bool)> {
        self.printer.take_pictures().iter().flat_map(read_all_scribed).collect()
    }
}

fn open_desk(spool: &Spool, setup: &PrinterSetup, printer: &SimulatedPrinter) -> PrinterWorker {
    let dial: Arc<dyn Dial> = Arc::new(printer.clone());
    worker::start_through(spool.clone(), setup.clone(), dial, Arc::new(Mutex::new(Scribe)))
}

/// The jobs of a ticket, first print first.
pub fn jobs_of(spool: &Spool, ticket: &str) -> Vec<Job> {
    let filter = JobFilter { ticket: Some(ticket.to_owned()), ..JobFilter::default() };
    let mut jobs = spool.jobs(&filter, 100).unwrap();
    jobs.reverse();
    jobs
}

/// Waits until the ticket's jobs are as wanted.
pub async fn until_of(spool: &Spool, ticket: &str, wanted: impl Fn(&[Job]) -> bool) -> Vec<Job> {
    let mut changes = spool.changes();
    let waiting = async {
        loop {
            changes.mark_unchanged();
            let jobs = jobs_of(spool, ticket);
            if wanted(&jobs) {
                return jobs;
            }
            changes.changed().await.unwrap();
        }
    };
    let never = || panic!("never so: {:#?}", jobs_of(spool, ticket));
    tokio::time::timeout(Duration::from_hours(2), waiting).await.unwrap_or_else(|_| never())
}

pub fn all_final(jobs: &[Job]) -> bool {
    jobs.iter().all(|job| job.state.is_final())
}
