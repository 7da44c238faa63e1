//! `khiw voice`: what would be said, voice packs checked and built.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use khiw_domain::id::Language;

/// Parses a language's code.
fn language(code: &str) -> Result<Language, String> {
    let found = Language::ALL.into_iter().find(|language| language.code() == code);
    found.ok_or_else(|| {
        let known: Vec<&str> = Language::ALL.iter().map(|language| language.code()).collect();
        format!("there are {}", known.join(", "))
    })
}

#[derive(Debug, Subcommand)]
pub enum Voice {
    /// Prints what would be said for a call, word by word.
    #[command(after_help = "\
Examples:
  khiw voice phrase --language th --number A012 --counter 11
  khiw voice phrase --language vi --number B007 --counter 5 --pack config/voices/vi")]
    Phrase(Phrase),
    /// Checks a voice pack: every word there, every clip sound.
    #[command(after_help = "\
Examples:
  khiw voice check config/voices/vi
  khiw voice check ./our-voice --site my-office.toml")]
    Check(Check),
    /// Prints the words a speaker has to read, with the names of their clips.
    #[command(after_help = "\
Examples:
  khiw voice prompts --language th
  khiw voice prompts --language th --site my-office.toml > to-read.txt")]
    Prompts(Prompts),
    /// Makes a draft pack with a synthesiser on this machine; ahead of time, never at a call.
    #[command(after_help = "\
The command gets {text}, {language} and {file}, the WAV file it is to write. Without one, espeak-ng speaks; it has no
usable Thai, Lao, Burmese or Malay. Needs `opusenc` (Debian: opus-tools).

Examples:
  khiw voice build --language en --to config/voices/en
  khiw voice build --language th --to ./th --command 'say-thai --out {file} {text}' --speaker 'say-thai 2' \\
      --licence 'as its maker permits'")]
    Build(Build),
}

#[derive(Debug, Args)]
pub struct Phrase {
    /// Language of the call.
    #[arg(long, value_name = "L", value_parser = language)]
    pub language: Language,
    /// The ticket's number.
    #[arg(long, value_name = "N")]
    pub number: String,
    /// The counter's label.
    #[arg(long, value_name = "C")]
    pub counter: String,
    /// The counter's place word; the language's usual one when left out.
    #[arg(long, value_name = "WORD", default_value = "")]
    pub place: String,
    /// Also tells which clips of this pack it needs, and which it lacks.
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Check {
    /// The pack's folder.
    #[arg(value_name = "DIR")]
    pub pack: PathBuf,
    /// Site files whose counters it has to call to.
    #[arg(long, value_name = "FILE")]
    pub site: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Prompts {
    /// Language to be read.
    #[arg(long, value_name = "L", value_parser = language)]
    pub language: Language,
    /// Site files with place words of their own.
    #[arg(long, value_name = "FILE")]
    pub site: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Build {
    /// Language to be spoken.
    #[arg(long, value_name = "L", value_parser = language)]
    pub language: Language,
    /// Folder of the pack; made when missing, clips in it are kept.
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// Site files with place words of their own.
    #[arg(long, value_name = "FILE")]
    pub site: Vec<PathBuf>,
    /// The synthesiser, with {text}, {language} and {file}.
    #[arg(long, value_name = "COMMAND", requires_all = ["speaker", "licence"])]
    pub command: Option<String>,
    /// Who speaks.
    #[arg(long, value_name = "NAME")]
    pub speaker: Option<String>,
    /// By what right it is used.
    #[arg(long, value_name = "TEXT")]
    pub licence: Option<String>,
    /// Makes clips anew that are there already.
    #[arg(long)]
    pub again: bool,
}
