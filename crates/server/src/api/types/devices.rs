//! Devices: how one enrols, what staff see of it and change.

use jiff::Timestamp;
use khiw_domain::id::{CounterId, SiteId, ZoneId};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::{ScreenReport, ScreenSettings};
use crate::access::Kind;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskCode {
    /// `kiosk`, `display` or `agent`.
    pub kind: Kind,
}

/// What a device shows until staff have approved it. RFC 8628, 3.2.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceCode {
    /// Kept to itself; it asks for its token with it.
    pub device_code: String,
    /// Shown; eight letters and digits and a hyphen.
    #[schema(example = "ACDE-2345")]
    pub user_code: String,
    /// Where staff go: the devices of the site; where several are served, the page that leads to each.
    pub verification_uri: String,
    pub expires_in_s: u32,
    /// Between two questions for the token.
    pub interval_s: u32,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskToken {
    #[schema(max_length = 128)]
    pub device_code: String,
}

/// What an approved device is. A page has its session by a cookie; a program is given its token, this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EnrolledDevice {
    pub id: String,
    pub kind: Kind,
    #[schema(value_type = String)]
    pub site: SiteId,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveDevice {
    /// As typed: in any case, with or without the hyphen.
    pub user_code: String,
    /// 1 to 80 characters.
    #[schema(max_length = 80)]
    pub name: String,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub zone: Option<ZoneId>,
    /// For people; at most 80 characters.
    #[serde(default)]
    #[schema(max_length = 80)]
    pub place: Option<String>,
    /// A display over this desk.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub counter: Option<CounterId>,
}

/// What is left out stays as it was; null takes it away.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeDevice {
    #[schema(max_length = 80)]
    pub name: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub zone: Option<Option<ZoneId>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 80)]
    pub place: Option<Option<String>>,
}

/// Tells null from left out.
#[expect(clippy::option_option, reason = "serde's way to tell the two apart")]
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DevicesView {
    /// By name.
    pub devices: Vec<DeviceView>,
}

/// A device as staff see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceView {
    pub id: String,
    pub kind: Kind,
    pub name: String,
    #[schema(value_type = Option<String>, required = true)]
    pub zone: Option<ZoneId>,
    #[schema(required = true)]
    pub place: Option<String>,
    #[schema(value_type = Option<String>, required = true)]
    pub counter: Option<CounterId>,
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub last_used: Option<Timestamp>,
    pub state: DeviceState,
    /// It speaks now: for its sound group, or alone.
    pub speaks: bool,
    /// Of a display.
    #[schema(required = true)]
    pub screen: Option<ScreenView>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Enrolled, and not seen since.
    Never,
    /// A display: connected, reporting, up to date. Others: heard of within the last minutes.
    Alive,
    /// Connected, and what it shows is more than ten seconds old.
    Behind,
    /// Connected, and no sound comes though it should.
    Silent,
    /// Not connected.
    Gone,
}

impl DeviceState {
    pub const ALL: [Self; 5] = [Self::Never, Self::Alive, Self::Behind, Self::Silent, Self::Gone];

    /// As in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Alive => "alive",
            Self::Behind => "behind",
            Self::Silent => "silent",
            Self::Gone => "gone",
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScreenView {
    pub settings: ScreenSettings,
    /// The latest.
    #[schema(required = true)]
    pub report: Option<ScreenReport>,
    #[schema(required = true)]
    pub reported_s_ago: Option<u64>,
}

/// A device whose secret is on its way to be another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RotatedDevice {
    pub device: DeviceView,
    /// Of a device that holds its token itself, this once. A page renews its session by itself.
    #[schema(required = true)]
    pub token: Option<String>,
}
