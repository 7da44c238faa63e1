//! What may stand only in one place: SQL, ESC/POS bytes, HTTP, and what the
//! domain must never name.

use super::source::{line_of, words};
use super::{Findings, Rule, Source, Syntax};

const DOMAIN: Rule = Rule {
    name: "domain-is-pure",
    why: "The rules of a hall are functions of (site, command, context): replay must give the same state on any machine.",
    fix: "Hand the value in through `Context`, or move the code to the dispatcher or the edge.",
};

const SQL: Rule = Rule {
    name: "sql-at-home",
    why: "One database file has one owner; nobody else reads or writes its tables.",
    fix: "Move the statement into crates/journal, crates/reporting, or the owner's module named `store`.",
};

const ESCPOS: Rule = Rule {
    name: "escpos-at-home",
    why: "Only crates/printing knows printer bytes, so that another link or printer changes one crate.",
    fix: "Ask crates/printing for a picture or a job; do not write printer commands elsewhere.",
};

const HTTP: Rule = Rule {
    name: "http-at-home",
    why: "Only crates/server knows HTTP: the core answers commands, whoever carries them.",
    fix: "Put the handler, header or status into crates/server and call the core from there.",
};

/// Async, I/O, clocks, dice, logging, and maps whose order differs from run to run.
const FORBIDDEN_IN_DOMAIN: &[&str] = &[
    "tokio",
    "rusqlite",
    "axum",
    "rand",
    "getrandom",
    "tracing",
    "log",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "std::fs",
    "std::net",
    "std::io",
    "std::env",
    "std::thread",
    "std::process",
    "println",
    "eprintln",
    "async",
    "await",
    "HashMap",
    "HashSet",
];

const SQL_PHRASES: &[&[&str]] = &[
    &["SELECT ", " FROM "],
    &["INSERT INTO "],
    &["INSERT OR "],
    &["DELETE FROM "],
    &["CREATE TABLE "],
    &["CREATE INDEX "],
    &["UPDATE ", " SET "],
    &["PRAGMA "],
];

const HTTP_WORDS: &[&str] = &["axum", "axum_server", "hyper", "hyper_util", "tower", "tower_http", "http::"];

pub fn check(source: &Source, findings: &mut Findings) {
    if source.syntax != Syntax::Rust {
        return;
    }
    if source.path.starts_with("crates/domain/src/") {
        forbid(source, FORBIDDEN_IN_DOMAIN, &DOMAIN, "in the domain", findings);
    }
    if !sql_may_stand_in(&source.path) {
        forbid_sql(source, findings);
    }
    if !source.path.starts_with("crates/printing/") {
        forbid(source, &["escpos"], &ESCPOS, "outside crates/printing", findings);
        forbid_printer_bytes(source, findings);
    }
    if !http_may_stand_in(&source.path) {
        forbid(source, HTTP_WORDS, &HTTP, "outside crates/server", findings);
    }
}

fn sql_may_stand_in(path: &str) -> bool {
    let named_store = path.split('/').any(|part| part == "store" || part == "store.rs");
    path.starts_with("crates/journal/") || path.starts_with("crates/reporting/") || named_store
}

/// The bench measures against a bare HTTP handler, so it has one; stories come in by HTTP like everybody. The agent asks for
/// its token by it, in one file.
fn http_may_stand_in(path: &str) -> bool {
    path.starts_with("crates/server/")
        || path.starts_with("crates/bench/")
        || path == "crates/agent/src/ask.rs"
        || !path.starts_with("crates/")
}

fn forbid(source: &Source, forbidden: &[&str], rule: &'static Rule, place: &str, findings: &mut Findings) {
    for word in forbidden {
        let bare = word.trim_end_matches(':');
        for at in words(&source.code, bare).filter(|at| source.code[*at..].starts_with(word)) {
            // `ticket.log` or `Method::async` are names of ours, not the library.
            if source.code[..at].ends_with('.') {
                continue;
            }
            findings.add(rule, &source.path, line_of(&source.code, at), format!("`{bare}` {place}"));
        }
    }
}

