//! The programs around us: cargo, node, npm, chromium. Finds them, says what to
//! install when they are missing, and runs them with a clear error.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::terminal;

/// Vite and its Rust bundler need this Node.js.
const NODE_MIN: (u32, u32) = (20, 19);

const CHROMIUM_NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The cargo that started us, in the repository's root.
pub fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(arguments);
    if terminal::colours() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

pub fn npm(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(root).args(arguments);
    command
}

/// Runs to the end with our output; an error names the command and how it ended.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start `{}`", shown(command)))?;
    ensure!(status.success(), "`{}` failed ({status})", shown(command));
    Ok(())
}

/// Runs to the end and hands back what it printed; its errors go to our own.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let done = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    ensure!(done.status.success(), "`{}` failed ({})", shown(command), done.status);
    Ok(done.stdout)
}

/// Runs to the end, passing its error stream on line by line, and hands back the
/// last line that `wanted` accepts, even when the command fails.
pub fn run_watching(command: &mut Command, wanted: fn(&str) -> bool) -> (Option<String>, Result<()>) {
    let mut found = None;
    let outcome = watch(command, |line| {
        if wanted(line) {
            found = Some(line.trim().to_owned());
        }
    });
    (found, outcome)
}

fn watch(command: &mut Command, mut each: impl FnMut(&str)) -> Result<()> {
    let mut child = command
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", shown(command)))?;
    let stderr = child.stderr.take().context("the error stream was asked for")?;
    for line in BufReader::new(stderr).lines() {
        let line = line?;
        eprintln!("{line}");
        each(&line);
    }
    let status = child.wait()?;
    ensure!(status.success(), "`{}` failed ({status})", shown(command));
    Ok(())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let program = |word: &OsStr| Path::new(word).file_name().unwrap_or(word).to_string_lossy().into_owned();
    words
        .enumerate()
        .map(|(at, word)| if at == 0 { program(word) } else { word.to_string_lossy().into_owned() })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Where cargo puts what it builds.
pub fn target_folder(root: &Path) -> Result<PathBuf> {
    let printed = output(&mut cargo(root, &["metadata", "--no-deps", "--offline", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_slice(&printed)?;
    let folder = metadata["target_directory"].as_str().context("cargo metadata names no target_directory")?;
    Ok(PathBuf::from(folder))
}

/// A program on the path.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Node.js and npm, new enough for the pages.
pub fn need_node() -> Result<()> {
    if find("node").is_none() || find("npm").is_none() {
        install_as_root(&["nodejs", "npm"]).context(
            "the pages need Node.js 20.19 or newer with npm: install them (Debian, Ubuntu: `sudo apt-get install nodejs npm`; \
             others: https://nodejs.org/en/download) and run this again",
        )?;
    }
    let printed = String::from_utf8(output(Command::new("node").arg("--version"))?)?;
    let version = node_version(&printed).with_context(|| format!("`node --version` says {printed:?}"))?;
    ensure!(
        version >= NODE_MIN,
        "the pages need Node.js {}.{} or newer, this is {}: see https://nodejs.org/en/download",
        NODE_MIN.0,
        NODE_MIN.1,
        printed.trim()
    );
    Ok(())
}

fn node_version(printed: &str) -> Option<(u32, u32)> {
    let mut parts = printed.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The browser of the browser stories; installed when we may.
pub fn need_chromium() -> Result<PathBuf> {
    let found = || CHROMIUM_NAMES.iter().find_map(|name| find(name));
    if let Some(browser) = found() {
        return Ok(browser);
    }
    install_as_root(&["chromium"])
        .context("the browser stories need Chromium: run `sudo apt-get install chromium` and this again")?;
    found().context("chromium was installed but is not on the path")
}

/// Installs Debian packages where that is ours to do: as root, as in a container of CI.
fn install_as_root(packages: &[&str]) -> Result<()> {
    let user = output(Command::new("id").arg("-u")).unwrap_or_default();
    if user.trim_ascii() != b"0" || find("apt-get").is_none() {
        bail!("not found: {}", packages.join(", "));
    }
    terminal::note(&format!("installing {}", packages.join(", ")));
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments).stdout(Stdio::null());
        run(&mut command)
    };
    apt(&["update", "-q"])?;
    apt(&[&["install", "-qy", "--no-install-recommends"], packages].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_compared_as_numbers() {
        assert_eq!(node_version("v20.19.0\n"), Some((20, 19)));
        assert!(node_version("v20.9.0\n") < Some(NODE_MIN));
        assert_eq!(node_version("20"), None);
    }

    #[test]
    fn a_failed_command_is_named_without_its_folder() {
        let error = run(Command::new("/bin/sh").args(["-c", "exit 3"])).expect_err("exit 3 is a failure");
        assert!(error.to_string().starts_with("`sh -c exit 3` failed"), "{error}");
    }

    #[test]
    fn the_last_wanted_line_is_kept_even_on_failure() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one >&2; echo Summary a >&2; echo Summary b >&2; exit 1"]);
        let (line, outcome) = run_watching(&mut command, |line| line.contains("Summary"));
        assert_eq!(line.as_deref(), Some("Summary b"));
        assert!(outcome.is_err());
    }
}
