//! Templates of papers, and how one would look.

use khiw_domain::id::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All kinds of paper with the template each is drawn by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PapersView {
    /// To be sent with a change, so that two people do not undo each other's work.
    pub config_version: u32,
    pub templates: Vec<PaperTemplate>,
    /// Names of the pictures that templates may use.
    pub pictures: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaperTemplate {
    /// `ticket`, `reprint`, `forward`, `closed`, `test`.
    pub kind: String,
    /// The site's own; else the built-in one.
    pub is_own: bool,
    /// TOML: see the guide to papers.
    pub text: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewPaper {
    pub text: String,
    /// Thai when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub language: Option<Language>,
    /// 384, 512 or 576.
    pub width_dots: u32,
}

/// Either a picture or mistakes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaperPreview {
    /// A PNG as a `data:` address; null when there are mistakes.
    pub picture: Option<String>,
    /// Dots.
    pub width: u32,
    /// Dots.
    pub height: u32,
    /// Characters that no font has.
    pub missing: Vec<String>,
    /// The paper is longer than may be printed; the picture ends there.
    pub too_long: bool,
    pub mistakes: Vec<TemplateMistake>,
}

/// What is wrong with a template, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TemplateMistake {
    /// Counted from 1; 0: no line's.
    pub line: u32,
    /// Counted from 1.
    pub block: Option<u32>,
    /// `text`, `row`, …
    pub kind: Option<String>,
    /// Empty: the block itself.
    pub key: String,
    pub problem: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacePaper {
    /// Null: the built-in one again. Must be present.
    #[serde(deserialize_with = "Option::deserialize")]
    pub text: Option<String>,
    /// As it was read.
    pub config_version: u32,
}
