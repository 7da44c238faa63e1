//! What is wrong with a site's files, said so that an administrator can mend it. Holds no rules itself.

use std::cell::RefCell;
use std::fmt;

use crate::tree::Place;

/// Problems beyond this many are counted, not listed: a wrong `include` can make thousands.
pub const PROBLEMS_LISTED_MAX: usize = 200;

/// One problem, shown as `file:line: key: what is wrong and what to write instead`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigError {
    pub file: String,
    /// Counted from 1; 0 when the problem is the whole file.
    pub line: u32,
    /// Dotted path, list items by their id: `services[birth].name.en`.
    pub key: String,
    pub problem: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file, self.line, self.key, self.problem)
    }
}

/// Every problem of a site's files, in the order of the text. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().take(PROBLEMS_LISTED_MAX).enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        match self.0.len().checked_sub(PROBLEMS_LISTED_MAX) {
            Some(more) if more > 0 => write!(f, "\nand {more} more"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for ConfigErrors {}

/// Where readers put what they find. Shared by reference, so that reading goes on after a problem:
/// a reader puts a placeholder in the value's stead, and no configuration leaves while problems exist.
#[derive(Default)]
pub(crate) struct Problems(RefCell<Vec<ConfigError>>);

impl Problems {
    pub fn add(&self, place: &Place, key: &str, problem: impl Into<String>) {
        self.0.borrow_mut().push(ConfigError {
            file: place.file.to_string(),
            line: place.line,
            key: key.to_owned(),
            problem: problem.into(),
        });
    }

    /// The problems of one file together, by line; files in the order in which they first failed.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, ConfigErrors> {
        let mut found = self.0.into_inner();
        let mut files: Vec<String> = Vec::new();
        for error in &found {
            if !files.contains(&error.file) {
                files.push(error.file.clone());
            }
        }
        found.sort_by_key(|error| (files.iter().position(|file| *file == error.file), error.line));
        match value {
            Some(value) if found.is_empty() => Ok(value),
            _ => Err(ConfigErrors(found)),
        }
    }
}
