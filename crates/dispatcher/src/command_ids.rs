//! Which command ids were carried out, for two service days: a repeated command gets its first answer.
//! Ids are kept as 128-bit hashes of (actor, id), in memory only; a start rebuilds them from the journal.
//! Refusals are not remembered: what was refused may be asked again.

use std::collections::HashMap;

/// Compact key of (actor, command id).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 16]);

impl Key {
    pub fn of(actor: &str, command_id: &str) -> Self {
        let mut bytes = Vec::with_capacity(8 + actor.len() + command_id.len());
        bytes.extend_from_slice(&(actor.len() as u64).to_le_bytes());
        bytes.extend_from_slice(actor.as_bytes());
        bytes.extend_from_slice(command_id.as_bytes());
        let mut key = [0; 16];
        key.copy_from_slice(&blake3::hash(&bytes).as_bytes()[..16]);
        Self(key)
    }
}

/// A command that was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remembered {
    pub seq: u64,
    pub digest: [u8; 16],
}

#[derive(Debug, Default)]
pub(crate) struct CommandIds {
    today: HashMap<Key, Remembered>,
    before: HashMap<Key, Remembered>,
    /// Of the batch in progress: forgotten when it is not stored.
    batch: HashMap<Key, Remembered>,
}

impl CommandIds {
    pub fn find(&self, key: &Key) -> Option<Remembered> {
        self.batch.get(key).or_else(|| self.today.get(key)).or_else(|| self.before.get(key)).copied()
    }

    /// Decided, not yet stored.
    pub fn propose(&mut self, key: Key, remembered: Remembered) {
        self.batch.insert(key, remembered);
    }

    /// The batch ended. When it was stored, [`Self::remember`] and [`Self::new_day`] follow in the order of its
    /// records; when not, its ids never were.
    pub fn end_batch(&mut self) {
        self.batch.clear();
    }

    pub fn remember(&mut self, key: Key, remembered: Remembered) {
        self.today.insert(key, remembered);
    }

    /// A service day was opened: what is older than the day before is forgotten.
    pub fn new_day(&mut self) {
        self.before = std::mem::take(&mut self.today);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered(seq: u64) -> Remembered {
        Remembered { seq, digest: [0; 16] }
    }

    #[test]
    fn an_id_is_known_for_its_day_and_the_next() {
        let mut ids = CommandIds::default();
        let key = Key::of("clerk:a", "1");
        ids.remember(key, remembered(7));

        ids.new_day();
        assert_eq!(ids.find(&key), Some(remembered(7)));
        ids.new_day();
        assert_eq!(ids.find(&key), None);
    }

    #[test]
    fn the_same_id_of_another_actor_is_another_command() {
        assert_ne!(Key::of("clerk:a", "1"), Key::of("clerk:b", "1"));
        assert_ne!(Key::of("clerk:a", "1"), Key::of("clerk:", "a1"));
    }

    #[test]
    fn a_batch_that_was_not_stored_leaves_no_id() {
        let mut ids = CommandIds::default();
        let key = Key::of("clerk:a", "1");
        ids.propose(key, remembered(7));
        assert_eq!(ids.find(&key), Some(remembered(7)));

        ids.end_batch();
        assert_eq!(ids.find(&key), None);
    }
}
