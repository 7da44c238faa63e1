//! Numbers about the running server for Prometheus, on `/metrics`. Counts only: no ids of tickets, no texts.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use khiw_printing::Spool;
use metrics::{Counter, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use crate::access::{Caller, Kind};
use crate::api::types::{Alarm, PrinterStateName};
use crate::problem::Problem;
use crate::screens;
use crate::state::AppState;
use crate::view;

/// Seconds: from a lobby's screen on the same table to one over a bad radio link.
const SECONDS: &[f64] = &[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Records in a batch, bytes and the like: powers of four.
const SIZES: &[f64] = &[1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0];
/// What was measured is folded together at least so often, asked or not: it must not pile up.
const FOLD_EVERY: Duration = Duration::from_secs(10);

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts measuring, once per process; called again it does nothing. What is measured before is lost.
pub fn install() {
    let handle = HANDLE
        .get_or_init(|| recorder().inspect_err(|error| tracing::warn!(%error, "nothing is measured")).ok());
    static FOLDING: OnceLock<()> = OnceLock::new();
    if let (Some(handle), Ok(runtime)) = (handle, tokio::runtime::Handle::try_current()) {
        FOLDING.get_or_init(|| {
            runtime.spawn(async move {
                loop {
                    tokio::time::sleep(FOLD_EVERY).await;
                    handle.run_upkeep();
                }
            });
        });
    }
}

fn recorder() -> Result<PrometheusHandle, BuildError> {
    use metrics_exporter_prometheus::Matcher;
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_records".to_owned()), SIZES)?
        .install_recorder()
}

/// What a hall's thread counts of its own: handles made once, so that counting costs an addition.
pub struct HallCounts {
    pub tickets_issued: Counter,
    pub calls: Counter,
    pub records: Counter,
    pub batch_records: Histogram,
}

impl HallCounts {
    pub fn of(site: &khiw_domain::id::SiteId) -> Self {
        install();
        let site = site.to_string();
        Self {
            tickets_issued: counter!("khiw_tickets_issued_total", "site" => site.clone()),
            calls: counter!("khiw_calls_total", "site" => site.clone()),
            records: counter!("khiw_records_total", "site" => site.clone()),
            batch_records: histogram!("khiw_batch_records", "site" => site),
        }
    }
}

/// What nearly every command counts, looked up once.
struct CommandCounts {
    done: Counter,
    seconds: Histogram,
}

/// A command was answered: `outcome` is `done`, `repeated`, or the code of its refusal.
pub fn command_answered(outcome: &str, took: Duration) {
    static COUNTS: OnceLock<CommandCounts> = OnceLock::new();
    let counts = COUNTS.get_or_init(|| {
        install();
        CommandCounts {
            done: counter!("khiw_commands_total", "outcome" => "done"),
            seconds: histogram!("khiw_command_seconds"),
        }
    });
    counts.seconds.record(took);
    if outcome == "done" {
        counts.done.increment(1);
    } else {
        counter!("khiw_commands_total", "outcome" => outcome.to_owned()).increment(1);
    }
}

/// Print jobs kept, by state.
pub fn print_jobs(counts: &[(String, u64)]) {
    for (state, count) in counts {
        gauge!("khiw_print_jobs", "state" => state.clone()).set(*count as f64);
    }
}

/// A paper came to this end; `printer` as its job names it.
pub fn paper_ended(printer: &str, outcome: &'static str) {
    if let Some((site, printer)) = printer.split_once('/') {
        let (site, printer) = (site.to_owned(), printer.to_owned());
        counter!("khiw_papers_total", "site" => site, "printer" => printer, "outcome" => outcome)
            .increment(1);
    }
}

/// Each state is a series of its own: 1 for the one the printer is in. Unknown is a state, not a zero everywhere.
fn printer(site: &str, printer: &str, state: Option<PrinterStateName>, waiting: u32) {
    let (site, printer) = (site.to_owned(), printer.to_owned());
    for known in PrinterStateName::ALL {
        let is = if state == Some(known) { 1.0 } else { 0.0 };
        gauge!("khiw_printer_state", "site" => site.clone(), "printer" => printer.clone(),
            "state" => known.code())
        .set(is);
    }
    gauge!("khiw_printer_papers_waiting", "site" => site, "printer" => printer).set(f64::from(waiting));
}

pub fn routes() -> Router<AppState> {
    Router::new().route("/metrics", get(metrics))
}

/// For programs on this machine, and for whoever supervises. Behind a proxy everybody seems to be on this machine.
async fn metrics(State(app): State<AppState>, caller: Caller, request: axum::extract::Request) -> Response {
    let arrival = request.extensions().get::<crate::access::Arrival>();
    let here = !app.options().behind_proxy
        && arrival.is_some_and(|arrival| arrival.peer.ip().to_canonical().is_loopback());
    let kinds = [Kind::Supervisor, Kind::Administrator, Kind::Integration, Kind::Demo];
    let permitted = caller.0.is_some_and(|principal| kinds.contains(&principal.kind));
    if !here && !permitted {
        return Problem::unauthenticated().into_response();
    }
    let Some(handle) = HANDLE.get().and_then(Option::as_ref) else {
        let detail = "nothing is measured in this process";
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_measured", detail).into_response();
    };
    look(&app);
    look_at_printers(&app).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response()
}

/// What is not counted but looked at when somebody asks.
fn look(app: &AppState) {
    for (site, report) in app.hub().reports() {
        let site = site.to_string();
        gauge!("khiw_live_connections", "site" => site.clone()).set(report.connected as f64);
        gauge!("khiw_screens_reporting", "site" => site.clone()).set(report.reporting as f64);
        gauge!("khiw_screen_behind_records_max", "site" => site).set(report.records_behind_max as f64);
    }
    for served in app.halls() {
        let site = served.hall.site_id();
        for (state, count) in app.hub().feed(site).iter().flat_map(|feed| screens::count(app, feed)) {
            gauge!("khiw_screens", "site" => site.to_string(), "state" => state.code()).set(count as f64);
        }
    }
    for served in app.halls() {
        let hall = &served.hall;
        let site = hall.site_id().to_string();
        let live = hall.read(khiw_domain::Site::live_tickets);
        gauge!("khiw_tickets_live", "site" => site.clone()).set(live as f64);
        gauge!("khiw_clock_alarm", "site" => site.clone()).set(hall.alarms().len() as f64);
        gauge!("khiw_head_record", "site" => site.clone()).set(hall.position().seq as f64);
        let alarms = app.alarms().of(hall.site_id());
        for (state, here) in [("new", false), ("acknowledged", true)] {
            let stand = |alarm: &&Alarm| alarm.cleared.is_none() && alarm.acknowledged_by.is_some() == here;
            let count = alarms.iter().filter(stand).count();
            gauge!("khiw_alarms", "site" => site.clone(), "state" => state).set(count as f64);
        }
    }
}

/// Printers of every site; one that a newer configuration dropped is in no state any more.
async fn look_at_printers(app: &AppState) {
    static TOLD: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());
    let mut now = BTreeSet::new();
    let waiting = app.paper_desk().ask(Spool::waiting).await.unwrap_or_default();
    for served in app.halls() {
        let site = served.hall.site_id();
        for (id, state, jobs) in view::printer_states(app, &served, &waiting) {
            printer(site.as_str(), id.as_str(), Some(state), jobs);
            now.insert((site.to_string(), id.to_string()));
        }
    }
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    for (site, id) in told.difference(&now) {
        printer(site, id, None, 0);
    }
    *told = now;
}
