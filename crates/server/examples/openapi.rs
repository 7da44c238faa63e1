//! Prints the OpenAPI document: `cargo run -p khiw-server --example openapi > target/openapi.json`.
//! The pages' client is generated from it. Needs no built pages and no data folder.

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let document = khiw_server::api::openapi().to_pretty_json()?;
    writeln!(std::io::stdout().lock(), "{document}")?;
    Ok(())
}
