//! Tickets: taking a number, looking at one, and what staff may do to one that no counter has in hand.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use jiff::SignedDuration;
use khiw_dispatcher::Done;
use khiw_domain::command::{Destination, Issue, TicketAction};
use khiw_domain::id::{SiteId, TicketId};
use khiw_domain::ticket::{CancelledBy, Channel, Lane};
use khiw_domain::{Command, Event};

use super::extract::{Body, CommandId, Json, OptionalCommandId, Segments, ok};
use super::problems::Problems;
use super::send::{send, send_asked};
use super::types::{
    AddService, IssueTicket, IssuedTicket, JustExpect, Park, PublicTicket, Reprioritise, TicketView, Transfer,
};
use crate::access::{Caller, Capability, Kind, Principal};
use crate::problem::Problem;
use crate::state::{AppState, ServedHall};
use crate::view;

/// Takes a number for a visit of one or several services.
#[utoipa::path(post, path = "/api/v1/sites/{site}/tickets", tag = "tickets",
    params(("site" = String, Path), ("Idempotency-Key" = String, Header)), request_body = IssueTicket,
    responses((status = 201, body = IssuedTicket), Problems::<400, 401, 403, 404, 409, 422, 503>))]
pub(super) async fn issue(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
    CommandId(command_id): CommandId,
    Body(body): Body<IssueTicket>,
) -> Result<Json<IssuedTicket>, Problem> {
    let principal = caller.allowed(&site, Capability::Issue)?;
    let served = app.hall(&site)?;
    let (channel, paper) = channel(principal.kind);
    let command = Command::Issue(Issue {
        services: body.services,
        lane: if body.priority { Lane::Priority } else { Lane::Normal },
        language: body.language,
        channel,
        device: khiw_domain::id::DeviceId::parse(&principal.id).ok(),
        paper: body.paper.unwrap_or(paper),
    });
    let done = send(&served, principal, Some(command_id), command).await?;
    let issued = done.events.iter().find_map(|event| match event {
        Event::TicketIssued(issued) => Some(issued),
        _ => None,
    });
    let issued = issued.ok_or_else(|| no_event(&done))?;
    let facts = served.facts_at(issued.config_version);
    Ok(Json(StatusCode::CREATED, view::issued(app.key(), &facts, &site, done.at, issued)))
}

/// How a kind's visitors came, and whether they get paper unless said otherwise.
fn channel(kind: Kind) -> (Channel, bool) {
    match kind {
        Kind::Kiosk | Kind::Demo => (Channel::Kiosk, true),
        Kind::Integration => (Channel::Integration, false),
        _ => (Channel::Reception, false),
    }
}

fn no_event(done: &Done) -> Problem {
    tracing::error!(seq = done.seq, "an accepted command has not the event that answers it");
    Problem::internal()
}

/// A ticket for staff, by its id.
#[utoipa::path(get, path = "/api/v1/sites/{site}/tickets/{ticket}", tag = "tickets",
    params(("site" = String, Path), ("ticket" = u64, Path)),
    responses((status = 200, body = TicketView), Problems::<401, 403, 404>))]
pub(super) async fn ticket(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, ticket)): Segments<(SiteId, TicketId)>,
) -> Result<Json<TicketView>, Problem> {
    caller.allowed(&site, Capability::SeeHall)?;
    let served = app.hall(&site)?;
    ticket_view(&served, ticket).map(ok)
}

/// A ticket for whoever holds its token.
#[utoipa::path(get, path = "/api/v1/tickets/{token}", tag = "tickets", params(("token" = String, Path)),
    responses((status = 200, body = PublicTicket), Problems::<404>))]
pub(super) async fn public_ticket(
    State(app): State<AppState>,
    Segments(token): Segments<String>,
) -> Result<Json<PublicTicket>, Problem> {
    let unknown = || Problem::unknown_ticket("of this token");
    let (served, ticket) = by_token(&app, &token).ok_or_else(unknown)?;
    view::read(&served, |view| view.public_ticket(ticket)).map(ok).ok_or_else(unknown)
}

