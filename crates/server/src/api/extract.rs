//! Parses what comes in, once: path ids, bodies, the Idempotency-Key. Every failure is a typed problem.

use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use tower_http::timeout::TimeoutBody;

use crate::problem::{Problem, echo};
use crate::state::AppState;

/// Largest body, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Longest pause inside a request's body: an upload that stands still is dropped.
const BODY_PAUSE_MAX: Duration = Duration::from_secs(10);
/// Longest Idempotency-Key, in characters.
pub const COMMAND_ID_LENGTH_MAX: usize = 128;
const COMMAND_ID: &str = "idempotency-key";
/// Room for most answers: an issued ticket takes some 400 bytes.
const ANSWER_BYTES: usize = 512;
/// Headers of an answer in JSON: two of its own, and those that every answer gets.
const ANSWER_HEADERS: usize = 8;

/// A JSON body. An empty one is read as `{}`.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, Problem> {
        parse(&json(request).await?)
    }
}

/// The bytes of a JSON body.
async fn json(request: Request) -> Result<Bytes, Problem> {
    let is_json = request.headers().get(header::CONTENT_TYPE).is_none_or(|value| {
        value.to_str().is_ok_and(|value| {
            let essence = value.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/json")
        })
    });
    let bytes = whole(request.into_body(), BODY_BYTES_MAX).await?;
    if bytes.is_empty() {
        return Ok(Bytes::from_static(b"{}"));
    }
    if !is_json {
        let detail = "send `Content-Type: application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<Body<T>, Problem> {
    // Serde would take a list for an object's fields in their order; nobody means that.
    let is_object = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if !is_object && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong_type", "the body is no object"));
    }
    serde_json::from_slice(bytes).map(Body).map_err(|error| Problem::from_json(&error))
}

/// The body, within its bounds of size and of patience.
async fn whole(body: axum::body::Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let bounded = Limited::new(TimeoutBody::new(BODY_PAUSE_MAX, body), bytes_max);
    match bounded.collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(body_too_large(bytes_max as u64)),
        Err(_) => {
            let detail = "the body ended, or stood still, before it was whole";
            Err(Problem::new(StatusCode::BAD_REQUEST, "body_incomplete", detail))
        }
    }
}

/// A file as it was sent, of at most so many bytes.
pub async fn upload(request: Request, bytes_max: usize) -> Result<Bytes, Problem> {
    whole(request.into_body(), bytes_max).await
}

/// 413.
pub fn body_too_large(bytes_max: u64) -> Problem {
    let detail = format!("a body has at most {bytes_max} bytes here");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail).with("max_bytes", bytes_max)
}

/// Path segments, as ids. What is no id cannot name anything, so it is not found.
pub struct Segments<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, app).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(rejection) => {
                Err(Problem::no_such_path(parts.uri.path()).with("why", echo(&rejection.body_text())))
            }
        }
    }
}

/// Query parameters; unknown ones are refused like unknown fields.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, app).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => {
                let told = echo(&rejection.body_text());
                Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_query", told))
            }
        }
    }
}

/// The Idempotency-Key, where one must be sent.
pub struct CommandId(pub String);

/// The Idempotency-Key, where one may be sent.
pub struct OptionalCommandId(pub Option<String>);

impl FromRequestParts<AppState> for CommandId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        command_id(parts)?.map(Self).ok_or_else(|| {
            let detail = "send an Idempotency-Key, so that a repeated request is recognised";
            Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_missing", detail)
        })
    }
}

impl FromRequestParts<AppState> for OptionalCommandId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        command_id(parts).map(Self)
    }
}

fn command_id(parts: &Parts) -> Result<Option<String>, Problem> {
    let Some(value) = parts.headers.get(COMMAND_ID) else { return Ok(None) };
    let printable = |text: &&str| text.bytes().all(|byte| byte.is_ascii_graphic());
    match value.to_str().ok().filter(printable) {
        Some(text) if (1..=COMMAND_ID_LENGTH_MAX).contains(&text.len()) => Ok(Some(text.to_owned())),
        _ => {
            let detail =
                format!("an Idempotency-Key is 1 to {COMMAND_ID_LENGTH_MAX} visible ASCII characters");
            Err(Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_invalid", detail))
        }
    }
}

/// A JSON answer. Answers tell of a moment and must not be kept.
pub struct Json<T>(pub StatusCode, pub T);

impl<T: serde::Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(ANSWER_BYTES);
        let written = serde_json::to_writer(&mut body, &self.1);
        answer(self.0, written.map(|()| body))
    }
}

fn answer(status: StatusCode, body: serde_json::Result<Vec<u8>>) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            return Problem::internal().into_response();
        }
    };
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(ANSWER_HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 200 with JSON.
pub fn ok<T: serde::Serialize>(answer: T) -> Json<T> {
    Json(StatusCode::OK, answer)
}
