//! Ids of one kind: declared once, referred to by others. Keeps ids and places only.

use std::collections::BTreeMap;
use std::str::FromStr;

use khiw_domain::id::InvalidId;

use crate::fields::{Fields, Reading};
use crate::nearest::nearest;
use crate::tree::{Node, Place, Value};

/// Ids of one kind in the site, e.g. its queues.
pub(crate) struct Declared<T> {
    /// As said in a problem: "queue".
    what: &'static str,
    places: BTreeMap<String, (T, Place)>,
}

impl<T: Clone + FromStr<Err = InvalidId>> Declared<T> {
    pub fn new(what: &'static str) -> Self {
        Self { what, places: BTreeMap::new() }
    }

    /// Reads the table's `id` and declares it; `None` with a problem when it is missing, no id, or taken.
    pub fn declare(&mut self, fields: &Fields<'_>) -> Option<T> {
        fields.need("id", "\"civil\"")?;
        let id: T = fields.id("id")?;
        let Some(Node { place, value: Value::Text(text) }) = fields.get("id") else {
            return None;
        };
        if let Some((_, earlier)) = self.places.get(text) {
            let problem =
                format!("{} `{text}` stands already at {}: choose another id", self.what, at(earlier));
            fields.problem("id", problem);
            return None;
        }
        self.places.insert(text.clone(), (id.clone(), place.clone()));
        Some(id)
    }

    /// The declared id that `node` names; `None` with a problem when there is none.
    pub fn refer(&self, fields: &Fields<'_>, key: &str, node: &Node) -> Option<T> {
        let Value::Text(text) = &node.value else {
            let problem = format!("is {}: write the id of a {}", node.value.kind(), self.what);
            fields.problem(key, problem);
            return None;
        };
        if let Some((id, _)) = self.places.get(text) {
            return Some(id.clone());
        }
        let known = self.places.keys().map(String::as_str);
        let hint = match nearest(text, known.clone()) {
            Some(id) => format!("did you mean `{id}`?"),
            None if self.places.is_empty() => format!("no {} is declared", self.what),
            None => format!("use {}", listed(known)),
        };
        fields.reading.problems.add(
            &node.place,
            &fields.path_of(key),
            format!("`{text}` is no {}: {hint}", self.what),
        );
        None
    }

    /// Reads a reference that must be there.
    pub fn need(&self, fields: &Fields<'_>, key: &'static str) -> Option<T> {
        let node = fields.need(key, &format!("the id of a {}", self.what))?;
        self.refer(fields, key, node)
    }
}

fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    const LISTED_MAX: usize = 8;
    let all: Vec<&str> = words.collect();
    let more = if all.len() > LISTED_MAX { ", …" } else { "" };
    format!("{}{more}", all[..all.len().min(LISTED_MAX)].join(", "))
}

pub(crate) fn at(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}

/// The tables of `[[section]]`, each with a path that names its id; a problem when there are too few or too many.
pub(crate) fn items<'a>(
    root: &Fields<'a>,
    reading: &'a Reading<'a>,
    section: &'static str,
    count: std::ops::RangeInclusive<usize>,
) -> Vec<Fields<'a>> {
    let nodes = root.list(section, &format!("[[{section}]] for each"));
    if nodes.len() > *count.end() {
        root.problem(section, format!("has {} items: at most {} are possible", nodes.len(), count.end()));
    } else if nodes.len() < *count.start()
        && root.get(section).is_none_or(|node| matches!(node.value, Value::List(_)))
    {
        root.problem(section, format!("is missing: write at least one [[{section}]]"));
    }
    let bounded = nodes.iter().take(*count.end()).enumerate();
    bounded.filter_map(|(index, node)| Fields::of(reading, &path(section, index, node), node)).collect()
}

/// `queues[civil]`, or `queues[3]` (from 1) when the item has no id to be named by.
pub(crate) fn path(section: &str, index: usize, node: &Node) -> String {
    if let Value::Table(entries) = &node.value
        && let Some(entry) = entries.iter().find(|entry| matches!(entry.key.as_str(), "id" | "date"))
    {
        match &entry.node.value {
            Value::Text(id) => return format!("{section}[{id}]"),
            Value::Date(date) => return format!("{section}[{date}]"),
            _ => {}
        }
    }
    format!("{section}[{}]", index + 1)
}