/// The hall and the ticket that a public token opens. Every site is tried: a token does not say its own.
pub fn by_token(app: &AppState, token: &str) -> Option<(Arc<ServedHall>, TicketId)> {
    app.dispatcher().sites().iter().find_map(|site| {
        let ticket = app.key().open_ticket_token(site, token)?;
        Some((app.hall(site).ok()?, ticket))
    })
}

pub(super) fn ticket_view(served: &ServedHall, ticket: TicketId) -> Result<TicketView, Problem> {
    view::read(served, |view| view.ticket(ticket)).ok_or_else(|| Problem::unknown_ticket(&ticket.to_string()))
}

/// What every command about a ticket comes with.
pub(super) struct Asked {
    served: Arc<ServedHall>,
    principal: Arc<Principal>,
    ticket: TicketId,
    command_id: Option<String>,
}

impl Asked {
    fn of(
        app: &AppState,
        caller: &Caller,
        (site, ticket): (SiteId, TicketId),
        command_id: Option<String>,
        capability: Capability,
    ) -> Result<Self, Problem> {
        let principal = Arc::clone(caller.allowed(&site, capability)?);
        Ok(Self { served: app.hall(&site)?, principal, ticket, command_id })
    }

    async fn send(self, action: TicketAction) -> Result<Json<TicketView>, Problem> {
        let command = Command::Ticket { ticket: self.ticket, action };
        send(&self.served, &self.principal, self.command_id, command).await?;
        ticket_view(&self.served, self.ticket).map(ok)
    }
}

type OfTicket = Segments<(SiteId, TicketId)>;
type Answer = Result<Json<TicketView>, Problem>;

/// Ends a ticket that is not needed any more.
#[utoipa::path(post, path = "/api/v1/sites/{site}/tickets/{ticket}/cancel", tag = "tickets",
    params(("site" = String, Path), ("ticket" = u64, Path)), request_body = JustExpect,
    responses((status = 200, body = TicketView), Problems::<404, 409>))]
pub(super) async fn cancel(
    State(app): State<AppState>,
    caller: Caller,
    Segments(at): OfTicket,
    OptionalCommandId(id): OptionalCommandId,
    Body(JustExpect { .. }): Body<JustExpect>,
) -> Answer {
    let asked = Asked::of(&app, &caller, at, id, Capability::EditTicket)?;
    asked.send(TicketAction::Cancel { by: CancelledBy::Staff }).await
}

/// Puts a no-show back in line, within its grace time.
#[utoipa::path(post, path = "/api/v1/sites/{site}/tickets/{ticket}/reinstate", tag = "tickets",
    params(("site" = String, Path), ("ticket" = u64, Path)), request_body = JustExpect,
    responses((status = 200, body = TicketView), Problems::<404, 409>))]
pub(super) async fn reinstate(
    State(app): State<AppState>,
    caller: Caller,
    Segments(at): OfTicket,
    OptionalCommandId(id): OptionalCommandId,
    Body(JustExpect { .. }): Body<JustExpect>,
) -> Answer {
    Asked::of(&app, &caller, at, id, Capability::BackInLine)?.send(TicketAction::Reinstate).await
}

/// Puts a parked ticket back in line.
#[utoipa::path(post, path = "/api/v1/sites/{site}/tickets/{ticket}/resume", tag = "tickets",
    params(("site" = String, Path), ("ticket" = u64, Path)), request_body = JustExpect,
    responses((status = 200, body = TicketView), Problems::<404, 409>))]
pub(super) async fn resume(
    State(app): State<AppState>,
    caller: Caller,
    Segments(at): OfTicket,
    OptionalCommandId(id): OptionalCommandId,
    Body(JustExpect { .. }): Body<JustExpect>,
) -> Answer {
    Asked::of(&app, &caller, at, id, Capability::BackInLine)?.send(TicketAction::Resume).await
}

/// Takes a waiting ticket out of line for a while.
#[utoipa::path(post, path = "/api/v1/sites/{site}/tickets/{ticket}/park", tag = "tickets",
    params(("site" = String, Path), ("ticket" = u64, Path)), request_body = Park,
    responses((status = 200, body = TicketView), Problems::<404, 409, 422>))]
