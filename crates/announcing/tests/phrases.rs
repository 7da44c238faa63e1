//! What is said, word by word, and that a number said is the number meant.

use std::collections::BTreeSet;

use khiw_announcing::{Called, Phrase, Token, phrase, vocabulary, words_of};
use khiw_domain::id::Language;
use proptest::prelude::*;

/// What is neither the ticket's number nor the counter's.
const SHAPE: [&str; 5] = ["invite", "at", "to", "counter", "polite"];

fn called<'a>(number: &'a str, label: &'a str) -> Called<'a> {
    Called { number, label, place: "" }
}

fn said(language: Language, number: &str, label: &str) -> String {
    phrase(language, &called(number, label)).text()
}

#[test]
fn each_language_calls_as_its_people_do() {
    let told = |language| said(language, "A012", "5");
    assert_eq!(told(Language::Th), "ขอเชิญหมายเลข เอ ศูนย์ หนึ่ง สอง ที่ ช่องบริการห้า ค่ะ");
    assert_eq!(told(Language::Vi), "Mời công dân có số thứ tự a không một hai đến quầy số năm");
    assert_eq!(told(Language::En), "Ticket A zero one two please proceed to counter five");
    assert_eq!(told(Language::Ms), "Nombor giliran A kosong satu dua sila ke kaunter lima");
    assert_eq!(told(Language::Lo), "ຂໍເຊີນໝາຍເລກ ເອ ສູນ ໜຶ່ງ ສອງ ທີ່ ຊ່ອງບໍລິການຫ້າ");
    assert_eq!(told(Language::My), "တိုကင်နံပါတ် A သုည တစ် နှစ် ကောင်တာငါး သို့ ကြွပါ");
    assert_eq!(told(Language::Zh), "请 A 零 一 二 号到五 号柜台");
}

/// The counter's number alone, in the language's words.
fn number_said(language: Language, value: u16) -> String {
    let label = value.to_string();
    let mut phrase = phrase(language, &called("", &label));
    phrase.spoken.retain(|spoken| !SHAPE.contains(&spoken.word.token.as_str()));
    phrase.text()
}

#[test]
fn counters_are_said_as_numbers() {
    let thai = |value| number_said(Language::Th, value);
    assert_eq!(
        [1, 10, 11, 20, 21, 31, 100, 101, 111, 1_001].map(thai),
        ["หนึ่ง", "สิบ", "สิบเอ็ด", "ยี่สิบ", "ยี่สิบเอ็ด", "สามสิบเอ็ด", "หนึ่งร้อย", "หนึ่งร้อยเอ็ด", "หนึ่งร้อยสิบเอ็ด", "หนึ่งพันเอ็ด"]
    );
    let vietnamese = |value| number_said(Language::Vi, value);
    assert_eq!(
        [5, 10, 15, 20, 21, 24, 35, 55, 101, 105, 110, 115, 1_005, 1_050, 1_500].map(vietnamese),
        [
            "năm",
            "mười",
            "mười lăm",
            "hai mươi",
            "hai mươi mốt",
            "hai mươi tư",
            "ba mươi lăm",
            "năm mươi lăm",
            "một trăm linh một",
            "một trăm linh năm",
            "một trăm mười",
            "một trăm mười lăm",
            "một nghìn không trăm linh năm",
            "một nghìn không trăm năm mươi",
            "một nghìn năm trăm"
        ]
    );
    let english = |value| number_said(Language::En, value);
    assert_eq!(
        [0, 12, 20, 47, 105, 1_005, 1_250].map(english),
        [
            "zero",
            "twelve",
            "twenty",
            "forty seven",
            "one hundred and five",
            "one thousand and five",
            "one thousand two hundred and fifty"
        ]
    );
    let malay = |value| number_said(Language::Ms, value);
    assert_eq!(
        [10, 11, 12, 20, 100, 215, 1_000].map(malay),
        ["sepuluh", "sebelas", "dua belas", "dua puluh", "seratus", "dua ratus lima belas", "seribu"]
    );
    let lao = |value| number_said(Language::Lo, value);
    assert_eq!([11, 20, 21, 30].map(lao), ["ສິບເອັດ", "ຊາວ", "ຊາວເອັດ", "ສາມສິບ"]);
    let burmese = |value| number_said(Language::My, value);
    assert_eq!([10, 21, 101].map(burmese), ["တစ်ဆယ်", "နှစ်ဆယ့်တစ်", "တစ်ရာ့တစ်"]);
    let chinese = |value| number_said(Language::Zh, value);
    assert_eq!(
        [10, 12, 20, 105, 110, 1_005, 2_050].map(chinese),
        ["十", "十二", "二十", "一百零五", "一百一十", "一千零五", "两千零五十"]
    );
}

#[test]
fn the_place_word_is_the_counters_own() {
    let at = |place| phrase(Language::Th, &Called { number: "A1", label: "3", place }).text();
    assert!(at("โต๊ะ").contains("โต๊ะสาม"));
    assert!(at(" ห้อง ").contains("ห้องสาม"));
    assert!(at("").contains("ช่องบริการสาม"));
    let vietnamese = phrase(Language::Vi, &Called { number: "A1", label: "3", place: "Quầy" });
    assert!(vietnamese.text().ends_with("quầy số ba"), "{}", vietnamese.text());
}

