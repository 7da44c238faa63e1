//! The pages: built by Vite into each page's `dist`, in the binary of a release, from the disk in a debug build.
//! Knows no site and no session: a page asks the API for those.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use khiw_domain::id::SiteId;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../kiosk-ui/dist"]
#[allow_missing = true]
struct KioskUi;

#[derive(RustEmbed)]
#[folder = "../../display-ui/dist"]
#[allow_missing = true]
struct DisplayUi;

#[derive(RustEmbed)]
#[folder = "../../staff-ui/dist"]
#[allow_missing = true]
struct StaffUi;

#[derive(Clone, Copy)]
enum Page {
    Kiosk,
    Display,
    Staff,
}

impl Page {
    fn named(name: &str) -> Option<Self> {
        match name {
            "kiosk-ui" => Some(Self::Kiosk),
            "display-ui" => Some(Self::Display),
            "staff-ui" => Some(Self::Staff),
            _ => None,
        }
    }

    fn file(self, path: &str) -> Option<EmbeddedFile> {
        match self {
            Self::Kiosk => KioskUi::get(path),
            Self::Display => DisplayUi::get(path),
            Self::Staff => StaffUi::get(path),
        }
    }
}

/// Names with a content hash never change what they mean.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Asked every time; the answer is mostly 304.
const ASK_AGAIN: &str = "no-cache";
/// The lobby page's service worker.
const WORKER: &str = "sw.js";
const INDEX: &str = "index.html";
/// The visitor's phone has a page of its own in the kiosk's folder.
const TICKET: &str = "ticket.html";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Khiw</title>\
    <h1>Khiw is running</h1><p>Its pages are not built yet. Stop it and run <code>cargo xtask run</code>, \
    which builds them; or build them alone with <code>npm ci &amp;&amp; npm run build</code>.</p></html>";

/// Addresses of the staff page, which itself knows what to show at each.
const STAFF_PAGES: [&str; 11] = [
    "/",
    "/enter",
    "/enrol/{kind}",
    "/counter/{site}/{counter}",
    "/alarms/{site}",
    "/papers/{site}",
    "/printers/{site}",
    "/devices/{site}",
    "/devices/{site}/{device}",
    "/voices/{site}",
    "/media/{site}",
];

/// The pages and what they load. Paths that are none of them are left to the caller's fallback.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let staff = |headers: HeaderMap| async move { page(Page::Staff, INDEX, &headers) };
    let router = STAFF_PAGES.into_iter().fold(Router::new(), |router, path| router.route(path, get(staff)));
    router
        .route("/kiosk/{site}", get(kiosk))
        .route(
            "/ticket/{token}",
            get(|headers: HeaderMap| async move { page(Page::Kiosk, TICKET, &headers) }),
        )
        .route(
            "/display/{site}",
            get(|headers: HeaderMap| async move { page(Page::Display, INDEX, &headers) }),
        )
        .route("/assets/{page}/{*path}", get(asset))
}

/// With what the page asks for first, so that the browser need not wait for its script: a kiosk is a slow machine. Must
/// be the very addresses that `kiosk-ui` asks for, or they travel twice.
async fn kiosk(Path(site): Path<String>, headers: HeaderMap) -> Response {
    let mut response = page(Page::Kiosk, INDEX, &headers);
    if let Ok(site) = SiteId::parse(&site) {
        for asked in [format!("/api/v1/sites/{site}"), format!("/api/v1/sites/{site}/services?limit=200")] {
            let link = format!("<{asked}>; rel=preload; as=fetch; crossorigin");
            if let Ok(link) = HeaderValue::from_str(&link) {
                response.headers_mut().append(header::LINK, link);
            }
        }
    }
    response
}

fn page(page: Page, document: &str, headers: &HeaderMap) -> Response {
    match page.file(document) {
        Some(file) => file_response(file, document, headers),
        None => (StatusCode::SERVICE_UNAVAILABLE, html(), NOT_BUILT).into_response(),
    }
}

async fn asset(Path((name, path)): Path<(String, String)>, headers: HeaderMap) -> Response {
    match Page::named(&name).and_then(|page| page.file(&path)) {
        // The lobby starts alone when the server is away; its worker lies under /assets but answers for the page.
        Some(file) if path == WORKER => {
            ([("service-worker-allowed", "/display/")], file_response(file, &path, &headers)).into_response()
        }
        Some(file) => file_response(file, &path, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn html() -> [(header::HeaderName, &'static str); 1] {
    [(header::CONTENT_TYPE, "text/html; charset=utf-8")]
}

fn file_response(file: EmbeddedFile, path: &str, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..16]));
    let cache = if is_hashed(path) { FOREVER } else { ASK_AGAIN };
    let media = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8".to_owned(),
        Some("js") => "text/javascript; charset=utf-8".to_owned(),
        Some("css") => "text/css; charset=utf-8".to_owned(),
        _ => file.metadata.mimetype().to_owned(),
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let facts = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::CONTENT_TYPE, media),
    ];
    if known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag)) {
        return (StatusCode::NOT_MODIFIED, facts).into_response();
    }
    (facts, file.data.into_owned()).into_response()
}

/// Vite writes `name-HASH.ending` with a hash of 8 characters.
fn is_hashed(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, _)) = file.rsplit_once('.') else { return false };
    let hash = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let at = stem.len().checked_sub(9);
    at.is_some_and(|at| stem.as_bytes()[at] == b'-' && stem.bytes().skip(at + 1).all(hash))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_content_hash_are_kept_forever() {
        for hashed in ["index-BxQ0aZ_1.js", "sarabun-thai-400-DxC-aa12.woff2", "deep/a-12345678.css"] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in ["index.html", "icon.svg", "chime-long.opus", "a-1234567.css", "noending-12345678"] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }
}
