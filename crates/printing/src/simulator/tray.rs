//! The folder (or memory) into which the simulated printer drops its tickets.
//!
//! Must not grow without bound: the oldest pictures go.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Picture;

const PREFIX: &str = "ticket-";
const SUFFIX: &str = ".png";

pub(super) struct Tray {
    kept: usize,
    place: Place,
}

enum Place {
    Folder { folder: PathBuf, next: u64 },
    Memory(VecDeque<Picture>),
}

impl Tray {
    /// Numbers go on after those in the folder.
    pub fn open(folder: PathBuf, kept: usize) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let next = numbers(&folder).last().map_or(1, |last| last + 1);
        Ok(Self { kept: kept.max(1), place: Place::Folder { folder, next } })
    }

    pub fn in_memory(kept: usize) -> Self {
        Self { kept: kept.max(1), place: Place::Memory(VecDeque::new()) }
    }

    pub fn is_in_memory(&self) -> bool {
        matches!(self.place, Place::Memory(_))
    }

    /// Writes the picture whole: who lists the folder never sees half a file.
    pub fn put(&mut self, picture: Picture) -> io::Result<()> {
        let (folder, next) = match &mut self.place {
            Place::Folder { folder, next } => (folder, next),
            Place::Memory(pictures) => {
                pictures.push_back(picture);
                if pictures.len() > self.kept {
                    pictures.pop_front();
                }
                return Ok(());
            }
        };
        let unfinished = folder.join(".unfinished");
        fs::write(&unfinished, picture.to_png().map_err(io::Error::other)?)?;
        fs::rename(&unfinished, path(folder, *next))?;
        *next += 1;
        let numbers = numbers(folder);
        for old in &numbers[..numbers.len().saturating_sub(self.kept)] {
            fs::remove_file(path(folder, *old))?;
        }
        Ok(())
    }

    /// Those in memory, oldest first; the memory is empty afterwards.
    pub fn take(&mut self) -> Vec<Picture> {
        match &mut self.place {
            Place::Memory(pictures) => std::mem::take(pictures).into(),
            Place::Folder { .. } => Vec::new(),
        }
    }

    pub fn files(&self) -> Vec<PathBuf> {
        match &self.place {
            Place::Folder { folder, .. } => numbers(folder).into_iter().map(|n| path(folder, n)).collect(),
            Place::Memory(_) => Vec::new(),
        }
    }
}

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{PREFIX}{number:06}{SUFFIX}"))
}

/// Numbers of the pictures in the folder, lowest first.
fn numbers(folder: &Path) -> Vec<u64> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let number = |name: &str| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.parse().ok();
    let mut numbers: Vec<u64> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str().and_then(number)).collect();
    numbers.sort_unstable();
    numbers
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn the_newest_pictures_stay_and_numbers_go_on_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..2 {
            let mut tray = Tray::open(folder.path().into(), 3).unwrap();
            for _ in 0..4 {
                tray.put(Picture::blank(8, 1)).unwrap();
            }
            let names = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
            let found: Vec<_> = tray.files().into_iter().map(names).collect();
            let expected: Vec<_> = (2..5).map(|n| format!("ticket-{:06}.png", n + round * 4)).collect();
            assert_eq!(found, expected);
        }
    }
}
