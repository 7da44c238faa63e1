//! Pictures, video and messages on the screens, as they go over the wire and into the index on disk.

use jiff::Timestamp;
use khiw_domain::id::ZoneId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Names;

/// A file that may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MediaFile {
    /// Of its content.
    pub id: String,
    /// As its bringer called it.
    pub name: String,
    /// What it really is: `image/png`, `image/jpeg`, `image/webp`, `video/mp4` or `video/webm`.
    #[serde(rename = "type")]
    pub media_type: String,
    pub bytes: u64,
}

/// A turn of the playlist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaylistItem {
    /// The file's id.
    pub media: String,
    /// 3 to 600; a video is shown to its end, but not longer.
    pub shows_s: u16,
    /// None: on every screen.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub zones: Vec<ZoneId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeStyle {
    /// Stands on the screen.
    Message,
    /// One line among others.
    Ticker,
}

/// A message to everybody in the hall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScreenNotice {
    /// Made by the server; what is sent here is not read.
    #[serde(default)]
    pub id: String,
    pub style: NoticeStyle,
    /// At least one language; each 1 to 300 characters.
    pub text: Names,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub zones: Vec<ZoneId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
}

/// What screens show beside the calls.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShownView {
    pub items: Vec<ShownItem>,
    pub notices: Vec<ScreenNotice>,
    /// Rises with every change.
    pub version: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShownItem {
    pub id: String,
    /// What stands there never changes.
    pub url: String,
    #[serde(rename = "type")]
    pub media_type: String,
    pub shows_s: u16,
    #[schema(value_type = Vec<String>)]
    pub zones: Vec<ZoneId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
}

/// For whoever chooses.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MediaView {
    pub media: Vec<MediaEntry>,
    pub playlist: Vec<PlaylistItem>,
    pub notices: Vec<ScreenNotice>,
    pub bytes_used: u64,
    pub bytes_max: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MediaEntry {
    #[serde(flatten)]
    pub file: MediaFile,
    pub url: String,
    /// Devices that said they cannot show it.
    pub failed_on: Vec<String>,
}

/// All of what is shown, in place of what was.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceShown {
    /// At most 100.
    pub playlist: Vec<PlaylistItem>,
    /// At most 50.
    pub notices: Vec<ScreenNotice>,
}
