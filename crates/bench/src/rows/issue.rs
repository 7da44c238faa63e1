//! Issuing tickets as fast as the machine allows.

use anyhow::Result;

use super::{Bench, Row, per_second};
use crate::ceiling::issue::SERIES as CEILING_SERIES;
use crate::ceiling::redis::{self, Redis};
use crate::client::Request;
use crate::hall::Hall;
use crate::load::{self, CONNECTIONS};
use crate::samples::median;

/// Of each side, in turn; the middle one counts.
const ROUNDS: usize = 3;
const TICKETS: u64 = 40_000;
/// Before the first measured ticket: caches, pages of the file, the processor's clock.
const WARM_UP: u64 = 2_000;

/// As many as the ceiling's: both sides write as many places of their files.
const SERIES: u64 = CEILING_SERIES.len() as u64;

const CEILING_BUDGET: f64 = 0.6;
const REDIS_BUDGET: f64 = 0.45;

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let (mut khiw, mut ceiling, mut redis) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ceiling.push(ceiling_rate(bench).await?);
        khiw.push(khiw_rate(bench).await?);
        if redis::is_here() {
            redis.push(redis_rate(bench).await?);
        }
    }
    let rate = median(khiw);
    let mut rows =
        vec![row("issue over HTTP, 64 connections", rate, "bare ceiling", median(ceiling), CEILING_BUDGET)];
    if redis.is_empty() {
        eprintln!("   redis-server is not here: the row beside it is left as it is");
    } else {
        let what = "issue over HTTP, beside Redis";
        rows.push(row(what, rate, "Redis, appendfsync always", median(redis), REDIS_BUDGET));
    }
    Ok(rows)
}

fn row(what: &str, khiw: f64, basis: &str, basis_rate: f64, budget: f64) -> Row {
    let ratio = khiw / basis_rate;
    Row {
        what: what.to_owned(),
        khiw: per_second(khiw),
        basis: format!("{basis}: {}", per_second(basis_rate)),
        ratio: Some(ratio),
        budget: format!("≥ {budget} ×"),
        kept: Some(ratio >= budget),
    }
}

async fn khiw_rate(bench: &Bench) -> Result<f64> {
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    load::rate_of(hall.address, CONNECTIONS, WARM_UP, hall.issuing(SERIES)).await?;
    load::rate_of(hall.address, CONNECTIONS, TICKETS, hall.issuing(SERIES)).await
}

async fn ceiling_rate(bench: &Bench) -> Result<f64> {
    let folder = bench.folder()?;
    let (_process, address) = bench.ceiling("ceiling-issue", &[folder.path()]).await?;
    let request =
        |number: u64| Request::post("/tickets", None, &format!("i-{number}"), "{\"services\":[\"s1\"]}");
    load::rate_of(address, CONNECTIONS, WARM_UP, request).await?;
    load::rate_of(address, CONNECTIONS, TICKETS, request).await
}

async fn redis_rate(bench: &Bench) -> Result<f64> {
    let folder = bench.folder()?;
    let redis = Redis::start(folder.path(), &bench.work.join("redis.log")).await?;
    redis.rate(CONNECTIONS, WARM_UP).await?;
    redis.rate(CONNECTIONS, TICKETS).await
}
