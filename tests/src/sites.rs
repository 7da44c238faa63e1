//! The halls that stories are told in. They are open all day and every day, in a zone where it is about noon: no
//! story depends on the date, the hour, or a midnight that comes by.

use std::time::SystemTime;

/// Six queues A to F with numbers of four digits, twenty counters that each serve all of them; `[printers]` none.
pub fn hall() -> String {
    at_noon(include_str!("../sites/hall.toml"))
}

/// A small Thai office with a printer at this port of loopback.
pub fn thai(printer_port: u16) -> String {
    with_printer(include_str!("../sites/thai.toml"), printer_port)
}

/// A small Vietnamese office with a printer at this port of loopback.
pub fn vietnamese(printer_port: u16) -> String {
    with_printer(include_str!("../sites/vietnamese.toml"), printer_port)
}

fn with_printer(text: &str, port: u16) -> String {
    let usual = "tcp://127.0.0.1:9100";
    assert!(text.contains(usual));
    at_noon(text).replace(usual, &format!("tcp://127.0.0.1:{port}"))
}

fn at_noon(text: &str) -> String {
    let usual = "time_zone = \"Asia/Bangkok\"";
    assert!(text.contains(usual));
    text.replace(usual, &format!("time_zone = \"{}\"", noon_zone()))
}

/// A zone in which it is between 12:00 and 13:00. The names of `Etc` have the sign turned round.
pub fn noon_zone() -> String {
    let since_1970_s = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let utc_hour = i64::try_from(since_1970_s / 3600 % 24).unwrap();
    let ahead = 12 - utc_hour;
    if ahead < 0 { format!("Etc/GMT+{}", -ahead) } else { format!("Etc/GMT-{ahead}") }
}
