//! Paper: a ticket's picture, the bytes a thermal printer takes, the durable spool, the worker that
//! carries jobs to a printer and learns what became of them, and a printer simulator.
//!
//! Must not know rules of queueing, nor read or write the journal: callers bring plain values in
//! and carry outcomes back. No printer text modes, ever: code pages break Thai and Vietnamese.

mod canvas;
pub mod escpos;
mod layout;
pub mod paper;
pub mod picture;
mod qr;
pub mod render;
mod typeset;
mod wording;

pub use escpos::PrinterState;
pub use paper::TicketPaper;
pub use picture::Picture;
pub use render::{PaperWidth, Rendered, Renderer};
