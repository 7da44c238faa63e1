//! What a clerk does at a counter. Every action takes `expect` and answers with the counter as it is afterwards.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use khiw_dispatcher::Done;
use khiw_domain::event::{CallReason, Outcome, TicketCalled};
use khiw_domain::id::{CounterId, SiteId};
use khiw_domain::{Command, CounterAction, Event, command};

use super::extract::{Body, CommandId, Json, Segments, ok};
use super::problems::Problems;
use super::send::{send, send_asked};
use super::sites::counter_detail;
use super::tickets::{destination, minutes_asked, park_until};
use super::types::{
    ActionAnswer, AddService, AutoCall, CallAnswer, CallNextAnswer, CallTicket, Complete, Expect, JustExpect,
    OUTCOME_QUANTITY_MAX, OpenCounter, OutcomeCount, Park, PauseCounter, Transfer,
};
use crate::access::{Caller, Capability, Principal};
use crate::problem::Problem;
use crate::state::{AppState, ServedHall};

type AtCounter = Segments<(SiteId, CounterId)>;
type Answer = Result<Json<ActionAnswer>, Problem>;

/// A clerk's permission to act at a counter, and the request's own id.
struct Desk {
    served: Arc<ServedHall>,
    principal: Arc<Principal>,
    counter: CounterId,
    command_id: String,
}

impl Desk {
    fn of(
        app: &AppState,
        caller: &Caller,
        (site, counter): (SiteId, CounterId),
        CommandId(command_id): CommandId,
        capability: Capability,
    ) -> Result<Self, Problem> {
        let principal = Arc::clone(caller.allowed_at(&site, &counter, capability)?);
        Ok(Self { served: app.hall(&site)?, principal, counter, command_id })
    }

    fn command(&self, action: CounterAction, expect: Option<Expect>) -> Command {
        let expect = expect.map(|expect| command::Expect { ticket: expect.ticket, step: expect.step });
        Command::Counter { counter: self.counter.clone(), action, expect }
    }

    async fn decide(&self, action: CounterAction, expect: Option<Expect>) -> Result<Done, Problem> {
        let command = self.command(action, expect);
        send(&self.served, &self.principal, Some(self.command_id.clone()), command).await
    }

    async fn act(self, action: CounterAction, expect: Option<Expect>) -> Answer {
        self.decide(action, expect).await?;
        self.answer()
    }

    fn answer(&self) -> Answer {
        Ok(ok(ActionAnswer { counter: counter_detail(&self.served, &self.counter)? }))
    }
}

/// One route: documentation, path, body and the action it stands for.
macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $name:ident $path:literal $capability:ident
        |$body:ident: $type:ty| $action:expr;)*) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(post, path = $path, tag = "counters",
            params(("site" = String, Path), ("counter" = String, Path), ("Idempotency-Key" = String, Header)),
            request_body = $type,
            responses((status = 200, body = ActionAnswer), Problems::<401, 403, 404, 409, 422, 503>))]
        pub(super) async fn $name(
            State(app): State<AppState>,
            caller: Caller,
            Segments(at): AtCounter,
            command_id: CommandId,
            Body($body): Body<$type>,
        ) -> Answer {
            let desk = Desk::of(&app, &caller, at, command_id, Capability::$capability)?;
            desk.act($action, $body.expect).await
        }
    )*};
}

actions! {
    /// Closes the counter; an implicit hall completes the ticket at hand.
    close "/api/v1/sites/{site}/counters/{counter}/close" WorkCounter |body: JustExpect| CounterAction::Close;
    /// Takes no calls for a while.
    pause "/api/v1/sites/{site}/counters/{counter}/pause" WorkCounter
        |body: PauseCounter| CounterAction::Pause { reason: body.reason };
    /// Ends a pause.
    resume "/api/v1/sites/{site}/counters/{counter}/resume" WorkCounter |body: JustExpect| CounterAction::Resume;
    /// Lets the counter be given the next ticket by itself, or not.
    auto "/api/v1/sites/{site}/counters/{counter}/auto" WorkCounter
        |body: AutoCall| CounterAction::AutoCall { on: body.on };
    /// Calls a given ticket out of order, for a configured reason.
    call "/api/v1/sites/{site}/counters/{counter}/call" CallOutOfOrder
        |body: CallTicket| CounterAction::Call { ticket: body.ticket, reason: body.reason };
    /// Calls the same ticket again.
    recall "/api/v1/sites/{site}/counters/{counter}/recall" WorkCounter |body: JustExpect| CounterAction::Recall;
    /// The visitor came: service begins.
    start "/api/v1/sites/{site}/counters/{counter}/start" WorkCounter |body: JustExpect| CounterAction::Start;
    /// The visitor did not come; the ticket may be reinstated for a while.
    no_show "/api/v1/sites/{site}/counters/{counter}/no-show" WorkCounter |body: JustExpect| CounterAction::NoShow;
    /// The visitor did not come: back in line by rule, or a no-show when absent too often.
    absent "/api/v1/sites/{site}/counters/{counter}/absent" WorkCounter |body: JustExpect| CounterAction::Absent;
    /// Back in line with the promise it had, as if it had not been called.
    put_back "/api/v1/sites/{site}/counters/{counter}/return" WorkCounter |body: JustExpect| CounterAction::Return;
    /// Adds a service to the visit at hand.
    add_service "/api/v1/sites/{site}/counters/{counter}/services" WorkCounter
        |body: AddService| CounterAction::AddService { service: body.service };
    /// Sends the ticket at hand to another queue or counter.
    transfer "/api/v1/sites/{site}/counters/{counter}/transfer" WorkCounter
        |body: Transfer| CounterAction::Transfer { to: destination(body.queue, body.counter)? };
    /// Ends the service at hand with its outcomes.
    complete "/api/v1/sites/{site}/counters/{counter}/complete" WorkCounter
        |body: Complete| CounterAction::Complete { outcomes: outcomes(body.outcomes)? };
    /// Takes the counter's whole last command back.
    undo "/api/v1/sites/{site}/counters/{counter}/undo" WorkCounter |body: JustExpect| CounterAction::Undo;
}

