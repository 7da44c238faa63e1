//! Where the server is. Plain only on this very machine: papers carry tokens of tickets.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use thiserror::Error;

/// `https://HOST[:PORT]`, or `http://` at loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress {
    pub tls: bool,
    /// A name or an address, without brackets.
    pub host: String,
    pub port: u16,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    #[error("`{0}` is no server's address: write https://HOST or https://HOST:PORT")]
    Syntax(String),
    #[error("`{0}` is not this machine: write https:// (http:// is for loopback only)")]
    Plain(String),
}

impl FromStr for ServerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let wrong = || AddressError::Syntax(text.to_owned());
        let (tls, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(wrong()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let usual = if tls { 443 } else { 80 };
        let (host, port) = match rest.rsplit_once(':') {
            // A colon inside brackets belongs to an IPv6 address.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
            _ => (rest, usual),
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let sound = match bare {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.chars().all(is_name),
        };
        if !sound || port == 0 {
            return Err(wrong());
        }
        let host = bare.unwrap_or(host).to_owned();
        let here = host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if tls || here { Ok(Self { tls, host, port }) } else { Err(AddressError::Plain(text.to_owned())) }
    }
}

impl ServerAddress {
    /// `HOST:PORT` as it stands in an address.
    pub fn authority(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http{}://{}", if self.tls { "s" } else { "" }, self.authority())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (text, written) in [
            ("https://queue.office.local:8443", "https://queue.office.local:8443"),
            ("https://queue.office.local/", "https://queue.office.local:443"),
            ("https://[fd00::7]:8443", "https://[fd00::7]:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost", "http://localhost:80"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(text.parse::<ServerAddress>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn nonsense_and_plain_words_over_the_network_are_refused() {
        for text in
            ["", "queue", "ftp://a", "https://", "https://a:b", "https://a:0", "https://a b", "https://a/b"]
        {
            assert_eq!(text.parse::<ServerAddress>(), Err(AddressError::Syntax(text.into())), "{text}");
        }
        for text in ["http://192.168.1.7:8080", "http://queue.office.local"] {
            assert_eq!(text.parse::<ServerAddress>(), Err(AddressError::Plain(text.into())), "{text}");
        }
    }
}
