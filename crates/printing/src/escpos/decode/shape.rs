//! How long commands are, so that those that are not understood are passed over whole.

use super::{DLE, EOT, ESC, GS};

pub(super) const FS: u8 = 0x1C;

/// How many bytes the command that begins so has before any data of its own.
pub(super) fn whole_length(command: &[u8]) -> usize {
    match command {
        [GS, b'v', ..] => 8,
        [GS, b'8', ..] => 7,
        [GS, b'(', ..] | [ESC, b'*', ..] => 5,
        // Feed to the knife, then cut: one more byte. Margins and units have two.
        [GS, b'V', b'A' | b'B' | b'a' | b'b' | b'g' | b'h', ..] | [GS, b'L' | b'W' | b'P', ..] => 4,
        [GS, b'V' | b'r' | b'a' | b'I' | b'!' | b'B' | b'H' | b'h' | b'w' | b'f', ..]
        | [DLE, EOT, ..]
        | [
            ESC,
            b'J' | b'd' | b'a' | b'E' | b'G' | b'-' | b'!' | b't' | b'R' | b'M' | b'3' | b' ' | b'{' | b'=',
            ..,
        ] => 3,
        _ => 2,
    }
}
