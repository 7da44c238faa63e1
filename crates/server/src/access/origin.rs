//! Did the request come from a page of this very server? Asked of everything a browser sends by itself.

use http::HeaderMap;
use http::header::{HOST, ORIGIN};

/// True when `Origin` names this host, or when no browser sent the request.
///
/// A browser states `Origin` on every request that changes something and on every websocket; a request without
/// `Origin` and without `Sec-Fetch-Site` comes from a program, which cannot be tricked into carrying a cookie.
pub fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &http::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(&ORIGIN), text(&HOST)) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
        (None, _) => {
            let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
            site.is_none_or(|site| matches!(site, "same-origin" | "none"))
        }
    }
}

/// Whether `Host` names this machine itself: another name that resolves to loopback may be a page's trick.
pub fn names_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|value| value.to_str().ok()) else { return false };
    let name = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn another_page_is_not_this_origin() {
        assert!(same_origin(&headers(&[("host", "hall.local:8443"), ("origin", "https://hall.local:8443")])));
        assert!(!same_origin(&headers(&[("host", "hall.local"), ("origin", "https://evil.example")])));
        assert!(!same_origin(&headers(&[("host", "hall.local"), ("origin", "null")])));
        assert!(!same_origin(&headers(&[("host", "hall.local"), ("sec-fetch-site", "cross-site")])));
        assert!(same_origin(&headers(&[("host", "hall.local")])));
    }

    #[test]
    fn only_the_machine_itself_is_loopback() {
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost"] {
            assert!(names_loopback(&headers(&[("host", host)])), "{host}");
        }
        for host in ["rebound.example:8080", "192.168.1.4", "127.0.0.1.example"] {
            assert!(!names_loopback(&headers(&[("host", host)])), "{host}");
        }
    }
}
