//! English: Ticket A 0 1 2, please proceed to counter 5.

use super::{COUNTER, DIGITS, LATIN, Part, Tongue, places_of, thousands_and_hundreds};
use crate::word::Word;

const TEENS: [&str; 10] = ["10", "11", "12", "13", "14", "15", "16", "17", "18", "19"];
const TENS: [&str; 10] = ["", "10", "20", "30", "40", "50", "60", "70", "80", "90"];

pub(super) static TONGUE: Tongue = Tongue {
    spaced: true,
    words: &[
        Word::known("invite", "Ticket"),
        Word::known("at", "please proceed to"),
        Word::known(COUNTER, "counter"),
        Word::known("desk", "desk"),
        Word::known("room", "room"),
        Word::known("point", "point"),
        Word::known("window", "window"),
        Word::known("0", "zero"),
        Word::known("1", "one"),
        Word::known("2", "two"),
        Word::known("3", "three"),
        Word::known("4", "four"),
        Word::known("5", "five"),
        Word::known("6", "six"),
        Word::known("7", "seven"),
        Word::known("8", "eight"),
        Word::known("9", "nine"),
        Word::known("10", "ten"),
        Word::known("11", "eleven"),
        Word::known("12", "twelve"),
        Word::known("13", "thirteen"),
        Word::known("14", "fourteen"),
        Word::known("15", "fifteen"),
        Word::known("16", "sixteen"),
        Word::known("17", "seventeen"),
        Word::known("18", "eighteen"),
        Word::known("19", "nineteen"),
        Word::known("20", "twenty"),
        Word::known("30", "thirty"),
        Word::known("40", "forty"),
        Word::known("50", "fifty"),
        Word::known("60", "sixty"),
        Word::known("70", "seventy"),
        Word::known("80", "eighty"),
        Word::known("90", "ninety"),
        Word::known("and", "and"),
        Word::known("hundred", "hundred"),
        Word::known("thousand", "thousand"),
    ],
    letters: LATIN,
    shape: &[Part::Word("invite"), Part::Ticket, Part::Word("at"), Part::Place, Part::Counter],
    places: &[
        ("counter", COUNTER),
        ("desk", "desk"),
        ("room", "room"),
        ("point", "point"),
        ("window", "window"),
    ],
    number,
};

/// One hundred and five; one thousand and five.
fn number(value: u16, words: &mut Vec<&'static str>) {
    let places = places_of(value);
    thousands_and_hundreds(places, words);
    let [.., tens, ones] = places;
    if value > 100 && tens + ones > 0 {
        words.push("and");
    }
    match tens {
        0 => {}
        1 => return words.push(TEENS[ones]),
        _ => words.push(TENS[tens]),
    }
    if ones > 0 {
        words.push(DIGITS[ones]);
    }
}
