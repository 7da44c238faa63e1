//! `GET /api/v1/sites/{site}/live`: who may listen to what, and the change from HTTP to a websocket.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State, rejection::QueryRejection};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use khiw_domain::id::{CounterId, PrinterId, SiteId};
use serde::Deserialize;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;

use super::feed::{Audience, Seat};
use super::socket::{Guest, attend};
use crate::access::{Caller, Capability, Kind, Principal, same_origin};
use crate::api::types::Topic;
use crate::paper::agent::{Caught, attend as attend_agent};
use crate::problem::{Problem, echo};
use crate::state::{AppState, ServedHall};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    topic: Topic,
    counter: Option<String>,
    token: Option<String>,
    printer: Option<String>,
    since: Option<String>,
}

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/sites/{site}/live", get(live))
}

async fn live(
    State(app): State<AppState>,
    Path(site): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
    caller: Caller,
    mut request: Request,
) -> Result<Response, Problem> {
    let site = SiteId::parse(&site).map_err(|_| Problem::unknown_site(&site))?;
    let served = app.hall(&site)?;
    let Query(asked) = asked.map_err(|error| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_value", error.body_text())
    })?;
    if !same_origin(request.headers()) {
        return Err(Problem::foreign_origin());
    }
    if asked.topic == Topic::Printer {
        let caught = agent(&app, &site, &served, &caller, asked.printer.as_deref().unwrap_or_default())?;
        let (response, seat) = admitted(&app, &site, &request)?;
        let upgrade = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            attend_agent(upgrade, caught).await;
            drop(seat);
        });
        return Ok(response);
    }
    let audience = audience(&app, &site, &served, &caller, &asked)?;
    let (response, seat) = admitted(&app, &site, &request)?;
    let principal = caller.0.filter(|principal| match audience {
        Audience::Display => is_screen_of(&app, &site, principal),
        Audience::Ticket(_) => false,
        Audience::Site | Audience::Counter(_) => true,
    });
    let guest = Guest { app, seat, audience, principal };
    tokio::spawn(attend(hyper::upgrade::on(&mut request), guest, asked.since));
    Ok(response)
}

/// Whether this is a lobby screen that enrolled here. Any other display is told the public frames and no more.
fn is_screen_of(app: &AppState, site: &SiteId, principal: &Principal) -> bool {
    let device = || app.accounts().device(&principal.id);
    principal.kind == Kind::Display && principal.site == *site && device().is_some()
}

/// The answer that changes to a websocket, and a place for it.
fn admitted(app: &AppState, site: &SiteId, request: &Request) -> Result<(Response, Seat), Problem> {
    let response = create_response_with_body(request, Body::empty).map_err(|_| {
        let detail = "this address is a websocket: connect with `Upgrade: websocket`";
        Problem::new(StatusCode::UPGRADE_REQUIRED, "websocket_required", detail)
    })?;
    let feed = app.hub().feed(site).ok_or_else(|| Problem::unavailable("the server is stopping"))?;
    let seat = feed.seat().ok_or_else(|| {
        let detail = "as many screens and pages listen to this site as may";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_connections", detail).retry_after(10)
    })?;
    Ok((response, seat))
}

/// The agent of a printer that has one.
fn agent(
    app: &AppState,
    site: &SiteId,
    served: &ServedHall,
    caller: &Caller,
    name: &str,
) -> Result<Caught, Problem> {
    let principal = Arc::clone(caller.allowed(site, Capability::PrintForServer)?);
    let unknown = || {
        let detail = format!("site `{site}` has no printer `{}`", echo(name));
        Problem::new(StatusCode::NOT_FOUND, "unknown_printer", detail).with("printer", echo(name))
    };
    let id = PrinterId::parse(name).map_err(|_| unknown())?;
    let facts = served.facts();
    let printers = facts.config.as_deref().map(|config| config.printers.as_slice()).unwrap_or_default();
    let printer = printers.iter().find(|printer| printer.id == id).ok_or_else(unknown)?;
    if !printer.is_at_agent() {
        let detail =
            "the server serves this printer itself; for an agent its site file says link = \"agent\"";
        return Err(Problem::new(StatusCode::CONFLICT, "printer_without_agent", detail).with("printer", name));
    }
    let closed = || Problem::unavailable("this printer is being set up").retry_after(1);
    let door = app.agents().door(site, &id).ok_or_else(closed)?;
    Ok(Caught { app: app.clone(), principal, door })
}

/// What this caller may listen to of what it asked for.
fn audience(
    app: &AppState,
    site: &SiteId,
    served: &ServedHall,
    caller: &Caller,
    asked: &Asked,
) -> Result<Audience, Problem> {
    match asked.topic {
        Topic::Display => Ok(Audience::Display),
        Topic::Site => caller.allowed(site, Capability::SeeHall).map(|_| Audience::Site),
        Topic::Counter => {
            let name = asked.counter.as_deref().unwrap_or_default();
            let unknown = || Problem::from(khiw_domain::Refusal::UnknownCounter { counter: echo(name) });
            let counter = CounterId::parse(name).map_err(|_| unknown())?;
            caller.allowed_at(site, &counter, Capability::SeeHall)?;
            let known = served.hall.read(|hall| hall.counter_config(&counter).is_some());
            if known { Ok(Audience::Counter(counter)) } else { Err(unknown()) }
        }
        Topic::Ticket => {
            let token = asked.token.as_deref().unwrap_or_default();
            let ticket = app.key().open_ticket_token(site, token);
            let known = ticket.filter(|ticket| served.hall.read(|hall| hall.ticket(*ticket).is_some()));
            known.map(Audience::Ticket).ok_or_else(|| Problem::unknown_ticket("of this token"))
        }
        Topic::Printer => Err(Problem::internal()),
    }
}
