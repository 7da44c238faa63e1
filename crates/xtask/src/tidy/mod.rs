//! The repository's rules as code: each finding says what is wrong, and each
//! rule why it stands and what to do. Reads files; changes none.

mod directions;
mod documents;
mod habits;
mod homes;
mod lengths;
mod locales;
mod orphans;
mod source;
mod versions;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

pub use source::{Source, Syntax};

/// A rule: its name as printed, why it stands, and what to do about a finding.
#[derive(Debug)]
pub struct Rule {
    pub name: &'static str,
    pub why: &'static str,
    pub fix: &'static str,
}

/// One place where a rule is broken.
#[derive(Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    pub path: String,
    /// From 1; 0 when the whole file is meant.
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, path, line, what } = self;
        match line {
            0 => write!(f, "{path}: {what} [{}]", rule.name),
            line => write!(f, "{path}:{line}: {what} [{}]", rule.name),
        }
    }
}

/// Findings of one rule, collected with its name attached.
struct Findings {
    all: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, rule: &'static Rule, path: &str, line: usize, what: impl Into<String>) {
        self.all.push(Finding { rule, path: path.to_owned(), line, what: what.into() });
    }
}

/// Files that hold no text of ours.
const NOT_TEXT: &[&str] = &["png", "ttf", "otf", "woff2", "ico", "opus", "ogg", "db", "bin"];

/// Names the very words its rules forbid.
const RULES_THEMSELVES: &str = "crates/xtask/src/tidy/";

/// Checks the checkout at `root`; returns how many files were looked at.
///
/// # Errors
/// With every finding printed, when a rule is broken.
pub fn tidy(root: &Path) -> Result<usize> {
    let paths = list(root)?;
    let sources = read_sources(root, &paths)?;
    let ratchet = lengths::Ratchet::read(root)?;
    let findings = check(&sources, &paths, &ratchet);
    print_findings(&findings);
    ensure!(findings.is_empty(), "{} findings against the repository's rules", findings.len());
    Ok(sources.len())
}

fn check(sources: &[Source], paths: &BTreeSet<String>, ratchet: &lengths::Ratchet) -> Vec<Finding> {
    let mut findings = Findings { all: Vec::new() };
    for source in sources {
        directions::check(source, &mut findings);
        if source.path.starts_with(RULES_THEMSELVES) {
            continue;
        }
        homes::check(source, &mut findings);
        habits::check(source, &mut findings);
    }
    lengths::check(sources, ratchet, &mut findings);
    locales::check(sources, &mut findings);
    orphans::check(sources, &mut findings);
    documents::check(sources, paths, &mut findings);
    versions::check(sources, &mut findings);
    findings.all
}

fn print_findings(findings: &[Finding]) {
    let mut told: Vec<&str> = Vec::new();
    for finding in findings {
        eprintln!("{finding}");
    }
    for finding in findings {
        if !told.contains(&finding.rule.name) {
            told.push(finding.rule.name);
            eprintln!("\n[{}] {}\n  {}", finding.rule.name, finding.rule.why, finding.rule.fix);
        }
    }
}

/// Every file git knows or would add: what is ignored is nobody's business.
fn list(root: &Path) -> Result<BTreeSet<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("git is needed to list the repository's files")?;
    ensure!(listed.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout)?;
    // A file that is known but deleted is on its way out.
    Ok(names.split('\0').filter(|path| root.join(path).is_file()).map(str::to_owned).collect())
}

fn read_sources(root: &Path, paths: &BTreeSet<String>) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in paths {
        let extension = path.rsplit('.').next().unwrap_or_default();
        if NOT_TEXT.contains(&extension) {
            continue;
        }
        // Bytes that are no text (a golden file, a picture) hold no words to check.
        if let Ok(text) = String::from_utf8(std::fs::read(root.join(path)).with_context(|| path.clone())?) {
            sources.push(Source::new(path, text));
        }
    }
    Ok(sources)
}

#[cfg(test)]
mod testing {
    //! What the rules' tests share: check one made-up file, look at the findings.

    use super::*;

    /// Names of the rules that this file breaks, in order of finding.
    pub fn broken(path: &str, text: &str) -> Vec<&'static str> {
        let source = Source::new(path, text.to_owned());
        check(&[source], &BTreeSet::new(), &lengths::Ratchet::default())
            .into_iter()
            .map(|f| f.rule.name)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::broken;

    #[test]
    fn a_well_behaved_file_breaks_no_rule() {
        assert!(broken("crates/domain/src/a.rs", "//! Who is next.\n\npub fn next() {}\n").is_empty());
    }

    #[test]
    fn a_finding_names_file_line_and_rule() {
        let source = super::Source::new("crates/domain/src/a.rs", "//! x\nuse tokio::time;\n".to_owned());
        let findings = super::check(&[source], &super::BTreeSet::new(), &super::lengths::Ratchet::default());
        assert_eq!(
            findings[0].to_string(),
            "crates/domain/src/a.rs:2: `tokio` in the domain [domain-is-pure]"
        );
    }
}
