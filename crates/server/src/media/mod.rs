//! Pictures, video and messages that screens show beside the calls: `DATA/media/{site}/`, one file each and an index,
//! `shown.json`. A file is taken for what its bytes are, never for what its name says.
//!
//! Blocks on the disk: call it where that is allowed.

mod upload;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use khiw_domain::id::SiteId;
use serde::{Deserialize, Serialize};

use crate::api::types::{MediaFile, PlaylistItem, ScreenNotice};

pub use upload::{Upload, UploadError};

/// Largest file.
pub const MEDIA_BYTES_MAX: u64 = 100 * 1024 * 1024;
/// All files of a site together: a hall's PC has other things to keep.
pub const SITE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
pub const MEDIA_MAX: usize = 100;
/// What screens can show, and what browsers everywhere play.
pub const MEDIA_TYPES: [&str; 5] = ["image/png", "image/jpeg", "image/webp", "video/mp4", "video/webm"];
const FOLDER: &str = "media";
const INDEX: &str = "shown.json";
/// An index that cannot be read is kept for whoever can.
const BROKEN_INDEX: &str = "shown.broken.json";

/// What a site has and shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// Rises with every change.
    pub version: u64,
    pub media: Vec<MediaFile>,
    pub playlist: Vec<PlaylistItem>,
    pub notices: Vec<ScreenNotice>,
}

impl Shown {
    pub fn bytes_used(&self) -> u64 {
        self.media.iter().map(|file| file.bytes).sum()
    }
}

pub struct Media {
    folder: PathBuf,
    /// Read once; held while it is changed, so that no change is lost.
    kept: Mutex<HashMap<SiteId, Arc<Shown>>>,
}

impl Media {
    /// Of the data folder.
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join(FOLDER), kept: Mutex::default() }
    }

    pub fn of(&self, site: &SiteId) -> Arc<Shown> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(kept.entry(site.clone()).or_insert_with(|| Arc::new(self.read(site))))
    }

    /// The site's index is another from now on; nothing changes when it cannot be written.
    pub fn change<T, E: From<io::Error>>(
        &self,
        site: &SiteId,
        make: impl FnOnce(&mut Shown) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut shown = kept.get(site).map_or_else(|| self.read(site), |shown| Shown::clone(shown));
        let made = make(&mut shown)?;
        shown.version += 1;
        self.write(site, &shown)?;
        kept.insert(site.clone(), Arc::new(shown));
        Ok(made)
    }

    pub fn site_folder(&self, site: &SiteId) -> PathBuf {
        self.folder.join(site.as_str())
    }

    /// Where a file lies that the index knows.
    pub fn path(&self, site: &SiteId, id: &str) -> Option<(MediaFile, PathBuf)> {
        let shown = self.of(site);
        let file = shown.media.iter().find(|file| file.id == id)?;
        Some((file.clone(), self.site_folder(site).join(&file.id)))
    }

    fn read(&self, site: &SiteId) -> Shown {
        let path = self.site_folder(site).join(INDEX);
        let Ok(bytes) = fs::read(&path) else { return Shown::default() };
        serde_json::from_slice(&bytes).unwrap_or_else(|error| {
            tracing::error!(%site, %error, "the index of pictures and messages cannot be read; it is put aside");
            let _ = fs::rename(&path, self.site_folder(site).join(BROKEN_INDEX));
            Shown::default()
        })
    }

    fn write(&self, site: &SiteId, shown: &Shown) -> io::Result<()> {
        let folder = self.site_folder(site);
        fs::create_dir_all(&folder)?;
        let making = folder.join(format!(".{INDEX}"));
        let mut file = File::create(&making)?;
        file.write_all(&serde_json::to_vec(shown)?)?;
        file.sync_all()?;
        fs::rename(&making, folder.join(INDEX))?;
        File::open(&folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops here")]

    use super::*;

    fn site() -> SiteId {
        SiteId::parse("north").unwrap()
    }

    #[test]
    fn a_change_is_there_after_a_start_and_a_failed_one_is_not() {
        let data = tempfile::tempdir().unwrap();
        let media = Media::new(data.path());
        let name = |shown: &mut Shown, name: &str| {
            let file =
                MediaFile { id: "x".into(), name: name.into(), media_type: "image/png".into(), bytes: 3 };
            shown.media = vec![file];
        };
        let change = media.change(&site(), |shown| {
            name(shown, "first");
            Ok::<_, io::Error>(())
        });
        change.unwrap();
        let failed = media.change(&site(), |shown| {
            name(shown, "second");
            Err::<(), _>(io::Error::other("no"))
        });
        failed.unwrap_err();

        assert_eq!(media.of(&site()).media[0].name, "first");
        let again = Media::new(data.path());
        assert_eq!(again.of(&site()).media[0].name, "first");
        assert_eq!(again.of(&site()).version, 1);
    }

    #[test]
    fn an_index_that_cannot_be_read_is_put_aside_and_the_hall_goes_on() {
        let data = tempfile::tempdir().unwrap();
        let media = Media::new(data.path());
        fs::create_dir_all(media.site_folder(&site())).unwrap();
        fs::write(media.site_folder(&site()).join(INDEX), b"{ half").unwrap();

        assert_eq!(*media.of(&site()), Shown::default());
        media.change(&site(), |_| Ok::<_, io::Error>(())).unwrap();
        let aside = fs::read(media.site_folder(&site()).join(BROKEN_INDEX)).unwrap();
        assert_eq!(aside, b"{ half");
    }
}
