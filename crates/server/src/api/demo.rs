//! The demo's addresses, and the simulated printer's paper tray. Real halls have neither.

use std::path::{Path, PathBuf};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::Timestamp;
use khiw_domain::id::SiteId;

use super::extract::{Json, Segments, ok};
use super::problems::Problems;
use super::types::{DemoClock, DemoCounter, DemoPlaces, PaperPicture};
use crate::access::{Caller, Capability};
use crate::blocking::blocking;
use crate::problem::Problem;
use crate::state::AppState;

/// Pictures listed at once, newest first.
const PICTURES_MAX: usize = 60;

/// Where the demo's pages are; 404 when this is no demo.
#[utoipa::path(get, path = "/api/v1/demo", tag = "access",
    responses((status = 200, body = DemoPlaces), Problems::<404>))]
pub(super) async fn demo(State(app): State<AppState>) -> Result<Json<DemoPlaces>, Problem> {
    let demo = app.options().demo.as_ref().ok_or_else(|| Problem::no_such_path("/api/v1/demo"))?;
    let served = app.hall(&demo.site)?;
    let facts = served.facts();
    let counters = facts.config.iter().flat_map(|config| &config.counters);
    let site = &demo.site;
    Ok(ok(DemoPlaces {
        kiosk: format!("/kiosk/{site}"),
        display: format!("/display/{site}"),
        counter: counters
            .map(|counter| DemoCounter {
                id: counter.id.clone(),
                href: format!("/counter/{site}/{}", counter.id),
            })
            .collect(),
        clock: DemoClock { now: served.hall.now(), speed: app.dispatcher().clock().speed() },
        printer: app.options().paper.as_ref().map(|_| format!("/api/v1/sites/{site}/paper")),
        site: site.clone(),
    }))
}

/// Pictures of the simulated printer, newest first.
#[utoipa::path(get, path = "/api/v1/sites/{site}/paper", tag = "hall", params(("site" = String, Path)),
    responses((status = 200, body = Vec<PaperPicture>), Problems::<403, 404>))]
pub(super) async fn paper(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
) -> Result<Json<Vec<PaperPicture>>, Problem> {
    caller.allowed(&site, Capability::SeePaper)?;
    app.hall(&site)?;
    let Some(tray) = tray(&app, &site) else { return Ok(ok(Vec::new())) };
    let pictures = blocking(move || pictures(&tray, &site)).await;
    pictures.map(ok).map_err(|_| Problem::internal())
}

fn tray(app: &AppState, site: &SiteId) -> Option<PathBuf> {
    app.options().paper.as_ref().map(|folder| folder.join(site.as_str()))
}

/// A tray that is not there yet is empty.
fn pictures(tray: &Path, site: &SiteId) -> Vec<PaperPicture> {
    let entries = std::fs::read_dir(tray).into_iter().flatten().flatten();
    let mut found: Vec<PaperPicture> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok().filter(|name| is_picture(name))?;
            let modified = entry.metadata().ok()?.modified().ok()?;
            let at = Timestamp::try_from(modified).ok()?;
            Some(PaperPicture { url: format!("/paper/{site}/{name}"), name, at })
        })
        .collect();
    found.sort_unstable_by(|a, b| (b.at, &b.name).cmp(&(a.at, &a.name)));
    found.truncate(PICTURES_MAX);
    found
}

/// A plain file name: nothing that leads out of the tray.
fn is_picture(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    name.strip_suffix(".png").is_some_and(|stem| !stem.is_empty() && stem.bytes().all(plain))
}

/// One picture: `/paper/{site}/{name}`.
pub(super) async fn picture(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, name)): Segments<(SiteId, String)>,
) -> Result<Response, Problem> {
    caller.allowed(&site, Capability::SeePaper)?;
    let missing = || Problem::no_such_path(&format!("/paper/{site}/{name}"));
    let tray = tray(&app, &site).filter(|_| is_picture(&name)).ok_or_else(missing)?;
    let bytes = tokio::fs::read(tray.join(&name)).await.map_err(|_| missing())?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "private, max-age=3600")];
    Ok((StatusCode::OK, headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::is_picture;

    #[test]
    fn nothing_leads_out_of_the_tray() {
        assert!(is_picture("000012-A012.png"));
        for name in ["../key.png", ".png", "a/b.png", "key", "a.png.exe", "..png"] {
            assert!(!is_picture(name), "{name}");
        }
    }
}
