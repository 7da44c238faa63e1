//! `khiw device enrol`: the code at the terminal, and what comes of it.

use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::bail;
use khiw_agent::{Enrolment, ShownCode, Told};

use crate::cli::device::{DeviceKind, Enrol};
use crate::house;
use crate::say::say;

pub async fn enrol(options: Enrol) -> anyhow::Result<()> {
    let file = options.token_file.clone();
    let wanted = Enrolment {
        server: options.server,
        ca: options.ca,
        kind: kind(options.kind),
        token_file: options.token_file,
        replace: options.replace,
    };
    let end = house::asked_to_end()?;
    let enrolled = tokio::select! {
        enrolled = khiw_agent::enrol(wanted, tell) => enrolled?,
        () = end => bail!("ended before it was approved: no token was written"),
    };
    let (id, site, name) = (enrolled.id, enrolled.site, enrolled.name);
    say(format_args!("approved for site {site} as “{name}” ({id}): the token is in {}", file.display()));
    Ok(())
}

fn tell(told: &Told<'_>) {
    match told {
        Told::Code(code) => show(code),
        Told::Away(trouble) => say(format_args!("{trouble}; asking again")),
        Told::Back => say("the server is back"),
    }
}

/// The code stands alone on its line, to be read from a step away.
fn show(shown: &ShownCode) {
    let (bold, plain) = if std::io::stdout().is_terminal() { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    say(format_args!("\n        {bold}{}{plain}\n", shown.code));
    say(format_args!("Supervisors and administrators approve this code at {}", shown.page));
    say(format_args!(
        "(Devices, Add a device). It holds for {}. Waiting; Ctrl-C ends it.",
        time(shown.lives)
    ));
}

fn time(time: Duration) -> String {
    match time.as_secs() {
        seconds @ ..120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds / 60),
    }
}

fn kind(kind: DeviceKind) -> khiw_agent::DeviceKind {
    match kind {
        DeviceKind::Agent => khiw_agent::DeviceKind::Agent,
        DeviceKind::Kiosk => khiw_agent::DeviceKind::Kiosk,
        DeviceKind::Display => khiw_agent::DeviceKind::Display,
    }
}
