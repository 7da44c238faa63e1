//! `[tickets]`: what the site's papers look like. Templates and pictures are read from the files named and handed on as
//! they are; whether a template makes sense, printing says.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use khiw_domain::config::{
    AlsoPrinted, PICTURE_BYTES_MAX, PICTURES_MAX, Paperless, TEMPLATE_BYTES_MAX, Tickets, Year,
};
use khiw_domain::id::{Code, DeviceId};

use crate::fields::{Fields, Reading};
use crate::source::beside;
use crate::tree::{Node, Value};

/// The papers a site may draw its own way.
const PAPERS: [&str; 5] = ["ticket", "reprint", "forward", "closed", "test"];
/// Papers besides tickets, printed only where a site says so.
const ALSO: [(&str, AlsoPrinted); 3] =
    [("closed", AlsoPrinted::Closed), ("forward", AlsoPrinted::Forward), ("transfer", AlsoPrinted::Transfer)];
const DEVICES_MAX: usize = 64;
const PATH_CHARACTERS_MAX: usize = 300;

pub(crate) fn tickets<'a>(root: &Fields<'a>, reading: &'a Reading<'a>) -> Tickets {
    let Some(fields) = root.get("tickets").and_then(|node| Fields::of(reading, "tickets", node)) else {
        return Tickets::default();
    };
    let years = [("by_language", Year::ByLanguage), ("be", Year::Be), ("ce", Year::Ce)];
    let tickets = Tickets {
        // Only the running hall says what was changed in it.
        edited: std::collections::BTreeSet::new(),
        templates: PAPERS
            .into_iter()
            .filter_map(|paper| Some((paper.to_owned(), template(&fields, paper)?)))
            .collect(),
        pictures: pictures(&fields),
        message: fields.name_if_given("message").unwrap_or_default(),
        thai_digits: fields.flag("thai_digits"),
        year: fields.choice("year", &years).unwrap_or_default(),
        paperless: paperless(&fields),
        also: also(&fields),
    };
    fields.done();
    tickets
}

/// `true` for all kiosks, or a list of them.
fn paperless(fields: &Fields<'_>) -> Paperless {
    match fields.get("paperless").map(|node| &node.value) {
        None | Some(Value::Bool(false)) => return Paperless::Nobody,
        Some(Value::Bool(true)) => return Paperless::Everybody,
        Some(_) => {}
    }
    let nodes = fields.list("paperless", "[\"k3f9\"], or true for all kiosks");
    if nodes.len() > DEVICES_MAX {
        fields.problem("paperless", format!("has {} items: at most {DEVICES_MAX} are possible", nodes.len()));
    }
    let device = |node: &Node| {
        let text = fields.text_of("paperless", node, "\"k3f9\"", 64)?;
        fields.parsed::<DeviceId>("paperless", &text)
    };
    match nodes.iter().take(DEVICES_MAX).filter_map(device).collect::<Vec<_>>() {
        devices if devices.is_empty() => Paperless::Nobody,
        devices => Paperless::Devices(devices),
    }
}

fn also(fields: &Fields<'_>) -> BTreeSet<AlsoPrinted> {
    let mut also = BTreeSet::new();
    for node in fields.list("also", "[\"closed\", \"forward\"]") {
        let known = match &node.value {
            Value::Text(text) => ALSO.iter().find(|(word, _)| word == text),
            _ => None,
        };
        match known {
            Some((_, paper)) => {
                also.insert(*paper);
            }
            None => {
                fields.problem("also", "lists papers that there are not: write closed, forward or transfer");
            }
        }
    }
    also
}

fn template(fields: &Fields<'_>, paper: &'static str) -> Option<String> {
    let node = fields.get(paper)?;
    let bytes = file(fields, paper, node, "\"tickets/ticket.toml\"", TEMPLATE_BYTES_MAX)?;
    let text = String::from_utf8(bytes);
    if text.is_err() {
        fields.problem(paper, "names a file that is no UTF-8 text: save it as UTF-8");
    }
    text.ok()
}

fn pictures(fields: &Fields<'_>) -> BTreeMap<String, String> {
    let entries = fields.table("pictures");
    if entries.len() > PICTURES_MAX {
        fields.problem("pictures", format!("has {}: at most {PICTURES_MAX} are possible", entries.len()));
    }
    let mut pictures = BTreeMap::new();
    for entry in entries.iter().take(PICTURES_MAX) {
        let key = format!("pictures.{}", entry.key);
        if let Err(invalid) = Code::parse(&entry.key) {
            fields.reading.problems.add(&entry.place, &fields.path_of(&key), invalid.to_string());
            continue;
        }
        if let Some(png) = file(fields, &key, &entry.node, "\"tickets/logo.png\"", PICTURE_BYTES_MAX) {
            pictures.insert(entry.key.clone(), base64::engine::general_purpose::STANDARD.encode(png));
        }
    }
    pictures
}

/// The bytes of the file that `node` names, seen from the file that names it.
fn file(fields: &Fields<'_>, key: &str, node: &Node, example: &str, bytes_max: usize) -> Option<Vec<u8>> {
    let problem = |problem: String| fields.reading.problems.add(&node.place, &fields.path_of(key), problem);
    let Value::Text(named) = &node.value else {
        problem(format!("is {}: write the name of a file, e.g. {example}", node.value.kind()));
        return None;
    };
    if named.trim().is_empty() || named.chars().count() > PATH_CHARACTERS_MAX {
        problem(format!("is no name of a file: write e.g. {example}"));
        return None;
    }
    let name = beside(&node.place.file, named);
    match fields.reading.files.bytes(&name, bytes_max) {
        None => {
            problem(format!("`{name}` cannot be read: is it there, and a regular file?"));
            None
        }
        Some(bytes) if bytes.len() > bytes_max => {
            problem(format!("`{name}` is longer than {} KiB: make it smaller", bytes_max / 1024));
            None
        }
        Some(bytes) => Some(bytes),
    }
}
