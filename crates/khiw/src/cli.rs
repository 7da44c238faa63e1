//! What may be typed. Every command has examples in its help; parsing errors say what to type instead.

pub mod device;
pub mod print;
pub mod voice;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use khiw_domain::id::{CounterId, SiteId};

use crate::clock::ClockSpec;

/// Khiw (คิว): the system a public-service hall runs on.
#[derive(Debug, Parser)]
#[command(
    name = "khiw",
    version,
    about,
    max_term_width = 100,
    after_help = "\
Examples:
  khiw demo                                     a living hall to try, nothing to set up
  khiw apply --data ./hall my-office.toml       declare an office
  khiw serve --data ./hall --listen 0.0.0.0:8443"
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// How log lines are written.
    #[arg(long, global = true, value_enum, default_value_t = LogForm::Text)]
    pub log: LogForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    /// One line each, to read.
    Text,
    /// One JSON object each, to collect.
    Json,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the server: halls, pages, live screens, printing.
    Serve(Serve),
    /// Declares or updates a site from its files; shows what changes.
    Apply(Apply),
    /// Tokens by which kiosks, screens, clerks and programs come in.
    #[command(
        subcommand,
        after_help = "Example:\n  khiw token create --data ./hall --kind kiosk --site hua-taphan"
    )]
    Token(Token),
    /// Makes this machine one of a hall's devices by a code that staff approve.
    #[command(
        subcommand,
        after_help = "Example:\n  khiw device enrol --server https://queue.office.local:8443 --ca khiw-ca.pem \\\n      --token-file agent.token"
    )]
    Device(device::Device),
    /// A hall that is alive: simulated visitors and clerks, all pages, a paper tray.
    Demo(Demo),
    /// Checks the whole journal: hash chain, order, numbers, and that it replays.
    Verify(Verify),
    /// Copies the journal while the server runs.
    Backup(Backup),
    /// Puts a backup into an empty data folder.
    Restore(Restore),
    /// A network printer made of software: tickets become pictures.
    PrinterSim(print::PrinterSim),
    /// A printer, straight from here: test page, and what it is.
    #[command(
        subcommand,
        after_help = "Examples:\n  khiw print probe --printer tcp://192.168.1.50\n  khiw print test --printer usb:/dev/usb/lp0"
    )]
    Print(print::Print),
    /// Voices: what is said, whether a pack can say it, drafts by a synthesiser.
    #[command(
        subcommand,
        after_help = "Example:\n  khiw voice phrase --language th --number A012 --counter 11"
    )]
    Voice(voice::Voice),
    /// Serves the printer that hangs on this machine, for a server elsewhere.
    PrintAgent(print::PrintAgent),
    /// The local certificate authority that screens and phones must trust.
    #[command(subcommand, after_help = "Example:\n  khiw ca export --data ./hall --to khiw-ca.pem")]
    Ca(Ca),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Anything but loopback is served over TLS: `khiw ca export` gives the certificate to trust.

Examples:
  khiw serve --data ./hall --listen 127.0.0.1:8080
  khiw serve --data /var/lib/khiw --listen 0.0.0.0:8443 --name queue.office.local
  khiw serve --data ./play --listen 127.0.0.1:8080 --clock 2026-11-03T08:25:00+07:00x20")]
