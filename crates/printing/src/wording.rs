//! The fixed words of a ticket per language, read from `config/locales/paper/`.
//!
//! Must not hold wording of its own: a language is added by adding its file and one line here.

use std::sync::LazyLock;

use serde::Deserialize;

/// Fixed words of a ticket in one language. Placeholders are written `{n}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wording {
    pub number: String,
    ahead_none: String,
    ahead_one: String,
    ahead_many: String,
    wait_range: String,
    wait_about: String,
    wait_under: String,
    pub scan: String,
    pub please_wait: String,
    pub priority: String,
    pub reprint: String,
    issued: String,
    year_offset: i16,
    months: [String; 12],
    #[serde(default)]
    keep_whole: Vec<String>,
}

const WORD_JOINER: &str = "\u{2060}";
const NO_BREAK_SPACE: &str = "\u{a0}";

const FILES: [(&str, &str); 3] = [
    ("en", include_str!("../../../config/locales/paper/en.toml")),
    ("th", include_str!("../../../config/locales/paper/th.toml")),
    ("vi", include_str!("../../../config/locales/paper/vi.toml")),
];

static WORDINGS: LazyLock<Vec<(&str, Wording)>> = LazyLock::new(|| {
    let parse =
        |text| toml::from_str(text).expect("the files are part of the program and a test reads them all");
    FILES.iter().map(|(language, text)| (*language, parse(text))).collect()
});

impl Wording {
    /// The wording for a language code such as `th` or `vi-VN`; English when there is none.
    pub(crate) fn of(language: &str) -> &'static Wording {
        let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let known = WORDINGS.iter().find(|(language, _)| *language == primary);
        // English stands first in FILES.
        &known.unwrap_or(&WORDINGS[0]).1
    }

    /// The text with this language's key terms bound together, so that lines never break in them.
    pub(crate) fn bind(&self, text: &str) -> String {
        let bind = |text: String, term: &String| {
            let bound = term.replace('|', WORD_JOINER).replace(' ', NO_BREAK_SPACE);
            text.replace(&term.replace('|', ""), &bound)
        };
        self.keep_whole.iter().fold(text.to_owned(), bind)
    }

    pub(crate) fn ahead(&self, people: u32) -> String {
        let pattern = match people {
            0 => &self.ahead_none,
            1 => &self.ahead_one,
            _ => &self.ahead_many,
        };
        pattern.replace("{n}", &people.to_string())
    }

    /// The estimate as a range; `None` when it says nothing (both ends zero).
    pub(crate) fn wait(&self, (lo_min, hi_min): (u32, u32)) -> Option<String> {
        let (lo_min, hi_min) = (lo_min.min(hi_min), lo_min.max(hi_min));
        let pattern = match (lo_min, hi_min) {
            (_, 0) => return None,
            (0, _) => &self.wait_under,
            (lo, hi) if lo == hi => &self.wait_about,
            _ => &self.wait_range,
        };
        Some(pattern.replace("{lo}", &lo_min.to_string()).replace("{hi}", &hi_min.to_string()))
    }

    /// Date and time as people write them; the only place where the era is converted.
    pub(crate) fn issued(&self, at: &jiff::Zoned) -> String {
        let month = usize::try_from(at.month() - 1).unwrap_or_default();
        self.issued
            .replace("{day}", &at.day().to_string())
            .replace("{month}", &self.months[month])
            .replace("{year}", &(at.year() + self.year_offset).to_string())
            .replace("{hour}", &format!("{:02}", at.hour()))
            .replace("{minute}", &format!("{:02}", at.minute()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    fn noon() -> jiff::Zoned {
        "2026-11-05T09:04:00+07:00[Asia/Bangkok]".parse().unwrap()
    }

    #[test]
    fn every_file_is_read_and_english_stands_first() {
        assert_eq!(WORDINGS.len(), FILES.len());
        assert_eq!(FILES[0].0, "en");
    }

    #[test]
    fn thai_dates_are_in_the_buddhist_era() {
        assert_eq!(Wording::of("th").issued(&noon()), "5 พฤศจิกายน 2569   เวลา 09:04\u{a0}น.");
        assert_eq!(Wording::of("vi-VN").issued(&noon()), "Ngày 5/11/2026   09:04");
        assert_eq!(Wording::of("en").issued(&noon()), "5 November 2026   09:04");
    }

    #[test]
    fn a_language_without_a_file_speaks_english() {
        for language in ["lo", "my", "zh-Hans", "ms", "", "th_TH"] {
            let expected = if language == "th_TH" { "หมายเลขคิว" } else { "Your number" };
            assert_eq!(Wording::of(language).number, expected, "{language}");
        }
    }

    #[test]
    fn key_terms_are_bound() {
        assert_eq!(Wording::of("th").bind("บัตรผู้สูงอายุ"), "บัตรผู้\u{2060}สูง\u{2060}อายุ");
        assert_eq!(Wording::of("vi").bind("có hồ sơ"), "có hồ\u{a0}sơ");
        assert_eq!(Wording::of("en").bind("Birth"), "Birth");
    }

    #[test]
    fn people_and_minutes_read_naturally() {
        let english = Wording::of("en");
        assert_eq!(english.ahead(1), "1\u{a0}person waiting ahead of you");
        assert_eq!(english.ahead(0), "Nobody is waiting ahead of you");
        assert_eq!(Wording::of("th").ahead(5), "จำนวนคิวที่รอ\u{a0}5\u{a0}คิว");
        assert_eq!(english.wait((10, 20)).unwrap(), "Estimated wait 10–\u{2060}20\u{a0}minutes");
        assert_eq!(english.wait((0, 5)).unwrap(), "Estimated wait up to 5\u{a0}minutes");
        assert_eq!(english.wait((9, 9)).unwrap(), "Estimated wait about 9\u{a0}minutes");
        assert_eq!(english.wait((20, 10)), english.wait((10, 20)));
        assert_eq!(english.wait((0, 0)), None);
    }
}
