//! A job's papers as bytes for its printer.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::spawn_blocking;

use super::PrinterSetup;
use super::setup::COPIES_OF_JOB_MAX;
use crate::escpos;
use crate::job::Job;
use crate::paper::TicketPaper;
use crate::render::{PaperWidth, Rendered, Renderer};

/// Draws papers: the [`Renderer`], or a stand-in of a test.
pub trait Draw: Send {
    fn draw(&mut self, paper: &TicketPaper, width: PaperWidth) -> Rendered;
}

impl Draw for Renderer {
    fn draw(&mut self, paper: &TicketPaper, width: PaperWidth) -> Rendered {
        self.render(paper, width)
    }
}

/// The job as bytes; `None` when its paper cannot be read or drawn.
pub(super) async fn bytes_of(
    job: &Job,
    drawer: &Arc<Mutex<dyn Draw>>,
    setup: &PrinterSetup,
) -> Option<Vec<u8>> {
    let paper = match job.paper() {
        Ok(paper) => paper,
        Err(error) => {
            tracing::error!(job = job.id, %error, "the stored paper cannot be read");
            return None;
        }
    };
    let (drawer, width, profile) = (Arc::clone(drawer), setup.width, Arc::clone(&setup.profile));
    let copies = setup.copies.clamp(1, COPIES_OF_JOB_MAX);
    let drawn = spawn_blocking(move || {
        // After a panic inside, fonts and caches are still whole.
        let mut drawer = drawer.lock().unwrap_or_else(PoisonError::into_inner);
        let first = picture(&mut *drawer, &paper, width);
        let mut pictures = vec![first];
        if copies > 1 {
            let marked = TicketPaper { reprint: true, ..paper };
            let marked = picture(&mut *drawer, &marked, width);
            pictures.extend(std::iter::repeat_n(marked, usize::from(copies) - 1));
        }
        drop(drawer);
        escpos::job(&pictures, &profile)
    });
    drawn.await.inspect_err(|error| tracing::error!(job = job.id, %error, "a paper could not be drawn")).ok()
}

fn picture(drawer: &mut dyn Draw, paper: &TicketPaper, width: PaperWidth) -> crate::Picture {
    let rendered = drawer.draw(paper, width);
    if !rendered.missing.is_empty() || rendered.qr_omitted || rendered.clipped {
        tracing::warn!(
            number = paper.number,
            missing = ?rendered.missing,
            qr_omitted = rendered.qr_omitted,
            clipped = rendered.clipped,
            "a paper is not as it should be"
        );
    }
    rendered.picture
}
