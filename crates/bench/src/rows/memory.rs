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
        load::rate_of(hall.address, CONNECTIONS, TICKETS / TURNS, hall.issuing(site::QUEUES)).await?;
        load::rate_of(hall.address, site::COUNTERS, TICKETS / TURNS, hall.calling(site::COUNTERS)).await?;
    }
    let path = site::display_path();
    let _first = Screens::connect(hall.address, &path, SCREENS).await?;
    let resident = hall.resident()?;
    let mib = resident.all_kib as f64 / 1024.0;
    // The first thousand take places that the day's work left free; only further ones show what a screen costs.
    let further = Screens::connect(hall.address, &path, SCREENS).await?;
    let per_screen = (hall.resident()?.all_kib as f64 - resident.all_kib as f64) / further.count() as f64;
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
            basis: "the second thousand".to_owned(),
            ratio: None,
            budget: format!("≤ {SCREEN_KIB} KiB"),
            kept: Some(per_screen <= SCREEN_KIB),
        },
    ])
}
