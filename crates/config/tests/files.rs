//! A site of several files, more than a hall can hold, and many mistakes at once.

use std::collections::BTreeMap;

use crate::common::{BASE, with};
use crate::lines::problems_of;

const CALENDAR: &str = "holidays = [{ date = 2026-12-07, name = { th = \"ชดเชย\", en = \"Substitute\" } }]\n";

/// The good site without its own (empty) calendar, including `list`.
fn including(list: &str) -> String {
    with(&[("holidays = []", &format!("include = {list}"))])
}

fn load(files: &[(&str, &str)]) -> Result<khiw_domain::config::SiteConfig, Vec<String>> {
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    let read = |name: &str| files.get(name).map(|text| (*text).to_owned());
    let lines = |errors: khiw_config::ConfigErrors| errors.0.iter().map(ToString::to_string).collect();
    khiw_config::load_from("sites/tiny.toml", &read).map_err(lines)
}

#[test]
fn an_included_file_adds_its_items() {
    let site = including("[\"../calendars/th.toml\"]");
    let config = load(&[("sites/tiny.toml", &site), ("calendars/th.toml", CALENDAR)]).unwrap();
    assert_eq!(config.holidays.len(), 1);
    assert_eq!(config.holidays[0].date.to_string(), "2026-12-07");
}

#[test]
fn a_problem_names_the_included_file_and_its_line() {
    let site = including("[\"../calendars/th.toml\"]");
    let twice = format!(
        "{}{}",
        CALENDAR.trim_end().trim_end_matches(']'),
        ",\n  { date = 2026-12-07, name = { th = \"ก\", en = \"a\" } }]"
    );
    let errors = load(&[("sites/tiny.toml", &site), ("calendars/th.toml", &twice)]).unwrap_err();
    assert_eq!(
        errors,
        [
            "calendars/th.toml:2: holidays[2026-12-07].date: 2026-12-07 stands already at calendars/th.toml:1: keep one of the two"
        ]
    );
}

#[test]
fn a_missing_include_is_a_problem_of_the_line_that_asks_for_it() {
    let site = including("[\n  \"gone.toml\",\n]");
    let errors = load(&[("sites/tiny.toml", &site)]).unwrap_err();
    assert_eq!(
        errors,
        [
            "sites/tiny.toml:2: include: `sites/gone.toml` cannot be read: is it there, a regular file, and UTF-8 text?"
        ]
    );
}

#[test]
fn an_include_that_leads_back_ends() {
    let site = including("[\"tiny.toml\"]");
    let errors = load(&[("sites/tiny.toml", &site)]).unwrap_err();
    assert_eq!(
        errors,
        ["sites/tiny.toml:1: include: `sites/tiny.toml` is included twice: remove one of the two"]
    );
}

#[test]
fn an_include_that_is_no_list_is_refused() {
    let errors = load(&[("sites/tiny.toml", &including("\"../calendars/th.toml\""))]).unwrap_err();
    assert_eq!(
        errors,
        ["sites/tiny.toml:1: include: write a list of files: include = [\"../calendars/th.toml\"]"]
    );
}

#[test]
fn a_section_that_may_stand_once_stands_once() {
    let site = including("[\"more.toml\"]");
    let more = "[site]\nid = \"other\"\n";
    let errors = load(&[("sites/tiny.toml", &site), ("sites/more.toml", more)]).unwrap_err();
    assert_eq!(errors, ["sites/more.toml:1: site: stands already at sites/tiny.toml:2: keep one of the two"]);
}

#[test]
fn mistakes_in_two_included_files_are_both_reported() {
    let site = including("[\"a.toml\", \"b.toml\"]");
    let errors =
        load(&[("sites/tiny.toml", &site), ("sites/a.toml", "zones = [\n"), ("sites/b.toml", "= 1\n")])
            .unwrap_err();
    assert!(errors.iter().any(|error| error.starts_with("sites/a.toml:")), "{errors:?}");
    assert!(errors.iter().any(|error| error.starts_with("sites/b.toml:1:")), "{errors:?}");
}

