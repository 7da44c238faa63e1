//! What a printer sends back, told apart: answers to `DLE EOT`, to `GS r`, and automatic status.
//!
//! The fixed bits of each make that possible (Epson, TM-T88III specification, appendix G:
//! "Transmission status identification").

/// One whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To `DLE EOT n`; which n only the asker knows.
    RealTime(u8),
    /// To `GS r n`.
    Confirmation(u8),
    /// Automatic status, four bytes.
    Automatic([u8; 4]),
}

/// Puts answers together from bytes as they come.
#[derive(Debug, Default)]
pub struct Ear {
    /// The bytes of an automatic status so far.
    automatic: [u8; 4],
    automatic_bytes: usize,
}

impl Ear {
    /// Takes one byte; flow control and what cannot be an answer is passed over.
    pub fn take(&mut self, byte: u8) -> Option<Answer> {
        if byte & 0b1001_0011 == 0b0001_0010 {
            return Some(Answer::RealTime(byte));
        }
        if byte & 0b1001_0011 == 0b0001_0000 {
            self.automatic[0] = byte;
            self.automatic_bytes = 1;
            return None;
        }
        if byte & 0b1001_0000 != 0 {
            return None;
        }
        if self.automatic_bytes == 0 {
            return Some(Answer::Confirmation(byte));
        }
        self.automatic[self.automatic_bytes] = byte;
        self.automatic_bytes += 1;
        if self.automatic_bytes < self.automatic.len() {
            return None;
        }
        self.automatic_bytes = 0;
        Some(Answer::Automatic(self.automatic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(bytes: &[u8]) -> Vec<Answer> {
        let mut ear = Ear::default();
        bytes.iter().filter_map(|byte| ear.take(*byte)).collect()
    }

    #[test]
    fn answers_to_different_questions_are_told_apart() {
        for byte in [0x00, 0x03, 0x0C, 0x0F] {
            assert_eq!(heard(&[byte]), [Answer::Confirmation(byte)]);
        }
        for byte in [0x12, 0x1A, 0x36, 0x7E, 0x16] {
            assert_eq!(heard(&[byte]), [Answer::RealTime(byte)]);
        }
        assert_eq!(heard(&[0x18, 0x00, 0x0F, 0x00]), [Answer::Automatic([0x18, 0x00, 0x0F, 0x00])]);
    }

    #[test]
    fn an_answer_in_the_middle_of_automatic_status_disturbs_neither() {
        assert_eq!(
            heard(&[0x10, 0x00, 0x12, 0x03, 0x13, 0x00, 0x00]),
            [Answer::RealTime(0x12), Answer::Automatic([0x10, 0x00, 0x03, 0x00]), Answer::Confirmation(0x00)]
        );
    }

    #[test]
    fn garbage_and_flow_control_are_no_answers() {
        assert_eq!(heard(&[0xFF, 0x80, 0x11, 0x13, 0xE5]), []);
    }
}