fn forbid_sql(source: &Source, findings: &mut Findings) {
    for (number, line) in source.quoted.lines().enumerate() {
        if SQL_PHRASES.iter().any(|phrase| phrase.iter().all(|part| line.contains(part))) {
            findings.add(&SQL, &source.path, number + 1, "an SQL statement outside the homes of SQL");
        }
    }
}

fn forbid_printer_bytes(source: &Source, findings: &mut Findings) {
    for (number, line) in source.quoted.lines().enumerate() {
        let line = line.to_ascii_lowercase();
        // ESC [ colours a terminal; ESC with anything else, and GS, speak to a printer.
        let escape = line.match_indices("\\x1b").any(|(at, esc)| !line[at + esc.len()..].starts_with('['));
        if escape || line.contains("\\x1d") {
            findings.add(&ESCPOS, &source.path, number + 1, "printer bytes outside crates/printing");
        }
    }
    let code = source.code.to_ascii_lowercase();
    for byte in ["0x1b", "0x1d"] {
        for at in words(&code, byte) {
            findings.add(
                &ESCPOS,
                &source.path,
                line_of(&code, at),
                format!("`{byte}` outside crates/printing"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::broken;

    #[test]
    fn the_domain_may_not_ask_a_clock_a_file_or_a_runtime() {
        for text in
            ["use std::time::Instant;", "let t = Timestamp::now();", "std::fs::read(p);", "async fn f() {}"]
        {
            let text = format!("//! x\n{text}\n");
            assert!(broken("crates/domain/src/a.rs", &text).contains(&"domain-is-pure"), "{text}");
        }
    }

    #[test]
    fn the_domain_may_mention_a_clock_in_a_comment_and_others_may_ask_it() {
        assert!(broken("crates/domain/src/a.rs", "//! Asks no SystemTime.\nfn brand() {}\n").is_empty());
        assert!(broken("crates/dispatcher/src/a.rs", "//! x\nuse std::time::Instant;\n").is_empty());
    }

    #[test]
    fn sql_stands_only_where_a_database_is_owned() {
        let text = "//! x\nfn f() { run(\"SELECT a FROM b\"); }\n";
        assert_eq!(broken("crates/server/src/tickets.rs", text), ["sql-at-home"]);
        assert!(broken("crates/server/src/access/store.rs", text).is_empty());
        assert!(broken("crates/printing/src/store/rows.rs", text).is_empty());
        assert!(broken("crates/journal/src/read.rs", text).is_empty());
    }

    #[test]
    fn words_that_only_look_like_sql_are_left_alone() {
        assert!(broken("crates/server/src/a.rs", "//! x\nfn f() { say(\"update the set\"); }\n").is_empty());
    }

    #[test]
    fn printer_bytes_stand_only_in_printing() {
        let text = "//! x\nfn f() { send(b\"\\x1b@\"); }\n";
        assert_eq!(broken("crates/khiw/src/a.rs", text), ["escpos-at-home"]);
        assert_eq!(broken("crates/khiw/src/a.rs", "//! x\nconst GS: u8 = 0x1D;\n"), ["escpos-at-home"]);
        assert!(broken("crates/printing/src/a.rs", text).is_empty());
        assert!(broken("crates/khiw/src/a.rs", "//! x\nfn f() { print(\"\\x1b[1m\"); }\n").is_empty());
    }

    #[test]
    fn http_stands_only_in_the_server() {
        let text = "//! x\nuse axum::Router;\n";
        assert_eq!(broken("crates/dispatcher/src/a.rs", text), ["http-at-home"]);
        assert_eq!(broken("crates/khiw/src/a.rs", "//! x\nuse http::StatusCode;\n"), ["http-at-home"]);
        assert!(broken("crates/server/src/a.rs", text).is_empty());
        assert!(broken("tests/src/a.rs", text).is_empty());
        assert!(broken("crates/khiw/src/a.rs", "//! x\nlet http = 1;\n").is_empty());
    }
}
