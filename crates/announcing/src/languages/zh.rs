//! Chinese: 请 A 0 1 2 号到 5 号柜台. Unreviewed.

use super::{COUNTER, DIGITS, LATIN, Part, Tongue, places_of};
use crate::word::Word;

pub(super) static TONGUE: Tongue = Tongue {
    spaced: false,
    words: &[
        Word::known("invite", "请"),
        Word::known("at", "号到"),
        Word::known(COUNTER, "号柜台"),
        Word::known("window", "号窗口"),
        Word::known("room", "号房间"),
        Word::known("0", "零"),
        Word::known("1", "一"),
        Word::known("2", "二"),
        Word::known("3", "三"),
        Word::known("4", "四"),
        Word::known("5", "五"),
        Word::known("6", "六"),
        Word::known("7", "七"),
        Word::known("8", "八"),
        Word::known("9", "九"),
        Word::known("2-of", "两"),
        Word::known("10", "十"),
        Word::known("hundred", "百"),
        Word::known("thousand", "千"),
    ],
    letters: LATIN,
    shape: &[Part::Word("invite"), Part::Ticket, Part::Word("at"), Part::Counter, Part::Place],
    places: &[
        ("号柜台", COUNTER),
        ("柜台", COUNTER),
        ("号窗口", "window"),
        ("窗口", "window"),
        ("号房间", "room"),
        ("房间", "room"),
    ],
    number,
};

/// 十二, 一百一十, 一百零五, 两千零五: an empty place between is said once.
fn number(value: u16, words: &mut Vec<&'static str>) {
    let mut skipped = false;
    let units = ["thousand", "hundred", "10"];
    let [thousands, hundreds, tens, ones] = places_of(value);
    for (digit, unit) in [thousands, hundreds, tens].into_iter().zip(units) {
        if digit == 0 {
            skipped = !words.is_empty();
            continue;
        }
        if std::mem::take(&mut skipped) {
            words.push(DIGITS[0]);
        }
        match (digit, unit) {
            (1, "10") if words.is_empty() => {}
            (2, "thousand") => words.push("2-of"),
            _ => words.push(DIGITS[digit]),
        }
        words.push(unit);
    }
    if ones > 0 {
        if skipped {
            words.push(DIGITS[0]);
        }
        words.push(DIGITS[ones]);
    }
}
