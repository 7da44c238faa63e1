//! Alarms that follow from the hall itself: its clock, its disk, a broken promise, an agency that nobody serves, an
//! emptied hall. Looked at every few seconds; printers and screens raise their own.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;
use khiw_dispatcher::Standing;
use khiw_domain::event::Suspension;
use khiw_domain::id::AgencyId;
use khiw_domain::ticket::Paper;
use serde_json::Value;
use tokio::time::MissedTickBehavior;

use super::Reason;
use crate::api::types::{AlarmSource, Severity};
use crate::screens;
use crate::state::{AppState, ServedHall};
use crate::view::{self, View};

const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Time to acknowledge an alarm before everybody at work hears of it.
const ESCALATED_AFTER: SignedDuration = SignedDuration::from_secs(120);
/// Beginning of the ids of alarms that stand here, so that no other source's alarm is cleared.
const PREFIX: &str = "hall-";

/// A reason of this source.
fn reason(name: &str, kind: (AlarmSource, Severity), facts: &[(&str, Value)]) -> Reason {
    Reason::new(format!("{PREFIX}{name}"), kind, facts)
}

/// Watches every hall until it is aborted.
pub async fn watch(app: AppState) {
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        for served in app.halls() {
            look(&app, &served);
            screens::look(&app, &served);
        }
    }
}

fn look(app: &AppState, served: &ServedHall) {
    let mut reasons = of_machine(served);
    reasons.extend(view::read(served, |view| of_hall(&view)));
    let (site, now) = (served.hall.site_id(), served.hall.now());
    app.alarms().keep(site, PREFIX, reasons, now);
    // A simulated hall that runs fast gives its staff no less time.
    let speed = app.dispatcher().clock().speed().max(1.0);
    app.alarms().escalate(site, now, ESCALATED_AFTER.mul_f64(speed));
}

fn of_machine(served: &ServedHall) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(alarm) = served.hall.alarms().first() {
        let facts = [("wall", alarm.wall.to_string().into()), ("off_s", alarm.off.as_secs().into())];
        reasons.push(reason("clock", (AlarmSource::Clock, Severity::Stop), &facts));
    }
    let standing = match served.hall.standing() {
        Standing::Serving => None,
        Standing::InDoubt => Some("in_doubt"),
        Standing::Fenced => Some("fenced"),
        Standing::Stopped => Some("stopped"),
    };
    if let Some(standing) = standing {
        let facts = [("standing", standing.into())];
        reasons.push(reason("disk", (AlarmSource::Disk, Severity::Stop), &facts));
    }
    reasons
}

fn of_hall(view: &View<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let Some(config) = view.facts.config.as_deref() else { return reasons };
    let emptied = view.site.suspended().iter().any(Suspension::is_evacuation);
    if emptied {
        reasons.push(reason("evacuated", (AlarmSource::Emergency, Severity::Stop), &[]));
    }
    reasons.extend(without_paper(view));
    for queue in &config.queues {
        let first = view.site.line(&queue.id).and_then(khiw_domain::line::Line::first);
        if first.is_some_and(|place| place.promise < view.now) {
            let facts = [("queue", queue.id.as_str().into())];
            let name = format!("promise-{}", queue.id);
            reasons.push(reason(&name, (AlarmSource::Promise, Severity::Info), &facts));
        }
    }
    for agency in unserved(view) {
        let facts = [("agency", agency.as_str().into())];
        let name = format!("agency-{agency}");
        reasons.push(reason(&name, (AlarmSource::Agency, Severity::Warn), &facts));
    }
    reasons
}

/// Visitors whose paper came to nothing, and who may not have seen their number on the screen either.
fn without_paper(view: &View<'_>) -> Option<Reason> {
    let (mut failed, mut uncertain) = (0_u32, 0_u32);
    for ticket in view.site.tickets().filter(|ticket| ticket.state.is_live()) {
        failed += u32::from(ticket.paper == Paper::Failed);
        uncertain += u32::from(ticket.paper == Paper::Uncertain);
    }
    let facts = [("failed", failed.into()), ("uncertain", uncertain.into())];
    (failed + uncertain > 0).then(|| reason("paper", (AlarmSource::Paper, Severity::Warn), &facts))
}

/// Agencies somebody waits for though no open counter works for the queue.
fn unserved(view: &View<'_>) -> BTreeSet<AgencyId> {
    let waited_for = |queue: &khiw_domain::id::QueueId| {
        let line = view.site.line(queue).into_iter().flat_map(khiw_domain::line::Line::iter);
        line.filter_map(|place| view.site.service(view.site.ticket(place.ticket)?.service()))
    };
    let config = view.facts.config.iter();
    config
        .flat_map(|config| &config.queues)
        .filter(|queue| view.site.waiting(&queue.id) > 0)
        .filter(|queue| view.site.counters_serving(&queue.id).next().is_none())
        .flat_map(|queue| waited_for(&queue.id).map(|service| service.agency.clone()))
        .collect()
}
