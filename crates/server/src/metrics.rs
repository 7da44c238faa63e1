//! Numbers about the running server for Prometheus, on `/metrics`. Counts only: no ids of tickets, no texts.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use khiw_printing::Spool;
use prometheus_client::encoding::prometheus_text::{CONTENT_TYPE, encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use crate::access::{Caller, Kind};
use crate::api::types::{Alarm, PrinterStateName};
use crate::problem::Problem;
use crate::screens;
use crate::state::AppState;
use crate::view;

/// Seconds: from a lobby's screen on the same table to one over a bad radio link.
const SECONDS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Records in a batch, bytes and the like: powers of four.
const SIZES: [f64; 7] = [1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0];

/// Of this process, whatever it serves.
static MEASURES: LazyLock<Measures> = LazyLock::new(Measures::new);

/// Names and values that tell one series of a family from another.
type Labels = Vec<(&'static str, String)>;
type Counters = Family<Labels, Counter>;
type Gauges = Family<Labels, Gauge>;

struct Measures {
    registry: Registry,
    tickets_issued: Counters,
    calls: Counters,
    records: Counters,
    batch_records: Family<Labels, Histogram, fn() -> Histogram>,
    commands: Counters,
    /// What nearly every command counts: looked up once.
    commands_done: Counter,
    command_seconds: Histogram,
    screen_lag_seconds: Histogram,
    print_jobs: Gauges,
    papers: Counters,
    printer_state: Gauges,
    printer_papers_waiting: Gauges,
    live_connections: Gauges,
    screens_reporting: Gauges,
    screen_behind_records_max: Gauges,
    screens: Gauges,
    tickets_live: Gauges,
    clock_alarm: Gauges,
    head_record: Gauges,
    alarms: Gauges,
}

impl Measures {
    fn new() -> Self {
        let mut registry = Registry::with_prefix("khiw");
        let all = &mut registry;
        let commands: Counters = add(all, "commands", "Commands answered, by what became of them");
        let seconds = || Histogram::new(SECONDS);
        let sizes: fn() -> Histogram = || Histogram::new(SIZES);
        Self {
            tickets_issued: add(all, "tickets_issued", "Numbers given out"),
            calls: add(all, "calls", "Tickets called"),
            records: add(all, "records", "Records stored"),
            batch_records: register(
                all,
                ("batch_records", "Records stored in one commit"),
                Family::new_with_constructor(sizes),
            ),
            commands_done: commands.get_or_create_owned(&vec![("outcome", "done".to_owned())]),
            commands,
            command_seconds: register(all, ("command_seconds", "From a command to its answer"), seconds()),
            screen_lag_seconds: register(
                all,
                ("screen_lag_seconds", "From a call to a screen's word that it is drawn"),
                seconds(),
            ),
            print_jobs: add(all, "print_jobs", "Papers kept in the spool"),
            papers: add(all, "papers", "Papers by how they ended"),
            printer_state: add(all, "printer_state", "1 for the state the printer is in"),
            printer_papers_waiting: add(all, "printer_papers_waiting", "Papers that wait or are being sent"),
            live_connections: add(all, "live_connections", "Open live connections"),
            screens_reporting: add(all, "screens_reporting", "Lobby screens that report what they drew"),
            screen_behind_records_max: add(
                all,
                "screen_behind_records_max",
                "Records that the slowest screen has not drawn",
            ),
            screens: add(all, "screens", "Enrolled screens by how they are"),
            tickets_live: add(all, "tickets_live", "Tickets that are in no final state"),
            clock_alarm: add(all, "clock_alarm", "1 while the clock is in doubt"),
            head_record: add(all, "head_record", "Number of the last record"),
            alarms: add(all, "alarms", "Alarms that stand"),
            registry,
        }
    }
}

/// A family that begins empty.
fn add<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    register(registry, (name, help), M::default())
}

fn register<M: Metric + Clone>(registry: &mut Registry, (name, help): (&str, &str), metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

fn set(family: &Gauges, labels: &Labels, value: usize) {
    family.get_or_create(labels).set(i64::try_from(value).unwrap_or(i64::MAX));
}

/// What a hall's thread counts of its own: handles made once, so that counting costs an addition.
pub struct HallCounts {
    tickets_issued: Counter,
    calls: Counter,
    records: Counter,
    batch_records: Histogram,
}

impl HallCounts {
    pub fn of(site: &khiw_domain::id::SiteId) -> Self {
        let site = vec![("site", site.to_string())];
        Self {
            tickets_issued: MEASURES.tickets_issued.get_or_create_owned(&site),
            calls: MEASURES.calls.get_or_create_owned(&site),
            records: MEASURES.records.get_or_create_owned(&site),
            batch_records: MEASURES.batch_records.get_or_create_owned(&site),
        }
    }

    /// A commit of so many records, and what was among them.
    pub fn batch(&self, records: usize, issued: usize, called: usize) {
        self.tickets_issued.inc_by(issued as u64);
        self.calls.inc_by(called as u64);
        self.records.inc_by(records as u64);
        self.batch_records.observe(records as f64);
    }
}

/// A command was answered: `outcome` is `done`, `repeated`, or the code of its refusal.
pub fn command_answered(outcome: &str, took: Duration) {
    MEASURES.command_seconds.observe(took.as_secs_f64());
    if outcome == "done" {
        MEASURES.commands_done.inc();
    } else {
        MEASURES.commands.get_or_create(&vec![("outcome", outcome.to_owned())]).inc();
    }
}

/// A screen said that it has drawn a call that was told so long ago.
pub fn screen_drew(after: Duration) {
    MEASURES.screen_lag_seconds.observe(after.as_secs_f64());
}

/// Print jobs kept, by state.
pub fn print_jobs(counts: &[(String, u64)]) {
    for (state, count) in counts {
        set(&MEASURES.print_jobs, &vec![("state", state.clone())], *count as usize);
    }
}

/// A paper came to this end; `printer` as its job names it.
pub fn paper_ended(printer: &str, outcome: &'static str) {
    if let Some((site, printer)) = printer.split_once('/') {
        let labels =
            vec![("site", site.to_owned()), ("printer", printer.to_owned()), ("outcome", outcome.to_owned())];
        MEASURES.papers.get_or_create(&labels).inc();
    }
}

/// Each state is a series of its own: 1 for the one the printer is in. Unknown is a state, not a zero everywhere.
fn printer(site: &str, printer: &str, state: Option<PrinterStateName>, waiting: u32) {
    let printer = vec![("site", site.to_owned()), ("printer", printer.to_owned())];
    for known in PrinterStateName::ALL {
        let mut labels = printer.clone();
        labels.push(("state", known.code().to_owned()));
        set(&MEASURES.printer_state, &labels, usize::from(state == Some(known)));
    }
    set(&MEASURES.printer_papers_waiting, &printer, waiting as usize);
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
    look(&app);
    look_at_printers(&app).await;
    let mut text = String::new();
    match encode(&mut text, &MEASURES.registry) {
        Ok(()) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the measures cannot be written");
            Problem::internal().into_response()
        }
    }
}

/// What is not counted but looked at when somebody asks.
fn look(app: &AppState) {
    let measures = &*MEASURES;
    for (site, report) in app.hub().reports() {
        let of = || vec![("site", site.to_string())];
        set(&measures.live_connections, &of(), report.connected);
        set(&measures.screens_reporting, &of(), report.reporting);
        set(&measures.screen_behind_records_max, &of(), report.records_behind_max as usize);
    }
    for served in app.halls() {
        let hall = &served.hall;
        let of = || vec![("site", hall.site_id().to_string())];
        let of_state = |state: &str| vec![("site", hall.site_id().to_string()), ("state", state.to_owned())];
        for (state, count) in app.hub().feed(hall.site_id()).iter().flat_map(|feed| screens::count(app, feed))
        {
            set(&measures.screens, &of_state(state.code()), count);
        }
        set(&measures.tickets_live, &of(), hall.read(khiw_domain::Site::live_tickets));
        set(&measures.clock_alarm, &of(), hall.alarms().len());
        set(&measures.head_record, &of(), hall.position().seq as usize);
        let alarms = app.alarms().of(hall.site_id());
        for (state, here) in [("new", false), ("acknowledged", true)] {
            let stand = |alarm: &&Alarm| alarm.cleared.is_none() && alarm.acknowledged_by.is_some() == here;
            set(&measures.alarms, &of_state(state), alarms.iter().filter(stand).count());
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
