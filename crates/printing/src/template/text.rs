//! A text of a template: letters and variables in braces, in one language or several. Must not know blocks.

use std::collections::BTreeMap;

use khiw_domain::id::Language;
use toml::Spanned;
use toml::de::DeValue;

use super::fields::{Fields, shortened};
use super::problem::hint;
use super::variable::{Fact, Facts, Variable};
use crate::wording::primary;

/// Longest text of a block as written, in characters.
pub const TEXT_CHARACTERS_MAX: usize = 300;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Letters(String),
    Value(Variable),
}

/// One text with its variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text(Vec<Piece>);

impl Text {
    /// The problems are all of the text's.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let characters = text.chars().count();
        if text.trim().is_empty() {
            problems.push("is empty: write the text, or remove the block".to_owned());
        }
        if characters > TEXT_CHARACTERS_MAX {
            problems.push(format!("has {characters} characters: shorten it to {TEXT_CHARACTERS_MAX}"));
            return Err(problems);
        }
        if text.chars().any(char::is_control) {
            problems
                .push("has a line break or another control character: make a block for each line".to_owned());
        }
        let pieces = pieces(text, &mut problems);
        if problems.is_empty() { Ok(Self(pieces)) } else { Err(problems) }
    }

    fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Value(variable) => Some(variable),
            Piece::Letters(_) => None,
        })
    }

    /// The text filled in; `None` when one of its facts is not known.
    fn fill(&self, facts: &Facts<'_>, document: Option<&str>) -> Option<String> {
        let mut filled = String::new();
        for piece in &self.0 {
            match (piece, document) {
                (Piece::Letters(letters), _) => filled.push_str(letters),
                (Piece::Value(Variable::Fact(Fact::Documents)), Some(document)) => filled.push_str(document),
                (Piece::Value(variable), _) => filled.push_str(&variable.value(facts)?),
            }
        }
        (!filled.trim().is_empty()).then_some(filled)
    }

    fn lists_documents(&self) -> bool {
        self.variables().any(|variable| *variable == Variable::Fact(Fact::Documents))
    }

    fn says_number_always(&self) -> bool {
        self.variables().any(|variable| *variable == Variable::Fact(Fact::Number))
            && self.variables().all(Variable::is_always_there)
    }

    fn letters(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Letters(letters) => Some(letters.as_str()),
            Piece::Value(_) => None,
        })
    }
}

fn pieces(text: &str, problems: &mut Vec<String>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut letters = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        letters.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            letters.push_str(brace);
            rest = after;
            continue;
        }
        if brace == "}" {
            problems.push("has `}` without `{`: write }} for a brace that is printed".to_owned());
            continue;
        }
        // A name that runs into the next opening brace was never closed.
        match rest.find(['{', '}']).filter(|end| rest[*end..].starts_with('}')) {
            None => {
                let open: String = rest.chars().take_while(|c| !matches!(c, '{' | ' ')).take(20).collect();
                problems.push(format!(
                    "has `{{{open}` without `}}`: close it, or write {{{{ for a brace that is printed"
                ));
            }
            Some(end) => {
                match Variable::parse(rest[..end].trim()) {
                    Ok(variable) => {
                        if !letters.is_empty() {
                            pieces.push(Piece::Letters(std::mem::take(&mut letters)));
                        }
                        pieces.push(Piece::Value(variable));
                    }
                    Err(problem) => problems.push(problem),
                }
                rest = &rest[end + 1..];
            }
        }
    }
    letters.push_str(rest);
    if !letters.is_empty() {
        pieces.push(Piece::Letters(letters));
    }
    pieces
}

/// What a block says: one text for all languages, or one for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Always(Text),
    ByLanguage(BTreeMap<Language, Text>),
}

impl Said {
    /// Reads `"…"` or `{ th = "…", en = "…" }`.
    pub(crate) fn read(fields: &Fields<'_>, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Self> {
        let line = fields.problems.line_of(value);
        let text = |line: u32, key: &str, text: &str| match Text::parse(text) {
            Ok(text) => Some(text),
            Err(problems) => {
                for problem in problems {
                    fields.problem_on(line, key, problem);
                }
                None
            }
        };
        match value.get_ref() {
            DeValue::String(said) => text(line, key, said).map(Self::Always),
            DeValue::Table(table) => {
                let mut texts = BTreeMap::new();
                for (code, said) in table {
                    let line = fields.problems.line_of(said);
                    let key = format!("{key}.{}", shortened(code.get_ref()));
                    match (Language::parse(code.get_ref()), said.get_ref()) {
                        (None, _) => fields.problem_on(line, &key, unknown_language(code.get_ref())),
                        (Some(language), DeValue::String(said)) => {
                            texts.extend(text(line, &key, said).map(|text| (language, text)));
                        }
                        (Some(_), other) => fields.problem_on(
                            line,
                            &key,
                            format!("is {}: write a text", super::fields::kind_of(other)),
                        ),
                    }
                }
                if table.is_empty() {
                    fields.problem_on(line, key, "is empty: write { th = \"…\", en = \"…\" }");
                }
                Some(Self::ByLanguage(texts)).filter(|_| !table.is_empty())
            }
            other => {
                fields.wrong(key, other, "a text, or { th = \"…\", en = \"…\" }");
                None
            }
        }
    }

