//! The packs in `config/voices` can say everything, and say that they are drafts.

use std::path::Path;

use khiw_announcing::{Pack, vocabulary};

#[test]
fn the_shipped_drafts_are_complete_and_small() {
    let voices = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/voices");
    for name in ["en", "vi"] {
        let pack = Pack::load(&voices.join(name), &[]).unwrap();
        assert!(pack.problems.is_empty(), "{name}: {:?}", pack.problems);
        assert_eq!(pack.manifest.language.code(), name);
        assert!(pack.manifest.draft, "{name}: no native speaker has checked it");
        assert_eq!(pack.clips.len(), vocabulary(pack.manifest.language).len());
        let bytes: usize = pack.clips.values().map(|clip| clip.bytes.len()).sum();
        assert!(bytes < 200_000, "{name}: {bytes} bytes");
    }
}
