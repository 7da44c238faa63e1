//! What an administrator reads after a mistake: every message, to the letter, through one `check`.

use crate::common::{BASE, with};
use crate::lines::problems_of;

/// One edit of the good site must give exactly these lines (file name left out).
fn check(edit: (&str, &str), expected: &[&str]) {
    assert_eq!(problems_of(&with(&[edit])), expected, "after {edit:?}");
}

#[test]
fn the_good_site_has_no_problems() {
    assert_eq!(problems_of(BASE), Vec::<String>::new());
}

#[test]
fn the_site_section() {
    check(("id = \"tiny\"", ""), &["2: site.id: is missing: write id = \"nakhon-oss\""]);
    check(
        ("\"tiny\"", "\"Tiny Hall\""),
        &["3: site.id: `Tiny Hall` is no id: use a-z, 0-9, `-`, `_`, `.`, at most 64 characters"],
    );
    check(
        ("Asia/Bangkok", "Asia/Nakhon"),
        &["5: site.time_zone: `Asia/Nakhon` is no time zone: write an IANA name, e.g. \"Asia/Bangkok\""],
    );
    check(
        ("time_zone =", "timezone ="),
        &[
            "2: site.time_zone: is missing: write time_zone = \"Asia/Bangkok\"",
            "5: site.timezone: is no known key: did you mean `time_zone`?",
        ],
    );
    check(
        ("[\"th\", \"en\"]", "[\"th\", \"fr\"]"),
        &["6: site.languages: `fr` is no language of Khiw: use th, vi, en, ms, lo, my, zh"],
    );
    check(
        ("[\"th\", \"en\"]", "[\"th\", \"en\", \"th\"]"),
        &["6: site.languages: has `th` twice: remove one"],
    );
    check(
        ("counter_place =", "public_address = \"khiw.example/\"\ncounter_place ="),
        &["7: site.public_address: write it as https://host, without a slash at the end"],
    );
    check(("[site]", "[office]"), &["1: site: is missing: write site = { … }, as a section [site]"]);
}

#[test]
fn names() {
    check(
        ("{ th = \"เล็ก\", en = \"Tiny\" }", "{ th = \"เล็ก\" }"),
        &["4: site.name: has no `en`: add en = \"…\" (required_languages)"],
    );
    check(
        ("{ th = \"เล็ก\", en = \"Tiny\" }", "\"Tiny\""),
        &["4: site.name: is a text: write { th = \"…\", en = \"…\" }"],
    );
    check(("en = \"Tiny\"", "en = \" \""), &["4: site.name.en: is empty: write the text, or remove the key"]);
    check(
        ("en = \"Tiny\"", "en = \"Tiny\", de = \"Klein\""),
        &["4: site.name.de: `de` is no language of Khiw: use th, vi, en, ms, lo, my, zh"],
    );
    check(
        ("en = \"Tiny\"", "en = \"Ti\\nny\""),
        &["4: site.name.en: contains a line break or another control character: write it in one line"],
    );
    let long = format!("en = \"{}\"", "n".repeat(301));
    check(("en = \"Tiny\"", &long), &["4: site.name.en: has 301 characters: shorten it to 300"]);
    check(
        ("counter_place =", "required_languages = [\"th\", \"en\", \"vi\"]\ncounter_place ="),
        &[
            "4: site.name: has no `vi`: add vi = \"…\" (required_languages)",
            "8: site.counter_place: has no `vi`: add vi = \"…\" (required_languages)",
            "19: agencies[office].name: has no `vi`: add vi = \"…\" (required_languages)",
            "23: queues[civil].name: has no `vi`: add vi = \"…\" (required_languages)",
            "31: queues[pay].name: has no `vi`: add vi = \"…\" (required_languages)",
            "37: documents.card: has no `vi`: add vi = \"…\" (required_languages)",
            "42: services[birth].name: has no `vi`: add vi = \"…\" (required_languages)",
            "52: services[tax].name: has no `vi`: add vi = \"…\" (required_languages)",
            "70: codes.outcomes.done: has no `vi`: add vi = \"…\" (required_languages)",
        ],
    );
}

