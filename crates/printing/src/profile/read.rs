//! A profile's file, parsed once into [`Profile`], with problems that name file, line and key.

use serde::Deserialize;
use toml::Spanned;

use super::{Cut, FILE_BYTES_MAX, Profile, ProfileProblem, Raster, Tells};
use crate::render::PaperWidth;

/// More rows in one strip jam real printers.
const STRIP_ROWS_MAX: i64 = 256;
const BUFFER_BYTES_MAX: i64 = 1 << 20;
const PAUSE_MS_MAX: i64 = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    brand: String,
    model: String,
    identities: Vec<String>,
    source: Spanned<String>,
    recalled: Spanned<Vec<String>>,
    width_dots: Spanned<i64>,
    raster: Spanned<String>,
    strip_rows_max: Spanned<i64>,
    cut: Spanned<String>,
    feed_rows: Spanned<i64>,
    real_time_status: Spanned<Vec<i64>>,
    automatic_status: bool,
    confirms_cut: bool,
    near_end_sensor: bool,
    reset: bool,
    pause_ms: Spanned<i64>,
    buffer_bytes: Spanned<i64>,
}

/// The keys that `recalled` may name.
const KEYS: [&str; 14] = [
    "identities",
    "width_dots",
    "raster",
    "strip_rows_max",
    "cut",
    "feed_rows",
    "real_time_status",
    "automatic_status",
    "confirms_cut",
    "near_end_sensor",
    "reset",
    "pause_ms",
    "buffer_bytes",
    "model",
];

const RASTERS: [(&str, Raster); 2] = [("gs-v-0", Raster::GsV0), ("gs-8-l", Raster::Gs8L)];
const CUTS: [(&str, Cut); 5] = [
    ("feed-and-partial", Cut::FeedAndPartial),
    ("feed-and-full", Cut::FeedAndFull),
    ("partial", Cut::Partial),
    ("esc-i", Cut::EscI),
    ("none", Cut::None),
];

/// Reads a profile. `file` names it in problems; its last part without `.toml` is the profile's name.
pub fn parse(file: &str, text: &str) -> Result<Profile, Vec<ProfileProblem>> {
    let mut checks = Checks { file, text, problems: Vec::new() };
    if text.len() > FILE_BYTES_MAX {
        checks.add(0, "", format!("has more than {FILE_BYTES_MAX} bytes: a profile is a page of text"));
        return Err(checks.problems);
    }
    let read: File = match toml::from_str(text) {
        Ok(read) => read,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let key = error.message().split('`').nth(1).unwrap_or_default().to_owned();
            checks.add(at, &key, error.message().lines().next().unwrap_or_default().to_owned());
            return Err(checks.problems);
        }
    };
    let profile = checks.profile(read);
    if checks.problems.is_empty() { Ok(profile) } else { Err(checks.problems) }
}

struct Checks<'a> {
    file: &'a str,
    text: &'a str,
    problems: Vec<ProfileProblem>,
}

