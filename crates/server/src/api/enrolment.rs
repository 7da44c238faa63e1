//! A device without a keyboard becomes known: it asks for a code, shows it, and asks for its token until staff have
//! approved it. RFC 8628, in our own JSON.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, ORIGIN, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::devices::problem;
use super::extract::{Body, Json, ok};
use super::problems::Problems;
use super::strangers::address;
use super::types::{AskCode, AskToken, DeviceCode, EnrolledDevice};
use crate::access::enrolment::{CODE_LIVES, CodeError, Grant, POLL_EVERY, Polled};
use crate::access::session::{lasts, session_cookie};
use crate::access::store::SECRET_LENGTH_MAX;
use crate::access::{Accounts, Device, Kind, is_secure, same_origin};
use crate::blocking::blocking;
use crate::problem::Problem;
use crate::state::AppState;

/// Asks for a code to show. Staff approve it at the devices of their site.
#[utoipa::path(post, path = "/api/v1/device-codes", tag = "devices", request_body = AskCode,
    responses((status = 201, body = DeviceCode), Problems::<403, 422, 429>))]
pub(super) async fn code(
    State(app): State<AppState>,
    parts: Parts,
    Body(body): Body<AskCode>,
) -> Result<Json<DeviceCode>, Problem> {
    if !same_origin(&parts.headers) {
        return Err(Problem::foreign_origin());
    }
    if !body.kind.enrols() {
        let detail = "kiosks, displays and agents enrol; other tokens are made by whoever runs the server";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "kind_not_enrolled", detail)
            .with("kind", body.kind.name()));
    }
    let address = address(&app, &parts.extensions, &parts.headers);
    let begun = app.enrolments().begin(body.kind, address, Instant::now()).map_err(code_problem)?;
    let code = DeviceCode {
        device_code: begun.device_code,
        user_code: begun.user_code,
        verification_uri: approval_page(&app, &parts),
        expires_in_s: seconds(CODE_LIVES),
        interval_s: seconds(POLL_EVERY),
    };
    Ok(Json(StatusCode::CREATED, code))
}

/// The page where staff approve it, as this very request names the server: the devices of the one site, or where staff
/// choose among several.
fn approval_page(app: &AppState, parts: &Parts) -> String {
    let scheme = if is_secure(parts) { "https" } else { "http" };
    let path = match app.dispatcher().sites().as_slice() {
        [site] => format!("/devices/{site}"),
        _ => "/".to_owned(),
    };
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    host.map_or_else(|| path.clone(), |host| format!("{scheme}://{host}{path}"))
}

/// Asks what has become of a code. Once approved, a page of this server gets its session by a cookie, a program its
/// token; the code is used up. 400 `authorization_pending`: ask again; `slow_down`: less often; `expired_token`: begin
/// anew; `access_denied`: staff took the approval back.
#[utoipa::path(post, path = "/api/v1/device-tokens", tag = "devices", request_body = AskToken,
    responses((status = 200, body = EnrolledDevice), Problems::<400, 403, 503>))]
pub(super) async fn token(
    State(app): State<AppState>,
    parts: Parts,
    Body(body): Body<AskToken>,
) -> Result<Response, Problem> {
    if !same_origin(&parts.headers) {
        return Err(Problem::foreign_origin());
    }
    let known = body.device_code.len() <= SECRET_LENGTH_MAX;
    let polled = known.then(|| app.enrolments().poll(&body.device_code, Instant::now()));
    let grant = match polled.unwrap_or(Polled::Expired) {
        Polled::Granted(grant) => grant,
        Polled::Pending => return Err(not_yet("authorization_pending", "staff have not approved it yet")),
        Polled::SlowDown => return Err(not_yet("slow_down", "asked again before the interval was over")),
        Polled::Expired => {
            return Err(not_yet("expired_token", "this code is over or used: ask for a new one"));
        }
    };
    let as_page = is_page(&parts.headers);
    let accounts = Arc::clone(app.accounts());
    let admitted = blocking(move || admit(&accounts, &grant, as_page)).await;
    let (device, admitted) = admitted.map_err(|_| Problem::internal())??;
    let told = EnrolledDevice {
        id: device.id.to_string(),
        kind: device.kind,
        site: device.site.clone(),
        name: device.name.clone(),
        token: None,
    };
    match admitted {
        Admitted::Token(token) => Ok(ok(EnrolledDevice { token: Some(token), ..told }).into_response()),
        Admitted::Session(secret) => {
            let cookie = session_cookie(&secret, is_secure(&parts), lasts(device.kind));
            let mut response = ok(told).into_response();
            response.headers_mut().insert(SET_COOKIE, cookie);
            Ok(response)
        }
    }
}

/// What a device goes in with.
enum Admitted {
    Session(String),
    Token(String),
}

/// Browsers say where a request comes from; programs do not.
fn is_page(headers: &HeaderMap) -> bool {
    headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site")
}

fn admit(accounts: &Accounts, grant: &Grant, as_page: bool) -> Result<(Arc<Device>, Admitted), Problem> {
    let denied = || not_yet("access_denied", "staff took the approval back");
    let device = accounts.device(&grant.id).ok_or_else(denied)?;
    if as_page && device.kind != Kind::Agent {
        let opened = accounts.open_session(&grant.secret, lasts).map_err(|error| problem(&error))?;
        let (_, secret) = opened.ok_or_else(denied)?;
        return Ok((device, Admitted::Session(secret)));
    }
    accounts.hand_over(&device.id).map_err(|error| problem(&error))?;
    Ok((device, Admitted::Token(grant.secret.clone())))
}

fn not_yet(code: &'static str, detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, detail)
}

fn seconds(time: std::time::Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

pub(super) fn code_problem(error: CodeError) -> Problem {
    let detail = error.to_string();
    match error {
        CodeError::Randomness => Problem::internal(),
        CodeError::Unknown => Problem::new(StatusCode::NOT_FOUND, "unknown_code", detail),
        CodeError::Used => Problem::new(StatusCode::CONFLICT, "code_used", detail),
        CodeError::TooMany(wait) => Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_codes", detail)
            .retry_after(seconds(wait) + 1),
        CodeError::TooManyGuesses(wait) => {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_wrong_codes", detail)
                .retry_after(seconds(wait) + 1)
        }
    }
}
