//! By which names and addresses this machine is reached on the office's network.

use std::collections::BTreeSet;
use std::net::IpAddr;

/// Names and addresses for the certificate: the machine's own, loopback, and those that were asked for.
/// Sorted, without duplicates.
pub fn machine_names(extra: &[String]) -> Vec<String> {
    let mut names: BTreeSet<String> = ["localhost", "127.0.0.1", "::1"].map(String::from).into();
    if let Some(host) = host_name() {
        // Many offices have no name server: the machine is then found by multicast.
        names.insert(format!("{host}.local"));
        names.insert(host);
    }
    names.extend(addresses().iter().map(IpAddr::to_string));
    names.extend(extra.iter().map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()));
    names.into_iter().collect()
}

fn host_name() -> Option<String> {
    let read = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .or_else(|_| std::env::var("HOSTNAME").map_err(std::io::Error::other));
    let name = read.ok()?.trim().to_ascii_lowercase();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    (!name.is_empty() && name.bytes().all(plain)).then_some(name)
}

/// Addresses of all interfaces. None is no error: `--name` is there for what cannot be found.
fn addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    // A link-local IPv6 address needs a zone, which no certificate can hold.
    let usable = |ip: &IpAddr| match ip {
        IpAddr::V4(_) => true,
        IpAddr::V6(ip) => !ip.is_unicast_link_local(),
    };
    interfaces.iter().map(if_addrs::Interface::ip).filter(usable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_asked_for_come_beside_loopback_and_only_once() {
        let names =
            machine_names(&["Hall.Example ".into(), "hall.example".into(), "10.1.2.3".into(), " ".into()]);
        for wanted in ["localhost", "127.0.0.1", "::1", "hall.example", "10.1.2.3"] {
            assert_eq!(names.iter().filter(|name| *name == wanted).count(), 1, "{wanted} in {names:?}");
        }
    }
}
