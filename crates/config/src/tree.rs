//! A parsed TOML file as a tree whose every key and value knows its file and line. Knows nothing of sites.
//!
//! Serde would stop at a file's first problem and know no lines after it; the tree lets the readers find all.

use std::rc::Rc;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::Problems;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub file: Rc<str>,
    /// From 1.
    pub line: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub place: Place,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Bool(bool),
    Date(Date),
    List(Vec<Node>),
    Table(Vec<Entry>),
    /// A kind no key of a site file takes: a float, a time of day, a number beyond 64 bits.
    Other(&'static str),
}

/// One `key = value`, in the order of the file.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: String,
    pub place: Place,
    pub node: Node,
}

impl Value {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a whole number",
            Self::Bool(_) => "true or false",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}

/// Parses a file. Syntax errors become problems; `None` then.
pub(crate) fn parse(file: &str, text: &str, problems: &Problems) -> Option<Vec<Entry>> {
    let lines = Lines::new(file, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let place = lines.place(error.span().map_or(0, |span| span.start));
        problems.add(&place, "(syntax)", format!("no valid TOML: {}", error.message()));
    }
    errors.is_empty().then(|| entries(root.get_ref(), &lines))
}

struct Lines {
    file: Rc<str>,
    /// Byte offsets at which lines start.
    starts: Vec<usize>,
}

impl Lines {
    fn new(file: &str, text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(newlines.map(|(offset, _)| offset + 1)).collect();
        Self { file: Rc::from(file), starts }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        Place { file: Rc::clone(&self.file), line: line as u32 }
    }
}

fn entries(table: &DeTable<'_>, lines: &Lines) -> Vec<Entry> {
    let mut in_order: Vec<_> = table.iter().collect();
    // The parser sorts keys; the order of the text is the order on screens.
    in_order.sort_by_key(|(key, _)| key.span().start);
    in_order
        .into_iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            place: lines.place(key.span().start),
            node: node(value, lines),
        })
        .collect()
}

fn node(value: &Spanned<DeValue<'_>>, lines: &Lines) -> Node {
    let place = lines.place(value.span().start);
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a huge number"), Value::Integer),
        DeValue::Boolean(yes) => Value::Bool(*yes),
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Datetime(datetime) => date(datetime),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(item, lines)).collect()),
        DeValue::Table(table) => Value::Table(entries(table, lines)),
    };
    Node { place, value }
}

fn date(datetime: &toml::value::Datetime) -> Value {
    let (Some(date), None) = (datetime.date, datetime.time) else {
        return Value::Other("a time of day");
    };
    Date::new(date.year as i16, date.month as i8, date.day as i8)
        .map_or(Value::Other("no day of the calendar"), Value::Date)
}
