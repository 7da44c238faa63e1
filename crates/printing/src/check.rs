//! What a site's papers would lack, before anything is printed: mistakes in its templates, papers that become too long,
//! characters that no font has. Must not print.

use khiw_domain::config::{Names, SiteConfig};
use khiw_domain::id::Language;

use crate::fonts::MissingCharacter;
use crate::paper::{PaperKind, TicketPaper};
use crate::render::{PAPER_ROWS_MAX, PaperWidth, Renderer};
use crate::template::TemplateProblem;
use crate::templates::{Templates, TicketsProblem};
use crate::wording::Wording;

/// What was found. Problems must be mended; a missing character is printed as a box.
#[derive(Debug, Default)]
pub struct SiteCheck {
    pub problems: Vec<TicketsProblem>,
    pub missing: Vec<MissingCharacter>,
}

/// Looks through everything a site's papers can say, in all its languages.
pub fn site(config: &SiteConfig, renderer: &mut Renderer) -> SiteCheck {
    let mut templates = Templates::default();
    let mut problems = templates.renew(&config.tickets.templates, &config.tickets.pictures);
    problems.extend(PaperKind::ALL.into_iter().filter_map(|kind| too_long(&templates, kind, renderer)));
    let mut texts: Vec<(String, &str)> = names(config).chain(templates.letters()).collect();
    texts.extend(config.languages.iter().flat_map(|language| words_of(*language)));
    SiteCheck { problems, missing: renderer.missing_characters(texts) }
}

/// A site's own template that does not fit on the paper.
fn too_long(templates: &Templates, kind: PaperKind, renderer: &mut Renderer) -> Option<TicketsProblem> {
    if !templates.is_own(kind) {
        return None;
    }
    let paper = TicketPaper::sample(kind, "th");
    let rendered = renderer.render_with(templates.in_force(kind), &paper, PaperWidth::Dots384);
    let metres = f64::from(PAPER_ROWS_MAX) / 8_000.0;
    let problem = format!("prints more than {metres} m of paper, and the rest would be missing: shorten it");
    let problem = TemplateProblem::whole("", problem);
    rendered.cut_short.then_some(TicketsProblem { template: Some(kind), problem })
}

fn words_of<'a>(language: Language) -> impl Iterator<Item = (String, &'a str)> {
    let code = language.code();
    let placed = move |(key, text): (&str, &'a str)| (format!("locales/paper/{code}.toml: {key}"), text);
    Wording::of(code).texts().map(placed)
}

/// Every name of the site that can stand on paper, with its place in the site's file.
fn names(config: &SiteConfig) -> impl Iterator<Item = (String, &str)> {
    let agencies = config
        .agencies
        .iter()
        .flat_map(|agency| texts(format!("agencies[{}].name", agency.id), &agency.name));
    let services = config.services.iter().flat_map(|service| {
        let path = format!("services[{}]", service.id);
        let documents = service.documents.iter().flat_map({
            let path = path.clone();
            move |document| texts(format!("{path}.documents"), document)
        });
        let forwarded = service.forwarded_to.iter().flat_map({
            let path = path.clone();
            move |to| texts(format!("{path}.forwarded_to"), to)
        });
        texts(format!("{path}.name"), &service.name).chain(documents).chain(forwarded)
    });
    let counters = config.counters.iter().flat_map(|counter| {
        let label = (format!("counters[{}].label", counter.id), counter.label.as_str());
        texts(format!("counters[{}].place", counter.id), &counter.place).chain(std::iter::once(label))
    });
    let prefixes = config
        .queues
        .iter()
        .map(|queue| (format!("queues[{}].prefix", queue.id), queue.series.prefix.as_str()));
    texts("site.name".to_owned(), &config.name)
        .chain(texts("tickets.message".to_owned(), &config.tickets.message))
        .chain(agencies)
        .chain(services)
        .chain(counters)
        .chain(prefixes)
}

fn texts(path: String, names: &Names) -> impl Iterator<Item = (String, &str)> {
    names.iter().map(move |(language, text)| (format!("{path}.{}", language.code()), text.as_str()))
}

#[cfg(test)]
mod tests {
    use khiw_domain::sample;

    use super::*;

    #[test]
    fn the_sample_site_lacks_nothing() {
        let check = site(&sample::site(), &mut Renderer::new());
        assert!(check.problems.is_empty() && check.missing.is_empty(), "{check:?}");
    }

    #[test]
    fn our_own_words_lack_nothing_in_any_language() {
        let mut config = sample::site();
        config.languages = Language::ALL.to_vec();
        assert_eq!(site(&config, &mut Renderer::new()).missing, []);
    }

    #[test]
    fn a_character_no_font_has_is_named_with_its_place() {
        let mut config = sample::site();
        config.services[0].name.insert(Language::Zh, "霾苗登记".to_owned());
        config.tickets.templates.insert(
            "ticket".to_owned(),
            "[[block]]\nhuge = '{number}'\n[[block]]\ntext = '☂ {office}'\n".to_owned(),
        );
        let check = site(&config, &mut Renderer::new());
        let told: Vec<String> =
            check.missing.iter().map(|lack| format!("{} {}", lack.character, lack.place)).collect();
        assert_eq!(
            told,
            ["☂ tickets.ticket: block 2", "苗 services[birth].name.zh", "霾 services[birth].name.zh"]
        );
    }

    #[test]
    fn a_template_that_fills_half_a_metre_is_told() {
        let mut config = sample::site();
        let long = "[[block]]\nhuge = '{number}'\n".to_owned() + &"[[block]]\nspace = 400\n".repeat(20);
        config.tickets.templates.insert("ticket".to_owned(), long);
        let problems = site(&config, &mut Renderer::new()).problems;
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            ["tickets.ticket: prints more than 0.5 m of paper, and the rest would be missing: shorten it"]
        );
    }
}
