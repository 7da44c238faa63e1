//! What is particular to a model of printer: how wide, in which form it takes a picture, how it cuts,
//! and what it can tell. From `config/printers/*.toml`, built in.
//!
//! Must not know a printer's place or name, and must hold no bytes: see `link` and `escpos`.

mod read;

use std::sync::{Arc, LazyLock};

use thiserror::Error;

pub use read::parse;

/// Bytes of one file; a profile is a page of text.
const FILE_BYTES_MAX: usize = 64 * 1_024;

/// The profile taken for an 80 mm printer when none is named.
pub const GENERIC: &str = "generic";
/// The profile taken for a 58 mm printer when none is named.
pub const GENERIC_58: &str = "generic-58";

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../config/printers/", $name, ".toml")))),*]
    };
}

/// Every file of `config/printers`; a test holds the list to the folder.
const FILES: &[(&str, &str)] = files![
    "bixolon-srp-330ii",
    "bixolon-srp-350iii",
    "citizen-ct-s310ii",
    "citizen-ct-s801ii",
    "epson-tm-m30iii",
    "epson-tm-t20iii",
    "epson-tm-t82iii",
    "epson-tm-t88vi",
    "generic",
    "generic-58",
    "star-mc-print3",
    "star-tsp143iv",
    "xprinter-xp-58iih",
    "xprinter-xp-q200",
];

static BUILT_IN: LazyLock<Vec<Arc<Profile>>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| {
        let read = parse(&format!("config/printers/{name}.toml"), text);
        Arc::new(read.expect("built-in profiles are sound: a test reads each"))
    };
    FILES.iter().map(read).collect()
});

/// In which command a picture goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raster {
    /// `GS v 0`: nearly every printer takes it.
    GsV0,
    /// `GS 8 L` function 112 to store, `GS ( L` function 50 to print: the newer form.
    Gs8L,
}

/// How the paper is cut after a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// `GS V B`: feed to the knife, then cut all but one point, so that the ticket does not fall.
    FeedAndPartial,
    /// `GS V A`: feed to the knife, then cut through.
    FeedAndFull,
    /// `GS V 1`: cut where it is; the way to the knife is in `feed_rows`.
    Partial,
    /// `ESC i`: old printers.
    EscI,
    /// No cutter: the ticket is torn off.
    None,
}

/// What a printer can say about itself. What it cannot is unknown, never fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tells {
    /// Whether it answers `DLE EOT` 1, 2, 3, 4.
    pub real_time: [bool; 4],
    /// `GS a`: it reports changes by itself.
    pub automatic: bool,
    /// `GS r 1`: it answers after the cut, which tells *printed* from *sent*.
    pub confirms_cut: bool,
    /// A sensor for the end of the roll coming near; without one its bits say nothing.
    pub near_end_sensor: bool,
}

/// A model of printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The file's name, as in `profile = "epson-tm-t82iii"`.
    pub name: String,
    pub brand: String,
    pub model: String,
    /// What it calls itself when asked (`GS I`), as beginnings.
    pub identities: Vec<String>,
    /// Title of the manual.
    pub source: String,
    /// Keys that are recalled and were not confirmed.
    pub recalled: Vec<String>,
    /// Dots across its widest paper.
    pub width_dots: u16,
    pub raster: Raster,
    /// Tall single images jam real printers: a picture goes in strips of at most so many rows.
    pub strip_rows_max: u16,
    pub cut: Cut,
    /// White rows between the last printed row and the cut.
    pub feed_rows: u8,
    pub tells: Tells,
    /// Whether a job begins with `ESC @`.
    pub reset: bool,
    /// Pause after each `buffer_bytes`, for printers that lose bytes when they are behind.
    pub pause_ms: u16,
    /// What it takes in before it prints.
    pub buffer_bytes: u32,
}

impl Profile {
    /// The usual one for paper of this width.
    pub fn generic(width_dots: u32) -> Arc<Self> {
        let name = if width_dots <= 384 { GENERIC_58 } else { GENERIC };
        find(name).expect("both generic profiles are built in")
    }
}

/// All built-in profiles, by name.
pub fn all() -> &'static [Arc<Profile>] {
    &BUILT_IN
}

/// A built-in profile by its name.
pub fn find(name: &str) -> Option<Arc<Profile>> {
    BUILT_IN.iter().find(|profile| profile.name == name).map(Arc::clone)
}

/// One thing that is wrong in a profile's file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}:{line}: {key}: {problem}")]
pub struct ProfileProblem {
    pub file: String,
    pub line: usize,
    /// Empty when the file as a whole cannot be read.
    pub key: String,
    /// What is wrong and what to write instead.
    pub problem: String,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_built_in_and_sound() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/printers");
        let name = |entry: std::fs::DirEntry| {
            entry.file_name().to_str().and_then(|name| name.strip_suffix(".toml")).map(str::to_owned)
        };
        let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().flatten().filter_map(name).collect();
        names.sort();
        assert_eq!(all().iter().map(|profile| profile.name.clone()).collect::<Vec<_>>(), names);
        for profile in all() {
            assert!(profile.strip_rows_max <= 256, "{}", profile.name);
            assert_eq!(find(&profile.name).as_ref(), Some(profile));
        }
    }

    #[test]
    fn models_of_several_brands_are_known_and_a_stranger_gets_a_cautious_one() {
        let mut brands: Vec<&str> = all().iter().map(|profile| profile.brand.as_str()).collect();
        let models = brands.iter().filter(|brand| **brand != "Generic").count();
        brands.dedup();
        assert!(models >= 8 && brands.len() >= 4, "{models} models of {brands:?}");
        assert_eq!(Profile::generic(576).name, GENERIC);
        assert_eq!(Profile::generic(384).name, GENERIC_58);
        assert!(!Profile::generic(576).tells.automatic, "no connection is held to a stranger");
        assert_eq!(find("dot-matrix"), None);
    }
}
