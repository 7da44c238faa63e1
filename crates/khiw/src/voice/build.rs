//! Has each word spoken by a synthesiser, and makes a small Opus clip of it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use khiw_announcing::{MANIFEST_FILE, Manifest, Pack, Word, clip_file};
use khiw_domain::id::Language;

use super::convert::{missing, run_program, to_clip};
use super::own_words;
use crate::cli::voice::Build;
use crate::say::say;

/// Words a minute: calm.
const ESPEAK_PACE: &str = "140";

/// What speaks the words.
enum Voice<'a> {
    Espeak,
    Command(&'a str),
    Address(&'a str),
}

pub fn run(options: &Build) -> anyhow::Result<()> {
    let language = options.language;
    let voice = match (options.command.as_deref(), options.url.as_deref()) {
        (Some(command), _) => Voice::Command(command),
        (None, Some(address)) => Voice::Address(address),
        (None, None) if matches!(language, Language::En | Language::Vi) => Voice::Espeak,
        (None, None) => bail!(
            "espeak-ng does not speak `{}` so that people understand it: record a voice, or give a --command or --url",
            language.code()
        ),
    };
    std::fs::create_dir_all(&options.to).with_context(|| options.to.display().to_string())?;
    let manifest = manifest(options, &voice)?;
    let path = options.to.join(MANIFEST_FILE);
    if !path.exists() {
        let text = toml::to_string(&manifest).context("the manifest")?;
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    let own = own_words(language, &options.site)?;
    let prompts = Pack::load(&options.to, &own)?.manifest.prompts(&own);
    let work = tempfile::tempdir().context("a folder to work in")?;
    let mut made = 0;
    for word in &prompts {
        let file = options.to.join(clip_file(&word.token));
        if file.exists() && !options.again {
            continue;
        }
        let spoken = work.path().join("word.wav");
        speak(&voice, language, word, &spoken).with_context(|| format!("`{}` was not spoken", word.text))?;
        let clip =
            to_clip(&spoken, work.path()).with_context(|| format!("`{}` became no clip", word.text))?;
        std::fs::write(&file, clip.bytes).with_context(|| file.display().to_string())?;
        made += 1;
    }
    let pack = Pack::load(&options.to, &own)?;
    for problem in &pack.problems {
        say(format_args!("! {problem}"));
    }
    say(format_args!("{made} clips made, {} in the pack", pack.clips.len()));
    if pack.is_complete() { Ok(()) } else { bail!("the pack is not complete") }
}

fn manifest(options: &Build, voice: &Voice<'_>) -> anyhow::Result<Manifest> {
    let (speaker, licence, made_with) = match voice {
        Voice::Espeak => (
            "espeak-ng, a machine".to_owned(),
            "sound made by espeak-ng (GPL-3.0-or-later program); free to use".to_owned(),
            version("espeak-ng", "--version")?,
        ),
        Voice::Command(made_with) | Voice::Address(made_with) => {
            (String::new(), String::new(), (*made_with).to_owned())
        }
    };
    Ok(Manifest {
        language: options.language,
        name: format!("Draft ({})", options.language.code()),
        speaker: options.speaker.clone().unwrap_or(speaker),
        licence: options.licence.clone().unwrap_or(licence),
        draft: true,
        made_with,
        words: std::collections::BTreeMap::new(),
    })
}

fn version(program: &str, option: &str) -> anyhow::Result<String> {
    let output = Command::new(program).arg(option).output().with_context(|| missing(program))?;
    let text = String::from_utf8_lossy(&output.stdout);
    // The rest of the line is where its data lie on this machine.
    let line = text.lines().next().unwrap_or_default();
    Ok(line.split("Data at").next().unwrap_or_default().trim().to_owned())
}

fn speak(voice: &Voice<'_>, language: Language, word: &Word, to: &Path) -> anyhow::Result<()> {
    let to = to.to_str().context("the folder's name is not UTF-8")?;
    match voice {
        Voice::Espeak => {
            let voice = if language == Language::En { "en-gb" } else { language.code() };
            // A lone letter would be read as the article.
            let text = if language == Language::En && word.token.as_str().starts_with("letter-") {
                format!("<say-as interpret-as=\"characters\">{}</say-as>", word.text)
            } else {
                word.text.to_string()
            };
            run_program("espeak-ng", &["-m", "-z", "-v", voice, "-s", ESPEAK_PACE, "-w", to, &text])
        }
        Voice::Command(command) => {
            // Split before the text is put in: what is spoken is never a piece of a command.
            let filled = command.split_whitespace().map(|part| {
                part.replace("{text}", &word.text)
                    .replace("{language}", language.code())
                    .replace("{file}", to)
            });
            let parts: Vec<String> = filled.collect();
            let Some((program, arguments)) = parts.split_first() else { bail!("--command is empty") };
            run_program(program, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
        }
        Voice::Address(address) => {
            let filled =
                address.replace("{text}", &escaped(&word.text)).replace("{language}", language.code());
            let options = ["--silent", "--show-error", "--fail", "--max-time", "60", "--output", to, &filled];
            run_program("curl", &options)
        }
    }
}

/// For an address: every byte that is no letter or figure is written as two hexadecimal ones.
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        letter if letter.is_ascii_alphanumeric() => char::from(letter).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(escape).collect()
}
