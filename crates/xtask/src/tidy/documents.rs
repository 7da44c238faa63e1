//! What the documents say must be there: files they lead to, and a reason for
//! every library that is used.

use std::collections::BTreeSet;

use super::directions::dependencies;
use super::source::line_of;
use super::{Findings, Rule, Source};

const LEADS: Rule = Rule {
    name: "leads-somewhere",
    why: "A newcomer follows the documents; a path that is gone ends the walk.",
    fix: "Name the file as it is called now, or remove the sentence.",
};

const EXPLAINED: Rule = Rule {
    name: "library-explained",
    why: "Each library is somebody else's code in a public office's hall: it needs a reason.",
    fix: "Add a line to docs/dependencies.md: why it is here, what was rejected.",
};

const DEPENDENCIES: &str = "docs/dependencies.md";

/// Folders whose paths are checked where a document names them in backticks.
const ROOTS: &[&str] =
    &["crates/", "config/", "docs/", "tests/", "kiosk-ui/", "display-ui/", "staff-ui/", "ui-kit/"];

pub fn check(sources: &[Source], paths: &BTreeSet<String>, findings: &mut Findings) {
    for source in sources.iter().filter(|source| source.path.rsplit('.').next() == Some("md")) {
        check_links(source, paths, findings);
        check_named_paths(source, paths, findings);
    }
    check_explained(sources, findings);
}

fn check_links(source: &Source, paths: &BTreeSet<String>, findings: &mut Findings) {
    let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for (at, opening) in source.text.match_indices("](") {
        let rest = &source.text[at + opening.len()..];
        let target = rest.split([')', '#', '\n']).next().unwrap_or_default();
        if target.is_empty() || target.contains(':') {
            continue;
        }
        let path = joined(folder, target);
        if !exists(&path, paths) {
            let line = line_of(&source.text, at);
            findings.add(&LEADS, &source.path, line, format!("links to `{path}`, which is not there"));
        }
    }
}

fn check_named_paths(source: &Source, paths: &BTreeSet<String>, findings: &mut Findings) {
    for (number, line) in source.text.lines().enumerate() {
        // Every second piece stands between backticks.
        for named in line.split('`').skip(1).step_by(2) {
            let plain = ROOTS.iter().any(|root| named.starts_with(root))
                && !named.contains(['{', '*', '…', ' ', '<']);
            let made = named.contains("/dist") || named.contains("/generated") || named.contains("LANG");
            if plain && !made && !exists(named.trim_end_matches('/'), paths) {
                findings.add(
                    &LEADS,
                    &source.path,
                    number + 1,
                    format!("names `{named}`, which is not there"),
                );
            }
        }
    }
}

fn check_explained(sources: &[Source], findings: &mut Findings) {
    let Some(page) = sources.iter().find(|source| source.path == DEPENDENCIES) else { return };
    for source in sources {
        let used = if source.path.ends_with("Cargo.toml") {
            source.text.parse().map(|manifest| dependencies(&manifest, true)).unwrap_or_default()
        } else if source.path.ends_with("package.json") {
            npm_dependencies(&source.text)
        } else {
            continue;
        };
        for library in
            used.into_iter().filter(|library| !library.starts_with("khiw-") && !library.starts_with("@khiw/"))
        {
            if !page.text.contains(&format!("`{library}`")) {
                findings.add(
                    &EXPLAINED,
                    &source.path,
                    0,
                    format!("uses `{library}`, and {DEPENDENCIES} does not say why"),
                );
            }
        }
    }
}

fn npm_dependencies(text: &str) -> Vec<String> {
    let Ok(package) = serde_json::from_str::<serde_json::Value>(text) else { return Vec::new() };
    ["dependencies", "devDependencies"]
        .iter()
        .filter_map(|section| package[section].as_object())
        .flat_map(|listed| listed.keys().cloned())
        .collect()
}

/// `target` seen from `folder`, with `..` resolved.
fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A file, or a folder that holds one.
fn exists(path: &str, paths: &BTreeSet<String>) -> bool {
    let folder = format!("{path}/");
    paths.contains(path) || paths.range(folder.clone()..).next().is_some_and(|next| next.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> =
            files.iter().map(|(path, text)| Source::new(path, (*text).to_owned())).collect();
        let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        let mut findings = Findings { all: Vec::new() };
        check(&sources, &paths, &mut findings);
        findings.all.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_link_to_a_file_or_folder_that_is_there_is_fine() {
        let page =
            "[a](../config/sites/README.md#names) [b](https://example.org) [c](../config/sites) [d](#here)\n";
        assert!(found(&[("docs/a.md", page), ("config/sites/README.md", "")]).is_empty());
    }

    #[test]
    fn a_link_or_a_named_path_that_is_gone_is_found() {
        assert_eq!(
            found(&[("docs/a.md", "[a](gone.md)\n")]),
            ["links to `docs/gone.md`, which is not there"]
        );
        let named = "look at `crates/x/src/gone.rs` and at `crates/x/src/{a,b}.rs`\n";
        assert_eq!(found(&[("docs/a.md", named)]), ["names `crates/x/src/gone.rs`, which is not there"]);
    }

    #[test]
    fn every_library_has_its_line() {
        let manifest = "[dependencies]\nserde = \"1\"\n[dev-dependencies]\nrqrr = \"1\"\n";
        let package = "{\"dependencies\": {\"uqr\": \"1\", \"@khiw/ui-kit\": \"1\"}}";
        let files = |page| {
            [("docs/dependencies.md", page), ("crates/x/Cargo.toml", manifest), ("a/package.json", package)]
        };
        let unexplained = |name: &str| format!("uses `{name}`, and docs/dependencies.md does not say why");
        assert!(found(&files("`serde` `rqrr` `uqr`")).is_empty());
        assert_eq!(found(&files("`serde`")), [unexplained("rqrr"), unexplained("uqr")]);
    }
}
