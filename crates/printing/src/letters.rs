//! Letters together with the marks that belong to them: where a word may be parted without tearing one. Must not know
//! fonts.

use icu_segmenter::{GraphemeClusterSegmenter, GraphemeClusterSegmenterBorrowed};

/// Joins what stands on both sides of it into one line.
pub(crate) const WORD_JOINER: char = '\u{2060}';

/// Finds letters.
pub(crate) struct Letters(GraphemeClusterSegmenterBorrowed<'static>);

impl Letters {
    pub(crate) fn new() -> Self {
        Self(GraphemeClusterSegmenter::new())
    }

    /// The word's letters, each with all its marks.
    pub(crate) fn of<'a>(&self, word: &'a str) -> Vec<&'a str> {
        let mut letters = Vec::new();
        let mut start = 0;
        for end in self.0.segment_str(word).filter(|end| *end > 0) {
            let (before, after) = (word[..end].chars().next_back(), word[end..].chars().next());
            if before.is_some_and(joins_next) || after.is_some_and(joins_letter) {
                continue;
            }
            letters.push(&word[start..end]);
            start = end;
        }
        letters
    }
}

/// Burmese signs that belong to the letter before, though the general rule lets them stand alone: torn off, they are
/// drawn on a dotted circle.
fn joins_letter(c: char) -> bool {
    matches!(c, '\u{102B}'..='\u{103E}' | '\u{1056}'..='\u{1059}' | '\u{105E}'..='\u{1060}' | '\u{1062}'..='\u{1064}')
}

/// The Burmese sign that stacks the next letter below this one.
fn joins_next(c: char) -> bool {
    c == '\u{1039}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stay_with_their_letter() {
        let letters = Letters::new();
        assert_eq!(letters.of("น้ำปู่"), ["น้ำ", "ปู่"]);
        assert_eq!(letters.of("နိုဝင်ဘာ"), ["နို", "ဝ", "င်", "ဘာ"]);
        assert_eq!(letters.of("ဣန္ဒြေ"), ["ဣ", "န္ဒြေ"]);
        assert_eq!(letters.of(""), Vec::<&str>::new());
    }
}
