//! `[[zones]]`, `[[profiles]]`, `[[counters]]`: the hall's desks and what each serves.

use std::collections::BTreeMap;

use khiw_domain::config::{Counter, Names, Profile, Served, Zone};
use khiw_domain::id::{ProfileId, QueueId, ZoneId};

use crate::declared::{Declared, at, items};
use crate::fields::{Fields, Reading};
use crate::tree::{Node, Place, Value};

pub(crate) const ZONES_MAX: usize = 32;
pub(crate) const PROFILES_MAX: usize = 200;
pub(crate) const COUNTERS_MAX: usize = 200;
/// A label is shown large and spoken: a number or a few letters.
const LABEL_CHARACTERS_MAX: usize = 12;
/// Two hours: a queue handicapped more is better left out of the profile.
const HANDICAP_MIN_MAX: u32 = 120;

pub(crate) fn zones<'a>(root: &Fields<'a>, reading: &'a Reading<'a>) -> (Vec<Zone>, Declared<ZoneId>) {
    let mut declared = Declared::new("zone");
    let mut all = Vec::new();
    for fields in items(root, reading, "zones", 0..=ZONES_MAX) {
        let id = declared.declare(&fields);
        let name = fields.name("name");
        fields.done();
        all.extend(id.map(|id| Zone { id, name }));
    }
    (all, declared)
}

pub(crate) fn profiles<'a>(
    root: &Fields<'a>,
    reading: &'a Reading<'a>,
    known: &Declared<QueueId>,
) -> (Vec<Profile>, Declared<ProfileId>) {
    let mut declared = Declared::new("profile");
    let mut all = Vec::new();
    for fields in items(root, reading, "profiles", 1..=PROFILES_MAX) {
        let id = declared.declare(&fields);
        fields.need("queues", "[\"civil\", { queue = \"land\", handicap_min = 5 }]");
        let queues = served(&fields, reading, known);
        fields.done();
        all.extend(id.map(|id| Profile { id, queues }));
    }
    (all, declared)
}

fn served<'a>(fields: &Fields<'a>, reading: &'a Reading<'a>, known: &Declared<QueueId>) -> Vec<Served> {
    let nodes = fields.list("queues", "[\"civil\"]");
    if nodes.is_empty() && matches!(fields.get("queues"), Some(Node { value: Value::List(_), .. })) {
        fields.problem(
            "queues",
            "is empty: a counter with this profile would never call; name at least one queue",
        );
    }
    let mut served: Vec<Served> = Vec::new();
    for node in nodes {
        let Some(one) = served_queue(fields, reading, known, node) else {
            continue;
        };
        if served.iter().any(|earlier| earlier.queue == one.queue) {
            let problem = format!("has `{}` twice: remove one", one.queue);
            reading.problems.add(&node.place, &fields.path_of("queues"), problem);
        }
        served.push(one);
    }
    if !served.is_empty() && served.iter().all(|one| one.handicap_s > 0) {
        let problem = "gives every queue a handicap, but it only compares queues: set the most urgent to 0";
        fields.problem("queues", problem);
    }
    served
}

fn served_queue<'a>(
    fields: &Fields<'a>,
    reading: &'a Reading<'a>,
    known: &Declared<QueueId>,
    node: &'a Node,
) -> Option<Served> {
    if matches!(node.value, Value::Text(_)) {
        return known.refer(fields, "queues", node).map(|queue| Served { queue, handicap_s: 0 });
    }
    let table = Fields::of(reading, &fields.path_of("queues"), node)?;
    let queue = known.need(&table, "queue");
    let handicap_s = table.number("handicap_min", 0..=HANDICAP_MIN_MAX).unwrap_or(0) * 60;
    table.done();
    queue.map(|queue| Served { queue, handicap_s })
}

pub(crate) fn counters<'a>(
    root: &Fields<'a>,
    reading: &'a Reading<'a>,
    usual_place: &Names,
    zones: &Declared<ZoneId>,
    profiles: &Declared<ProfileId>,
) -> Vec<Counter> {
    let mut declared = Declared::new("counter");
    let mut labels: BTreeMap<(String, Names), Place> = BTreeMap::new();
    let mut all = Vec::new();
    for fields in items(root, reading, "counters", 1..=COUNTERS_MAX) {
        let id = declared.declare(&fields);
        fields.need("label", "\"1\"");
        let label = fields.text("label", "\"1\"", LABEL_CHARACTERS_MAX);
        let place = fields.name_if_given("place").unwrap_or_else(|| usual_place.clone());
        let zone = fields.get("zone").and_then(|node| zones.refer(&fields, "zone", node));
        let profile = profiles.need(&fields, "profile");
        let auto_call = fields.flag("auto_call");
        fields.done();
        let spoken = label.clone().map(|label| (label, place.clone()));
        if let Some(spoken) = spoken
            && let Some(earlier) = labels.insert(spoken.clone(), fields.place.clone())
        {
            let problem = format!(
                "`{}` is called so at {}, too: visitors would go to the wrong one",
                spoken.0,
                at(&earlier)
            );
            fields.problem("label", problem);
        }
        if let (Some(id), Some(label), Some(profile)) = (id, label, profile) {
            all.push(Counter { id, label, place, zone, profile, auto_call });
        }
    }
    all
}
