//! Is the process alive, and can it serve?

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::problem::Problem;
use crate::state::AppState;

/// Alive: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready: the halls are replayed and the journal can be read.
pub(super) async fn readyz(State(app): State<AppState>) -> Response {
    let dispatcher = app.dispatcher().clone();
    let read = tokio::task::spawn_blocking(move || dispatcher.journal().streams()).await;
    match read {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n").into_response(),
        Ok(Err(error)) => Problem::unavailable(error.to_string()).into_response(),
        Err(_) => Problem::internal().into_response(),
    }
}
