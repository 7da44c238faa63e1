//! The pages: their packages, the client generated from the server's OpenAPI,
//! and the build. Each step is left out when nothing it reads has changed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::inputs::up_to_date_or;
use crate::terminal;
use crate::toolbox::{self, npm};

/// Pages with a `dist/` that goes into the binary.
pub const PAGES: &[&str] = &["kiosk-ui", "display-ui", "staff-ui"];

/// Crates whose source the HTTP description is made from.
const DESCRIBED_BY: &[&str] = &["domain", "config", "journal", "dispatcher", "printing", "server"];

/// The HTTP description, where the pages' generator reads it.
pub fn openapi_path(root: &Path) -> PathBuf {
    root.join("target/openapi.json")
}

/// `npm ci` when node_modules is missing or of another lock.
pub fn install(root: &Path) -> Result<bool> {
    toolbox::need_node()?;
    if installed_as_locked(root) {
        return Ok(false);
    }
    toolbox::run(&mut npm(root, &["ci", "--loglevel", "error"]))?;
    Ok(true)
}

/// Writes target/openapi.json with a built `openapi` example.
pub fn describe(root: &Path, example: &Path) -> Result<()> {
    let printed = toolbox::output(&mut std::process::Command::new(example))?;
    let path = openapi_path(root);
    // Unchanged text keeps its time and hash: the client is then not made again.
    if std::fs::read(&path).ok().as_deref() != Some(printed.as_slice()) {
        let folder = path.parent().context("a file under target has a folder")?;
        std::fs::create_dir_all(folder)?;
        std::fs::write(&path, printed).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// What `describe` depends on, for callers that want to leave it out.
pub fn described_by(root: &Path) -> Vec<PathBuf> {
    let crates = DESCRIBED_BY.iter().flat_map(|name| {
        let folder = root.join("crates").join(name);
        [folder.join("src"), folder.join("examples"), folder.join("Cargo.toml")]
    });
    crates.chain([root.join("Cargo.lock")]).collect()
}

/// The typed client from target/openapi.json.
pub fn generate(root: &Path) -> Result<bool> {
    let client = root.join("ui-kit/src/generated/api.d.ts");
    let inputs = [openapi_path(root), root.join("package-lock.json"), root.join("ui-kit/package.json")];
    let folder = client.parent().context("the client has a folder")?;
    std::fs::create_dir_all(folder)?;
    up_to_date_or(&client, &inputs, || toolbox::run(&mut npm(root, &["run", "--silent", "generate"])))
}

/// Every page's `dist/`.
pub fn build(root: &Path) -> Result<usize> {
    let mut built = 0;
    for page in PAGES {
        let inputs =
            [*page, "ui-kit", "config/locales", "package-lock.json", "package.json", "tsconfig.base.json"]
                .map(|input| root.join(input));
        built += usize::from(up_to_date_or(&root.join(page).join("dist"), &inputs, || {
            terminal::note(page);
            let workspace = format!("@khiw/{page}");
            toolbox::run(&mut npm(root, &["run", "--silent", "build", "--workspace", &workspace]))
        })?);
    }
    Ok(built)
}

/// Compares what npm says it installed with the lock, package by package.
fn installed_as_locked(root: &Path) -> bool {
    let read = |path: &str| -> Option<Value> {
        serde_json::from_str(&std::fs::read_to_string(root.join(path)).ok()?).ok()
    };
    match (read("package-lock.json"), read("node_modules/.package-lock.json")) {
        (Some(locked), Some(installed)) => same_packages(&locked, &installed),
        _ => false,
    }
}

fn same_packages(locked: &Value, installed: &Value) -> bool {
    let (Some(locked), Some(installed)) = (locked["packages"].as_object(), installed["packages"].as_object())
    else {
        return false;
    };
    let all_there = locked.iter().all(|(path, package)| {
        // Our own packages are links; one for another processor is rightly not there.
        let ours = !path.starts_with("node_modules/") || package["link"] == true;
        let elsewhere = package["optional"] == true && !installed.contains_key(path);
        ours || elsewhere || installed.get(path).is_some_and(|there| there["version"] == package["version"])
    });
    let none_more = installed.keys().all(|path| locked.contains_key(path));
    all_there && none_more
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lock(packages: &Value) -> Value {
        json!({ "packages": packages })
    }

    #[test]
    fn packages_as_locked_need_no_install() {
        let locked = lock(&json!({
            "": {"name": "khiw-pages"}, "ui-kit": {"version": "0.1.0"},
            "node_modules/@khiw/ui-kit": {"link": true},
            "node_modules/svelte": {"version": "5.0.0"},
            "node_modules/rolldown-arm": {"version": "1.0.0", "optional": true}
        }));
        let installed = lock(&json!({ "node_modules/svelte": {"version": "5.0.0"} }));
        assert!(same_packages(&locked, &installed));
    }

    #[test]
    fn another_version_a_missing_or_an_extra_package_needs_one() {
        let locked = lock(&json!({ "node_modules/svelte": {"version": "5.0.0"} }));
        let older = lock(&json!({ "node_modules/svelte": {"version": "4.0.0"} }));
        let extra = lock(&json!({
            "node_modules/svelte": {"version": "5.0.0"}, "node_modules/gone": {"version": "1.0.0"}
        }));
        assert!(!same_packages(&locked, &older));
        assert!(!same_packages(&locked, &lock(&json!({}))));
        assert!(!same_packages(&locked, &extra));
    }
}
