//! `khiw print-agent`: the printer of a kiosk's machine, for a server elsewhere.

use anyhow::{Context as _, bail};
use khiw_agent::Options;
use khiw_domain::id::PrinterId;
use khiw_printing::Link;

use crate::cli::print::PrintAgent;
use crate::{house, say};

pub async fn run(options: PrintAgent) -> anyhow::Result<()> {
    let printers = printers(&options)?;
    let end = house::asked_to_end()?;
    for (name, link) in &printers {
        say::announce(format_args!("printing for {} at {}: {name} on {link}", options.site, options.server));
    }
    let options = Options {
        server: options.server,
        site: options.site.to_string(),
        printers,
        token_file: options.token_file,
        folder: options.data,
        ca: options.ca,
    };
    Ok(khiw_agent::run(options, end).await?)
}

/// `NAME` with one `--link`, or each as `NAME=LINK`.
fn printers(options: &PrintAgent) -> anyhow::Result<Vec<(String, Link)>> {
    let named = |text: &str, link: &str| -> anyhow::Result<(String, Link)> {
        let id = PrinterId::parse(text).with_context(|| format!("--printer {text}"))?;
        Ok((id.to_string(), link.parse()?))
    };
    if let Some(link) = &options.link {
        let [name] = options.printer.as_slice() else {
            bail!("--link is for one printer: write several as --printer NAME=LINK");
        };
        if name.contains('=') {
            bail!("--printer {name} says where it is already: leave --link away");
        }
        return Ok(vec![named(name, link)?]);
    }
    let each = options.printer.iter().map(|text| match text.split_once('=') {
        Some((name, link)) => named(name, link),
        None => bail!("where is `{text}`? Write --link LINK, or --printer {text}=LINK"),
    });
    each.collect()
}
