//! Pictures, video and messages on the screens: what is shown, for everybody; bringing and choosing, for staff.

use std::io::SeekFrom;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use khiw_domain::id::SiteId;
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};
use tower_http::timeout::TimeoutBody;

use super::extract::{Body, Json, Params, Segments, ok};
use super::problems::Problems;
use super::types::{
    MediaEntry, MediaFile, MediaView, PlaylistItem, ReplaceShown, ScreenNotice, ScreenOrder, ShownItem,
    ShownView,
};
use crate::access::{Caller, Capability};
use crate::blocking::blocking;
use crate::media::{MEDIA_BYTES_MAX, MEDIA_TYPES, SITE_BYTES_MAX, Shown, Upload, UploadError};
use crate::problem::{Problem, echo};
use crate::state::{AppState, ServedHall};

const NAME_LENGTH_MAX: usize = 120;
const PLAYLIST_MAX: usize = 100;
const NOTICES_MAX: usize = 50;
const NOTICE_LENGTH_MAX: usize = 300;
const SHOWS_S: std::ops::RangeInclusive<u16> = 3..=600;
/// Pieces of an upload that wait for the disk.
const PIECES_WAITING_MAX: usize = 4;
/// A file on its way in takes as long as its line needs, if only it moves; longer is none.
const UPLOAD_SECONDS_MAX: u64 = 30 * 60;
/// Longest pause inside an upload.
const PIECE_WITHIN: Duration = Duration::from_secs(20);
/// The rest of a refused upload is waited for so long.
const REST_WITHIN: Duration = Duration::from_secs(20);
/// Read from the disk at once.
const PIECE_BYTES: usize = 64 * 1024;
/// An id is of the content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Zone {
    zone: Option<String>,
}

/// What screens show beside the calls, in order; of one zone and the whole hall when a zone is named.
#[utoipa::path(get, path = "/api/v1/sites/{site}/shown", tag = "media",
    params(("site" = String, Path), ("zone" = Option<String>, Query)),
    responses((status = 200, body = ShownView), Problems::<404>))]
pub(super) async fn shown(
    State(app): State<AppState>,
    Segments(site): Segments<SiteId>,
    Params(Zone { zone }): Params<Zone>,
) -> Result<Json<ShownView>, Problem> {
    app.hall(&site)?;
    let kept = of(&app, &site).await?;
    let here = |zones: &[khiw_domain::id::ZoneId]| {
        zones.is_empty()
            || zone.as_deref().is_none_or(|zone| zones.iter().any(|listed| listed.as_str() == zone))
    };
    let items = kept.playlist.iter().filter(|item| here(&item.zones)).filter_map(|item| {
        let file = kept.media.iter().find(|file| file.id == item.media)?;
        Some(ShownItem {
            id: file.id.clone(),
            url: url(&site, file),
            media_type: file.media_type.clone(),
            shows_s: item.shows_s,
            zones: item.zones.clone(),
            from: item.from,
            to: item.to,
        })
    });
    let notices = kept.notices.iter().filter(|notice| here(&notice.zones)).cloned();
    Ok(ok(ShownView { items: items.collect(), notices: notices.collect(), version: kept.version }))
}

/// A picture or video.
#[utoipa::path(get, path = "/api/v1/sites/{site}/media/{id}", tag = "media",
    params(("site" = String, Path), ("id" = String, Path)),
    responses((status = 200, description = "The file; 206 for a part of it."), Problems::<404>))]
pub(super) async fn file(
    State(app): State<AppState>,
    Segments((site, id)): Segments<(SiteId, String)>,
    headers: http::HeaderMap,
) -> Result<Response, Problem> {
    app.hall(&site)?;
    of(&app, &site).await?;
    let (known, path) = app.media().path(&site, &id).ok_or_else(|| unknown(&id))?;
    let mut open = File::open(path).await.map_err(|_| unknown(&id))?;
    let part = headers.get(header::RANGE).and_then(|range| part(range, known.bytes));
    let (from, to) = part.unwrap_or((0, known.bytes.saturating_sub(1)));
    open.seek(SeekFrom::Start(from)).await.map_err(|_| Problem::internal())?;
    let length = (to + 1 - from).min(known.bytes);
    let media_type = HeaderValue::from_str(&known.media_type).map_err(|_| Problem::internal())?;
    let facts = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
        (header::CACHE_CONTROL, FOREVER),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
    ];
    let mut response = (facts, HttpBody::from_stream(pieces(open, length))).into_response();
    if part.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {from}-{to}/{}", known.bytes);
        let range = HeaderValue::from_str(&range).map_err(|_| Problem::internal())?;
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    Ok(response)
}

