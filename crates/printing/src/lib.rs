//! Paper: a ticket's picture, the bytes a thermal printer takes, the durable spool, the worker that
//! carries jobs to a printer and learns what became of them, and a printer simulator.
//!
//! Must not know rules of queueing, nor read or write the journal: callers bring plain values in
//! and carry outcomes back. No printer text modes, ever: code pages break Thai and Vietnamese.

mod canvas;
pub mod check;
pub mod escpos;
pub mod fonts;
pub mod job;
mod layout;
mod letters;
pub mod link;
mod logo;
pub mod paper;
mod pattern;
pub mod picture;
pub mod probe;
pub mod profile;
mod qr;
pub mod render;
mod sample;
pub mod simulator;
pub mod spool;
mod store;
pub mod template;
pub mod templates;
mod typeset;
pub mod wire;
mod wording;
pub mod worker;

pub use escpos::{PrinterState, Status, job as job_bytes};
pub use job::{Job, JobKey, JobOutcome, JobState, NewJob, Ordered, Reason};
pub use link::{Dial, Link, LinkTimeouts};
pub use logo::{LogoError, PICTURE_SIDE_MAX, Pictures};
pub use paper::{Era, PaperKind, TicketPaper};
pub use picture::Picture;
pub use profile::Profile;
pub use render::{PAPER_ROWS_MAX, PaperWidth, Rendered, Renderer};
pub use simulator::{Faults, PrinterSimulator, SimulatedPrinter};
pub use spool::{Final, Given, Intake, JobFilter, Spool, SpoolError, Told, Waiting};
pub use template::{Template, TemplateProblem};
pub use templates::{Templates, TicketsProblem};
pub use typeset::{GLYPH_BYTES_KEPT_MAX, GLYPHS_KEPT_MAX};
pub use worker::{Board, Draw, PrinterSetup, PrinterWorker};
