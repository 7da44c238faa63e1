//! Burmese: တိုကင်နံပါတ် A 0 1 2 ကောင်တာ 5 သို့ ကြွပါ. Unreviewed.

use super::{COUNTER, DIGITS, LATIN, Part, Tongue, places_of};
use crate::word::Word;

pub(super) static TONGUE: Tongue = Tongue {
    spaced: false,
    words: &[
        Word::known("invite", "တိုကင်နံပါတ်"),
        Word::known(COUNTER, "ကောင်တာ"),
        Word::known("desk", "စားပွဲ"),
        Word::known("room", "အခန်း"),
        Word::known("to", "သို့ ကြွပါ"),
        Word::known("0", "သုည"),
        Word::known("1", "တစ်"),
        Word::known("2", "နှစ်"),
        Word::known("3", "သုံး"),
        Word::known("4", "လေး"),
        Word::known("5", "ငါး"),
        Word::known("6", "ခြောက်"),
        Word::known("7", "ခုနစ်"),
        Word::known("8", "ရှစ်"),
        Word::known("9", "ကိုး"),
        Word::known("10", "ဆယ်"),
        Word::known("10-and", "ဆယ့်"),
        Word::known("hundred", "ရာ"),
        Word::known("hundred-and", "ရာ့"),
        Word::known("thousand", "ထောင်"),
        Word::known("thousand-and", "ထောင့်"),
    ],
    letters: LATIN,
    shape: &[Part::Word("invite"), Part::Ticket, Part::Place, Part::Counter, Part::Word("to")],
    places: &[("ကောင်တာ", COUNTER), ("စားပွဲ", "desk"), ("အခန်း", "room")],
    number,
};

/// A unit with something behind it changes its tone.
fn number(value: u16, words: &mut Vec<&'static str>) {
    let [thousands, hundreds, tens, ones] = places_of(value);
    let units = [
        (thousands, "thousand", "thousand-and", hundreds + tens + ones),
        (hundreds, "hundred", "hundred-and", tens + ones),
        (tens, "10", "10-and", ones),
    ];
    for (digit, last, followed, behind) in units {
        if digit > 0 {
            words.extend([DIGITS[digit], if behind > 0 { followed } else { last }]);
        }
    }
    if ones > 0 {
        words.push(DIGITS[ones]);
    }
}
