//! What holds for every request: a time limit, a size limit, a rate for strangers, the security headers, and that a panic is an answer.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use super::extract::{BODY_BYTES_MAX, body_too_large};
use super::strangers::Strangers;
use crate::problem::Problem;
use crate::state::AppState;

/// Nothing from elsewhere, nothing inline; websockets of this origin are `'self'`.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; \
     worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What every answer says. Made once: parsing a name costs each request.
static PROTECTING: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// A body of at most this announced length is read before it is refused.
const FINISHED_BYTES_MAX: u64 = 4 * BODY_BYTES_MAX as u64;
/// What a route says in its description when its bodies are larger than any JSON.
const BODY_BYTES_MAX_OF_ROUTE: &str = "x-body-bytes-max";
/// And when they may be longer on their way than [`crate::Options::request_timeout`].
const SECONDS_MAX_OF_ROUTE: &str = "x-seconds-max";
/// And for at most so long.
const FINISH_MAX: Duration = Duration::from_secs(1);

/// One layer for all of it: a request passes each layer as a move and an allocation, and issuing is to be lean.
pub(super) fn around(router: Router<AppState>, app: &AppState, described: &OpenApi) -> Router<AppState> {
    let (app, strangers) = (app.clone(), Strangers::default());
    let guarding = Guard { app, strangers, roomy: roomy(described) };
    router.layer(from_fn_with_state(Arc::new(guarding), guard))
}

struct Guard {
    app: AppState,
    strangers: Strangers,
    /// Few: they are looked through at each request.
    roomy: Vec<(Method, String, Room)>,
}

/// How large a request may be, and how long on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Room {
    bytes_max: u64,
    /// None: as any other.
    within: Option<Duration>,
}

/// The routes that take more than most, by what they say of themselves.
fn roomy(described: &OpenApi) -> Vec<(Method, String, Room)> {
    let mut found = Vec::new();
    for (path, item) in &described.paths.paths {
        let with_bodies =
            [(Method::POST, &item.post), (Method::PUT, &item.put), (Method::PATCH, &item.patch)];
        for (method, operation) in with_bodies {
            if let Some(room) = operation.as_ref().and_then(room_of) {
                found.push((method, path.clone(), room));
            }
        }
    }
    found
}

fn room_of(operation: &Operation) -> Option<Room> {
    let said = |name: &str| operation.extensions.as_ref()?.get(name)?.as_u64();
    let (bytes_max, seconds) = (said(BODY_BYTES_MAX_OF_ROUTE), said(SECONDS_MAX_OF_ROUTE));
    let within = seconds.map(Duration::from_secs);
    (bytes_max.is_some() || within.is_some())
        .then(|| Room { bytes_max: bytes_max.unwrap_or(BODY_BYTES_MAX as u64), within })
}

impl Guard {
    fn room(&self, request: &Request) -> Room {
        let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let is_it =
            |(method, roomy, _): &&(Method, String, Room)| request.method() == method && path == Some(roomy);
        let room = self.roomy.iter().find(is_it).map(|(_, _, room)| *room);
        room.unwrap_or(Room { bytes_max: BODY_BYTES_MAX as u64, within: None })
    }

    /// What is refused before any of the body is read.
    fn before(&self, request: &Request, room: Room) -> Option<Problem> {
        if announced_length(request) > room.bytes_max {
            return Some(body_too_large(room.bytes_max));
        }
        self.strangers.refuse(&self.app, request)
    }
}

async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let framed = request.uri().path().starts_with("/display/");
    let room = guard.room(&request);
    let mut response = match guard.before(&request, room) {
        Some(problem) => {
            let is_read = finished(request).await;
            let mut refused = problem.into_response();
            if !is_read {
                // Else the next request is sent on a connection that ends.
                refused.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            refused
        }
        None => answered(room.within.unwrap_or(guard.app.options().request_timeout), request, next).await,
    };
    protect(response.headers_mut());
    if framed {
        let_preview(response.headers_mut());
    }
    response
}

/// Reads to its end a body that is somewhat too large: a connection that ends with bytes unread may take the answer with
/// it. One that is announced as larger is not waited for, and what is small the connection itself reads. Whether it goes on.
async fn finished(request: Request) -> bool {
    let announced = announced_length(&request);
    if !(BODY_BYTES_MAX as u64 + 1..=FINISHED_BYTES_MAX).contains(&announced) {
        return announced <= BODY_BYTES_MAX as u64;
    }
    let mut body = request.into_body();
    let end = async { while let Some(Ok(_)) = body.frame().await {} };
    tokio::time::timeout(FINISH_MAX, end).await.is_ok()
}

/// The answer; 408 when the body or the answer does not come, 500 after a panic.
async fn answered(within: Duration, request: Request, next: Next) -> Response {
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
    headers.reserve(PROTECTING.len());
    for (name, value) in &PROTECTING {
        headers.insert(name, value.clone());
    }
}

#[cfg(test)]
mod tests {
    use khiw_announcing::CLIP_BYTES_MAX;

    use super::*;
    use crate::media::MEDIA_BYTES_MAX;

    #[test]
    fn sound_and_pictures_alone_say_that_they_are_larger_than_json() {
        let mut roomy = roomy(&super::super::openapi());
        roomy.sort_by_key(|(_, path, _)| path.clone());
        let half_an_hour = Some(Duration::from_mins(30));
        let site = "/api/v1/sites/{site}";
        let expected = [
            (Method::POST, "/media", Room { bytes_max: MEDIA_BYTES_MAX, within: half_an_hour }),
            (
                Method::PUT,
                "/voices/{language}/recordings/{token}",
                Room { bytes_max: CLIP_BYTES_MAX, within: None },
            ),
        ];
        assert_eq!(roomy, expected.map(|(method, path, room)| (method, format!("{site}{path}"), room)));
    }
}
