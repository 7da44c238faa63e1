//! Reads one table's keys into plain values. Whatever is wrong becomes a problem and a placeholder; an unknown key
//! is a problem too. Knows the seven languages, nothing else of sites.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::civil::Date;
use khiw_domain::config::Names;
use khiw_domain::id::{InvalidId, Language};

use crate::error::Problems;
use crate::nearest::nearest;
use crate::source::Files;
use crate::tree::{Entry, Node, Place, Value};

/// Longest text of a name, a document or a step, in characters.
pub(crate) const TEXT_CHARACTERS_MAX: usize = 300;

/// What every reader needs: where problems go, where files named in the site's come from, and which languages each name
/// must have.
pub(crate) struct Reading<'a> {
    pub problems: &'a Problems,
    pub files: &'a dyn Files,
    pub required: Vec<Language>,
}

/// The keys of one table.
pub(crate) struct Fields<'a> {
    pub reading: &'a Reading<'a>,
    /// Path of the table, e.g. `queues[civil]`.
    pub path: String,
    pub place: &'a Place,
    entries: &'a [Entry],
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    /// `None` with a problem when the node is no table.
    pub fn of(reading: &'a Reading<'a>, path: &str, node: &'a Node) -> Option<Self> {
        let Value::Table(entries) = &node.value else {
            let problem = format!("is {}: write a table {{ … }}", node.value.kind());
            reading.problems.add(&node.place, path, problem);
            return None;
        };
        let asked = RefCell::default();
        Some(Self { reading, path: path.to_owned(), place: &node.place, entries, asked })
    }

    pub fn problem(&self, key: &str, problem: impl Into<String>) {
        let place = self.entry(key).map_or(self.place, |entry| &entry.place);
        self.reading.problems.add(place, &self.path_of(key), problem);
    }

    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of `key`, which is known from now on.
    pub fn get(&self, key: &'static str) -> Option<&'a Node> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.entry(key).map(|entry| &entry.node)
    }

    /// Like `get`; a problem when it is missing.
    pub fn need(&self, key: &'static str, example: &str) -> Option<&'a Node> {
        let node = self.get(key);
        if node.is_none() {
            self.problem(key, format!("is missing: write {key} = {example}"));
        }
        node
    }

    /// Every key that nobody asked for is a problem.
    pub fn done(&self) {
        let asked = self.asked.borrow();
        for entry in self.entries.iter().filter(|entry| !asked.contains(&entry.key.as_str())) {
            let hint = match nearest(&entry.key, asked.iter().copied()) {
                Some(known) => format!("is no known key: did you mean `{known}`?"),
                None => format!("is no known key: use {}", asked.join(", ")),
            };
            self.problem(&entry.key, hint);
        }
    }

    fn wrong(&self, key: &str, node: &Node, wanted: &str) {
        self.problem(key, format!("is {}: write {wanted}", node.value.kind()));
    }

    pub fn text(&self, key: &'static str, example: &str, characters_max: usize) -> Option<String> {
        match self.get(key) {
            Some(node) => self.text_of(key, node, example, characters_max),
            None => None,
        }
    }

    pub fn text_of(&self, key: &str, node: &Node, example: &str, characters_max: usize) -> Option<String> {
        let Value::Text(text) = &node.value else {
            self.wrong(key, node, &format!("a text, e.g. {example}"));
            return None;
        };
        match text_problem(text, characters_max) {
            Some(problem) => {
                self.problem(key, problem);
                None
            }
            None => Some(text.trim().to_owned()),
        }
    }

    pub fn flag(&self, key: &'static str) -> bool {
        match self.get(key) {
            None => false,
            Some(Node { value: Value::Bool(yes), .. }) => *yes,
            Some(node) => {
                self.wrong(key, node, "true or false");
                false
            }
        }
    }

    /// A whole number within `range`; `None` when it is not given (or wrong, with a problem).
    pub fn number(&self, key: &'static str, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let node = self.get(key)?;
        let (from, to) = range.into_inner();
        let wanted = format!("a whole number from {from} to {to}");
        match node.value {
            Value::Integer(number) if (i64::from(from)..=i64::from(to)).contains(&number) => {
                Some(number as u32)
            }
            Value::Integer(number) => {
                self.problem(key, format!("is {number}: write {wanted}"));
                None
            }
            _ => {
                self.wrong(key, node, &wanted);
                None
            }
        }
    }

    pub fn date(&self, key: &'static str) -> Option<Date> {
        let node = self.need(key, "2026-12-31")?;
        if let Value::Date(date) = node.value {
            return Some(date);
        }
        self.wrong(key, node, "a date without quotes, e.g. 2026-12-31");
        None
    }

    /// One of a few words; `None` when it is not given (or wrong, with a problem).
    pub fn choice<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let node = self.get(key)?;
        let quoted: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let wanted = format!("one of {}", quoted.join(", "));
        let Value::Text(text) = &node.value else {
            self.wrong(key, node, &wanted);
            return None;
        };
        let found = words.iter().find(|(word, _)| word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            self.problem(key, format!("is \"{text}\": write {wanted}"));
        }
        found
    }

    /// An id; `None` when it is not given or no id.
    pub fn id<T: std::str::FromStr<Err = InvalidId>>(&self, key: &'static str) -> Option<T> {
        let text = self.text(key, "\"civil\"", TEXT_CHARACTERS_MAX)?;
        self.parsed(key, &text)
    }

    pub fn parsed<T: std::str::FromStr<Err = InvalidId>>(&self, key: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(id) => Some(id),
            Err(invalid) => {
                self.problem(key, invalid.to_string());
                None
            }
        }
    }

    /// The values of a list; empty when it is not given.
    pub fn list(&self, key: &'static str, example: &str) -> &'a [Node] {
        match self.get(key) {
            None => &[],
            Some(Node { value: Value::List(items), .. }) => items,
            Some(node) => {
                self.wrong(key, node, &format!("a list, e.g. {example}"));
                &[]
            }
        }
    }

    /// The entries of a table; empty when it is not given.
    pub fn table(&self, key: &'static str) -> &'a [Entry] {
        match self.get(key) {
            None => &[],
            Some(Node { value: Value::Table(entries), .. }) => entries,
            Some(node) => {
                self.wrong(key, node, "a table");
                &[]
            }
        }
    }

    /// A name that must be there.
    pub fn name(&self, key: &'static str) -> Names {
        let example = example_names(&self.reading.required);
        self.need(key, &example).map(|node| names(self.reading, &self.path_of(key), node)).unwrap_or_default()
    }

    pub fn name_if_given(&self, key: &'static str) -> Option<Names> {
        self.get(key).map(|node| names(self.reading, &self.path_of(key), node))
    }
}

fn text_problem(text: &str, characters_max: usize) -> Option<String> {
    let characters = text.chars().count();
    if text.trim().is_empty() {
        return Some("is empty: write the text, or remove the key".to_owned());
    }
    if characters > characters_max {
        return Some(format!("has {characters} characters: shorten it to {characters_max}"));
    }
    let control = text.chars().any(char::is_control);
    control.then(|| "contains a line break or another control character: write it in one line".to_owned())
}

/// `{ th = "…", en = "…" }`, with every required language.
pub(crate) fn names(reading: &Reading<'_>, path: &str, node: &Node) -> Names {
    let example = example_names(&reading.required);
    let Value::Table(entries) = &node.value else {
        let problem = format!("is {}: write {example}", node.value.kind());
        reading.problems.add(&node.place, path, problem);
        return Names::new();
    };
    let mut names = BTreeMap::new();
    for entry in entries {
        let key = format!("{path}.{}", entry.key);
        let problem = match (Language::parse(&entry.key), &entry.node.value) {
            (None, _) => Some(unknown_language(&entry.key)),
            (Some(_), Value::Text(text)) if text_problem(text, TEXT_CHARACTERS_MAX).is_some() => {
                text_problem(text, TEXT_CHARACTERS_MAX)
            }
            (Some(language), Value::Text(text)) => {
                names.insert(language, text.trim().to_owned());
                None
            }
            (Some(_), value) => Some(format!("is {}: write a text", value.kind())),
        };
        if let Some(problem) = problem {
            reading.problems.add(&entry.place, &key, problem);
        }
    }
    for language in &reading.required {
        let code = language.code();
        if !entries.iter().any(|entry| entry.key == code) {
            let problem = format!("has no `{code}`: add {code} = \"…\" (required_languages)");
            reading.problems.add(&node.place, path, problem);
        }
    }
    names
}

pub(crate) fn unknown_language(code: &str) -> String {
    let known: Vec<&str> = Language::ALL.iter().map(|language| language.code()).collect();
    format!("`{code}` is no language of Khiw: use {}", known.join(", "))
}

fn example_names(required: &[Language]) -> String {
    let parts: Vec<String> = required.iter().map(|language| format!("{} = \"…\"", language.code())).collect();
    format!("{{ {} }}", parts.join(", "))
}
