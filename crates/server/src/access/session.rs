//! The cookie a page gets for its token, because a browser's websocket cannot send headers.

use http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;

use super::Kind;

/// Over TLS: bound to this host, never sent in the clear.
pub const SESSION_COOKIE_TLS: &str = "__Host-khiw";
/// On plain loopback, where browsers refuse `Secure`.
pub const SESSION_COOKIE_PLAIN: &str = "khiw";

/// How long a session lasts: a device stays signed in, a person for a long shift.
pub fn lasts(kind: Kind) -> SignedDuration {
    if kind.is_device() { SignedDuration::from_hours(400 * 24) } else { SignedDuration::from_hours(16) }
}

/// `Set-Cookie` that keeps `secret`.
pub fn session_cookie(secret: &str, secure: bool, lasts: SignedDuration) -> HeaderValue {
    cookie(secret, secure, lasts.as_secs())
}

/// `Set-Cookie` that forgets.
pub fn clear_cookie(secure: bool) -> HeaderValue {
    cookie("", secure, 0)
}

fn cookie(value: &str, secure: bool, max_age_s: i64) -> HeaderValue {
    let (name, flag) = if secure { (SESSION_COOKIE_TLS, "; Secure") } else { (SESSION_COOKIE_PLAIN, "") };
    let text = format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{flag}");
    HeaderValue::from_str(&text).expect("base 32 and fixed words are header text")
}

/// The session's secret as the browser sent it.
pub fn from_headers(headers: &HeaderMap, secure: bool) -> Option<&str> {
    let wanted = if secure { SESSION_COOKIE_TLS } else { SESSION_COOKIE_PLAIN };
    headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted && !value.is_empty()).then_some(value))
}
