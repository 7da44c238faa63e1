//! `[codes.…]`: the outcomes and reasons staff choose from, in the order of the file.

use khiw_domain::config::{CodeName, Codes};

use crate::fields::{Fields, Reading, names};

/// More than a screen of choices is no choice.
pub(crate) const CODES_MAX: usize = 40;

pub(crate) fn codes<'a>(root: &Fields<'a>, reading: &'a Reading<'a>) -> Codes {
    let Some(fields) = root.get("codes").and_then(|node| Fields::of(reading, "codes", node)) else {
        return Codes::default();
    };
    let codes = Codes {
        outcomes: list(&fields, "outcomes"),
        pause: list(&fields, "pause"),
        out_of_order: list(&fields, "out_of_order"),
        reprioritise: list(&fields, "reprioritise"),
        suspend: list(&fields, "suspend"),
    };
    fields.done();
    codes
}

/// `completed = { th = "…", en = "…" }`, a line each.
fn list(fields: &Fields<'_>, key: &'static str) -> Vec<CodeName> {
    let entries = fields.table(key);
    if entries.len() > CODES_MAX {
        fields.problem(
            key,
            format!("has {} codes: at most {CODES_MAX}, staff choose from a screen", entries.len()),
        );
    }
    let mut codes = Vec::new();
    for entry in entries.iter().take(CODES_MAX) {
        let path = fields.path_of(&format!("{key}.{}", entry.key));
        let name = names(fields.reading, &path, &entry.node);
        match entry.key.parse() {
            Ok(code) => codes.push(CodeName { code, name }),
            Err(invalid) => fields.reading.problems.add(&entry.place, &path, format!("{invalid}")),
        }
    }
    codes
}
