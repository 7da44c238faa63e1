//! A printer's settings as the server told them last, so that papers that are here already are printed after a restart
//! without the server.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use khiw_printing::wire::Settings;

fn file(folder: &Path, printer: &str) -> PathBuf {
    folder.join(format!("settings-{printer}.json"))
}

/// None when there are none, or none that can be read: the server tells them again.
pub fn read(folder: &Path, printer: &str) -> Option<Settings> {
    let file = file(folder, printer);
    let text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "the kept settings cannot be read");
            return None;
        }
    };
    let read = serde_json::from_slice(&text);
    read.inspect_err(|error| tracing::warn!(file = %file.display(), %error, "the kept settings are damaged"))
        .ok()
}

/// Whole or not at all, whenever the power fails.
pub fn write(folder: &Path, printer: &str, settings: &Settings) -> io::Result<()> {
    let file = file(folder, printer);
    let new = file.with_extension("new");
    let mut written = std::fs::File::create(&new)?;
    written.write_all(&serde_json::to_vec(settings)?)?;
    written.sync_all()?;
    std::fs::rename(&new, &file)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn settings_are_kept_and_damaged_ones_are_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path(), "main"), None);
        let settings = Settings { site: "hall".into(), width_dots: 576, copies: 2, ..Settings::default() };
        write(folder.path(), "main", &settings).unwrap();
        write(folder.path(), "main", &settings).unwrap();
        assert_eq!(read(folder.path(), "main"), Some(settings));
        assert_eq!(read(folder.path(), "other"), None);
        std::fs::write(file(folder.path(), "main"), "{").unwrap();
        assert_eq!(read(folder.path(), "main"), None);
    }
}
