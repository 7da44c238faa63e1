//! A voice pack: a folder with a manifest and one Opus clip for each word. Reading and checking; what is missing
//! or broken is listed, and the rest is used.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Cursor, Read as _};
use std::path::{Path, PathBuf};

use khiw_domain::id::Language;
use ogg::PacketReader;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::word::{Token, Word, vocabulary};

pub const MANIFEST_FILE: &str = "manifest.toml";
const CLIP_EXTENSION: &str = "opus";
/// Largest clip, in bytes: five seconds at any sensible rate are far below.
pub const CLIP_BYTES_MAX: u64 = 200 * 1024;
/// Longest clip, in milliseconds: a word, or a short opening.
pub const CLIP_MS_MAX: u32 = 5_000;
const MANIFEST_BYTES_MAX: u64 = 64 * 1024;
/// Opus counts its samples at this rate, whatever was recorded.
const OPUS_SAMPLES_PER_S: u64 = 48_000;
/// Begins the first packet of every Opus stream; two bytes at 10 say how many samples to skip.
const OPUS_HEAD: &[u8] = b"OpusHead";
const OPUS_HEAD_BYTES_MIN: usize = 19;

/// Who speaks, and by what right it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub language: Language,
    /// Name of the pack, as staff choose it.
    pub name: String,
    pub speaker: String,
    /// SPDX expression, or a sentence.
    pub licence: String,
    /// Not checked by a native speaker, or spoken by a machine: staff see it.
    #[serde(default)]
    pub draft: bool,
    /// How it was made.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub made_with: String,
    /// Words this voice says otherwise: ครับ for `polite`, ngàn for `thousand`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Token, String>,
}

impl Manifest {
    /// What this voice's speaker reads: the vocabulary, said its way, and the site's own words.
    pub fn prompts(&self, own: &[Word]) -> Vec<Word> {
        let said = |word: Word| match self.words.get(&word.token) {
            Some(text) => Word { text: Cow::Owned(text.clone()), ..word },
            None => word,
        };
        vocabulary(self.language).into_iter().chain(own.iter().cloned()).map(said).collect()
    }
}

/// A pack cannot be used at all.
#[derive(Debug, Error)]
pub enum PackError {
    #[error("`{path}` could not be read")]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{path}` is larger than {MANIFEST_BYTES_MAX} bytes")]
    ManifestTooLarge { path: PathBuf },
    #[error("`{path}`: {problem}")]
    Manifest { path: PathBuf, problem: String },
}

/// Something a pack lacks, or has and cannot use. The words concerned are not said by it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PackProblem {
    #[error("no clip for `{0}`: {1}")]
    Missing(Token, String),
    #[error("`{0}` is larger than {CLIP_BYTES_MAX} bytes")]
    TooLarge(String),
    #[error("`{0}` is longer than {CLIP_MS_MAX} ms: it lasts {1} ms")]
    TooLong(String, u32),
    #[error("`{0}` is no Opus clip: {1}")]
    Broken(String, String),
    #[error("`{0}` names no word{hint}", hint = .1.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    Unknown(String, Option<String>),
}

/// A clip that can be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    pub bytes: Vec<u8>,
    pub length_ms: u32,
}

#[derive(Clone, Debug)]
pub struct Pack {
    pub manifest: Manifest,
    pub clips: BTreeMap<Token, Clip>,
    pub problems: Vec<PackProblem>,
}

impl Pack {
    /// Reads a folder; `own` are the site's words beside the vocabulary.
    pub fn load(folder: &Path, own: &[Word]) -> Result<Self, PackError> {
        let path = folder.join(MANIFEST_FILE);
        let unreadable = |path: &Path, source| PackError::Unreadable { path: path.to_owned(), source };
        let bytes = read_bounded(&path, MANIFEST_BYTES_MAX).map_err(|source| unreadable(&path, source))?;
        let bytes = bytes.ok_or_else(|| PackError::ManifestTooLarge { path: path.clone() })?;
        let mut reading = Reading::begin(&path, &bytes, own)?;
        for name in names(folder)? {
            let path = folder.join(&name);
            // What names no word is not read at all.
            if let Some(token) = reading.token(&name) {
                let bytes =
                    read_bounded(&path, CLIP_BYTES_MAX).map_err(|source| unreadable(&path, source))?;
                reading.take(&name, token, bytes);
            }
        }
        Ok(reading.end())
    }

    /// The same of files that are at hand already, such as those in the binary.
    pub fn of_files<'a>(
        manifest: &[u8],
        files: impl IntoIterator<Item = (&'a str, Vec<u8>)>,
        own: &[Word],
    ) -> Result<Self, PackError> {
        let mut reading = Reading::begin(Path::new(MANIFEST_FILE), manifest, own)?;
        for (name, bytes) in files {
            if let Some(token) = reading.token(name) {
                let bytes = (bytes.len() as u64 <= CLIP_BYTES_MAX).then_some(bytes);
                reading.take(name, token, bytes);
            }
        }
        Ok(reading.end())
    }

    /// Whether every word of the vocabulary and of the site can be said.
    pub fn is_complete(&self) -> bool {
        self.problems.iter().all(|problem| matches!(problem, PackProblem::Unknown(..)))
    }
}

/// A pack that is being put together.
struct Reading {
    pack: Pack,
    prompts: Vec<Word>,
}

