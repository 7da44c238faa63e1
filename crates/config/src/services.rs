//! `[[agencies]]`, `[documents]`, `[[services]]` and `[[service_groups]]`: what citizens come for, whose it is, what
//! to bring. A service takes what it does not say itself from its group, then from its agency.

use std::collections::BTreeMap;

use khiw_domain::config::{Agency, Names, PostedTime, Service, ServiceKind};
use khiw_domain::id::{AgencyId, HoursId, QueueId, ServiceId};

use crate::declared::{Declared, items, path};
use crate::fields::{Fields, Reading, names};
use crate::nearest::nearest;
use crate::tree::{Node, Value};

pub(crate) const AGENCIES_MAX: usize = 200;
pub(crate) const SERVICES_MAX: usize = 5_000;
const LISTED_MAX: usize = 40;
const FEE_MAX: u32 = 1_000_000_000;

/// The agencies, and what their services take from them.
pub(crate) struct Owners {
    pub agencies: Vec<Agency>,
    declared: Declared<AgencyId>,
    usual: BTreeMap<AgencyId, Usual>,
}

#[derive(Clone, Default)]
struct Usual {
    queue: Option<QueueId>,
    hours: Option<HoursId>,
    /// A reference was wrong: services that rely on it are not told so once more.
    broken: bool,
}

pub(crate) fn agencies<'a>(
    root: &Fields<'a>,
    reading: &'a Reading<'a>,
    queues: &Declared<QueueId>,
    hours: &Declared<HoursId>,
) -> Owners {
    let mut owners =
        Owners { agencies: Vec::new(), declared: Declared::new("agency"), usual: BTreeMap::new() };
    for fields in items(root, reading, "agencies", 1..=AGENCIES_MAX) {
        let id = owners.declared.declare(&fields);
        let name = fields.name("name");
        let queue = fields.get("queue").and_then(|node| queues.refer(&fields, "queue", node));
        let hours = fields.get("hours").and_then(|node| hours.refer(&fields, "hours", node));
        fields.done();
        if let Some(id) = id {
            let given = |key| fields.get(key).is_some();
            let broken = given("queue") != queue.is_some() || given("hours") != hours.is_some();
            owners.usual.insert(id.clone(), Usual { queue, hours, broken });
            owners.agencies.push(Agency { id, name });
        }
    }
    owners
}

/// What services may refer to.
struct Known<'a> {
    owners: &'a Owners,
    queues: &'a Declared<QueueId>,
    hours: &'a Declared<HoursId>,
    documents: BTreeMap<String, Names>,
}

pub(crate) fn services<'a>(
    root: &Fields<'a>,
    reading: &'a Reading<'a>,
    owners: &Owners,
    queues: &Declared<QueueId>,
    hours: &Declared<HoursId>,
) -> Vec<Service> {
    let known = Known { owners, queues, hours, documents: documents(root, reading) };
    let mut declared = Declared::new("service");
    let mut all = Vec::new();
    let grouped = !root.list("service_groups", "[[service_groups]] for each").is_empty();
    let fewest = usize::from(!grouped);
    for fields in items(root, reading, "services", fewest..=SERVICES_MAX) {
        all.extend(service(&Layers { item: fields, group: None }, &mut declared, &known, reading));
    }
    for group in items(root, reading, "service_groups", 0..=SERVICES_MAX) {
        let nodes = group.list("services", "[{ id = \"birth\", name = { … } }, …]");
        let tables = nodes.iter().take(SERVICES_MAX).enumerate();
        let tables: Vec<_> =
            tables.filter_map(|(i, node)| Fields::of(reading, &path("services", i, node), node)).collect();
        if tables.is_empty() {
            group.problem(
                "services",
                "is missing or empty: write services = [{ id = \"birth\", name = { … } }, …]",
            );
        }
        let group = Some(group);
        for item in tables {
            all.extend(service(&Layers { item, group: group.as_ref() }, &mut declared, &known, reading));
        }
        if let Some(group) = group {
            Layers::asked(&group);
            group.done();
        }
    }
    if all.len() > SERVICES_MAX {
        root.problem("services", format!("has {} items: at most {SERVICES_MAX} are possible", all.len()));
    }
    all
}

/// A service's own table and the group it stands in.
struct Layers<'a, 'g> {
    item: Fields<'a>,
    group: Option<&'g Fields<'a>>,
}

impl<'a> Layers<'a, '_> {
    /// The table that says `key`: the service's own, else the group's; the service's when neither does.
    fn of(&self, key: &'static str) -> &Fields<'a> {
        if self.item.get(key).is_some() {
            return &self.item;
        }
        self.group.filter(|group| group.get(key).is_some()).unwrap_or(&self.item)
    }

    /// Like `of` for keys of which only one may stand: what the service says hides all of them in the group.
    fn of_either(&self, one: &'static str, other: &'static str) -> &Fields<'a> {
        let own = self.item.get(one).is_some() | self.item.get(other).is_some();
        if own { &self.item } else { self.group.unwrap_or(&self.item) }
    }

    /// A group may be asked for nothing when its services are broken; its keys are known nevertheless.
    fn asked(group: &Fields<'_>) {
        for key in [
            "agency",
            "queue",
            "hours",
            "kind",
            "documents",
            "steps",
            "fee",
            "posted_min",
            "posted_working_days",
            "forwarded_to",
            "services",
        ] {
            group.get(key);
        }
    }
}