impl Checks<'_> {
    fn profile(&mut self, read: File) -> Profile {
        let widths = PaperWidth::ALL.map(|width| i64::from(width.dots()));
        if !widths.contains(read.width_dots.get_ref()) {
            self.add(
                read.width_dots.span().start,
                "width_dots",
                "write 384 (58 mm paper), 512 or 576 (80 mm paper)".to_owned(),
            );
        }
        if read.source.get_ref().trim().is_empty() {
            self.add(read.source.span().start, "source", "is empty: write the manual's title".to_owned());
        }
        for key in read.recalled.get_ref() {
            if !KEYS.contains(&key.as_str()) {
                self.add(read.recalled.span().start, "recalled", format!("names `{key}`, which is no key"));
            }
        }
        let name = self.file.rsplit('/').next().unwrap_or_default().trim_end_matches(".toml");
        Profile {
            name: name.to_owned(),
            brand: read.brand,
            model: read.model,
            identities: read.identities,
            width_dots: *read.width_dots.get_ref() as u16,
            raster: self.one_of("raster", &read.raster, &RASTERS).unwrap_or(Raster::GsV0),
            strip_rows_max: self.within("strip_rows_max", &read.strip_rows_max, 8..=STRIP_ROWS_MAX) as u16,
            cut: self.one_of("cut", &read.cut, &CUTS).unwrap_or(Cut::None),
            feed_rows: self.within("feed_rows", &read.feed_rows, 0..=255) as u8,
            tells: Tells {
                real_time: self.real_time(&read.real_time_status),
                automatic: read.automatic_status,
                confirms_cut: read.confirms_cut,
                near_end_sensor: read.near_end_sensor,
            },
            reset: read.reset,
            pause_ms: self.within("pause_ms", &read.pause_ms, 0..=PAUSE_MS_MAX) as u16,
            buffer_bytes: self.within("buffer_bytes", &read.buffer_bytes, 64..=BUFFER_BYTES_MAX) as u32,
            source: read.source.into_inner(),
            recalled: read.recalled.into_inner(),
        }
    }

    fn real_time(&mut self, asked: &Spanned<Vec<i64>>) -> [bool; 4] {
        let mut answered = [false; 4];
        for n in asked.get_ref() {
            match usize::try_from(n - 1).ok().and_then(|at| answered.get_mut(at)) {
                Some(answered) => *answered = true,
                None => self.add(
                    asked.span().start,
                    "real_time_status",
                    format!("{n} is none of the questions 1, 2, 3, 4"),
                ),
            }
        }
        answered
    }

    fn within(&mut self, key: &str, value: &Spanned<i64>, range: std::ops::RangeInclusive<i64>) -> i64 {
        if !range.contains(value.get_ref()) {
            let problem = format!("{} is not within {} to {}", value.get_ref(), range.start(), range.end());
            self.add(value.span().start, key, problem);
        }
        (*value.get_ref()).clamp(*range.start(), *range.end())
    }

    fn one_of<T: Copy>(&mut self, key: &str, value: &Spanned<String>, known: &[(&str, T)]) -> Option<T> {
        let found = known.iter().find(|(name, _)| name == value.get_ref()).map(|(_, one)| *one);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.add(
                value.span().start,
                key,
                format!("`{}` is none of {}", value.get_ref(), names.join(", ")),
            );
        }
        found
    }

    fn add(&mut self, at: usize, key: &str, problem: String) {
        let line = self.text.as_bytes()[..at.min(self.text.len())].iter().filter(|byte| **byte == b'\n');
        self.problems.push(ProfileProblem {
            file: self.file.to_owned(),
            line: line.count() + 1,
            key: key.to_owned(),
            problem,
        });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    const GOOD: &str = include_str!("../../../../config/printers/generic.toml");

    /// The problems after one change, as people read them.
    fn problems(from: &str, to: &str) -> Vec<String> {
        assert!(GOOD.contains(from), "{from}");
        let read = parse("mine.toml", &GOOD.replacen(from, to, 1));
        read.unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_sound_file_is_a_profile_by_its_name() {
        let profile = parse("config/printers/mine.toml", GOOD).unwrap();
        assert_eq!((profile.name.as_str(), profile.width_dots), ("mine", 576));
        assert_eq!(profile.tells.real_time, [true; 4]);
    }

    #[test]
    fn a_mistake_is_told_with_file_line_and_key() {
        let line = |key: &str| GOOD.lines().position(|line| line.starts_with(key)).unwrap() + 1;
        let expected = |key: &str, problem: &str| format!("mine.toml:{}: {key}: {problem}", line(key));
        assert_eq!(
            problems("strip_rows_max = 256", "strip_rows_max = 2000"),
            [expected("strip_rows_max", "2000 is not within 8 to 256")]
        );
        assert_eq!(problems("gs-v-0", "bitmap"), [expected("raster", "`bitmap` is none of gs-v-0, gs-8-l")]);
        assert_eq!(
            problems("[1, 2, 3, 4]", "[0, 5]"),
            [
                expected("real_time_status", "0 is none of the questions 1, 2, 3, 4"),
                expected("real_time_status", "5 is none of the questions 1, 2, 3, 4")
            ]
        );
        assert_eq!(
            problems("width_dots = 576", "width_dots = 0"),
            [expected("width_dots", "write 384 (58 mm paper), 512 or 576 (80 mm paper)")]
        );
    }

    #[test]
    fn what_is_missing_unknown_or_no_toml_is_told_too() {
        assert_eq!(problems("cut = ", "# cut = "), ["mine.toml:1: cut: missing field `cut`"]);
        let unknown = problems("reset = true", "resett = true").remove(0);
        assert!(unknown.contains(": resett: unknown field `resett`"), "{unknown}");
        let wrong = problems("width_dots = 576", "width_dots = \"wide\"").remove(0);
        assert!(wrong.starts_with("mine.toml:") && wrong.contains("expected i64"), "{wrong}");
        assert!(parse("x.toml", "=").is_err());
        assert!(parse("x.toml", &"#".repeat(FILE_BYTES_MAX + 1)).is_err());
    }
}
