//! The sample sites and calendars that are built in: whole, honest in number, and what their heads say they are.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;
use khiw_config::embedded;
use khiw_domain::config::{CloseRule, HolidayKind, ServiceKind, SiteConfig};
use khiw_domain::id::Language;

fn site(id: &str) -> SiteConfig {
    embedded::load(id).unwrap_or_else(|errors| panic!("{id}:\n{errors}"))
}

fn holiday(config: &SiteConfig, date: Date) -> Option<(HolidayKind, bool)> {
    config
        .holidays
        .iter()
        .find(|holiday| holiday.date == date)
        .map(|holiday| (holiday.kind, holiday.forecast))
}

#[test]
fn every_sample_site_is_without_problems_and_carries_its_own_id() {
    for id in embedded::sites() {
        assert_eq!(site(id).id.as_str(), *id);
    }
}

#[test]
fn a_site_on_disk_is_the_same_as_the_built_in_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/sites");
    for id in embedded::sites() {
        let on_disk = khiw_config::load(&folder.join(format!("{id}.toml"))).unwrap();
        assert!(on_disk == site(id), "{id} differs from its files");
    }
}

#[test]
fn an_unknown_sample_is_refused_by_name() {
    let errors = embedded::load("nowhere").unwrap_err().to_string();
    assert_eq!(
        errors,
        "sites/nowhere.toml:0: (file): `sites/nowhere.toml` cannot be read: is it there, a regular file, and UTF-8 text?"
    );
}

#[test]
fn nghe_an_has_its_1409_procedures_each_once() {
    let config = site("nghe-an");
    assert_eq!(config.services.len(), 1_409);
    assert_eq!(config.agencies.len(), 21);
    assert_eq!(config.counters.len(), 30);
    assert!(config.queues.len() <= 24);
    let ids: BTreeSet<&str> = config.services.iter().map(|service| service.id.as_str()).collect();
    assert_eq!(ids.len(), 1_409, "ids");
    for language in [Language::Vi, Language::En] {
        let names: BTreeSet<String> =
            config.services.iter().map(|service| service.name[&language].to_lowercase()).collect();
        assert_eq!(names.len(), 1_409, "names in {}", language.code());
    }
    for agency in &config.agencies {
        assert!(
            config.services.iter().any(|service| service.agency == agency.id),
            "{} has no procedure",
            agency.id
        );
    }
}

#[test]
fn prefixes_cannot_be_misread_as_digits() {
    for queue in site("nghe-an").queues {
        assert!(!queue.series.prefix.contains(['I', 'O']), "{}", queue.id);
    }
}

#[test]
fn nakhon_has_8_agencies_12_counters_and_the_three_kinds_of_service() {
    let config = site("nakhon-oss");
    assert_eq!((config.agencies.len(), config.counters.len(), config.queues.len()), (8, 12, 8));
    assert!((38..=50).contains(&config.services.len()), "{} services", config.services.len());
    for kind in [ServiceKind::Own, ServiceKind::ReceiveAndForward, ServiceKind::AssistedDigital] {
        assert!(config.services.iter().filter(|service| service.kind == kind).count() >= 5, "{kind:?}");
    }
}

#[test]
fn hua_taphan_has_6_services_4_counters_3_queues_and_narrow_paper() {
    let config = site("hua-taphan");
    assert_eq!((config.services.len(), config.counters.len(), config.queues.len()), (6, 4, 3));
    assert_eq!(config.printers[0].width_dots, 384);
}

#[test]
fn every_sample_service_says_what_to_bring_how_long_it_takes_and_every_close_rule_is_used() {
    let mut rules = Vec::new();
    for id in embedded::sites() {
        let config = site(id);
        for service in &config.services {
            assert!(!service.documents.is_empty(), "{id}: {} has no documents", service.id);
            assert!(service.posted_time.is_some(), "{id}: {} has no posted time", service.id);
        }
        for queue in &config.queues {
            let share = f64::from(queue.priority_target_wait_s) / f64::from(queue.target_wait_s);
            assert!((0.3..=0.5).contains(&share), "{id}: {} has a priority share of {share}", queue.id);
            rules.push(queue.at_close);
        }
        assert_eq!(config.printers[0].link, "tcp://127.0.0.1:9100");
        let codes = config.codes;
        assert!(
            [&codes.outcomes, &codes.pause, &codes.out_of_order, &codes.suspend]
                .iter()
                .all(|list| list.len() >= 3)
        );
        let reasons: Vec<&str> = codes.reprioritise.iter().map(|reason| reason.code.as_str()).collect();
        assert_eq!(reasons, ["elderly", "disabled", "pregnant", "infant", "monk"]);
    }
    for rule in [CloseRule::ServeOut, CloseRule::CancelWithNotice, CloseRule::CarryOver] {
        assert!(rules.contains(&rule), "{rule:?}");
    }
}

#[test]
fn both_calendars_cover_2026_and_2027() {
    let least =
        [("hua-taphan", 2026, 20), ("hua-taphan", 2027, 20), ("nghe-an", 2026, 14), ("nghe-an", 2027, 14)];
    for (id, year, days) in least {
        let found = site(id).holidays.iter().filter(|holiday| holiday.date.year() == year).count();
        assert!(found >= days, "{id}: {found} days in {year}");
    }
}

#[test]
fn a_thai_holiday_on_a_weekend_has_its_substitute() {
    let config = site("hua-taphan");
    let saturday = Date::constant(2026, 12, 5);
    assert_eq!(holiday(&config, saturday), Some((HolidayKind::Holiday, false)));
    assert_eq!(holiday(&config, Date::constant(2026, 12, 7)), Some((HolidayKind::Holiday, false)));
    let lunar_forecast = Date::constant(2027, 5, 20);
    assert_eq!(holiday(&config, lunar_forecast), Some((HolidayKind::Holiday, true)));
}

#[test]
fn a_vietnamese_saturday_is_worked_for_a_day_off() {
    let config = site("nghe-an");
    assert_eq!(holiday(&config, Date::constant(2026, 1, 2)), Some((HolidayKind::Holiday, false)));
    assert_eq!(holiday(&config, Date::constant(2026, 1, 10)), Some((HolidayKind::Working, false)));
    assert_eq!(holiday(&config, Date::constant(2027, 2, 6)), Some((HolidayKind::Holiday, true)));
}
