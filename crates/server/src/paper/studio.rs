//! Where an administrator's template is looked at before it is in force: problems, or a picture with made-up facts.
//! Has a renderer of its own, so that no visitor's paper waits for a preview. Prints nothing, changes nothing.

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use khiw_domain::config::Tickets;
use khiw_printing::template::{Template, TemplateProblem};
use khiw_printing::{PaperKind, PaperWidth, Picture, Renderer, Templates, TicketPaper};

/// A template that could be drawn.
pub struct Preview {
    pub picture: Picture,
    /// Characters that no font has; a box stands in their place.
    pub missing: Vec<char>,
    /// The paper is longer than may be printed; the picture ends there.
    pub cut_short: bool,
}

pub struct Studio {
    /// Fonts of the office.
    fonts: PathBuf,
    /// Loads its fonts with the first look: a server where nobody edits does not pay for them.
    renderer: OnceLock<Mutex<Renderer>>,
}

impl Studio {
    pub fn new(fonts: PathBuf) -> Self {
        Self { fonts, renderer: OnceLock::new() }
    }

    /// The text as a paper of this kind, on the pictures the site has. Blocks: call it where that is allowed.
    pub fn preview(
        &self,
        tickets: &Tickets,
        (kind, text): (PaperKind, &str),
        language: &str,
        width: PaperWidth,
    ) -> Result<Preview, Vec<TemplateProblem>> {
        let mut templates = Templates::default();
        // What is wrong with other templates, or with a picture, is not asked here.
        templates.renew(&std::collections::BTreeMap::new(), &tickets.pictures);
        let template = Template::parse(kind, text, templates.pictures())?;
        let paper = TicketPaper::sample(kind, language);
        let renderer = self.renderer.get_or_init(|| {
            let (fonts, errors) = khiw_printing::fonts::of_folder(&self.fonts);
            for error in errors {
                tracing::warn!(%error, "a font of the office is not used");
            }
            Mutex::new(Renderer::with_fonts(fonts))
        });
        // After a panic inside, fonts and caches are still whole.
        let mut renderer = renderer.lock().unwrap_or_else(PoisonError::into_inner);
        let drawn = renderer.render_with(&template, &paper, width);
        Ok(Preview { picture: drawn.picture, missing: drawn.missing, cut_short: drawn.cut_short })
    }
}
