//! The files of a site: `include` followed, their tables joined into one. Reads files only through [`Files`], so that
//! disk and built-in files behave alike; the disk's stands here.

use std::fs::File;
use std::io::Read as _;

use crate::error::Problems;
use crate::tree::{self, Entry, Place, Value};

/// A site of more files is a mistake (an include that leads in circles through other folders).
pub(crate) const FILES_MAX: usize = 64;
/// A file beyond this is no site file.
pub(crate) const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Sections that several files may add to; all others stand in one file.
const JOINED: [&str; 11] = [
    "hours",
    "holidays",
    "agencies",
    "zones",
    "queues",
    "services",
    "service_groups",
    "profiles",
    "counters",
    "printers",
    "documents",
];

/// Where files come from, by their names.
pub(crate) trait Files {
    /// A file's text; `None` when there is none or it is no UTF-8 text.
    fn text(&self, name: &str) -> Option<String>;

    /// A file's bytes, at most one more than `bytes_max`; `None` when there is none.
    fn bytes(&self, name: &str, bytes_max: usize) -> Option<Vec<u8>>;
}

/// Files given by a function, all of them text.
pub(crate) struct Given<'a>(pub &'a dyn Fn(&str) -> Option<String>);

impl Files for Given<'_> {
    fn text(&self, name: &str) -> Option<String> {
        (self.0)(name)
    }

    fn bytes(&self, name: &str, bytes_max: usize) -> Option<Vec<u8>> {
        let mut bytes = (self.0)(name)?.into_bytes();
        bytes.truncate(bytes_max + 1);
        Some(bytes)
    }
}

/// Files on the disk. What is no regular file is none: a device never ends, a pipe never begins. Of one that is too
/// long so much is read that its length is seen.
pub(crate) struct Disk;

impl Files for Disk {
    fn text(&self, name: &str) -> Option<String> {
        let bytes = self.bytes(name, FILE_BYTES_MAX)?;
        if bytes.len() > FILE_BYTES_MAX {
            // Cut anywhere, perhaps inside a character; nobody reads it.
            return Some(String::from_utf8_lossy(&bytes).into_owned());
        }
        String::from_utf8(bytes).ok()
    }

    fn bytes(&self, name: &str, bytes_max: usize) -> Option<Vec<u8>> {
        if !std::fs::metadata(name).ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        File::open(name).ok()?.take(bytes_max as u64 + 1).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

/// All files' entries as one table, includes after the file that names them.
pub(crate) fn gather(name: &str, source: &dyn Files, problems: &Problems) -> Option<Vec<Entry>> {
    let start = Place { file: name.into(), line: 0 };
    let mut gathered = Gathered { source, problems, files: Vec::new(), joined: Vec::new() };
    gathered.file(name, &start, "(file)").then_some(gathered.joined)
}

struct Gathered<'a> {
    source: &'a dyn Files,
    problems: &'a Problems,
    files: Vec<String>,
    joined: Vec<Entry>,
}

impl Gathered<'_> {
    /// False when a file is missing or no TOML: judging the rest would only list what follows from that.
    fn file(&mut self, name: &str, asked_at: &Place, key: &str) -> bool {
        if self.files.iter().any(|file| file == name) {
            self.problems.add(asked_at, key, format!("`{name}` is included twice: remove one of the two"));
            return false;
        }
        if self.files.len() == FILES_MAX {
            self.problems.add(asked_at, key, format!("more than {FILES_MAX} files: join some"));
            return false;
        }
        self.files.push(name.to_owned());
        let Some(text) = self.source.text(name) else {
            let problem = format!("`{name}` cannot be read: is it there, a regular file, and UTF-8 text?");
            self.problems.add(asked_at, key, problem);
            return false;
        };
        if text.len() > FILE_BYTES_MAX {
            let problem = format!("`{name}` is longer than {} MiB: split it", FILE_BYTES_MAX >> 20);
            self.problems.add(asked_at, key, problem);
            return false;
        }
        match tree::parse(name, &text, self.problems) {
            Some(entries) => self.join(name, entries),
            None => false,
        }
    }

    fn join(&mut self, name: &str, entries: Vec<Entry>) -> bool {
        let mut includes = Vec::new();
        for entry in entries {
            if entry.key == "include" {
                includes = self.includes(entry);
            } else {
                self.add(entry);
            }
        }
        // Not `all`: every include's problems are wanted.
        let mut whole = true;
        for (include, place) in includes {
            whole &= self.file(&beside(name, &include), &place, "include");
        }
        whole
    }

    fn includes(&self, entry: Entry) -> Vec<(String, Place)> {
        let wrong = |place: &Place| {
            self.problems.add(
                place,
                "include",
                "write a list of files: include = [\"../calendars/th.toml\"]",
            );
        };
        let Value::List(items) = entry.node.value else {
            wrong(&entry.place);
            return Vec::new();
        };
        let mut files = Vec::new();
        for item in items {
            match item.value {
                Value::Text(file) => files.push((file, item.place)),
                _ => wrong(&item.place),
            }
        }
        files
    }

    fn add(&mut self, entry: Entry) {
        let Some(earlier) = self.joined.iter_mut().find(|earlier| earlier.key == entry.key) else {
            self.joined.push(entry);
            return;
        };
        let joinable = JOINED.contains(&entry.key.as_str());
        match (&mut earlier.node.value, entry.node.value) {
            (Value::List(items), Value::List(more)) if joinable => items.extend(more),
            (Value::Table(items), Value::Table(more)) if joinable => items.extend(more),
            _ => {
                let Place { file, line } = &earlier.place;
                let problem = format!("stands already at {file}:{line}: keep one of the two");
                self.problems.add(&entry.place, &entry.key, problem);
            }
        }
    }
}

/// What a file names, seen from the folder of `file`, with `.` and `..` resolved.
pub(crate) fn beside(file: &str, include: &str) -> String {
    let absolute = include.starts_with('/');
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = if absolute { include.to_owned() } else { format!("{folder}/{include}") };
    let rooted = absolute || file.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if rooted { format!("/{joined}") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn an_include_is_seen_from_the_folder_of_its_file() {
        assert_eq!(beside("sites/a.toml", "../calendars/th.toml"), "calendars/th.toml");
        assert_eq!(beside("a.toml", "./b.toml"), "b.toml");
        assert_eq!(beside("../a.toml", "../b.toml"), "../../b.toml");
        assert_eq!(beside("/etc/khiw/a.toml", "b/c.toml"), "/etc/khiw/b/c.toml");
        assert_eq!(beside("sites/a.toml", "/etc/th.toml"), "/etc/th.toml");
    }
}
