//! What a hall offers, for everybody; queues and counters, for staff.

use khiw_domain::id::{AgencyId, CounterId, DeviceId, Language, QueueId, ServiceId, SiteId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Json, Params, Segments, ok};
use super::problems::Problems;
use super::types::{
    CounterDetail, CounterView, OrderView, QueueView, ServiceDetail, ServicesPage, SiteEntry, SiteView,
};
use crate::access::{Caller, Capability};
use crate::problem::Problem;
use crate::state::{AppState, ServedHall};
use crate::view::{self, ClockNote};
use axum::extract::State;
use khiw_domain::Refusal;

/// Services listed at once, unless fewer are asked for.
const SERVICES_MAX: usize = 2_000;
/// Places of a line listed at once.
const ORDER_MAX: usize = 500;

/// The sites that are served here.
#[utoipa::path(get, path = "/api/v1/sites", tag = "catalogue", responses((status = 200, body = Vec<SiteEntry>)))]
pub(super) async fn sites(State(app): State<AppState>) -> Json<Vec<SiteEntry>> {
    ok(app.halls().iter().map(|served| view::read(served, |view| view.entry())).collect())
}

/// One hall. Who works a counter is told to staff only.
#[utoipa::path(get, path = "/api/v1/sites/{site}", tag = "catalogue", params(("site" = String, Path)),
    responses((status = 200, body = SiteView), Problems::<404>))]
pub(super) async fn site(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
) -> Result<Json<SiteView>, Problem> {
    let served = app.hall(&site)?;
    let staff = caller.may(&site, Capability::SeeHall);
    let clock = clock_note(&app);
    let device = caller.0.as_ref().and_then(|principal| DeviceId::parse(&principal.id).ok());
    let hall = view::read(&served, |view| view.hall(clock, staff, device.as_ref()));
    hall.map(ok).ok_or_else(|| Refusal::NotConfigured.into())
}

/// What is known of the clock besides its time.
pub fn clock_note(app: &AppState) -> ClockNote {
    ClockNote { simulated: app.options().simulated, speed: app.dispatcher().clock().speed() }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ServicesQuery {
    #[param(value_type = Option<String>)]
    agency: Option<AgencyId>,
    /// Words of the name or the agency, with or without tone marks and accents, in any language.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Of the asking page; names are always sent in all languages.
    #[param(value_type = Option<String>)]
    lang: Option<Language>,
    limit: Option<usize>,
}

/// Services, with what is open and how long the wait is.
#[utoipa::path(get, path = "/api/v1/sites/{site}/services", tag = "catalogue",
    params(("site" = String, Path), ServicesQuery),
    responses((status = 200, body = ServicesPage), Problems::<404, 422>))]
pub(super) async fn services(
    State(app): State<AppState>,
    Segments(site): Segments<SiteId>,
    Params(query): Params<ServicesQuery>,
) -> Result<Json<ServicesPage>, Problem> {
    let served = app.hall(&site)?;
    check_query(query.q.as_deref())?;
    let _ = query.lang;
    let limit = query.limit.unwrap_or(SERVICES_MAX).min(SERVICES_MAX);
    let page = view::read(&served, |view| view.services(query.agency.as_ref(), query.q.as_deref(), limit));
    Ok(ok(page))
}

fn check_query(query: Option<&str>) -> Result<(), Problem> {
    let max = view::search::QUERY_LENGTH_MAX;
    if query.is_none_or(|query| query.chars().count() <= max) {
        return Ok(());
    }
    let detail = format!("`q` has at most {max} characters");
    Err(Problem::new(http::StatusCode::UNPROCESSABLE_ENTITY, "text_too_long", detail).with("max", max))
}

/// One service with its public manual.
#[utoipa::path(get, path = "/api/v1/sites/{site}/services/{service}", tag = "catalogue",
    params(("site" = String, Path), ("service" = String, Path)),
    responses((status = 200, body = ServiceDetail), Problems::<404>))]
pub(super) async fn service(
    State(app): State<AppState>,
    Segments((site, service)): Segments<(SiteId, ServiceId)>,
) -> Result<Json<ServiceDetail>, Problem> {
    let served = app.hall(&site)?;
    let detail = view::read(&served, |view| view.service(&service));
    detail.map(ok).ok_or_else(|| Refusal::UnknownService { service: service.to_string() }.into())
}

/// All queues.
#[utoipa::path(get, path = "/api/v1/sites/{site}/queues", tag = "catalogue", params(("site" = String, Path)),
    responses((status = 200, body = Vec<QueueView>), Problems::<404>))]
pub(super) async fn queues(
    State(app): State<AppState>,
    Segments(site): Segments<SiteId>,
) -> Result<Json<Vec<QueueView>>, Problem> {
    let served = app.hall(&site)?;
    Ok(ok(view::read(&served, |view| view.queues())))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OrderQuery {
    limit: Option<usize>,
}

/// Who is next in a queue, and why.
#[utoipa::path(get, path = "/api/v1/sites/{site}/queues/{queue}/order", tag = "hall",
    params(("site" = String, Path), ("queue" = String, Path), OrderQuery),
    responses((status = 200, body = OrderView), Problems::<401, 403, 404>))]
pub(super) async fn order(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, queue)): Segments<(SiteId, QueueId)>,
    Params(query): Params<OrderQuery>,
) -> Result<Json<OrderView>, Problem> {
    let served = staff_hall(&app, &caller, &site)?;
    let limit = query.limit.unwrap_or(ORDER_MAX).min(ORDER_MAX);
    let order = view::read(&served, |view| view.order(&queue, limit));
    order.map(ok).ok_or_else(|| Refusal::UnknownQueue { queue: queue.to_string() }.into())
}

/// All counters, with who works there.
#[utoipa::path(get, path = "/api/v1/sites/{site}/counters", tag = "hall", params(("site" = String, Path)),
    responses((status = 200, body = Vec<CounterView>), Problems::<401, 403, 404>))]
pub(super) async fn counters(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
) -> Result<Json<Vec<CounterView>>, Problem> {
    let served = staff_hall(&app, &caller, &site)?;
    Ok(ok(view::read(&served, |view| view.counters(true))))
}

/// One counter as its clerk sees it.
#[utoipa::path(get, path = "/api/v1/sites/{site}/counters/{counter}", tag = "hall",
    params(("site" = String, Path), ("counter" = String, Path)),
    responses((status = 200, body = CounterDetail), Problems::<401, 403, 404>))]
pub(super) async fn counter(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, counter)): Segments<(SiteId, CounterId)>,
) -> Result<Json<CounterDetail>, Problem> {
    let served = staff_hall(&app, &caller, &site)?;
    counter_detail(&served, &counter).map(ok)
}

pub(super) fn counter_detail(served: &ServedHall, counter: &CounterId) -> Result<CounterDetail, Problem> {
    view::read(served, |view| view.counter_detail(counter))
        .ok_or_else(|| Refusal::UnknownCounter { counter: counter.to_string() }.into())
}

fn staff_hall(app: &AppState, caller: &Caller, site: &SiteId) -> Result<std::sync::Arc<ServedHall>, Problem> {
    caller.allowed(site, Capability::SeeHall)?;
    app.hall(site)
}
