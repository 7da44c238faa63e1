//! Shared by the tests: a small ticket, and a spool with a simulated printer and its worker.
#![allow(clippy::unwrap_used, reason = "a test stops here")]
#![allow(dead_code, reason = "every test file uses its own part")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use khiw_printing::{
    Faults, Job, JobFilter, Link, LinkTimeouts, NewJob, PaperWidth, Picture, PrinterSetup, PrinterSimulator,
    PrinterWorker, Renderer, Spool, TicketPaper, worker,
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
