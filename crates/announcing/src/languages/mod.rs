//! The grammars: one file per language, each its words, its letters' names, the shape of its phrase and how it
//! builds numbers. Wording of Thai, Vietnamese, English and Malay: docs/lobby.md. No native speaker has checked
//! Lao, Burmese, Chinese, nor the letters' names of any language.

mod en;
mod lo;
mod ms;
mod my;
mod th;
mod vi;
mod zh;

use khiw_domain::id::Language;

use crate::word::Word;

pub(crate) const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
pub(crate) const COUNTER: &str = "counter";

/// A piece of the phrase, in the order of the language.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Word(&'static str),
    /// The ticket's number, character by character.
    Ticket,
    Place,
    /// The counter's label, figures as a number.
    Counter,
}

/// Names of the words that numbers are built with, added to a row.
type Number = fn(u16, &mut Vec<&'static str>);

pub(crate) struct Tongue {
    /// Whether it writes spaces between words.
    pub spaced: bool,
    pub words: &'static [Word],
    /// Names of A to Z.
    pub letters: [&'static str; 26],
    pub shape: &'static [Part],
    /// Place words as configured, and the word that is said.
    pub places: &'static [(&'static str, &'static str)],
    /// 1 to 9,999.
    pub number: Number,
}

pub(crate) fn of(language: Language) -> &'static Tongue {
    match language {
        Language::Th => &th::TONGUE,
        Language::Vi => &vi::TONGUE,
        Language::En => &en::TONGUE,
        Language::Ms => &ms::TONGUE,
        Language::Lo => &lo::TONGUE,
        Language::My => &my::TONGUE,
        Language::Zh => &zh::TONGUE,
    }
}

pub(crate) fn number(tongue: &Tongue, value: u16) -> Vec<&'static str> {
    let mut words = Vec::new();
    if value == 0 {
        words.push(DIGITS[0]);
    } else {
        (tongue.number)(value, &mut words);
    }
    words
}

/// Two hundred, one thousand two hundred: digit and unit, for languages that say both always.
fn thousands_and_hundreds([thousands, hundreds, ..]: [usize; 4], words: &mut Vec<&'static str>) {
    for (digit, unit) in [(thousands, "thousand"), (hundreds, "hundred")] {
        if digit > 0 {
            words.extend([DIGITS[digit], unit]);
        }
    }
}

/// As Thai and Lao count: two tens are a word of their own, and so is a last one that is `later`.
fn tai_number(value: u16, later: bool, words: &mut Vec<&'static str>) {
    let places = places_of(value);
    thousands_and_hundreds(places, words);
    let [.., tens, ones] = places;
    match tens {
        0 => {}
        1 => words.push("10"),
        2 => words.push("20"),
        _ => words.extend([DIGITS[tens], "10"]),
    }
    match ones {
        0 => {}
        1 if later => words.push("1-later"),
        _ => words.push(DIGITS[ones]),
    }
}

/// Thousands, hundreds, tens and ones.
fn places_of(value: u16) -> [usize; 4] {
    [1_000, 100, 10, 1].map(|unit| usize::from(value / unit % 10))
}

/// Names of A to Z as English says them; several languages do too.
const LATIN: [&str; 26] = [
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U",
    "V", "W", "X", "Y", "Z",
];
