//! Where a printer is, and the way there: network, USB, serial, file.
//!
//! Must not know jobs or the spool, and must not repeat anything: who calls decides what a failure
//! means.

mod open;
mod session;
mod usb;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::str::FromStr;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};

pub use session::{Delivery, LinkTimeouts, Session};

/// The port thermal printers listen on.
pub const PORT_DEFAULT: u16 = 9100;
/// What serial printers are set to most often.
pub const BAUD_DEFAULT: u32 = 9_600;
const BAUDS: std::ops::RangeInclusive<u32> = 300..=921_600;

/// How a serial line is kept from overrunning the printer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    None,
    /// RTS and CTS lines.
    Hardware,
    /// XON and XOFF bytes. The usual for two-wire cables.
    #[default]
    Software,
}

/// Where a printer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// `tcp://HOST[:PORT]`, by name or address.
    Network { host: String, port: u16 },
    /// `usb:VID:PID[:SERIAL]`: the first device of that kind, or the one with that serial number.
    Usb { vendor: u16, product: u16, serial: Option<String> },
    /// `usb:/dev/usb/lp0`: a device file that is read, too.
    Device { path: PathBuf },
    /// `serial:PATH[?baud=…&flow=none|hardware|software]`.
    Serial { path: PathBuf, baud: u32, flow: Flow },
    /// `file:PATH`: a plain file or a device file that only takes; it tells nothing.
    File { path: PathBuf },
}

#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "`{0}` is not a printer's place: write tcp://HOST[:PORT], usb:VID:PID[:SERIAL], usb:/dev/usb/lp0, \
     serial:/dev/ttyUSB0[?baud=9600] or file:PATH"
)]
pub struct LinkSyntaxError(String);

impl FromStr for Link {
    type Err = LinkSyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = match text.split_once(':') {
            Some(("tcp", rest)) => rest.strip_prefix("//").and_then(network),
            Some(("usb", rest)) if rest.starts_with('/') => Some(Self::Device { path: rest.into() }),
            Some(("usb", rest)) => usb_device(rest),
            Some(("serial", rest)) => serial(rest),
            Some(("file", rest)) if !rest.is_empty() => Some(Self::File { path: rest.into() }),
            _ => None,
        };
        parsed.ok_or_else(|| LinkSyntaxError(text.to_owned()))
    }
}

fn network(place: &str) -> Option<Link> {
    let place = place.trim_end_matches('/');
    let (host, port) = match place.rsplit_once(':') {
        // A colon inside brackets belongs to an IPv6 address.
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (place, PORT_DEFAULT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let odd = |c: char| c.is_whitespace() || matches!(c, '/' | '@' | '?' | '#');
    let sound = !host.is_empty() && !host.contains(odd) && port > 0;
    sound.then(|| Link::Network { host: host.to_owned(), port })
}

/// `VID:PID[:SERIAL]`, both numbers of four hexadecimal digits as `lsusb` shows them.
fn usb_device(text: &str) -> Option<Link> {
    let mut parts = text.splitn(3, ':');
    let mut id = || {
        let digits = parts.next()?;
        (digits.len() == 4).then(|| u16::from_str_radix(digits, 16).ok())?
    };
    let (vendor, product) = (id()?, id()?);
    let serial = parts.next().map(str::to_owned);
    if serial.as_deref() == Some("") {
        return None;
    }
    Some(Link::Usb { vendor, product, serial })
}

fn serial(text: &str) -> Option<Link> {
    let (path, settings) = text.split_once('?').unwrap_or((text, ""));
    if path.is_empty() {
        return None;
    }
    let (mut baud, mut flow) = (BAUD_DEFAULT, Flow::default());
    for setting in settings.split('&').filter(|setting| !setting.is_empty()) {
        match setting.split_once('=')? {
            ("baud", value) => baud = value.parse().ok().filter(|baud| BAUDS.contains(baud))?,
            ("flow", "none") => flow = Flow::None,
            ("flow", "hardware") => flow = Flow::Hardware,
            ("flow", "software") => flow = Flow::Software,
            _ => return None,
        }
    }
    Some(Link::Serial { path: path.into(), baud, flow })
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Network { host, port } => write!(f, "tcp://{host}:{port}"),
            Self::Usb { vendor, product, serial } => {
                write!(f, "usb:{vendor:04x}:{product:04x}")?;
                serial.iter().try_for_each(|serial| write!(f, ":{serial}"))
            }
            Self::Device { path } => write!(f, "usb:{}", path.display()),
            Self::Serial { path, baud, flow } => {
                write!(f, "serial:{}?baud={baud}", path.display())?;
                match flow {
                    Flow::Software => Ok(()),
                    Flow::None => write!(f, "&flow=none"),
                    Flow::Hardware => write!(f, "&flow=hardware"),
                }
            }
            Self::File { path } => write!(f, "file:{}", path.display()),
        }
    }
}

