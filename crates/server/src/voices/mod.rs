//! The voices that a hall can speak with: the office's own before the shipped ones, by language. Made from the folders
//! on the shelf and kept until a pack or the configuration changes; a broken pack costs its words and is told.
//!
//! Knows no screen and makes no phrase: that is `khiw_announcing`.

mod shelf;
mod shipped;
mod watch;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use khiw_announcing::{Called, Manifest, Pack, PackProblem, Token, Word, vocabulary, words_of};
use khiw_domain::config::SiteConfig;
use khiw_domain::id::{Language, SiteId};

pub use shelf::{Shelf, ShelfError};
pub use watch::watch;

use crate::state::ServedHall;

/// A clip as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptClip {
    pub bytes: Bytes,
    pub length_ms: u32,
    /// Of its content: a clip that changes has another address.
    pub mark: String,
}

impl KeptClip {
    pub fn of(clip: khiw_announcing::Clip) -> Self {
        let mark = blake3::hash(&clip.bytes).to_hex()[..16].to_owned();
        Self { bytes: clip.bytes.into(), length_ms: clip.length_ms, mark }
    }
}

/// A voice of a hall.
#[derive(Clone, Debug)]
pub struct Voice {
    pub manifest: Manifest,
    /// Made at this office, not shipped.
    pub own: bool,
    pub clips: BTreeMap<Token, KeptClip>,
    /// Words that its calls need and that it cannot say.
    pub missing: Vec<Token>,
    /// All that is wrong with it, in words for whoever keeps it.
    pub problems: Vec<PackProblem>,
}

/// All voices of one hall.
#[derive(Clone, Debug, Default)]
pub struct SiteVoices {
    pub by_language: BTreeMap<Language, Voice>,
    /// Own packs that cannot be used at all, and why.
    pub unusable: BTreeMap<Language, String>,
}

impl SiteVoices {
    pub fn languages(&self) -> Vec<Language> {
        self.by_language.keys().copied().collect()
    }
}

struct Kept {
    config_version: u32,
    /// Folders of the office's own voices.
    published: Vec<PathBuf>,
    voices: Arc<SiteVoices>,
}

pub struct Voices {
    shelf: Shelf,
    kept: Mutex<HashMap<SiteId, Kept>>,
}

impl Voices {
    /// Of the data folder.
    pub fn new(folder: &Path) -> Self {
        Self { shelf: Shelf::new(folder), kept: Mutex::default() }
    }

    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The voices of a hall, read anew when another pack lies on the shelf. Blocks: call it where that is allowed.
    pub fn of(&self, served: &ServedHall) -> Arc<SiteVoices> {
        let facts = served.facts();
        let site = served.hall.site_id();
        let published: Vec<PathBuf> =
            Language::ALL.into_iter().filter_map(|language| self.shelf.published(site, language)).collect();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &&Kept| known.config_version == facts.version && known.published == published;
        if let Some(known) = kept.get(site).filter(same) {
            return Arc::clone(&known.voices);
        }
        let voices = Arc::new(self.read(site, facts.config.as_deref()));
        let fresh = Kept { config_version: facts.version, published, voices: Arc::clone(&voices) };
        kept.insert(site.clone(), fresh);
        voices
    }

    fn read(&self, site: &SiteId, config: Option<&SiteConfig>) -> SiteVoices {
        let mut voices = SiteVoices::default();
        for language in Language::ALL {
            let own_words = own_words(language, config);
            let own = self.shelf.published(site, language).map(|folder| Pack::load(&folder, &own_words));
            let own = match own {
                Some(Ok(pack)) => Some((pack, true)),
                Some(Err(error)) => {
                    tracing::warn!(%site, language = language.code(), %error, "a voice cannot be used");
                    voices.unusable.insert(language, error.to_string());
                    None
                }
                None => None,
            };
            let found = own.or_else(|| shipped::pack(language, &own_words).map(|pack| (pack, false)));
            if let Some((pack, own)) = found {
                voices.by_language.insert(language, voice(pack, own, &own_words));
            }
        }
        voices
    }
}

fn voice(pack: Pack, own: bool, own_words: &[Word]) -> Voice {
    let needed = vocabulary(pack.manifest.language).into_iter().chain(own_words.iter().cloned());
    let missing = needed.map(|word| word.token).filter(|token| !pack.clips.contains_key(token)).collect();
    let clips = pack.clips.into_iter().map(|(token, clip)| (token, KeptClip::of(clip))).collect();
    Voice { manifest: pack.manifest, own, clips, missing, problems: pack.problems }
}

/// What the counters of this hall need beside the vocabulary.
pub fn own_words(language: Language, config: Option<&SiteConfig>) -> Vec<Word> {
    let counters = config.into_iter().flat_map(|config| &config.counters);
    words_of(
        language,
        counters.map(|counter| Called {
            number: "",
            label: &counter.label,
            place: counter.place.get(&language).map_or("", String::as_str),
        }),
    )
}
