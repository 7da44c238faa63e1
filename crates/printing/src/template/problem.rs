//! What is wrong with a template, said so that an administrator can mend it. Holds no rules itself.

use std::cell::RefCell;
use std::fmt;

use serde::Serialize;
use toml::Spanned;

/// Problems beyond this many are not listed: the first ones tell enough.
pub const PROBLEMS_MAX: usize = 100;

/// One problem, shown as `line 12: block 3 (text): size: is 0: write a whole number from 16 to 120`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateProblem {
    /// Counted from 1; 0 when it is no line's: a picture, or the template as a whole.
    pub line: u32,
    /// Which block, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<u32>,
    /// What kind of block: `text`, `row`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The key; empty when it is the block itself.
    pub key: String,
    /// What is wrong, and what to write instead.
    pub problem: String,
}

impl TemplateProblem {
    /// A problem of the template as a whole.
    pub(crate) fn whole(key: &str, problem: impl Into<String>) -> Self {
        Self { line: 0, block: None, kind: None, key: key.to_owned(), problem: problem.into() }
    }
}

impl fmt::Display for TemplateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if let Some(block) = self.block {
            write!(f, "block {block}")?;
            match &self.kind {
                Some(kind) => write!(f, " ({kind}): ")?,
                None => f.write_str(": ")?,
            }
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.problem)
    }
}

/// Where readers put what they find, so that reading goes on after a problem.
pub(crate) struct Problems {
    /// Byte offsets at which lines start.
    lines: Vec<usize>,
    found: RefCell<Vec<TemplateProblem>>,
}

impl Problems {
    pub(crate) fn of(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(newlines.map(|(offset, _)| offset + 1)).collect();
        Self { lines, found: RefCell::default() }
    }

    pub(crate) fn line(&self, offset: usize) -> u32 {
        self.lines.partition_point(|start| *start <= offset) as u32
    }

    pub(crate) fn line_of<T>(&self, spanned: &Spanned<T>) -> u32 {
        self.line(spanned.span().start)
    }

    pub(crate) fn add(&self, problem: TemplateProblem) {
        let mut found = self.found.borrow_mut();
        if found.len() < PROBLEMS_MAX {
            found.push(problem);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// All, by line.
    pub(crate) fn into_list(self) -> Vec<TemplateProblem> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|problem| (problem.line, problem.block));
        found
    }
}

/// "did you mean …?" when a known word is near, else the known words.
pub(crate) fn hint<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let allowed = (word.chars().count() / 3).max(1);
    let nearest = known.iter().map(|candidate| (strsim::osa_distance(word, candidate), *candidate)).min();
    match nearest {
        Some((changes, candidate)) if changes <= allowed => format!("did you mean `{candidate}`?"),
        _ => format!("use {}", known.join(", ")),
    }
}
