//! Devices, for staff: approve the code that one shows, see how each does, name, move, set, reload, rotate, revoke.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use http::StatusCode;
use khiw_domain::Refusal;
use khiw_domain::config::SiteConfig;
use khiw_domain::id::{CounterId, SiteId, ZoneId};

use super::enrolment::code_problem;
use super::extract::{Body, Json, Segments, ok};
use super::problems::Problems;
use super::types::{
    ApproveDevice, ChangeDevice, DeviceView, DevicesView, RotatedDevice, ScreenLayout, ScreenOrder,
    ScreenSettings, ScreenView,
};
use crate::access::enrolment::{Claim, Enrolments, Grant};
use crate::access::store::{LABEL_LENGTH_MAX, PLACE_LENGTH_MAX};
use crate::access::{AccountError, Accounts, Caller, Capability, Device, DeviceChange, Kind, NewDevice};
use crate::blocking::blocking;
use crate::live::Feed;
use crate::problem::{Problem, echo};
use crate::screens;
use crate::screens::check::{self, Mistake};
use crate::state::{AppState, ServedHall};

/// The devices of the site, by name.
#[utoipa::path(get, path = "/api/v1/sites/{site}/devices", tag = "devices", params(("site" = String, Path)),
    responses((status = 200, body = DevicesView), Problems::<401, 403, 404>))]
pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
) -> Result<Json<DevicesView>, Problem> {
    caller.allowed(&site, Capability::SeeDevices)?;
    app.hall(&site)?;
    let feed = feed(&app, &site)?;
    let devices = app.accounts().devices(&site);
    Ok(ok(DevicesView { devices: devices.iter().map(|device| view(&app, &feed, device)).collect() }))
}

/// Approves the device that shows this code. A display begins with the zone, or over the counter, that is named here.
#[utoipa::path(post, path = "/api/v1/sites/{site}/devices", tag = "devices", params(("site" = String, Path)),
    request_body = ApproveDevice,
    responses((status = 201, body = DeviceView), Problems::<401, 403, 404, 409, 422, 429, 503>))]
pub(super) async fn approve(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
    Body(body): Body<ApproveDevice>,
) -> Result<Json<DeviceView>, Problem> {
    let principal = Arc::clone(caller.allowed(&site, Capability::EnrolDevices)?);
    let config = configuration(&*app.hall(&site)?)?;
    let feed = feed(&app, &site)?;
    known_zone(&config, body.zone.as_ref())?;
    known_counter(&config, body.counter.as_ref())?;
    let (accounts, enrolments) = (Arc::clone(app.accounts()), Arc::clone(app.enrolments()));
    let by = Arc::clone(&principal.id);
    // Off the async threads, and whole: an approval that is begun is not left half-way when whoever sent it goes.
    let approved = blocking(move || {
        let claim = enrolments.claim(&body.user_code, &by, Instant::now()).map_err(code_problem)?;
        enrol(&accounts, &enrolments, claim, &new_device(claim.kind, site, body))
    });
    let device = approved.await.map_err(|_| Problem::internal())??;
    tracing::info!(site = %device.site, device = %device.id, by = %principal.id, "a device is approved");
    Ok(Json(StatusCode::CREATED, view(&app, &feed, &device)))
}

fn new_device(kind: Kind, site: SiteId, body: ApproveDevice) -> NewDevice {
    let screen = ScreenSettings {
        layout: if body.counter.is_some() { ScreenLayout::Counter } else { ScreenLayout::default() },
        zones: body.zone.iter().cloned().collect(),
        counter: body.counter.clone(),
        ..ScreenSettings::default()
    };
    NewDevice {
        kind,
        site,
        name: body.name.trim().to_owned(),
        zone: body.zone,
        place: body.place.unwrap_or_default().trim().to_owned(),
        counter: body.counter,
        screen: (kind == Kind::Display).then_some(screen),
    }
}

fn enrol(
    accounts: &Accounts,
    enrolments: &Enrolments,
    claim: Claim,
    new: &NewDevice,
) -> Result<Arc<Device>, Problem> {
    let (device, secret) = accounts.enrol(new).map_err(|error| {
        enrolments.release(claim, Instant::now());
        problem(&error)
    })?;
    let grant = Grant { id: Arc::clone(&device.id), secret };
    if enrolments.grant(claim, grant, Instant::now()) {
        return Ok(device);
    }
    // It ran out at this moment: nobody will ever come for the token.
    accounts.revoke(&device.id).map_err(|error| problem(&error))?;
    Err(code_problem(crate::access::enrolment::CodeError::Unknown))
}

/// Names a device, or moves it. What a screen shows is another thing: see its settings.
#[utoipa::path(patch, path = "/api/v1/sites/{site}/devices/{device}", tag = "devices",
    params(("site" = String, Path), ("device" = String, Path)), request_body = ChangeDevice,
    responses((status = 200, body = DeviceView), Problems::<401, 403, 404, 422, 503>))]