/// Why a printer could not be reached, or was lost.
#[derive(Debug, Error)]
pub enum LinkError {
    #[error("cannot be reached: {0}")]
    Unreachable(std::io::Error),
    #[error("no connection within {0} ms")]
    ConnectTimeout(u64),
    /// Nothing is plugged in there.
    #[error("there is no {0}: is it plugged in and switched on?")]
    Absent(String),
    #[error(
        "{0} may not be used: add the user of Khiw to the group that owns it (lp, dialout), or a udev rule"
    )]
    Denied(String),
    #[error("{0} is in use by another program")]
    Busy(String),
    #[error("{0} is no printer: it has no way to take bytes")]
    NoPrinter(String),
    #[error("the connection ended: {0}")]
    Torn(std::io::Error),
    #[error("takes no more bytes for {0} ms")]
    Stalled(u64),
}

/// Both directions of a connection.
pub trait Channel: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Channel for T {}

/// An open way to a printer.
pub struct Way {
    pub channel: Box<dyn Channel>,
    /// Whether there is a way back at all.
    pub answers: bool,
}

/// What [`Dial::dial`] gives.
pub type Dialling<'a> = Pin<Box<dyn Future<Output = Result<Way, LinkError>> + Send + 'a>>;

/// Opens ways to one printer: a [`Link`], or a stand-in of a test.
pub trait Dial: Send + Sync {
    fn dial(&self) -> Dialling<'_>;
}

impl Dial for Link {
    fn dial(&self) -> Dialling<'_> {
        Box::pin(open::open(self))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    fn network(host: &str, port: u16) -> Link {
        Link::Network { host: host.into(), port }
    }

    fn usb(serial: Option<&str>) -> Link {
        Link::Usb { vendor: 0x04b8, product: 0x0e28, serial: serial.map(str::to_owned) }
    }

    #[test]
    fn places_are_read_and_written() {
        assert_eq!("tcp://printer-1.hall:9101".parse(), Ok(network("printer-1.hall", 9101)));
        assert_eq!("tcp://192.168.1.7".parse(), Ok(network("192.168.1.7", 9100)));
        assert_eq!("tcp://[fe80::1]:9100/".parse(), Ok(network("fe80::1", 9100)));
        assert_eq!("tcp://[::1]".parse(), Ok(network("::1", 9100)));
        assert_eq!("file:/dev/usb/lp0".parse(), Ok(Link::File { path: "/dev/usb/lp0".into() }));
        assert_eq!("usb:/dev/usb/lp0".parse(), Ok(Link::Device { path: "/dev/usb/lp0".into() }));
        assert_eq!("usb:04b8:0E28".parse(), Ok(usb(None)));
        assert_eq!("usb:04b8:0e28:J7A:1".parse(), Ok(usb(Some("J7A:1"))));
        let serial = |baud, flow| Ok(Link::Serial { path: "/dev/ttyS0".into(), baud, flow });
        assert_eq!("serial:/dev/ttyS0".parse(), serial(9_600, Flow::Software));
        assert_eq!("serial:/dev/ttyS0?baud=38400&flow=none".parse(), serial(38_400, Flow::None));
        for text in [
            "tcp://[::1]:9100",
            "tcp://kiosk:9100",
            "file:out.bin",
            "usb:04b8:0e28",
            "usb:04b8:0e28:X1",
            "usb:/dev/usb/lp1",
            "serial:/dev/ttyUSB0?baud=19200",
            "serial:/dev/ttyUSB0?baud=19200&flow=hardware",
        ] {
            assert_eq!(text.parse::<Link>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn nonsense_is_refused_with_the_forms_that_work() {
        for text in [
            "",
            "kiosk",
            "tcp://",
            "tcp:a",
            "tcp://:9100",
            "tcp://a:b",
            "tcp://a:0",
            "tcp://a b",
            "file:",
            "usb:",
            "usb:4b8:0e28",
            "usb:04b8",
            "usb:04b8:0e2g",
            "usb:04b8:0e28:",
            "serial:",
            "serial:?baud=9600",
            "serial:/dev/ttyS0?baud=0",
            "serial:/dev/ttyS0?parity=odd",
            "serial:/dev/ttyS0?flow",
        ] {
            let refused = text.parse::<Link>().unwrap_err();
            assert!(refused.to_string().contains("tcp://HOST"), "{text}");
        }
    }
}
