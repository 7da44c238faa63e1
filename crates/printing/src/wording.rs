//! The fixed words of papers per language, read from `config/locales/paper/`.
//!
//! Must not hold wording of its own: a language is added by adding its file and one line here.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::letters::{Letters, WORD_JOINER};
use crate::paper::{Era, TicketPaper};

/// Fixed words in one language. Placeholders are written `{n}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Wording {
    #[allow(
        dead_code,
        reason = "for people: whether a native speaker of public-office language has read the file"
    )]
    reviewed: bool,
    ahead_none: String,
    ahead_one: String,
    ahead_many: String,
    wait_range: String,
    wait_about: String,
    wait_under: String,
    date: String,
    time: String,
    issued: String,
    opens: String,
    begins: String,
    /// Whether years are written in the Buddhist Era unless a site says otherwise.
    buddhist: bool,
    year_buddhist: String,
    year_common: String,
    months: [String; 12],
    #[serde(default)]
    keep_whole: Vec<String>,
    /// By a refusal's code.
    closed_because: BTreeMap<String, String>,
    /// Everything else: words without figures, by the name templates use.
    #[serde(flatten)]
    plain: BTreeMap<String, String>,
}

const NO_BREAK_SPACE: &str = "\u{a0}";
/// Years of the Buddhist Era before the Common Era's first.
const BUDDHIST_ERA: i16 = 543;
/// Words that are put together from facts.
const SENTENCES: [&str; 6] = ["ahead", "wait", "issued", "opens", "begins", "closed_because"];

macro_rules! files {
    ($($language:literal),*) => {
        [$(($language, include_str!(concat!("../../../config/locales/paper/", $language, ".toml")))),*]
    };
}

/// English first: it is what all others fall back to.
const FILES: [(&str, &str); 7] = files!["en", "th", "vi", "lo", "my", "ms", "zh"];

static WORDINGS: LazyLock<Vec<(&str, Wording)>> = LazyLock::new(|| {
    let parse = |text| {
        let mut wording: Wording =
            toml::from_str(text).expect("the files are part of the program and a test reads them all");
        wording.months = wording.months.map(|month| whole(&month));
        wording
    };
    FILES.iter().map(|(language, text)| (*language, parse(text))).collect()
});

/// The word with its letters bound together where its script writes no spaces: no line breaks in it.
fn whole(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    Letters::new().of(word).join(&WORD_JOINER.to_string())
}

