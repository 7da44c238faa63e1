//! A text as a QR code on the canvas.
//!
//! Must not shrink a code below what phones read from thermal paper: it is left out instead.

use qrcode::{Color, EcLevel, QrCode};

use crate::canvas::Canvas;

/// Dots a module: under 4 (half a millimetre) phones begin to fail on thermal paper.
const MODULE_DOTS_MIN: u32 = 4;
/// Above this the code is only larger, not easier to read.
const MODULE_DOTS_MAX: u32 = 6;
/// The standard's quiet zone.
const QUIET_MODULES: u32 = 4;

/// Draws the code centred with its top at `y`, as near to `share_percent` of the width as phones can read it; gives its
/// height, or `None` when the text is too long for this paper or for the rows left.
pub(crate) fn draw(
    canvas: &mut Canvas,
    text: &str,
    y: u32,
    share_percent: u32,
    rows_max: u32,
) -> Option<u32> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let modules = code.width() as u32;
    let side_modules = modules + 2 * QUIET_MODULES;
    let wanted = canvas.width() * share_percent / 100 / side_modules;
    let module = wanted.clamp(MODULE_DOTS_MIN, MODULE_DOTS_MAX);
    let side = side_modules * module;
    if side > canvas.width() || side > rows_max {
        return None;
    }
    let left = (canvas.width() - side) / 2 + QUIET_MODULES * module;
    let top = y + QUIET_MODULES * module;
    canvas.grow_to(y + side);
    for (at, _) in code.to_colors().iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        let (row, column) = (at as u32 / modules, at as u32 % modules);
        canvas.fill(left + column * module, top + row * module, module, module);
    }
    Some(side)
}
