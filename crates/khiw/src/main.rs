//! khiw
fn main() {}
