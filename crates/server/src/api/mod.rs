//! The HTTP contract: `/api/v1`, JSON, problems. Parses and authorises; asks the dispatcher; shows the answer.

mod alarms;
mod counters;
mod demo;
mod devices;
mod enrolment;
mod extract;
mod health;
mod limits;
mod media;
mod papers;
mod printers;
mod problems;
mod send;
mod session;
mod sites;
mod strangers;
mod supervise;
mod tickets;
pub mod types;
mod voices;

pub use extract::{BODY_BYTES_MAX, COMMAND_ID_LENGTH_MAX};
pub use sites::clock_note;
pub use tickets::by_token;

use axum::Router;
use axum::routing::get;
use http::{StatusCode, header};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::problems::Problems;
use crate::problem::Problem;
use crate::state::AppState;
use crate::{assets, live, metrics};

#[derive(OpenApi)]
#[openapi(
    info(title = "Khiw", description = "Numbers, calls, screens and paper of a public-service hall."),
    paths(live_path),
    components(schemas(types::Frame, types::ClientFrame, types::Topic, Problem)),
    tags(
        (name = "catalogue", description = "What a hall offers; needs no token."),
        (name = "tickets", description = "Numbers and what becomes of them."),
        (name = "counters", description = "What a clerk does."),
        (name = "hall", description = "For staff."),
        (name = "voices", description = "What the lobby speaks with."),
        (name = "media", description = "Pictures, video and messages on the screens."),
        (name = "access", description = "Tokens and cookies."),
        (name = "devices", description = "Kiosks, screens and agents: how they enrol, how they do."),
    )
)]
struct Document;

/// A websocket of JSON frames (`Frame`), the first a `snapshot`. `display` needs no token; `ticket` needs `token`;
/// `counter` and `site` are for staff; `printer` is for print agents, which speak frames of their own.
#[utoipa::path(get, path = "/api/v1/sites/{site}/live", tag = "hall",
    params(("site" = String, Path), ("topic" = types::Topic, Query), ("counter" = Option<String>, Query),
        ("token" = Option<String>, Query), ("printer" = Option<String>, Query),
        ("since" = Option<String>, Query, description = "The last frame's `position`, to go on from there.")),
    responses((status = 101, description = "Frames follow."), Problems::<401, 403, 404, 409, 426>))]
#[expect(dead_code, reason = "documents the route that `live` serves")]
fn live_path() {}

fn documented() -> OpenApiRouter<AppState> {
    // Each path is written whole: a nested router costs every request a copy of its address.
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(sites::sites))
        .routes(routes!(sites::site))
        .routes(routes!(sites::services))
        .routes(routes!(sites::service))
        .routes(routes!(sites::queues))
        .routes(routes!(sites::order))
        .routes(routes!(sites::counters))
        .routes(routes!(sites::counter))
        .routes(routes!(session::sign_in, session::session, session::sign_out))
        .routes(routes!(demo::demo))
        .routes(routes!(demo::paper))
        .merge(ticket_routes())
        .merge(counter_routes())
        .merge(hall_routes())
        .merge(voice_routes())
        .merge(media_routes())
        .merge(device_routes())
}

fn ticket_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(tickets::issue))
        .routes(routes!(tickets::ticket))
        .routes(routes!(tickets::public_ticket))
        .routes(routes!(tickets::cancel))
        .routes(routes!(tickets::reinstate))
        .routes(routes!(tickets::resume))
        .routes(routes!(tickets::park))
        .routes(routes!(tickets::reprioritise))
        .routes(routes!(tickets::add_service))
        .routes(routes!(tickets::transfer))
        .routes(routes!(printers::reprint))
        .routes(routes!(printers::notice))
}

fn counter_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(counters::open))
        .routes(routes!(counters::close))
        .routes(routes!(counters::pause))
        .routes(routes!(counters::resume))
        .routes(routes!(counters::auto))
        .routes(routes!(counters::call_next))
        .routes(routes!(counters::call))
        .routes(routes!(counters::recall))
        .routes(routes!(counters::start))
        .routes(routes!(counters::complete))
        .routes(routes!(counters::no_show))
        .routes(routes!(counters::absent))
        .routes(routes!(counters::park))
        .routes(routes!(counters::put_back))
        .routes(routes!(counters::transfer))
        .routes(routes!(counters::add_service))
        .routes(routes!(counters::undo))
}

fn voice_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(voices::voices))
        .routes(routes!(voices::clip))
        .routes(routes!(voices::prompts))
        .routes(routes!(voices::recording, voices::record, voices::discard))
        .routes(routes!(voices::publish))
        .routes(routes!(voices::withdraw))
}

fn media_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(media::shown, media::replace))
        .routes(routes!(media::media, media::bring))
        .routes(routes!(media::file, media::remove))
}

fn hall_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(supervise::suspend))
        .routes(routes!(supervise::resume))
        .routes(routes!(supervise::evacuate))
        .routes(routes!(supervise::accept_clock))
        .routes(routes!(alarms::list))
        .routes(routes!(alarms::acknowledge))
        .routes(routes!(papers::papers))
        .routes(routes!(papers::preview))
        .routes(routes!(papers::replace))
        .routes(routes!(printers::printers))
        .routes(routes!(printers::print_jobs))
        .routes(routes!(printers::reprint_job))
        .routes(routes!(printers::test))
}

fn device_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(enrolment::code))
        .routes(routes!(enrolment::token))
        .routes(routes!(session::renew))
        .routes(routes!(devices::list, devices::approve))
        .routes(routes!(devices::change, devices::revoke))
        .routes(routes!(devices::set_screen))
        .routes(routes!(devices::reload))
        .routes(routes!(devices::rotate))
}

/// The OpenAPI document, websocket frames included.
pub fn openapi() -> utoipa::openapi::OpenApi {
    documented().into_openapi()
}

/// Everything that is served: the API, the live sockets, health, metrics, the pages; with limits and headers.
pub fn router(app: AppState) -> Router {
    let (documented, openapi) = documented().split_for_parts();
    let described = openapi.to_json().unwrap_or_default();
    let described = move || async move { ([(header::CONTENT_TYPE, "application/json")], described) };
    let everything = documented
        .route("/api/v1/openapi.json", get(described))
        .route("/paper/{site}/{name}", get(demo::picture))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .merge(live::routes())
        .merge(metrics::routes())
        .merge(assets::routes())
        .fallback(no_such_path)
        .method_not_allowed_fallback(wrong_method);
    limits::around(everything, &app, &openapi).with_state(app)
}

async fn no_such_path(uri: http::Uri) -> Problem {
    Problem::no_such_path(uri.path())
}

async fn wrong_method() -> Problem {
    let detail = "this address takes other methods; see the `Allow` header";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", detail)
}
