//! Is it up to date? A product is remembered with a hash of what it was made
//! from; the hash changes with any byte or file name, not with times.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that hold products or foreign code, never inputs.
const NOT_INPUTS: &[&str] = &["node_modules", "dist", "generated", "target"];

/// Does `make` unless `product` exists and was made from the same `inputs`
/// (files or folders); says whether it was made.
pub fn up_to_date_or(product: &Path, inputs: &[PathBuf], make: impl FnOnce() -> Result<()>) -> Result<bool> {
    let made_from = hash(inputs)?;
    let mark = mark_of(product);
    let remembered = std::fs::read_to_string(&mark).unwrap_or_default();
    if product.exists() && remembered == made_from {
        return Ok(false);
    }
    make()?;
    std::fs::write(&mark, made_from).with_context(|| mark.display().to_string())?;
    Ok(true)
}

/// Inside a folder, beside a file: removed together with the product.
fn mark_of(product: &Path) -> PathBuf {
    if product.extension().is_none() {
        return product.join(".made-from");
    }
    let mut name = product.file_name().unwrap_or_default().to_os_string();
    name.push(".made-from");
    product.with_file_name(name)
}

fn hash(inputs: &[PathBuf]) -> Result<String> {
    let mut files = BTreeMap::new();
    for input in inputs {
        collect(input, &mut files)?;
    }
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    Ok(format!("{:016x}\n", hasher.finish()))
}

fn collect(input: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    let name = input.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if NOT_INPUTS.contains(&name.as_str()) {
        return Ok(());
    }
    if input.is_dir() {
        for entry in std::fs::read_dir(input).with_context(|| input.display().to_string())? {
            collect(&entry?.path(), files)?;
        }
    } else if input.is_file() {
        let bytes = std::fs::read(input).with_context(|| input.display().to_string())?;
        files.insert(input.to_path_buf(), bytes);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for one test, removed at its end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("khiw-xtask-{}-{name}", std::process::id()));
            std::fs::create_dir_all(path.join("from")).expect("the temporary folder is writable");
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn build(folder: &Folder) -> bool {
        let product = folder.0.join("made.json");
        up_to_date_or(&product, &[folder.0.join("from")], || Ok(std::fs::write(&product, "made")?)).unwrap()
    }

    #[test]
    fn what_was_made_from_the_same_is_not_made_again() {
        let folder = Folder::new("same");
        std::fs::write(folder.0.join("from/a"), "1").unwrap();
        assert!(build(&folder));
        assert!(!build(&folder));
    }

    #[test]
    fn a_changed_added_or_renamed_input_makes_it_again() {
        let folder = Folder::new("changed");
        std::fs::write(folder.0.join("from/a"), "1").unwrap();
        build(&folder);
        std::fs::write(folder.0.join("from/a"), "2").unwrap();
        assert!(build(&folder), "changed");
        std::fs::write(folder.0.join("from/b"), "").unwrap();
        assert!(build(&folder), "added");
        std::fs::rename(folder.0.join("from/b"), folder.0.join("from/c")).unwrap();
        assert!(build(&folder), "renamed");
    }

    #[test]
    fn a_lost_product_is_made_again() {
        let folder = Folder::new("lost");
        build(&folder);
        std::fs::remove_file(folder.0.join("made.json")).unwrap();
        assert!(build(&folder));
    }
}
