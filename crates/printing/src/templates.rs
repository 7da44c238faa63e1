//! The templates in force for one site: built-in ones, and the site's own where it has them. A mistake in a new text
//! keeps the old template in force.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Serialize;

use crate::logo::Pictures;
use crate::paper::PaperKind;
use crate::template::{Template, TemplateProblem, hint};

/// A reprint is drawn by the ticket's template unless a site has one of its own.
const BUILT_IN: [(PaperKind, &str); 4] = [
    (PaperKind::Ticket, include_str!("../../../config/tickets/ticket.toml")),
    (PaperKind::Forward, include_str!("../../../config/tickets/forward.toml")),
    (PaperKind::Closed, include_str!("../../../config/tickets/closed.toml")),
    (PaperKind::Test, include_str!("../../../config/tickets/test.toml")),
];

static PARSED: LazyLock<BTreeMap<PaperKind, Arc<Template>>> = LazyLock::new(|| {
    let parse = |(kind, text): &(PaperKind, &str)| {
        let template = Template::parse(*kind, text, &Pictures::default());
        (*kind, Arc::new(template.expect("the files are part of the program and a test parses them all")))
    };
    BUILT_IN.iter().map(parse).collect()
});

/// The text of a built-in template: a start for one of one's own. Of a reprint, that of the ticket.
pub fn built_in(kind: PaperKind) -> &'static str {
    let of = |wanted| BUILT_IN.iter().find(|(kind, _)| *kind == wanted).map(|(_, text)| *text);
    of(kind).or_else(|| of(PaperKind::Ticket)).unwrap_or_default()
}

/// What is wrong with one of a site's templates, or with the list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketsProblem {
    /// Which template, as in `[tickets]`; absent: it is none's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<PaperKind>,
    #[serde(flatten)]
    pub problem: TemplateProblem,
}

impl std::fmt::Display for TicketsProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.template {
            Some(kind) => write!(f, "tickets.{kind}: {}", self.problem),
            None => write!(f, "tickets: {}", self.problem),
        }
    }
}

/// The templates of one site.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    own: BTreeMap<PaperKind, Arc<Template>>,
    pictures: Pictures,
}

impl Templates {
    /// The template by which this kind of paper is drawn.
    pub fn in_force(&self, kind: PaperKind) -> &Template {
        let asked = if kind == PaperKind::Reprint { &[kind, PaperKind::Ticket][..] } else { &[kind][..] };
        let own = asked.iter().find_map(|kind| self.own.get(kind));
        let built_in = || asked.iter().find_map(|kind| PARSED.get(kind));
        own.or_else(built_in).expect("every kind but the reprint is built in")
    }

    /// Whether this kind is drawn by a template of the site's own.
    pub fn is_own(&self, kind: PaperKind) -> bool {
        self.own.contains_key(&kind)
    }

    /// The pictures templates may name.
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// Puts a text in force; with a mistake the old template stays.
    pub fn replace(&mut self, kind: PaperKind, text: &str) -> Result<(), Vec<TemplateProblem>> {
        let template = Template::parse(kind, text, &self.pictures)?;
        self.own.insert(kind, Arc::new(template));
        Ok(())
    }

    /// Back to the built-in template.
    pub fn remove(&mut self, kind: PaperKind) {
        self.own.remove(&kind);
    }

    /// Puts a site's texts (by kind) and pictures (PNG in base64, by name) in force: kinds that are not named are the
    /// built-in ones again, and one with a mistake stays as it was. All problems are given.
    pub fn renew(
        &mut self,
        texts: &BTreeMap<String, String>,
        pictures: &BTreeMap<String, String>,
    ) -> Vec<TicketsProblem> {
        let (pictures, wrong) = Pictures::decode(pictures);
        let mut problems: Vec<TicketsProblem> =
            wrong.into_iter().map(|problem| TicketsProblem { template: None, problem }).collect();
        self.pictures = pictures;
        self.own.retain(|kind, _| texts.contains_key(kind.code()));
        for (code, text) in texts {
            let Some(kind) = PaperKind::parse(code) else {
                let known = PaperKind::ALL.iter().map(|kind| kind.code());
                let problem = TemplateProblem::whole(code, format!("is no paper: {}", hint(code, known)));
                problems.push(TicketsProblem { template: None, problem });
                continue;
            };
            if let Err(wrong) = self.replace(kind, text) {
                let of_kind = |problem| TicketsProblem { template: Some(kind), problem };
                problems.extend(wrong.into_iter().map(of_kind));
            }
        }
        problems
    }

