//! Site files with mistakes: `khiw apply` names file and line and what to write instead, and changes nothing.

use khiw_tests::{Folder, Server, sites};
use serde_json::json;

/// What is replaced by what in a sound file, and what must be said about it.
struct Mistake {
    what: &'static str,
    replace: &'static str,
    by: &'static str,
    says: &'static [&'static str],
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        what: "a queue declared twice",
        replace: "id = \"queue-b\"",
        by: "id = \"queue-a\"",
        says: &["queue-a"],
    },
    Mistake {
        what: "a counter declared twice",
        replace: "id = \"c2\"\n",
        by: "id = \"c1\"\n",
        says: &["`c1`"],
    },
    Mistake {
        what: "two queues with one letter",
        replace: "prefix = \"B\"",
        by: "prefix = \"A\"",
        says: &["`A`", "prefix"],
    },
    Mistake {
        what: "hours that overlap",
        replace: "week = { mon-sun = [\"00:00-23:59\"] }",
        by: "week = { mon-sun = [\"08:00-12:00\", \"11:30-16:00\"] }",
        says: &["overlaps"],
    },
    Mistake {
        what: "hours that end before they begin",
        replace: "holiday = [\"00:00-23:59\"]",
        by: "holiday = [\"16:00-08:00\"]",
        says: &["ends before it begins"],
    },
    Mistake {
        what: "a name without its English",
        replace: "name = { th = \"แถว C\", en = \"Queue C\" }",
        by: "name = { th = \"แถว C\" }",
        says: &["en"],
    },
    Mistake {
        what: "a service of no queue",
        replace: "queue = \"queue-d\"\n",
        by: "queue = \"queue-z\"\n",
        says: &["queue-z"],
    },
    Mistake { what: "a key that is none", replace: "digits = 4", by: "digitz = 4", says: &["digitz"] },
    Mistake {
        what: "a number where a text must be",
        replace: "label = \"7\"",
        by: "label = 7",
        says: &["label"],
    },
    Mistake {
        what: "more digits than a number can have",
        replace: "digits = 4",
        by: "digits = 40",
        says: &["digits"],
    },
    Mistake { what: "no TOML", replace: "[[profiles]]", by: "[[profiles", says: &[] },
];

#[test]
fn each_mistake_is_named_with_file_and_line_and_nothing_is_applied() {
    let folder = Folder::empty();
    let sound = sites::hall();
    for mistake in MISTAKES {
        assert!(sound.contains(mistake.replace), "{}", mistake.what);
        let broken = sound.replacen(mistake.replace, mistake.by, 1);

        let said = folder.apply(&broken).refused();

        let line = line_of_difference(&sound, &broken);
        assert!(said.contains(&format!("site.toml:{line}:")), "{} in line {line}:\n{said}", mistake.what);
        for word in mistake.says {
            assert!(said.contains(word), "{}:\n{said}", mistake.what);
        }
    }
    assert!(!folder.path().join("journal.db").exists(), "a broken file made a journal");
}

#[test]
fn a_zone_that_does_not_exist_is_refused() {
    let folder = Folder::empty();
    let broken = sites::hall().replace(&sites::noon_zone(), "Asia/Bangkokk");

    let said = folder.apply(&broken).refused();

    assert!(
        said.contains("site.toml:") && said.contains("Asia/Bangkokk") && said.contains("Asia/Bangkok\""),
        "{said}"
    );
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once() {
    let folder = Folder::empty();
    let broken = MISTAKES[..8]
        .iter()
        .fold(sites::hall(), |text, mistake| text.replacen(mistake.replace, mistake.by, 1));

    let said = folder.apply(&broken).refused();

    assert!(said.lines().filter(|line| line.contains("site.toml:")).count() >= 8, "{said}");
}

#[test]
fn files_that_are_not_there_or_not_text_are_refused() {
    let folder = Folder::empty();
    let nowhere = folder.beside("nowhere.toml");
    let said = folder.khiw("apply", &[nowhere.to_str().unwrap()]).refused();
    assert!(said.contains("nowhere.toml"), "{said}");

    let bytes = folder.beside("bytes.toml");
    std::fs::write(&bytes, [0xff, 0xfe, 0x00, 0x80]).unwrap();
    let said = folder.khiw("apply", &[bytes.to_str().unwrap()]).refused();
    assert!(said.contains("bytes.toml"), "{said}");
}

#[tokio::test]
async fn a_running_hall_keeps_its_configuration_when_a_broken_one_is_applied() {
    let folder = Folder::with_site(&sites::hall());
    let server = Server::start(&folder).await;
    let api = server.api(folder.token("integration", "hall"));
    let before = api.get("/sites/hall").await.ok();

    folder.apply(&sites::hall().replace("digits = 4", "digits = 40")).refused();

    let after = api.get("/sites/hall").await.ok();
    assert_eq!(before["queues"], after["queues"]);
    api.at_counter("hall", "c1", "open", json!({})).await;
    let ticket = api.issue("hall", "service-f").await;
    assert_eq!(api.call_next("hall", "c1").await["ticket"], ticket["id"]);
}

/// The first line that differs, counted from 1.
fn line_of_difference(one: &str, other: &str) -> usize {
    one.lines().zip(other.lines()).position(|(one, other)| one != other).unwrap() + 1
}

#[test]
fn a_mistake_in_a_ticket_template_is_named_and_nothing_is_applied() {
    let folder = Folder::with_site(&sites::hall());
    let file = folder.beside("own.toml");
    let site = format!("{}\n[tickets]\nticket = \"own.toml\"\n", sites::hall());
    std::fs::write(&file, "[[block]]\nhuge = \"{nmber}\"\nsize = 0\n").unwrap();

    let said = folder.apply(&site).refused();

    assert!(said.contains("tickets.ticket: line 2: block 1 (huge): huge: `{nmber}`"), "{said}");
    assert!(said.contains("line 3: block 1 (huge): size: is 0"), "{said}");

    // A character no font has is told, and does not stop anything.
    std::fs::write(&file, "[[block]]\nhuge = \"{number}\"\n[[block]]\ntext = \"☂ {office}\"\n").unwrap();
    let said = folder.apply(&site).ok();
    assert!(said.contains("no font has `☂` (tickets.ticket: block 2)"), "{said}");
    assert!(said.contains("+ tickets: ") && said.contains("4 lines") && said.contains("applied"), "{said}");
}
