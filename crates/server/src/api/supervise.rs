//! What concerns the whole hall: suspending issuing, emptying the hall, the clock.

use axum::extract::State;
use khiw_domain::Command;
use khiw_domain::id::SiteId;

use super::extract::{Body, Json, OptionalCommandId, Segments, ok};
use super::problems::Problems;
use super::send::{send, send_asked};
use super::sites::clock_note;
use super::types::{Evacuate, JustExpect, ResumeIssuing, SiteView, SuspendIssuing};
use crate::access::{Caller, Capability};
use crate::problem::Problem;
use crate::state::{AppState, ServedHall};
use crate::view;

type Answer = Result<Json<SiteView>, Problem>;

fn answer(app: &AppState, served: &ServedHall) -> Answer {
    let clock = clock_note(app);
    let hall = view::read(served, |view| view.hall(clock, true, None));
    hall.map(ok).ok_or_else(|| khiw_domain::Refusal::NotConfigured.into())
}

/// No numbers for a queue, or for the whole hall.
#[utoipa::path(post, path = "/api/v1/sites/{site}/issuing/suspend", tag = "hall", params(("site" = String, Path)),
    request_body = SuspendIssuing,
    responses((status = 200, body = SiteView), Problems::<403, 404, 422>))]
pub(super) async fn suspend(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
    OptionalCommandId(id): OptionalCommandId,
    Body(body): Body<SuspendIssuing>,
) -> Answer {
    let principal = caller.allowed(&site, Capability::Supervise)?;
    let served = app.hall(&site)?;
    let command = Command::SuspendIssuing { queue: body.queue, reason: body.reason };
    send(&served, principal, id, command).await?;
    answer(&app, &served)
}

/// Numbers again.
#[utoipa::path(post, path = "/api/v1/sites/{site}/issuing/resume", tag = "hall", params(("site" = String, Path)),
    request_body = ResumeIssuing,
    responses((status = 200, body = SiteView), Problems::<403, 404>))]
pub(super) async fn resume(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
    OptionalCommandId(id): OptionalCommandId,
    Body(body): Body<ResumeIssuing>,
) -> Answer {
    let principal = caller.allowed(&site, Capability::Supervise)?;
    let served = app.hall(&site)?;
    send(&served, principal, id, Command::ResumeIssuing { queue: body.queue }).await?;
    answer(&app, &served)
}

/// Empties the hall with one action; every live ticket gets the stated outcome.
#[utoipa::path(post, path = "/api/v1/sites/{site}/evacuate", tag = "hall", params(("site" = String, Path)),
    request_body = Evacuate,
    responses((status = 200, body = SiteView), Problems::<403, 404, 422>))]
pub(super) async fn evacuate(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
    OptionalCommandId(id): OptionalCommandId,
    Body(body): Body<Evacuate>,
) -> Answer {
    let principal = caller.allowed(&site, Capability::Supervise)?;
    let served = app.hall(&site)?;
    send(&served, principal, id, Command::Evacuate { outcome: body.outcome }).await?;
    answer(&app, &served)
}

/// A person confirms the machine's clock after an alarm.
#[utoipa::path(post, path = "/api/v1/sites/{site}/clock/accept", tag = "hall", params(("site" = String, Path)),
    request_body = JustExpect,
    responses((status = 200, body = SiteView), Problems::<403, 404>))]
pub(super) async fn accept_clock(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
    OptionalCommandId(id): OptionalCommandId,
    Body(JustExpect { .. }): Body<JustExpect>,
) -> Answer {
    let principal = caller.allowed(&site, Capability::AcceptClock)?;
    let served = app.hall(&site)?;
    let accept = |wall| Command::AcceptClock { wall };
    let wall = app.dispatcher().clock().wall();
    let commands = (accept(wall), &accept(jiff::Timestamp::UNIX_EPOCH));
    send_asked(&served, principal, id, commands, &[]).await?;
    answer(&app, &served)
}
