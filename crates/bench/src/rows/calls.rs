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

const FEW_P50_MS: f64 = 1.5;
const FEW_P99_MS: f64 = 4.0;
const MANY_RATIO: f64 = 1.5;

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    let needed = CALLS_TO_FEW * 2 + CALLS_TO_MANY;
    load::rate_of(hall.address, CONNECTIONS, needed + 100, hall.issuing(site::QUEUES)).await?;
    let path = site::display_path();

    let mut few = Screens::connect(hall.address, &path, FEW).await?;
    let quiet = call(hall.address, hall.calling(1), CALLS_TO_FEW, PAUSE, &mut few).await?;
    let (busy, rate) = call_under_load(&hall, &mut few).await?;
    drop(few);

    // In a hall of its own: the load above filled the other one's queues.
    drop(hall);
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    load::rate_of(hall.address, CONNECTIONS, needed, hall.issuing(site::QUEUES)).await?;
    let mut many = Screens::connect(hall.address, &path, MANY).await?;
    let khiw = call(hall.address, hall.calling(1), CALLS_TO_MANY, PAUSE_MANY, &mut many).await?;
    drop(many);
    drop(hall);
    let bare_few = broadcast(bench, &khiw.frame, FEW).await?;
    let bare = broadcast(bench, &khiw.frame, MANY).await?;

    let mut rows = few_rows("", "", &quiet.samples, &bare_few);
    let condition = format!("; {} issued meanwhile", per_second(rate));
    rows.extend(few_rows(" under load", &condition, &busy.samples, &bare_few));
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

/// The budget is in milliseconds; how far the machine itself is from it today, the bare broadcast tells.
fn few_rows(kind: &str, condition: &str, samples: &Samples, bare: &Samples) -> Vec<Row> {
    let row = |name: &str, value: f64, bare: f64, budget: f64| Row {
        what: format!("call → last of 10 screens{kind}, {name}"),
        khiw: ms(value),
        basis: format!("bare broadcast: {}{condition}", ms(bare)),
        ratio: Some(value / bare),
        budget: format!("≤ {budget} ms"),
        kept: Some(value <= budget),
    };
    vec![
        row("p50", samples.p50_ms(), bare.p50_ms(), FEW_P50_MS),
        row("p99", samples.p99_ms(), bare.p99_ms(), FEW_P99_MS),
    ]
}

struct Called {
    samples: Samples,
    frame: String,
}

/// Sends `calls` requests, one by one, and waits each time for the last screen.
async fn call(
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
async fn call_under_load(hall: &Hall, screens: &mut Screens) -> Result<(Called, f64)> {
    let answered = Rc::new(Cell::new(0));
    let started = Instant::now();
    let load =
        load::steadily(hall.address, LOAD_PER_SECOND, Rc::clone(&answered), hall.issuing(site::QUEUES));
    let calls = call(hall.address, hall.calling(1), CALLS_TO_FEW, PAUSE, screens);
    let called = tokio::select! {
        called = calls => called?,
        ended = load => { ended?; anyhow::bail!("the load ended before the calls") }
    };
    Ok((called, answered.get() as f64 / started.elapsed().as_secs_f64()))
}

async fn broadcast(bench: &Bench, frame: &str, count: usize) -> Result<Samples> {
    let (_process, address) = bench.ceiling("ceiling-broadcast", &[]).await?;
    let mut screens = Screens::connect(address, "/live", count).await?;
    let request = |number: u64| Request::post("/broadcast", None, &format!("b-{number}"), frame);
    let (calls, pause) = if count > FEW { (CALLS_TO_MANY, PAUSE_MANY) } else { (CALLS_TO_FEW, PAUSE) };
    Ok(call(address, request, calls, pause, &mut screens).await?.samples)
}
