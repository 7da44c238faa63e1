//! From the clerk's key to the last of ten screens, at rest and while tickets are issued. Khiw's hall and a bare hall, which
//! only stores something and sends the frame, are called in turn, some calls each: a moment in which the disk was busy, or
//! the machine lent to somebody else, falls on both.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::calls::call;
use super::{Bench, Row, ms, per_second};
use crate::client::Request;
use crate::hall::Hall;
use crate::load::{self, CONNECTIONS};
use crate::machine::Lent;
use crate::samples::Samples;
use crate::screens::Screens;
use crate::site;

const SCREENS: usize = 10;
/// Halls one after the other, the turns in each, the calls in each turn. Of 800 calls of a kind eight are slower than
/// the p99: one bad moment does not decide.
const HALLS: u64 = 2;
const TURNS: u64 = 4;
const CALLS_PER_TURN: u64 = 100;
/// Between calls: the hall's counts go out 4 times a second, and are not what is measured.
const PAUSE: Duration = Duration::from_millis(15);
/// Before a turn: the other hall has then done what it does when it is idle (copying its log, a forecast).
const SETTLED: Duration = Duration::from_millis(2_500);

const LOAD_PER_SECOND: u32 = 5_000;

/// DESIGN.md, section 10: the milliseconds asked, and what the prototype took when they were set. A bare hall
/// stands for the prototype on the machine at hand.
const P50: Budget = Budget { asked_ms: 1.5, prototype_ms: 0.6 };
const P99: Budget = Budget { asked_ms: 4.0, prototype_ms: 1.9 };

struct Budget {
    asked_ms: f64,
    prototype_ms: f64,
}

impl Budget {
    fn ratio(&self) -> f64 {
        self.asked_ms / self.prototype_ms
    }
}

/// `frame` is what the bare hall sends.
pub async fn measure(bench: &Bench, frame: &str) -> Result<Vec<Row>> {
    let lent = Lent::now();
    let (mut quiet, mut busy) = (Pair::default(), Pair::default());
    for _ in 0..HALLS {
        in_fresh_halls(bench, frame, &mut quiet, &mut busy).await?;
    }
    let lent = lent.since();
    let rates = [&busy.khiw, &busy.bare].map(|calls| per_second(calls.rate()));
    let load = format!("; {} issued meanwhile, {} there", rates[0], rates[1]);
    let mut rows = Vec::from(rows_of("", &lent, &quiet));
    rows.extend(rows_of(" under load", &(load + &lent), &busy));
    Ok(rows)
}

async fn in_fresh_halls(bench: &Bench, frame: &str, quiet: &mut Pair, busy: &mut Pair) -> Result<()> {
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    load::rate_of(hall.address, CONNECTIONS, 2 * TURNS * CALLS_PER_TURN, hall.issuing(site::QUEUES)).await?;
    let mut khiw = Side::connect(hall.address, &site::display_path()).await?;

    let folder = bench.folder()?;
    let (_process, address) = bench.ceiling("ceiling-issue", &[folder.path()]).await?;
    let mut bare = Side::connect(address, "/live").await?;
    let bare_call = |number: u64| Request::post("/call", None, &format!("c-{number}"), frame);
    let bare_issue =
        |number: u64| Request::post("/tickets", None, &format!("i-{number}"), "{\"services\":[\"s1\"]}");

    for _ in 0..TURNS {
        khiw.turn(hall.calling(1), &mut quiet.khiw).await?;
        bare.turn(bare_call, &mut quiet.bare).await?;
    }
    for _ in 0..TURNS {
        khiw.turn_under_load(hall.calling(1), hall.issuing(site::QUEUES), &mut busy.khiw).await?;
        bare.turn_under_load(bare_call, bare_issue, &mut busy.bare).await?;
    }
    Ok(())
}

/// How long the calls of both took, under the same conditions.
#[derive(Default)]
struct Pair {
    khiw: Calls,
    bare: Calls,
}

#[derive(Default)]
struct Calls {
    took: Vec<Duration>,
    issued: u64,
    issued_for: Duration,
}

impl Calls {
    /// Tickets issued a second, over the turns under load.
    fn rate(&self) -> f64 {
        self.issued as f64 / self.issued_for.as_secs_f64()
    }
}

/// A hall with its screens.
struct Side {
    address: SocketAddr,
    screens: Screens,
}

impl Side {
    async fn connect(address: SocketAddr, path: &str) -> Result<Self> {
        Ok(Self { address, screens: Screens::connect(address, path, SCREENS).await? })
    }

    async fn turn(&mut self, request: impl Fn(u64) -> Request, into: &mut Calls) -> Result<()> {
        tokio::time::sleep(SETTLED).await;
        into.took.extend(self.call(request).await?);
        Ok(())
    }

    async fn turn_under_load(
        &mut self,
        request: impl Fn(u64) -> Request,
        issue: impl Fn(u64) -> Request + 'static,
        into: &mut Calls,
    ) -> Result<()> {
        tokio::time::sleep(SETTLED).await;
        let answered = Rc::new(Cell::new(0));
        let started = Instant::now();
        let load = load::steadily(self.address, LOAD_PER_SECOND, Rc::clone(&answered), issue);
        let took = tokio::select! {
            took = self.call(request) => took?,
            ended = load => { ended?; anyhow::bail!("the load ended before the calls") }
        };
        into.took.extend(took);
        into.issued += answered.get();
        into.issued_for += started.elapsed();
        Ok(())
    }

    async fn call(&mut self, request: impl Fn(u64) -> Request) -> Result<Vec<Duration>> {
        Ok(call(self.address, request, CALLS_PER_TURN, PAUSE, &mut self.screens).await?.took)
    }
}

fn rows_of(kind: &str, condition: &str, pair: &Pair) -> [Row; 2] {
    let khiw = Samples::new(pair.khiw.took.clone());
    let bare = Samples::new(pair.bare.took.clone());
    let row = |name: &str, of: fn(&Samples) -> f64, budget: &Budget| {
        let ratio = of(&khiw) / of(&bare);
        Row {
            what: format!("call → last of 10 screens{kind}, {name}"),
            khiw: ms(of(&khiw)),
            basis: format!("bare hall: {}{condition}", ms(of(&bare))),
            ratio: Some(ratio),
            budget: format!(
                "≤ {:.1} × ({} ms where it took {})",
                budget.ratio(),
                budget.asked_ms,
                budget.prototype_ms
            ),
            kept: Some(ratio <= budget.ratio()),
        }
    };
    [row("p50", Samples::p50_ms, &P50), row("p99", Samples::p99_ms, &P99)]
}
