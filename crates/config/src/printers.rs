//! `[[printers]]`: the hall's paper. Which models exist, and how wide each prints, stands in `config/printers`.

use std::collections::BTreeMap;

use khiw_domain::config::{AGENT_LINK, Printer};
use khiw_domain::id::{DeviceId, PrinterId};

use crate::declared::{Declared, at, items};
use crate::fields::{Fields, Reading};
use crate::nearest::nearest;
use crate::tree::{Node, Place, Value};

pub(crate) const PRINTERS_MAX: usize = 32;
const DEVICES_MAX: usize = 64;
/// Prints of one paper; each but the first is marked as a copy.
const COPIES_MAX: u32 = 5;
const WIDTHS_DOTS: [i64; 3] = [384, 512, 576];
const BAUDS: std::ops::RangeInclusive<u32> = 300..=921_600;
const FORMS: &str = "write tcp://HOST:PORT, usb:VID:PID, usb:/dev/usb/lp0, serial:/dev/ttyUSB0 or file:PATH; or agent, \
                     for a printer that khiw print-agent serves";

/// The models of `config/printers` and the dots each prints across; a test holds the list to the folder.
pub const PRINTER_PROFILES: &[(&str, u16)] = &[
    ("bixolon-srp-330ii", 512),
    ("bixolon-srp-350iii", 512),
    ("citizen-ct-s310ii", 576),
    ("citizen-ct-s801ii", 576),
    ("epson-tm-m30iii", 576),
    ("epson-tm-t20iii", 576),
    ("epson-tm-t82iii", 576),
    ("epson-tm-t88vi", 512),
    ("generic", 576),
    ("generic-58", 384),
    ("star-mc-print3", 576),
    ("star-tsp143iv", 576),
    ("xprinter-xp-58iih", 384),
    ("xprinter-xp-q200", 576),
];

/// A printer whose pair is still to be looked up: it may stand further down.
struct Read<'a> {
    fields: Fields<'a>,
    printer: Option<Printer>,
    pair: Option<&'a Node>,
}

pub(crate) fn printers<'a>(root: &Fields<'a>, reading: &'a Reading<'a>) -> Vec<Printer> {
    let mut declared: Declared<PrinterId> = Declared::new("printer");
    let mut at_home: BTreeMap<DeviceId, Place> = BTreeMap::new();
    let mut all = Vec::new();
    for fields in items(root, reading, "printers", 0..=PRINTERS_MAX) {
        let id = declared.declare(&fields);
        let link = link(&fields);
        let profile = profile(&fields);
        let width_dots = width(&fields, profile);
        let pair = fields.get("pair");
        let copies = fields.number("copies", 1..=COPIES_MAX).unwrap_or(1) as u8;
        let devices = devices(&fields, &mut at_home);
        fields.done();
        let profile = profile.map(|(name, _)| name.to_owned());
        let printer = id.map(|id| Printer { id, link, width_dots, profile, pair: None, copies, devices });
        all.push(Read { fields, printer, pair });
    }
    all.into_iter().filter_map(|read| paired(read, &declared)).collect()
}

fn paired(read: Read<'_>, declared: &Declared<PrinterId>) -> Option<Printer> {
    let Read { fields, printer, pair } = read;
    let mut printer = printer?;
    printer.pair = pair.and_then(|node| declared.refer(&fields, "pair", node));
    if printer.pair.as_ref() == Some(&printer.id) {
        fields.problem("pair", "is the printer itself: name the one that takes over");
    }
    Some(printer)
}

fn link(fields: &Fields<'_>) -> String {
    fields.need("link", "\"tcp://192.168.1.50:9100\"");
    let link = fields.text("link", "\"tcp://192.168.1.50:9100\"", 200).unwrap_or_default();
    if !link.is_empty() && !is_link(&link) {
        fields.problem("link", format!("`{link}` is no link: {FORMS}"));
    }
    link
}

fn profile(fields: &Fields<'_>) -> Option<(&'static str, u16)> {
    let name = fields.text("profile", "\"epson-tm-t82iii\"", 64)?;
    let found = PRINTER_PROFILES.iter().find(|(known, _)| *known == name).copied();
    if found.is_none() {
        let names = PRINTER_PROFILES.iter().map(|(name, _)| *name);
        let hint = match nearest(&name, names.clone()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("use {}", names.collect::<Vec<_>>().join(", ")),
        };
        fields.problem("profile", format!("`{name}` is no model in config/printers: {hint}"));
    }
    found
}

/// What is said; else what the model prints.
fn width(fields: &Fields<'_>, profile: Option<(&str, u16)>) -> u16 {
    let node = match profile {
        Some((_, widest)) if fields.get("width_dots").is_none() => return widest,
        // Once the model is spelt right, it brings the width.
        None if fields.get("profile").is_some() && fields.get("width_dots").is_none() => return 0,
        _ => fields.need("width_dots", "576"),
    };
    match node {
        Some(Node { value: Value::Integer(width), .. }) if WIDTHS_DOTS.contains(width) => {
            if let Some((name, widest)) = profile.filter(|(_, widest)| *width > i64::from(*widest)) {
                fields.problem("width_dots", format!("`{name}` prints {widest} dots at most: write that"));
            }
            *width as u16
        }
        Some(_) => {
            fields.problem("width_dots", "write 384 (58 mm paper), 512 or 576 (80 mm paper)");
            0
        }
        None => 0,
    }
}

fn devices(fields: &Fields<'_>, at_home: &mut BTreeMap<DeviceId, Place>) -> Vec<DeviceId> {
    let nodes = fields.list("devices", "[\"kiosk-1\"]");
    if nodes.len() > DEVICES_MAX {
        fields.problem("devices", format!("has {} items: at most {DEVICES_MAX} are possible", nodes.len()));
    }
    let mut devices = Vec::new();
    for node in nodes.iter().take(DEVICES_MAX) {
        let text = fields.text_of("devices", node, "\"kiosk-1\"", 64);
        let Some(device) = text.and_then(|text| fields.parsed::<DeviceId>("devices", &text)) else {
            continue;
        };
        if let Some(earlier) = at_home.insert(device.clone(), node.place.clone()) {
            let problem = format!("`{device}` prints at {} already: a device has one printer", at(&earlier));
            fields.problem("devices", problem);
        }
        devices.push(device);
    }
    devices
}

fn is_link(link: &str) -> bool {
    match link.split_once(':') {
        Some(("tcp", rest)) => rest.strip_prefix("//").is_some_and(is_address),
        Some(("usb", rest)) => rest.starts_with('/') || is_usb_device(rest),
        Some(("serial", rest)) => is_serial(rest),
        Some(("file", path)) => !path.is_empty(),
        Some(_) => false,
        None => link == AGENT_LINK,
    }
}

fn is_address(address: &str) -> bool {
    let Some((host, port)) = address.rsplit_once(':') else { return false };
    let host_is_plain = !host.is_empty() && !host.contains(['/', ' ', '@']);
    host_is_plain && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_usb_device(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let mut id = || {
        let hex = |digits: &str| digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        parts.next().is_some_and(hex)
    };
    id() && id() && parts.next() != Some("")
}

fn is_serial(text: &str) -> bool {
    let (path, settings) = text.split_once('?').unwrap_or((text, ""));
    let known = |setting: &str| match setting.split_once('=') {
        Some(("baud", value)) => value.parse().is_ok_and(|baud: u32| BAUDS.contains(&baud)),
        Some(("flow", value)) => matches!(value, "none" | "hardware" | "software"),
        _ => false,
    };
    !path.is_empty() && settings.split('&').filter(|setting| !setting.is_empty()).all(known)
}