/// What the site has, and what of it is shown.
#[utoipa::path(get, path = "/api/v1/sites/{site}/media", tag = "media", params(("site" = String, Path)),
    responses((status = 200, body = MediaView), Problems::<403, 404>))]
pub(super) async fn media(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
) -> Result<Json<MediaView>, Problem> {
    caller.allowed(&site, Capability::EditMedia)?;
    app.hall(&site)?;
    view(&app, &site).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    name: String,
}

/// Brings a file, as it is. It is taken for what its bytes are.
#[utoipa::path(post, path = "/api/v1/sites/{site}/media", tag = "media",
    params(("site" = String, Path), ("name" = String, Query)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    extensions(("x-body-bytes-max" = json!(MEDIA_BYTES_MAX)), ("x-seconds-max" = json!(UPLOAD_SECONDS_MAX))),
    responses((status = 201, body = MediaFile), Problems::<403, 413, 415, 507>))]
pub(super) async fn bring(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
    Params(Named { name }): Params<Named>,
    request: Request,
) -> Result<Json<MediaFile>, Problem> {
    caller.allowed(&site, Capability::EditMedia)?;
    app.hall(&site)?;
    if !(1..=NAME_LENGTH_MAX).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(invalid("name", &format!("a name has 1 to {NAME_LENGTH_MAX} characters")));
    }
    let (sender, receiver) = mpsc::channel(PIECES_WAITING_MAX);
    let writing = spawn_blocking({
        let app = app.clone();
        move || write(&app, &site, &name, receiver)
    });
    let whole = send_pieces(request.into_body(), &sender).await;
    if whole {
        // Only an end that is said is one: a line that is cut leaves nothing behind.
        let _ = sender.send(None).await;
    }
    drop(sender);
    let kept = writing.await.map_err(|_| Problem::internal())?;
    match kept {
        Ok(Some(file)) => Ok(Json(StatusCode::CREATED, file)),
        Ok(None) => {
            let detail = "the body ended, or stood still, before it was whole";
            Err(Problem::new(StatusCode::BAD_REQUEST, "body_incomplete", detail))
        }
        Err(error) => Err(refused(&error)),
    }
}

/// True when the body came to its end, and all of it was wanted.
async fn send_pieces(body: HttpBody, sender: &mpsc::Sender<Option<Bytes>>) -> bool {
    let mut body = Box::pin(TimeoutBody::new(PIECE_WITHIN, body));
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        let Ok(piece) = frame.into_data() else { continue };
        if sender.send(Some(piece)).await.is_err() {
            // It is refused. A connection that ends with bytes unread may take the answer with it.
            let rest = async { while let Some(Ok(_)) = body.frame().await {} };
            let _ = timeout(REST_WITHIN, rest).await;
            return false;
        }
    }
    true
}

/// None when the pieces ended without an end.
fn write(
    app: &AppState,
    site: &SiteId,
    name: &str,
    mut pieces: mpsc::Receiver<Option<Bytes>>,
) -> Result<Option<MediaFile>, UploadError> {
    let mut mark = [0; 8];
    getrandom::fill(&mut mark).map_err(|error| std::io::Error::other(error.to_string()))?;
    let mut upload = Upload::begin(app.media(), site, &u64::from_ne_bytes(mark).to_string())?;
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Some(piece) => upload.take(&piece)?,
            None => return upload.keep(name).map(Some),
        }
    }
    Ok(None)
}

/// Takes a file away, and out of the playlist.
#[utoipa::path(delete, path = "/api/v1/sites/{site}/media/{id}", tag = "media",
    params(("site" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = MediaView), Problems::<403, 404>))]
pub(super) async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    Segments((site, id)): Segments<(SiteId, String)>,
) -> Result<Json<MediaView>, Problem> {
    caller.allowed(&site, Capability::EditMedia)?;
    app.hall(&site)?;
    change(&app, &site, move |shown, path| {
        let before = shown.media.len();
        shown.media.retain(|file| file.id != id);
        if shown.media.len() == before {
            return Err(unknown(&id));
        }
        shown.playlist.retain(|item| item.media != id);
        // A file that stays behind costs its bytes and nothing else.
        let _ = std::fs::remove_file(path.join(&id));
        Ok(())
    })
    .await
}

