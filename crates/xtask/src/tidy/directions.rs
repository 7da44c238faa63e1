//! Crates point one way (docs/architecture.md): a crate depends only on those
//! below it, and heavy libraries only where they belong.

use super::{Findings, Rule, Source};

const DIRECTION: Rule = Rule {
    name: "one-direction",
    why: "Only the outermost crates do I/O; a crate that looks upwards can no longer be understood or tested alone.",
    fix: "Move the shared type down, or the code that needs it up. Directions are listed in crates/xtask/src/tidy/directions.rs.",
};

const LIBRARY: Rule = Rule {
    name: "library-at-home",
    why: "A library is known to the crate whose job it does, so that it can be replaced there.",
    fix: "Use the crate that owns the library, or say in docs/dependencies.md why another needs it and list it here.",
};

/// Each crate, and the crates of ours it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &["domain"]),
    ("journal", &["domain"]),
    ("dispatcher", &["domain", "journal"]),
    ("printing", &["domain"]),
    ("announcing", &["domain"]),
    ("reporting", &["domain", "journal"]),
    ("simulator", &["domain"]),
    // Runs on another machine than the server, and must not pull it in.
    ("agent", &["printing"]),
    ("server", &["domain", "config", "journal", "dispatcher", "printing", "announcing", "reporting"]),
    (
        "khiw",
        &[
            "domain",
            "config",
            "journal",
            "dispatcher",
            "printing",
            "announcing",
            "reporting",
            "simulator",
            "server",
            "agent",
        ],
    ),
    // Measures from outside, except the ticket picture, which has no door of its own.
    ("bench", &["domain", "printing"]),
    ("xtask", &[]),
];

/// Libraries that only these crates may depend on.
const HOMES: &[(&str, &[&str])] = &[
    ("rusqlite", &["journal", "reporting", "printing", "server", "bench"]),
    ("rusqlite_migration", &["journal", "reporting", "printing", "server"]),
    ("axum", &["server", "bench"]),
    ("axum-server", &["server"]),
    ("http", &["server"]),
    ("hyper", &["server", "agent", "bench"]),
    ("hyper-util", &["server", "agent", "bench"]),
    ("tower", &["server"]),
    ("tower-http", &["server"]),
    ("utoipa", &["server"]),
    ("utoipa-axum", &["server"]),
    ("rustls", &["server", "agent"]),
    ("rcgen", &["server"]),
    ("escpos", &["printing"]),
    ("cosmic-text", &["printing"]),
    ("clap", &["khiw", "xtask", "bench"]),
];

/// All that the domain may be built from.
const DOMAIN_LIBRARIES: &[&str] = &["serde", "jiff"];

pub fn check(source: &Source, findings: &mut Findings) {
    let Some(name) = source.path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml"))
    else {
        return;
    };
    let manifest: toml::Table = match source.text.parse() {
        Ok(manifest) => manifest,
        Err(error) => return findings.add(&DIRECTION, &source.path, 0, format!("cannot be read: {error}")),
    };
    let Some((_, may_use)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
        let what = format!("crate `{name}` has no place in the map yet");
        return findings.add(&DIRECTION, &source.path, 0, what);
    };
    for library in dependencies(&manifest, false) {
        let line = source.text.lines().position(|text| text.starts_with(&library)).map_or(0, |at| at + 1);
        match library.strip_prefix("khiw-") {
            Some(ours) if !may_use.contains(&ours) => {
                findings.add(&DIRECTION, &source.path, line, format!("`{name}` may not use `{ours}`"));
            }
            Some(_) => {}
            None => check_library(name, &library, &source.path, line, findings),
        }
    }
}

fn check_library(name: &str, library: &str, path: &str, line: usize, findings: &mut Findings) {
    let at_home =
        HOMES.iter().find(|(known, _)| *known == library).is_none_or(|(_, homes)| homes.contains(&name));
    let allowed = name != "domain" || DOMAIN_LIBRARIES.contains(&library);
    if !at_home || !allowed {
        findings.add(&LIBRARY, path, line, format!("`{name}` may not use `{library}`"));
    }
}

/// What the crate is built from; what only its tests use is free, and listed when asked for.
pub fn dependencies(manifest: &toml::Table, and_of_tests: bool) -> Vec<String> {
    let mut sections = vec!["dependencies", "build-dependencies"];
    if and_of_tests {
        sections.push("dev-dependencies");
    }
    let mut found = Vec::new();
    let mut add = |table: &toml::Table| {
        for section in &sections {
            if let Some(toml::Value::Table(listed)) = table.get(*section) {
                found.extend(listed.keys().cloned());
            }
        }
    };
    add(manifest);
    if let Some(toml::Value::Table(targets)) = manifest.get("target") {
        targets.values().filter_map(toml::Value::as_table).for_each(add);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::broken;

    #[test]
    fn a_crate_may_use_those_below_it() {
        let text = "[dependencies]\nkhiw-domain.workspace = true\nkhiw-journal.workspace = true\n";
        assert!(broken("crates/dispatcher/Cargo.toml", text).is_empty());
    }

    #[test]
    fn a_crate_may_not_look_upwards() {
        let text = "[dependencies]\nkhiw-server.workspace = true\n";
        assert_eq!(broken("crates/dispatcher/Cargo.toml", text), ["one-direction"]);
        let hidden = "[target.'cfg(unix)'.dependencies]\nkhiw-server = { path = \"../server\" }\n";
        assert_eq!(broken("crates/dispatcher/Cargo.toml", hidden), ["one-direction"]);
    }

    #[test]
    fn the_agent_does_not_pull_the_server_in() {
        let text = "[dependencies]\nkhiw-printing.workspace = true\nkhiw-server.workspace = true\n";
        assert_eq!(broken("crates/agent/Cargo.toml", text), ["one-direction"]);
    }

    #[test]
    fn a_new_crate_must_be_given_its_place() {
        assert_eq!(broken("crates/helpers/Cargo.toml", "[dependencies]\n"), ["one-direction"]);
    }

    #[test]
    fn the_domain_is_built_from_serde_and_jiff_only() {
        assert!(
            broken("crates/domain/Cargo.toml", "[dependencies]\nserde = \"1\"\njiff = \"0.2\"\n").is_empty()
        );
        assert_eq!(
            broken("crates/domain/Cargo.toml", "[dependencies]\nrand = \"0.9\"\n"),
            ["library-at-home"]
        );
    }

    #[test]
    fn tests_may_use_what_they_need() {
        assert!(broken("crates/domain/Cargo.toml", "[dev-dependencies]\nproptest = \"1\"\n").is_empty());
    }

    #[test]
    fn a_heavy_library_stays_in_its_crate() {
        assert_eq!(broken("crates/khiw/Cargo.toml", "[dependencies]\naxum = \"0.8\"\n"), ["library-at-home"]);
        assert!(broken("crates/server/Cargo.toml", "[dependencies]\naxum = \"0.8\"\n").is_empty());
    }
}