pub(super) async fn park(
    State(app): State<AppState>,
    caller: Caller,
    Segments(at): OfTicket,
    OptionalCommandId(id): OptionalCommandId,
    Body(body): Body<Park>,
) -> Answer {
    let asked = Asked::of(&app, &caller, at, id, Capability::EditTicket)?;
    let park = |until| Command::Ticket { ticket: asked.ticket, action: TicketAction::Park { until } };
    let until = park_until(&asked.served, &body)?;
    let commands = (park(until), &park(body.until));
    let minutes = minutes_asked(&body);
    send_asked(&asked.served, &asked.principal, asked.command_id.clone(), commands, &minutes).await?;
    ticket_view(&asked.served, asked.ticket).map(ok)
}

/// The minutes for the digest. No minutes and none at all ask for different things.
pub(super) fn minutes_asked(body: &Park) -> Vec<u8> {
    body.minutes.map(|minutes| minutes.to_be_bytes().to_vec()).unwrap_or_default()
}

/// The end of a park as asked for: a moment, or minutes from now.
pub(super) fn park_until(served: &ServedHall, body: &Park) -> Result<Option<jiff::Timestamp>, Problem> {
    match (body.until, body.minutes) {
        (Some(_), Some(_)) => {
            let detail = "give `until` or `minutes`, not both";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_value", detail))
        }
        (until, None) => Ok(until),
        (None, Some(minutes)) => {
            let lasts = SignedDuration::from_mins(i64::from(minutes));
            Ok(Some(served.hall.now().checked_add(lasts).unwrap_or(jiff::Timestamp::MAX)))
        }
    }
}

/// Changes a ticket's lane, for a configured reason.
#[utoipa::path(post, path = "/api/v1/sites/{site}/tickets/{ticket}/reprioritise", tag = "tickets",
    params(("site" = String, Path), ("ticket" = u64, Path)), request_body = Reprioritise,
    responses((status = 200, body = TicketView), Problems::<404, 409, 422>))]
pub(super) async fn reprioritise(
    State(app): State<AppState>,
    caller: Caller,
    Segments(at): OfTicket,
    OptionalCommandId(id): OptionalCommandId,
    Body(body): Body<Reprioritise>,
) -> Answer {
    let asked = Asked::of(&app, &caller, at, id, Capability::Reprioritise)?;
    asked.send(TicketAction::Reprioritise { lane: body.lane, reason: body.reason }).await
}

/// Adds a service to the visit.
#[utoipa::path(post, path = "/api/v1/sites/{site}/tickets/{ticket}/services", tag = "tickets",
    params(("site" = String, Path), ("ticket" = u64, Path)), request_body = AddService,
    responses((status = 200, body = TicketView), Problems::<404, 409, 422>))]
pub(super) async fn add_service(
    State(app): State<AppState>,
    caller: Caller,
    Segments(at): OfTicket,
    OptionalCommandId(id): OptionalCommandId,
    Body(body): Body<AddService>,
) -> Answer {
    let asked = Asked::of(&app, &caller, at, id, Capability::EditTicket)?;
    asked.send(TicketAction::AddService { service: body.service }).await
}

/// Sends a waiting or parked ticket to another queue or to one counter.
#[utoipa::path(post, path = "/api/v1/sites/{site}/tickets/{ticket}/transfer", tag = "tickets",
    params(("site" = String, Path), ("ticket" = u64, Path)), request_body = Transfer,
    responses((status = 200, body = TicketView), Problems::<404, 409, 422>))]
pub(super) async fn transfer(
    State(app): State<AppState>,
    caller: Caller,
    Segments(at): OfTicket,
    OptionalCommandId(id): OptionalCommandId,
    Body(body): Body<Transfer>,
) -> Answer {
    let asked = Asked::of(&app, &caller, at, id, Capability::EditTicket)?;
    asked.send(TicketAction::Transfer { to: destination(body.queue, body.counter)? }).await
}

/// One of the two.
pub(super) fn destination(
    queue: Option<khiw_domain::id::QueueId>,
    counter: Option<khiw_domain::id::CounterId>,
) -> Result<Destination, Problem> {
    match (queue, counter) {
        (Some(queue), None) => Ok(Destination::Queue(queue)),
        (None, Some(counter)) => Ok(Destination::Counter(counter)),
        _ => {
            let detail = "give either `queue` or `counter`";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_value", detail))
        }
    }
}
