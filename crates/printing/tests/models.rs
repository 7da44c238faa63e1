//! The table of models in `docs/printers.md` is what the files say.
//! After a change of a model: `KHIW_BLESS=1 cargo nextest run -p khiw-printing --test models`.

use std::fmt::Write as _;

use khiw_printing::profile::{self, Cut, Profile, Raster};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/printers.md");
const BEGIN: &str = "<!-- models: written by crates/printing/tests/models.rs -->\n";
const END: &str = "<!-- end of models -->";

fn row(profile: &Profile) -> String {
    let raster = match profile.raster {
        Raster::GsV0 => "`GS v 0`",
        Raster::Gs8L => "`GS 8 L`",
    };
    let cut = match profile.cut {
        Cut::FeedAndPartial => "partial",
        Cut::FeedAndFull => "full",
        Cut::Partial => "partial, no feed",
        Cut::EscI => "`ESC i`",
        Cut::None => "none",
    };
    let yes = |yes: bool| if yes { "yes" } else { "–" };
    let tells = profile.tells;
    let recalled = match profile.recalled.as_slice() {
        [] => "–".to_owned(),
        keys => keys.join(", "),
    };
    format!(
        "| `{}` | {} {} | {} | {raster}, {} | {cut} | {} | {} | {} | {recalled} |",
        profile.name,
        profile.brand,
        profile.model,
        profile.width_dots,
        profile.strip_rows_max,
        yes(tells.automatic),
        yes(tells.confirms_cut),
        yes(tells.near_end_sensor),
    )
}

fn table() -> String {
    let mut table = "\n| `profile` | model | dots | picture, rows a strip | cut | reports itself | confirms the cut | near-end sensor | recalled, not confirmed |\n|---|---|---|---|---|---|---|---|---|\n".to_owned();
    for profile in profile::all() {
        writeln!(table, "{}", row(profile)).unwrap();
    }
    table.push('\n');
    table
}

#[test]
fn the_table_of_models_is_what_their_files_say() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (head, rest) = page.split_once(BEGIN).unwrap();
    let (found, tail) = rest.split_once(END).unwrap();
    if std::env::var_os("KHIW_BLESS").is_some() {
        std::fs::write(PAGE, format!("{head}{BEGIN}{}{END}{tail}", table())).unwrap();
        return;
    }
    assert!(found == table(), "docs/printers.md is not what the files say; bless it and read the difference");
}
