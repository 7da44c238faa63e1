//! Is the process alive, and can it serve?

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use khiw_dispatcher::Standing;

use crate::blocking::blocking;
use crate::problem::Problem;
use crate::state::AppState;

/// Alive: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready: the halls are replayed, the journal can be read, and every hall writes.
pub(super) async fn readyz(State(app): State<AppState>) -> Response {
    let halls = app.halls();
    if let Some(stuck) = halls.iter().find(|served| served.hall.standing() != Standing::Serving) {
        let detail = format!("hall {} does not write: {:?}", stuck.hall.site_id(), stuck.hall.standing());
        return Problem::unavailable(detail).into_response();
    }
    let dispatcher = app.dispatcher().clone();
    let read = blocking(move || dispatcher.journal().streams()).await;
    match read {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n").into_response(),
        Ok(Err(error)) => Problem::unavailable(error.to_string()).into_response(),
        Err(_) => Problem::internal().into_response(),
    }
}