impl Reading {
    fn begin(path: &Path, bytes: &[u8], own: &[Word]) -> Result<Self, PackError> {
        let manifest = manifest(path, bytes)?;
        let prompts = manifest.prompts(own);
        Ok(Self { pack: Pack { manifest, clips: BTreeMap::new(), problems: Vec::new() }, prompts })
    }

    /// The word this file is a clip of; noted when it is none.
    fn token(&mut self, name: &str) -> Option<Token> {
        let token = name.strip_suffix(".opus").and_then(|stem| stem.parse::<Token>().ok());
        let known =
            token.filter(|token| token.is_own() || self.prompts.iter().any(|word| word.token == *token));
        if known.is_none() {
            let near = nearest(name, &self.prompts);
            self.pack.problems.push(PackProblem::Unknown(name.to_owned(), near));
        }
        known
    }

    /// Without bytes the clip is too large.
    fn take(&mut self, name: &str, token: Token, bytes: Option<Vec<u8>>) {
        let clip = match bytes {
            Some(bytes) => read_clip(name, bytes),
            None => Err(PackProblem::TooLarge(name.to_owned())),
        };
        match clip {
            Ok(clip) => drop(self.pack.clips.insert(token, clip)),
            Err(problem) => self.pack.problems.push(problem),
        }
    }

    fn end(self) -> Pack {
        let Self { mut pack, prompts } = self;
        let lacking = prompts.iter().filter(|word| !pack.clips.contains_key(&word.token));
        let broken: BTreeSet<String> = pack.problems.iter().filter_map(PackProblem::file).collect();
        let missing = lacking.filter(|word| !broken.contains(&clip_file(&word.token)));
        let missing: Vec<_> =
            missing.map(|word| PackProblem::Missing(word.token.clone(), word.text.to_string())).collect();
        pack.problems.extend(missing);
        pack
    }
}

impl PackProblem {
    /// The file it is about.
    fn file(&self) -> Option<String> {
        match self {
            Self::Missing(..) => None,
            Self::TooLarge(name)
            | Self::TooLong(name, _)
            | Self::Broken(name, _)
            | Self::Unknown(name, _) => Some(name.clone()),
        }
    }
}

/// The file of a word's clip within its pack.
pub fn clip_file(token: &Token) -> String {
    format!("{token}.{CLIP_EXTENSION}")
}

/// Reads a clip's pages to the end, checksums included; `name` is told in the problem.
pub fn read_clip(name: &str, bytes: Vec<u8>) -> Result<Clip, PackProblem> {
    let broken = |why: String| PackProblem::Broken(name.to_owned(), why);
    let mut reader = PacketReader::new(Cursor::new(&bytes));
    let first = reader.read_packet().map_err(|error| broken(error.to_string()))?;
    let first = first.ok_or_else(|| broken("it is empty".to_owned()))?;
    if !first.data.starts_with(OPUS_HEAD) || first.data.len() < OPUS_HEAD_BYTES_MIN {
        return Err(broken("its sound is not Opus".to_owned()));
    }
    let skipped = u64::from(u16::from_le_bytes([first.data[10], first.data[11]]));
    let mut samples = 0;
    let mut packets = 0_u32;
    while let Some(packet) = reader.read_packet().map_err(|error| broken(error.to_string()))? {
        packets += 1;
        samples = samples.max(packet.absgp_page());
    }
    // Behind the head comes one packet of comments; a clip has sound behind both.
    if packets < 2 {
        return Err(broken("it holds no sound".to_owned()));
    }
    let length_ms = samples.saturating_sub(skipped) * 1_000 / OPUS_SAMPLES_PER_S;
    let length_ms = u32::try_from(length_ms).unwrap_or(u32::MAX);
    if length_ms > CLIP_MS_MAX {
        return Err(PackProblem::TooLong(name.to_owned(), length_ms));
    }
    Ok(Clip { bytes, length_ms })
}

fn manifest(path: &Path, bytes: &[u8]) -> Result<Manifest, PackError> {
    let wrong = |problem| PackError::Manifest { path: path.to_owned(), problem };
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    let manifest: Manifest = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let known = vocabulary(manifest.language);
    for token in manifest.words.keys() {
        if !token.is_own() && !known.iter().any(|word| word.token == *token) {
            return Err(wrong(format!("words.{token}: this language has no such word")));
        }
    }
    for (key, value) in
        [("name", &manifest.name), ("speaker", &manifest.speaker), ("licence", &manifest.licence)]
    {
        if value.trim().is_empty() {
            return Err(wrong(format!("{key}: must not be empty")));
        }
    }
    Ok(manifest)
}

/// None: the file is larger.
fn read_bounded(path: &Path, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= bytes_max).then_some(bytes))
}

/// File names in order, the manifest and hidden files aside.
fn names(folder: &Path) -> Result<Vec<String>, PackError> {
    let unreadable = |source| PackError::Unreadable { path: folder.to_owned(), source };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if name != MANIFEST_FILE && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn nearest(name: &str, prompts: &[Word]) -> Option<String> {
    let files = prompts.iter().map(|word| clip_file(&word.token));
    let scored = files.map(|file| (strsim::jaro_winkler(name, &file), file));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.filter(|(score, _)| *score > 0.9).map(|(_, file)| file)
}
