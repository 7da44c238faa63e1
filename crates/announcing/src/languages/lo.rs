//! Lao: ຂໍເຊີນໝາຍເລກ A 0 1 2 ທີ່ຊ່ອງບໍລິການ 5. Unreviewed.

use super::{COUNTER, Part, Tongue, tai_number};
use crate::word::Word;

pub(super) static TONGUE: Tongue = Tongue {
    spaced: false,
    words: &[
        Word::known("invite", "ຂໍເຊີນໝາຍເລກ"),
        Word::known("at", "ທີ່"),
        Word::known(COUNTER, "ຊ່ອງບໍລິການ"),
        Word::known("desk", "ໂຕະ"),
        Word::known("room", "ຫ້ອງ"),
        Word::known("point", "ຈຸດ"),
        Word::known("0", "ສູນ"),
        Word::known("1", "ໜຶ່ງ"),
        Word::known("2", "ສອງ"),
        Word::known("3", "ສາມ"),
        Word::known("4", "ສີ່"),
        Word::known("5", "ຫ້າ"),
        Word::known("6", "ຫົກ"),
        Word::known("7", "ເຈັດ"),
        Word::known("8", "ແປດ"),
        Word::known("9", "ເກົ້າ"),
        Word::known("1-later", "ເອັດ"),
        Word::known("10", "ສິບ"),
        Word::known("20", "ຊາວ"),
        Word::known("hundred", "ຮ້ອຍ"),
        Word::known("thousand", "ພັນ"),
    ],
    letters: [
        "ເອ",
        "ບີ",
        "ຊີ",
        "ດີ",
        "ອີ",
        "ເອັຟ",
        "ຈີ",
        "ເອັສ",
        "ໄອ",
        "ເຈ",
        "ເຄ",
        "ແອລ",
        "ເອັມ",
        "ເອັນ",
        "ໂອ",
        "ພີ",
        "ຄິວ",
        "ອາ",
        "ເອສ",
        "ທີ",
        "ຢູ",
        "ວີ",
        "ດັບເບິນຢູ",
        "ເອັກ",
        "ວາຍ",
        "ແຊັດ",
    ],
    shape: &[Part::Word("invite"), Part::Ticket, Part::Word("at"), Part::Place, Part::Counter],
    places: &[("ຊ່ອງບໍລິການ", COUNTER), ("ໂຕະ", "desk"), ("ຫ້ອງ", "room"), ("ຈຸດ", "point")],
    number,
};

/// ສິບເອັດ, ຊາວ, ຊາວເອັດ: a last one behind tens is ເອັດ.
fn number(value: u16, words: &mut Vec<&'static str>) {
    tai_number(value, value % 100 > 10, words);
}
