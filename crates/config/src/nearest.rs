//! "Did you mean …?": the known word nearest to a mistyped one. Decides nothing.

/// The nearest of `known` when at most a third of `word` would have to change.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).max(1);
    let (changes, best) = known.map(|candidate| (changes(word, candidate), candidate)).min()?;
    (changes <= allowed).then_some(best)
}

/// Levenshtein distance: insertions, deletions and replacements of characters.
fn changes(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_finds_its_word() {
        let known = ["target_wait_min", "service_time_min", "name"];
        assert_eq!(nearest("target_wait_mn", known.into_iter()), Some("target_wait_min"));
        assert_eq!(nearest("nam", known.into_iter()), Some("name"));
        assert_eq!(nearest("colour", known.into_iter()), None);
    }
}
