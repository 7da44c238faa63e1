//! Finds the `khiw` binary beside the test executable and runs its commands. Never builds it: a story that tests
//! a stale or a second build would lie.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// `KHIW_BIN`, or the `khiw` that was built beside this test.
pub fn path() -> PathBuf {
    if let Some(given) = std::env::var_os("KHIW_BIN") {
        return given.into();
    }
    let test = std::env::current_exe().unwrap();
    let built = test.ancestors().nth(2).unwrap().join(format!("khiw{}", std::env::consts::EXE_SUFFIX));
    assert!(
        built.is_file(),
        "{} is missing: run `cargo build -p khiw` or `cargo xtask test`",
        built.display()
    );
    built
}

/// What a command of `khiw` said and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command that ends by itself.
pub fn khiw<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Ran {
    let output = Command::new(path()).args(args).stdin(Stdio::null()).output().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// Its standard output; it must have succeeded.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{}\n{}", self.stdout, self.stderr);
        self.stdout
    }

    /// What it said on standard error; it must have failed, and not by a panic.
    #[track_caller]
    pub fn refused(self) -> String {
        assert!(self.code.is_some_and(|code| code != 0 && code != 101), "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self.stderr
    }

    /// All it said.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}
