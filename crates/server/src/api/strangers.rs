//! How often a stranger may ask: who shows no token that holds is counted by address, so that nobody can try
//! tickets' tokens or keep the hall busy. Devices and staff with a token are not counted.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::Request;
use http::{Extensions, HeaderMap, StatusCode, header};

use crate::access::Arrival;
use crate::problem::Problem;
use crate::state::AppState;

/// Requests at once from one address; phones of a whole hall may share one.
const BURST: u32 = 400;
/// One more after each of these.
const REFILL_EVERY: Duration = Duration::from_millis(10);
/// Addresses remembered; beyond it those that are at rest are forgotten, then all.
const ADDRESSES_MAX: usize = 4_096;

/// Per address: when its allowance will be whole again.
#[derive(Clone, Default)]
pub struct Strangers(Arc<Mutex<HashMap<IpAddr, Instant>>>);

impl Strangers {
    /// 429 for a stranger that asks too often. Pages and scripts are not counted.
    pub fn refuse(&self, app: &AppState, request: &Request) -> Option<Problem> {
        if !request.uri().path().starts_with("/api/") {
            return None;
        }
        let address = address(app, request.extensions(), request.headers())?;
        if is_known(app, request.headers()) || self.admit(address, Instant::now()) {
            return None;
        }
        let detail = "too many requests without a token; wait a moment";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail);
        Some(problem.retry_after(1))
    }

    /// Counts a request; false when there were too many.
    fn admit(&self, address: IpAddr, now: Instant) -> bool {
        let mut whole_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if whole_at.len() >= ADDRESSES_MAX && !whole_at.contains_key(&address) {
            whole_at.retain(|_, at| *at > now);
            if whole_at.len() >= ADDRESSES_MAX {
                whole_at.clear();
            }
        }
        let at = whole_at.entry(address).or_insert(now);
        let next = (*at).max(now) + REFILL_EVERY;
        if next.duration_since(now) > REFILL_EVERY * BURST {
            return false;
        }
        *at = next;
        true
    }
}

fn is_known(app: &AppState, headers: &HeaderMap) -> bool {
    let bearer = headers.get(header::AUTHORIZATION).and_then(crate::access::bearer);
    let cookie = |secure| crate::access::session::from_headers(headers, secure);
    let holds = |secret: &str| app.accounts().verify_session(secret).is_some();
    bearer.is_some_and(|secret| app.accounts().verify(secret).is_some())
        || cookie(true).is_some_and(holds)
        || cookie(false).is_some_and(holds)
}

/// Whom to count. Behind a proxy it is whom the proxy names last; this machine itself is not counted.
pub(super) fn address(app: &AppState, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = extensions.get::<Arrival>()?.peer.ip().to_canonical();
    if app.options().behind_proxy {
        let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
        let last = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        return Some(last.unwrap_or(peer));
    }
    (!peer.is_loopback()).then_some(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_burst_and_then_its_pace() {
        let strangers = Strangers::default();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let start = Instant::now();
        let admitted = (0..BURST * 2).filter(|_| strangers.admit(one, start)).count();
        assert_eq!(admitted, BURST as usize);
        assert!(strangers.admit(other, start));
        assert!(strangers.admit(one, start + REFILL_EVERY));
        assert!(!strangers.admit(one, start + REFILL_EVERY));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let strangers = Strangers::default();
        let start = Instant::now();
        for n in 0..u32::try_from(ADDRESSES_MAX).expect("small") * 3 {
            strangers.admit(IpAddr::from(n.to_be_bytes()), start);
        }
        assert!(strangers.0.lock().expect("not poisoned").len() <= ADDRESSES_MAX);
    }
}
