//! `cargo xtask test`: everything CI runs, in order, each part with a title, a
//! time and a line in the summary. A part whose groundwork failed is not run and
//! says so; nothing is left out silently.

mod parts;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::terminal;

pub use parts::Area;

/// What every part may need to know.
pub struct Checkout {
    pub root: PathBuf,
}

/// How a part ended well.
pub enum Passed {
    Plain,
    /// With something worth reading in the summary.
    Saying(String),
    /// Not run on this machine, and why.
    Skipped(String),
}

/// One step of the suite.
pub struct Part {
    pub name: &'static str,
    pub area: Area,
    /// Parts that must have passed before this one makes sense.
    pub needs: &'static [&'static str],
    pub run: fn(&Checkout) -> Result<Passed>,
}

enum Outcome {
    Passed(Passed),
    Failed(anyhow::Error),
    NotRun { needs: &'static str },
}

struct Done {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

/// Runs the parts of the areas named, or all.
///
/// # Errors
/// When any part failed or could not run.
pub fn test(root: &Path, areas: &[Area]) -> Result<()> {
    let checkout = Checkout { root: root.to_path_buf() };
    let chosen = choose(parts::PARTS, areas);
    let mut done: Vec<Done> = Vec::new();
    for (at, part) in chosen.iter().enumerate() {
        terminal::title(&format!("{}/{} {}", at + 1, chosen.len(), part.name));
        done.push(run_one(part, &done, &checkout));
    }
    summarise(&done)
}

/// The parts of these areas and all they need, in their order.
fn choose<'a>(parts: &'a [Part], areas: &[Area]) -> Vec<&'a Part> {
    let mut wanted: Vec<&str> = Vec::new();
    // From the end, so that what a needed part needs is met later in the walk.
    for part in parts.iter().rev() {
        if areas.is_empty() || areas.contains(&part.area) || wanted.contains(&part.name) {
            wanted.push(part.name);
            wanted.extend(part.needs);
        }
    }
    parts.iter().filter(|part| wanted.contains(&part.name)).collect()
}

fn run_one(part: &Part, before: &[Done], checkout: &Checkout) -> Done {
    let started = Instant::now();
    let passed = |name: &str| {
        before.iter().any(|done| done.name == name && matches!(done.outcome, Outcome::Passed(_)))
    };
    let outcome = match part.needs.iter().find(|name| !passed(name)) {
        Some(needs) => Outcome::NotRun { needs },
        None => match (part.run)(checkout) {
            Ok(passed) => Outcome::Passed(passed),
            Err(error) => Outcome::Failed(error),
        },
    };
    let took = started.elapsed();
    match &outcome {
        Outcome::Passed(Passed::Skipped(why)) => terminal::note(&format!("skipped: {why}")),
        Outcome::Passed(_) => terminal::note(&format!("passed in {}", terminal::duration(took))),
        Outcome::Failed(error) => terminal::failure(error),
        Outcome::NotRun { needs } => terminal::note(&format!("not run: `{needs}` failed")),
    }
    Done { name: part.name, took, outcome }
}

fn summarise(done: &[Done]) -> Result<()> {
    terminal::title("summary");
    for part in done {
        let (mark, said) = match &part.outcome {
            Outcome::Passed(Passed::Plain) => ("ok", String::new()),
            Outcome::Passed(Passed::Saying(what)) => ("ok", what.clone()),
            Outcome::Passed(Passed::Skipped(why)) => ("SKIPPED", why.clone()),
            Outcome::Failed(error) => ("FAILED", error.to_string()),
            Outcome::NotRun { needs } => ("NOT RUN", format!("`{needs}` failed")),
        };
        eprintln!("{:>8}  {:<28}{:>12}  {said}", mark, part.name, terminal::duration(part.took));
    }
    let bad = done.iter().filter(|part| !matches!(part.outcome, Outcome::Passed(_))).count();
    let total: Duration = done.iter().map(|part| part.took).sum();
    eprintln!("{} parts in {}", done.len(), terminal::duration(total));
    ensure!(bad == 0, "{bad} of {} parts did not pass", done.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a part's shape")]
    fn passes(_: &Checkout) -> Result<Passed> {
        Ok(Passed::Plain)
    }

    fn fails(_: &Checkout) -> Result<Passed> {
        anyhow::bail!("as the test wants it")
    }

    fn part(
        name: &'static str,
        area: Area,
        needs: &'static [&'static str],
        run: fn(&Checkout) -> Result<Passed>,
    ) -> Part {
        Part { name, area, needs, run }
    }

    fn three() -> [Part; 3] {
        [
            part("packages", Area::Pages, &[], fails),
            part("build", Area::Pages, &["packages"], passes),
            part("stories", Area::Browser, &["build"], passes),
        ]
    }

    #[test]
    fn an_area_brings_all_that_it_needs_in_order() {
        let parts = three();
        let names: Vec<_> = choose(&parts, &[Area::Browser]).iter().map(|part| part.name).collect();
        assert_eq!(names, ["packages", "build", "stories"]);
        assert_eq!(choose(&parts, &[Area::Pages]).len(), 2);
        assert_eq!(choose(&parts, &[]).len(), 3);
    }

    #[test]
    fn what_stands_on_a_failed_part_is_not_run_and_not_passed() {
        let checkout = Checkout { root: PathBuf::new() };
        let mut done = Vec::new();
        for part in &three() {
            let next = run_one(part, &done, &checkout);
            done.push(next);
        }
        assert!(matches!(done[0].outcome, Outcome::Failed(_)));
        assert!(matches!(done[1].outcome, Outcome::NotRun { needs: "packages" }));
        assert!(matches!(done[2].outcome, Outcome::NotRun { needs: "build" }));
        assert_eq!(summarise(&done).unwrap_err().to_string(), "3 of 3 parts did not pass");
    }

    #[test]
    fn every_need_names_an_earlier_part() {
        for (at, part) in parts::PARTS.iter().enumerate() {
            for need in part.needs {
                assert!(
                    parts::PARTS[..at].iter().any(|earlier| earlier.name == *need),
                    "{need} for {}",
                    part.name
                );
            }
        }
    }
}