#[test]
fn all_mistakes_are_reported_at_once_in_the_order_of_the_text() {
    let text = with(&[
        ("Asia/Bangkok", "Asia/Nakhon"),
        ("prefix = \"B\"", "prefix = \"A\""),
        ("fee = 20", "fee = -20"),
        ("label = \"2\"", "label = \"1\""),
        ("width_dots = 576", "width_dots = 580"),
    ]);
    let keys: Vec<String> = problems_of(&text)
        .iter()
        .map(|line| line.split(": ").nth(1).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        keys,
        [
            "site.time_zone",
            "queues[pay].prefix",
            "services[birth].fee",
            "counters[c2].label",
            "printers[main].width_dots"
        ]
    );
}

/// The good site with `count` more items that differ in their number.
fn with_more(count: u32, item: &str) -> String {
    let mut text = BASE.to_owned();
    for number in 0..count {
        let letters: String =
            [number / 26 % 26, number % 26].iter().map(|n| (b'A' + *n as u8) as char).collect();
        text.push_str(&item.replace("NUMBER", &number.to_string()).replace("LETTERS", &letters));
    }
    text
}

const QUEUE: &str = "\n[[queues]]\nid = \"q-NUMBER\"\nname = { th = \"ก\", en = \"a\" }\nprefix = \"XLETTERS\"\ntarget_wait_min = 9\nservice_time_min = 9\n";
const COUNTER: &str = "\n[[counters]]\nid = \"k-NUMBER\"\nlabel = \"xNUMBER\"\nprofile = \"all\"\n";
const SERVICE: &str =
    "\n[[services]]\nid = \"s-NUMBER\"\nagency = \"office\"\nname = { th = \"ก\", en = \"a\" }\n";

#[test]
fn more_than_a_hall_can_hold_is_refused() {
    let first = |text: &str| problems_of(text).first().cloned().unwrap_or_default();
    assert!(
        problems_of(&with_more(63, QUEUE))
            .contains(&"20: queues: has 65 items: at most 64 are possible".to_owned())
    );
    assert_eq!(first(&with_more(198, COUNTER)), "");
    assert_eq!(first(&with_more(199, COUNTER)), "58: counters: has 201 items: at most 200 are possible");
    assert_eq!(first(&with_more(4_998, SERVICE)), "");
    assert_eq!(first(&with_more(4_999, SERVICE)), "38: services: has 5001 items: at most 5000 are possible");
}

#[test]
fn thousands_of_problems_are_counted_not_listed() {
    let text = with_more(400, "\n[[zones]]\nid = \"office NUMBER\"\nname = 1\n");
    let read = |_: &str| Some(text.clone());
    let errors = khiw_config::load_from("tiny.toml", &read).unwrap_err();
    assert!(errors.0.len() <= 400, "bounded by the number of zones a hall may have");
    let shown = errors.to_string().lines().count();
    assert!(shown <= khiw_config::PROBLEMS_LISTED_MAX + 1, "{shown} lines");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_read() {
    // An endless one (`/dev/zero`) would only show it by taking all memory.
    for device in ["/dev/null", "/dev"] {
        let errors = khiw_config::load(device.as_ref()).unwrap_err();
        let told = format!(
            "{device}:0: (file): `{device}` cannot be read: is it there, a regular file, and UTF-8 text?"
        );
        assert_eq!(errors.0.iter().map(ToString::to_string).collect::<Vec<_>>(), [told]);
    }
}

#[test]
fn a_file_that_is_too_long_is_told_so_wherever_it_is_cut() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("long-{}.toml", std::process::id()));
    // Three bytes each: the limit falls inside a character.
    std::fs::write(&path, format!("#{}", "ก".repeat(2 * 1024 * 1024))).unwrap();
    let errors = khiw_config::load(&path).unwrap_err().to_string();
    std::fs::remove_file(&path).unwrap();
    assert!(errors.contains("is longer than 4 MiB: split it"), "{errors}");
}
