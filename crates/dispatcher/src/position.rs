//! A place in a hall's stream that survives the process: what a screen hands back to resume.

use std::fmt;
use std::str::FromStr;

use khiw_journal::JournalId;

/// `{journal}.{epoch}.{seq}`, e.g. `0123456789abcdef.1.4711`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    pub journal: JournalId,
    pub epoch: u32,
    pub seq: u64,
}

/// A text that is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no position: expected JOURNAL.EPOCH.SEQ")]
pub struct PositionError;

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.journal, self.epoch, self.seq)
    }
}

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let mut parts = text.split('.');
        let mut part = || parts.next().ok_or(PositionError);
        let journal = JournalId::parse(part()?).ok_or(PositionError)?;
        let epoch = decimal(part()?)?;
        let seq = decimal(part()?)?;
        if parts.next().is_some() { Err(PositionError) } else { Ok(Self { journal, epoch, seq }) }
    }
}

/// Digits only: `FromStr` of numbers would also take a sign.
fn decimal<N: FromStr>(text: &str) -> Result<N, PositionError> {
    let plain = text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().map_err(|_| PositionError) } else { Err(PositionError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back_as_it_was_written() {
        let position = Position { journal: JournalId::fixed(0xabc), epoch: 2, seq: 4711 };

        assert_eq!(position.to_string(), "0000000000000abc.2.4711");
        assert_eq!(position.to_string().parse(), Ok(position));
    }

    #[test]
    fn what_is_no_position_is_refused() {
        let wrong = ["", "x", "0000000000000abc.1", "0000000000000abc.1.2.3", "abc.1.2"];
        for text in wrong.into_iter().chain(["0000000000000abc.+1.2", "0000000000000abc.1.-2"]) {
            assert_eq!(text.parse::<Position>(), Err(PositionError), "{text}");
        }
    }
}
