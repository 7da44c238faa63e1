//! Printers and their papers: what staff see, printing again, test pages, and a kiosk's notice of a closed service.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use khiw_domain::config::{Printer, SiteConfig};
use khiw_domain::id::{DeviceId, Language, PrinterId, ServiceId, SiteId, TicketId};
use khiw_domain::{Command, Refusal};
use khiw_printing::{Job, JobFilter, PaperKind, Spool, SpoolError, TicketPaper};
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::{Body, CommandId, Json, Params, Segments, ok};
use super::problems::Problems;
use super::send::send;
use super::tickets::ticket_view;
use super::types::{
    ClosedCode, InLanguage, PrintJobState, PrintJobView, PrinterView, Reprint, Reprinted, TicketView,
};
use crate::access::{Caller, Capability, Principal};
use crate::paper::{self, job_name, printer_for};
use crate::problem::Problem;
use crate::state::{AppState, ServedHall};
use crate::view;

/// Jobs listed at once, unless fewer are asked for.
const JOBS_MAX: usize = 200;
/// Jobs looked through for those that need somebody.
const LOOKED_THROUGH_MAX: usize = 1_000;

/// The printers of the site. What one cannot tell is `unknown` or null, never taken as fine.
#[utoipa::path(get, path = "/api/v1/sites/{site}/printers", tag = "hall", params(("site" = String, Path)),
    responses((status = 200, body = Vec<PrinterView>), Problems::<401, 403, 404>))]
pub(super) async fn printers(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
) -> Result<Json<Vec<PrinterView>>, Problem> {
    caller.allowed(&site, Capability::SeePrinters)?;
    let served = app.hall(&site)?;
    let waiting = app.paper_desk().ask(Spool::waiting).await.map_err(problem)?;
    let may_test = caller.allowed(&site, Capability::TestPrinter).is_ok();
    let seen = view::printers(&app, &served, &waiting, Timestamp::now());
    Ok(ok(seen.into_iter().map(|printer| PrinterView { may_test, ..printer }).collect()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct JobsQuery {
    state: Option<PrintJobState>,
    #[param(value_type = Option<String>)]
    printer: Option<PrinterId>,
    /// By its id.
    #[param(value_type = Option<u64>)]
    ticket: Option<TicketId>,
    /// Only papers that came to nothing and that somebody still waits for.
    #[serde(default)]
    open: bool,
    limit: Option<usize>,
}

/// Papers on their way and what became of them, newest first.
#[utoipa::path(get, path = "/api/v1/sites/{site}/print-jobs", tag = "hall",
    params(("site" = String, Path), JobsQuery),
    responses((status = 200, body = Vec<PrintJobView>), Problems::<401, 403, 404, 422>))]
pub(super) async fn print_jobs(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
    Params(query): Params<JobsQuery>,
) -> Result<Json<Vec<PrintJobView>>, Problem> {
    caller.allowed(&site, Capability::SeePrinters)?;
    let served = app.hall(&site)?;
    let limit = query.limit.unwrap_or(JOBS_MAX).min(JOBS_MAX);
    let filter = JobFilter {
        printer: query.printer.as_ref().map(|printer| job_name(&site, printer)),
        printers: Some(format!("{site}/")),
        ticket: query.ticket.map(|ticket| ticket.to_string()),
        state: query.state.map(|state| state.code().to_owned()),
        ..JobFilter::default()
    };
    let looked_through = if query.open { LOOKED_THROUGH_MAX } else { limit };
    let jobs = app.paper_desk().ask(move |spool| spool.jobs(&filter, looked_through)).await;
    let now = Timestamp::now();
    let seen = jobs.map_err(problem)?.into_iter().filter_map(|job| view::print_job(&served, &job, now));
    let wanted = seen.filter(|job| job.open || !query.open).take(limit);
    Ok(ok(wanted.collect()))
}

/// Has a ticket printed again. Who did stands in the journal, and the paper says that it is a reprint.
#[utoipa::path(post, path = "/api/v1/sites/{site}/tickets/{ticket}/reprint", tag = "tickets",
    params(("site" = String, Path), ("ticket" = u64, Path), ("Idempotency-Key" = String, Header)),
    request_body = Reprint,
    responses((status = 200, body = TicketView), Problems::<401, 403, 404, 409, 422>))]
pub(super) async fn reprint(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, ticket)): Segments<(SiteId, TicketId)>,
    CommandId(command_id): CommandId,
    Body(body): Body<Reprint>,
) -> Result<Json<TicketView>, Problem> {
    let principal = caller.allowed(&site, Capability::PrintAgain)?;
    let served = app.hall(&site)?;
    print_again(&served, principal, command_id, ticket, body.printer).await.map(ok)
}

