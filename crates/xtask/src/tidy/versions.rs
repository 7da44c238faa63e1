//! One version of each library: a second one is compiled, carried and mended beside the first, and `cargo update`
//! brings it without a word.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Rule, Source};

const ONE: Rule = Rule {
    name: "one-version",
    why: "A library in two versions is compiled twice and carried twice; nobody decided that.",
    fix: "Hold the one that is ahead back (`cargo update --package NAME --precise VERSION`) until the others follow, \
          or name it in docs/dependencies.md under \"Twice\", with why.",
};

const LOCK: &str = "Cargo.lock";
const PAGE: &str = "docs/dependencies.md";
const SECTION: &str = "## Twice";

pub fn check(sources: &[Source], findings: &mut Findings) {
    let find = |path: &str| sources.iter().find(|source| source.path == path);
    let (Some(lock), Some(page)) = (find(LOCK), find(PAGE)) else { return };
    let Ok(packages) = lock.text.parse() else {
        return findings.add(&ONE, LOCK, 0, "cannot be read".to_owned());
    };
    let explained = explained(&page.text);
    for (name, versions) in versions(&packages) {
        if versions.len() > 1 && !explained.contains(name.as_str()) {
            findings.add(&ONE, LOCK, 0, format!("`{name}` in {}", versions.join(" and ")));
        }
    }
}

/// Names in the first column of the section's table; the words around it name others.
fn explained(page: &str) -> BTreeSet<&str> {
    let section = page.split_once(SECTION).map_or("", |(_, rest)| rest.split("\n## ").next().unwrap_or(""));
    let cells = section.lines().filter_map(|line| line.strip_prefix('|')?.split('|').next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

fn versions(lock: &toml::Table) -> BTreeMap<String, Vec<String>> {
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let mut all = BTreeMap::<String, Vec<String>>::new();
    for package in packages {
        if let (Some(name), Some(version)) = (package.get("name"), package.get("version")) {
            let text = |value: &toml::Value| value.as_str().unwrap_or_default().to_owned();
            all.entry(text(name)).or_default().push(text(version));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str, lock: &str) -> Vec<String> {
        let sources = [Source::new(PAGE, page.to_owned()), Source::new(LOCK, lock.to_owned())];
        let mut findings = Findings { all: Vec::new() };
        check(&sources, &mut findings);
        findings.all.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_library_in_two_versions_is_found_unless_it_is_explained() {
        let lock = "[[package]]\nname = \"syn\"\nversion = \"2.0.1\"\n\n[[package]]\nname = \"syn\"\nversion = \"3.0.0\"\n\n\
                    [[package]]\nname = \"quote\"\nversion = \"1.0.0\"\n";
        assert_eq!(found("# Libraries\n", lock), ["`syn` in 2.0.1 and 3.0.0"]);
        assert!(found("# Libraries\n\n## Twice\n\n| `syn` | macros lag behind |\n", lock).is_empty());
        let elsewhere = "| `syn` | x |\n\n## Twice\n\n| `quote` | since `syn` |\n\n`syn` is held back.\n\n## Fonts\n\n| `syn` | x |\n";
        assert_eq!(found(elsewhere, lock).len(), 1);
        assert_eq!(found("", "no lock"), ["cannot be read"]);
    }
}