/// `th` of `th-TH`.
pub(crate) fn primary(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

impl Wording {
    /// The wording for a language code such as `th` or `vi-VN`; English when there is none.
    pub(crate) fn of(language: &str) -> &'static Wording {
        let primary = primary(language);
        let known = WORDINGS.iter().find(|(language, _)| *language == primary);
        &known.unwrap_or(&WORDINGS[0]).1
    }

    /// The names that stand after `words.` in a template.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        WORDINGS[0].1.plain.keys().map(String::as_str).chain(SENTENCES)
    }

    /// Every text of the language, with its key: what a font must be able to show.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let sentences = [
            ("ahead_none", &self.ahead_none),
            ("ahead_one", &self.ahead_one),
            ("ahead_many", &self.ahead_many),
            ("wait_range", &self.wait_range),
            ("wait_about", &self.wait_about),
            ("wait_under", &self.wait_under),
            ("date", &self.date),
            ("time", &self.time),
            ("issued", &self.issued),
            ("opens", &self.opens),
            ("begins", &self.begins),
            ("year_buddhist", &self.year_buddhist),
            ("year_common", &self.year_common),
        ];
        let months = self.months.iter().map(|month| ("months", month));
        let named = self.closed_because.iter().chain(&self.plain).map(|(key, text)| (key.as_str(), text));
        sentences.into_iter().chain(months).chain(named).map(|(key, text)| (key, text.as_str()))
    }

    /// The word of this name for the paper; `None` when its facts are not known.
    pub(crate) fn word(&self, name: &str, paper: &TicketPaper) -> Option<String> {
        match name {
            "ahead" => paper.people_ahead.map(|people| self.ahead(people, paper)),
            "wait" => self.wait(paper),
            "issued" => Some(self.moment(&self.issued, &paper.issued_at, paper)),
            "opens" => paper.opens_at.as_ref().map(|at| self.moment(&self.opens, at, paper)),
            "begins" => paper.begins_at.as_ref().map(|at| self.moment(&self.begins, at, paper)),
            "closed_because" => paper.closed_because.as_deref().map(|code| self.reason(code).to_owned()),
            name => self.plain(name).map(str::to_owned),
        }
    }

    /// A word without figures; the English one where this language lacks it.
    pub(crate) fn plain(&self, name: &str) -> Option<&str> {
        self.plain.get(name).or_else(|| WORDINGS[0].1.plain.get(name)).map(String::as_str)
    }

    fn reason(&self, code: &str) -> &str {
        let known = self.closed_because.get(code).or_else(|| self.closed_because.get("closed"));
        known.map_or("", String::as_str)
    }

    /// The text with this language's key terms bound together, so that lines never break in them.
    pub(crate) fn bind(&self, text: &str) -> String {
        let bind = |text: String, term: &String| {
            let bound = term.replace('|', &WORD_JOINER.to_string()).replace(' ', NO_BREAK_SPACE);
            text.replace(&term.replace('|', ""), &bound)
        };
        self.keep_whole.iter().fold(text.to_owned(), bind)
    }

    fn ahead(&self, people: u32, paper: &TicketPaper) -> String {
        let pattern = match people {
            0 => &self.ahead_none,
            1 => &self.ahead_one,
            _ => &self.ahead_many,
        };
        pattern.replace("{n}", &figures(people, paper))
    }

    /// The estimate as a sentence; `None` when there is none or it says nothing (both ends zero).
    fn wait(&self, paper: &TicketPaper) -> Option<String> {
        let (lo_min, hi_min) = range(paper)?;
        let pattern = match (lo_min, hi_min) {
            (0, _) => &self.wait_under,
            (lo, hi) if lo == hi => &self.wait_about,
            _ => &self.wait_range,
        };
        Some(pattern.replace("{lo}", &figures(lo_min, paper)).replace("{hi}", &figures(hi_min, paper)))
    }

    pub(crate) fn date(&self, at: &jiff::Zoned, paper: &TicketPaper) -> String {
        let month = usize::try_from(at.month() - 1).unwrap_or_default();
        self.date
            .replace("{day}", &figures(at.day(), paper))
            .replace("{month}", &self.months[month])
            .replace("{year}", &self.year(at.year(), paper))
    }

    /// The only place where the era is converted.
    fn year(&self, year: i16, paper: &TicketPaper) -> String {
        let (buddhist, as_usual) = match paper.era {
            Era::ByLanguage => (self.buddhist, true),
            Era::Buddhist => (true, self.buddhist),
            Era::Common => (false, !self.buddhist),
        };
        let written = figures(if buddhist { year.saturating_add(BUDDHIST_ERA) } else { year }, paper);
        match (as_usual, buddhist) {
            (true, _) => written,
            (false, true) => self.year_buddhist.replace("{year}", &written),
            (false, false) => self.year_common.replace("{year}", &written),
        }
    }

    pub(crate) fn time(&self, at: &jiff::Zoned, paper: &TicketPaper) -> String {
        self.time
            .replace("{hour}", &figures(format!("{:02}", at.hour()), paper))
            .replace("{minute}", &figures(format!("{:02}", at.minute()), paper))
    }

    fn moment(&self, pattern: &str, at: &jiff::Zoned, paper: &TicketPaper) -> String {
        pattern.replace("{date}", &self.date(at, paper)).replace("{time}", &self.time(at, paper))
    }
}

/// The estimate with its smaller end first; `None` when it says nothing.
pub(crate) fn range(paper: &TicketPaper) -> Option<(u32, u32)> {
    let (lo_min, hi_min) = paper.wait_min?;
    (lo_min.max(hi_min) > 0).then_some((lo_min.min(hi_min), lo_min.max(hi_min)))
}