async fn print_again(
    served: &ServedHall,
    principal: &Principal,
    command_id: String,
    ticket: TicketId,
    printer: Option<PrinterId>,
) -> Result<TicketView, Problem> {
    send(served, principal, Some(command_id), Command::PrintAgain { ticket, printer }).await?;
    ticket_view(served, ticket)
}

/// Has a paper printed again: a ticket's as by its own address; a slip's as a marked copy. Notices and test pages are
/// asked for anew instead.
#[utoipa::path(post, path = "/api/v1/sites/{site}/print-jobs/{job}/reprint", tag = "hall",
    params(("site" = String, Path), ("job" = i64, Path), ("Idempotency-Key" = String, Header)),
    request_body = Reprint,
    responses((status = 200, body = Reprinted), Problems::<401, 403, 404, 409, 422>))]
pub(super) async fn reprint_job(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, id)): Segments<(SiteId, i64)>,
    CommandId(command_id): CommandId,
    Body(body): Body<Reprint>,
) -> Result<Json<Reprinted>, Problem> {
    let principal = caller.allowed(&site, Capability::PrintAgain)?;
    let served = app.hall(&site)?;
    let job = app.paper_desk().ask(move |spool| spool.job(id)).await.map_err(problem)?;
    let unknown = || problem(SpoolError::Unknown(id));
    let job = job.filter(|job| job.printer.starts_with(&format!("{site}/"))).ok_or_else(unknown)?;
    if let Some(ticket) = view::ticket_of(&served, &job) {
        let ticket = print_again(&served, principal, command_id, ticket, body.printer).await?;
        return Ok(ok(Reprinted { ticket: Some(ticket), job: None }));
    }
    let paper = slip(&job)?;
    let config = configuration(&served)?;
    let printer = match &body.printer {
        Some(wanted) => job_name(&site, &known_printer(&config, wanted)?.id),
        None => job.printer.clone(),
    };
    let wish = format!("{}again/{}/{command_id}", paper::FORWARD, principal.id);
    let job = wish_for(&app, &served, principal, (wish, printer), paper).await?;
    Ok(ok(Reprinted { ticket: None, job: Some(job) }))
}

/// The slip that a job printed, marked as a copy; else why it cannot be had again.
fn slip(job: &Job) -> Result<TicketPaper, Problem> {
    let conflict = |code: &'static str, detail: &str| Problem::new(StatusCode::CONFLICT, code, detail);
    let paper = job.paper().ok().filter(|paper| paper.kind == PaperKind::Forward);
    let paper = paper.ok_or_else(|| {
        conflict("not_to_be_printed_again", "it is no ticket of today and no slip; ask for a new one")
    })?;
    if !job.state.is_final() {
        return Err(conflict("still_printing", "it is still on its way"));
    }
    Ok(TicketPaper { reprint: true, ..paper })
}

/// Prints a printer's test page.
#[utoipa::path(post, path = "/api/v1/sites/{site}/printers/{printer}/test", tag = "hall",
    params(("site" = String, Path), ("printer" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = InLanguage,
    responses((status = 202, body = PrintJobView), Problems::<401, 403, 404, 422, 503>))]
pub(super) async fn test(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, printer)): Segments<(SiteId, PrinterId)>,
    CommandId(command_id): CommandId,
    Body(body): Body<InLanguage>,
) -> Result<Json<PrintJobView>, Problem> {
    let principal = caller.allowed(&site, Capability::TestPrinter)?;
    let served = app.hall(&site)?;
    let config = configuration(&served)?;
    let printer = known_printer(&config, &printer)?;
    let said = match &printer.profile {
        Some(profile) => format!("{} ({profile})", printer.id),
        None => printer.id.to_string(),
    };
    let now = served.hall.now().to_zoned(served.hall.read(|site| site.zone().clone()));
    let page = paper::ticket::test_page_of(&config, &now, language(&config, body.language), &said);
    let wish = format!("test/{}/{command_id}", principal.id);
    let name = job_name(&site, &printer.id);
    let job = wish_for(&app, &served, principal, (wish, name), page).await?;
    Ok(Json(StatusCode::ACCEPTED, job))
}

/// Prints, at the kiosk that asks, why a service gives no number now and when again. Only where the site has it so.
#[utoipa::path(post, path = "/api/v1/sites/{site}/services/{service}/notice", tag = "tickets",
    params(("site" = String, Path), ("service" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = InLanguage,
    responses((status = 202, body = PrintJobView), Problems::<401, 403, 404, 409, 429, 503>))]
