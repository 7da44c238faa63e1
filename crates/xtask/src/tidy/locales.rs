//! Every word a person reads exists in Thai, Vietnamese and English. Whether it
//! is said well is a native speaker's business, not this file's.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Rule, Source};

const LOCALE: Rule = Rule {
    name: "words-in-every-language",
    why: "A missing word is a blank button for somebody.",
    fix: "Add the key to the file named, or remove it from all. Further languages may lack words: they fall back to English.",
};

/// Complete by rule. English is the list the others are compared with.
const COMPLETE: &[&str] = &["en", "th", "vi"];

/// How a language is set, not what it says: only some languages need it.
const TYPESETTING: &[&str] = &["keep_whole"];

/// A group's languages, each with its file and the keys in it.
type Languages = BTreeMap<String, (String, BTreeSet<String>)>;

pub fn check(sources: &[Source], findings: &mut Findings) {
    let mut groups: BTreeMap<&str, Languages> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path.starts_with("config/locales/")) {
        let Some((group, file)) = source.path.rsplit_once('/') else { continue };
        let Some((language, kind @ ("json" | "toml"))) = file.rsplit_once('.') else { continue };
        match keys(&source.text, kind) {
            Ok(keys) => {
                groups.entry(group).or_default().insert(language.to_owned(), (source.path.clone(), keys));
            }
            Err(error) => findings.add(&LOCALE, &source.path, 0, format!("cannot be read: {error}")),
        }
    }
    for (group, languages) in groups {
        check_group(group, &languages, findings);
    }
}

fn check_group(group: &str, languages: &Languages, findings: &mut Findings) {
    for language in COMPLETE.iter().filter(|language| !languages.contains_key(**language)) {
        findings.add(&LOCALE, group, 0, format!("has no `{language}`"));
    }
    let complete = |language: &String| COMPLETE.contains(&language.as_str());
    let wanted: BTreeSet<&String> =
        languages.iter().filter(|(language, _)| complete(language)).flat_map(|(_, (_, keys))| keys).collect();
    for (language, (path, keys)) in languages {
        if complete(language) {
            for key in wanted.iter().filter(|key| !keys.contains(**key)) {
                findings.add(&LOCALE, path, 0, format!("`{key}` is missing"));
            }
        }
        for key in keys.iter().filter(|key| !wanted.contains(key)) {
            findings.add(&LOCALE, path, 0, format!("`{key}` stands in no complete language"));
        }
    }
}

fn keys(text: &str, kind: &str) -> Result<BTreeSet<String>, String> {
    let value: serde_json::Value = if kind == "json" {
        serde_json::from_str(text).map_err(|error| error.to_string())?
    } else {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
        serde_json::to_value(table).map_err(|error| error.to_string())?
    };
    let mut found = BTreeSet::new();
    collect(&value, "", &mut found);
    found.retain(|key| !TYPESETTING.contains(&key.as_str()));
    Ok(found)
}

fn collect(value: &serde_json::Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        // A word chosen by a number: how many forms it has is the language's own.
        serde_json::Value::Object(fields) if fields.contains_key("other") => {
            found.insert(path.to_owned());
        }
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                collect(value, &path, found);
            }
        }
        _ => {
            found.insert(path.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let mut findings = Findings { all: Vec::new() };
        let sources: Vec<_> = files
            .iter()
            .map(|(file, text)| {
                Source::new(&format!("config/locales/pages/kiosk/{file}"), (*text).to_owned())
            })
            .collect();
        check(&sources, &mut findings);
        findings.all.iter().map(|finding| format!("{}: {}", finding.path, finding.what)).collect()
    }

    #[test]
    fn the_same_words_in_three_languages_are_complete() {
        let word = r#"{"a": "x", "n": {"other": "y"}}"#;
        let english = r#"{"a": "x", "n": {"one": "y", "other": "z"}}"#;
        assert!(
            found(&[("en.json", english), ("th.json", word), ("vi.json", word), ("lo.json", "{}")])
                .is_empty()
        );
    }

    #[test]
    fn a_missing_word_is_named_with_its_file() {
        let both = r#"{"a": "x", "in": {"b": "y"}}"#;
        let one = r#"{"a": "x"}"#;
        let left = found(&[("en.json", both), ("th.json", both), ("vi.json", one)]);
        assert_eq!(left, ["config/locales/pages/kiosk/vi.json: `in.b` is missing"]);
    }

    #[test]
    fn a_missing_language_is_a_finding() {
        let left = found(&[("en.json", "{}"), ("th.json", "{}")]);
        assert_eq!(left, ["config/locales/pages/kiosk: has no `vi`"]);
    }

    #[test]
    fn a_further_language_brings_no_words_of_its_own() {
        let left =
            found(&[("en.json", "{}"), ("th.json", "{}"), ("vi.json", "{}"), ("lo.json", r#"{"z": "x"}"#)]);
        assert_eq!(left, ["config/locales/pages/kiosk/lo.json: `z` stands in no complete language"]);
    }

    #[test]
    fn words_in_toml_count_as_well() {
        let left = found(&[
            ("en.toml", "a = 'x'\nb = 'y'\n"),
            ("th.toml", "a = 'x'\n"),
            ("vi.toml", "a = 'x'\nb = ''\n"),
        ]);
        assert_eq!(left, ["config/locales/pages/kiosk/th.toml: `b` is missing"]);
    }
}
