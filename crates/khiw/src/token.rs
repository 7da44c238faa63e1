//! `khiw token`: through the running server, which then knows at once; otherwise in `accounts.db` itself.

use std::path::Path;

use anyhow::Context as _;
use khiw_journal::DataFolder;
use khiw_server::access::{Accounts, Kind, NewToken, TokenEntry};
use khiw_server::control::{self, ControlError, NewSecret};

use crate::cli::{self, TokenKind};
use crate::say::say;

pub fn run(command: &cli::Token) -> anyhow::Result<()> {
    match command {
        cli::Token::Create(options) => create(options),
        cli::Token::List(options) => list(options),
        cli::Token::Revoke(options) => revoke(options),
    }
}

/// Asks the server, or does it in the locked folder.
fn either<T: serde::de::DeserializeOwned>(
    data: &Path,
    request: &control::Request,
    otherwise: impl FnOnce(&Accounts) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    match control::ask(data, request) {
        Err(ControlError::NoServer(_)) => {
            let _lock = DataFolder::open(data)?;
            let accounts = Accounts::open(data).context("cannot open the accounts")?;
            otherwise(&accounts)
        }
        outcome => Ok(outcome?),
    }
}

fn create(options: &cli::TokenCreate) -> anyhow::Result<()> {
    let kind = kind(options.kind);
    let (site, counter, label) = (options.site.clone(), options.counter.clone(), options.label.clone());
    let new = NewToken { kind, site: site.clone(), counter: counter.clone(), label: label.clone() };
    let request = control::Request::TokenCreate { kind, site, counter, label };
    let made = either(&options.data, &request, |accounts| {
        let (entry, secret) = accounts.create_token(&new)?;
        Ok(NewSecret { id: entry.id, secret })
    })?;
    say(format_args!("token {} for {} of site {}: {}", made.id, kind.name(), options.site, made.secret));
    Ok(())
}

fn list(options: &cli::TokenList) -> anyhow::Result<()> {
    let request = control::Request::TokenList { site: None };
    let entries: Vec<TokenEntry> = either(&options.data, &request, |accounts| Ok(accounts.list(None)?))?;
    if entries.is_empty() {
        say(format_args!("no tokens yet; make one with `khiw token create`"));
    }
    for entry in entries {
        say(format_args!("{}", line(&entry)));
    }
    Ok(())
}

fn line(entry: &TokenEntry) -> String {
    let at = entry.counter.as_ref().map_or(String::new(), |counter| format!(" counter {counter}"));
    let used = entry.last_used.map_or("never used".to_owned(), |used| format!("last used {used}"));
    let revoked = entry.revoked.map_or(String::new(), |revoked| format!(", revoked {revoked}"));
    let label = if entry.label.is_empty() { String::new() } else { format!(" “{}”", entry.label) };
    format!(
        "{}  {}  {}{at}{label}  made {}, {used}{revoked}",
        entry.id,
        entry.kind.name(),
        entry.site,
        entry.created
    )
}

fn revoke(options: &cli::TokenRevoke) -> anyhow::Result<()> {
    let request = control::Request::TokenRevoke { id: options.id.clone() };
    let entry: TokenEntry = either(&options.data, &request, |accounts| Ok(accounts.revoke(&options.id)?))?;
    say(format_args!("revoked: {}", line(&entry)));
    Ok(())
}

fn kind(kind: TokenKind) -> Kind {
    match kind {
        TokenKind::Kiosk => Kind::Kiosk,
        TokenKind::Display => Kind::Display,
        TokenKind::Clerk => Kind::Clerk,
        TokenKind::Reception => Kind::Reception,
        TokenKind::Supervisor => Kind::Supervisor,
        TokenKind::Administrator => Kind::Administrator,
        TokenKind::Agent => Kind::Agent,
        TokenKind::Integration => Kind::Integration,
    }
}
