//! Vietnamese: Mời công dân có số thứ tự A 0 1 2 đến quầy số 5.

use super::{COUNTER, DIGITS, Part, Tongue, places_of};
use crate::word::Word;

pub(super) static TONGUE: Tongue = Tongue {
    spaced: true,
    words: &[
        Word::known("invite", "Mời công dân có số thứ tự"),
        Word::known("at", "đến"),
        Word::known(COUNTER, "quầy số"),
        Word::known("desk", "bàn số"),
        Word::known("room", "phòng số"),
        Word::known("window", "cửa số"),
        Word::known("0", "không"),
        Word::known("1", "một"),
        Word::known("2", "hai"),
        Word::known("3", "ba"),
        Word::known("4", "bốn"),
        Word::known("5", "năm"),
        Word::known("6", "sáu"),
        Word::known("7", "bảy"),
        Word::known("8", "tám"),
        Word::known("9", "chín"),
        Word::known("1-later", "mốt"),
        Word::known("4-later", "tư"),
        Word::known("5-later", "lăm"),
        Word::known("10", "mười"),
        Word::known("tens", "mươi"),
        // Southern voices say "lẻ" and "ngàn": a pack's manifest may write so.
        Word::known("odd", "linh"),
        Word::known("hundred", "trăm"),
        Word::known("thousand", "nghìn"),
    ],
    letters: [
        "a", "bê", "xê", "dê", "e", "ép", "giê", "hát", "i", "gi", "ca", "e-lờ", "em-mờ", "en-nờ", "o", "pê",
        "quy", "e-rờ", "ét-sì", "tê", "u", "vê", "vê kép", "ích-xì", "i dài", "dét",
    ],
    shape: &[Part::Word("invite"), Part::Ticket, Part::Word("at"), Part::Place, Part::Counter],
    places: &[
        ("quầy số", COUNTER),
        ("quầy", COUNTER),
        ("bàn số", "desk"),
        ("bàn", "desk"),
        ("phòng số", "room"),
        ("phòng", "room"),
        ("cửa số", "window"),
        ("cửa", "window"),
    ],
    number,
};

/// Behind ten and the tens five is lăm; behind the tens one is mốt and four tư. An empty place is said: không
/// trăm, linh.
fn number(value: u16, words: &mut Vec<&'static str>) {
    let [thousands, hundreds, tens, ones] = places_of(value);
    if thousands > 0 {
        words.extend([DIGITS[thousands], "thousand"]);
    }
    let more = tens + ones > 0;
    if hundreds > 0 || (thousands > 0 && more) {
        words.extend([DIGITS[hundreds], "hundred"]);
    }
    match tens {
        0 if value > 9 && ones > 0 => words.push("odd"),
        0 => {}
        1 => words.push("10"),
        _ => words.extend([DIGITS[tens], "tens"]),
    }
    match (tens, ones) {
        (_, 0) => {}
        (2.., 1) => words.push("1-later"),
        (2.., 4) => words.push("4-later"),
        (1.., 5) => words.push("5-later"),
        _ => words.push(DIGITS[ones]),
    }
}
