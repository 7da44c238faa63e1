//! What holds for every request: a time limit, a size limit, a rate for strangers, the security headers, and that a panic is an answer.

use std::any::Any;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;

use super::extract::{BODY_BYTES_MAX, body_too_large};
use super::strangers::{Strangers, within_rate};
use crate::problem::Problem;
use crate::state::AppState;

/// Nothing from elsewhere, nothing inline; websockets of this origin are `'self'`.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; \
     worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

pub(super) fn around(router: Router<AppState>, app: &AppState) -> Router<AppState> {
    router
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), within_time))
        .layer(from_fn_with_state((app.clone(), Strangers::default()), within_rate))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(headers))
}

/// Answers 408 when the body or the answer does not come; 413 before a large body is read.
async fn within_time(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if announced_length(&request) > BODY_BYTES_MAX as u64 {
        return body_too_large().into_response();
    }
    let answered = tokio::time::timeout(app.options().request_timeout, next.run(request)).await;
    answered.unwrap_or_else(|_| {
        let detail = "the request was not whole, or not answered, in time";
        Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", detail).into_response()
    })
}

fn announced_length(request: &Request) -> u64 {
    let length = request.headers().get(header::CONTENT_LENGTH);
    length.and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
}

#[expect(clippy::needless_pass_by_value, reason = "tower-http's signature")]
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let said = cause.downcast_ref::<&str>().map(|said| (*said).to_owned());
    let said = said.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(said, "a request panicked");
    Problem::internal().into_response()
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
