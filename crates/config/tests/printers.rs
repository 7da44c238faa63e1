//! `[[printers]]`: which paper a hall has, and what is said when it is written wrongly.

use crate::common::{BASE, with};
use crate::lines::problems_of;
use khiw_config::{PRINTER_PROFILES, load_from};
use khiw_domain::config::Printer;

const FORMS: &str = "write tcp://HOST:PORT, usb:VID:PID, usb:/dev/usb/lp0, serial:/dev/ttyUSB0 or file:PATH; or agent, \
                     for a printer that khiw print-agent serves";

/// One edit of the good site must give exactly these lines (file name left out).
fn check(edit: (&str, &str), expected: &[&str]) {
    assert_eq!(problems_of(&with(&[edit])), expected, "after {edit:?}");
}

fn printers(edit: (&str, &str)) -> Vec<Printer> {
    load_from("tiny.toml", &|_| Some(with(&[edit]))).unwrap().printers
}

#[test]
fn a_printer_is_a_place_and_a_width_and_no_more_is_stored() {
    let site = load_from("tiny.toml", &|_| Some(BASE.to_owned())).unwrap();
    let json = serde_json::to_value(&site.printers[0]).unwrap();
    let known = serde_json::json!({"id": "main", "link": "tcp://127.0.0.1:9100", "width_dots": 576});
    assert_eq!(json, known, "what an older journal holds, too");
    let back: Printer = serde_json::from_value(known).unwrap();
    assert_eq!(back, site.printers[0]);
}

#[test]
fn every_link_a_printer_can_have_is_taken() {
    for link in [
        "tcp://printer-1.hall:9100",
        "usb:04b8:0e28",
        "usb:04b8:0e28:J7A1",
        "usb:/dev/usb/lp0",
        "serial:/dev/ttyUSB0",
        "serial:/dev/ttyS0?baud=38400&flow=none",
        "file:/tmp/paper.bin",
        "agent",
    ] {
        assert_eq!(printers(("tcp://127.0.0.1:9100", link))[0].link, link);
    }
    for link in [
        "127.0.0.1:9100",
        "tcp://printer:99999",
        "usb:4b8:0e28",
        "serial:",
        "serial:/dev/ttyS0?parity=odd",
        "agent:kiosk-1",
    ] {
        let wrong = format!("73: printers[main].link: `{link}` is no link: {FORMS}");
        check(("tcp://127.0.0.1:9100", link), &[&wrong]);
    }
}

#[test]
fn a_model_brings_its_width_and_a_pair_may_stand_further_down() {
    let more =
        "profile = \"epson-tm-t88vi\"\npair = \"door\"\ncopies = 2\ndevices = [\"kiosk-1\", \"kiosk-2\"]

[[printers]]
id = \"door\"
link = \"usb:/dev/usb/lp0\"
width_dots = 384
profile = \"generic\"";
    let printers = printers(("width_dots = 576", more));
    let main = &printers[0];
    assert_eq!((main.profile.as_deref(), main.width_dots, main.copies), (Some("epson-tm-t88vi"), 512, 2));
    assert_eq!(main.pair.as_ref().map(khiw_domain::id::PrinterId::as_str), Some("door"));
    assert_eq!(
        main.devices.iter().map(khiw_domain::id::DeviceId::as_str).collect::<Vec<_>>(),
        ["kiosk-1", "kiosk-2"]
    );
    assert_eq!((printers[1].width_dots, printers[1].copies), (384, 1));
}

#[test]
fn mistakes_are_told_with_what_to_write() {
    check(
        ("width_dots = 576", "width_dots = 580"),
        &["74: printers[main].width_dots: write 384 (58 mm paper), 512 or 576 (80 mm paper)"],
    );
    check(
        ("link = \"tcp://127.0.0.1:9100\"\n", ""),
        &["71: printers[main].link: is missing: write link = \"tcp://192.168.1.50:9100\""],
    );
    check(
        ("width_dots = 576", "profile = \"epson-tm-t88v\""),
        &[
            "74: printers[main].profile: `epson-tm-t88v` is no model in config/printers: did you mean `epson-tm-t88vi`?",
        ],
    );
    check(
        ("width_dots = 576", "width_dots = 576\nprofile = \"epson-tm-t88vi\""),
        &["74: printers[main].width_dots: `epson-tm-t88vi` prints 512 dots at most: write that"],
    );
    check(
        ("width_dots = 576", "width_dots = 576\npair = \"main\""),
        &["75: printers[main].pair: is the printer itself: name the one that takes over"],
    );
    check(
        ("width_dots = 576", "width_dots = 576\npair = \"door\""),
        &["75: printers[main].pair: `door` is no printer: use main"],
    );
    check(
        ("width_dots = 576", "width_dots = 576\ncopies = 9"),
        &["75: printers[main].copies: is 9: write a whole number from 1 to 5"],
    );
    check(
        ("width_dots = 576", "width_dots = 576\ndevices = [\"kiosk-1\", \"kiosk-1\"]"),
        &["75: printers[main].devices: `kiosk-1` prints at tiny.toml:75 already: a device has one printer"],
    );
}

#[test]
fn the_models_are_those_of_the_folder_as_wide_as_their_files_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/printers");
    let mut found: Vec<(String, u16)> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let profile: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        let width = profile["width_dots"].as_integer().unwrap();
        found.push((path.file_stem().unwrap().to_str().unwrap().to_owned(), u16::try_from(width).unwrap()));
    }
    found.sort();
    let known: Vec<_> = PRINTER_PROFILES.iter().map(|(name, width)| ((*name).to_owned(), *width)).collect();
    assert_eq!(known, found);
}
