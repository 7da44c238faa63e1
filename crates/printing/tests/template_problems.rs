//! What an administrator reads after a mistake in a template: every message, to the letter, through one `check`.

use khiw_printing::template::{BLOCKS_MAX, PROBLEMS_MAX};
use khiw_printing::{PaperKind, Pictures, Template, TemplateProblem};

fn problems_of(kind: PaperKind, text: &str) -> Vec<String> {
    let problems = Template::parse(kind, text, &Pictures::default()).err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

/// The text of a block must give exactly these problems.
fn check(block: &str, expected: &[&str]) {
    assert_eq!(problems_of(PaperKind::Closed, &format!("[[block]]\n{block}\n")), expected, "{block}");
}

#[test]
fn whole_blocks_have_no_problems() {
    for block in [
        "text = 'Hello'\nsize = { narrow = 24, wide = 30 }\nweight = 'medium'\nalign = 'left'",
        "text = { th = 'สวัสดี', en = 'Hello' }\nwhen = ['priority', 'not reprint']\nlang = ['th', 'en']",
        "row = ['{words.counter}', '{counter}']\nsplit = 30",
        "rule = 2\nabove = 4\nbelow = { narrow = 4, wide = 8 }",
        "space = 8",
        "qr = '{link}'\nshare = 80",
        "huge = '{number}'\nsize = 120\nweight = 'regular'",
        "banner = '{words.reprint}'\nwhen = 'reprint'",
        "pattern = 'ruler'",
    ] {
        check(block, &[]);
    }
}

#[test]
fn a_block_is_one_thing() {
    let kinds = "text, row, rule, space, qr, picture, huge, banner, pattern";
    check("size = 20", &[&format!("line 1: block 1: says not what it is: write one of {kinds}")]);
    check("txt = 'a'", &["line 2: block 1: txt: is no kind of block: did you mean `text`?"]);
    check(
        "rule = 2\ntext = 'a'",
        &["line 2: block 1: rule: stands beside `text`: a block is one thing, make another [[block]]"],
    );
}

#[test]
fn variables() {
    check(
        "text = '{ofice}'",
        &["line 2: block 1 (text): text: `{ofice}` is no variable: did you mean `office`?"],
    );
    check(
        "text = '{office'",
        &[
            "line 2: block 1 (text): text: has `{office` without `}`: close it, or write {{ for a brace that is printed",
        ],
    );
    check(
        "text = '{words.plese_wait}'",
        &["line 2: block 1 (text): text: `{words.plese_wait}` is no word: did you mean `words.please_wait`?"],
    );
    check(
        "text = { th = '{nmber}', fr = 'Bonjour' }",
        &[
            "line 2: block 1 (text): text.fr: `fr` is no language of Khiw: use th, vi, en, ms, lo, my, zh",
            "line 2: block 1 (text): text.th: `{nmber}` is no variable: did you mean `number`?",
        ],
    );
    check(
        "huge = '{documents}'",
        &[
            "line 2: block 1 (huge): huge: `{documents}` is a list: write it in a text block, which is repeated for each",
        ],
    );
}

#[test]
fn sizes_and_widths() {
    check(
        "text = 'a'\nsize = 0",
        &["line 3: block 1 (text): size: is 0: write a whole number from 20 to 120"],
    );
    check(
        "text = 'a'\nsize = -4",
        &["line 3: block 1 (text): size: is -4: write a whole number from 20 to 120"],
    );
    check(
        "text = 'a'\nsize = 'large'",
        &["line 3: block 1 (text): size: is a text: write a number of dots, or { narrow = 26, wide = 28 }"],
    );
    check(
        "text = 'a'\nsize = { narrow = 0, wdie = 30 }",
        &[
            "line 3: block 1 (text): size: has `wdie`: did you mean `wide`?",
            "line 3: block 1 (text): size: is 0: write a whole number from 20 to 120",
            "line 3: block 1 (text): size: has no `wide`: write both, { narrow = 26, wide = 28 }",
        ],
    );
    check("rule = 0", &["line 2: block 1 (rule): rule: is 0: write a whole number from 1 to 24"]);
    check(
        "space = 9999999999999999999999",
        &["line 2: block 1 (space): space: is 99999999999999999999: write a whole number from 1 to 400"],
    );
    check("qr = 'a'\nshare = 0", &["line 3: block 1 (qr): share: is 0: write a whole number from 20 to 100"]);
    check(
        "row = ['a', 'b']\nsplit = 100",
        &["line 3: block 1 (row): split: is 100: write a whole number from 10 to 90"],
    );
    check("row = ['a']", &["line 2: block 1 (row): row: has 1 columns: write two"]);
}

#[test]
fn words_that_are_none() {
    check(
        "text = 'a'\nwieght = 'bold'",
        &["line 3: block 1 (text): wieght: is no key here: did you mean `weight`?"],
    );
    check(
        "text = 'a'\nweight = 'fat'",
        &["line 3: block 1 (text): weight: is \"fat\": use regular, medium, bold"],
    );
    check(
        "text = 'a'\nalign = 'centre'",
        &["line 3: block 1 (text): align: is \"centre\": did you mean `center`?"],
    );
    check(
        "text = 'a'\nwhen = ['reprnt']",
        &["line 3: block 1 (text): when: `reprnt` is no condition: did you mean `reprint`?"],
    );
    check(
        "text = 'a'\nlang = 'thai'",
        &["line 3: block 1 (text): lang: `thai` is no language of Khiw: use th, vi, en, ms, lo, my, zh"],
    );
    check(
        "picture = 'logo'",
        &[
            "line 2: block 1 (picture): picture: `logo` is no picture: name its file in the site's [tickets.pictures]",
        ],
    );
    check(
        "pattern = 'rulers'",
        &["line 2: block 1 (pattern): pattern: is \"rulers\": did you mean `ruler`?"],
    );
}

#[test]
fn unclosed_blocks_and_other_text_that_is_no_toml() {
    let told = problems_of(PaperKind::Closed, "[[block]]\ntext = 'a'\n[[block\nrule = 2\n");
    assert!(told[0].starts_with("line 3: is no valid TOML: "), "{told:?}");
    let told = problems_of(PaperKind::Closed, "[[block]]\ntext = \"a\n");
    assert!(told[0].starts_with("line 2: is no valid TOML: "), "{told:?}");
    let told = problems_of(PaperKind::Closed, "[block]\ntext = 'a'\n");
    assert_eq!(told, ["line 1: block: is a table: write [[block]], with two pairs of brackets"]);
    assert_eq!(problems_of(PaperKind::Closed, ""), ["has no block: write at least one [[block]]"]);
    let told = problems_of(PaperKind::Closed, "blok = 1\n[[block]]\nrule = 1\n");
    assert_eq!(told, ["line 1: blok: is no key here: did you mean `block`?"]);
}

#[test]
fn what_is_too_much() {
    check(
        &format!("text = '{}'", "ก".repeat(301)),
        &["line 2: block 1 (text): text: has 301 characters: shorten it to 300"],
    );
    let many = "[[block]]\nrule = 1\n".repeat(BLOCKS_MAX + 1);
    assert_eq!(
        problems_of(PaperKind::Closed, &many),
        ["line 1: block: stands 65 times: at most 64 are possible"]
    );
    let long = "#".repeat(20 << 20);
    assert_eq!(problems_of(PaperKind::Closed, &long), ["has 20971520 bytes: shorten it to 32 KiB"]);
    let wrong = "[[block]]\ntext = '{a} {b} {c} {d}'\n".repeat(BLOCKS_MAX);
    assert_eq!(problems_of(PaperKind::Closed, &wrong).len(), PROBLEMS_MAX);
}

#[test]
fn a_ticket_always_shows_its_number() {
    let told = "does not show the number on every ticket: write a block huge = \"{number}\" without `when` and `lang`";
    for text in [
        "[[block]]\ntext = '{office}'\n",
        "[[block]]\nhuge = '{number}'\nwhen = 'priority'\n",
        "[[block]]\ntext = '{number} {message}'\n",
        "[[block]]\nhuge = { th = '{number}', en = 'Hello' }\n",
    ] {
        assert_eq!(problems_of(PaperKind::Ticket, text), [told], "{text}");
        assert_eq!(problems_of(PaperKind::Closed, text), Vec::<String>::new(), "{text}");
    }
    assert!(problems_of(PaperKind::Ticket, "[[block]]\ntext = '{words.number}: {number}'\n").is_empty());
}

#[test]
fn all_mistakes_are_told_at_once_and_travel_as_json() {
    let text = "[[block]]\ntext = '{ofice}'\nsize = 0\n\n[[block]]\nrul = 3\n";
    let problems = Template::parse(PaperKind::Ticket, text, &Pictures::default()).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2, 3, 6]);
    let json = serde_json::to_value(&problems[0]).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "line": 2, "block": 1, "kind": "text", "key": "text",
            "problem": "`{ofice}` is no variable: did you mean `office`?",
        })
    );
    let whole = TemplateProblem { line: 0, block: None, kind: None, key: String::new(), problem: "x".into() };
    assert_eq!(whole.to_string(), "x");
}
