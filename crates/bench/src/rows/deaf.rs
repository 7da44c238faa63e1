//! Screens that hold their connection and read nothing, as a hung browser does: what that costs everybody else. Two
//! halls, one with such screens and one without, are called in turn, so that a moment in which the machine was busy
//! falls on both.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::calls::call;
use super::{Bench, Row, ms};
use crate::hall::Hall;
use crate::load::{self, CONNECTIONS};
use crate::samples::Samples;
use crate::screens::Screens;
use crate::site;

const DEAF: usize = 100;
const HEARING: usize = 10;
const FOR: Duration = Duration::from_mins(10);
/// Between two calls of one hall; the other hall's stand between them.
const PAUSE: Duration = Duration::from_millis(70);
/// More than are called in the time.
const TICKETS: u64 = 12_000;
/// What the system itself keeps for a screen that does not read is small, so that the server notices soon.
const RECEIVE_BUFFER: u32 = 4_096;

const P99_RATIO: f64 = 1.1;
const GROWN_KIB: u64 = 1_024;

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let mut with = Called::open(bench).await?;
    let mut without = Called::open(bench).await?;
    let _deaf = deaf(with.hall.address).await?;
    // What each hall takes for its first calls is no growth.
    with.once().await?;
    without.once().await?;
    let before = with.hall.resident()?.own_kib;
    let before_without = without.hall.resident()?.own_kib;
    let started = Instant::now();
    while started.elapsed() < FOR {
        with.once().await?;
        without.once().await?;
    }
    let grown = with.hall.resident()?.own_kib.saturating_sub(before);
    let grown_without = without.hall.resident()?.own_kib.saturating_sub(before_without);
    let calls = with.took.len();
    let (with, without) = (Samples::new(with.took), Samples::new(without.took));
    let row = |name: &str, of: fn(&Samples) -> f64, budget: Option<f64>| {
        let ratio = of(&with) / of(&without);
        Row {
            what: format!("call → last of 10 screens, beside 100 deaf ones, {name}"),
            khiw: ms(of(&with)),
            basis: format!("a hall without them: {}; {calls} calls each in 10 min", ms(of(&without))),
            ratio: Some(ratio),
            budget: budget.map_or_else(String::new, |budget| format!("≤ {budget} ×")),
            kept: budget.map(|budget| ratio <= budget),
        }
    };
    Ok(vec![
        row("p50", Samples::p50_ms, None),
        row("p99", Samples::p99_ms, Some(P99_RATIO)),
        Row {
            what: "memory grown in 10 min beside 100 deaf screens".to_owned(),
            khiw: format!("{grown} KiB"),
            basis: format!("a hall without them: {grown_without} KiB"),
            ratio: None,
            budget: format!("≤ {GROWN_KIB} KiB more"),
            kept: Some(grown <= grown_without + GROWN_KIB),
        },
    ])
}

/// A hall, its screens that read, and how long its calls took.
struct Called {
    hall: Hall,
    screens: Screens,
    took: Vec<Duration>,
}

impl Called {
    async fn open(bench: &Bench) -> Result<Self> {
        let hall = Hall::open(&bench.khiw, &bench.work).await?;
        load::rate_of(hall.address, CONNECTIONS, TICKETS, hall.issuing(site::QUEUES)).await?;
        let screens = Screens::connect(hall.address, &site::display_path(), HEARING).await?;
        Ok(Self { hall, screens, took: Vec::new() })
    }

    async fn once(&mut self) -> Result<()> {
        let called = call(self.hall.address, self.hall.calling(1), 1, PAUSE, &mut self.screens).await?;
        self.took.extend(called.took);
        Ok(())
    }
}

/// Connected, welcomed by nobody: their sockets are never read.
async fn deaf(address: SocketAddr) -> Result<Vec<WebSocketStream<TcpStream>>> {
    let mut all = Vec::with_capacity(DEAF);
    for screen in 0..DEAF {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
        let stream = socket.connect(address).await.with_context(|| format!("deaf screen {screen}"))?;
        let url = format!("ws://{address}{}", site::display_path());
        let (socket, _) = client_async(url, stream).await.with_context(|| format!("deaf screen {screen}"))?;
        all.push(socket);
    }
    Ok(all)
}