/// Shows this from now on, in place of what was shown.
#[utoipa::path(put, path = "/api/v1/sites/{site}/shown", tag = "media", params(("site" = String, Path)),
    request_body = ReplaceShown,
    responses((status = 200, body = MediaView), Problems::<403, 404, 422>))]
pub(super) async fn replace(
    State(app): State<AppState>,
    caller: Caller,
    Segments(site): Segments<SiteId>,
    Body(body): Body<ReplaceShown>,
) -> Result<Json<MediaView>, Problem> {
    caller.allowed(&site, Capability::EditMedia)?;
    let served = app.hall(&site)?;
    let notices: Vec<ScreenNotice> = body.notices.into_iter().map(named).collect();
    change(&app, &site, move |shown, _| {
        check(&served, &shown.media, &body.playlist, &notices)?;
        shown.playlist = body.playlist;
        shown.notices = notices;
        Ok(())
    })
    .await
}

fn named(notice: ScreenNotice) -> ScreenNotice {
    let text = serde_json::to_vec(&notice.text).unwrap_or_default();
    ScreenNotice { id: blake3::hash(&text).to_hex()[..12].to_owned(), ..notice }
}

fn check(
    served: &ServedHall,
    media: &[MediaFile],
    playlist: &[PlaylistItem],
    notices: &[ScreenNotice],
) -> Result<(), Problem> {
    if playlist.len() > PLAYLIST_MAX {
        return Err(invalid("playlist", &format!("at most {PLAYLIST_MAX}")));
    }
    if notices.len() > NOTICES_MAX {
        return Err(invalid("notices", &format!("at most {NOTICES_MAX}")));
    }
    let facts = served.facts();
    let zones = facts.config.as_deref().map_or(&[][..], |config| &config.zones);
    let check_rest = |field: String, of: &[khiw_domain::id::ZoneId], from, to| {
        if let Some(zone) = of.iter().find(|zone| !zones.iter().any(|known| known.id == **zone)) {
            return Err(invalid(&format!("{field}.zones"), &format!("the site has no zone `{zone}`")));
        }
        match (from, to) {
            (Some(from), Some(to)) if from >= to => {
                Err(invalid(&format!("{field}.to"), "it ends before it starts"))
            }
            _ => Ok(()),
        }
    };
    for (n, item) in playlist.iter().enumerate() {
        let field = format!("playlist[{n}]");
        if !media.iter().any(|file| file.id == item.media) {
            return Err(invalid(&format!("{field}.media"), "there is no such file"));
        }
        if !SHOWS_S.contains(&item.shows_s) {
            return Err(invalid(&format!("{field}.shows_s"), "3 to 600 seconds"));
        }
        check_rest(field, &item.zones, item.from, item.to)?;
    }
    for (n, notice) in notices.iter().enumerate() {
        let field = format!("notices[{n}]");
        let sound = |text: &String| {
            (1..=NOTICE_LENGTH_MAX).contains(&text.trim().chars().count())
                && !text.chars().any(char::is_control)
        };
        if notice.text.0.is_empty() || !notice.text.0.values().all(sound) {
            let detail = format!("a text has 1 to {NOTICE_LENGTH_MAX} characters in one line");
            return Err(invalid(&format!("{field}.text"), &detail));
        }
        check_rest(field, &notice.zones, notice.from, notice.to)?;
    }
    Ok(())
}

async fn change(
    app: &AppState,
    site: &SiteId,
    make: impl FnOnce(&mut Shown, &std::path::Path) -> Result<(), Problem> + Send + 'static,
) -> Result<Json<MediaView>, Problem> {
    let (media, of) = (app.clone(), site.clone());
    let changed = blocking(move || {
        let folder = media.media().site_folder(&of);
        media
            .media()
            .change(&of, |shown| make(shown, &folder).map_err(Changing))
            .map_err(|Changing(problem)| problem)
    });
    changed.await.map_err(|_| Problem::internal())??;
    app.hub().order(site, ScreenOrder::Media);
    view(app, site).await
}

/// A change that was refused, or that the disk did not take.
struct Changing(Problem);