pub(super) async fn change(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, id)): Segments<(SiteId, String)>,
    Body(body): Body<ChangeDevice>,
) -> Result<Json<DeviceView>, Problem> {
    let (_, feed) = own_device(&app, &caller, &site, &id, Capability::EnrolDevices)?;
    let config = configuration(&*app.hall(&site)?)?;
    known_zone(&config, body.zone.as_ref().and_then(Option::as_ref))?;
    let trimmed = |text: String| text.trim().to_owned();
    let change = DeviceChange {
        name: body.name.map(trimmed),
        zone: body.zone,
        place: body.place.map(|place| trimmed(place.unwrap_or_default())),
    };
    let device = with_accounts(&app, move |accounts| accounts.change_device(&id, &change)).await?;
    feed.screen_set(&device);
    Ok(ok(view(&app, &feed, &device)))
}

/// What a screen shows and how it sounds. The screen follows at once, without loading anew.
#[utoipa::path(put, path = "/api/v1/sites/{site}/devices/{device}/screen", tag = "devices",
    params(("site" = String, Path), ("device" = String, Path)), request_body = ScreenSettings,
    responses((status = 200, body = DeviceView), Problems::<401, 403, 404, 409, 422, 503>))]
pub(super) async fn set_screen(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, id)): Segments<(SiteId, String)>,
    Body(settings): Body<ScreenSettings>,
) -> Result<Json<DeviceView>, Problem> {
    let (device, feed) = own_device(&app, &caller, &site, &id, Capability::SetScreens)?;
    if device.screen.is_none() {
        return Err(conflict("not_a_screen", "only a display has settings of a screen"));
    }
    let config = configuration(&*app.hall(&site)?)?;
    check::settings(&settings, &config).map_err(|mistake| mistaken(&mistake))?;
    let device = with_accounts(&app, move |accounts| accounts.set_screen(&id, &settings)).await?;
    feed.screen_set(&device);
    Ok(ok(view(&app, &feed, &device)))
}

/// Has a screen load its page anew.
#[utoipa::path(post, path = "/api/v1/sites/{site}/devices/{device}/reload", tag = "devices",
    params(("site" = String, Path), ("device" = String, Path)),
    responses((status = 204), Problems::<401, 403, 404, 409>))]
pub(super) async fn reload(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, id)): Segments<(SiteId, String)>,
) -> Result<StatusCode, Problem> {
    let (device, feed) = own_device(&app, &caller, &site, &id, Capability::EnrolDevices)?;
    if feed.order_one(&device.id, ScreenOrder::Reload) {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(conflict("device_not_connected", "it is not connected, and loads its page when it comes back"))
}

/// Gives a device another secret. A page fetches a fresh session by itself, now or when it comes next; a program's new
/// token stands in the answer, and the old one holds until the new one is used, a day at most.
#[utoipa::path(post, path = "/api/v1/sites/{site}/devices/{device}/rotate", tag = "devices",
    params(("site" = String, Path), ("device" = String, Path)),
    responses((status = 200, body = RotatedDevice), Problems::<401, 403, 404, 503>))]
pub(super) async fn rotate(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, id)): Segments<(SiteId, String)>,
) -> Result<Json<RotatedDevice>, Problem> {
    let (device, feed) = own_device(&app, &caller, &site, &id, Capability::EnrolDevices)?;
    let bearer = device.bearer;
    let token = with_accounts(&app, move |accounts| {
        if bearer { accounts.rotate_secret(&id).map(Some) } else { accounts.want_renewal(&id).map(|()| None) }
    });
    let token = token.await?;
    if !bearer {
        // Not connected: it is told when it comes.
        feed.order_one(&device.id, ScreenOrder::Renew);
    }
    tracing::info!(%site, device = %device.id, "a device's secret is rotated");
    Ok(ok(RotatedDevice { device: view(&app, &feed, &device), token }))
}

/// Ends a device: its token, its sessions, its connection.
#[utoipa::path(delete, path = "/api/v1/sites/{site}/devices/{device}", tag = "devices",
    params(("site" = String, Path), ("device" = String, Path)),
    responses((status = 204), Problems::<401, 403, 404, 503>))]
pub(super) async fn revoke(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, id)): Segments<(SiteId, String)>,
) -> Result<StatusCode, Problem> {
    let (device, feed) = own_device(&app, &caller, &site, &id, Capability::EnrolDevices)?;
    with_accounts(&app, move |accounts| accounts.revoke(&id)).await?;
    feed.screen_revoked(&device.id);
    tracing::info!(%site, device = %device.id, "a device is revoked");
    Ok(StatusCode::NO_CONTENT)
}

