//! Voices that a hall speaks with, and the words of a voice that is being recorded.

use khiw_domain::id::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VoicesView {
    pub voices: Vec<VoiceView>,
    /// Own voices that cannot be used at all.
    pub unusable: Vec<UnusableVoice>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VoiceView {
    #[schema(value_type = String)]
    pub language: Language,
    pub name: String,
    pub speaker: String,
    pub licence: String,
    /// Not checked by a native speaker, or spoken by a machine.
    pub draft: bool,
    /// Made at this office; else shipped with the program.
    pub own: bool,
    /// It can say every call of this hall.
    pub complete: bool,
    pub clips: Vec<ClipView>,
    /// Words it cannot say; a call with one of them chimes.
    pub missing: Vec<String>,
    /// What is wrong with its files, for whoever keeps it.
    pub problems: Vec<String>,
}

/// A word as sound, Ogg Opus; what stands at `url` never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClipView {
    pub token: String,
    pub url: String,
    pub length_ms: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnusableVoice {
    #[schema(value_type = String)]
    pub language: Language,
    pub problem: String,
}

/// What a speaker reads, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PromptsView {
    #[schema(value_type = String)]
    pub language: Language,
    pub prompts: Vec<PromptView>,
    /// Of the office's own voice in use; empty while there is none.
    pub name: String,
    pub speaker: String,
    pub licence: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PromptView {
    pub token: String,
    pub text: String,
    /// Kept, not yet in use.
    #[schema(required = true)]
    pub recorded: Option<SoundView>,
    /// In use, by the office's own voice.
    #[schema(required = true)]
    pub published: Option<SoundView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SoundView {
    pub url: String,
    pub length_ms: u32,
}

/// Makes a voice of what is recorded and of the office's own clips in use.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishVoice {
    /// Each 1 to 80 characters.
    pub name: String,
    pub speaker: String,
    pub licence: String,
    #[serde(default)]
    pub draft: bool,
    /// Calls with a missing word will chime.
    #[serde(default)]
    pub allow_incomplete: bool,
}
