//! Links other than the network: a serial line and a device file, each a pair of pseudo-terminals with a simulated
//! printer at the other end. What no machine without printers can show is said in docs/printers.md.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test stops here")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use khiw_printing::{JobState, Link, PrinterState, SimulatedPrinter, Spool};
use serial2_tokio::SerialPort;

mod common;
use common::{STREAM, model, new_job, picture, setup, start, until, until_final};

/// One pair is made after the other, so that each finds its own path.
static MAKING: Mutex<()> = Mutex::new(());

/// A line: the printer's end, the other end (as long as it is open, the line is), and the other end's path.
fn line() -> (SerialPort, SerialPort, String) {
    let open = || -> BTreeSet<PathBuf> {
        let files = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        let links = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        links.filter(|link| link.parent() == Some(Path::new("/dev/pts"))).collect()
    };
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let before = open();
    let (end, other) = SerialPort::pair().unwrap();
    let path = open().difference(&before).next().expect("a new pseudo-terminal").to_str().unwrap().to_owned();
    (end, other, path)
}

async fn a_paper_comes_out_through(kind: fn(String) -> Link) {
    // Given a printer at the other end of a line that was opened once, as real lines stay there
    let (end, _kept_open, path) = line();
    let printer = SimulatedPrinter::in_memory(model("generic"));
    let served = printer.clone();
    let serving = tokio::spawn(async move { served.serve(end).await });
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path().join("spool.db")).unwrap();
    // When two papers are printed, each with its own opening of the line
    let worker = start(&spool, setup(kind(path)));
    until(worker.state(), |state| *state == PrinterState::Ok).await;
    spool.accept(STREAM, 2, &[new_job(1), new_job(2)]).unwrap();
    let jobs = until_final(&spool).await;
    // Then both are confirmed and whole
    assert_eq!(jobs.iter().map(|job| job.state).collect::<Vec<_>>(), [JobState::Printed; 2]);
    assert_eq!(printer.take_pictures(), [picture("A001", false), picture("A002", false)]);
    serving.abort();
}

#[tokio::test]
async fn a_serial_line_prints_and_confirms() {
    a_paper_comes_out_through(|path| format!("serial:{path}?baud=115200&flow=none").parse().unwrap()).await;
}

#[tokio::test]
async fn a_device_file_prints_and_is_read() {
    a_paper_comes_out_through(|path| format!("usb:{path}").parse().unwrap()).await;
}

#[tokio::test]
async fn a_device_that_is_unplugged_is_offline_and_its_paper_comes_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let plug = folder.path().join("lp0");
    let spool = Spool::open(folder.path().join("spool.db")).unwrap();
    let worker = start(&spool, setup(format!("usb:{}", plug.display()).parse().unwrap()));
    until(worker.state(), |state| *state == PrinterState::Offline).await;
    spool.accept(STREAM, 1, &[new_job(1)]).unwrap();

    let (end, _kept_open, path) = line();
    let printer = SimulatedPrinter::in_memory(model("generic"));
    let served = printer.clone();
    let serving = tokio::spawn(async move { served.serve(end).await });
    std::os::unix::fs::symlink(path, &plug).unwrap();
    assert_eq!(until_final(&spool).await[0].state, JobState::Printed);
    assert_eq!(printer.take_pictures(), [picture("A001", false)]);
    serving.abort();
}
