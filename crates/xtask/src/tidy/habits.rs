//! Habits of the house that one line of a file can break.

use super::source::{is_test_path, line_of, words};
use super::{Findings, Rule, Source, Syntax};

const MACHINE_PATH: Rule = Rule {
    name: "no-machine-paths",
    why: "A path of somebody's machine works nowhere else.",
    fix: "Use a path relative to the repository, or a folder handed in.",
};

const UNWRAP: Rule = Rule {
    name: "no-unwrap",
    why: "A hall does not stop because a value was missing.",
    fix: "Return a typed error, or `expect` with the invariant that makes it impossible.",
};

const SLEEP: Rule = Rule {
    name: "no-sleep-in-tests",
    why: "A sleep is too long on a good day and too short on a bad one.",
    fix: "Wait for the event itself. Where only asking again can tell (a process starting), pause by a constant named ASK_EVERY; \
          where the moment itself is the test (a kill at any time), say so on the line above: `// any moment: …`.",
};

const PURPOSE: Rule = Rule {
    name: "says-what-it-is-for",
    why: "A reader decides by the first lines whether this is the place.",
    fix: "Begin the file with `//!`: what it is for and what it must not do.",
};

const NAME: Rule = Rule {
    name: "named-by-the-domain",
    why: "A Manager or a Helper says nothing about what it does.",
    fix: "Name it by what it is in the hall (DOMAIN words): spool, line, tray, dispatcher.",
};

/// How a place says that it does not wait for something by sleeping.
const NO_WAIT: &[&str] = &["ASK_EVERY", "any moment:"];

const EMPTY_NAMES: &[&str] = &["Manager", "Helper", "Helpers", "Utils", "Util"];

pub fn check(source: &Source, findings: &mut Findings) {
    check_machine_paths(source, findings);
    check_sleeps(source, findings);
    if source.syntax == Syntax::Rust {
        check_unwrap(source, findings);
        check_purpose(source, findings);
        check_names(source, findings);
    }
}

fn check_machine_paths(source: &Source, findings: &mut Findings) {
    for folder in ["/root", "/home", "/work", "/tmp/khiw"] {
        for (at, _) in source.text.match_indices(folder) {
            let before = source.text[..at].chars().next_back();
            let after = source.text[at + folder.len()..].chars().next();
            // `https://host/home` and `crates/work/` are no paths of a machine.
            let starts = before.is_none_or(|c| !c.is_alphanumeric() && !"._-)}~*/".contains(c));
            if starts && after == Some('/') {
                let what = format!("a path under `{folder}`");
                findings.add(&MACHINE_PATH, &source.path, line_of(&source.text, at), what);
            }
        }
    }
}

fn check_unwrap(source: &Source, findings: &mut Findings) {
    for (at, _) in source.code.match_indices(".unwrap()") {
        let line = line_of(&source.code, at);
        if !source.is_test_line(line) {
            findings.add(&UNWRAP, &source.path, line, "`unwrap` outside tests");
        }
    }
}

fn check_sleeps(source: &Source, findings: &mut Findings) {
    let calls: &[&str] = match source.syntax {
        Syntax::Rust => &["sleep"],
        // A `setTimeout` that rejects is a deadline, not a sleep.
        Syntax::Script if is_test_path(&source.path) => &["waitForTimeout", "setTimeout(resolve", "sleep"],
        _ => return,
    };
    let lines: Vec<&str> = source.text.lines().collect();
    for call in calls {
        for at in words(&source.code, call).filter(|at| is_called(&source.code[at + call.len()..], call)) {
            let line = line_of(&source.code, at);
            let above = line.saturating_sub(2);
            let told = lines[above..line].iter().any(|text| NO_WAIT.iter().any(|word| text.contains(word)));
            if source.is_test_line(line) && !told {
                findings.add(&SLEEP, &source.path, line, format!("`{call}` in a test"));
            }
        }
    }
}

fn is_called(after: &str, call: &str) -> bool {
    after.starts_with('(') || call.contains('(')
}

fn check_purpose(source: &Source, findings: &mut Findings) {
    if !source.text.starts_with("//!") {
        findings.add(&PURPOSE, &source.path, 1, "the file does not say what it is for");
    }
}

fn check_names(source: &Source, findings: &mut Findings) {
    for kind in ["struct", "enum", "trait", "type"] {
        for at in words(&source.code, kind) {
            let name: String = source.code[at + kind.len()..]
                .trim_start()
                .chars()
                .take_while(|c| c.is_alphanumeric())
                .collect();
            if EMPTY_NAMES.iter().any(|empty| name.ends_with(empty)) {
                findings.add(&NAME, &source.path, line_of(&source.code, at), format!("`{name}`"));
            }
        }
    }
    let file = source.path.rsplit('/').next().unwrap_or_default();
    if ["utils.rs", "util.rs", "helpers.rs", "helper.rs", "misc.rs"].contains(&file) {
        findings.add(&NAME, &source.path, 0, format!("a file named `{file}`"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::broken;

    #[test]
    fn a_path_of_a_machine_is_found_in_any_text() {
        assert_eq!(broken("docs/operate.md", "put it in /root/khiw\n"), ["no-machine-paths"]);
        assert_eq!(broken("config/a.toml", "dir = \"/home/mali/khiw\"\n"), ["no-machine-paths"]);
    }

    #[test]
    fn a_url_and_a_folder_of_ours_are_no_machine_path() {
        assert!(
            broken("docs/a.md", "see https://example.org/home/ and crates/work/ and /worker\n").is_empty()
        );
    }

    #[test]
    fn unwrap_is_for_tests() {
        assert_eq!(broken("crates/server/src/a.rs", "//! x\nfn f() { g().unwrap(); }\n"), ["no-unwrap"]);
        let test = "//! x\n#[cfg(test)]\nmod tests {\n    fn f() { g().unwrap(); }\n}\n";
        assert!(broken("crates/server/src/a.rs", test).is_empty());
        assert!(broken("crates/server/tests/a.rs", "//! x\nfn f() { g().unwrap(); }\n").is_empty());
    }

    #[test]
    fn a_test_does_not_sleep_unless_it_says_why() {
        let sleeps = "//! x\nfn f() { std::thread::sleep(pause); }\n";
        assert_eq!(broken("tests/src/crash.rs", sleeps), ["no-sleep-in-tests"]);
        assert!(broken("crates/server/src/a.rs", sleeps).is_empty());
        assert!(broken("tests/src/crash.rs", "//! x\nfn f() { sleep(ASK_EVERY); }\n").is_empty());
        let told = "//! x\n// any moment: a power cut chooses none\nfn f() { sleep(pause); }\n";
        assert!(broken("tests/src/crash.rs", told).is_empty());
        assert_eq!(
            broken("tests/browser/a.test.mjs", "await page.waitForTimeout(5);\n"),
            ["no-sleep-in-tests"]
        );
    }

    #[test]
    fn a_rust_file_begins_with_its_purpose() {
        assert_eq!(broken("crates/server/src/a.rs", "use std::fmt;\n"), ["says-what-it-is-for"]);
    }

    #[test]
    fn empty_names_are_refused() {
        assert_eq!(
            broken("crates/server/src/a.rs", "//! x\nstruct TicketManager;\n"),
            ["named-by-the-domain"]
        );
        assert_eq!(broken("crates/server/src/utils.rs", "//! x\n"), ["named-by-the-domain"]);
        assert!(broken("crates/server/src/a.rs", "//! x\nstruct Spool;\n").is_empty());
    }
}
