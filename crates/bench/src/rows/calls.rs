//! From the clerk's key to the last screen: to many screens here, to few in `few`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::few;
use super::{Bench, Row, ms};
use crate::client::{Client, Request};
use crate::hall::Hall;
use crate::load::{self, CONNECTIONS};
use crate::samples::Samples;
use crate::screens::Screens;
use crate::site;

const MANY: usize = 1_000;
const CALLS_TO_MANY: u64 = 60;
/// Between calls: the hall's counts go out 4 times a second, and are not what is measured.
const PAUSE_MANY: Duration = Duration::from_millis(60);

const MANY_RATIO: f64 = 1.5;

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    load::rate_of(hall.address, CONNECTIONS, CALLS_TO_MANY, hall.issuing(site::QUEUES)).await?;
    let mut screens = Screens::connect(hall.address, &site::display_path(), MANY).await?;
    let khiw = call(hall.address, hall.calling(1), CALLS_TO_MANY, PAUSE_MANY, &mut screens).await?;
    drop((screens, hall));
    let bare = broadcast(bench, &khiw.frame).await?;

    let mut rows = few::measure(bench, &khiw.frame).await?;
    let (khiw, bare) = (Samples::new(khiw.took), Samples::new(bare.took));
    let ratio = khiw.p50_ms() / bare.p50_ms();
    rows.push(Row {
        what: "call → last of 1,000 screens, p50".to_owned(),
        khiw: ms(khiw.p50_ms()),
        basis: format!("bare broadcast: {}", ms(bare.p50_ms())),
        ratio: Some(ratio),
        budget: format!("≤ {MANY_RATIO} ×"),
        kept: Some(ratio <= MANY_RATIO),
    });
    Ok(rows)
}

pub struct Called {
    /// Each call, in the order of the calls.
    pub took: Vec<Duration>,
    /// The last frame that was received.
    pub frame: String,
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
    let mut took = Vec::new();
    let mut last_frame = String::new();
    for number in 0..calls {
        tokio::time::sleep(pause).await;
        let request = request(number);
        let started = Instant::now();
        let sending = async { client.succeed(&request).await.map(|_| ()) };
        let (sent, called) = tokio::join!(sending, screens.all_called());
        sent?;
        let (at, frame) = called?;
        took.push(at.saturating_duration_since(started));
        last_frame = frame;
    }
    Ok(Called { took, frame: last_frame })
}

/// The frame to many, without storing anything.
async fn broadcast(bench: &Bench, frame: &str) -> Result<Called> {
    let (_process, address) = bench.ceiling("ceiling-broadcast", &[]).await?;
    let mut screens = Screens::connect(address, "/live", MANY).await?;
    let request = |number: u64| Request::post("/broadcast", None, &format!("b-{number}"), frame);
    call(address, request, CALLS_TO_MANY, PAUSE_MANY, &mut screens).await
}
