//! A file on its way in: written piece by piece, looked at before it is kept, gone when it is not wanted.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

use khiw_domain::id::SiteId;

use super::{MEDIA_BYTES_MAX, MEDIA_MAX, MEDIA_TYPES, Media, SITE_BYTES_MAX};
use crate::api::types::MediaFile;

/// As much as every type can be told by.
const HEAD_BYTES: usize = 8 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    #[error("a file has at most {MEDIA_BYTES_MAX} bytes")]
    TooLarge,
    #[error("it is {}, not a picture or video that screens show", .0.as_deref().unwrap_or("no file of a known type"))]
    Type(Option<&'static str>),
    #[error("all files together have at most {SITE_BYTES_MAX} bytes, and there are at most {MEDIA_MAX}")]
    Full,
    #[error(transparent)]
    Disk(#[from] io::Error),
}

pub struct Upload<'a> {
    media: &'a Media,
    site: SiteId,
    path: PathBuf,
    file: File,
    head: Vec<u8>,
    hash: blake3::Hasher,
    bytes: u64,
}

impl<'a> Upload<'a> {
    /// `mark` tells this upload from others under way.
    pub fn begin(media: &'a Media, site: &SiteId, mark: &str) -> io::Result<Self> {
        let folder = media.site_folder(site);
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!(".{mark}.coming"));
        let file = File::create(&path)?;
        let (head, hash) = (Vec::new(), blake3::Hasher::new());
        Ok(Self { media, site: site.clone(), path, file, head, hash, bytes: 0 })
    }

    pub fn take(&mut self, piece: &[u8]) -> Result<(), UploadError> {
        self.bytes += piece.len() as u64;
        if self.bytes > MEDIA_BYTES_MAX {
            return Err(UploadError::TooLarge);
        }
        let wanted = HEAD_BYTES.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..wanted]);
        self.hash.update(piece);
        self.file.write_all(piece)?;
        // What nobody could show need not come whole.
        if self.head.len() == HEAD_BYTES { self.media_type().map(drop) } else { Ok(()) }
    }

    fn media_type(&self) -> Result<&'static str, UploadError> {
        let found = infer::get(&self.head).map(|found| found.mime_type());
        found.filter(|found| MEDIA_TYPES.contains(found)).ok_or(UploadError::Type(found))
    }

    /// Keeps it under its content's id; the same file brought again is the one that is there.
    pub fn keep(mut self, name: &str) -> Result<MediaFile, UploadError> {
        let media_type = self.media_type()?.to_owned();
        self.file.flush()?;
        self.file.sync_all()?;
        let id = self.hash.finalize().to_hex()[..24].to_owned();
        let (bytes, path) = (self.bytes, self.path.clone());
        let to = self.media.site_folder(&self.site).join(&id);
        let file = MediaFile { id, name: name.to_owned(), media_type, bytes };
        self.media.change(&self.site, |shown| {
            if let Some(known) = shown.media.iter().find(|known| known.id == file.id) {
                return Ok(known.clone());
            }
            if shown.bytes_used() + bytes > SITE_BYTES_MAX || shown.media.len() >= MEDIA_MAX {
                return Err(UploadError::Full);
            }
            fs::rename(&path, &to)?;
            shown.media.push(file.clone());
            Ok(file)
        })
    }
}

impl Drop for Upload<'_> {
    fn drop(&mut self) {
        // Kept, it has another name by now.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops here")]

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

    fn site() -> SiteId {
        SiteId::parse("north").unwrap()
    }

    fn bring(media: &Media, bytes: &[u8], name: &str) -> Result<MediaFile, UploadError> {
        let mut upload = Upload::begin(media, &site(), "one").unwrap();
        for piece in bytes.chunks(1_000) {
            upload.take(piece)?;
        }
        upload.keep(name)
    }

    fn files(media: &Media) -> Vec<String> {
        let entries = fs::read_dir(media.site_folder(&site())).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_picture_is_kept_once_however_often_it_is_brought() {
        let data = tempfile::tempdir().unwrap();
        let media = Media::new(data.path());
        let first = bring(&media, PNG, "map.png").unwrap();
        let second = bring(&media, PNG, "copy of map.png").unwrap();
        assert_eq!(first, second);
        assert_eq!((first.media_type.as_str(), first.bytes), ("image/png", PNG.len() as u64));
        assert_eq!(files(&media), [first.id.as_str(), "shown.json"]);
    }

    #[test]
    fn what_only_calls_itself_a_video_is_refused_and_leaves_nothing() {
        let data = tempfile::tempdir().unwrap();
        let media = Media::new(data.path());
        let executable = [b"\x7fELF\x02\x01\x01\0".as_slice(), &vec![0; 20_000]].concat();
        let refused = bring(&media, &executable, "film.mp4").unwrap_err();
        assert!(matches!(refused, UploadError::Type(Some("application/x-executable"))), "{refused}");
        assert!(matches!(bring(&media, b"<html>", "page.png").unwrap_err(), UploadError::Type(_)));
        assert!(matches!(bring(&media, b"", "nothing.png").unwrap_err(), UploadError::Type(None)));
        assert_eq!(files(&media), [""; 0]);
    }
}
