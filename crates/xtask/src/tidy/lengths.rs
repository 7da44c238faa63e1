//! Functions and files stay short enough to be read at once. Exceptions are
//! listed with their length and may only shrink.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};

use super::{Findings, Rule, Source, Syntax};

/// Lines from a function's signature to its closing brace.
pub const FUNCTION_LINES_MAX: usize = 70;
/// Lines of a source file, comments and tests included.
pub const FILE_LINES_MAX: usize = 500;

const LENGTH: Rule = Rule {
    name: "short-enough",
    why: "A function fits on a screen (70 lines), a file holds one idea (500 lines).",
    fix: "Split it by what it does. Exceptions in crates/xtask/tidy-ratchet.toml may only shrink; none may be added.",
};

const RATCHET: &str = "crates/xtask/tidy-ratchet.toml";

/// What is longer than allowed today, and how long.
#[derive(Debug, Default)]
pub struct Ratchet {
    /// `path::function` → lines.
    functions: BTreeMap<String, usize>,
    /// `path` → lines.
    files: BTreeMap<String, usize>,
}

impl Ratchet {
    pub fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(RATCHET)).context(RATCHET)?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let table: toml::Table = text.parse().context(RATCHET)?;
        let section = |name: &str| -> Result<BTreeMap<String, usize>> {
            let Some(toml::Value::Table(entries)) = table.get(name) else { return Ok(BTreeMap::new()) };
            let lines = |(key, value): (&String, &toml::Value)| {
                let lines = value.as_integer().and_then(|lines| usize::try_from(lines).ok());
                lines
                    .map(|lines| (key.clone(), lines))
                    .with_context(|| format!("{RATCHET}: `{key}` has no line count"))
            };
            entries.iter().map(lines).collect()
        };
        Ok(Self { functions: section("functions")?, files: section("files")? })
    }
}

pub fn check(sources: &[Source], ratchet: &Ratchet, findings: &mut Findings) {
    let mut met = BTreeSet::new();
    for source in sources.iter().filter(|source| source.syntax != Syntax::Plain) {
        let lines = source.text.lines().count();
        let entry = ratchet.files.get(&source.path);
        met.extend(entry.map(|_| source.path.clone()));
        judge(&source.path, 0, "the file", lines, FILE_LINES_MAX, entry, findings);
        for function in source.functions() {
            let key = format!("{}::{}", source.path, function.name);
            let entry = ratchet.functions.get(&key);
            let what = format!("`{}`", function.name);
            judge(&source.path, function.line, &what, function.lines, FUNCTION_LINES_MAX, entry, findings);
            met.extend(entry.map(|_| key));
        }
    }
    for gone in ratchet.files.keys().chain(ratchet.functions.keys()).filter(|key| !met.contains(*key)) {
        findings.add(&LENGTH, RATCHET, 0, format!("`{gone}` is gone: remove its entry"));
    }
}

fn judge(
    path: &str,
    line: usize,
    what: &str,
    lines: usize,
    max: usize,
    entry: Option<&usize>,
    findings: &mut Findings,
) {
    let finding = match entry {
        None if lines > max => format!("{what} has {lines} lines, {max} are allowed"),
        Some(known) if lines > *known => format!("{what} grew from {known} to {lines} lines"),
        Some(_) if lines <= max => format!("{what} is short enough now: remove its entry from {RATCHET}"),
        Some(known) if lines < *known => {
            format!("{what} shrank to {lines} lines: lower its entry in {RATCHET}")
        }
        _ => return,
    };
    findings.add(&LENGTH, path, line, finding);
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "crates/server/src/a.rs";

    fn function(lines: usize) -> String {
        format!("//! x\nfn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2))
    }

    fn found(text: &str, ratchet: &str) -> Vec<String> {
        let mut findings = Findings { all: Vec::new() };
        let sources = [Source::new(PATH, text.to_owned())];
        check(&sources, &Ratchet::parse(ratchet).expect("the test writes valid TOML"), &mut findings);
        findings.all.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn seventy_lines_are_allowed_and_seventy_one_are_not() {
        assert!(found(&function(70), "").is_empty());
        assert_eq!(found(&function(71), ""), ["`f` has 71 lines, 70 are allowed"]);
    }

    #[test]
    fn five_hundred_lines_of_a_file_are_allowed() {
        assert!(found(&"//! x\n".repeat(500), "").is_empty());
        assert_eq!(found(&"//! x\n".repeat(501), ""), ["the file has 501 lines, 500 are allowed"]);
    }

    #[test]
    fn an_exception_stands_at_its_length_and_may_only_shrink() {
        let ratchet = format!("[functions]\n\"{PATH}::f\" = 80\n");
        assert!(found(&function(80), &ratchet).is_empty());
        assert_eq!(found(&function(81), &ratchet), ["`f` grew from 80 to 81 lines"]);
        assert!(found(&function(79), &ratchet)[0].contains("lower its entry"));
        assert!(found(&function(20), &ratchet)[0].contains("remove its entry"));
    }

    #[test]
    fn an_exception_for_what_is_gone_must_go() {
        let left = found("//! x\n", "[files]\n\"crates/server/src/gone.rs\" = 600\n");
        assert_eq!(left, ["`crates/server/src/gone.rs` is gone: remove its entry"]);
    }
}
