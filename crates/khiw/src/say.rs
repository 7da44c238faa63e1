//! Telling the person at the terminal. A reader that went away (`| head`) ends the command quietly.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};

/// One line on standard output.
pub fn say(line: impl Display) {
    if let Err(error) = writeln!(std::io::stdout(), "{line}") {
        let gone = error.kind() == ErrorKind::BrokenPipe;
        std::process::exit(i32::from(!gone));
    }
}

/// As [`say`], for servers: they go on when nobody reads any more.
pub fn announce(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
