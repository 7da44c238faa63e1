//! What a developer sees: titles, times, failures. Colour only for a terminal.

use std::io::IsTerminal;
use std::time::Duration;

/// Says what starts now.
pub fn title(text: &str) {
    eprintln!("{}", bold(&format!("── {text}")));
}

/// Says what was found or left out on the way.
pub fn note(text: &str) {
    eprintln!("   {text}");
}

/// Says why the command ends, with all causes.
pub fn failure(error: &anyhow::Error) {
    eprintln!("{} {error:#}", bold("stopped:"));
}

pub fn bold(text: &str) -> String {
    if colours() { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

/// Whether the log is read by a person at a terminal.
pub fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// `3 min 07 s`, `12 s`, `0.4 s`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_a_person_would() {
        let said = |ms| duration(Duration::from_millis(ms));
        assert_eq!([said(420), said(12_300), said(187_000)], ["0.4 s", "12 s", "3 min 07 s"]);
    }
}
