//! Packs as folders: complete, lacking, broken.

use std::path::Path;

use khiw_announcing::{
    CLIP_BYTES_MAX, Called, MANIFEST_FILE, Pack, PackError, PackProblem, clip_file, phrase, read_clip,
    vocabulary,
};
use khiw_domain::id::Language;
use ogg::{PacketWriteEndInfo, PacketWriter};

const MANIFEST: &str =
    "language = \"en\"\nname = \"Test\"\nspeaker = \"nobody\"\nlicence = \"CC0-1.0\"\ndraft = true\n";

/// A stream of silence with true pages.
fn clip(length_ms: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = PacketWriter::new(&mut bytes);
    let head = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0".to_vec();
    writer.write_packet(head, 1, PacketWriteEndInfo::EndPage, 0).unwrap();
    writer.write_packet(b"OpusTags\0\0\0\0\0\0\0\0".to_vec(), 1, PacketWriteEndInfo::EndPage, 0).unwrap();
    let samples = length_ms * 48 + 312;
    writer.write_packet(vec![0xf8, 0xff, 0xfe], 1, PacketWriteEndInfo::EndStream, samples).unwrap();
    bytes
}

fn complete(folder: &Path) {
    std::fs::write(folder.join(MANIFEST_FILE), MANIFEST).unwrap();
    for word in vocabulary(Language::En) {
        std::fs::write(folder.join(clip_file(&word.token)), clip(400)).unwrap();
    }
}

#[test]
fn a_complete_pack_says_every_call() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path());

    let pack = Pack::load(folder.path(), &[]).unwrap();

    assert!(pack.is_complete(), "{:?}", pack.problems);
    assert!(pack.manifest.draft);
    let call = Called { number: "Z987", label: "1234", place: "desk" };
    assert!(phrase(Language::En, &call).tokens().all(|token| pack.clips.contains_key(token)));
    assert!(pack.clips.values().all(|clip| clip.length_ms == 400));
}

#[test]
fn what_is_missing_broken_or_strange_is_told_and_the_rest_is_used() {
    let folder = tempfile::tempdir().unwrap();
    complete(folder.path());
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    std::fs::remove_file(folder.path().join("7.opus")).unwrap();
    let mut torn = clip(400);
    *torn.last_mut().unwrap() ^= 1;
    put("8.opus", &torn);
    put("9.opus", &vec![0; usize::try_from(CLIP_BYTES_MAX).unwrap() + 1]);
    put("10.opus", &clip(6_000));
    put("11.opus", b"MZ\x90\0 an executable");
    put("leter-a.opus", &clip(400));

    let pack = Pack::load(folder.path(), &[]).unwrap();

    let has = |wanted: &dyn Fn(&PackProblem) -> bool| pack.problems.iter().any(wanted);
    assert!(has(
        &|p| matches!(p, PackProblem::Missing(token, text) if token.as_str() == "7" && text == "seven")
    ));
    assert!(has(&|p| matches!(p, PackProblem::Broken(name, _) if name == "8.opus")));
    assert!(has(&|p| matches!(p, PackProblem::TooLarge(name) if name == "9.opus")));
    assert!(has(&|p| matches!(p, PackProblem::TooLong(name, 6_000) if name == "10.opus")));
    assert!(has(&|p| matches!(p, PackProblem::Broken(name, _) if name == "11.opus")));
    assert!(has(&|p| matches!(p, PackProblem::Unknown(_, Some(near)) if near == "letter-a.opus")));
    assert_eq!(pack.problems.len(), 6, "{:?}", pack.problems);
    assert!(!pack.is_complete());
    let says = |number| {
        let phrase = phrase(Language::En, &Called { number, label: "5", place: "" });
        phrase.tokens().all(|token| pack.clips.contains_key(token))
    };
    assert!(says("A123") && !says("A127") && !says("A128"));
}

#[test]
fn a_voice_may_say_a_word_its_own_way() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join(MANIFEST_FILE),
        "language = \"th\"\nname = \"ชาย\"\nspeaker = \"s\"\nlicence = \"own\"\n[words]\npolite = \"ครับ\"\n",
    )
    .unwrap();

    let pack = Pack::load(folder.path(), &[]).unwrap();

    let prompts = pack.manifest.prompts(&[]);
    assert!(prompts.iter().any(|word| word.token.as_str() == "polite" && word.text == "ครับ"));
    assert_eq!(pack.problems.len(), prompts.len(), "nothing is recorded yet");
}

#[test]
fn a_manifest_that_says_nothing_sensible_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let load = |text: &str| {
        std::fs::write(folder.path().join(MANIFEST_FILE), text).unwrap();
        Pack::load(folder.path(), &[]).unwrap_err().to_string()
    };
    assert!(load("language = \"xx\"").contains("manifest.toml"));
    assert!(load(&MANIFEST.replace("nobody", " ")).contains("speaker"));
    assert!(load(&format!("{MANIFEST}[words]\nelvis = \"x\"\n")).contains("elvis"));
    assert!(load(&format!("{MANIFEST}volume = 3\n")).contains("volume"));
    assert!(load(&"#".repeat(70_000)).contains("larger"));
    let nowhere = Pack::load(&folder.path().join("none"), &[]).unwrap_err();
    assert!(matches!(nowhere, PackError::Unreadable { .. }));
}

#[test]
fn a_clip_cut_off_anywhere_is_told_or_still_a_clip() {
    let whole = clip(400);
    for length in 0..whole.len() {
        let cut = read_clip("cut", whole[..length].to_vec());
        assert!(cut.is_err(), "{length} of {} bytes", whole.len());
    }
    assert_eq!(read_clip("whole", whole).unwrap().length_ms, 400);
}
