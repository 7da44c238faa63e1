//! What the kiosk's and the lobby's page make a browser load: gzip bytes of their script, and of
//! all that imports. Measured on the built files, so that the budget is about
//! what visitors get. Another page in the same folder costs a kiosk nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::toolbox;

/// Pages on small computers, by folder, and all the script that each may bring.
const BUDGETS: [(&str, u64); 2] = [("kiosk-ui", 40 * 1024), ("display-ui", 60 * 1024)];

/// The built name of a page's script; a phone's is another.
const FIRST_SCRIPT: &str = "index-";

/// Fails when a page brings more than its budget; says how much each brings.
pub fn check(root: &Path) -> Result<String> {
    toolbox::need_node()?;
    let told = BUDGETS.iter().map(|(page, bytes_max)| of_page(root, page, *bytes_max));
    Ok(told.collect::<Result<Vec<_>>>()?.join(", "))
}

fn of_page(root: &Path, page: &str, bytes_max: u64) -> Result<String> {
    let scripts = built_scripts(&root.join(page).join("dist"))?;
    let loaded = loaded_by(FIRST_SCRIPT, &scripts);
    ensure!(
        !loaded.is_empty(),
        "{page}/dist has no script named `{FIRST_SCRIPT}…`: has the page's script a new name?"
    );
    let mut bytes = 0;
    for name in loaded {
        bytes += gzip_bytes(scripts[name].as_bytes())?;
    }
    ensure!(
        bytes <= bytes_max,
        "{page} brings {bytes} bytes of script (gzip), {bytes_max} are allowed: \
         load what the first screen does not need later, or leave it out"
    );
    Ok(format!("{page} {:.1} of {} KiB gzip", bytes as f64 / 1024.0, bytes_max / 1024))
}

/// The built scripts by file name.
fn built_scripts(dist: &Path) -> Result<BTreeMap<String, String>> {
    let mut scripts = BTreeMap::new();
    for entry in
        std::fs::read_dir(dist).with_context(|| format!("{}: build the pages first", dist.display()))?
    {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "js") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            scripts.insert(name, std::fs::read_to_string(&path)?);
        }
    }
    Ok(scripts)
}

/// The page's `first` script and all that it imports at once.
fn loaded_by<'a>(first: &str, scripts: &'a BTreeMap<String, String>) -> BTreeSet<&'a str> {
    let mut loaded = BTreeSet::new();
    let mut next: Vec<&str> =
        scripts.keys().map(String::as_str).filter(|name| name.starts_with(first)).collect();
    while let Some(name) = next.pop() {
        if loaded.insert(name) {
            let text = &scripts[name];
            next.extend(scripts.keys().map(String::as_str).filter(|other| imports(text, other)));
        }
    }
    loaded
}

/// Whether the script needs the other before it runs; `import("./x")` fetches it when it is wanted.
fn imports(text: &str, other: &str) -> bool {
    ["from\"./", "from'./", "from`./", "import\"./", "import'./", "import`./"]
        .iter()
        .any(|way| text.contains(&format!("{way}{other}")))
}

/// Node.js is here for the pages anyway, and has the compressor browsers expect.
fn gzip_bytes(script: &[u8]) -> Result<u64> {
    const PROGRAM: &str = "const all = []; process.stdin.on('data', (part) => all.push(part)).on('end', () => \
         console.log(require('zlib').gzipSync(Buffer.concat(all), { level: 9 }).length));";
    let mut node = Command::new("node")
        .args(["-e", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start node")?;
    node.stdin.take().context("the input was asked for")?.write_all(script)?;
    let printed = node.wait_with_output()?;
    Ok(String::from_utf8(printed.stdout)?.trim().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kiosk_loads_its_script_and_what_that_imports_but_no_other_page() {
        let scripts: BTreeMap<String, String> = [
            ("index-1.js", "import{a}from\"./shared-3.js\";const later=()=>import(\"./voice-4.js\")"),
            ("ticket-2.js", "import\"./shared-3.js\""),
            ("shared-3.js", "import\"./words-5.js\""),
            ("voice-4.js", ""),
            ("words-5.js", ""),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into();
        let loaded: Vec<_> = loaded_by(FIRST_SCRIPT, &scripts).into_iter().collect();
        assert_eq!(loaded, ["index-1.js", "shared-3.js", "words-5.js"]);
    }
}
