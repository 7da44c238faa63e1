//! What a lobby screen is set to, what it is told beside the calls, and what it reports of itself.

use jiff::civil::Time;
use khiw_domain::id::{CounterId, Language, ZoneId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::object::{object, objects};

/// What an administrator chose for one screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScreenSettings {
    pub layout: ScreenLayout,
    /// Shows and speaks only calls to counters of these zones; none: the whole hall.
    #[schema(value_type = Vec<String>)]
    pub zones: Vec<ZoneId>,
    /// The desk below it, for the layout `counter`.
    #[schema(value_type = Option<String>)]
    pub counter: Option<CounterId>,
    pub theme: ScreenTheme,
    /// From the farthest reader's eyes, 50 to 3,000.
    pub distance_cm: u16,
    /// Of the lit picture, 50 to 3,000; letters are checked against the distance only when it is known.
    pub height_mm: Option<u16>,
    #[serde(deserialize_with = "object")]
    pub sound: SoundSettings,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self {
            layout: ScreenLayout::default(),
            zones: Vec::new(),
            counter: None,
            theme: ScreenTheme::default(),
            distance_cm: 800,
            height_mm: None,
            sound: SoundSettings::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScreenLayout {
    /// The newest call large, the last ones beside it.
    #[default]
    Calls,
    /// Every counter with the number it called last.
    Counters,
    /// Every queue with how many wait and who is next.
    Queues,
    /// One counter, over its desk.
    Counter,
    /// Calls beside pictures and video.
    Split,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScreenTheme {
    #[default]
    Dark,
    Light,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SoundSettings {
    pub mode: SoundMode,
    /// Screens within earshot of each other have one name here: one of them speaks at a time. 1 to 40 characters;
    /// none: this screen is heard alone.
    pub group: Option<String>,
    /// 0 to 100.
    pub volume_percent: u8,
    /// Spoken after the ticket's own language.
    #[schema(value_type = Option<String>)]
    pub second_language: Option<Language>,
    /// How often a call is spoken, 1 to 3.
    pub times: u8,
    /// Nothing sounds within these hours, hall time; at most eight.
    #[serde(deserialize_with = "objects")]
    pub quiet: Vec<QuietHours>,
}

impl Default for SoundSettings {
    fn default() -> Self {
        Self {
            mode: SoundMode::default(),
            group: None,
            volume_percent: 80,
            second_language: None,
            times: 1,
            quiet: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SoundMode {
    #[default]
    Voice,
    Chime,
    Off,
}

/// `from` may be later than `to`: then it lasts over midnight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    #[schema(value_type = String, example = "12:00:00")]
    pub from: Time,
    #[schema(value_type = String, example = "13:00:00")]
    pub to: Time,
}

/// What an enrolled screen is now: sent behind each snapshot and whenever it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScreenNow {
    /// Of the device.
    pub id: String,
    pub name: String,
    pub settings: ScreenSettings,
    /// This one speaks for its sound group.
    pub speaks: bool,
    /// Calls that the group has spoken lately, as its speakers named them: a new speaker leaves them out.
    pub spoken: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScreenOrder {
    /// Load the page anew.
    Reload,
    /// The voices are others now: ask for them again.
    Voices,
    /// Pictures, video or messages are others now.
    Media,
    /// Fetch a fresh session: `POST /api/v1/session/renew`.
    Renew,
}

/// How the sound of a screen does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SoundState {
    Unlocked,
    /// The browser lets it sound only after a touch.
    NeedsTouch,
    /// By its settings, or within quiet hours.
    Muted,
    Failing,
}

/// A sign of life of an enrolled screen: every five seconds, and when something in it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScreenReport {
    /// What stands on the screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    pub sound: SoundState,
    /// Calls spoken since the last report, by names of the screen's own; at most eight.
    #[serde(default)]
    pub spoken: Vec<String>,
    /// Of the page, at most 40 characters.
    pub version: String,
    /// In CSS pixels.
    pub width: u16,
    pub height: u16,
    /// How tall the figures of the newest number stand on it; unknown without the picture's height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter_mm: Option<u16>,
    /// Announcements since its start that became a mere chime because too many waited.
    #[serde(default)]
    pub overflowed: u32,
    /// Pictures and videos that could not be shown, by id; at most eight.
    #[serde(default)]
    pub media_failed: Vec<String>,
    /// Words whose clips could not be decoded, as `th/digit_1`; calls with them only chime. At most eight.
    #[serde(default)]
    pub clips_failed: Vec<String>,
}

/// A call as it is said in one language: clips of that language's voice, each after a silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Speech {
    #[schema(value_type = String)]
    pub language: Language,
    /// Names of clips, in order.
    pub tokens: Vec<String>,
    /// Silence before each, as many as tokens.
    pub pauses_ms: Vec<u16>,
}
