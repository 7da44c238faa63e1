//! `[tickets]`: files named in a site's file, read beside it, and what an administrator reads after a mistake.

use std::collections::BTreeMap;

use crate::common::{BASE, with};
use crate::lines::problems_of;
use khiw_domain::config::{AlsoPrinted, Paperless, SiteConfig, Year};
use khiw_domain::id::Language;

const TEMPLATE: &str = "[[block]]\nhuge = \"{number}\"\n";

fn site(tickets: &str) -> String {
    format!("{BASE}\n[tickets]\n{tickets}\n")
}

fn load(tickets: &str, files: &[(&str, &str)]) -> Result<SiteConfig, Vec<String>> {
    let mut all: BTreeMap<String, String> =
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    all.insert("sites/tiny.toml".to_owned(), site(tickets));
    let read = |name: &str| all.get(name).cloned();
    let first_line = |error: &khiw_config::ConfigError| format!("{}: {}", error.key, error.problem);
    khiw_config::load_from("sites/tiny.toml", &read)
        .map_err(|errors| errors.0.iter().map(first_line).collect())
}

#[test]
fn a_site_without_tickets_is_printed_as_usual() {
    let config = khiw_config::load_from("tiny.toml", &|_| Some(BASE.to_owned())).unwrap();
    assert!(config.tickets.is_usual());
}

#[test]
fn templates_and_pictures_are_read_beside_the_file_that_names_them() {
    let tickets = "ticket = \"../tickets/own.toml\"\npictures = { logo = \"logo.png\" }\nthai_digits = true\n\
                   year = \"ce\"\nmessage = { th = \"หยุด\", en = \"Closed\" }";
    let config =
        load(tickets, &[("tickets/own.toml", TEMPLATE), ("sites/logo.png", "\u{1}PNG")]).unwrap().tickets;
    assert_eq!(config.templates["ticket"], TEMPLATE);
    assert_eq!(config.pictures["logo"], "AVBORw==");
    assert_eq!(config.message[&Language::En], "Closed");
    assert_eq!((config.thai_digits, config.year), (true, Year::Ce));
}

#[test]
fn kiosks_without_paper_and_papers_besides_tickets_are_named() {
    let tickets = |text: &str| load(text, &[]).unwrap().tickets;
    let config = tickets("paperless = [\"k3f9\"]\nalso = [\"forward\", \"closed\"]");
    assert_eq!(config.paperless, Paperless::Devices(vec!["k3f9".parse().unwrap()]));
    assert_eq!(config.also, [AlsoPrinted::Closed, AlsoPrinted::Forward].into());
    assert_eq!(tickets("paperless = true").paperless, Paperless::Everybody);
    assert!(tickets("paperless = false").is_usual());
}

#[test]
fn every_mistake_says_what_to_write_instead() {
    let check = |tickets: &str, expected: &str| {
        let files = [("sites/big.toml", "#".repeat(40 * 1024)), ("sites/big.png", "x".repeat(20 << 20))];
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert_eq!(load(tickets, &files).unwrap_err(), [expected], "{tickets}");
    };
    check(
        "ticket = \"gone.toml\"",
        "tickets.ticket: `sites/gone.toml` cannot be read: is it there, and a regular file?",
    );
    check(
        "also = [\"tickets\"]",
        "tickets.also: lists papers that there are not: write closed, forward or transfer",
    );
    check(
        "paperless = \"k3f9\"",
        "tickets.paperless: is a text: write a list, e.g. [\"k3f9\"], or true for all kiosks",
    );
    check(
        "ticket = 3",
        "tickets.ticket: is a whole number: write the name of a file, e.g. \"tickets/ticket.toml\"",
    );
    check("ticket = \" \"", "tickets.ticket: is no name of a file: write e.g. \"tickets/ticket.toml\"");
    check("ticket = \"big.toml\"", "tickets.ticket: `sites/big.toml` is longer than 32 KiB: make it smaller");
    check(
        "pictures = { logo = \"big.png\" }",
        "tickets.pictures.logo: `sites/big.png` is longer than 128 KiB: make it smaller",
    );
    check(
        "pictures = { \"the logo\" = \"logo.png\" }",
        "tickets.pictures.the logo: `the logo` is no id: use a-z, 0-9, `-`, `_`, `.`, at most 64 characters",
    );
    check("year = \"bc\"", "tickets.year: is \"bc\": write one of \"by_language\", \"be\", \"ce\"");
    check("tickt = \"a\"", "tickets.tickt: is no known key: did you mean `ticket`?");
    check("message = { th = \"ก\" }", "tickets.message: has no `en`: add en = \"…\" (required_languages)");
}

#[test]
fn a_mistake_names_its_line() {
    let line = BASE.lines().count() + 3;
    let expected = format!("{line}: tickets.thai_digits: is a text: write true or false");
    assert_eq!(problems_of(&site("thai_digits = \"yes\"")), [expected]);
}

#[cfg(unix)]
#[test]
fn a_picture_is_read_from_the_disk_but_never_from_a_device() {
    let folder = std::env::temp_dir().join(format!("khiw-tickets-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("site.toml");
    std::fs::write(folder.join("logo.png"), [0x89, b'P', b'N', b'G', 0xFF]).unwrap();
    std::fs::write(&file, site("pictures = { logo = \"logo.png\" }")).unwrap();
    assert_eq!(khiw_config::load(&file).unwrap().tickets.pictures["logo"], "iVBOR/8=");
    std::fs::write(&file, site("pictures = { logo = \"/dev/zero\" }")).unwrap();
    let told = khiw_config::load(&file).unwrap_err().to_string();
    assert!(told.contains("`/dev/zero` cannot be read: is it there, and a regular file?"), "{told}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_changed_template_shows_its_first_changed_line() {
    let config = |text: &str| load("ticket = \"own.toml\"", &[("sites/own.toml", text)]).unwrap();
    let changed = "[[block]]\nhuge = \"{number}\"\nsize = 120\n";
    let changes: Vec<String> = khiw_config::difference(&config(TEMPLATE), &config(changed))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(changes, ["~ tickets.templates.ticket: 2 lines → 3 lines, line 3: size = 120"]);
    let without = khiw_config::load_from("tiny.toml", &|_| Some(with(&[]))).unwrap();
    let added = khiw_config::difference(&without, &config(TEMPLATE));
    assert_eq!(added.len(), 1, "{added:?}");
}
