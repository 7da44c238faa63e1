//! What the server keeps in memory at the end of a large day.

use anyhow::Result;

use super::{Bench, Row};
use crate::hall::Hall;
use crate::load::{self, CONNECTIONS};
use crate::screens::Screens;
use crate::site;

const TICKETS: u64 = 10_000;
/// Issued and called in turns, so that queues stay as long as in a hall.
const TURNS: u64 = 20;
const SCREENS: usize = 1_000;

const RESIDENT_MIB: f64 = 40.0;
const SCREEN_KIB: f64 = 4.0;

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    let fresh = hall.resident()?;
    for _ in 0..TURNS {
        load::rate_of(hall.address, CONNECTIONS, TICKETS / TURNS, hall.issuing()).await?;
        load::rate_of(hall.address, site::COUNTERS, TICKETS / TURNS, hall.calling(site::COUNTERS)).await?;
    }
    let path = site::display_path();
    // The first few bring what all screens share.
    let _few = Screens::connect(hall.address, &path, 10).await?;
    let before = hall.resident()?;
    let screens = Screens::connect(hall.address, &path, SCREENS).await?;
    let resident = hall.resident()?;
    let mib = resident.all_kib as f64 / 1024.0;
    let per_screen = (resident.all_kib as f64 - before.all_kib as f64) / screens.count() as f64;
    Ok(vec![
        Row {
            what: "memory: 10,000 tickets, 1,000 screens".to_owned(),
            khiw: format!("{mib:.1} MiB"),
            basis: format!(
                "freshly started: {:.1} MiB; own now: {:.1} MiB",
                fresh.all_kib as f64 / 1024.0,
                resident.own_kib as f64 / 1024.0
            ),
            ratio: None,
            budget: format!("≤ {RESIDENT_MIB} MiB"),
            kept: Some(mib <= RESIDENT_MIB),
        },
        Row {
            what: "memory of one connected screen".to_owned(),
            khiw: format!("{per_screen:.1} KiB"),
            basis: String::new(),
            ratio: None,
            budget: format!("≤ {SCREEN_KIB} KiB"),
            kept: Some(per_screen <= SCREEN_KIB),
        },
    ])
}