pub struct Serve {
    /// Data folder: journal, accounts, spool, keys. Made when missing.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Further names and addresses this machine is reached by; they go into its certificate.
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
    /// Own certificate (PEM, with its chain) instead of the local authority's.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Key of that certificate (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// A proxy in front speaks TLS; listen in plain.
    #[arg(long, conflicts_with_all = ["tls_cert", "name"])]
    pub behind_proxy: bool,
    /// Simulated time, for trying out. Refused for a folder with real records, so serve a new
    /// folder first and apply the site beside it.
    #[arg(long, value_name = "START[xSPEED]")]
    pub clock: Option<ClockSpec>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Works beside a running server. Refused when live tickets or open counters would lose their home.

Examples:
  khiw apply --data ./hall config/sites/hua-taphan.toml
  khiw apply --data ./hall --check my-office.toml")]
pub struct Apply {
    /// Data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Site files; each may include others.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Only show what would change.
    #[arg(long)]
    pub check: bool,
    /// Takes the files' paper templates also where one was changed on the page since.
    #[arg(long)]
    pub replace_papers: bool,
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Makes a token and prints it as the last word; it is shown only once.
    #[command(after_help = "\
Examples:
  khiw token create --data ./hall --kind kiosk --site hua-taphan --label 'by the door'
  khiw token create --data ./hall --kind clerk --site hua-taphan --counter c1")]
    Create(TokenCreate),
    /// Lists tokens: id, kind, site, label, last use. Never the tokens themselves.
    #[command(after_help = "Example:\n  khiw token list --data ./hall")]
    List(TokenList),
    /// Ends a token; a running server refuses it within 5 seconds.
    #[command(after_help = "Example:\n  khiw token revoke --data ./hall t7k2m4")]
    Revoke(TokenRevoke),
}

#[derive(Debug, Args)]
pub struct TokenCreate {
    /// Data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// What it may do.
    #[arg(long, value_enum)]
    pub kind: TokenKind,
    /// The only site it may touch.
    #[arg(long)]
    pub site: SiteId,
    /// The only counter a clerk's token may work; without: any of the site.
    #[arg(long)]
    pub counter: Option<CounterId>,
    /// To recognise it by in the list.
    #[arg(long, default_value = "")]
    pub label: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TokenKind {
    Kiosk,
    Display,
    Clerk,
    Reception,
    Supervisor,
    Administrator,
    Agent,
    Integration,
}

#[derive(Debug, Args)]
pub struct TokenList {
    /// Data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
}

#[derive(Debug, Args)]
pub struct TokenRevoke {
    /// Data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The token's id, as listed.
    pub id: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  khiw demo
  khiw demo --site nghe-an --speed 60
  khiw demo --listen 127.0.0.1:9000 --speed 1")]
pub struct Demo {
    /// nakhon-oss, nghe-an or hua-taphan.
    #[arg(long, default_value = "nakhon-oss")]
    pub site: String,
    /// Hall seconds in one real second. Above 1, simulated calls only chime.
    #[arg(long, default_value_t = 20.0)]
    pub speed: f64,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Seed of the simulated people.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Keep the demo's data here; without: a temporary folder that goes at the end.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Further names this machine is reached by, when it does not listen on loopback.
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
    /// Serve over TLS even on loopback.
    #[arg(long)]
    pub tls: bool,
    /// No simulated people: an empty hall, for trying by hand.
    #[arg(long)]
    pub empty: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  khiw verify --data ./hall
  khiw verify --data ./hall --expect 5f1c0b7d90aa")]
pub struct Verify {
    /// Data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// A seal noted when a day ended (from the log); it must be in the journal. Its first 8 characters will do.
    #[arg(long, value_name = "HASH")]
    pub expect: Vec<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  khiw backup --data ./hall --to /mnt/usb/hall-2026-11-21.db")]
pub struct Backup {
    /// Data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// A file that does not exist yet.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  khiw restore --data ./new-hall /mnt/usb/hall-2026-11-21.db")]
pub struct Restore {
    /// A folder without a journal.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    #[arg(value_name = "FILE")]
    pub from: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum Ca {
    /// Writes the authority's certificate (PEM), to be installed on screens, kiosks and phones.
    #[command(
        after_help = "Examples:\n  khiw ca export --data ./hall > khiw-ca.pem\n  khiw ca export --data ./hall --to khiw-ca.pem"
    )]
    Export(CaExport),
}

#[derive(Debug, Args)]
pub struct CaExport {
    /// Data folder.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// File to write; without: standard output.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        fn check(command: &clap::Command) {
            let leaf = command.get_subcommands().filter(|c| c.get_name() != "help").count() == 0;
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(!leaf || help.contains("khiw "), "`{}` has no example", command.get_name());
            command.get_subcommands().filter(|c| c.get_name() != "help").for_each(check);
        }
        check(&Cli::command());
    }
}
