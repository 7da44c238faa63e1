//! The fonts papers are set in: those built in, and those an office adds for characters that these lack.
//!
//! Must not read fonts of the system: a paper looks the same on every machine with the same fonts.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cosmic_text::{Fallback, FontSystem, Weight, fontdb};
use serde::Serialize;
use thiserror::Error;
use unicode_script::Script;

/// The family everything is set in where it can.
pub(crate) const FAMILY: &str = "Sarabun";

/// Built in, in the order in which they are asked for a character.
const BUILT_IN: [&[u8]; 7] = [
    include_bytes!("../fonts/Sarabun-Regular.ttf"),
    include_bytes!("../fonts/Sarabun-Medium.ttf"),
    include_bytes!("../fonts/Sarabun-Bold.ttf"),
    include_bytes!("../fonts/NotoSansLao-Regular.ttf"),
    include_bytes!("../fonts/NotoSansLao-Bold.ttf"),
    include_bytes!("../fonts/NotoSansMyanmar-Regular.ttf"),
    include_bytes!("../fonts/NotoSansSC-Common.ttf"),
];
const FAMILIES: [&str; 3] = ["Noto Sans Lao", "Noto Sans Myanmar", "Noto Sans SC"];
/// The weights templates can ask for.
const WEIGHTS: [Weight; 3] = [Weight::NORMAL, Weight::MEDIUM, Weight::BOLD];

/// Fonts an office may add.
pub const FONT_FILES_MAX: usize = 16;
/// A font of all of Chinese, Japanese and Korean has about 20 MiB.
pub const FONT_BYTES_MAX: u64 = 40 * 1024 * 1024;

/// Why a font of the office is not used.
#[derive(Debug, Error)]
pub enum FontError {
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: std::io::Error },
    #[error("{}: larger than {} MiB", path.display(), FONT_BYTES_MAX >> 20)]
    TooLarge { path: PathBuf },
    #[error("{}: no font: use .ttf or .otf files", path.display())]
    NoFont { path: PathBuf },
    #[error("{}: more than {FONT_FILES_MAX} fonts: the others are not used", folder.display())]
    TooMany { folder: PathBuf },
}

/// A character no font has, and where it stands first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingCharacter {
    pub character: char,
    /// E.g. `services[birth].name.zh`.
    pub place: String,
}

/// Names the families after Sarabun; without it the library would use those of the machine's platform.
struct BuiltInOrder;

impl Fallback for BuiltInOrder {
    fn common_fallback(&self) -> &[&'static str] {
        &FAMILIES
    }

    fn forbidden_fallback(&self) -> &[&'static str] {
        &[]
    }

    fn script_fallback(&self, script: Script, _: &str) -> &[&'static str] {
        match script {
            Script::Lao => &FAMILIES[0..1],
            Script::Myanmar => &FAMILIES[1..2],
            Script::Han | Script::Bopomofo => &FAMILIES[2..3],
            _ => &[],
        }
    }
}

/// The built-in fonts and those given, as the shaping library wants them.
pub(crate) fn system(added: Vec<Vec<u8>>) -> FontSystem {
    let mut db = fontdb::Database::new();
    for font in BUILT_IN {
        db.load_font_source(fontdb::Source::Binary(Arc::new(font)));
    }
    for font in added {
        db.load_font_source(fontdb::Source::Binary(Arc::new(font)));
    }
    fill_weights(&mut db);
    // A fixed locale: the machine's must not change the picture.
    FontSystem::new_with_locale_and_db_and_fallback("en".into(), db, BuiltInOrder)
}

/// A family that lacks a weight stands in with its nearest: the library asks families in order only in the weight
/// wanted, and anything at all after that.
fn fill_weights(db: &mut fontdb::Database) {
    let faces: Vec<fontdb::FaceInfo> = db.faces().cloned().collect();
    let family = |face: &fontdb::FaceInfo| face.families.first().map(|(name, _)| name.clone());
    for (at, face) in faces.iter().enumerate() {
        let of_family: Vec<&fontdb::FaceInfo> =
            faces.iter().filter(|other| family(other) == family(face)).collect();
        if faces[..at].iter().any(|earlier| family(earlier) == family(face)) {
            continue;
        }
        for weight in WEIGHTS {
            let nearest = of_family.iter().min_by_key(|face| face.weight.0.abs_diff(weight.0));
            if let Some(nearest) = nearest.filter(|face| face.weight != weight) {
                db.push_face_info(fontdb::FaceInfo { weight, ..(*nearest).clone() });
            }
        }
    }
}

/// The fonts of a folder, in the order of their names, and what could not be used. No folder: none.
pub fn of_folder(folder: &Path) -> (Vec<Vec<u8>>, Vec<FontError>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return (Vec::new(), Vec::new()) };
    let mut paths: Vec<PathBuf> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| is_font_file(path)).collect();
    paths.sort();
    let mut errors = Vec::new();
    if paths.len() > FONT_FILES_MAX {
        paths.truncate(FONT_FILES_MAX);
        errors.push(FontError::TooMany { folder: folder.to_owned() });
    }
    let mut fonts = Vec::new();
    for path in paths {
        match read(&path) {
            Ok(font) => fonts.push(font),
            Err(error) => errors.push(error),
        }
    }
    (fonts, errors)
}

/// What is no regular file is none: a device never ends, a pipe never begins.
fn is_font_file(path: &Path) -> bool {
    let named = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    matches!(named.as_deref(), Some("ttf" | "otf" | "ttc")) && path.is_file()
}

fn read(path: &Path) -> Result<Vec<u8>, FontError> {
    let failed = |error| FontError::Io { path: path.to_owned(), error };
    let mut font = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(FONT_BYTES_MAX + 1).read_to_end(&mut font).map_err(failed)?;
    if font.len() as u64 > FONT_BYTES_MAX {
        return Err(FontError::TooLarge { path: path.to_owned() });
    }
    let usable = fontdb::Database::new().load_font_source(fontdb::Source::Binary(Arc::new(font.clone())));
    if usable.is_empty() { Err(FontError::NoFont { path: path.to_owned() }) } else { Ok(font) }
}
