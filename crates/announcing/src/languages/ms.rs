//! Malay: Nombor giliran A 0 1 2, sila ke kaunter 5.

use super::{COUNTER, DIGITS, LATIN, Part, Tongue, places_of};
use crate::word::Word;

pub(super) static TONGUE: Tongue = Tongue {
    spaced: true,
    words: &[
        Word::known("invite", "Nombor giliran"),
        Word::known("at", "sila ke"),
        Word::known(COUNTER, "kaunter"),
        Word::known("desk", "meja"),
        Word::known("room", "bilik"),
        Word::known("0", "kosong"),
        Word::known("1", "satu"),
        Word::known("2", "dua"),
        Word::known("3", "tiga"),
        Word::known("4", "empat"),
        Word::known("5", "lima"),
        Word::known("6", "enam"),
        Word::known("7", "tujuh"),
        Word::known("8", "lapan"),
        Word::known("9", "sembilan"),
        Word::known("10", "sepuluh"),
        Word::known("11", "sebelas"),
        Word::known("teen", "belas"),
        Word::known("tens", "puluh"),
        Word::known("100", "seratus"),
        Word::known("hundred", "ratus"),
        Word::known("1000", "seribu"),
        Word::known("thousand", "ribu"),
    ],
    letters: LATIN,
    shape: &[Part::Word("invite"), Part::Ticket, Part::Word("at"), Part::Place, Part::Counter],
    places: &[("kaunter", COUNTER), ("meja", "desk"), ("bilik", "room")],
    number,
};

/// One ten, hundred and thousand are words of their own: sepuluh, seratus, seribu.
fn number(value: u16, words: &mut Vec<&'static str>) {
    let [thousands, hundreds, tens, ones] = places_of(value);
    for (digit, single, unit) in [(thousands, "1000", "thousand"), (hundreds, "100", "hundred")] {
        match digit {
            0 => {}
            1 => words.push(single),
            _ => words.extend([DIGITS[digit], unit]),
        }
    }
    match (tens, ones) {
        (1, 0) => return words.push("10"),
        (1, 1) => return words.push("11"),
        (1, _) => return words.extend([DIGITS[ones], "teen"]),
        (0, _) => {}
        _ => words.extend([DIGITS[tens], "tens"]),
    }
    if ones > 0 {
        words.push(DIGITS[ones]);
    }
}
