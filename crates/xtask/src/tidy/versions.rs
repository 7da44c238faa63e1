//! One version of each library: a second one is compiled, carried and mended beside the first, and `cargo update`
//! brings it without a word.

use std::collections::BTreeMap;

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
    let known =
        page.text.split_once(SECTION).map_or("", |(_, rest)| rest.split("\n## ").next().unwrap_or(""));
    for (name, versions) in versions(&lock.text) {
        if versions.len() > 1 && !known.contains(&format!("`{name}`")) {
            findings.add(&ONE, LOCK, 0, format!("`{name}` in {}", versions.join(" and ")));
        }
    }
}

fn versions(lock: &str) -> BTreeMap<String, Vec<String>> {
    let lock: toml::Table = lock.parse().unwrap_or_default();
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
        assert!(found("# Libraries\n\n## Twice\n\n`syn`: macros lag behind.\n", lock).is_empty());
        assert_eq!(
            found("`syn`\n\n## Twice\n\nnone\n\n## Fonts\n\n`syn`\n", lock).len(),
            1,
            "elsewhere is not there"
        );
    }
}
