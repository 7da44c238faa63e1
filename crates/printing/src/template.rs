//! Ticket templates: a small TOML file becomes blocks, checked as a whole. `docs/tickets.md` tells the language.
//!
//! All problems are found at once, each with its block, line, key and what to write instead. Must not draw.

mod block;
mod fields;
mod problem;
mod text;
mod variable;

use khiw_domain::config::TEMPLATE_BYTES_MAX;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(crate) use block::{Block, Kind, Look};
use fields::Fields;
use problem::Problems;
pub(crate) use problem::hint;
pub use problem::{PROBLEMS_MAX, TemplateProblem};
pub use text::TEXT_CHARACTERS_MAX;
pub(crate) use variable::Facts;

use crate::logo::Pictures;
use crate::paper::PaperKind;

/// Most blocks of a template.
pub const BLOCKS_MAX: usize = 64;

/// A template without mistakes.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    pub(crate) blocks: Vec<Block>,
}

impl Template {
    /// Parses the text of a template for this kind of paper, which may show these pictures.
    pub fn parse(kind: PaperKind, text: &str, pictures: &Pictures) -> Result<Self, Vec<TemplateProblem>> {
        if text.len() > TEMPLATE_BYTES_MAX {
            let problem =
                format!("has {} bytes: shorten it to {} KiB", text.len(), TEMPLATE_BYTES_MAX / 1024);
            return Err(vec![TemplateProblem::whole("", problem)]);
        }
        let problems = Problems::of(text);
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let line = problems.line(error.span().map_or(0, |span| span.start));
            let problem = format!("is no valid TOML: {}", error.message());
            problems.add(TemplateProblem { line, ..TemplateProblem::whole("", problem) });
        }
        if !errors.is_empty() {
            return Err(problems.into_list());
        }
        let blocks = blocks(root.get_ref(), &problems, pictures);
        if problems.is_empty() {
            check_whole(kind, &blocks, &problems);
        }
        if problems.is_empty() { Ok(Self { blocks }) } else { Err(problems.into_list()) }
    }

    /// The letters the template itself prints, block by block (from 1).
    pub(crate) fn letters(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.blocks.iter().enumerate();
        numbered.flat_map(|(at, block)| {
            block.said().into_iter().flat_map(|said| said.letters()).map(move |letters| (at + 1, letters))
        })
    }
}

fn blocks(root: &DeTable<'_>, problems: &Problems, pictures: &Pictures) -> Vec<Block> {
    let whole = Fields::of(problems, root, 0, None);
    let list: Vec<&Spanned<DeValue<'_>>> = match whole.get("block").map(Spanned::get_ref) {
        Some(DeValue::Array(items)) => items.iter().collect(),
        Some(other) => {
            whole.wrong("block", other, "[[block]], with two pairs of brackets");
            Vec::new()
        }
        None => {
            whole.problem("", "has no block: write at least one [[block]]");
            Vec::new()
        }
    };
    whole.done();
    if list.len() > BLOCKS_MAX {
        whole.problem("block", format!("stands {} times: at most {BLOCKS_MAX} are possible", list.len()));
    }
    let mut blocks = Vec::with_capacity(list.len().min(BLOCKS_MAX));
    for (at, item) in list.into_iter().take(BLOCKS_MAX).enumerate() {
        let line = problems.line_of(item);
        let number = Some(at as u32 + 1);
        match item.get_ref() {
            DeValue::Table(table) => {
                blocks.extend(Block::read(Fields::of(problems, table, line, number), pictures));
            }
            other => {
                let problem = format!("is {}: write [[block]] with its keys below", fields::kind_of(other));
                problems.add(TemplateProblem { line, block: number, ..TemplateProblem::whole("", problem) });
            }
        }
    }
    blocks
}

/// A ticket without its number is no ticket.
fn check_whole(kind: PaperKind, blocks: &[Block], problems: &Problems) {
    let numbered = matches!(kind, PaperKind::Ticket | PaperKind::Reprint);
    if numbered && !blocks.iter().any(Block::shows_number_always) {
        let problem = "does not show the number on every ticket: write a block huge = \"{number}\" \
                       without `when` and `lang`";
        problems.add(TemplateProblem::whole("", problem));
    }
}