    /// The letters the templates in force print themselves, each with its place.
    pub(crate) fn letters(&self) -> impl Iterator<Item = (String, &str)> {
        PaperKind::ALL.into_iter().filter(|kind| *kind != PaperKind::Reprint || self.is_own(*kind)).flat_map(
            |kind| {
                let letters = self.in_force(kind).letters();
                letters.map(move |(block, letters)| (format!("tickets.{kind}: block {block}"), letters))
            },
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    const OWN: &str = "[[block]]\nhuge = \"{number}\"\n";

    #[test]
    fn every_built_in_template_is_without_mistakes() {
        assert_eq!(PARSED.len(), BUILT_IN.len());
        for kind in PaperKind::ALL {
            assert!(!Templates::default().in_force(kind).blocks.is_empty(), "{kind}");
            assert!(Template::parse(kind, built_in(kind), &Pictures::default()).is_ok(), "{kind}");
        }
    }

    #[test]
    fn a_mistake_keeps_the_old_template_in_force() {
        let mut templates = Templates::default();
        templates.replace(PaperKind::Ticket, OWN).unwrap();
        let old = templates.in_force(PaperKind::Ticket).clone();
        let problems = templates.replace(PaperKind::Ticket, "[[block]]\nhuge = \"{nmber}\"\n").unwrap_err();
        assert_eq!(
            problems[0].to_string(),
            "line 2: block 1 (huge): huge: `{nmber}` is no variable: did you mean `number`?"
        );
        assert_eq!(*templates.in_force(PaperKind::Ticket), old);
        templates.remove(PaperKind::Ticket);
        assert_eq!(templates.in_force(PaperKind::Ticket), Templates::default().in_force(PaperKind::Ticket));
    }

    #[test]
    fn a_reprint_looks_like_the_ticket_unless_it_has_its_own() {
        let mut templates = Templates::default();
        templates.replace(PaperKind::Ticket, OWN).unwrap();
        assert_eq!(templates.in_force(PaperKind::Reprint), templates.in_force(PaperKind::Ticket));
        templates.replace(PaperKind::Reprint, built_in(PaperKind::Ticket)).unwrap();
        assert_ne!(templates.in_force(PaperKind::Reprint), templates.in_force(PaperKind::Ticket));
    }

    #[test]
    fn renewing_names_every_problem_and_keeps_what_is_whole() {
        let mut templates = Templates::default();
        let texts = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(kind, text)| ((*kind).to_owned(), (*text).to_owned())).collect()
        };
        assert_eq!(templates.renew(&texts(&[("ticket", OWN), ("test", OWN)]), &BTreeMap::new()), []);
        let wrong = texts(&[("ticket", "[[block]]\n"), ("tset", OWN), ("closed", OWN)]);
        let pictures = texts(&[("logo", "bm90IGEgcG5n")]);
        let told: Vec<String> = templates.renew(&wrong, &pictures).iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 3, "{told:#?}");
        assert!(told[0].starts_with("tickets: pictures.logo: is no PNG"), "{told:#?}");
        assert!(told[1].starts_with("tickets.ticket: line 1: block 1: says not what it is"), "{told:#?}");
        assert!(told[2].contains("tset: is no paper: did you mean `test`?"), "{told:#?}");
        assert!(templates.is_own(PaperKind::Ticket), "the old one stays");
        assert!(!templates.is_own(PaperKind::Test), "no longer named");
        assert!(templates.is_own(PaperKind::Closed));
    }
}
