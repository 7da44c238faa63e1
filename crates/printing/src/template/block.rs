//! The blocks of a template as parsed: what an administrator can put on paper, and how each is read.
//!
//! Must not draw, nor know the facts of any paper.

use std::ops::RangeInclusive;
use std::sync::Arc;

use cosmic_text::{Align, Weight};
use khiw_domain::id::Language;
use toml::Spanned;
use toml::de::DeValue;

use super::fields::{Dots, Fields, shortened};
use super::problem::hint;
use super::text::{Said, unknown_language};
use super::variable::Condition;
use crate::logo::{Ink, Logo, Pictures};
use crate::pattern::Pattern;

/// Under 20 dots (2.5 mm) thermal paper is not read any more.
const SIZE: RangeInclusive<u32> = 20..=120;
const HUGE_SIZE: RangeInclusive<u32> = 48..=300;
const RULE: RangeInclusive<u32> = 1..=24;
const SPACE: RangeInclusive<u32> = 1..=400;
const ROOM: RangeInclusive<u32> = 0..=400;
const SPLIT_PERCENT: RangeInclusive<u32> = 10..=90;
const QR_SHARE_PERCENT: RangeInclusive<u32> = 20..=100;
const PICTURE_WIDTH: RangeInclusive<u32> = 8..=576;
/// Conditions of one block.
const CONDITIONS_MAX: usize = 8;

const SIZE_USUAL: Dots = Dots { narrow: 26, wide: 28 };
const HUGE_SIZE_USUAL: Dots = Dots { narrow: 170, wide: 230 };
const QR_SHARE_USUAL: u32 = 60;
const SPLIT_USUAL: u32 = 50;

/// The keys that say what a block is.
pub(crate) const KINDS: [&str; 9] =
    ["text", "row", "rule", "space", "qr", "picture", "huge", "banner", "pattern"];

/// Letters: how large (dots), how heavy, on which side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    pub size: Dots,
    pub weight: Weight,
    pub align: Align,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Wrapped text.
    Text(Said, Look),
    /// White text on a black bar.
    Banner(Said, Look),
    /// A left and a right column, the left one this many percent wide.
    Row {
        left: Said,
        right: Said,
        look: Look,
        split_percent: u32,
    },
    /// One line as large as the width allows, up to a size.
    Huge {
        said: Said,
        size_max: Dots,
        weight: Weight,
    },
    /// A line across the paper, this many dots thick.
    Rule(Dots),
    Space(Dots),
    /// A code, at most this many percent of the paper wide.
    Qr {
        said: Said,
        share_percent: u32,
    },
    Picture {
        logo: Arc<Logo>,
        width: Option<Dots>,
        ink: Option<Ink>,
        align: Align,
    },
    Pattern(Pattern),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Block {
    pub kind: Kind,
    /// All must hold.
    pub when: Vec<Condition>,
    /// Only on papers in these languages; empty: on all.
    pub languages: Vec<Language>,
    /// White rows before and after.
    pub above: Dots,
    pub below: Dots,
}

impl Block {
    /// `None` with problems when something is wrong.
    pub(crate) fn read(mut fields: Fields<'_>, pictures: &Pictures) -> Option<Self> {
        let kind = kind(&fields)?;
        fields.set_kind(kind);
        let value = fields.get(kind)?;
        let when = when(&fields);
        let languages = languages(&fields);
        let above = fields.dots("above", &ROOM);
        let below = fields.dots("below", &ROOM);
        let kind = match kind {
            "text" => {
                said(&fields, kind, value).zip(look(&fields)).map(|(said, look)| Kind::Text(said, look))
            }
            "banner" => {
                said(&fields, kind, value).zip(look(&fields)).map(|(said, look)| Kind::Banner(said, look))
            }
            "row" => row(&fields, value),
            "huge" => huge(&fields, value),
            "rule" => fields.dots("rule", &RULE).map(Kind::Rule),
            "space" => fields.dots("space", &SPACE).map(Kind::Space),
            "qr" => qr(&fields, value),
            "picture" => picture(&fields, value, pictures),
            _ => fields.choice("pattern", &Pattern::WORDS).map(Kind::Pattern),
        };
        fields.done();
        if let Some(kind) = &kind {
            check_documents(&fields, kind);
        }
        let none = Dots::both(0);
        Some(Self {
            kind: kind?,
            when,
            languages,
            above: above.unwrap_or(none),
            below: below.unwrap_or(none),
        })
    }

