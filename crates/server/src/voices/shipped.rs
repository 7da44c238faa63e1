//! The drafts in `config/voices`, built into the binary.

use khiw_announcing::{MANIFEST_FILE, Pack, Word};
use khiw_domain::id::Language;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../config/voices"]
struct Files;

/// None where no voice is shipped.
pub fn pack(language: Language, own: &[Word]) -> Option<Pack> {
    let folder = format!("{}/", language.code());
    let manifest = Files::get(&format!("{folder}{MANIFEST_FILE}"))?;
    let names: Vec<_> = Files::iter().filter(|path| path.starts_with(&folder)).collect();
    let clips = names.iter().filter_map(|path| {
        let name = path.strip_prefix(&folder).filter(|name| *name != MANIFEST_FILE)?;
        Some((name, Files::get(path)?.data.into_owned()))
    });
    let pack = Pack::of_files(&manifest.data, clips, own);
    // A test reads every one of them.
    pack.inspect_err(|error| tracing::error!(%error, "a shipped voice cannot be used")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_voice_says_the_whole_vocabulary() {
        let speaking: Vec<_> = Language::ALL.into_iter().filter_map(|language| pack(language, &[])).collect();
        let codes: Vec<_> = speaking.iter().map(|pack| pack.manifest.language.code()).collect();
        assert_eq!(codes, ["vi", "en"]);
        assert!(speaking.iter().all(Pack::is_complete));
    }
}