/// A figure as the paper writes it.
pub(crate) fn figures(number: impl fmt::Display, paper: &TicketPaper) -> String {
    let arabic = format!("{number}");
    if !paper.thai_digits || primary(&paper.language) != "th" {
        return arabic;
    }
    let thai = |c: char| c.to_digit(10).and_then(|digit| char::from_u32('๐' as u32 + digit)).unwrap_or(c);
    arabic.chars().map(thai).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    fn paper(language: &str) -> TicketPaper {
        TicketPaper {
            language: language.into(),
            issued_at: "2026-11-05T09:04:00+07:00[Asia/Bangkok]".parse().unwrap(),
            ..TicketPaper::default()
        }
    }

    /// Without what only binds.
    fn said(word: &str, paper: &TicketPaper) -> Option<String> {
        Some(Wording::of(&paper.language).word(word, paper)?.replace(WORD_JOINER, ""))
    }

    #[test]
    fn every_file_is_read_and_english_stands_first() {
        assert_eq!(WORDINGS.len(), FILES.len());
        assert_eq!(FILES[0].0, "en");
    }

    #[test]
    fn every_language_has_every_word_and_no_other() {
        let english = &WORDINGS[0].1;
        for (language, wording) in WORDINGS.iter() {
            assert!(wording.plain.keys().eq(english.plain.keys()), "{language}");
            assert!(wording.closed_because.keys().eq(english.closed_because.keys()), "{language}");
            assert!(wording.texts().all(|(_, text)| !text.trim().is_empty()), "{language}");
            assert_eq!(wording.reviewed, *language == "en", "{language}");
        }
    }

    #[test]
    fn the_same_figures_are_filled_in_everywhere() {
        let filled = |text: &str| -> Vec<String> {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next())
                .map(str::to_owned)
                .collect();
            names.sort();
            names
        };
        let english: BTreeMap<&str, &str> = WORDINGS[0].1.texts().collect();
        for (language, wording) in WORDINGS.iter() {
            for (key, text) in wording.texts().filter(|(key, _)| !key.starts_with("ahead")) {
                assert_eq!(filled(text), filled(english[key]), "{language}: {key}");
            }
            assert_eq!(filled(&wording.ahead_many), ["n"], "{language}");
        }
    }

    #[test]
    fn thai_dates_are_in_the_buddhist_era() {
        assert_eq!(said("issued", &paper("th")).unwrap(), "5 พฤศจิกายน 2569   เวลา 09:04\u{a0}น.");
        assert_eq!(said("issued", &paper("vi-VN")).unwrap(), "Ngày 5/11/2026   09:04");
        assert_eq!(said("issued", &paper("en")).unwrap(), "5 November 2026   09:04");
    }

    #[test]
    fn a_site_may_choose_the_era_and_the_paper_says_so() {
        let issued = |language, era| said("issued", &TicketPaper { era, ..paper(language) }).unwrap();
        assert_eq!(issued("en", Era::Buddhist), "5 November 2569 B.E.   09:04");
        assert_eq!(issued("th", Era::Buddhist), issued("th", Era::ByLanguage));
        assert_eq!(issued("th", Era::Common), "5 พฤศจิกายน ค.ศ.\u{a0}2026   เวลา 09:04\u{a0}น.");
        assert_eq!(issued("vi", Era::Common), issued("vi", Era::ByLanguage));
    }

    #[test]
    fn thai_figures_stand_on_thai_papers_only() {
        let of = |language| TicketPaper { thai_digits: true, people_ahead: Some(12), ..paper(language) };
        assert_eq!(said("issued", &of("th")).unwrap(), "๕ พฤศจิกายน ๒๕๖๙   เวลา ๐๙:๐๔\u{a0}น.");
        assert_eq!(said("ahead", &of("th")).unwrap(), "จำนวนคิวที่รอ\u{a0}๑๒\u{a0}คิว");
        assert_eq!(said("ahead", &of("en")).unwrap(), "12\u{a0}people waiting ahead of you");
    }

    #[test]
    fn a_language_without_a_file_speaks_english() {
        for (language, expected) in
            [("km", "Your number"), ("", "Your number"), ("th_TH", "หมายเลขคิว"), ("zh-Hans", "您的号码")]
        {
            assert_eq!(Wording::of(language).plain("number").unwrap(), expected, "{language}");
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
        let ahead =
            |language, people| said("ahead", &TicketPaper { people_ahead: people, ..paper(language) });
        assert_eq!(ahead("en", Some(1)).unwrap(), "1\u{a0}person waiting ahead of you");
        assert_eq!(ahead("en", Some(0)).unwrap(), "Nobody is waiting ahead of you");
        assert_eq!(ahead("th", Some(5)).unwrap(), "จำนวนคิวที่รอ\u{a0}5\u{a0}คิว");
        assert_eq!(ahead("th", None), None);
        let wait = |lo, hi| said("wait", &TicketPaper { wait_min: Some((lo, hi)), ..paper("en") });
        assert_eq!(wait(10, 20).unwrap(), "Estimated wait 10–20\u{a0}minutes");
        assert_eq!(wait(0, 5).unwrap(), "Estimated wait up to 5\u{a0}minutes");
        assert_eq!(wait(9, 9).unwrap(), "Estimated wait about 9\u{a0}minutes");
        assert_eq!(wait(20, 10), wait(10, 20));
        assert_eq!(wait(0, 0), None);
    }

    #[test]
    fn an_unknown_reason_still_says_closed() {
        let closed = |code: &str| TicketPaper { closed_because: Some(code.into()), ..paper("en") };
        assert_eq!(
            said("closed_because", &closed("no_such_code")),
            said("closed_because", &closed("closed"))
        );
        assert_eq!(said("closed_because", &paper("en")), None);
    }
}
