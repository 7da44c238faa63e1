//! The office measured: open all day, every day, without capacity limits, with
//! enough number series that no row runs out of numbers.

use std::fmt::Write as _;

pub const ID: &str = "bench";

/// Queues, each with its own series of 9,999 numbers and one service.
pub const QUEUES: u64 = 20;

/// Counters, each serving all queues.
pub const COUNTERS: usize = 20;

/// A Monday morning: rows never meet a closing hour.
pub const OPENS: &str = "2026-11-02T09:00:00+07:00";

/// Where a lobby screen listens.
pub fn display_path() -> String {
    format!("/api/v1/sites/{ID}/live?topic=display")
}

/// The site file.
pub fn file() -> String {
    let mut text = format!(
        "[site]\nid = \"{ID}\"\nname = {{ en = \"Bench\" }}\ntime_zone = \"Asia/Bangkok\"\nlanguages = [\"en\"]\n\
         counter_place = {{ en = \"Counter\" }}\n\n[rules]\nstart = \"implicit\"\ncheck_capacity = false\n\n\
         [[hours]]\nid = \"always\"\nweek = {{ mon-sun = [\"00:00-23:59\"] }}\nholiday = [\"00:00-23:59\"]\n\n\
         [[agencies]]\nid = \"office\"\nname = {{ en = \"Office\" }}\nqueue = \"q0\"\nhours = \"always\"\n"
    );
    let mut served = Vec::new();
    for n in 0..QUEUES {
        let letter = char::from(b'A' + n as u8);
        let _ = write!(
            text,
            "\n[[queues]]\nid = \"q{n}\"\nname = {{ en = \"Queue {letter}\" }}\nprefix = \"{letter}\"\ndigits = 4\n\
             target_wait_min = 20\nservice_time_min = 5\nat_close = \"cancel_with_notice\"\n\
             \n[[services]]\nid = \"s{n}\"\nagency = \"office\"\nqueue = \"q{n}\"\nname = {{ en = \"Service {letter}\" }}\n"
        );
        served.push(format!("\"q{n}\""));
    }
    let _ = write!(text, "\n[[profiles]]\nid = \"all\"\nqueues = [{}]\n", served.join(", "));
    for n in 0..COUNTERS {
        let _ = write!(text, "\n[[counters]]\nid = \"c{n}\"\nlabel = \"{}\"\nprofile = \"all\"\n", n + 1);
    }
    text
}
