//! Finds services by words as people type them: with or without tone marks, accents and capitals, in any language.
//!
//! A text and a query are folded the same way, so that `ho chieu` finds "Hộ chiếu" and `บตร` finds "บัตร".
//! Thai has no spaces: a query word is looked for anywhere in the text, not at the beginnings of words.

use khiw_domain::config::Names;

/// Longest query that is looked at, in characters.
pub const QUERY_LENGTH_MAX: usize = 100;

/// Folded texts of all services, in the order of the configuration.
pub struct SearchIndex {
    entries: Vec<Entry>,
}

struct Entry {
    /// The service's name in every language, a line each.
    name: String,
    agency: String,
}

impl SearchIndex {
    /// From each service's name and its agency's.
    pub fn of<'a>(services: impl Iterator<Item = (&'a Names, Option<&'a Names>)>) -> Self {
        let joined = |names: &Names| names.values().map(|name| fold(name)).collect::<Vec<_>>().join("\n");
        let entries = services
            .map(|(name, agency)| Entry {
                name: joined(name),
                agency: agency.map(joined).unwrap_or_default(),
            })
            .collect();
        Self { entries }
    }

    /// Indices of the services that hold every word of the query, best first: in the name at its beginning, in the
    /// name, with the agency's name helping; within that by the order of the configuration.
    pub fn find(&self, query: &str) -> Vec<usize> {
        let folded = fold(&query.chars().take(QUERY_LENGTH_MAX).collect::<String>());
        let words: Vec<&str> = folded.split_whitespace().collect();
        let mut found: Vec<(u8, usize)> = self
            .entries
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| Some((entry.rank(&folded, &words)?, index)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, index)| index).collect()
    }
}

impl Entry {
    fn rank(&self, folded: &str, words: &[&str]) -> Option<u8> {
        let in_name = words.iter().all(|word| self.name.contains(word));
        let in_either = || words.iter().all(|word| self.name.contains(word) || self.agency.contains(word));
        if in_name {
            let begins = self.name.lines().any(|line| line.starts_with(folded));
            Some(u8::from(!begins))
        } else {
            in_either().then_some(2)
        }
    }
}

/// Lower case without accents, tone marks and Thai vowel marks above and below; runs of space become one.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            letter if is_mark(letter) => {}
            // Sara am is a mark above and sara aa; without the mark sara aa is left.
            '\u{e33}' => folded.push('\u{e32}'),
            letter if letter.is_whitespace() || is_separator(letter) => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            letter => folded.push(base_of(letter)),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn is_separator(letter: char) -> bool {
    matches!(letter, '-' | '–' | '—' | '/' | ',' | '.' | '(' | ')' | '"' | '\'' | ':' | ';')
}

/// Combining marks, and the Thai and Lao signs that stand above or below a consonant.
fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}'
        | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{eb1}' | '\u{eb4}'..='\u{ebc}' | '\u{ec8}'..='\u{ecd}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// The letter under its accents. Vietnamese writes them in one code point; the ranges are Unicode's own blocks.
fn base_of(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ'..='ặ' | 'Ạ'..='Ặ' => 'a',
        'ç' => 'c',
        'đ' | 'ð' => 'd',
        'è'..='ë' | 'ē' | 'ě' | 'ẹ'..='ệ' | 'Ẹ'..='Ệ' => 'e',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ỉ'..='ị' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ō' | 'ơ' | 'ọ'..='ợ' => 'o',
        'ù'..='ü' | 'ũ' | 'ū' | 'ư' | 'ụ'..='ự' => 'u',
        'ý' | 'ÿ' | 'ỳ'..='ỹ' => 'y',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use khiw_domain::id::Language;

    use super::*;

    fn index(names: &[(&str, &str)]) -> SearchIndex {
        let named = |language, name: &str| Names::from([(language, name.to_owned())]);
        let services: Vec<(Names, Names)> = names
            .iter()
            .map(|(name, agency)| (named(Language::Vi, name), named(Language::En, agency)))
            .collect();
        SearchIndex::of(services.iter().map(|(name, agency)| (name, Some(agency))))
    }

    #[test]
    fn vietnamese_folds_to_plain_letters() {
        assert_eq!(fold("Đăng ký khai sinh, trường hợp"), "dang ky khai sinh truong hop");
        assert_eq!(fold("CẤP LẠI Giấy phép xây dựng"), "cap lai giay phep xay dung");
        assert_eq!(
            fold("nghỉ hưu, tủy, thủy, quỹ, ốm, ngoài, đẹp, ỗ, ử"),
            "nghi huu tuy thuy quy om ngoai dep o u"
        );
        assert_eq!(fold("ho\u{323}\u{302} chie\u{302}\u{301}u"), "ho chieu");
    }

    #[test]
    fn thai_is_found_with_and_without_marks() {
        assert_eq!(fold("น้ำแข็ง"), fold("นำแขง"));
        assert_eq!(fold("บัตรประจำตัวประชาชน"), fold("บตรประจาตวประชาชน"));
        assert_ne!(fold("บัตร"), fold("บาตร"));
    }

    #[test]
    fn every_word_must_be_there_and_names_come_before_agencies() {
        let index = index(&[
            ("Khai tử", "Hộ tịch"),
            ("Cấp hộ chiếu", "Công an"),
            ("Hộ chiếu công vụ", "Ngoại vụ"),
            ("Đăng ký thường trú", "Công an"),
        ]);
        assert_eq!(index.find("hộ"), [2, 1, 0]);
        assert_eq!(index.find("HO CHIEU"), [2, 1]);
        assert_eq!(index.find("cong an dang"), [3]);
        assert_eq!(index.find("không có"), [] as [usize; 0]);
        assert_eq!(index.find("  ").len(), 4);
    }
}
