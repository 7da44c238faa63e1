//! The folder into which the simulated printer drops its tickets.
//!
//! Must not grow without bound: the oldest pictures go.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::Picture;

const PREFIX: &str = "ticket-";
const SUFFIX: &str = ".png";

pub(super) struct Tray {
    folder: PathBuf,
    kept: usize,
    next: u64,
}

impl Tray {
    /// Numbers go on after those in the folder.
    pub fn open(folder: PathBuf, kept: usize) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut tray = Self { folder, kept: kept.max(1), next: 1 };
        tray.next = tray.numbers().last().map_or(1, |last| last + 1);
        Ok(tray)
    }

    /// Writes the picture whole: who lists the folder never sees half a file.
    pub fn put(&mut self, picture: &Picture) -> io::Result<()> {
        let unfinished = self.folder.join(".unfinished");
        fs::write(&unfinished, picture.to_png().map_err(io::Error::other)?)?;
        fs::rename(&unfinished, self.path(self.next))?;
        self.next += 1;
        let numbers = self.numbers();
        for old in &numbers[..numbers.len().saturating_sub(self.kept)] {
            fs::remove_file(self.path(*old))?;
        }
        Ok(())
    }

    pub fn files(&self) -> Vec<PathBuf> {
        self.numbers().into_iter().map(|number| self.path(number)).collect()
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{PREFIX}{number:06}{SUFFIX}"))
    }

    /// Numbers of the pictures in the folder, lowest first.
    fn numbers(&self) -> Vec<u64> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let number = |name: &str| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.parse().ok();
        let mut numbers: Vec<u64> =
            entries.flatten().filter_map(|entry| entry.file_name().to_str().and_then(number)).collect();
        numbers.sort_unstable();
        numbers
    }
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
                tray.put(&Picture::blank(8, 1)).unwrap();
            }
            let names = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
            let found: Vec<_> = tray.files().into_iter().map(names).collect();
            let expected: Vec<_> = (2..5).map(|n| format!("ticket-{:06}.png", n + round * 4)).collect();
            assert_eq!(found, expected);
        }
    }
}