/// The device, if the caller may do this to it.
fn own_device(
    app: &AppState,
    caller: &Caller,
    site: &SiteId,
    id: &str,
    capability: Capability,
) -> Result<(Arc<Device>, Arc<Feed>), Problem> {
    caller.allowed(site, capability)?;
    app.hall(site)?;
    let device = app.accounts().device(id).filter(|device| device.site == *site);
    let device = device.ok_or_else(|| problem(&AccountError::UnknownDevice(echo(id))))?;
    Ok((device, feed(app, site)?))
}

fn feed(app: &AppState, site: &SiteId) -> Result<Arc<Feed>, Problem> {
    app.hub().feed(site).ok_or_else(|| Problem::unavailable("the server is stopping"))
}

/// Off the async threads: what changes is written to disk.
async fn with_accounts<T: Send + 'static>(
    app: &AppState,
    change: impl FnOnce(&Accounts) -> Result<T, AccountError> + Send + 'static,
) -> Result<T, Problem> {
    let accounts = Arc::clone(app.accounts());
    let changed = blocking(move || change(&accounts)).await;
    changed.map_err(|_| Problem::internal())?.map_err(|error| problem(&error))
}

fn view(app: &AppState, feed: &Feed, device: &Device) -> DeviceView {
    let seen = feed.lobby().seen(&device.id, tokio::time::Instant::now());
    let report = seen.as_ref().and_then(|seen| seen.report.clone());
    let screen = device.screen.as_ref().map(|settings| ScreenView {
        settings: ScreenSettings::clone(settings),
        reported_s_ago: report.as_ref().map(|(_, ago)| ago.as_secs()),
        report: report.map(|(report, _)| report),
    });
    DeviceView {
        id: device.id.to_string(),
        kind: device.kind,
        name: device.name.clone(),
        zone: device.zone.clone(),
        place: Some(device.place.clone()).filter(|place| !place.is_empty()),
        counter: device.counter.clone(),
        created: device.created,
        last_used: app.accounts().device_used(&device.id),
        state: screens::state(app, feed, device),
        speaks: seen.is_some_and(|seen| seen.speaks),
        screen,
    }
}

fn configuration(served: &ServedHall) -> Result<Arc<SiteConfig>, Problem> {
    served.facts().config.clone().ok_or_else(|| Refusal::NotConfigured.into())
}

fn known_zone(config: &SiteConfig, zone: Option<&ZoneId>) -> Result<(), Problem> {
    let Some(zone) = zone.filter(|zone| config.zones.iter().all(|known| known.id != **zone)) else {
        return Ok(());
    };
    Err(mistaken(&Mistake::UnknownZone { zone: zone.to_string() }).with("field", "zone"))
}

fn known_counter(config: &SiteConfig, counter: Option<&CounterId>) -> Result<(), Problem> {
    let Some(counter) = counter.filter(|counter| config.counters.iter().all(|known| known.id != **counter))
    else {
        return Ok(());
    };
    Err(mistaken(&Mistake::UnknownCounter { counter: counter.to_string() }))
}

/// 422, with the field and what would be right.
fn mistaken(mistake: &Mistake) -> Problem {
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, mistake.code(), mistake.to_string());
    let problem = problem.with("field", mistake.field());
    match mistake {
        Mistake::UnknownZone { zone } | Mistake::ZoneTwice { zone } => problem.with("zone", zone.as_str()),
        Mistake::UnknownCounter { counter } => problem.with("counter", counter.as_str()),
        Mistake::OutOfRange { min, max, .. } => problem.with("min", *min).with("max", *max),
        Mistake::GroupName
        | Mistake::CounterNeeded
        | Mistake::TooManyQuietHours
        | Mistake::QuietHoursEmpty => problem,
    }
}

fn conflict(code: &'static str, detail: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, detail)
}

/// What the accounts refuse.
pub(super) fn problem(error: &AccountError) -> Problem {
    let detail = error.to_string();
    let invalid = |code, field: &str, max: usize| {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.clone());
        problem.with("field", field).with("max", max)
    };
    match error {
        AccountError::DeviceName => invalid("name_invalid", "name", LABEL_LENGTH_MAX),
        AccountError::DevicePlace => invalid("place_invalid", "place", PLACE_LENGTH_MAX),
        AccountError::UnknownDevice(id) => {
            let problem = Problem::new(StatusCode::NOT_FOUND, "unknown_device", detail);
            problem.with("device", id.as_str())
        }
        AccountError::TooManyDevices(max) => conflict("too_many_devices", &detail).with("max", *max),
        error => {
            tracing::error!(%error, "the accounts cannot be changed");
            let detail = "devices and tokens cannot be changed now";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "accounts_unavailable", detail).retry_after(5)
        }
    }
}