impl From<std::io::Error> for Changing {
    fn from(error: std::io::Error) -> Self {
        Self(disk(&error))
    }
}

async fn of(app: &AppState, site: &SiteId) -> Result<Arc<Shown>, Problem> {
    let (app, site) = (app.clone(), site.clone());
    blocking(move || app.media().of(&site)).await.map_err(|_| Problem::internal())
}

async fn view(app: &AppState, site: &SiteId) -> Result<Json<MediaView>, Problem> {
    let kept = of(app, site).await?;
    let failed = failed(app, site);
    let media = kept.media.iter().map(|file| MediaEntry {
        url: url(site, file),
        failed_on: failed.iter().filter(|(id, _)| *id == file.id).map(|(_, device)| device.clone()).collect(),
        file: file.clone(),
    });
    Ok(ok(MediaView {
        media: media.collect(),
        playlist: kept.playlist.clone(),
        notices: kept.notices.clone(),
        bytes_used: kept.bytes_used(),
        bytes_max: SITE_BYTES_MAX,
    }))
}

/// Files that screens said they cannot show, each with the device that said so.
fn failed(app: &AppState, site: &SiteId) -> Vec<(String, String)> {
    let Some(feed) = app.hub().feed(site) else { return Vec::new() };
    let (lobby, now) = (feed.lobby(), Instant::now());
    let mut failed = Vec::new();
    for device in lobby.devices() {
        let report = lobby.seen(&device.id, now).and_then(|seen| seen.report);
        let ids = report.map(|(report, _)| report.media_failed).unwrap_or_default();
        failed.extend(ids.into_iter().map(|id| (id, device.id.to_string())));
    }
    failed
}

fn url(site: &SiteId, file: &MediaFile) -> String {
    format!("/api/v1/sites/{site}/media/{}", file.id)
}

/// `length` bytes of an open file, piece by piece.
fn pieces(file: File, length: u64) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold((file, length), |(mut file, left)| async move {
        let wanted = usize::try_from(left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
        if wanted == 0 {
            return Ok(None);
        }
        let mut piece = vec![0; wanted];
        let read = file.read(&mut piece).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        piece.truncate(read);
        Ok(Some((Bytes::from(piece), (file, left - read as u64))))
    })
}

/// First and last byte of `bytes=FROM-TO`; none for any other form, which means the whole.
fn part(range: &HeaderValue, bytes: u64) -> Option<(u64, u64)> {
    let (from, to) = range.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
    let from: u64 = from.parse().ok()?;
    let last = bytes.checked_sub(1)?;
    let to = if to.is_empty() { last } else { to.parse::<u64>().ok()?.min(last) };
    (from <= to).then_some((from, to))
}

fn unknown(id: &str) -> Problem {
    let detail = format!("there is no picture or video `{}`", echo(id));
    Problem::new(StatusCode::NOT_FOUND, "unknown_media", detail)
}

fn invalid(field: &str, detail: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_value", detail).with("field", field)
}

fn refused(error: &UploadError) -> Problem {
    let detail = error.to_string();
    match error {
        UploadError::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
            .with("max_bytes", MEDIA_BYTES_MAX),
        UploadError::Type(found) => Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail)
            .with("found", found.unwrap_or("unknown"))
            .with("known", MEDIA_TYPES.to_vec()),
        UploadError::Full => Problem::new(StatusCode::INSUFFICIENT_STORAGE, "media_full", detail)
            .with("max_bytes", SITE_BYTES_MAX),
        UploadError::Disk(error) => disk(error),
    }
}

fn disk(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "pictures and messages cannot be kept");
    Problem::unavailable("pictures and messages cannot be kept; is the disk full?").retry_after(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_a_player_asks_for_and_never_beyond_the_end() {
        let asked = |range: &'static str| part(&HeaderValue::from_static(range), 100);
        assert_eq!(asked("bytes=0-"), Some((0, 99)));
        assert_eq!(asked("bytes=10-19"), Some((10, 19)));
        assert_eq!(asked("bytes=90-900"), Some((90, 99)));
        for other in ["bytes=100-", "bytes=20-10", "bytes=-5", "lines=1-2", "bytes=0-1,4-5", "bytes=a-b"] {
            assert_eq!(asked(other), None, "{other}");
        }
        assert_eq!(part(&HeaderValue::from_static("bytes=0-"), 0), None);
    }
}
