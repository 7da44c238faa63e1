//! What a site's papers look like and when there are any.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Names;
use crate::id::DeviceId;

/// Longest template of a paper, in bytes.
pub const TEMPLATE_BYTES_MAX: usize = 32 * 1024;
/// Largest PNG of a paper. It travels with the configuration, so that every machine prints the same.
pub const PICTURE_BYTES_MAX: usize = 128 * 1024;
/// Pictures of one site.
pub const PICTURES_MAX: usize = 4;

/// What the site's papers look like, where they differ from the usual ones. Templates and pictures are opaque here: what
/// they mean is the business of printing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tickets {
    /// Templates of the site's own, as text, by the kind of paper; a kind without one is printed as built in.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub templates: BTreeMap<String, String>,
    /// Kinds whose text was last changed in the running hall: the site's file does not know of it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub edited: BTreeSet<String>,
    /// PNG files in base64 by the name templates use.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub pictures: BTreeMap<String, String>,
    /// Message of the day, printed on every ticket.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub message: Names,
    /// Dates, times and counts in Thai figures on Thai papers.
    pub thai_digits: bool,
    pub year: Year,
    /// Kiosks that give no paper, on purpose: the number on the screen is the ticket.
    #[serde(skip_serializing_if = "Paperless::is_nobody")]
    pub paperless: Paperless,
    /// Papers besides tickets that are printed when there is occasion.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub also: BTreeSet<AlsoPrinted>,
}

impl Tickets {
    /// Changes one kind of paper in the running hall; none: as built in.
    pub fn edit(&mut self, kind: &str, text: Option<String>) {
        self.edited.insert(kind.to_owned());
        self.set(kind, text);
    }

    /// Takes over what was changed in the running hall, when it is declared anew from a file. Gives the kinds
    /// of which the file says something else.
    pub fn keep_edits(&mut self, in_force: &Self) -> Vec<String> {
        let mut kept = Vec::new();
        for kind in &in_force.edited {
            let text = in_force.templates.get(kind).cloned();
            if self.templates.get(kind) != text.as_ref() {
                kept.push(kind.clone());
                self.edit(kind, text);
            }
        }
        kept
    }

    fn set(&mut self, kind: &str, text: Option<String>) {
        match text {
            Some(text) => drop(self.templates.insert(kind.to_owned(), text)),
            None => drop(self.templates.remove(kind)),
        }
    }

    /// Whether nothing differs: then it is not written, and configurations without it stay as they were.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// Which kiosks give no paper.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paperless {
    #[default]
    Nobody,
    Everybody,
    Devices(Vec<DeviceId>),
}

impl Paperless {
    fn is_nobody(&self) -> bool {
        *self == Self::Nobody
    }

    /// Whether this kiosk is one; none: a kiosk without a name.
    pub fn includes(&self, device: Option<&DeviceId>) -> bool {
        match self {
            Self::Nobody => false,
            Self::Everybody => true,
            Self::Devices(devices) => device.is_some_and(|device| devices.contains(device)),
        }
    }
}

/// A paper that a site prints only if it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlsoPrinted {
    /// At a kiosk, when a visitor asks for it: why a service gives no number now, and when again.
    Closed,
    /// When a receive-and-forward service is completed: what was passed on, and to whom.
    Forward,
    /// When a clerk sends a ticket on to another queue.
    Transfer,
}

/// In which era papers write years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Year {
    /// Thai in the Buddhist Era, all others in the Common Era.
    #[default]
    ByLanguage,
    /// Buddhist Era in every language.
    Be,
    /// Common Era in every language.
    Ce,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_changed_in_the_hall_outlasts_the_file_until_the_file_says_the_same() {
        let own = |text: &str| Tickets {
            templates: BTreeMap::from([("ticket".to_owned(), text.to_owned())]),
            ..Tickets::default()
        };
        let mut in_force = own("of the file");
        in_force.edit("ticket", Some("of the page".to_owned()));
        in_force.edit("closed", None);

        let mut declared = own("of the file");
        assert_eq!(declared.keep_edits(&in_force), ["ticket"]);
        assert_eq!(declared.templates["ticket"], "of the page");
        assert!(declared.edited.contains("ticket"));

        let mut agreeing = own("of the page");
        assert!(agreeing.keep_edits(&in_force).is_empty());
        assert!(agreeing.edited.is_empty(), "the file is the one text again");
    }
}
