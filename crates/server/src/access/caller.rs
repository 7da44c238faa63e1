//! Finds out who sent a request: a bearer token, a session cookie, the person at the demo's machine, or nobody.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderValue, Method};
use khiw_domain::id::{ClerkId, CounterId, SiteId};

use super::{Capability, Kind, origin, session};
use crate::problem::Problem;
use crate::state::AppState;

/// The actor written into records for the demo's person.
pub const DEMO_ACTOR: &str = "demo";

/// Somebody known. Its `id` stands in every record it causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub id: Arc<str>,
    pub kind: Kind,
    pub site: SiteId,
    /// The only counter it may work.
    pub counter: Option<CounterId>,
    /// The hash of the session's secret, when a cookie told who it is: it ends with the session.
    pub session: Option<[u8; 32]>,
}

/// Extractor: the sender, who may be nobody. A token that does not hold is refused, never taken for nobody.
#[derive(Clone, Debug)]
pub struct Caller(pub Option<Arc<Principal>>);

impl Caller {
    /// The principal, or 401.
    pub fn known(&self) -> Result<&Arc<Principal>, Problem> {
        self.0.as_ref().ok_or_else(Problem::unauthenticated)
    }

    /// The principal if it may do this at this site: else 401 or 403.
    pub fn allowed(&self, site: &SiteId, capability: Capability) -> Result<&Arc<Principal>, Problem> {
        let principal = self.known()?;
        if principal.site == *site && principal.kind.may(capability) {
            return Ok(principal);
        }
        Err(Problem::forbidden(principal.kind, capability))
    }

    /// As [`Self::allowed`], at this counter.
    pub fn allowed_at(
        &self,
        site: &SiteId,
        counter: &CounterId,
        capability: Capability,
    ) -> Result<&Arc<Principal>, Problem> {
        let principal = self.allowed(site, capability)?;
        match &principal.counter {
            Some(own) if own != counter => Err(Problem::forbidden(principal.kind, capability)),
            _ => Ok(principal),
        }
    }

    /// Whether it may, without a reason why not.
    pub fn may(&self, site: &SiteId, capability: Capability) -> bool {
        self.allowed(site, capability).is_ok()
    }
}

impl Principal {
    /// Who works a counter that this principal opens.
    pub fn clerk(&self) -> ClerkId {
        ClerkId::parse(&self.id).expect("token ids are made in the grammar of ids")
    }
}

/// Where a request came in; put into its extensions by `serve`.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    pub peer: SocketAddr,
    /// TLS, here or at the proxy in front.
    pub secure: bool,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        identify(parts, app).map(Self)
    }
}

fn identify(parts: &Parts, app: &AppState) -> Result<Option<Arc<Principal>>, Problem> {
    if let Some(value) = parts.headers.get(AUTHORIZATION) {
        let found = bearer(value).and_then(|secret| app.accounts().verify(secret));
        return found.map(Some).ok_or_else(Problem::unauthenticated);
    }
    let secure = is_secure(parts);
    if let Some(secret) = session::from_headers(&parts.headers, secure) {
        // A stale cookie makes nobody of the sender: the page must still be able to sign in again.
        let found = app.accounts().verify_session(secret);
        if let Some(principal) = found {
            return from_this_page(parts, principal).map(Some);
        }
    }
    match app.demo_principal() {
        Some(demo) if is_at_this_machine(parts) => from_this_page(parts, Arc::clone(demo)).map(Some),
        _ => Ok(None),
    }
}

/// The secret of `Bearer SECRET`. The scheme's case means nothing: RFC 9110, 11.1.
pub fn bearer(authorization: &HeaderValue) -> Option<&str> {
    let (scheme, secret) = authorization.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

/// The CSRF check: what a browser sends by itself must come from our own page when it changes something.
fn from_this_page(parts: &Parts, principal: Arc<Principal>) -> Result<Arc<Principal>, Problem> {
    let reads = matches!(parts.method, Method::GET | Method::HEAD) && !parts.headers.contains_key("upgrade");
    if reads || origin::same_origin(&parts.headers) { Ok(principal) } else { Err(Problem::foreign_origin()) }
}

fn is_at_this_machine(parts: &Parts) -> bool {
    let peer = match (parts.extensions.get::<Arrival>(), parts.extensions.get::<ConnectInfo<SocketAddr>>()) {
        (Some(arrival), _) => arrival.peer,
        (None, Some(ConnectInfo(peer))) => *peer,
        (None, None) => return false,
    };
    peer.ip().to_canonical().is_loopback() && origin::names_loopback(&parts.headers)
}

/// Whether the browser sees this server over TLS.
pub fn is_secure(parts: &Parts) -> bool {
    parts.extensions.get::<Arrival>().is_some_and(|arrival| arrival.secure)
}
