//! Printer bytes on standard input; on standard output the papers, each as its rows: `WIDTH HEIGHT HEX` a strip,
//! and `cut` where the paper is cut.

#![allow(dead_code, unused, clippy::all, clippy::pedantic, reason = "most of it is somebody else's")]

include!(concat!(env!("OUT_DIR"), "/escpresso.rs"));

use std::io::{Read as _, Write as _};

fn main() {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).expect("standard input");
    let mut interpreter = EscPosRenderer::new(false);
    interpreter.process_data(&bytes).expect("bytes that it understands");
    let mut out = std::io::stdout().lock();
    for element in interpreter.take_elements() {
        match element {
            ReceiptElement::RasterImage { width, height, data, .. } => {
                let hex: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
                writeln!(out, "{width} {height} {hex}").expect("standard output");
            }
            ReceiptElement::PaperCut { .. } => writeln!(out, "cut").expect("standard output"),
            _ => {}
        }
    }
}
