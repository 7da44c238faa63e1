//! A data folder of its own for one story, made and filled by the commands an administrator types.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::binary::{Ran, khiw};

/// A temporary data folder; gone at the end of the story. Site files lie beside it, not in it.
pub struct Folder {
    place: TempDir,
}

impl Folder {
    /// Nothing in it yet, not even the folder.
    pub fn empty() -> Self {
        Self { place: tempfile::tempdir().unwrap() }
    }

    /// With this site declared.
    pub fn with_site(text: &str) -> Self {
        let folder = Self::empty();
        folder.apply(text).ok();
        folder
    }

    /// The data folder.
    pub fn path(&self) -> PathBuf {
        self.place.path().join("data")
    }

    /// A place for files of the story, outside of the data folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Runs a command on this folder: `command --data FOLDER args…`.
    pub fn khiw(&self, command: &str, args: &[&str]) -> Ran {
        let data = self.path();
        let words = command.split(' ').map(String::from);
        let folder = ["--data".to_owned(), data.to_str().unwrap().to_owned()];
        khiw(words.chain(folder).chain(args.iter().map(ToString::to_string)))
    }

    /// Declares a site from the text of its file.
    pub fn apply(&self, text: &str) -> Ran {
        let file = self.beside("site.toml");
        std::fs::write(&file, text).unwrap();
        self.khiw("apply", &[text_of(&file)])
    }

    /// A new token of this kind: the last word printed.
    pub fn token(&self, kind: &str, site: &str) -> String {
        let said = self.khiw("token create", &["--kind", kind, "--site", site]).ok();
        said.split_whitespace().last().expect("a token").to_owned()
    }

    /// The journal must be whole.
    #[track_caller]
    pub fn verify(&self) -> String {
        self.khiw("verify", &[]).ok()
    }
}

/// Paths of stories are plain text.
pub fn text_of(path: &Path) -> &str {
    path.to_str().unwrap()
}
