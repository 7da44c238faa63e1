//! Asking the running server. Blocking: the command line has nothing else to do.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::{Answer, ControlError, LINE_BYTES_MAX, Request, socket_path};

/// Longest wait for an answer: a backup of a large journal takes its time.
const ANSWER_MAX: Duration = Duration::from_mins(10);

/// Asks the server that runs on this data folder. [`ControlError::NoServer`] when none does.
pub fn ask<T: DeserializeOwned>(folder: &Path, request: &Request) -> Result<T, ControlError> {
    let path = socket_path(folder);
    let at_socket = |error| ControlError::Socket { path: path.clone(), error };
    let mut stream = UnixStream::connect(&path).map_err(|error| match error.kind() {
        // Refused: the file was left behind by a server that was killed.
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
            ControlError::NoServer(folder.to_owned())
        }
        _ => at_socket(error),
    })?;
    stream.set_read_timeout(Some(ANSWER_MAX)).map_err(at_socket)?;
    let mut line = serde_json::to_vec(request).map_err(|error| ControlError::Answer(error.to_string()))?;
    line.push(b'\n');
    stream.write_all(&line).map_err(at_socket)?;
    let mut answer = String::new();
    BufReader::new(stream.take(LINE_BYTES_MAX as u64)).read_line(&mut answer).map_err(at_socket)?;
    let unreadable = |error: serde_json::Error| ControlError::Answer(error.to_string());
    match serde_json::from_str(&answer).map_err(unreadable)? {
        Answer::Done(value) => serde_json::from_value(value).map_err(unreadable),
        Answer::Refused(refused) => Err(refused.into()),
    }
}