pub(super) async fn notice(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, service)): Segments<(SiteId, ServiceId)>,
    CommandId(command_id): CommandId,
    Body(body): Body<InLanguage>,
) -> Result<Json<PrintJobView>, Problem> {
    let principal = caller.allowed(&site, Capability::PrintNotice)?;
    let served = app.hall(&site)?;
    let config = configuration(&served)?;
    let device = DeviceId::parse(&principal.id).ok();
    let conflict = |code: &'static str, detail: &str| Problem::new(StatusCode::CONFLICT, code, detail);
    if !view::paper_offered(&config, device.as_ref()).notices {
        return Err(conflict("notices_off", "this kiosk prints no notices: see `[tickets] also`"));
    }
    let unknown = || Refusal::UnknownService { service: service.to_string() };
    let known = config.services.iter().find(|known| known.id == service).ok_or_else(unknown)?;
    let seen = view::read(&served, |view| view.service(&service)).ok_or_else(unknown)?;
    let closed = seen.service.closed;
    let closed = closed.ok_or_else(|| conflict("service_open", "this service gives numbers now"))?;
    let printer = printer_for(&config, device.as_ref()).ok_or(Refusal::NoPrinter)?;
    let wish = format!("notice/{}/{command_id}", principal.id);
    if is_new(&app, &site, &wish).await? {
        app.paper_desk().admit_notice(&site, &principal.id).map_err(too_soon)?;
    }
    let now = served.hall.now().to_zoned(served.hall.read(|site| site.zone().clone()));
    // Why issuing is suspended is the site's own code, which has no words on paper.
    let why = closed.why.filter(|_| matches!(closed.code, ClosedCode::Closed));
    let because = why.unwrap_or_else(|| closed.code.code().to_owned());
    let why = (because.as_str(), closed.opens_at);
    let page = paper::ticket::notice_of(&config, &now, language(&config, body.language), known, why);
    let job = wish_for(&app, &served, principal, (wish, job_name(&site, printer)), page).await?;
    Ok(Json(StatusCode::ACCEPTED, job))
}

fn too_soon(waits: std::time::Duration) -> Problem {
    let seconds = u32::try_from(waits.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    let detail = "this kiosk printed a notice a moment ago";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_notices", detail).retry_after(seconds)
}

/// A repeated request is answered, not counted again.
async fn is_new(app: &AppState, site: &SiteId, wish: &str) -> Result<bool, Problem> {
    let filter =
        JobFilter { stream: Some(stream_of(site)), ticket: Some(wish.to_owned()), ..JobFilter::default() };
    let found = app.paper_desk().ask(move |spool| spool.jobs(&filter, 1)).await;
    found.map(|jobs| jobs.is_empty()).map_err(problem)
}

/// Queues a paper of no record; the same wish is printed once.
async fn wish_for(
    app: &AppState,
    served: &ServedHall,
    principal: &Principal,
    (wish, printer): (String, String),
    paper: TicketPaper,
) -> Result<PrintJobView, Problem> {
    let (stream, by) = (stream_of(served.hall.site_id()), Arc::clone(&principal.id));
    let wanted = printer.clone();
    let asked = app.paper_desk().ask(move |spool| spool.wish(&stream, &wish, &printer, &paper, &by));
    let job = asked.await.map_err(problem)?;
    if job.printer != wanted {
        return Err(khiw_dispatcher::Failure::CommandIdReused.into());
    }
    view::print_job(served, &job, Timestamp::now()).ok_or_else(Problem::internal)
}

/// Where papers of no record stand in the spool.
fn stream_of(site: &SiteId) -> String {
    format!("wish/{site}")
}

fn configuration(served: &ServedHall) -> Result<Arc<SiteConfig>, Problem> {
    served.facts().config.clone().ok_or_else(|| Refusal::NotConfigured.into())
}

fn known_printer<'a>(config: &'a SiteConfig, wanted: &PrinterId) -> Result<&'a Printer, Problem> {
    let found = config.printers.iter().find(|printer| printer.id == *wanted);
    found.ok_or_else(|| Refusal::UnknownPrinter { printer: wanted.to_string() }.into())
}

fn language(config: &SiteConfig, asked: Option<Language>) -> Language {
    asked.or(config.languages.first().copied()).unwrap_or(Language::En)
}

fn problem(error: SpoolError) -> Problem {
    match error {
        SpoolError::Unknown(id) => {
            let detail = format!("there is no paper {id} here");
            Problem::new(StatusCode::NOT_FOUND, "unknown_print_job", detail)
        }
        error => {
            tracing::warn!(%error, "the print spool does not answer");
            let detail = "the print spool does not answer";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "spool_unavailable", detail).retry_after(5)
        }
    }
}
