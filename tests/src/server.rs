//! A running `khiw serve` (or `printer-sim`) as a child process: started, waited for, killed, and always reaped.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::{Api, Folder, binary, within};

/// How often readiness is asked for.
const ASK_EVERY: Duration = Duration::from_millis(2);
/// A child that was killed is gone by then.
const REAP_MAX: Duration = Duration::from_secs(5);

/// Lines a child has said so far, on either output.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<String>>>);

/// A `khiw` process that goes on until it is told otherwise. Killed and reaped when dropped.
pub struct Running {
    child: Child,
    said: Said,
    lines: watch::Receiver<usize>,
    spawned: Instant,
}

impl Running {
    /// Starts `khiw args…`.
    pub fn spawn(args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        let spawned = Instant::now();
        let mut child = Command::new(binary::path())
            .args(args.into_iter().map(Into::into))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let said = Said::default();
        let (count, lines) = watch::channel(0);
        tokio::spawn(listen(child.stdout.take().unwrap(), said.clone(), count.clone()));
        tokio::spawn(listen(child.stderr.take().unwrap(), said.clone(), count));
        Self { child, said, lines, spawned }
    }

    /// The first `scheme://HOST:PORT` it says, or `None` when it ends before.
    pub async fn address(&mut self) -> Option<String> {
        let mut lines = self.lines.clone();
        loop {
            let _ = lines.borrow_and_update();
            if let Some(address) = self.said().lines().find_map(address_in) {
                return Some(address);
            }
            // Closed: both outputs have ended, and with them the process.
            lines.changed().await.ok()?;
        }
    }

    /// Waits until a line with this text was said.
    pub async fn until_said(&mut self, text: &str) {
        let mut lines = self.lines.clone();
        let heard = async {
            loop {
                let _ = lines.borrow_and_update();
                if self.said().contains(text) || lines.changed().await.is_err() {
                    return;
                }
            }
        };
        within(text, heard).await;
        assert!(self.said().contains(text), "ended without saying {text:?}:\n{}", self.said());
    }

    /// All it has said so far.
    pub fn said(&self) -> String {
        self.said.0.lock().unwrap().join("\n")
    }

    /// `kill -9`; gone when this returns.
    pub async fn kill(mut self) {
        self.child.start_kill().unwrap();
        within("a killed process ends", self.child.wait()).await.unwrap();
    }

    /// Asks it to stop, as a service does, and waits until it has.
    pub async fn stop(mut self) -> ExitStatus {
        self.signal("TERM").await;
        within("a stopped process ends", self.child.wait()).await.unwrap()
    }

    /// Ctrl-C, and its last words.
    pub async fn interrupted(self) -> (ExitStatus, String) {
        self.signal("INT").await;
        self.ended().await
    }

    async fn signal(&self, name: &str) {
        let id = self.child.id().expect("still running").to_string();
        let asked = Command::new("sh").args(["-c", "kill -\"$0\" \"$1\"", name, &id]).status().await.unwrap();
        assert!(asked.success());
    }

    /// Waits for it to end by itself.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let status = within("the process ends", self.child.wait()).await.unwrap();
        let mut lines = self.lines.clone();
        within("its last words", async { while lines.changed().await.is_ok() {} }).await;
        (status, self.said())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < REAP_MAX {
            std::thread::yield_now();
        }
    }
}

async fn listen(output: impl AsyncRead + Unpin, said: Said, count: watch::Sender<usize>) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        said.0.lock().unwrap().push(line);
        count.send_modify(|count| *count += 1);
    }
}

/// The first `http://…`, `https://…` or `tcp://…` with a port in a line, without a path.
fn address_in(line: &str) -> Option<String> {
    ["https://", "http://", "tcp://"].into_iter().find_map(|scheme| {
        let from = line.find(scheme)?;
        let host = &line[from + scheme.len()..];
        let end = host.find(|c: char| c.is_whitespace() || matches!(c, '/' | ',' | ')' | '"' | '\u{1b}'));
        let host = &host[..end.unwrap_or(host.len())];
        let port = host.rsplit_once(':')?.1;
        port.parse::<u16>().is_ok_and(|port| port > 0).then(|| format!("{scheme}{host}"))
    })
}

/// A `khiw serve` on a free port of loopback that has become ready.
pub struct Server {
    running: Running,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    /// From the start of the process to the first 200 of `/readyz`.
    pub ready_after: Duration,
}

impl Server {
    /// Serves this folder.
    pub async fn start(folder: &Folder) -> Self {
        Self::start_with(folder, &[]).await
    }

    /// As [`Server::start`], with further options.
    pub async fn start_with(folder: &Folder, options: &[&str]) -> Self {
        Self::until_ready(Self::spawn(folder, options)).await
    }

    /// Starts without waiting for anything.
    pub fn spawn(folder: &Folder, options: &[&str]) -> Running {
        let mut args = vec![OsString::from("serve"), "--data".into(), folder.path().into()];
        if !options.contains(&"--listen") {
            args.extend(["--listen".into(), "127.0.0.1:0".into()]);
        }
        args.extend(options.iter().map(Into::into));
        Running::spawn(args)
    }

    /// Waits until a spawned server is ready.
    pub async fn until_ready(mut running: Running) -> Self {
        let Some(base) = within("the printed address", running.address()).await else {
            let (status, said) = running.ended().await;
            panic!("`khiw serve` ended with {status} before it served:\n{said}");
        };
        let http = reqwest::Client::new();
        let ready = async {
            loop {
                let asked = http.get(format!("{base}/readyz")).send().await;
                if asked.is_ok_and(|answer| answer.status() == 200) {
                    return;
                }
                tokio::time::sleep(ASK_EVERY).await;
            }
        };
        within("/readyz", ready).await;
        let ready_after = running.spawned.elapsed();
        Self { running, base, ready_after }
    }

    /// A client with this token.
    pub fn api(&self, token: impl Into<String>) -> Api {
        Api::new(&self.base, Some(token.into()))
    }

    /// A client without a token.
    pub fn stranger(&self) -> Api {
        Api::new(&self.base, None)
    }

    /// `127.0.0.1:PORT`.
    pub fn host(&self) -> &str {
        self.base.split_once("://").unwrap().1
    }

    /// All it has said so far.
    pub fn said(&self) -> String {
        self.running.said()
    }

    /// `kill -9`.
    pub async fn kill(self) {
        self.running.kill().await;
    }

    /// A graceful stop; it must end with success.
    pub async fn stop(self) {
        let before = self.said();
        let status = self.running.stop().await;
        assert!(status.success(), "stopped with {status}:\n{before}");
    }
}
