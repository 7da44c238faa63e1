//! What may be typed about printers.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use khiw_agent::ServerAddress;
use khiw_domain::id::SiteId;

#[derive(Debug, Subcommand)]
pub enum Print {
    /// Prints a page that shows whether width, darkness, cut and all scripts are right.
    Test(PrintTest),
    /// Asks a printer what it is and what it can tell, and proposes a model. Prints nothing.
    Probe(PrintProbe),
}

#[derive(Debug, Args)]
pub struct Which {
    // Not as a documentation comment: its brackets are no links.
    #[arg(
        long,
        value_name = "LINK|NAME",
        help = "Where the printer is, or its name in the site file given with --site-file: tcp://HOST[:PORT], \
                usb:VID:PID[:SERIAL], usb:/dev/usb/lp0, serial:/dev/ttyUSB0[?baud=9600], file:PATH"
    )]
    pub printer: String,
    /// The site file in which the printer's name stands.
    #[arg(long, value_name = "FILE")]
    pub site_file: Option<PathBuf>,
    /// Model: a name of config/printers, or a file of the same form. Without: what the site file
    /// says, else one of no particular kind.
    #[arg(long, value_name = "MODEL|FILE")]
    pub profile: Option<String>,
    /// Dots across the paper: 384 (58 mm), 512 or 576 (80 mm). Without: what the site file or the
    /// model says.
    #[arg(long, value_name = "DOTS")]
    pub width_dots: Option<u32>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Look at the paper: the frame must touch both edges, the four grey fields must differ, the paper must be cut.

Examples:
  khiw print test --printer tcp://192.168.1.50
  khiw print test --printer usb:04b8:0e28 --profile epson-tm-t82iii
  khiw print test --printer serial:/dev/ttyUSB0?baud=38400 --width-dots 384
  khiw print test --printer main --site-file my-office.toml
  khiw print test --printer file:page.bin --profile generic-58")]
pub struct PrintTest {
    #[command(flatten)]
    pub which: Which,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  khiw print probe --printer tcp://192.168.1.50
  khiw print probe --printer usb:/dev/usb/lp0
  khiw print probe --printer main --site-file my-office.toml --json")]
pub struct PrintProbe {
    #[command(flatten)]
    pub which: Which,
    /// All answers as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
In the site file the printer's link is \"agent\"; `khiw device enrol` gets the token by a code that staff approve.
Papers that are here are printed without the server, too.

Examples:
  khiw print-agent --server https://queue.office.local:8443 --ca khiw-ca.pem --site hua-taphan \\
      --printer kiosk-1 --link usb:04b8:0e28 --token-file agent.token --data ./agent
  khiw print-agent --server http://127.0.0.1:8080 --site hua-taphan --token-file agent.token --data ./agent \\
      --printer left=usb:/dev/usb/lp0 --printer right=serial:/dev/ttyUSB0?baud=38400")]
pub struct PrintAgent {
    /// Where the server is: https, or http on this very machine.
    #[arg(long, value_name = "ADDRESS")]
    pub server: ServerAddress,
    /// The site whose printers these are.
    #[arg(long)]
    pub site: SiteId,
    /// The printer's id in the site file; several with their links, as NAME=LINK.
    #[arg(long, value_name = "NAME", required = true)]
    pub printer: Vec<String>,
    // Not as a documentation comment: its brackets are no links.
    #[arg(
        long,
        value_name = "LINK",
        help = "Where the one printer is: usb:VID:PID[:SERIAL], usb:/dev/usb/lp0, \
                serial:/dev/ttyUSB0[?baud=9600], tcp://HOST[:PORT], file:PATH"
    )]
    pub link: Option<String>,
    /// File with the token of kind `agent`, as `khiw device enrol` writes it; it is read anew before
    /// each connection.
    #[arg(long, value_name = "FILE")]
    pub token_file: PathBuf,
    /// The agent's own folder: its spool, fonts. Made when missing.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The office's authority, as `khiw ca export` wrote it; without: those the system trusts.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
With --control, faults are set and pictures fetched over HTTP:
  GET /printers · GET /printers/1 · PUT /printers/1/faults {\"paper_out\": true}
  GET /printers/1/pictures · GET /printers/1/pictures/ticket-000001.png

Examples:
  khiw printer-sim --listen 127.0.0.1:9100 --out ./tray
  khiw printer-sim --listen 127.0.0.1:9100 --profile epson-tm-t88vi --out ./tray --control 127.0.0.1:9180
  khiw printer-sim --out ./tray --listen 127.0.0.1:9100 --profile epson-tm-t82iii \\
      --listen 127.0.0.1:9101 --profile citizen-ct-s310ii")]
pub struct PrinterSim {
    /// Address and port to print on; given again, a further printer.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9100")]
    pub listen: Vec<SocketAddr>,
    /// Model of config/printers, one for each --listen in the same order; the last holds for the rest.
    #[arg(long, value_name = "MODEL")]
    pub profile: Vec<String>,
    /// One PNG a cut; with several printers, in folders 1, 2, … below.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Address of the HTTP control. Loopback only: whoever reaches it may set faults.
    #[arg(long, value_name = "ADDR")]
    pub control: Option<SocketAddr>,
}
