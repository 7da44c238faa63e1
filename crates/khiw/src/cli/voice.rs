//! `khiw voice`: what would be said, voice packs checked and built.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use khiw_domain::id::{Language, SiteId};

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
The command gets {text}, {language} and {file}, the sound file it is to write; an address gets {text} and {language} and
answers with sound. Without either, espeak-ng speaks; it has no usable Thai, Lao, Burmese or Malay. Needs `opusenc`
(Debian: opus-tools), `curl` for an address, `ffmpeg` for other sound than WAV, FLAC or Opus.

Examples:
  khiw voice build --language en --to config/voices/en
  khiw voice build --language th --to ./th --command 'say-thai --out {file} {text}' --speaker 'say-thai 2' \\
      --licence 'as its maker permits'
  khiw voice build --language th --to ./th --url 'http://127.0.0.1:5002/say?lang={language}&text={text}' \\
      --speaker 'our synthesiser' --licence 'as its maker permits'")]
    Build(Build),
    /// Makes a pack of a folder of recorded words (mp3, wav, ogg, opus), or makes it the voice of a hall.
    #[command(after_help = "\
A file is named after its word, by name or text (`5.mp3`, `ห้า.wav`: see `khiw voice prompts`), or a mapping says which is
which, one line each:  letter-a = \"take2/aye.wav\". A running hall speaks with it within seconds.

Examples:
  khiw voice import ./recorded --language th --name 'เสียงสำนักงาน' --speaker 'ฝ่ายประชาสัมพันธ์' \\
      --licence 'for our offices' --to ./our-thai
  khiw voice import ./our-thai --language th --data /var/lib/khiw --hall nakhon-oss
  khiw voice import ./takes --mapping takes.toml --language vi --name N --speaker S --licence L --to ./pack")]
    Import(Import),
    /// Writes a hall's own voice into a folder, to be brought in elsewhere.
    #[command(after_help = "\
Example:
  khiw voice export --data /var/lib/khiw --hall nakhon-oss --language th --to ./our-thai")]
    Export(Export),
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
    /// A synthesiser's address, with {text} and {language}.
    #[arg(long, value_name = "URL", requires_all = ["speaker", "licence"], conflicts_with = "command")]
    pub url: Option<String>,
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

#[derive(Debug, Args)]
pub struct Import {
    /// Folder of sound files, or of a pack.
    #[arg(value_name = "DIR")]
    pub from: PathBuf,
    /// Language that is spoken.
    #[arg(long, value_name = "L", value_parser = language)]
    pub language: Language,
    /// Which file is which word; by the files' names when left out.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Folder of the new pack.
    #[arg(long, value_name = "DIR", required_unless_present = "data")]
    pub to: Option<PathBuf>,
    /// Data folder of a hall that is to speak with it.
    #[arg(long, value_name = "DIR", requires = "hall", conflicts_with = "to")]
    pub data: Option<PathBuf>,
    /// That hall's site.
    #[arg(long, value_name = "SITE", requires = "data")]
    pub hall: Option<SiteId>,
    /// Site files with place words of their own.
    #[arg(long, value_name = "FILE")]
    pub site: Vec<PathBuf>,
    /// Name of the voice.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Who speaks.
    #[arg(long, value_name = "NAME")]
    pub speaker: Option<String>,
    /// By what right it is used.
    #[arg(long, value_name = "TEXT")]
    pub licence: Option<String>,
    /// No native speaker has checked it, or a machine speaks.
    #[arg(long)]
    pub draft: bool,
    /// Takes it though words are missing.
    #[arg(long)]
    pub incomplete: bool,
}

#[derive(Debug, Args)]
pub struct Export {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The hall's site.
    #[arg(long, value_name = "SITE")]
    pub hall: SiteId,
    /// Language of the voice.
    #[arg(long, value_name = "L", value_parser = language)]
    pub language: Language,
    /// Folder to write, empty or new.
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}