    /// The text of the language, else of English, else any.
    fn text(&self, language: &str) -> Option<&Text> {
        match self {
            Self::Always(text) => Some(text),
            Self::ByLanguage(texts) => Language::parse(&primary(language))
                .and_then(|language| texts.get(&language))
                .or_else(|| texts.get(&Language::En))
                .or_else(|| texts.values().next()),
        }
    }

    fn texts(&self) -> Vec<&Text> {
        match self {
            Self::Always(text) => vec![text],
            Self::ByLanguage(texts) => texts.values().collect(),
        }
    }

    /// What is printed: nothing when a fact is not known, one text for each document when it lists them.
    pub(crate) fn fill(&self, facts: &Facts<'_>) -> Vec<String> {
        let Some(text) = self.text(&facts.paper.language) else { return Vec::new() };
        if text.lists_documents() {
            return facts.documents().filter_map(|document| text.fill(facts, Some(document))).collect();
        }
        text.fill(facts, None).into_iter().collect()
    }

    /// Whether it is the mark of a second paper.
    pub(crate) fn marks_reprint(&self, language: &str) -> bool {
        let text = self.text(language);
        text.is_some_and(|text| text.variables().any(|variable| *variable == Variable::Word("reprint")))
    }

    /// Whether every ticket says its number here, in whatever language.
    pub(crate) fn says_number_always(&self) -> bool {
        let texts = self.texts();
        !texts.is_empty() && texts.iter().all(|text| text.says_number_always())
    }

    pub(crate) fn lists_documents(&self) -> bool {
        self.texts().iter().any(|text| text.lists_documents())
    }

    /// The letters that stand in the template itself.
    pub(crate) fn letters(&self) -> Vec<&str> {
        self.texts().into_iter().flat_map(Text::letters).collect()
    }
}

pub(crate) fn unknown_language(code: &str) -> String {
    let known = Language::ALL.iter().map(|language| language.code());
    format!("`{}` is no language of Khiw: {}", shortened(code), hint(code, known))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;
    use crate::paper::TicketPaper;

    fn filled(text: &str, paper: &TicketPaper) -> Vec<String> {
        Said::Always(Text::parse(text).unwrap()).fill(&Facts::of(paper, 576))
    }

    fn problem(text: &str) -> String {
        Text::parse(text).unwrap_err().join(" | ")
    }

    #[test]
    fn variables_are_filled_in_and_doubled_braces_are_printed() {
        let paper = TicketPaper { number: "A042".into(), language: "en".into(), ..TicketPaper::default() };
        assert_eq!(filled("{words.number}: {number}", &paper), ["Your number: A042"]);
        assert_eq!(filled("{{{number}}}", &paper), ["{A042}"]);
    }

    #[test]
    fn a_text_whose_fact_is_not_known_is_left_out() {
        let paper = TicketPaper { language: "en".into(), ..TicketPaper::default() };
        assert!(filled("Counter {counter}", &paper).is_empty());
        assert!(filled("{words.ahead}", &paper).is_empty());
        let known = TicketPaper { counter: Some("7".into()), ..paper };
        assert_eq!(filled("Counter {counter}", &known), ["Counter 7"]);
    }

    #[test]
    fn a_text_with_documents_is_repeated_for_each() {
        let documents = vec!["ID card".to_owned(), "  ".to_owned(), "House book".to_owned()];
        let paper = TicketPaper { documents, ..TicketPaper::default() };
        assert_eq!(filled("• {documents}", &paper), ["• ID card", "• House book"]);
    }

    #[test]
    fn each_slip_says_what_to_write_instead() {
        assert!(problem("{nmber}").contains("did you mean `number`?"));
        assert!(problem("{words.plese_wait}").contains("did you mean `words.please_wait`?"));
        assert!(problem("{office").contains("`{office` without `}`"));
        assert!(problem("{office {service}").contains("`{office` without `}`"));
        assert!(problem("office}").contains("`}` without `{`"));
        assert!(problem("").contains("is empty"));
        assert!(problem(&"ก".repeat(301)).contains("shorten it to 300"));
        assert!(problem("a\nb").contains("a block for each line"));
        assert_eq!(Text::parse("{one} {two} {").unwrap_err().len(), 3);
    }

    #[test]
    fn a_language_without_its_own_text_reads_english() {
        let said = Said::ByLanguage(BTreeMap::from([
            (Language::Th, Text::parse("สวัสดี").unwrap()),
            (Language::En, Text::parse("Hello").unwrap()),
        ]));
        let in_language = |language: &str| {
            let paper = TicketPaper { language: language.into(), ..TicketPaper::default() };
            said.fill(&Facts::of(&paper, 384))
        };
        assert_eq!(in_language("th-TH"), ["สวัสดี"]);
        assert_eq!(in_language("vi"), ["Hello"]);
    }
}
