//! What is said when somebody is called: the phrase of each language as a row of words, the words a voice must be
//! able to say, and voice packs that hold them as sound. Pure but for reading a pack's folder.
//!
//! Must not play, and must not know halls or screens. A word that a voice lacks is told, never guessed: a
//! wrong number is worse than a chime.

mod languages;
mod pack;
mod phrase;
mod word;

pub use pack::{
    CLIP_BYTES_MAX, CLIP_MS_MAX, Clip, MANIFEST_FILE, Manifest, Pack, PackError, PackProblem, clip_file,
    read_clip,
};
pub use phrase::{Called, Phrase, Spoken, phrase};
pub use word::{Token, TokenError, Word, vocabulary, words_of};
