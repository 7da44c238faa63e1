//! A year of history: does issuing slow down, and how soon is the hall back?

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

use super::{Bench, Row, ms, per_second, thousands};
use crate::hall::Hall;
use crate::load::{self, CONNECTIONS};
use crate::samples::median;
use crate::{screens, site};

/// A year has about 250 working days; each is one start of the server.
const DAYS: u64 = 50;
/// Issue, call, complete: about three events a ticket.
const TICKETS_A_DAY: u64 = 6_700;
const EVENTS: u64 = 1_000_000;

const ROUNDS: usize = 3;
const TICKETS: u64 = 20_000;

const SLOWER_AT_MOST: f64 = 0.9;
const READY_MS: f64 = 200.0;
const READY_AFTER_KILL_MS: f64 = 2_000.0;

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let mut grown = Hall::open(&bench.khiw, &bench.work).await?;
    let mut day: Timestamp = site::OPENS.parse()?;
    for _ in 0..DAYS {
        live_a_day(&grown).await?;
        day = day.checked_add(SignedDuration::from_hours(24))?;
        restart(&mut grown, day).await?;
    }
    let events = events_of(&grown).await?;
    let (mut full, mut empty) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        full.push(load::rate_of(grown.address, CONNECTIONS, TICKETS, grown.issuing(site::QUEUES)).await?);
        day = day.checked_add(SignedDuration::from_hours(24))?;
        restart(&mut grown, day).await?;
        let new = Hall::open(&bench.khiw, &bench.work).await?;
        empty.push(load::rate_of(new.address, CONNECTIONS, TICKETS, new.issuing(site::QUEUES)).await?);
    }
    let mut rows = vec![issuing(median(full), median(empty), events)];
    rows.extend(getting_ready(&mut grown, day).await?);
    Ok(rows)
}

async fn live_a_day(hall: &Hall) -> Result<()> {
    load::rate_of(hall.address, CONNECTIONS, TICKETS_A_DAY, hall.issuing(site::QUEUES)).await?;
    load::rate_of(hall.address, site::COUNTERS, TICKETS_A_DAY, hall.calling(site::COUNTERS)).await?;
    Ok(())
}

/// The next morning.
async fn restart(hall: &mut Hall, day: Timestamp) -> Result<()> {
    hall.stop()?;
    hall.start(&day.to_string()).await?;
    for counter in 0..site::COUNTERS {
        hall.act(&format!("/api/v1/sites/{}/counters/c{counter}/open", site::ID), "{}").await?;
    }
    Ok(())
}

/// Records in the journal, by the position that answers carry.
async fn events_of(hall: &Hall) -> Result<u64> {
    let position = screens::position(hall.address, &site::display_path()).await?;
    position
        .rsplit('.')
        .next()
        .context("a position ends with the record's number")?
        .parse()
        .context("the number")
}

fn issuing(full: f64, empty: f64, records: u64) -> Row {
    let ratio = full / empty;
    Row {
        what: "issue on a grown journal".to_owned(),
        khiw: format!("{} after {} records", per_second(full), thousands(records)),
        basis: format!("empty journal: {}", per_second(empty)),
        ratio: Some(ratio),
        budget: format!("≥ {SLOWER_AT_MOST} × ({} events)", thousands(EVENTS)),
        kept: Some(ratio >= SLOWER_AT_MOST),
    }
}

async fn getting_ready(hall: &mut Hall, day: Timestamp) -> Result<Vec<Row>> {
    hall.stop()?;
    let clean = hall.start(&day.to_string()).await?;
    // In the middle of a busy day, as a power cut finds it.
    load::rate_of(hall.address, CONNECTIONS, TICKETS_A_DAY, hall.issuing(site::QUEUES)).await?;
    hall.kill()?;
    let killed = hall.start(&day.to_string()).await?;
    let row = |what: &str, ready_ms: f64, budget: f64| Row {
        what: what.to_owned(),
        khiw: ms(ready_ms),
        basis: format!("{DAYS} days of history"),
        ratio: None,
        budget: format!("≤ {budget} ms"),
        kept: Some(ready_ms <= budget),
    };
    Ok(vec![
        row("ready after a clean stop", clean.as_secs_f64() * 1_000.0, READY_MS),
        row("ready after kill -9 in a busy day", killed.as_secs_f64() * 1_000.0, READY_AFTER_KILL_MS),
    ])
}