/// Each code once, with how often: other counts are slips of the hand that a report would carry on.
fn outcomes(counted: Vec<OutcomeCount>) -> Result<Vec<Outcome>, Problem> {
    let refused = |detail: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_value", detail);
    let mut codes = BTreeSet::new();
    for OutcomeCount { code, quantity } in &counted {
        if !(1..=OUTCOME_QUANTITY_MAX).contains(quantity) {
            return Err(refused(format!("a quantity is 1 to {OUTCOME_QUANTITY_MAX}"))
                .with("outcome", code.as_str())
                .with("quantity", *quantity)
                .with("max", OUTCOME_QUANTITY_MAX));
        }
        if !codes.insert(code) {
            let problem = refused("give each outcome once, with its quantity".to_owned());
            return Err(problem.with("outcome", code.as_str()));
        }
    }
    let outcome = |OutcomeCount { code, quantity }| Outcome { code, quantity };
    Ok(counted.into_iter().map(outcome).collect())
}

/// Opens the counter for the sender, on all queues of its profile or some of them.
#[utoipa::path(post, path = "/api/v1/sites/{site}/counters/{counter}/open", tag = "counters",
    params(("site" = String, Path), ("counter" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = OpenCounter,
    responses((status = 200, body = ActionAnswer), Problems::<401, 403, 404, 409, 503>))]
pub(super) async fn open(
    State(app): State<AppState>,
    caller: Caller,
    Segments(at): AtCounter,
    command_id: CommandId,
    Body(body): Body<OpenCounter>,
) -> Answer {
    let desk = Desk::of(&app, &caller, at, command_id, Capability::WorkCounter)?;
    let action = CounterAction::Open { clerk: desk.principal.clerk(), profile: None, queues: body.queues };
    desk.act(action, body.expect).await
}

/// Takes the ticket at hand out of line for a while, e.g. to copy a document.
#[utoipa::path(post, path = "/api/v1/sites/{site}/counters/{counter}/park", tag = "counters",
    params(("site" = String, Path), ("counter" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = Park,
    responses((status = 200, body = ActionAnswer), Problems::<401, 403, 404, 409, 422, 503>))]
pub(super) async fn park(
    State(app): State<AppState>,
    caller: Caller,
    Segments(at): AtCounter,
    command_id: CommandId,
    Body(body): Body<Park>,
) -> Answer {
    let desk = Desk::of(&app, &caller, at, command_id, Capability::WorkCounter)?;
    let until = park_until(&desk.served, &body)?;
    let park = |until| desk.command(CounterAction::Park { until }, body.expect.clone());
    let commands = (park(until), &park(body.until));
    let minutes = minutes_asked(&body);
    let command_id = Some(desk.command_id.clone());
    send_asked(&desk.served, &desk.principal, command_id, commands, &minutes).await?;
    desk.answer()
}

/// Completes the ticket at hand by the site's rule, and calls the next.
#[utoipa::path(post, path = "/api/v1/sites/{site}/counters/{counter}/call-next", tag = "counters",
    params(("site" = String, Path), ("counter" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = JustExpect,
    responses((status = 200, body = CallNextAnswer), Problems::<401, 403, 404, 409, 503>))]
pub(super) async fn call_next(
    State(app): State<AppState>,
    caller: Caller,
    Segments(at): AtCounter,
    command_id: CommandId,
    Body(body): Body<JustExpect>,
) -> Result<Json<CallNextAnswer>, Problem> {
    let desk = Desk::of(&app, &caller, at, command_id, Capability::WorkCounter)?;
    let done = desk.decide(CounterAction::CallNext, body.expect).await?;
    let completed = done.events.iter().find_map(|event| match event {
        Event::ServiceCompleted { ticket, .. } => Some(*ticket),
        _ => None,
    });
    let called = done.events.iter().find_map(|event| match event {
        Event::TicketCalled(called) => Some(called),
        _ => None,
    });
    let call = called.map(|called| call_answer(&desk.served, called));
    Ok(ok(CallNextAnswer { completed, call, counter: counter_detail(&desk.served, &desk.counter)? }))
}

fn call_answer(served: &ServedHall, called: &TicketCalled) -> CallAnswer {
    let number = served.hall.read(|site| site.ticket(called.ticket).map(|t| t.number.text.to_string()));
    let reason = match called.reason {
        CallReason::EarliestPromise => "earliest_promise",
        CallReason::Reserved => "reserved",
        CallReason::OutOfOrder { .. } => "out_of_order",
    };
    CallAnswer {
        ticket: called.ticket,
        number: number.unwrap_or_default(),
        attempt: called.attempt,
        reason: reason.to_owned(),
        passed_over: called.passed_over,
    }
}
