//! Links other than the network: a serial line and a device file, each a pair of pseudo-terminals with a simulated
//! printer at the other end. What no machine without printers can show is said in docs/printers.md.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use khiw_printing::link::{LinkError, Session};
use khiw_printing::{
    Faults, JobState, Link, LinkTimeouts, PrinterSetup, PrinterState, Profile, Reason, SimulatedPrinter,
    Spool,
};
use serial2_tokio::SerialPort;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpSocket;

use crate::common::{STREAM, model, new_job, picture, setup, start, until, until_final, until_jobs};

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

/// Where a device is to be found, and whether anything is plugged in there.
struct Plug(tempfile::TempDir);

impl Plug {
    fn path(&self) -> PathBuf {
        self.0.path().join("printer")
    }

    /// Whatever was plugged in before is gone at the same moment.
    fn put(&self, device: &str) {
        let new = self.0.path().join("new");
        std::os::unix::fs::symlink(device, &new).unwrap();
        std::fs::rename(new, self.path()).unwrap();
    }

    fn pull(&self) {
        std::fs::remove_file(self.path()).unwrap();
    }
}

async fn a_device_is_pulled_out_in_the_middle_of_a_paper(kind: fn(&Path) -> Link) {
    // Given a printer that has taken half a picture
    let plug = Plug(tempfile::tempdir().unwrap());
    let (end, kept_open, path) = line();
    plug.put(&path);
    let printer = SimulatedPrinter::in_memory(model("generic"));
    printer.set_faults(Faults { stall_after: Some(3_000), ..Faults::default() });
    let served = printer.clone();
    let serving = tokio::spawn(async move { served.serve(end).await });
    let spool = Spool::open(plug.0.path().join("spool.db")).unwrap();
    // It will be asked for a confirmation that never comes: that is not waited for as long as for a busy machine.
    let timeouts = LinkTimeouts::default();
    let worker = start(&spool, PrinterSetup { timeouts, ..setup(kind(&plug.path())) });
    spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    while !printer.state().mid_picture {
        tokio::task::yield_now().await;
    }
    // When its device disappears
    plug.pull();
    serving.abort();
    assert!(serving.await.unwrap_err().is_cancelled());
    // Then nobody knows of that paper, the printer is offline, and a marked copy waits for it
    let jobs = until_jobs(&spool, |jobs| jobs.len() == 2).await;
    assert_eq!(
        jobs.iter().map(|job| job.state).collect::<Vec<_>>(),
        [JobState::Uncertain(Reason::Torn), JobState::Queued]
    );
    until(worker.state(), |state| *state == PrinterState::Offline).await;
    drop(kept_open);
    let gone = Session::open(&kind(&plug.path()), LinkTimeouts::default(), model("generic")).await;
    let gone = gone.err().unwrap();
    assert!(
        matches!(&gone, LinkError::Absent(place) if *place == plug.path().display().to_string()),
        "{gone}"
    );
    // And when it is back, perhaps as another device, the picture is completed and the copy comes
    printer.set_faults(Faults::default());
    let (end, _kept_open, path) = line();
    let served = printer.clone();
    let serving = tokio::spawn(async move { served.serve(end).await });
    plug.put(&path);
    let jobs = until_final(&spool).await;
    assert_eq!(jobs[1].state, JobState::Printed);
    let papers = printer.take_pictures();
    assert_eq!(
        (papers.len(), papers.last()),
        (2, Some(&picture("A001", true))),
        "the torn one, and the copy"
    );
    serving.abort();
}

#[tokio::test]
async fn a_serial_line_pulled_out_in_the_middle_of_a_paper_loses_nothing() {
    a_device_is_pulled_out_in_the_middle_of_a_paper(|path| {
        format!("serial:{}?baud=115200&flow=none", path.display()).parse().unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_device_file_pulled_out_in_the_middle_of_a_paper_loses_nothing() {
    a_device_is_pulled_out_in_the_middle_of_a_paper(|path| {
        format!("usb:{}", path.display()).parse().unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_device_that_only_takes_and_is_pulled_out_leaves_a_marked_copy() {
    // Given a way that nobody ever answers on, and whoever takes the bytes takes some
    let (mut end, kept_open, path) = line();
    let plug = Plug(tempfile::tempdir().unwrap());
    plug.put(&path);
    let spool = Spool::open(plug.0.path().join("spool.db")).unwrap();
    spool.accept(STREAM, 1, &[new_job(1)]).unwrap();
    // More than the kernel keeps for it.
    let mut setup = setup(format!("file:{}", plug.path().display()).parse().unwrap());
    setup.copies = 5;
    let worker = start(&spool, setup);
    let mut taken = [0; 1_000];
    end.read_exact(&mut taken).await.unwrap();
    // When it is pulled out, then the paper is uncertain and its copy waits for a printer
    plug.put("/no/such/folder/printer");
    drop((end, kept_open));
    let jobs = until_jobs(&spool, |jobs| jobs.len() == 2).await;
    assert_eq!(
        jobs.iter().map(|job| job.state).collect::<Vec<_>>(),
        [JobState::Uncertain(Reason::Torn), JobState::Queued]
    );
    until(worker.state(), |state| *state == PrinterState::Offline).await;
    // And what comes back takes it
    let tray = plug.0.path().join("tray.bin");
    plug.put(tray.to_str().unwrap());
    assert_eq!(until_final(&spool).await[1].state, JobState::Sent);
    assert!(std::fs::metadata(tray).unwrap().len() > 1_000);
}

#[tokio::test]
async fn a_printer_that_lets_nobody_in_is_told_as_no_connection_in_time() {
    // Given a listener that takes nobody in, and room for one or two who wait at its door
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let _listener = socket.listen(1).unwrap();
    let link: Link = format!("tcp://{address}").parse().unwrap();
    let timeouts = LinkTimeouts { connect_ms: 200, ..LinkTimeouts::default() };
    let profile: Arc<Profile> = model("generic");
    // When more come than there is room for
    let mut waiting = Vec::new();
    let refused = loop {
        match Session::open(&link, timeouts, Arc::clone(&profile)).await {
            Ok(session) => waiting.push(session),
            Err(refused) => break refused,
        }
        assert!(waiting.len() < 8, "they are all let in");
    };
    // Then that is what is told
    assert!(matches!(refused, LinkError::ConnectTimeout(200)), "{refused}");
    assert_eq!(refused.to_string(), "no connection within 200 ms");
}