#[test]
fn hours_and_holidays() {
    let week = "[\"08:30-12:00\", \"13:00-16:30\"]";
    check(
        (week, "[\"16:30-08:30\"]"),
        &[
            "11: hours[office].week.mon-fri: `16:30-08:30` ends before it begins: swap the times, or split it at midnight",
        ],
    );
    check(
        (week, "[\"08:30-12:00\", \"11:00-16:30\"]"),
        &[
            "11: hours[office].week.mon-fri: `11:00-16:30` overlaps the span before it: write spans in order, apart from each other",
        ],
    );
    check(
        (week, "[\"8:30-12:00\"]"),
        &[
            "11: hours[office].week.mon-fri: `8:30-12:00` is no span: write from-to with two digits each, e.g. \"08:30-12:00\"",
        ],
    );
    check(
        (week, "[\"08:30-12:00\"], fri = []"),
        &["11: hours[office].week.fri: declares fri again: a day stands in one line only"],
    );
    check(
        ("mon-fri =", "weekdays ="),
        &[
            "11: hours[office].week.weekdays: is no day: use mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri",
        ],
    );
    check(
        (
            "holidays = []",
            "holidays = [\n{ date = 2026-12-05, name = { th = \"ก\", en = \"a\" } },\n{ date = 2026-12-05, name = { th = \"ข\", en = \"b\" } } ]",
        ),
        &["3: holidays[2026-12-05].date: 2026-12-05 stands already at tiny.toml:2: keep one of the two"],
    );
    check(
        ("holidays = []", "holidays = [{ date = \"2026-12-05\", name = { th = \"ก\", en = \"a\" } }]"),
        &["1: holidays[2026-12-05].date: is a text: write a date without quotes, e.g. 2026-12-31"],
    );
}

#[test]
fn queues() {
    check(
        ("prefix = \"B\"", "prefix = \"A\""),
        &["31: queues[pay].prefix: `A` is the prefix of the queue at tiny.toml:20, too: choose another"],
    );
    check(
        ("prefix = \"B\"", "prefix = \"บ\""),
        &["31: queues[pay].prefix: `บ` is no prefix: write 1 to 3 letters A-Z, they are spoken one by one"],
    );
    check(
        ("priority_target_wait_min = 8", "priority_target_wait_min = 25"),
        &[
            "25: queues[civil].priority_target_wait_min: is 25, more than target_wait_min: write at most 20, usually a third to a half",
        ],
    );
    check(
        ("service_time_min = 9", "service_time_min = 9\nlast = 1000"),
        &["27: queues[civil].last: 1000 has more than 3 digits: write at most 999, or raise digits"],
    );
    check(
        ("service_time_min = 9", "service_time_min = 9\nfirst = 9\nlast = 8"),
        &["27: queues[civil].first: 9 is more than last (8): write a smaller first"],
    );
    check(
        ("target_wait_min = 15", "target_wait_min = \"15\""),
        &["32: queues[pay].target_wait_min: is a text: write a whole number from 1 to 480"],
    );
    check(
        ("target_wait_min = 15", "target_wait_min = 0"),
        &["32: queues[pay].target_wait_min: is 0: write a whole number from 1 to 480"],
    );
    check(
        ("service_time_min = 4", "service_time_min = 4\nat_close = \"midnight\""),
        &[
            "34: queues[pay].at_close: is \"midnight\": write one of \"serve_out\", \"cancel_with_notice\", \"carry_over\"",
        ],
    );
    check(
        ("id = \"pay\"", "id = \"civil\""),
        &[
            "16: agencies[office].queue: `pay` is no queue: use civil",
            "29: queues[civil].id: queue `civil` stands already at tiny.toml:21: choose another id",
            "56: profiles[all].queues.queue: `pay` is no queue: use civil",
        ],
    );
    check(
        (", { queue = \"pay\", handicap_min = 5 }", ""),
        &["28: queues[pay]: no counter serves it: add it to a profile that a counter has"],
    );
}

#[test]
fn services() {
    check(
        ("agency = \"office\"", "agency = \"ofice\""),
        &["40: services[birth].agency: `ofice` is no agency: did you mean `office`?"],
    );
    check(
        ("[\"card\"]", "[\"cart\"]"),
        &["42: services[birth].documents: `cart` is no document: did you mean `card`?"],
    );
    check(
        ("[\"card\"]", "[\"passport\"]"),
        &[
            "42: services[birth].documents: `passport` is no document: add it to [documents], or write the text itself as { … }",
        ],
    );
    check(
        ("fee = 20", "fee = -20"),
        &["43: services[birth].fee: is -20: write a whole number from 0 to 1000000000"],
    );
    check(
        ("posted_min = 15", "posted_min = 15\nposted_working_days = 3"),
        &["44: services[birth].posted_min: stands beside posted_working_days: keep one of the two"],
    );
    check(
        ("fee = 20", "forwarded_to = { th = \"ก\", en = \"a\" }"),
        &[
            "43: services[birth].forwarded_to: is only for kind = \"receive_and_forward\": remove it, or change the kind",
        ],
    );
    check(
        ("fee = 20", "kind = \"receive_and_forward\""),
        &["38: services[birth].forwarded_to: is missing: write forwarded_to = { th = \"…\", en = \"…\" }"],
    );
    check(
        ("queue = \"pay\"\nhours", "hours"),
        &["50: services[tax].queue: is missing: write queue = the id of a queue"],
    );
    check(
        ("id = \"tax\"", "id = \"birth\""),
        &["51: services[birth].id: service `birth` stands already at tiny.toml:39: choose another id"],
    );
    check(
        ("posted_working_days = 5", "posted_days = 5"),
        &[
            "49: service_groups[1].posted_days: is no known key: use services, agency, queue, hours, kind, documents, steps, fee, posted_min, posted_working_days, forwarded_to",
        ],
    );
    check(
        ("  { id = \"tax\", name = { th = \"ชำระภาษี\", en = \"Tax\" } },\n", ""),
        &[
            "50: service_groups[1].services: is missing or empty: write services = [{ id = \"birth\", name = { … } }, …]",
        ],
    );
    check(
        ("card = {", "card = \"ID\"\nold = {"),
        &["36: documents.card: is a text: write { th = \"…\", en = \"…\" }"],
    );
}