    /// What the block says, if it says anything.
    pub(crate) fn said(&self) -> Vec<&Said> {
        match &self.kind {
            Kind::Text(said, _) | Kind::Banner(said, _) | Kind::Huge { said, .. } | Kind::Qr { said, .. } => {
                vec![said]
            }
            Kind::Row { left, right, .. } => vec![left, right],
            Kind::Rule(_) | Kind::Space(_) | Kind::Picture { .. } | Kind::Pattern(_) => Vec::new(),
        }
    }

    /// Whether every ticket shows its number here, for people to read.
    pub(crate) fn shows_number_always(&self) -> bool {
        let read = match &self.kind {
            Kind::Text(said, _) | Kind::Banner(said, _) | Kind::Huge { said, .. } => {
                said.says_number_always()
            }
            _ => false,
        };
        read && self.when.is_empty() && self.languages.is_empty()
    }
}

/// The one key that says what the block is.
fn kind(fields: &Fields<'_>) -> Option<&'static str> {
    let kinds: Vec<&'static str> =
        KINDS.into_iter().filter(|kind| fields.keys().any(|key| key == *kind)).collect();
    match kinds.as_slice() {
        [kind] => Some(kind),
        [] => {
            let slip = fields.keys().map(|key| (key, hint(key, KINDS.into_iter())));
            let near = slip.into_iter().find(|(_, hint)| hint.starts_with("did"));
            match near {
                Some((key, hint)) => fields.problem(key, format!("is no kind of block: {hint}")),
                None => fields.problem("", format!("says not what it is: write one of {}", KINDS.join(", "))),
            }
            None
        }
        [first, second, ..] => {
            let problem = format!("stands beside `{first}`: a block is one thing, make another [[block]]");
            fields.problem(second, problem);
            None
        }
    }
}

fn said(fields: &Fields<'_>, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Said> {
    Said::read(fields, key, value)
}

const ALIGNS: [(&str, Align); 3] =
    [("left", Align::Left), ("center", Align::Center), ("right", Align::Right)];
const WEIGHTS: [(&str, Weight); 3] =
    [("regular", Weight::NORMAL), ("medium", Weight::MEDIUM), ("bold", Weight::BOLD)];

/// `None` when a key is wrong; what is not given is as usual.
fn look(fields: &Fields<'_>) -> Option<Look> {
    let size = given(fields, "size", SIZE_USUAL, |fields| fields.dots("size", &SIZE));
    let weight = given(fields, "weight", Weight::NORMAL, |fields| fields.choice("weight", &WEIGHTS));
    let align = given(fields, "align", Align::Center, |fields| fields.choice("align", &ALIGNS));
    Some(Look { size: size?, weight: weight?, align: align? })
}

/// The key's value; the usual one when it is not given; `None` when it is wrong.
fn given<T>(
    fields: &Fields<'_>,
    key: &'static str,
    usual: T,
    read: impl FnOnce(&Fields<'_>) -> Option<T>,
) -> Option<T> {
    if fields.get(key).is_none() { Some(usual) } else { read(fields) }
}

fn row(fields: &Fields<'_>, value: &Spanned<DeValue<'_>>) -> Option<Kind> {
    let size = given(fields, "size", SIZE_USUAL, |fields| fields.dots("size", &SIZE));
    let weight = given(fields, "weight", Weight::NORMAL, |fields| fields.choice("weight", &WEIGHTS));
    let split = given(fields, "split", SPLIT_USUAL, |fields| fields.number("split", &SPLIT_PERCENT));
    let DeValue::Array(columns) = value.get_ref() else {
        fields.wrong("row", value.get_ref(), "two texts, e.g. [\"{words.counter}\", \"{counter}\"]");
        return None;
    };
    let two: Vec<&Spanned<DeValue<'_>>> = columns.iter().collect();
    let [left, right] = two.as_slice() else {
        fields.problem("row", format!("has {} columns: write two", two.len()));
        return None;
    };
    let (left, right) = (said(fields, "row", left), said(fields, "row", right));
    let look = Look { size: size?, weight: weight?, align: Align::Left };
    Some(Kind::Row { left: left?, right: right?, look, split_percent: split? })
}

fn huge(fields: &Fields<'_>, value: &Spanned<DeValue<'_>>) -> Option<Kind> {
    let size_max = given(fields, "size", HUGE_SIZE_USUAL, |fields| fields.dots("size", &HUGE_SIZE));
    let weight = given(fields, "weight", Weight::BOLD, |fields| fields.choice("weight", &WEIGHTS));
    let said = said(fields, "huge", value);
    Some(Kind::Huge { said: said?, size_max: size_max?, weight: weight? })
}

fn qr(fields: &Fields<'_>, value: &Spanned<DeValue<'_>>) -> Option<Kind> {
    let share = given(fields, "share", QR_SHARE_USUAL, |fields| fields.number("share", &QR_SHARE_PERCENT));
    let said = said(fields, "qr", value);
    Some(Kind::Qr { said: said?, share_percent: share? })
}

fn picture(fields: &Fields<'_>, value: &Spanned<DeValue<'_>>, pictures: &Pictures) -> Option<Kind> {
    let width = given(fields, "width", None, |fields| fields.dots("width", &PICTURE_WIDTH).map(Some));
    let inks = [("threshold", Ink::Threshold), ("dither", Ink::Dither)];
    let ink = given(fields, "ink", None, |fields| fields.choice("ink", &inks).map(Some));
    let align = given(fields, "align", Align::Center, |fields| fields.choice("align", &ALIGNS));
    let DeValue::String(name) = value.get_ref() else {
        fields.wrong("picture", value.get_ref(), "the name of a picture, e.g. \"logo\"");
        return None;
    };
    let Some(logo) = pictures.get(name) else {
        let known: Vec<&str> = pictures.names().collect();
        let hint = if known.is_empty() {
            "name its file in the site's [tickets.pictures]".to_owned()
        } else {
            hint(name, known.into_iter())
        };
        fields.problem("picture", format!("`{}` is no picture: {hint}", shortened(name)));
        return None;
    };
    Some(Kind::Picture { logo, width: width?, ink: ink?, align: align? })
}

fn when(fields: &Fields<'_>) -> Vec<Condition> {
    let conditions = fields.texts("when", "[\"priority\", \"not reprint\"]");
    if conditions.len() > CONDITIONS_MAX {
        let problem = format!("has {} conditions: at most {CONDITIONS_MAX} are possible", conditions.len());
        fields.problem("when", problem);
    }
    let mut read = Vec::new();
    for (line, condition) in conditions.into_iter().take(CONDITIONS_MAX) {
        match Condition::parse(condition) {
            Ok(condition) => read.push(condition),
            Err(problem) => fields.problem_on(line, "when", problem),
        }
    }
    read
}

fn languages(fields: &Fields<'_>) -> Vec<Language> {
    let mut read = Vec::new();
    for (line, code) in fields.texts("lang", "[\"th\", \"lo\"]") {
        match Language::parse(code) {
            Some(language) => read.push(language),
            None => fields.problem_on(line, "lang", unknown_language(code)),
        }
    }
    read
}

/// The list of documents makes one text of each; only a text block can be repeated.
fn check_documents(fields: &Fields<'_>, kind: &Kind) {
    let (key, said) = match kind {
        Kind::Row { left, right, .. } => ("row", vec![left, right]),
        Kind::Banner(said, _) => ("banner", vec![said]),
        Kind::Huge { said, .. } => ("huge", vec![said]),
        Kind::Qr { said, .. } => ("qr", vec![said]),
        _ => return,
    };
    if said.iter().any(|said| said.lists_documents()) {
        fields.problem(key, "`{documents}` is a list: write it in a text block, which is repeated for each");
    }
}