#[test]
fn what_a_site_says_alone_is_asked_of_its_voice_and_of_no_other() {
    let ours =
        Called { number: "A001", label: "ตรวจสอบ 2", place: "จุดคัดกรอง" };

    let own = words_of(Language::Th, [ours, ours, called("A1", "5")]);

    let texts: BTreeSet<&str> = own.iter().map(|word| word.text.as_ref()).collect();
    assert_eq!(texts, BTreeSet::from(["จุดคัดกรอง", "ตรวจสอบ"]));
    assert!(own.iter().all(|word| word.token.is_own()));
    assert!(vocabulary(Language::Th).iter().all(|word| !word.token.is_own()));
    assert!(words_of(Language::Vi, [called("B999", "12C")]).is_empty());
}

#[test]
fn labels_are_read_as_people_read_them() {
    let counter = |label| {
        let text = said(Language::En, "A1", label);
        text.rsplit_once("counter ").map(|(_, said)| said.to_owned()).unwrap()
    };
    assert_eq!(counter("12B"), "twelve B");
    assert_eq!(counter("B-07"), "B zero seven");
    assert_eq!(counter("๑๒"), "twelve");
    assert_eq!(counter("12345"), "one two three four five");
    assert!(said(Language::En, "A1", "").ends_with("counter"));
}

#[test]
fn a_ticket_is_spelled_whatever_its_number_looks_like() {
    assert!(said(Language::Th, "๐๑", "1").starts_with("ขอเชิญหมายเลข ศูนย์ หนึ่ง"));
    assert!(said(Language::En, "a-07", "1").starts_with("Ticket A zero seven"));
    // A letter of another script is a word of the site's own, not silence.
    assert_eq!(words_of(Language::Th, [called("ก01", "1")]).len(), 1);
}

#[test]
fn every_word_has_its_own_name_and_text() {
    for language in Language::ALL {
        let words = vocabulary(language);
        let names: BTreeSet<_> = words.iter().map(|word| word.token.clone()).collect();
        assert_eq!(names.len(), words.len(), "{language:?}");
        assert!(words.iter().all(|word| !word.text.trim().is_empty()));
        assert!((40..=80).contains(&words.len()), "{language:?}: {}", words.len());
    }
}

/// What a row of number words means, by what words mean in all these languages: digits count units, units
/// add up. Written without a look at how the rows are made.
fn meaning(tokens: &[&str]) -> Option<u32> {
    let (mut sum, mut digit) = (0_u32, None::<u32>);
    for token in tokens {
        let unit = match *token {
            "10" | "10-and" | "tens" => 10,
            "hundred" | "hundred-and" => 100,
            "thousand" | "thousand-and" => 1_000,
            "and" | "odd" => continue,
            "teen" => {
                sum += 10 + digit.take()?;
                continue;
            }
            "1-later" => 1_000_001,
            "2-of" => 1_000_002,
            "4-later" => 1_000_004,
            "5-later" => 1_000_005,
            other => {
                let value: u32 = other.parse().ok()?;
                if value < 10 { 1_000_000 + value } else { 2_000_000 + value }
            }
        };
        match unit {
            2_000_000.. => sum += unit - 2_000_000,
            1_000_000.. => {
                // A nought may stand for an empty place.
                if digit.is_some_and(|digit| digit > 0) {
                    return None;
                }
                digit = Some(unit - 1_000_000);
            }
            _ => sum += digit.take().unwrap_or(1) * unit,
        }
    }
    Some(sum + digit.unwrap_or(0))
}

fn number_tokens(phrase: &Phrase) -> Vec<&str> {
    phrase.tokens().map(Token::as_str).filter(|token| !SHAPE.contains(token)).collect()
}

#[test]
fn every_number_means_itself_and_sounds_like_no_other() {
    for language in Language::ALL {
        let mut sounds = BTreeSet::new();
        for value in 0..=9_999_u32 {
            let label = value.to_string();
            let phrase = phrase(language, &called("", &label));
            assert_eq!(meaning(&number_tokens(&phrase)), Some(value), "{language:?}: {}", phrase.text());
            assert!(sounds.insert(phrase.text()), "{language:?}: {value} sounds like another number");
        }
    }
}

fn language() -> impl Strategy<Value = Language> {
    proptest::sample::select(Language::ALL.to_vec())
}

proptest! {
    #[test]
    fn every_ticket_and_counter_is_said_with_known_words(
        language in language(),
        number in "[A-Z]{0,2}[0-9]{1,4}",
        counter in 0_u32..20_000,
    ) {
        let label = counter.to_string();
        let phrase = phrase(language, &called(&number, &label));
        let known: BTreeSet<_> = vocabulary(language).into_iter().map(|word| word.token).collect();
        prop_assert!(phrase.tokens().all(|token| known.contains(token)));
        // Character by character, in order.
        let spelled: String = phrase
            .tokens()
            .filter_map(|token| {
                let token = token.as_str();
                token.strip_prefix("letter-").or_else(|| (token.len() == 1).then_some(token))
            })
            .collect();
        prop_assert!(spelled.starts_with(&number.to_lowercase()), "{} of {}", spelled, number);
    }

    #[test]
    fn any_text_is_said_without_a_panic_and_with_sound_names(
        language in language(), number in ".{0,12}", label in ".{0,12}", place in ".{0,12}",
    ) {
        let phrase = phrase(language, &Called { number: &number, label: &label, place: &place });
        for token in phrase.tokens() {
            prop_assert!(token.as_str().parse::<Token>().is_ok());
        }
    }
}