#[test]
fn counters_and_profiles() {
    check(
        ("label = \"2\"", "label = \"1\""),
        &[
            "65: counters[c2].label: `1` is called so at tiny.toml:58, too: visitors would go to the wrong one",
        ],
    );
    check(
        ("label = \"2\"", "label = \"number two please\""),
        &["65: counters[c2].label: has 17 characters: shorten it to 12"],
    );
    check(
        ("label = \"2\"", "label = \"2\"\nzone = \"east\""),
        &["66: counters[c2].zone: `east` is no zone: no zone is declared"],
    );
    check(
        ("label = \"2\"\nprofile = \"all\"", "label = \"2\"\nprofile = \"al\""),
        &["66: counters[c2].profile: `al` is no profile: did you mean `all`?"],
    );
    check(
        ("label = \"2\"\nprofile = \"all\"", "label = \"2\""),
        &["63: counters[c2].profile: is missing: write profile = the id of a profile"],
    );
    check(
        ("queues = [\"civil\", {", "queues = [\"civil\", \"civil\", {"),
        &["56: profiles[all].queues: has `civil` twice: remove one"],
    );
    check(
        ("queues = [\"civil\", {", "queues = [{ queue = \"civil\", handicap_min = 3 }, {"),
        &[
            "56: profiles[all].queues: gives every queue a handicap, but it only compares queues: set the most urgent to 0",
        ],
    );
    check(
        ("handicap_min = 5", "handicap_min = -5"),
        &["56: profiles[all].queues.handicap_min: is -5: write a whole number from 0 to 120"],
    );
}

#[test]
fn an_empty_profile_is_no_profile() {
    check(
        ("[\"civil\", { queue = \"pay\", handicap_min = 5 }]", "[]"),
        &[
            "20: queues[civil]: no counter serves it: add it to a profile that a counter has",
            "28: queues[pay]: no counter serves it: add it to a profile that a counter has",
            "56: profiles[all].queues: is empty: a counter with this profile would never call; name at least one queue",
        ],
    );
}

#[test]
fn rules_and_codes() {
    check(
        ("[[hours]]", "[rules]\nstart = \"later\"\nelderly_age = 20\n[[hours]]"),
        &[
            "10: rules.start: is \"later\": write one of \"implicit\", \"explicit\"",
            "11: rules.elderly_age: is 20: write a whole number from 50 to 100",
        ],
    );
    check(
        ("done = {", "\"Done!\" = {"),
        &["69: codes.outcomes.Done!: `Done!` is no id: use a-z, 0-9, `-`, `_`, `.`, at most 64 characters"],
    );
    check(
        ("[codes.outcomes]", "[codes.results]"),
        &["68: codes.results: is no known key: use outcomes, pause, out_of_order, reprioritise, suspend"],
    );
}

#[test]
fn unknown_and_misplaced_sections() {
    check(("[[printers]]", "[[printer]]"), &["71: printer: is no known key: did you mean `printers`?"]);
    check(
        ("[[printers]]", "[printers]"),
        &["71: printers: is a table: write a list, e.g. [[printers]] for each"],
    );
    check(
        ("[[hours]]\nid = \"office\"\nweek", "[[opening]]\nid = \"office\"\nweek"),
        &[
            "1: hours: is missing: write at least one [[hours]]",
            "9: opening: is no known key: use site, rules, hours, holidays, queues, zones, agencies, documents, service_groups, services, profiles, counters, codes, printers, tickets",
            "17: agencies[office].hours: `office` is no set of hours: no set of hours is declared",
        ],
    );
}

#[test]
fn text_that_is_no_toml() {
    check(("id = \"tiny\"", "id = tiny"), &["3: (syntax): no valid TOML: invalid boolean, expected `true`"]);
    check(("[[hours]]", "[[hours]"), &["9: (syntax): no valid TOML: unclosed array table, expected `]`"]);
}
