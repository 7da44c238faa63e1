//! What changes between two configurations of a site, as lines for people. Compares every field that is stored, so a
//! new field of the domain is compared without a word here. Decides nothing: what a change may do to live tickets is
//! the domain's business.

use std::fmt;

use khiw_domain::config::SiteConfig;
use toml::{Table, Value};

/// A name has at most 300 characters, of three bytes each in Thai.
const LONG_BYTES_MIN: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    Removed,
    Changed,
    Added,
}

/// One difference, shown as `+ queues[pay]: …`, `- counters[7]: …` or `~ queues[civil].target_wait_s: 900 → 600`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    /// Dotted path, list items by their id.
    pub key: String,
    /// Value before; `None` when added.
    pub before: Option<String>,
    /// Value after; `None` when removed.
    pub after: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.before.as_deref().unwrap_or_default();
        let after = self.after.as_deref().unwrap_or_default();
        match self.kind {
            ChangeKind::Removed => write!(f, "- {}: {before}", self.key),
            ChangeKind::Added => write!(f, "+ {}: {after}", self.key),
            ChangeKind::Changed => write!(f, "~ {}: {before} → {after}", self.key),
        }
    }
}

/// Every difference, in the order of the configuration's fields; empty when both are equal.
pub fn difference(old: &SiteConfig, new: &SiteConfig) -> Vec<Change> {
    let table = |config: &SiteConfig| Value::try_from(config).expect("a site configuration is a TOML table");
    let mut changes = Vec::new();
    compare("", Some(&table(old)), Some(&table(new)), &mut changes);
    changes
}

fn compare(key: &str, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<Change>) {
    match (old, new) {
        (Some(old), Some(new)) if old == new => {}
        (Some(Value::Table(old)), Some(Value::Table(new))) if is_open(old) && is_open(new) => {
            tables(key, old, new, changes);
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if named(old) && named(new) => {
            lists(key, old, new, changes);
        }
        (Some(Value::String(old)), Some(Value::String(new))) if is_long(old) || is_long(new) => {
            let (before, after) = first_difference(old, new);
            let (before, after) = (Some(before), Some(after));
            changes.push(Change { kind: ChangeKind::Changed, key: key.to_owned(), before, after });
        }
        (Some(old), Some(new)) => changes.push(change(ChangeKind::Changed, key, Some(old), Some(new))),
        (Some(old), None) => changes.push(change(ChangeKind::Removed, key, Some(old), None)),
        (None, Some(new)) => changes.push(change(ChangeKind::Added, key, None, Some(new))),
        (None, None) => {}
    }
}

/// Posted times (`unit`, `n`) are one value to people, not two fields.
fn is_open(table: &Table) -> bool {
    !table.contains_key("unit")
}

fn tables(key: &str, old: &Table, new: &Table, changes: &mut Vec<Change>) {
    let added = new.keys().filter(|field| !old.contains_key(*field));
    for field in old.keys().chain(added) {
        let path = if key.is_empty() { field.clone() } else { format!("{key}.{field}") };
        compare(&path, old.get(field), new.get(field), changes);
    }
}

fn lists(key: &str, old: &[Value], new: &[Value], changes: &mut Vec<Change>) {
    let old_names: Vec<String> = old.iter().filter_map(name).collect();
    let new_names: Vec<String> = new.iter().filter_map(name).collect();
    for (index, name) in old_names.iter().enumerate() {
        let after = new_names.iter().position(|other| other == name).and_then(|index| new.get(index));
        compare(&format!("{key}[{name}]"), old.get(index), after, changes);
    }
    for (index, name) in new_names.iter().enumerate().filter(|(_, name)| !old_names.contains(name)) {
        compare(&format!("{key}[{name}]"), None, new.get(index), changes);
    }
    let kept = |names: &[String], others: &[String]| -> Vec<String> {
        names.iter().filter(|name| others.contains(name)).cloned().collect()
    };
    let (before, after) = (kept(&old_names, &new_names), kept(&new_names, &old_names));
    if before != after {
        let order = |names: Vec<String>| Value::Array(names.into_iter().map(Value::String).collect());
        changes.push(change(
            ChangeKind::Changed,
            &format!("{key}.order"),
            Some(&order(before)),
            Some(&order(after)),
        ));
    }
}

/// Lists whose items have a name of their own are compared item by item, others as a whole.
fn named(items: &[Value]) -> bool {
    items.iter().all(|item| name(item).is_some())
}

fn name(item: &Value) -> Option<String> {
    ["id", "code", "date", "queue"].iter().find_map(|key| item.get(key)?.as_str()).map(str::to_owned)
}

fn change(kind: ChangeKind, key: &str, old: Option<&Value>, new: Option<&Value>) -> Change {
    Change { kind, key: key.to_owned(), before: old.map(shown), after: new.map(shown) }
}

/// A file's text or a picture: nobody reads it in one line.
fn is_long(text: &str) -> bool {
    text.contains('\n') || text.len() > LONG_BYTES_MIN
}

fn first_difference(old: &str, new: &str) -> (String, String) {
    let line = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    let at = |text: &str| match text.lines().nth(line) {
        Some(there) if !is_long(there) => format!("{}, line {}: {there}", length(text), line + 1),
        _ => length(text),
    };
    (at(old), at(new))
}

fn length(text: &str) -> String {
    let lines = text.lines().count();
    if lines > 1 { format!("{lines} lines") } else { format!("{} bytes", text.len()) }
}

/// A whole item is told by its name, anything else by its value.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if is_long(text) => length(text),
        Value::String(text) => text.clone(),
        Value::Table(table) if table.contains_key("name") => shown(&table["name"]),
        Value::Table(table) => {
            let parts: Vec<String> =
                table.iter().map(|(key, value)| format!("{key} {}", shown(value))).collect();
            parts.join(", ")
        }
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join("; ")),
        other => other.to_string(),
    }
}
