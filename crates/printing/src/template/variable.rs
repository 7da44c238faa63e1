//! What a template can fill in, and what a block can ask for. Must not know blocks.

use super::problem::hint;
use crate::paper::{DOCUMENTS_MAX, TicketPaper};
use crate::wording::{self, Wording};

/// Something a paper's facts tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    Office,
    Service,
    Agency,
    Number,
    PeopleAhead,
    Wait,
    Date,
    Time,
    OpeningNote,
    Documents,
    Message,
    Counter,
    Reference,
    ForwardedTo,
    ClosedBecause,
    Opens,
    Link,
    Printer,
    Dots,
}

/// Every name that stands in braces or in `when`.
const FACTS: [(&str, Fact); 19] = [
    ("office", Fact::Office),
    ("service", Fact::Service),
    ("agency", Fact::Agency),
    ("number", Fact::Number),
    ("people_ahead", Fact::PeopleAhead),
    ("wait", Fact::Wait),
    ("date", Fact::Date),
    ("time", Fact::Time),
    ("opening_note", Fact::OpeningNote),
    ("documents", Fact::Documents),
    ("message", Fact::Message),
    ("counter", Fact::Counter),
    ("reference", Fact::Reference),
    ("forwarded_to", Fact::ForwardedTo),
    ("closed_because", Fact::ClosedBecause),
    ("opens", Fact::Opens),
    ("link", Fact::Link),
    ("printer", Fact::Printer),
    ("dots", Fact::Dots),
];

/// The facts, their words, and the paper's width: what a template is filled in from.
pub(crate) struct Facts<'a> {
    pub paper: &'a TicketPaper,
    pub words: &'static Wording,
    pub width_dots: u32,
}

/// From this width on paper counts as wide (80 mm).
const WIDE_DOTS_MIN: u32 = 500;

impl<'a> Facts<'a> {
    pub(crate) fn of(paper: &'a TicketPaper, width_dots: u32) -> Self {
        Self { paper, words: Wording::of(&paper.language), width_dots }
    }

    pub(crate) fn wide(&self) -> bool {
        self.width_dots >= WIDE_DOTS_MIN
    }

    /// The documents that are printed.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &'a str> {
        let filled = |text: &&String| !text.trim().is_empty();
        self.paper.documents.iter().filter(filled).take(DOCUMENTS_MAX).map(String::as_str)
    }

    /// The fact as text; `None` when it is not known or empty. Of documents: whether there are any.
    pub(crate) fn value(&self, fact: Fact) -> Option<String> {
        let paper = self.paper;
        let text = |text: &Option<String>| text.clone();
        let value = match fact {
            Fact::Office => Some(paper.office.clone()),
            Fact::Service => Some(paper.service.clone()),
            Fact::Agency => text(&paper.agency),
            Fact::Number => Some(paper.number.clone()),
            Fact::PeopleAhead => paper.people_ahead.map(|people| wording::figures(people, paper)),
            Fact::Wait => wording::range(paper).map(|(lo, hi)| self.range(lo, hi)),
            Fact::Date => Some(self.words.date(&paper.issued_at, paper)),
            Fact::Time => Some(self.words.time(&paper.issued_at, paper)),
            Fact::OpeningNote => text(&paper.note).or_else(|| self.words.word("begins", paper)),
            Fact::Documents => self.documents().next().map(str::to_owned),
            Fact::Message => text(&paper.message),
            Fact::Counter => text(&paper.counter),
            Fact::Reference => text(&paper.reference),
            Fact::ForwardedTo => text(&paper.forwarded_to),
            Fact::ClosedBecause => self.words.word("closed_because", paper),
            Fact::Opens => paper.opens_at.as_ref().map(|at| self.moment(at)),
            Fact::Link => text(&paper.link),
            Fact::Printer => text(&paper.printer),
            Fact::Dots => Some(self.width_dots.to_string()),
        };
        value.filter(|value| !value.trim().is_empty())
    }

    fn moment(&self, at: &jiff::Zoned) -> String {
        format!("{} {}", self.words.date(at, self.paper), self.words.time(at, self.paper))
    }

    /// `15–25`, bound so that no line breaks in it.
    fn range(&self, lo: u32, hi: u32) -> String {
        let figures = |minutes| wording::figures(minutes, self.paper);
        if lo == hi { figures(hi) } else { format!("{}–\u{2060}{}", figures(lo), figures(hi)) }
    }
}

/// What stands between a pair of braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Variable {
    Fact(Fact),
    /// A word of the paper's language.
    Word(&'static str),
}

impl Variable {
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        if let Some(word) = name.strip_prefix("words.") {
            let known = Wording::names().find(|known| *known == word).map(Self::Word);
            return known.ok_or_else(|| {
                let near: Vec<String> = Wording::names().map(|known| format!("words.{known}")).collect();
                format!("`{{{name}}}` is no word: {}", hint(name, near.iter().map(String::as_str)))
            });
        }
        fact(name).map(Self::Fact).ok_or_else(|| {
            let known = FACTS.iter().map(|(known, _)| *known);
            let all: Vec<&str> = known.chain(std::iter::once("words.…")).collect();
            format!("`{{{name}}}` is no variable: {}", hint(name, all.into_iter()))
        })
    }

    pub(crate) fn value(&self, facts: &Facts<'_>) -> Option<String> {
        match self {
            Self::Fact(fact) => facts.value(*fact),
            Self::Word(name) => facts.words.word(name, facts.paper).filter(|word| !word.trim().is_empty()),
        }
    }

    /// Whether it has a value on every ticket.
    pub(crate) fn is_always_there(&self) -> bool {
        match self {
            Self::Fact(fact) => matches!(fact, Fact::Number | Fact::Date | Fact::Time | Fact::Dots),
            Self::Word(name) => *name == "issued" || Wording::of("en").plain(name).is_some(),
        }
    }
}

fn fact(name: &str) -> Option<Fact> {
    FACTS.iter().find(|(known, _)| *known == name).map(|(_, fact)| *fact)
}

/// What must hold for a block to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    asks: Asks,
    /// Whether it must hold or must not.
    wanted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    Known(Fact),
    Reprint,
    Priority,
    Narrow,
    Wide,
}

const STATES: [(&str, Asks); 4] = [
    ("reprint", Asks::Reprint),
    ("priority", Asks::Priority),
    ("narrow", Asks::Narrow),
    ("wide", Asks::Wide),
];

impl Condition {
    /// `priority`, `not reprint`, `documents`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        let (name, wanted) = match trimmed.strip_prefix("not ") {
            Some(name) => (name.trim(), false),
            None => (trimmed, true),
        };
        let state = STATES.iter().find(|(known, _)| *known == name).map(|(_, asks)| *asks);
        if let Some(asks) = state.or_else(|| fact(name).map(Asks::Known)) {
            return Ok(Self { asks, wanted });
        }
        let known = STATES.iter().map(|(name, _)| *name).chain(FACTS.iter().map(|(name, _)| *name));
        Err(format!("`{}` is no condition: {}", super::fields::shortened(name), hint(name, known)))
    }

    pub(crate) fn holds(self, facts: &Facts<'_>) -> bool {
        let is = match self.asks {
            Asks::Known(fact) => facts.value(fact).is_some(),
            Asks::Reprint => facts.paper.is_reprint(),
            Asks::Priority => facts.paper.priority,
            Asks::Narrow => !facts.wide(),
            Asks::Wide => facts.wide(),
        };
        is == self.wanted
    }
}
