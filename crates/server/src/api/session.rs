//! A page exchanges a token for a cookie, asks who it is, and signs out.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use http::request::Parts;

use super::extract::{Body, Json, ok};
use super::problems::Problems;
use super::types::{Session, SignIn};
use crate::access::session::{clear_cookie, from_headers, lasts, session_cookie};
use crate::access::{AccountError, Caller, Kind, Principal, is_secure, same_origin};
use crate::blocking::blocking;
use crate::problem::Problem;
use crate::state::AppState;

fn session_of(app: &AppState, principal: &Principal) -> Session {
    Session {
        kind: principal.kind,
        site: principal.site.clone(),
        counter: principal.counter.clone(),
        demo: principal.kind == Kind::Demo,
        renew: app.accounts().should_renew(principal),
    }
}

fn unkept(error: &AccountError) -> Problem {
    tracing::error!(%error, "a session could not be kept");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "accounts_unavailable", "sign-in is out of order")
        .retry_after(5)
}

/// Exchanges a token for a session cookie.
#[utoipa::path(post, path = "/api/v1/session", tag = "access", request_body = SignIn,
    responses((status = 200, body = Session), Problems::<401, 403>))]
pub(super) async fn sign_in(
    State(app): State<AppState>,
    parts: Parts,
    Body(body): Body<SignIn>,
) -> Result<Response, Problem> {
    if !same_origin(&parts.headers) {
        return Err(Problem::foreign_origin());
    }
    let accounts = Arc::clone(app.accounts());
    // Off the async threads: the session is written to disk.
    let opened = blocking(move || accounts.open_session(&body.token, lasts)).await;
    let opened = opened.map_err(|_| Problem::internal())?.map_err(|error| unkept(&error))?;
    let (principal, secret) = opened.ok_or_else(Problem::unauthenticated)?;
    let cookie = session_cookie(&secret, is_secure(&parts), lasts(principal.kind));
    let mut response = ok(session_of(&app, &principal)).into_response();
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "access",
    responses((status = 200, body = Session), Problems::<401>))]
pub(super) async fn session(State(app): State<AppState>, caller: Caller) -> Result<Json<Session>, Problem> {
    Ok(ok(session_of(&app, caller.known()?)))
}

/// A fresh session for a device: the cookie is another, nothing else changes. The old one holds until the new one has
/// been used for a minute; sockets stay.
#[utoipa::path(post, path = "/api/v1/session/renew", tag = "devices",
    responses((status = 200, body = Session), Problems::<401, 403>))]
pub(super) async fn renew(
    State(app): State<AppState>,
    caller: Caller,
    parts: Parts,
) -> Result<Response, Problem> {
    let principal = Arc::clone(caller.known()?);
    if principal.session.is_none() || !principal.kind.is_device() {
        let detail = "only a device with a session can have it renewed; people sign in again";
        return Err(Problem::new(StatusCode::FORBIDDEN, "not_renewable", detail));
    }
    let lasts = lasts(principal.kind);
    let (accounts, own) = (Arc::clone(app.accounts()), Arc::clone(&principal));
    let renewed = blocking(move || accounts.renew_session(&own, lasts)).await;
    let renewed = renewed.map_err(|_| Problem::internal())?.map_err(|error| unkept(&error))?;
    let secret = renewed.ok_or_else(Problem::unauthenticated)?;
    let fresh = Session { renew: false, ..session_of(&app, &principal) };
    let mut response = ok(fresh).into_response();
    response.headers_mut().insert(SET_COOKIE, session_cookie(&secret, is_secure(&parts), lasts));
    Ok(response)
}

/// Signs out; the cookie's session ends everywhere.
#[utoipa::path(delete, path = "/api/v1/session", tag = "access",
    responses((status = 204), Problems::<403>))]
pub(super) async fn sign_out(State(app): State<AppState>, parts: Parts) -> Result<Response, Problem> {
    if !same_origin(&parts.headers) {
        return Err(Problem::foreign_origin());
    }
    let secure = is_secure(&parts);
    if let Some(secret) = from_headers(&parts.headers, secure).map(str::to_owned) {
        let accounts = Arc::clone(app.accounts());
        let closed = blocking(move || accounts.close_session(&secret)).await;
        if !matches!(closed, Ok(Ok(()))) {
            tracing::error!("a session could not be ended");
            return Err(Problem::internal());
        }
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(SET_COOKIE, clear_cookie(secure));
    Ok(response)
}
