//! A call becomes a phrase: words in order, with the pauses between them.

use khiw_domain::id::Language;

use crate::languages::{self, Part, Tongue};
use crate::word::{Token, Word};

/// Before each character of the ticket's number: it is heard one by one, and written down by some.
const PAUSE_CHARACTER_MS: u16 = 90;
/// Between the parts of the phrase.
const PAUSE_PART_MS: u16 = 180;
/// Numbers up to here are said as numbers; longer ones digit by digit.
pub(crate) const NUMBER_MAX: u16 = 9_999;

/// What is called, where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called<'a> {
    /// As printed: `A012`.
    pub number: &'a str,
    /// The counter's label: `5`, `12B`.
    pub label: &'a str,
    /// The counter's place word in this language; empty: the usual one.
    pub place: &'a str,
}

/// A word of a phrase, and the silence before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    pub pause_ms: u16,
    pub word: Word,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    pub language: Language,
    pub spoken: Vec<Spoken>,
}

impl Phrase {
    pub fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.spoken.iter().map(|spoken| &spoken.word.token)
    }

    /// As a person would write it; what a synthesiser that takes whole sentences is given.
    pub fn text(&self) -> String {
        let spaced = languages::of(self.language).spaced;
        let mut text = String::new();
        for spoken in &self.spoken {
            if !text.is_empty() && (spaced || spoken.pause_ms > 0) {
                text.push(' ');
            }
            text.push_str(&spoken.word.text);
        }
        text
    }
}

/// What is said for this call.
pub fn phrase(language: Language, called: &Called<'_>) -> Phrase {
    let tongue = languages::of(language);
    let mut phrase = Phrase { language, spoken: Vec::new() };
    for part in tongue.shape {
        let words = match part {
            Part::Word(token) => vec![known(tongue, token)],
            Part::Ticket => characters(tongue, called.number),
            Part::Place => vec![place(tongue, called.place)],
            Part::Counter => label(tongue, called.label),
        };
        let between = if matches!(part, Part::Ticket) { PAUSE_CHARACTER_MS } else { 0 };
        for (index, word) in words.into_iter().enumerate() {
            let pause_ms = match index {
                0 if phrase.spoken.is_empty() => 0,
                // "counter five" is one breath.
                0 if matches!(part, Part::Counter) => 0,
                0 => PAUSE_PART_MS,
                _ => between,
            };
            phrase.spoken.push(Spoken { pause_ms, word });
        }
    }
    phrase
}

fn known(tongue: &Tongue, token: &str) -> Word {
    let word = tongue.words.iter().find(|word| word.token.as_str() == token);
    word.cloned().unwrap_or_else(|| Word::own(token))
}

/// Letters and digits one by one; what lies between them is not said.
fn characters(tongue: &Tongue, text: &str) -> Vec<Word> {
    text.chars().filter_map(|character| said(tongue, character)).collect()
}

fn said(tongue: &Tongue, character: char) -> Option<Word> {
    if let Some(digit) = figure(character) {
        return Some(known(tongue, languages::DIGITS[digit]));
    }
    let letter = character.to_ascii_lowercase();
    if letter.is_ascii_lowercase() {
        let index = letter as usize - 'a' as usize;
        let token: Token = format!("letter-{letter}").parse().ok()?;
        return Some(Word { token, text: tongue.letters[index].into() });
    }
    character.is_alphabetic().then(|| Word::own(character.encode_utf8(&mut [0; 4])))
}

/// Arabic and Thai figures.
fn figure(character: char) -> Option<usize> {
    let thai = |c: char| ('๐'..='๙').contains(&c).then(|| c as u32 - '๐' as u32);
    character.to_digit(10).or_else(|| thai(character)).and_then(|digit| usize::try_from(digit).ok())
}

fn place(tongue: &Tongue, asked: &str) -> Word {
    let asked = asked.trim();
    if asked.is_empty() {
        return known(tongue, languages::COUNTER);
    }
    let same = |text: &str| text.to_lowercase() == asked.to_lowercase();
    let found = tongue.places.iter().find(|(text, _)| same(text));
    found.map_or_else(|| Word::own(asked), |(_, token)| known(tongue, token))
}

/// Runs of figures as numbers, letters by their names, anything else as one word of the site's own.
fn label(tongue: &Tongue, text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let kind = Kind::of(first);
        let end = rest.find(|c| Kind::of(c) != kind).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match kind {
            Kind::Figures => words.extend(number(tongue, run)),
            Kind::Letters => words.extend(characters(tongue, run)),
            Kind::Others => words.push(Word::own(run)),
            Kind::Between => {}
        }
        rest = after;
    }
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Figures,
    Letters,
    /// Words of the site's own: "ตรวจ", "VIP" is letters.
    Others,
    Between,
}

impl Kind {
    fn of(character: char) -> Self {
        if figure(character).is_some() {
            Self::Figures
        } else if character.is_ascii_alphabetic() {
            Self::Letters
        } else if character.is_whitespace() || character.is_ascii_punctuation() || character.is_control() {
            Self::Between
        } else {
            Self::Others
        }
    }
}

/// A number, or its digits when it is long or begins with a nought: `007` is no seven.
fn number(tongue: &Tongue, figures: &str) -> Vec<Word> {
    let digits: Vec<usize> = figures.chars().filter_map(figure).collect();
    let value = digits.iter().try_fold(0_u16, |value, digit| {
        value.checked_mul(10)?.checked_add(u16::try_from(*digit).ok()?).filter(|value| *value <= NUMBER_MAX)
    });
    match value {
        Some(value) if digits.len() == 1 || digits.first() != Some(&0) => {
            languages::number(tongue, value).into_iter().map(|token| known(tongue, token)).collect()
        }
        _ => digits.into_iter().map(|digit| known(tongue, languages::DIGITS[digit])).collect(),
    }
}
