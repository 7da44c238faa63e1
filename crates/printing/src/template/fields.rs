//! Reads one block's keys into plain values. Whatever is wrong becomes a problem and `None`; an unknown key is a
//! problem too. Knows nothing of what blocks mean.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problems, TemplateProblem, hint};

/// A value that may differ between narrow (58 mm) and wide (80 mm) paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dots {
    pub narrow: u32,
    pub wide: u32,
}

impl Dots {
    pub(crate) const fn both(dots: u32) -> Self {
        Self { narrow: dots, wide: dots }
    }

    pub(crate) fn on(self, wide: bool) -> u32 {
        if wide { self.wide } else { self.narrow }
    }
}

/// The keys of one block.
pub(crate) struct Fields<'a> {
    pub problems: &'a Problems,
    table: &'a DeTable<'a>,
    /// Of the block's first line.
    line: u32,
    block: Option<u32>,
    kind: Option<&'static str>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(problems: &'a Problems, table: &'a DeTable<'a>, line: u32, block: Option<u32>) -> Self {
        Self { problems, table, line, block, kind: None, asked: RefCell::default() }
    }

    /// The keys that stand in the block.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.table.iter().map(|(key, _)| key.get_ref().as_ref())
    }

    pub(crate) fn set_kind(&mut self, kind: &'static str) {
        self.kind = Some(kind);
    }

    /// A problem at the key's line.
    pub(crate) fn problem(&self, key: &str, problem: impl Into<String>) {
        let at = self.table.iter().find(|(known, _)| known.get_ref() == key);
        let line = at.map_or(self.line, |(key, _)| self.problems.line_of(key));
        self.problem_on(line, key, problem);
    }

    pub(crate) fn problem_on(&self, line: u32, key: &str, problem: impl Into<String>) {
        self.problems.add(TemplateProblem {
            line,
            block: self.block,
            kind: self.kind.map(str::to_owned),
            key: key.to_owned(),
            problem: problem.into(),
        });
    }

    /// The value of `key`, which is known from now on.
    pub(crate) fn get(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.table.get(key)
    }

    /// Every key that nobody asked for is a problem.
    pub(crate) fn done(&self) {
        let asked = self.asked.borrow();
        for key in self.keys().filter(|key| !asked.contains(key)) {
            self.problem(key, format!("is no key here: {}", hint(key, asked.iter().copied())));
        }
    }

    pub(crate) fn wrong(&self, key: &str, value: &DeValue<'_>, wanted: &str) {
        self.problem(key, format!("is {}: write {wanted}", kind_of(value)));
    }

    /// A whole number within `range`.
    pub(crate) fn number(&self, key: &'static str, range: &RangeInclusive<u32>) -> Option<u32> {
        let value = self.get(key)?;
        self.number_of(key, value.get_ref(), range)
    }

    fn number_of(&self, key: &str, value: &DeValue<'_>, range: &RangeInclusive<u32>) -> Option<u32> {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        let DeValue::Integer(number) = value else {
            self.wrong(key, value, &wanted);
            return None;
        };
        let parsed = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let fits =
            parsed.and_then(|number| u32::try_from(number).ok()).filter(|number| range.contains(number));
        if fits.is_none() {
            let shown: String = number.as_str().chars().take(20).collect();
            self.problem(key, format!("is {shown}: write {wanted}"));
        }
        fits
    }

    /// Dots: one number, or `{ narrow = …, wide = … }`.
    pub(crate) fn dots(&self, key: &'static str, range: &RangeInclusive<u32>) -> Option<Dots> {
        let value = self.get(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            if matches!(value.get_ref(), DeValue::Integer(_)) {
                return self.number_of(key, value.get_ref(), range).map(Dots::both);
            }
            self.wrong(key, value.get_ref(), "a number of dots, or { narrow = 26, wide = 28 }");
            return None;
        };
        for (name, _) in
            table.iter().filter(|(name, _)| !matches!(name.get_ref().as_ref(), "narrow" | "wide"))
        {
            let known = ["narrow", "wide"].into_iter();
            self.problem(key, format!("has `{}`: {}", name.get_ref(), hint(name.get_ref(), known)));
        }
        let side = |name: &str| {
            let Some(value) = table.get(name) else {
                self.problem(key, format!("has no `{name}`: write both, {{ narrow = 26, wide = 28 }}"));
                return None;
            };
            self.number_of(key, value.get_ref(), range)
        };
        let (narrow, wide) = (side("narrow"), side("wide"));
        Some(Dots { narrow: narrow?, wide: wide? })
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let value = self.get(key)?;
        let quoted: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let wanted = format!("one of {}", quoted.join(", "));
        let DeValue::String(text) = value.get_ref() else {
            self.wrong(key, value.get_ref(), &wanted);
            return None;
        };
        let found = words.iter().find(|(word, _)| word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known = words.iter().map(|(word, _)| *word);
            self.problem(key, format!("is \"{}\": {}", shortened(text), hint(text, known)));
        }
        found
    }

    /// One text or a list of texts, each with its line.
    pub(crate) fn texts(&self, key: &'static str, example: &str) -> Vec<(u32, &'a str)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let line = self.problems.line_of(value);
        match value.get_ref() {
            DeValue::String(text) => vec![(line, text.as_ref())],
            DeValue::Array(items) => {
                let text = |item: &'a Spanned<DeValue<'a>>| match item.get_ref() {
                    DeValue::String(text) => Some((self.problems.line_of(item), text.as_ref())),
                    other => {
                        self.wrong(key, other, &format!("texts only, e.g. {example}"));
                        None
                    }
                };
                items.iter().filter_map(text).collect()
            }
            other => {
                self.wrong(key, other, &format!("a text or a list of texts, e.g. {example}"));
                Vec::new()
            }
        }
    }
}

/// A word of somebody's file as it is repeated in a problem.
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN_MAX: usize = 40;
    let mut shown: String = text.chars().filter(|c| !c.is_control()).take(SHOWN_MAX).collect();
    if text.chars().nth(SHOWN_MAX).is_some() {
        shown.push('…');
    }
    shown
}

pub(crate) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
