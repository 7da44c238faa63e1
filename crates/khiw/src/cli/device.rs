//! What may be typed about devices.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use khiw_agent::ServerAddress;

#[derive(Debug, Subcommand)]
pub enum Device {
    /// Gets a token for this machine: shows a code, waits until staff approve it, writes the token into a file.
    Enrol(Enrol),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Staff approve the code at the devices of their site (/devices/SITE), where the device is seen and revoked later.
`khiw ca export`, typed at the server, writes the authority for --ca.

Examples:
  khiw device enrol --server https://queue.office.local:8443 --ca khiw-ca.pem \\
      --token-file agent.token
  khiw device enrol --server https://queue.office.local:8443 --ca khiw-ca.pem \\
      --token-file agent.token --replace
  khiw device enrol --server http://127.0.0.1:8080 --kind kiosk --token-file kiosk.token")]
pub struct Enrol {
    /// Where the server is: https, or http on this very machine.
    #[arg(long, value_name = "ADDRESS")]
    pub server: ServerAddress,
    /// The office's authority, as `khiw ca export` wrote it; without: those the system trusts.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// What it is to be. Kiosks and displays that are browsers enrol on their own page: /enrol/kiosk, /enrol/display.
    #[arg(long, value_enum, default_value_t = DeviceKind::Agent)]
    pub kind: DeviceKind,
    /// File to write the token into, for its owner alone.
    #[arg(long, value_name = "FILE")]
    pub token_file: PathBuf,
    /// Writes over a token file that is there.
    #[arg(long)]
    pub replace: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DeviceKind {
    /// `khiw print-agent`
    Agent,
    /// A program that gives numbers.
    Kiosk,
    /// A program that shows calls.
    Display,
}
