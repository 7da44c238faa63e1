//! The table: printed at the end, and kept in docs/performance.md between two
//! marks. Rows not measured in this run keep their last figures and date.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::machine;

const BEGIN: &str = "<!-- measured: written by `cargo xtask bench` -->";
const END: &str = "<!-- measured: end -->";
const HEAD: &str =
    "| what | Khiw | basis | ratio | budget | kept | measured |\n|---|---|---|---|---|---|---|\n";
const COLUMNS: usize = 7;

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    pub what: String,
    pub khiw: String,
    /// What it is compared with, measured in the same run.
    pub basis: String,
    pub ratio: Option<f64>,
    pub budget: String,
    /// None when the row is shown only for orientation.
    pub kept: Option<bool>,
}

/// The rows of this run.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
    failed: Vec<String>,
}

impl Table {
    pub fn extend(&mut self, rows: Vec<Row>) {
        for row in &rows {
            eprintln!("   {}", plain(row));
        }
        self.rows.extend(rows);
    }

    pub fn failed(&mut self, what: &str, error: &anyhow::Error) {
        eprintln!("   could not be measured: {error:#}");
        self.failed.push(format!("{what}: {error:#}"));
    }

    pub fn printed(&self) -> String {
        let mut text = format!("{}\n\n", machine::describe());
        for row in &self.rows {
            let _ = writeln!(text, "{}", plain(row));
        }
        for failed in &self.failed {
            let _ = writeln!(text, "not measured: {failed}");
        }
        text
    }

    /// Writes the rows into the page, over those of the same name.
    pub fn keep(&self, page: &Path) -> Result<()> {
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let lines: Vec<String> = self.rows.iter().map(|row| markdown(row, &today.to_string())).collect();
        let text =
            std::fs::read_to_string(page).unwrap_or_else(|_| format!("# Performance\n\n{BEGIN}\n{END}\n"));
        let place = machine::describe();
        std::fs::write(page, replaced(&text, &lines, &place)).with_context(|| page.display().to_string())
    }

    /// Fails when a row could not be measured; a missed budget is in the table.
    pub fn outcome(&self) -> Result<()> {
        if self.failed.is_empty() {
            return Ok(());
        }
        bail!("{} rows could not be measured", self.failed.len())
    }
}

fn replaced(page: &str, lines: &[String], place: &str) -> String {
    let (before, between, after) = match (page.find(BEGIN), page.find(END)) {
        (Some(begin), Some(end)) if begin < end => {
            (&page[..begin], &page[begin + BEGIN.len()..end], &page[end + END.len()..])
        }
        _ => (page, "", "\n"),
    };
    let known = between.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| what"));
    let mut rows: Vec<String> =
        known.filter(|line| line.split('|').count() == COLUMNS + 2).map(str::to_owned).collect();
    for line in lines {
        match rows.iter_mut().find(|row| name(row) == name(line)) {
            Some(row) => row.clone_from(line),
            None => rows.push(line.clone()),
        }
    }
    let spaced =
        if before.ends_with("\n\n") { before.to_owned() } else { format!("{}\n\n", before.trim_end()) };
    format!("{spaced}{BEGIN}\n\nLast run on: {place}.\n\n{HEAD}{}\n\n{END}{after}", rows.join("\n"))
}

fn name(line: &str) -> &str {
    line.split('|').nth(1).unwrap_or_default().trim()
}

fn markdown(row: &Row, date: &str) -> String {
    let Row { what, khiw, basis, budget, .. } = row;
    format!("| {what} | {khiw} | {basis} | {} | {budget} | {} | {date} |", ratio(row), kept(row))
}

fn plain(row: &Row) -> String {
    let Row { what, khiw, basis, budget, .. } = row;
    format!("{what:<44} {khiw:>12}   {basis:<34} {:>6}   {budget:<30} {}", ratio(row), kept(row))
}

fn ratio(row: &Row) -> String {
    row.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"))
}

fn kept(row: &Row) -> &'static str {
    match row.kept {
        Some(true) => "yes",
        Some(false) => "**no**",
        None => "–",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(what: &str, khiw: &str, date: &str) -> String {
        let row = Row {
            what: what.into(),
            khiw: khiw.into(),
            basis: "b".into(),
            ratio: Some(0.5),
            budget: "≥ 0.4".into(),
            kept: Some(true),
        };
        markdown(&row, date)
    }

    #[test]
    fn a_measured_row_replaces_its_last_figures_and_leaves_the_rest() {
        let page = format!(
            "# P\n\nwords\n\n{BEGIN}\n\n{HEAD}{}\n{}\n\n{END}\n\nmore\n",
            line("a", "1", "d1"),
            line("b", "2", "d1")
        );
        let after = replaced(&page, &[line("b", "3", "d2"), line("c", "4", "d2")], "here");
        assert!(after.starts_with("# P\n\nwords\n\n") && after.ends_with("\n\nmore\n"), "{after}");
        let rows: Vec<_> = after.lines().filter(|l| l.starts_with("| ") && !l.contains("what")).collect();
        assert_eq!(rows, [line("a", "1", "d1"), line("b", "3", "d2"), line("c", "4", "d2")]);
        assert_eq!(replaced(&after, &[], "here"), after, "writing again changes nothing");
    }

    #[test]
    fn a_page_without_marks_gets_the_table_at_its_end() {
        let after = replaced("# P\n\nwords\n", &[line("a", "1", "d")], "here");
        assert!(after.starts_with("# P\n\nwords\n\n<!--"), "{after}");
    }
}
