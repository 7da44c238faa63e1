//! The whole site: reads every section in an order in which ids are declared before they are referred to.
//! Each section's own reading stands in its module.

use khiw_domain::config::{Names, PromiseRule, Rules, SiteConfig, StartRule};
use khiw_domain::id::{Language, SiteId};

use crate::error::Problems;
use crate::fields::{Fields, Reading, unknown_language};
use crate::source::Files;
use crate::tree::{Entry, Node, Place, Value};
use crate::{codes, counters, hours, printers, queues, services, tickets};

/// Longest accepted base address of ticket links: it must fit a QR that a thermal printer can show.
const ADDRESS_CHARACTERS_MAX: usize = 200;

/// `None` when not even `[site]` is there; problems say so.
pub(crate) fn read(
    file: &str,
    entries: Vec<Entry>,
    files: &dyn Files,
    problems: &Problems,
) -> Option<SiteConfig> {
    let place = Place { file: file.into(), line: 1 };
    let root_node = Node { place, value: Value::Table(entries) };
    let unread = Reading { problems, files, required: Vec::new() };
    let languages = offered(&root_node, &unread);
    let reading = Reading { required: required(&root_node, &languages, &unread), ..unread };
    let root = Fields::of(&reading, "", &root_node)?;
    let site = Fields::of(&reading, "site", root.need("site", "{ … }, as a section [site]")?)?;
    let config = sections(&root, &site, &reading, languages);
    root.done();
    config
}

fn sections<'a>(
    root: &Fields<'a>,
    site: &Fields<'a>,
    reading: &'a Reading<'a>,
    languages: Vec<Language>,
) -> Option<SiteConfig> {
    let head = head(site);
    let rules = root
        .get("rules")
        .and_then(|node| Fields::of(reading, "rules", node))
        .map_or_else(Rules::default, |f| rules(&f));
    let (hours, declared_hours) = hours::hours(root, reading);
    let holidays = hours::holidays(root, reading);
    let (queues, declared_queues) = queues::queues(root, reading);
    let (zones, declared_zones) = counters::zones(root, reading);
    let owners = services::agencies(root, reading, &declared_queues, &declared_hours);
    let services = services::services(root, reading, &owners, &declared_queues, &declared_hours);
    let (profiles, declared_profiles) = counters::profiles(root, reading, &declared_queues);
    let counters =
        counters::counters(root, reading, &head.counter_place, &declared_zones, &declared_profiles);
    queues::check_served(root, reading, &queues, &profiles, &counters);
    let codes = codes::codes(root, reading);
    let printers = printers::printers(root, reading);
    let tickets = tickets::tickets(root, reading);
    Some(SiteConfig {
        id: head.id?,
        name: head.name,
        time_zone: head.time_zone,
        languages,
        public_address: head.public_address,
        rules,
        hours,
        holidays,
        agencies: owners.agencies,
        zones,
        queues,
        services,
        profiles,
        counters,
        codes,
        printers,
        tickets,
    })
}

struct Head {
    id: Option<SiteId>,
    name: Names,
    time_zone: String,
    public_address: Option<String>,
    counter_place: Names,
}

fn head(site: &Fields<'_>) -> Head {
    site.get("languages");
    site.get("required_languages");
    site.need("id", "\"nakhon-oss\"");
    site.need("time_zone", "\"Asia/Bangkok\"");
    let head = Head {
        id: site.id("id"),
        name: site.name("name"),
        time_zone: site.text("time_zone", "\"Asia/Bangkok\"", 64).unwrap_or_default(),
        public_address: site.text("public_address", "\"https://khiw.example.go.th\"", ADDRESS_CHARACTERS_MAX),
        counter_place: site.name_if_given("counter_place").unwrap_or_default(),
    };
    if !head.time_zone.is_empty() && jiff::tz::TimeZone::get(&head.time_zone).is_err() {
        let problem =
            format!("`{}` is no time zone: write an IANA name, e.g. \"Asia/Bangkok\"", head.time_zone);
        site.problem("time_zone", problem);
    }
    let web = |address: &String| address.starts_with("https://") || address.starts_with("http://");
    if head.public_address.as_ref().is_some_and(|address| !web(address) || address.ends_with('/')) {
        site.problem("public_address", "write it as https://host, without a slash at the end");
    }
    site.done();
    head
}

