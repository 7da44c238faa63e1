//! Any sound file becomes a small Opus clip: what is one is kept as it is, the rest goes through programs of this machine.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use khiw_announcing::{CLIP_BYTES_MAX, Clip, read_clip};

/// Speech stays clear at this rate, and a language fits into a hundred kilobytes.
const KBIT_PER_S: &str = "24";
/// Longest sound file that is looked at: a word in the largest form takes a tenth of it.
const SOUND_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// The clip of a sound file; `work` is a folder for what lies between.
pub fn to_clip(sound: &Path, work: &Path) -> anyhow::Result<Clip> {
    let size = std::fs::metadata(sound).with_context(|| sound.display().to_string())?.len();
    if size > SOUND_BYTES_MAX {
        bail!("it has {size} bytes; a word has at most {SOUND_BYTES_MAX}");
    }
    let bytes = std::fs::read(sound).with_context(|| sound.display().to_string())?;
    let name = sound.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if size <= CLIP_BYTES_MAX
        && let Ok(clip) = read_clip(&name, bytes.clone())
    {
        return Ok(clip);
    }
    let wave = work.join("word.wav");
    if bytes.starts_with(b"RIFF") || bytes.starts_with(b"fLaC") {
        return encode(sound, work);
    }
    let (from, to) = (text(sound)?, text(&wave)?);
    let options = ["-nostdin", "-loglevel", "error", "-y", "-i", &from, "-ac", "1", "-ar", "48000", &to];
    run_program("ffmpeg", &options)?;
    encode(&wave, work)
}

/// The clip of a WAV or FLAC file.
pub fn encode(spoken: &Path, work: &Path) -> anyhow::Result<Clip> {
    let made = work.join("word.opus");
    let (from, to) = (text(spoken)?, text(&made)?);
    // The serial number is chosen by chance otherwise, and the same words would make other files.
    let options =
        ["--quiet", "--bitrate", KBIT_PER_S, "--downmix-mono", "--discard-comments", "--serial", "1"];
    run_program("opusenc", &[&options[..], &[from.as_str(), to.as_str()]].concat())?;
    let bytes = std::fs::read(&made).context("the clip")?;
    if bytes.len() as u64 > CLIP_BYTES_MAX {
        bail!("as a clip it has {} bytes; a clip has at most {CLIP_BYTES_MAX}", bytes.len());
    }
    Ok(read_clip("the clip", bytes)?)
}

fn text(path: &Path) -> anyhow::Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("{}: the name is not UTF-8", path.display()))
}

/// What to type when a program is not there.
pub fn missing(program: &str) -> String {
    let package = if program == "opusenc" { "opus-tools" } else { program };
    format!("`{program}` is not there; on Debian: apt install {package}")
}

pub fn run_program(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let output = Command::new(program).args(arguments).output().with_context(|| missing(program))?;
    if output.status.success() {
        return Ok(());
    }
    bail!("`{program}`: {}", String::from_utf8_lossy(&output.stderr).trim())
}
