//! A small hall for tests and examples: three queues, four counters, open around the clock, in Thailand.
//! Not used by the product; kept here because every crate's tests need the same one.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Time;

use crate::config::{
    Agency, CloseRule, CodeName, Codes, Counter, Day, Hours, Names, Profile, Queue, Rules, Series, Served,
    Service, ServiceKind, SiteConfig, Span, Tickets,
};
use crate::id::{Code, CounterId, Language, ServiceId};

macro_rules! parsed {
    ($text:expr) => {
        $text.parse().expect("sample ids are well formed")
    };
}

/// Queues `a`, `b`, `c` with services `birth`, `move` (a), `tax` (b), `help` (c); counters `1`–`4` for all queues.
pub fn site() -> SiteConfig {
    SiteConfig {
        id: parsed!("sample"),
        name: names("สำนักงานตัวอย่าง", "Sample office"),
        time_zone: "Asia/Bangkok".to_owned(),
        languages: vec![Language::Th, Language::En],
        public_address: None,
        rules: Rules::default(),
        hours: vec![hours("always", "00:00", "23:59:59.999")],
        holidays: Vec::new(),
        agencies: vec![Agency { id: parsed!("office"), name: names("สำนักงาน", "Office") }],
        zones: Vec::new(),
        queues: vec![
            queue("a", "A", CloseRule::ServeOut),
            queue("b", "B", CloseRule::CarryOver),
            queue("c", "C", CloseRule::CancelWithNotice),
        ],
        services: vec![
            service("birth", "a"),
            service("move", "a"),
            service("tax", "b"),
            service("help", "c"),
        ],
        profiles: vec![Profile { id: parsed!("all"), queues: ["a", "b", "c"].map(served).to_vec() }],
        counters: ["1", "2", "3", "4"].map(counter).to_vec(),
        codes: Codes {
            outcomes: codes(&["done", "forwarded"]),
            pause: codes(&["lunch"]),
            out_of_order: codes(&["urgent"]),
            reprioritise: codes(&["elderly"]),
            suspend: codes(&["system_down"]),
        },
        printers: Vec::new(),
        tickets: Tickets::default(),
    }
}

/// The sample with one thing changed.
pub fn site_with(change: impl FnOnce(&mut SiteConfig)) -> Arc<SiteConfig> {
    let mut config = site();
    change(&mut config);
    Arc::new(config)
}

pub fn service_id(id: &str) -> ServiceId {
    parsed!(id)
}

pub fn counter_id(id: &str) -> CounterId {
    parsed!(id)
}

pub fn code(code: &str) -> Code {
    parsed!(code)
}

/// Open every day of the week, holidays closed, from one time to another.
pub fn hours(id: &str, from: &str, to: &str) -> Hours {
    let span = Span { from: parsed!(from), to: parsed!(to) };
    let days = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];
    Hours {
        id: parsed!(id),
        week: days.into_iter().map(|day| (day, vec![span])).collect(),
        holiday: if span.from == Time::midnight() { vec![span] } else { Vec::new() },
        issue_before_min: 0,
        last_ticket_min: 0,
        issue_through_gaps: false,
    }
}

pub fn names(th: &str, en: &str) -> Names {
    BTreeMap::from([(Language::Th, th.to_owned()), (Language::En, en.to_owned())])
}

pub fn queue(id: &str, prefix: &str, at_close: CloseRule) -> Queue {
    Queue {
        id: parsed!(id),
        name: names(&format!("งาน {id}"), &format!("Queue {id}")),
        series: Series { prefix: prefix.to_owned(), digits: 3, first: 1, last: 999 },
        target_wait_s: 20 * 60,
        priority_target_wait_s: 5 * 60,
        posted_wait_s: Some(30 * 60),
        service_time_s: 240,
        quota_day: None,
        quota_hour: None,
        at_close,
    }
}

pub fn service(id: &str, queue: &str) -> Service {
    Service {
        id: parsed!(id),
        agency: parsed!("office"),
        queue: parsed!(queue),
        hours: parsed!("always"),
        kind: ServiceKind::Own,
        name: names(&format!("บริการ {id}"), &format!("Service {id}")),
        documents: Vec::new(),
        fee: None,
        posted_time: None,
        steps: Vec::new(),
        forwarded_to: None,
    }
}

fn served(queue: &str) -> Served {
    Served { queue: parsed!(queue), handicap_s: 0 }
}

fn counter(id: &str) -> Counter {
    Counter {
        id: parsed!(id),
        label: id.to_owned(),
        place: Names::new(),
        zone: None,
        profile: parsed!("all"),
        auto_call: false,
    }
}

fn codes(list: &[&str]) -> Vec<CodeName> {
    list.iter().map(|code| CodeName { code: parsed!(code), name: names(code, code) }).collect()
}
