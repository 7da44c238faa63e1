//! A file of Rust that no `mod` names is compiled by nobody and says nothing: a test in it never ran.

use std::collections::BTreeMap;

use super::{Findings, Rule, Source, Syntax};

const ORPHAN: Rule = Rule {
    name: "compiled-at-all",
    why: "Rust leaves out a file that no `mod` names, without a word.",
    fix: "Name it in the file above it (for tests: the `main.rs` of their folder), or delete it.",
};

/// What a folder's module may be called inside it.
const ROOTS: &[&str] = &["main.rs", "lib.rs", "mod.rs"];

pub fn check(sources: &[Source], findings: &mut Findings) {
    let rust = sources.iter().filter(|source| source.syntax == Syntax::Rust);
    let codes: BTreeMap<&str, &str> =
        rust.map(|source| (source.path.as_str(), source.code.as_str())).collect();
    for path in codes.keys() {
        let Some((folder, module)) = module_of(path) else { continue };
        let above: Vec<&str> = ROOTS
            .iter()
            .map(|root| format!("{folder}/{root}"))
            .chain([format!("{folder}.rs")])
            .filter(|above| above != path)
            .filter_map(|above| codes.get(above.as_str()).copied())
            .collect();
        // In a folder without one, each file is a target of its own.
        if !above.is_empty() && !above.iter().any(|code| names(code, module)) {
            findings.add(&ORPHAN, path, 0, format!("no `mod {module};` above it"));
        }
    }
}

/// The folder whose module has to name this file, and by what name.
fn module_of(path: &str) -> Option<(&str, &str)> {
    let (folder, file) = path.rsplit_once('/')?;
    match file {
        "main.rs" | "lib.rs" => None,
        "mod.rs" => folder.rsplit_once('/'),
        _ => Some((folder, file.strip_suffix(".rs")?)),
    }
}

fn names(code: &str, module: &str) -> bool {
    let named = format!("mod {module};");
    code.lines().any(|line| line.trim_end().ends_with(&named))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> =
            files.iter().map(|(path, text)| Source::new(path, (*text).to_owned())).collect();
        let mut findings = Findings { all: Vec::new() };
        check(&sources, &mut findings);
        findings.all.into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn a_file_that_is_named_above_it_is_fine() {
        let files = [
            ("crates/a/src/lib.rs", "pub mod b;\nmod d;\n"),
            ("crates/a/src/b.rs", "#[cfg(test)]\nmod tests;\n"),
            ("crates/a/src/b/tests.rs", ""),
            ("crates/a/src/d/mod.rs", ""),
            ("crates/a/examples/shown.rs", ""),
            ("crates/a/build.rs", ""),
        ];
        assert!(found(&files).is_empty());
    }

    #[test]
    fn a_test_that_nobody_compiles_is_found() {
        let files = [
            ("crates/a/tests/main.rs", "mod told;\n// mod forgotten;\n"),
            ("crates/a/tests/told.rs", ""),
            ("crates/a/tests/forgotten.rs", ""),
            ("crates/a/tests/common/mod.rs", ""),
        ];
        assert_eq!(found(&files), ["crates/a/tests/common/mod.rs", "crates/a/tests/forgotten.rs"]);
    }
}
