//! Signing in with a token, and the demo's own addresses.

use jiff::Timestamp;
use khiw_domain::id::{CounterId, SiteId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Kind;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// As printed by `khiw token create`.
    #[schema(max_length = 128)]
    pub token: String,
}

/// Who is signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Session {
    pub kind: Kind,
    #[schema(value_type = String)]
    pub site: SiteId,
    /// The only counter this session may work, if it is bound to one.
    #[schema(value_type = Option<String>, required = true)]
    pub counter: Option<CounterId>,
    pub demo: bool,
    /// A device's: it should fetch a fresh one, `POST /api/v1/session/renew`.
    pub renew: bool,
}

/// Where the demo's pages are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DemoPlaces {
    #[schema(value_type = String)]
    pub site: SiteId,
    pub kiosk: String,
    pub display: String,
    pub counter: Vec<DemoCounter>,
    pub clock: DemoClock,
    /// Where the simulated printer's pictures are listed; none without a printer.
    #[schema(required = true)]
    pub printer: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DemoCounter {
    #[schema(value_type = String)]
    pub id: CounterId,
    pub href: String,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DemoClock {
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
    /// Hall seconds per wall second.
    pub speed: f64,
}
