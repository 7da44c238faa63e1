//! What one visitor waits for after the last touch: one ticket, one connection.

use anyhow::Result;

use super::{Bench, Row, ms};
use crate::disk;
use crate::hall::Hall;
use crate::load;
use crate::samples::Samples;
use crate::site;

const TICKETS: u64 = 2_000;
const BUDGET_TIMES: f64 = 2.0;
const BUDGET_PLUS_MS: f64 = 0.3;

pub async fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let hall = Hall::open(&bench.khiw, &bench.work).await?;
    load::rate_of(hall.address, 1, TICKETS / 4, hall.issuing(site::QUEUES)).await?;
    let before = disk::fdatasync(bench.folder()?.path(), TICKETS as usize / 2)?;
    let khiw = Samples::new(load::latencies(hall.address, TICKETS, hall.issuing(site::QUEUES)).await?);
    let after = disk::fdatasync(bench.folder()?.path(), TICKETS as usize / 2)?;
    // The disk may drift within the run: it is measured before and after.
    let disk_ms = f64::midpoint(before.p50_ms(), after.p50_ms());
    let budget_ms = BUDGET_TIMES * disk_ms + BUDGET_PLUS_MS;
    Ok(vec![Row {
        what: "one kiosk, one ticket, p50".to_owned(),
        khiw: ms(khiw.p50_ms()),
        basis: format!("fdatasync p50: {}", ms(disk_ms)),
        ratio: Some(khiw.p50_ms() / disk_ms),
        budget: format!("≤ 2 × + 0.3 ms = {}", ms(budget_ms)),
        kept: Some(khiw.p50_ms() <= budget_ms),
    }])
}
