//! Packs come in and go out: a folder of recorded words becomes a pack, or the voice of a hall; a hall's voice becomes
//! a folder again, to be carried to another office.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use khiw_announcing::{Clip, MANIFEST_FILE, Manifest, Pack, Token, Word, clip_file};
use khiw_server::voices::Shelf;

use super::{convert, own_words};
use crate::cli::voice::{Export, Import};
use crate::say::say;

pub fn import(options: &Import) -> anyhow::Result<()> {
    let manifest = manifest(options)?;
    let own = own_words(options.language, &options.site)?;
    let prompts = manifest.prompts(&own);
    let files = match &options.mapping {
        Some(mapping) => mapped(mapping, &prompts)?,
        None => named(&options.from, &prompts)?,
    };
    let work = tempfile::tempdir().context("a folder to work in")?;
    let mut clips: BTreeMap<Token, Clip> = BTreeMap::new();
    let mut refused = 0;
    for (token, file) in files {
        match convert::to_clip(&options.from.join(&file), work.path()) {
            Ok(clip) => drop(clips.insert(token, clip)),
            Err(error) => {
                refused += 1;
                say(format_args!("! `{}` is not taken: {error:#}", file.display()));
            }
        }
    }
    let missing: Vec<&Word> = prompts.iter().filter(|word| !clips.contains_key(&word.token)).collect();
    for word in &missing {
        say(format_args!("! no clip for `{}`: {}", word.token, word.text));
    }
    if refused > 0 || (!missing.is_empty() && !options.incomplete) {
        bail!("nothing is changed; with --incomplete, calls with a missing word chime and are not spoken");
    }
    if clips.is_empty() {
        bail!("`{}` holds no word of this language", options.from.display());
    }
    put(options, &manifest, &clips)?;
    say(format_args!("{} clips, {} missing", clips.len(), missing.len()));
    Ok(())
}

fn put(options: &Import, manifest: &Manifest, clips: &BTreeMap<Token, Clip>) -> anyhow::Result<()> {
    if let (Some(data), Some(site)) = (&options.data, &options.hall) {
        let clips = clips.iter().map(|(token, clip)| (token, &clip.bytes[..]));
        // A running hall sees it within seconds.
        return Ok(Shelf::new(data).publish(site, manifest, clips)?);
    }
    let Some(folder) = &options.to else { bail!("say where to: --to DIR, or --data DIR with --hall SITE") };
    write(folder, manifest, clips.iter().map(|(token, clip)| (token, &clip.bytes[..])))
}

fn write<'a>(
    folder: &Path,
    manifest: &Manifest,
    clips: impl Iterator<Item = (&'a Token, &'a [u8])>,
) -> anyhow::Result<()> {
    let path = folder.join(MANIFEST_FILE);
    if path.exists() {
        bail!("`{}` is there already; choose an empty folder", path.display());
    }
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for (token, bytes) in clips {
        let path = folder.join(clip_file(token));
        std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    let text = toml::to_string(manifest).context("the manifest")?;
    std::fs::write(&path, text).with_context(|| path.display().to_string())
}

/// Of a pack its own; else as said on the command line.
fn manifest(options: &Import) -> anyhow::Result<Manifest> {
    if options.from.join(MANIFEST_FILE).exists() {
        let manifest = Pack::load(&options.from, &[])?.manifest;
        if manifest.language != options.language {
            bail!("the pack speaks `{}`", manifest.language.code());
        }
        return Ok(manifest);
    }
    let said = |value: &Option<String>, option: &str| {
        value.clone().with_context(|| format!("a folder without a manifest needs {option}"))
    };
    Ok(Manifest {
        language: options.language,
        name: said(&options.name, "--name")?,
        speaker: said(&options.speaker, "--speaker")?,
        licence: said(&options.licence, "--licence")?,
        draft: options.draft,
        made_with: "imported".to_owned(),
        words: BTreeMap::new(),
    })
}

/// `five.mp3` for the word whose name or text is `five`.
fn named(folder: &Path, prompts: &[Word]) -> anyhow::Result<Vec<(Token, PathBuf)>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut found: Vec<(Token, PathBuf)> = Vec::new();
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in entries {
        names.push(entry.with_context(|| folder.display().to_string())?.file_name().into());
    }
    names.sort();
    for name in names.into_iter().filter(|name| name.as_os_str() != MANIFEST_FILE) {
        let stem =
            name.file_stem().map(|stem| stem.to_string_lossy().trim().to_lowercase()).unwrap_or_default();
        let same = |word: &&Word| word.token.as_str() == stem || word.text.to_lowercase() == stem;
        match prompts.iter().find(same) {
            Some(word) if found.iter().any(|(token, _)| *token == word.token) => {
                bail!("two files are the word `{}`; one is `{}`", word.token, name.display())
            }
            Some(word) => found.push((word.token.clone(), name)),
            None => say(format_args!("  `{}` names no word and is left out", name.display())),
        }
    }
    Ok(found)
}

/// A table of TOML: each word's name and its file, within the folder.
fn mapped(mapping: &Path, prompts: &[Word]) -> anyhow::Result<Vec<(Token, PathBuf)>> {
    let text = std::fs::read_to_string(mapping).with_context(|| mapping.display().to_string())?;
    let table: BTreeMap<String, PathBuf> = toml::from_str(&text)
        .with_context(|| format!("{}: a line is  word = \"file\"", mapping.display()))?;
    let mut found = Vec::new();
    for (name, file) in table {
        let word = prompts.iter().find(|word| word.token.as_str() == name);
        let word = word.with_context(|| format!("{}: there is no word `{name}`", mapping.display()))?;
        if !file.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            bail!("{}: `{}` leads out of the folder", mapping.display(), file.display());
        }
        found.push((word.token.clone(), file));
    }
    Ok(found)
}

pub fn export(options: &Export) -> anyhow::Result<()> {
    let folder = Shelf::new(&options.data).published(&options.hall, options.language);
    let folder = folder.with_context(|| {
        format!("`{}` has no voice of its own for `{}`", options.hall, options.language.code())
    })?;
    let pack = Pack::load(&folder, &[])?;
    write(&options.to, &pack.manifest, pack.clips.iter().map(|(token, clip)| (token, &clip.bytes[..])))?;
    say(format_args!("{} clips in `{}`", pack.clips.len(), options.to.display()));
    Ok(())
}
