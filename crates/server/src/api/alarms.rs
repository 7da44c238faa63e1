//! What staff must know: the list, and taking one into one's hands.

use axum::extract::State;
use http::StatusCode;
use khiw_domain::id::SiteId;

use super::extract::{Json, Segments, ok};
use super::problems::Problems;
use super::types::Alarm;
use crate::access::{Caller, Capability};
use crate::problem::{Problem, echo};
use crate::state::AppState;

/// What staff must know, newest first.
#[utoipa::path(get, path = "/api/v1/sites/{site}/alarms", tag = "hall", params(("site" = String, Path)),
    responses((status = 200, body = Vec<Alarm>), Problems::<403, 404>))]
pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
) -> Result<Json<Vec<Alarm>>, Problem> {
    caller.allowed(&site, Capability::SeeAlarms)?;
    app.hall(&site)?;
    Ok(ok(app.alarms().of(&site)))
}

/// Whoever sends it goes there: the alarm falls silent everywhere, and stands until its reason is gone. Somebody who
/// was earlier stays named; sending it again changes nothing.
#[utoipa::path(post, path = "/api/v1/sites/{site}/alarms/{alarm}/acknowledge", tag = "hall",
    params(("site" = String, Path), ("alarm" = String, Path)),
    responses((status = 200, body = Alarm), Problems::<403, 404>))]
pub(super) async fn acknowledge(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, alarm)): Segments<(SiteId, String)>,
) -> Result<Json<Alarm>, Problem> {
    let principal = caller.allowed(&site, Capability::AcknowledgeAlarms)?;
    app.hall(&site)?;
    let taken = app.alarms().acknowledge(&site, &alarm, &principal.id).ok_or_else(|| {
        let detail = format!("no alarm `{}` stands here now", echo(&alarm));
        Problem::new(StatusCode::NOT_FOUND, "unknown_alarm", detail)
    })?;
    tracing::info!(%site, alarm = %taken.id, by = %principal.id, "an alarm is acknowledged");
    Ok(ok(taken))
}
