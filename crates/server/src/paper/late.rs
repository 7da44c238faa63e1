//! Papers that do not come: an alarm for each printer that lets one wait, and one when the spool takes none. A printer
//! that tells nothing of itself would else be trouble that only visitors see.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use khiw_domain::id::{PrinterId, SiteId};
use khiw_printing::{SpoolError, Waiting};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::api::types::{AlarmSource, Severity};
use crate::state::AppState;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Longer than a healthy printer takes for a ticket and the few before it. The kiosk tells its visitor a little later
/// that staff know.
const LATE_AFTER: SignedDuration = SignedDuration::from_secs(5);
/// The alarm's id when the spool cannot be read or written.
const SPOOL_ALARM: &str = "spool";
/// Beginning of the ids of the alarms of late papers.
const PREFIX: &str = "paper-";

/// Looks until `stopped` turns true.
pub async fn watch(app: AppState, mut stopped: watch::Receiver<bool>) {
    let mut every = interval(LOOK_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = every.tick() => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        match app.paper_desk().ask(|spool| Ok((spool.waiting()?, spool.is_failing()))).await {
            Ok((waiting, failing)) => {
                tell(&app, &late_of(&waiting, Timestamp::now()));
                tell_spool(&app, failing);
            }
            Err(SpoolError::Stopped) => {}
            Err(error) => {
                tracing::error!(%error, "whether papers are late is not known");
                tell_spool(&app, true);
            }
        }
    }
}

/// The spool is one for all sites.
fn tell_spool(app: &AppState, failing: bool) {
    for served in app.halls() {
        let (site, now) = (served.hall.site_id(), served.hall.now());
        if failing {
            let facts = BTreeMap::from([("standing".to_owned(), Value::from("spool"))]);
            app.alarms().raise(site, SPOOL_ALARM, (AlarmSource::Disk, Severity::Stop), now, facts);
        } else {
            app.alarms().clear(site, SPOOL_ALARM, now);
        }
    }
}

/// Printers that let a paper wait too long, by site.
fn late_of(waiting: &[Waiting], now: Timestamp) -> BTreeMap<SiteId, Vec<(PrinterId, u32)>> {
    let mut late: BTreeMap<SiteId, Vec<(PrinterId, u32)>> = BTreeMap::new();
    for waiting in waiting.iter().filter(|waiting| now.duration_since(waiting.since) >= LATE_AFTER) {
        let Some((site, printer)) = waiting.printer.split_once('/') else { continue };
        if let (Ok(site), Ok(printer)) = (SiteId::parse(site), PrinterId::parse(printer)) {
            late.entry(site).or_default().push((printer, waiting.jobs));
        }
    }
    late
}

fn tell(app: &AppState, late: &BTreeMap<SiteId, Vec<(PrinterId, u32)>>) {
    let nobody = Vec::new();
    for served in app.halls() {
        let (site, now) = (served.hall.site_id(), served.hall.now());
        let late = late.get(site).unwrap_or(&nobody);
        for standing in app.alarms().standing(site, PREFIX) {
            if late.iter().all(|(printer, _)| alarm_id(printer) != standing) {
                app.alarms().clear(site, &standing, now);
            }
        }
        for (printer, jobs) in late {
            let facts = BTreeMap::from([
                ("printer".to_owned(), Value::from(printer.as_str())),
                ("waiting".to_owned(), Value::from(*jobs)),
            ]);
            let kind = (AlarmSource::Paper, Severity::Warn);
            app.alarms().raise(site, &alarm_id(printer), kind, now, facts);
        }
    }
}

fn alarm_id(printer: &PrinterId) -> String {
    format!("{PREFIX}{printer}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_late_after_a_few_seconds_and_not_before() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let waiting =
            |printer: &str, since| Waiting { printer: printer.to_owned(), jobs: 2, since: at(since) };
        let late =
            late_of(&[waiting("north/door", 0), waiting("north/desk", 6), waiting("strange", 0)], at(9));
        let site = SiteId::parse("north").unwrap();
        assert_eq!(late, BTreeMap::from([(site, vec![(PrinterId::parse("door").unwrap(), 2)])]));
    }
}
