//! The parts of the suite, in the order they run: cheap and telling first. One
//! profile and one target folder for all, so that libraries are compiled once.

use anyhow::Result;
use clap::ValueEnum;

use super::{Checkout, Part, Passed};
use crate::toolbox::{self, cargo, npm};
use crate::{page_size, pages, tidy};

/// What a developer may ask for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Area {
    /// The repository's rules and formatting
    Tidy,
    /// Lints, build, tests and documentation of the crates
    Rust,
    /// Packages, types, unit tests, build and size of the pages
    Pages,
    /// Stories in a real browser against the real server
    Browser,
}

const TIDY: &str = "repository rules";
const FORMAT: &str = "formatting";
const LINTS: &str = "lints";
const BUILD: &str = "build";
const PACKAGES: &str = "page packages";
const CLIENT: &str = "page client";
const PAGE_TYPES: &str = "page types";
const PAGE_TESTS: &str = "page unit tests";
const PAGE_BUILD: &str = "page build";
const PAGE_SIZE: &str = "page size";
const RUSTDOC: &str = "rust documentation";
const DOCTESTS: &str = "examples in documentation";
const ADVISORIES: &str = "licences and advisories";
const STORIES: &str = "browser stories";
const TESTS: &str = "rust tests";

pub const PARTS: &[Part] = &[
    Part { name: TIDY, area: Area::Tidy, needs: &[], run: repository_rules },
    Part { name: FORMAT, area: Area::Tidy, needs: &[], run: formatting },
    Part { name: LINTS, area: Area::Rust, needs: &[], run: lints },
    Part { name: BUILD, area: Area::Rust, needs: &[], run: build },
    Part { name: PACKAGES, area: Area::Pages, needs: &[], run: page_packages },
    Part { name: CLIENT, area: Area::Pages, needs: &[BUILD, PACKAGES], run: page_client },
    Part { name: PAGE_TYPES, area: Area::Pages, needs: &[CLIENT], run: page_types },
    Part { name: PAGE_TESTS, area: Area::Pages, needs: &[CLIENT], run: page_tests },
    Part { name: PAGE_BUILD, area: Area::Pages, needs: &[CLIENT], run: page_build },
    Part { name: PAGE_SIZE, area: Area::Pages, needs: &[PAGE_BUILD], run: kiosk_size },
    Part { name: RUSTDOC, area: Area::Rust, needs: &[], run: rust_documentation },
    Part { name: DOCTESTS, area: Area::Rust, needs: &[BUILD], run: documentation_examples },
    Part { name: ADVISORIES, area: Area::Rust, needs: &[], run: advisories },
    Part { name: STORIES, area: Area::Browser, needs: &[BUILD, PAGE_BUILD], run: browser_stories },
    // Last, so that its count closes the log.
    Part { name: TESTS, area: Area::Rust, needs: &[BUILD, PAGE_BUILD], run: rust_tests },
];

fn repository_rules(checkout: &Checkout) -> Result<Passed> {
    let files = tidy::tidy(&checkout.root)?;
    Ok(Passed::Saying(format!("{files} files")))
}

fn formatting(checkout: &Checkout) -> Result<Passed> {
    toolbox::run(&mut cargo(&checkout.root, &["fmt", "--all", "--check"]))?;
    Ok(Passed::Plain)
}

fn lints(checkout: &Checkout) -> Result<Passed> {
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    toolbox::run(&mut cargo(&checkout.root, &clippy))?;
    Ok(Passed::Plain)
}

/// Binaries and examples of the whole workspace: the stories start them, and
/// their libraries are the same as those of the tests.
fn build(checkout: &Checkout) -> Result<Passed> {
    toolbox::run(&mut cargo(&checkout.root, &["build", "--workspace", "--bins", "--examples"]))?;
    Ok(Passed::Plain)
}

fn page_packages(checkout: &Checkout) -> Result<Passed> {
    let installed = pages::install(&checkout.root)?;
    Ok(Passed::Saying(if installed { "installed" } else { "as locked" }.to_owned()))
}

fn page_client(checkout: &Checkout) -> Result<Passed> {
    let example = toolbox::target_folder(&checkout.root)?.join("debug/examples/openapi");
    pages::describe(&checkout.root, &example)?;
    pages::generate(&checkout.root)?;
    Ok(Passed::Plain)
}

fn page_types(checkout: &Checkout) -> Result<Passed> {
    toolbox::run(&mut npm(&checkout.root, &["run", "--silent", "check"]))?;
    Ok(Passed::Plain)
}

fn page_tests(checkout: &Checkout) -> Result<Passed> {
    toolbox::run(&mut npm(&checkout.root, &["test", "--silent"]))?;
    Ok(Passed::Plain)
}

fn page_build(checkout: &Checkout) -> Result<Passed> {
    pages::build(&checkout.root)?;
    Ok(Passed::Plain)
}

fn kiosk_size(checkout: &Checkout) -> Result<Passed> {
    page_size::check(&checkout.root).map(Passed::Saying)
}

fn rust_documentation(checkout: &Checkout) -> Result<Passed> {
    let mut doc = cargo(&checkout.root, &["doc", "--workspace", "--no-deps", "--document-private-items"]);
    toolbox::run(doc.env("RUSTDOCFLAGS", "--deny warnings"))?;
    Ok(Passed::Plain)
}

fn documentation_examples(checkout: &Checkout) -> Result<Passed> {
    toolbox::run(&mut cargo(&checkout.root, &["test", "--workspace", "--doc", "--quiet"]))?;
    Ok(Passed::Plain)
}

fn advisories(checkout: &Checkout) -> Result<Passed> {
    if toolbox::find("cargo-deny").is_none() {
        return Ok(Passed::Skipped(
            "cargo-deny is not installed (`cargo install cargo-deny --locked`)".to_owned(),
        ));
    }
    toolbox::run(&mut cargo(&checkout.root, &["deny", "check"]))?;
    Ok(Passed::Plain)
}

fn rust_tests(checkout: &Checkout) -> Result<Passed> {
    if toolbox::find("cargo-nextest").is_none() {
        toolbox::run(&mut cargo(&checkout.root, &["test", "--workspace", "--lib", "--bins", "--tests"]))?;
        return Ok(Passed::Saying("by `cargo test`: cargo-nextest is not installed".to_owned()));
    }
    let mut nextest = cargo(&checkout.root, &["nextest", "run", "--workspace", "--no-fail-fast"]);
    let (counted, outcome) = toolbox::run_watching(&mut nextest, |line| line.contains("Summary ["));
    outcome?;
    Ok(counted.map_or(Passed::Plain, Passed::Saying))
}

fn browser_stories(checkout: &Checkout) -> Result<Passed> {
    let mut stories = npm(&checkout.root, &["run", "--silent", "stories"]);
    stories
        .env("KHIW_BIN", toolbox::target_folder(&checkout.root)?.join("debug/khiw"))
        .env("CHROMIUM_BIN", toolbox::need_chromium()?);
    toolbox::run(&mut stories)?;
    Ok(Passed::Plain)
}
