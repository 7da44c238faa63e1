//! What holds for every request: a time limit, a size limit, a rate for strangers, the security headers, and that a panic is an answer.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;

use khiw_announcing::CLIP_BYTES_MAX;

use super::extract::{BODY_BYTES_MAX, body_too_large};
use super::strangers::Strangers;
use crate::media::MEDIA_BYTES_MAX;
use crate::problem::Problem;
use crate::state::AppState;

/// Nothing from elsewhere, nothing inline; websockets of this origin are `'self'`.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; \
     worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A body of at most this announced length is read before it is refused.
const FINISHED_BYTES_MAX: u64 = 4 * BODY_BYTES_MAX as u64;
/// Longest that a picture or video may be on its way in.
const UPLOAD_MAX: Duration = Duration::from_mins(30);
/// And for at most so long.
const FINISH_MAX: Duration = Duration::from_secs(1);

/// One layer for all of it: a request passes each layer as a move and an allocation, and issuing is to be lean.
pub(super) fn around(router: Router<AppState>, app: &AppState) -> Router<AppState> {
    router.layer(from_fn_with_state((app.clone(), Strangers::default()), guard))
}

async fn guard(
    State((app, strangers)): State<(AppState, Strangers)>,
    request: Request,
    next: Next,
) -> Response {
    let framed = request.uri().path().starts_with("/display/");
    let mut response = match before(&app, &strangers, &request) {
        Some(problem) => {
            let_finish(request).await;
            problem.into_response()
        }
        None => answered(&app, request, next).await,
    };
    protect(response.headers_mut());
    if framed {
        let_preview(response.headers_mut());
    }
    response
}

/// What is refused before any of the body is read.
fn before(app: &AppState, strangers: &Strangers, request: &Request) -> Option<Problem> {
    let bytes_max = body_bytes_max(request);
    if announced_length(request) > bytes_max {
        return Some(body_too_large(bytes_max));
    }
    strangers.refuse(app, request)
}

/// Sound and pictures are larger than any JSON.
fn body_bytes_max(request: &Request) -> u64 {
    let path = request.uri().path();
    if is_upload(request) {
        MEDIA_BYTES_MAX
    } else if request.method() == Method::PUT && path.contains("/recordings/") {
        CLIP_BYTES_MAX
    } else {
        BODY_BYTES_MAX as u64
    }
}

/// A picture or video on its way in takes as long as its line needs, if only it moves.
fn is_upload(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path().ends_with("/media")
}

/// Reads to its end a body that is somewhat too large: a connection that ends with bytes unread may take the answer with
/// it. One that is announced as larger is not waited for.
async fn let_finish(request: Request) {
    if (BODY_BYTES_MAX as u64 + 1..=FINISHED_BYTES_MAX).contains(&announced_length(&request)) {
        let mut body = request.into_body();
        let end = async { while let Some(Ok(_)) = body.frame().await {} };
        // Not whole in time: the answer goes out all the same.
        let _ = tokio::time::timeout(FINISH_MAX, end).await;
    }
}

/// The answer; 408 when the body or the answer does not come, 500 after a panic.
async fn answered(app: &AppState, request: Request, next: Next) -> Response {
    let within = if is_upload(&request) { UPLOAD_MAX } else { app.options().request_timeout };
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(within, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(cause)) => panicked(&*cause),
        Err(_) => {
            let detail = "the request was not whole, or not answered, in time";
            Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", detail).into_response()
        }
    }
}

fn announced_length(request: &Request) -> u64 {
    let length = request.headers().get(header::CONTENT_LENGTH);
    length.and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
}

fn panicked(cause: &(dyn Any + Send)) -> Response {
    let said = cause.downcast_ref::<&str>().map(|said| (*said).to_owned());
    let said = said.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(said, "a request panicked");
    Problem::internal().into_response()
}

/// Staff look at a lobby screen inside the page where they set it up.
fn let_preview(headers: &mut HeaderMap) {
    let policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
}

fn protect(headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    headers.reserve(fixed.len());
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