fn service<'a>(
    layers: &Layers<'a, '_>,
    declared: &mut Declared<ServiceId>,
    known: &Known<'_>,
    reading: &'a Reading<'a>,
) -> Option<Service> {
    let kinds = [
        ("own", ServiceKind::Own),
        ("receive_and_forward", ServiceKind::ReceiveAndForward),
        ("assisted_digital", ServiceKind::AssistedDigital),
    ];
    let item = &layers.item;
    let id = declared.declare(item);
    let name = item.name("name");
    let agency = known.owners.declared.need(layers.of("agency"), "agency");
    let usual =
        agency.as_ref().and_then(|agency| known.owners.usual.get(agency)).cloned().unwrap_or_default();
    // Of an unknown agency nothing is missing: what it would have said is not known.
    let needed = agency.is_some() && !usual.broken;
    let queue = reference(layers, "queue", known.queues, usual.queue, needed);
    let hours = reference(layers, "hours", known.hours, usual.hours, needed);
    let kind = layers.of("kind").choice("kind", &kinds).unwrap_or(ServiceKind::Own);
    let documents = texts(layers.of("documents"), reading, "documents", &known.documents);
    let steps = texts(layers.of("steps"), reading, "steps", &BTreeMap::new());
    let fee = layers.of("fee").number("fee", 0..=FEE_MAX);
    let posted_time = posted_time(layers.of_either("posted_min", "posted_working_days"));
    let forwarded_to = forwarded_to(layers, kind);
    item.done();
    Some(Service {
        id: id?,
        agency: agency?,
        queue: queue?,
        hours: hours?,
        kind,
        name,
        documents,
        fee,
        posted_time,
        steps,
        forwarded_to,
    })
}

/// A reference with the agency's usual one behind it; a problem when `needed` and neither is there.
fn reference<T: Clone + std::str::FromStr<Err = khiw_domain::id::InvalidId>>(
    layers: &Layers<'_, '_>,
    key: &'static str,
    known: &Declared<T>,
    usual: Option<T>,
    needed: bool,
) -> Option<T> {
    let fields = layers.of(key);
    match (fields.get(key), usual) {
        (Some(node), _) => known.refer(fields, key, node),
        (None, Some(usual)) => Some(usual),
        (None, None) if needed => known.need(fields, key),
        (None, None) => None,
    }
}

fn posted_time(fields: &Fields<'_>) -> Option<PostedTime> {
    let minutes = fields.number("posted_min", 1..=10_000);
    let days = fields.number("posted_working_days", 1..=1_000);
    match (minutes, days) {
        (Some(_), Some(_)) => {
            fields.problem("posted_min", "stands beside posted_working_days: keep one of the two");
            None
        }
        (Some(minutes), None) => Some(PostedTime::Minutes(minutes)),
        (None, days) => days.map(PostedTime::WorkingDays),
    }
}

fn forwarded_to(layers: &Layers<'_, '_>, kind: ServiceKind) -> Option<Names> {
    let fields = layers.of("forwarded_to");
    let receives = kind == ServiceKind::ReceiveAndForward;
    if !receives && fields.get("forwarded_to").is_some() {
        fields.problem(
            "forwarded_to",
            "is only for kind = \"receive_and_forward\": remove it, or change the kind",
        );
    }
    if receives {
        return Some(fields.name("forwarded_to"));
    }
    None
}

/// `[documents]`: papers that many services ask for, named once.
fn documents<'a>(root: &Fields<'a>, reading: &'a Reading<'a>) -> BTreeMap<String, Names> {
    let mut documents: BTreeMap<String, Names> = BTreeMap::new();
    for entry in root.table("documents") {
        let path = format!("documents.{}", entry.key);
        if documents.contains_key(&entry.key) {
            reading.problems.add(
                &entry.place,
                &path,
                "is declared in another file, too: keep one of the two",
            );
        }
        documents.insert(entry.key.clone(), names(reading, &path, &entry.node));
    }
    documents
}

/// A list of texts: ids of `[documents]`, or names.
fn texts<'a>(
    fields: &Fields<'a>,
    reading: &'a Reading<'a>,
    key: &'static str,
    named: &BTreeMap<String, Names>,
) -> Vec<Names> {
    let nodes = fields.list(key, "[{ th = \"…\", en = \"…\" }]");
    if nodes.len() > LISTED_MAX {
        fields.problem(key, format!("has {} items: at most {LISTED_MAX}", nodes.len()));
    }
    nodes.iter().take(LISTED_MAX).map(|node| text(fields, reading, key, named, node)).collect()
}

fn text(
    fields: &Fields<'_>,
    reading: &Reading<'_>,
    key: &str,
    named: &BTreeMap<String, Names>,
    node: &Node,
) -> Names {
    let path = fields.path_of(key);
    let Value::Text(id) = &node.value else {
        return names(reading, &path, node);
    };
    if let Some(names) = named.get(id) {
        return names.clone();
    }
    let hint = match nearest(id, named.keys().map(String::as_str)) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "add it to [documents], or write the text itself as { … }".to_owned(),
    };
    reading.problems.add(&node.place, &path, format!("`{id}` is no document: {hint}"));
    Names::new()
}