/// The languages offered to visitors. Read first: every name depends on them.
fn offered(root: &Node, unread: &Reading<'_>) -> Vec<Language> {
    let Some(site) = site_table(root) else {
        return Vec::new();
    };
    let Some(site) = Fields::of(unread, "site", site) else {
        return Vec::new();
    };
    site.need("languages", "[\"th\", \"en\"]");
    language_list(&site, "languages")
}

/// The languages every name must have: as declared, else the first offered and English.
fn required(root: &Node, offered: &[Language], unread: &Reading<'_>) -> Vec<Language> {
    let site = site_table(root).filter(|node| matches!(node.value, Value::Table(_)));
    let declared = site.and_then(|node| Fields::of(unread, "site", node)).and_then(|site| {
        site.get("required_languages")?;
        Some(language_list(&site, "required_languages"))
    });
    declared.unwrap_or_else(|| {
        let mut languages: Vec<Language> = offered.first().copied().into_iter().collect();
        if !languages.contains(&Language::En) {
            languages.push(Language::En);
        }
        languages
    })
}

fn site_table(root: &Node) -> Option<&Node> {
    match &root.value {
        Value::Table(entries) => entries.iter().find(|entry| entry.key == "site").map(|entry| &entry.node),
        _ => None,
    }
}

fn language_list(site: &Fields<'_>, key: &'static str) -> Vec<Language> {
    let mut languages = Vec::new();
    for node in site.list(key, "[\"th\", \"en\"]") {
        let Value::Text(code) = &node.value else {
            site.problem(
                key,
                format!("contains {}: write language codes, e.g. [\"th\", \"en\"]", node.value.kind()),
            );
            continue;
        };
        match Language::parse(code) {
            None => site.problem(key, unknown_language(code)),
            Some(language) if languages.contains(&language) => {
                site.problem(key, format!("has `{code}` twice: remove one"));
            }
            Some(language) => languages.push(language),
        }
    }
    let given_empty =
        matches!(site.get(key), Some(Node { value: Value::List(items), .. }) if items.is_empty());
    if given_empty {
        site.problem(key, "is empty: write at least one language, e.g. [\"th\", \"en\"]");
    }
    languages
}

fn rules(fields: &Fields<'_>) -> Rules {
    let usual = Rules::default();
    let start = [("implicit", StartRule::Implicit), ("explicit", StartRule::Explicit)];
    let promises = [
        ("kept", PromiseRule::Kept),
        ("half_target", PromiseRule::HalfTarget),
        ("target", PromiseRule::Target),
        ("now", PromiseRule::Now),
    ];
    let rules = Rules {
        start: fields.choice("start", &start).unwrap_or(usual.start),
        transfer_promise: fields.choice("transfer_promise", &promises).unwrap_or(usual.transfer_promise),
        park_promise: fields.choice("park_promise", &promises).unwrap_or(usual.park_promise),
        absent_promise: fields.choice("absent_promise", &promises).unwrap_or(usual.absent_promise),
        absences_max: fields.number("absences_max", 0..=20).map_or(usual.absences_max, |n| n as u8),
        reinstate_grace_s: fields
            .number("reinstate_grace_min", 0..=480)
            .map_or(usual.reinstate_grace_s, |n| n * 60),
        absent_after_s: fields.number("absent_after_s", 10..=3600).or(usual.absent_after_s),
        auto_call_paper_wait_s: fields
            .number("auto_call_paper_wait_s", 0..=120)
            .unwrap_or(usual.auto_call_paper_wait_s),
        park_max_s: fields.number("park_max_min", 1..=480).map_or(usual.park_max_s, |n| n * 60),
        check_capacity: fields.flag("check_capacity"),
        services_max: fields.number("services_max", 1..=20).map_or(usual.services_max, |n| n as u8),
        elderly_age: fields.number("elderly_age", 50..=100).map_or(usual.elderly_age, |n| n as u8),
    };
    fields.done();
    rules
}
