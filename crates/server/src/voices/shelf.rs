//! Where an office keeps its voices: `DATA/voices/{site}/{language}/`, with `recordings/` (kept words, not yet in use)
//! and numbered folders, of which the newest whole one is the voice in use. A pack becomes visible by one rename, so
//! that a cut of power leaves the one before.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use khiw_announcing::{Clip, MANIFEST_FILE, Manifest, Token, clip_file, read_clip};
use khiw_domain::id::{Language, SiteId};

const FOLDER: &str = "voices";
const RECORDINGS: &str = "recordings";
/// What is being made has a name that is no number.
const MAKING: &str = "making";

#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    #[error("`{path}`")]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the manifest cannot be written: {0}")]
    Manifest(#[from] toml::ser::Error),
}

#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join(FOLDER) }
    }

    fn of(&self, site: &SiteId, language: Language) -> PathBuf {
        self.folder.join(site.as_str()).join(language.code())
    }

    /// The folder of the voice in use.
    pub fn published(&self, site: &SiteId, language: Language) -> Option<PathBuf> {
        let folder = self.of(site, language);
        let newest = numbers(&folder).into_iter().max()?;
        Some(folder.join(newest.to_string()))
    }

    /// Keeps a word's clip until a voice is made of it.
    pub fn record(
        &self,
        site: &SiteId,
        language: Language,
        token: &Token,
        bytes: &[u8],
    ) -> Result<(), ShelfError> {
        let folder = self.of(site, language).join(RECORDINGS);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let making = folder.join(format!(".{token}.{MAKING}"));
        write_through(&making, bytes)?;
        let path = folder.join(clip_file(token));
        fs::rename(&making, &path).map_err(at(&path))
    }

    /// Forgets a recorded word; nothing happens when there is none.
    pub fn discard(&self, site: &SiteId, language: Language, token: &Token) -> Result<(), ShelfError> {
        let path = self.of(site, language).join(RECORDINGS).join(clip_file(token));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&path)(error)),
            _ => Ok(()),
        }
    }

    /// A recorded word; none when there is none that can be read.
    pub fn recorded(&self, site: &SiteId, language: Language, token: &Token) -> Option<Clip> {
        let name = clip_file(token);
        let bytes = fs::read(self.of(site, language).join(RECORDINGS).join(&name)).ok()?;
        read_clip(&name, bytes).ok()
    }

    /// Makes these clips the voice in use. Recordings stay, so that one word can be said again later.
    pub fn publish<'a>(
        &self,
        site: &SiteId,
        manifest: &Manifest,
        clips: impl IntoIterator<Item = (&'a Token, &'a [u8])>,
    ) -> Result<(), ShelfError> {
        let folder = self.of(site, manifest.language);
        let making = folder.join(MAKING);
        remove(&making)?;
        fs::create_dir_all(&making).map_err(at(&making))?;
        for (token, bytes) in clips {
            write_through(&making.join(clip_file(token)), bytes)?;
        }
        write_through(&making.join(MANIFEST_FILE), toml::to_string(manifest)?.as_bytes())?;
        sync_folder(&making)?;
        let before = numbers(&folder);
        let number = before.iter().max().map_or(1, |newest| newest + 1);
        let made = folder.join(number.to_string());
        fs::rename(&making, &made).map_err(at(&made))?;
        sync_folder(&folder)?;
        for old in before {
            remove(&folder.join(old.to_string()))?;
        }
        Ok(())
    }

    /// Takes the office's own voice out of use; recordings stay.
    pub fn withdraw(&self, site: &SiteId, language: Language) -> Result<(), ShelfError> {
        let folder = self.of(site, language);
        // Oldest first: should it end half-way, the newest is in use still.
        let mut numbers = numbers(&folder);
        numbers.sort_unstable();
        numbers.into_iter().try_for_each(|number| remove(&folder.join(number.to_string())))
    }
}

/// Packs that are whole: a manifest is written last and the folder named then.
fn numbers(folder: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let name = |entry: io::Result<fs::DirEntry>| entry.ok()?.file_name().to_str()?.parse().ok();
    entries.filter_map(name).collect()
}

fn write_through(path: &Path, bytes: &[u8]) -> Result<(), ShelfError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(at(path))
}

fn sync_folder(path: &Path) -> Result<(), ShelfError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(at(path))
}

fn remove(folder: &Path) -> Result<(), ShelfError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(folder)(error)),
        _ => Ok(()),
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> ShelfError + use<> {
    let path = path.to_owned();
    move |source| ShelfError::File { path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops here")]

    use khiw_announcing::Pack;

    use super::*;

    fn manifest(name: &str) -> Manifest {
        Manifest {
            language: Language::Th,
            name: name.to_owned(),
            speaker: "somebody".to_owned(),
            licence: "ours".to_owned(),
            draft: false,
            made_with: String::new(),
            words: std::collections::BTreeMap::new(),
        }
    }

    fn token(name: &str) -> Token {
        name.parse().unwrap()
    }

    #[test]
    fn the_newest_whole_pack_is_in_use_and_a_half_made_one_is_not() {
        let data = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(data.path());
        let site = SiteId::parse("north").unwrap();
        assert_eq!(shelf.published(&site, Language::Th), None);

        shelf.publish(&site, &manifest("first"), [(&token("5"), &b"x"[..])]).unwrap();
        shelf.publish(&site, &manifest("second"), []).unwrap();
        let half = data.path().join("voices/north/th/making");
        fs::create_dir_all(&half).unwrap();

        let folder = shelf.published(&site, Language::Th).unwrap();
        assert_eq!(Pack::load(&folder, &[]).unwrap().manifest.name, "second");
        shelf.publish(&site, &manifest("third"), []).unwrap();
        let folder = shelf.published(&site, Language::Th).unwrap();
        assert_eq!(Pack::load(&folder, &[]).unwrap().manifest.name, "third");
        assert!(!half.exists());
        shelf.withdraw(&site, Language::Th).unwrap();
        assert_eq!(shelf.published(&site, Language::Th), None);
    }

    #[test]
    fn a_recording_is_kept_replaced_and_forgotten() {
        let data = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(data.path());
        let site = SiteId::parse("north").unwrap();
        let five = token("5");
        shelf.record(&site, Language::Th, &five, b"no clip").unwrap();
        assert_eq!(shelf.recorded(&site, Language::Th, &five), None);
        let clip =
            std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/voices/en/5.opus")).unwrap();
        shelf.record(&site, Language::Th, &five, &clip).unwrap();
        assert_eq!(shelf.recorded(&site, Language::Th, &five).unwrap().bytes, clip);
        shelf.discard(&site, Language::Th, &five).unwrap();
        shelf.discard(&site, Language::Th, &five).unwrap();
        assert_eq!(shelf.recorded(&site, Language::Th, &five), None);
    }
}
