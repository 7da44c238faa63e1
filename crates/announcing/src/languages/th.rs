//! Thai: ขอเชิญหมายเลข A 0 1 2 ที่ช่องบริการ 5 ค่ะ.

use super::{COUNTER, Part, Tongue, tai_number};
use crate::word::Word;

pub(super) static TONGUE: Tongue = Tongue {
    spaced: false,
    words: &[
        Word::known("invite", "ขอเชิญหมายเลข"),
        Word::known("at", "ที่"),
        Word::known(COUNTER, "ช่องบริการ"),
        Word::known("slot", "ช่อง"),
        Word::known("desk", "โต๊ะ"),
        Word::known("room", "ห้อง"),
        Word::known("point", "จุด"),
        Word::known("polite", "ค่ะ"),
        Word::known("0", "ศูนย์"),
        Word::known("1", "หนึ่ง"),
        Word::known("2", "สอง"),
        Word::known("3", "สาม"),
        Word::known("4", "สี่"),
        Word::known("5", "ห้า"),
        Word::known("6", "หก"),
        Word::known("7", "เจ็ด"),
        Word::known("8", "แปด"),
        Word::known("9", "เก้า"),
        Word::known("1-later", "เอ็ด"),
        Word::known("10", "สิบ"),
        Word::known("20", "ยี่สิบ"),
        Word::known("hundred", "ร้อย"),
        Word::known("thousand", "พัน"),
    ],
    letters: [
        "เอ",
        "บี",
        "ซี",
        "ดี",
        "อี",
        "เอฟ",
        "จี",
        "เอช",
        "ไอ",
        "เจ",
        "เค",
        "แอล",
        "เอ็ม",
        "เอ็น",
        "โอ",
        "พี",
        "คิว",
        "อาร์",
        "เอส",
        "ที",
        "ยู",
        "วี",
        "ดับเบิลยู",
        "เอ็กซ์",
        "วาย",
        "แซด",
    ],
    shape: &[
        Part::Word("invite"),
        Part::Ticket,
        Part::Word("at"),
        Part::Place,
        Part::Counter,
        Part::Word("polite"),
    ],
    places: &[("ช่องบริการ", COUNTER), ("ช่อง", "slot"), ("โต๊ะ", "desk"), ("ห้อง", "room"), ("จุด", "point")],
    number,
};

/// สิบเอ็ด, ยี่สิบ, หนึ่งร้อยเอ็ด: a last one behind anything is เอ็ด.
fn number(value: u16, words: &mut Vec<&'static str>) {
    tai_number(value, value > 1, words);
}
