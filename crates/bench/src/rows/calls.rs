//! From the clerk's key to the last screen.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Bench, Row, ms, per_second};
use crate::client::{Client, Request};
use crate::hall::Hall;
use crate::load::{self, CONNECTIONS};
use crate::samples::Samples;
use crate::screens::Screens;
use crate::site;

const FEW: usize = 10;
const MANY: usize = 1_000;
const CALLS_TO_FEW: u64 = 400;
const CALLS_TO_MANY: u64 = 60;
/// Between calls: the hall's counts go out 4 times a second, and are not what is measured.
const PAUSE: Duration = Duration::from_millis(15);
const PAUSE_MANY: Duration = Duration::from_millis(60);

const LOAD_PER_SECOND: u32 = 5_000;

/// DESIGN.md, section 10: the milliseconds asked, and what the prototype took when they were set. A bare hall, which
/// only stores something and sends the frame, stands for it on the machine at hand.
const FEW_P50: Budget = Budget { asked_ms: 1.5, prototype_ms: 0.6 };
const FEW_P99: Budget = Budget { asked_ms: 4.0, prototype_ms: 1.9 };
const MANY_RATIO: f64 = 1.5;

struct Budget {
    asked_ms: f64,
    prototype_ms: f64,
}

impl Budget {
    fn ratio(&self) -> f64 {
        self.asked_ms / self.prototype_ms
    }
}

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    let needed = CALLS_TO_FEW * 2 + CALLS_TO_MANY;
    load::rate_of(hall.address, CONNECTIONS, needed + 100, hall.issuing(site::QUEUES)).await?;
    let path = site::display_path();

    let mut few = Screens::connect(hall.address, &path, FEW).await?;
    let quiet = call(hall.address, hall.calling(1), CALLS_TO_FEW, PAUSE, &mut few).await?;
    let (busy, rate) =
        call_under_load(hall.address, (hall.issuing(site::QUEUES), hall.calling(1)), &mut few).await?;
    drop(few);

    // In a hall of its own: the load above filled the other one's queues.
    drop(hall);
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    load::rate_of(hall.address, CONNECTIONS, needed, hall.issuing(site::QUEUES)).await?;
    let mut many = Screens::connect(hall.address, &path, MANY).await?;
    let khiw = call(hall.address, hall.calling(1), CALLS_TO_MANY, PAUSE_MANY, &mut many).await?;
    drop(many);
    drop(hall);
    let bare = broadcast(bench, &khiw.frame).await?;
    let (bare_quiet, bare_busy, bare_rate) = bare_hall(bench, &khiw.frame).await?;

    let mut rows = few_rows("", "", &quiet.samples, &bare_quiet);
    let condition = format!("; {} issued meanwhile, {} there", per_second(rate), per_second(bare_rate));
    rows.extend(few_rows(" under load", &condition, &busy.samples, &bare_busy));
    let ratio = khiw.samples.p50_ms() / bare.p50_ms();
    rows.push(Row {
        what: "call → last of 1,000 screens, p50".to_owned(),
        khiw: ms(khiw.samples.p50_ms()),
        basis: format!("bare broadcast: {}", ms(bare.p50_ms())),
        ratio: Some(ratio),
        budget: format!("≤ {MANY_RATIO} ×"),
        kept: Some(ratio <= MANY_RATIO),
    });
    Ok(rows)
}

fn few_rows(kind: &str, condition: &str, samples: &Samples, bare: &Samples) -> Vec<Row> {
    let row = |name: &str, value: f64, bare: f64, budget: &Budget| Row {
        what: format!("call → last of 10 screens{kind}, {name}"),
        khiw: ms(value),
        basis: format!("bare hall: {}{condition}", ms(bare)),
        ratio: Some(value / bare),
        budget: format!(
            "≤ {:.1} × ({} ms where it took {})",
            budget.ratio(),
            budget.asked_ms,
            budget.prototype_ms
        ),
        kept: Some(value / bare <= budget.ratio()),
    };
    vec![
        row("p50", samples.p50_ms(), bare.p50_ms(), &FEW_P50),
        row("p99", samples.p99_ms(), bare.p99_ms(), &FEW_P99),
    ]
}

pub struct Called {
    pub samples: Samples,
    frame: String,
}

/// Sends `calls` requests, one by one, and waits each time for the last screen.
pub async fn call(
    address: SocketAddr,
    request: impl Fn(u64) -> Request,
    calls: u64,
    pause: Duration,
    screens: &mut Screens,
) -> Result<Called> {
    let mut client = Client::connect(address).await?;
    let mut all = Vec::new();
    let mut last_frame = String::new();
    for number in 0..calls {
        tokio::time::sleep(pause).await;
        let request = request(number);
        let started = Instant::now();
        let sending = async { client.succeed(&request).await.map(|_| ()) };
        let (sent, called) = tokio::join!(sending, screens.all_called());
        sent?;
        let (at, frame) = called?;
        all.push(at.saturating_duration_since(started));
        last_frame = frame;
    }
    Ok(Called { samples: Samples::new(all), frame: last_frame })
}

/// The same while tickets are issued; how many a second were.
async fn call_under_load(
    address: SocketAddr,
    (issue, call_next): (impl Fn(u64) -> Request + 'static, impl Fn(u64) -> Request),
    screens: &mut Screens,
) -> Result<(Called, f64)> {
    let answered = Rc::new(Cell::new(0));
    let started = Instant::now();
    let load = load::steadily(address, LOAD_PER_SECOND, Rc::clone(&answered), issue);
    let calls = call(address, call_next, CALLS_TO_FEW, PAUSE, screens);
    let called = tokio::select! {
        called = calls => called?,
        ended = load => { ended?; anyhow::bail!("the load ended before the calls") }
    };
    Ok((called, answered.get() as f64 / started.elapsed().as_secs_f64()))
}

/// The frame to many, without storing anything.
async fn broadcast(bench: &Bench, frame: &str) -> Result<Samples> {
    let (_process, address) = bench.ceiling("ceiling-broadcast", &[]).await?;
    let mut screens = Screens::connect(address, "/live", MANY).await?;
    let request = |number: u64| Request::post("/broadcast", None, &format!("b-{number}"), frame);
    Ok(call(address, request, CALLS_TO_MANY, PAUSE_MANY, &mut screens).await?.samples)
}

/// The frame to few, after something was stored: at rest, and while tickets are issued; how many a second were.
async fn bare_hall(bench: &Bench, frame: &str) -> Result<(Samples, Samples, f64)> {
    let folder = bench.folder()?;
    let (_process, address) = bench.ceiling("ceiling-issue", &[folder.path()]).await?;
    let mut screens = Screens::connect(address, "/live", FEW).await?;
    let call_next = |number: u64| Request::post("/call", None, &format!("c-{number}"), frame);
    let quiet = call(address, call_next, CALLS_TO_FEW, PAUSE, &mut screens).await?;
    let issue =
        |number: u64| Request::post("/tickets", None, &format!("i-{number}"), "{\"services\":[\"s1\"]}");
    let (busy, rate) = call_under_load(address, (issue, call_next), &mut screens).await?;
    Ok((quiet.samples, busy.samples, rate))
}
