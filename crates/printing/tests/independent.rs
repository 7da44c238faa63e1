//! An interpreter of printer bytes that is not ours sees the same picture, dot for dot. It is built from
//! `tests/interpreter`; where its source cannot be fetched, the test says so and is skipped.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use khiw_printing::profile::Raster;
use khiw_printing::{PaperWidth, Picture, Profile, Renderer, TicketPaper, escpos, profile};

use crate::common::paper;

const HOME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/interpreter");

/// The interpreter's program; `None` when its source cannot be had here.
fn interpreter() -> Option<PathBuf> {
    let cargo = |args: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(args).current_dir(HOME).env_remove("RUSTFLAGS");
        cargo.output().unwrap()
    };
    let fetched = cargo(&["fetch", "--locked", "--quiet"]);
    if !fetched.status.success() {
        let why = String::from_utf8_lossy(&fetched.stderr);
        println!("SKIPPED: the interpreter's source cannot be fetched here: {why}");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interpreter");
    let built = cargo(&["build", "--locked", "--quiet", "--target-dir", folder.to_str().unwrap()]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(folder.join("debug/khiw-interpreter"))
}

/// The pictures it sees, one for each cut.
fn interpreted(program: &Path, bytes: &[u8]) -> Vec<Picture> {
    let mut running = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter starts");
    running.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success());
    let (mut pictures, mut width, mut rows) = (Vec::new(), 0, Vec::new());
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        if line == "cut" {
            pictures.push(Picture::from_rows(width, std::mem::take(&mut rows)).unwrap());
            continue;
        }
        let [dots, height, hex] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        width = dots.parse().unwrap();
        assert!(height.parse::<usize>().unwrap() <= 256, "a strip of {height} rows");
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        rows.extend((0..hex.len()).step_by(2).map(byte));
    }
    assert!(rows.is_empty(), "rows after the last cut");
    pictures
}

#[test]
fn somebody_else_s_interpreter_sees_the_same_picture_dot_for_dot() {
    let Some(program) = interpreter() else { return };
    let mut renderer = Renderer::new();
    for width in PaperWidth::ALL {
        let linked =
            TicketPaper { link: Some("https://queue.example.go.th/t/k7m2q9".into()), ..paper("A042") };
        let pictures = [linked, TicketPaper { reprint: true, ..paper("B007") }]
            .map(|paper| renderer.render(&paper, width).picture);
        for raster in [Raster::GsV0, Raster::Gs8L] {
            let profile = Profile { raster, ..Profile::clone(&profile::find("generic").unwrap()) };
            let seen = interpreted(&program, &escpos::job(&pictures, &profile));
            assert_eq!(seen, pictures, "{width:?} by {raster:?}");
        }
    }
}
