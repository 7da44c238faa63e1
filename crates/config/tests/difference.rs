//! `khiw apply` shows what a new site file changes before it changes it.

use crate::common::{BASE, with};
use khiw_domain::config::SiteConfig;

fn site(text: &str) -> SiteConfig {
    khiw_config::load_from("tiny.toml", &|_| Some(text.to_owned()))
        .unwrap_or_else(|errors| panic!("{errors}"))
}

/// The edits must show as exactly these lines.
fn check(edits: &[(&str, &str)], expected: &[&str]) {
    let changes = khiw_config::difference(&site(BASE), &site(&with(edits)));
    let lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(lines, expected, "after {edits:?}");
}

#[test]
fn the_same_site_has_no_difference() {
    check(&[], &[]);
}

#[test]
fn a_changed_value_is_shown_before_and_after() {
    check(
        &[("target_wait_min = 20", "target_wait_min = 30")],
        &["~ queues[civil].target_wait_s: 1200 → 1800"],
    );
    check(
        &[("en = \"Registration\"", "en = \"Civil registration\"")],
        &["~ queues[civil].name.en: Registration → Civil registration"],
    );
    check(
        &[("posted_min = 15", "posted_working_days = 3")],
        &["~ services[birth].posted_time: n 15, unit minutes → n 3, unit working_days"],
    );
    check(
        &[("handicap_min = 5", "handicap_min = 6")],
        &["~ profiles[all].queues[pay].handicap_s: 300 → 360"],
    );
}

#[test]
fn a_value_that_was_absent_is_added_and_one_that_goes_is_removed() {
    check(
        &[("service_time_min = 4", "service_time_min = 4\nquota_day = 50")],
        &["+ queues[pay].quota_day: 50"],
    );
    check(&[("fee = 20\n", "")], &["- services[birth].fee: 20"]);
}

#[test]
fn whole_items_are_told_by_their_name() {
    check(
        &[("id = \"birth\"", "id = \"birth-death\"")],
        &[
            "- services[birth]: en Registration of a birth, th แจ้งเกิด",
            "+ services[birth-death]: en Registration of a birth, th แจ้งเกิด",
        ],
    );
}

#[test]
fn a_new_order_is_a_change() {
    let swapped = [
        ("id = \"c1\"\nlabel = \"1\"", "id = \"c2\"\nlabel = \"2\""),
        (
            "id = \"c2\"\nlabel = \"2\"\nprofile = \"all\"\n\n[codes",
            "id = \"c1\"\nlabel = \"1\"\nprofile = \"all\"\n\n[codes",
        ),
    ];
    check(&swapped, &["~ counters.order: [c1; c2] → [c2; c1]"]);
}
