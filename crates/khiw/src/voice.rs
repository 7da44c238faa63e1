//! `khiw voice`: shows phrases, checks packs, has draft packs spoken by a synthesiser, brings packs in and out.

mod bring;
mod build;
mod convert;

use std::path::PathBuf;

use anyhow::bail;
use khiw_announcing::{Called, Pack, Word, phrase, vocabulary};
use khiw_domain::id::Language;

use crate::cli::voice::{Check, Phrase, Prompts, Voice};
use crate::say::say;

pub fn run(command: &Voice) -> anyhow::Result<()> {
    match command {
        Voice::Phrase(options) => show(options),
        Voice::Check(options) => check(options),
        Voice::Prompts(options) => prompts(options),
        Voice::Build(options) => build::run(options),
        Voice::Import(options) => bring::import(options),
        Voice::Export(options) => bring::export(options),
    }
}

fn show(options: &Phrase) -> anyhow::Result<()> {
    let called = Called { number: &options.number, label: &options.counter, place: &options.place };
    let phrase = phrase(options.language, &called);
    let pack = options.pack.as_ref().map(|folder| Pack::load(folder, &[])).transpose()?;
    if let Some(pack) = &pack
        && pack.manifest.language != options.language
    {
        bail!("the pack speaks `{}`", pack.manifest.language.code());
    }
    say(phrase.text());
    for spoken in &phrase.spoken {
        let token = &spoken.word.token;
        let clip = pack.as_ref().map(|pack| pack.clips.get(token));
        let clip = match clip {
            None => String::new(),
            Some(Some(clip)) => format!("  {} ms", clip.length_ms),
            Some(None) => "  no clip: the lobby would only chime".to_owned(),
        };
        say(format_args!("{:>4} ms  {token:<16} {}{clip}", spoken.pause_ms, spoken.word.text));
    }
    Ok(())
}

fn check(options: &Check) -> anyhow::Result<()> {
    // The pack itself says its language; the sites' words follow from it.
    let language = Pack::load(&options.pack, &[])?.manifest.language;
    let pack = Pack::load(&options.pack, &own_words(language, &options.site)?)?;
    let manifest = &pack.manifest;
    let draft = if manifest.draft { ", a draft" } else { "" };
    say(format_args!(
        "{}: {} by {}{draft} ({})",
        language.code(),
        manifest.name,
        manifest.speaker,
        manifest.licence
    ));
    let length_ms: u32 = pack.clips.values().map(|clip| clip.length_ms).sum();
    let bytes: usize = pack.clips.values().map(|clip| clip.bytes.len()).sum();
    say(format_args!(
        "{} clips, {:.1} s, {} kB",
        pack.clips.len(),
        f64::from(length_ms) / 1_000.0,
        bytes / 1_000
    ));
    for problem in &pack.problems {
        say(format_args!("! {problem}"));
    }
    if pack.is_complete() {
        say("complete");
        Ok(())
    } else {
        bail!("the pack is not complete: calls with a word it lacks are shown with a chime and not spoken")
    }
}

fn prompts(options: &Prompts) -> anyhow::Result<()> {
    let own = own_words(options.language, &options.site)?;
    for Word { token, text } in vocabulary(options.language).into_iter().chain(own) {
        say(format_args!("{token}\t{text}"));
    }
    Ok(())
}

/// What the counters of these sites need beside the vocabulary.
fn own_words(language: Language, files: &[PathBuf]) -> anyhow::Result<Vec<Word>> {
    let mut words: Vec<Word> = Vec::new();
    for file in files {
        let site = khiw_config::load(file)?;
        for word in khiw_server::voices::own_words(language, Some(&site)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    Ok(words)
}
