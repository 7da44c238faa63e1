//! Opens the way to a printer, by kind of link. Without time-outs: the session has them.

use std::io::ErrorKind;
use std::path::Path;

use serial2_tokio::{FlowControl, SerialPort};
use tokio::net::TcpStream;

use super::{Flow, Link, LinkError, Way, usb};

/// Where the files are that are devices.
const DEVICES: &str = "/dev";

pub(super) async fn open(link: &Link) -> Result<Way, LinkError> {
    match link {
        Link::Network { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(LinkError::Unreachable)?;
            // Status questions are three bytes: they must not wait for company.
            stream.set_nodelay(true).map_err(LinkError::Unreachable)?;
            Ok(Way { channel: Box::new(stream), answers: true })
        }
        Link::Usb { vendor, product, serial } => usb::open(*vendor, *product, serial.as_deref()).await,
        Link::Device { path } => device(path),
        Link::Serial { path, baud, flow } => serial_line(path, *baud, *flow),
        Link::File { path } => {
            let mut options = tokio::fs::OpenOptions::new();
            // A device that was pulled out must not be taken for a file that nobody has made yet.
            let opened = options.append(true).create(!path.starts_with(DEVICES)).open(path).await;
            let file = opened.map_err(|error| not_opened(path, error))?;
            Ok(Way { channel: Box::new(file), answers: false })
        }
    }
}

fn serial_line(path: &Path, baud: u32, flow: Flow) -> Result<Way, LinkError> {
    let set = |mut settings: serial2_tokio::Settings| {
        settings.set_raw();
        settings.set_baud_rate(baud)?;
        settings.set_flow_control(match flow {
            Flow::None => FlowControl::None,
            Flow::Hardware => FlowControl::RtsCts,
            Flow::Software => FlowControl::XonXoff,
        });
        Ok(settings)
    };
    let port = SerialPort::open(path, set).map_err(|error| not_opened(path, error))?;
    // What a printer said to whoever had the line before is not for us.
    port.discard_input_buffer().map_err(|error| not_opened(path, error))?;
    Ok(Way { channel: Box::new(port), answers: true })
}

/// A device file that is written and read, as the kernel's printer class driver gives one.
#[cfg(target_os = "linux")]
fn device(path: &Path) -> Result<Way, LinkError> {
    use tokio::net::unix::pipe;
    let open = || {
        // The driver lets a device be opened once only: both directions share that one.
        let mut options = pipe::OpenOptions::new();
        let writer = options.unchecked(true).read_write(true).open_sender(path)?;
        let file = std::fs::File::from(writer.into_nonblocking_fd()?);
        let reader = pipe::Receiver::from_file_unchecked(file.try_clone()?)?;
        let writer = pipe::Sender::from_file_unchecked(file)?;
        Ok(tokio::io::join(reader, writer))
    };
    let channel = open().map_err(|error: std::io::Error| match error.kind() {
        // A plain file cannot be waited for.
        ErrorKind::PermissionDenied if path.is_file() => LinkError::NoPrinter(path.display().to_string()),
        _ => not_opened(path, error),
    })?;
    Ok(Way { channel: Box::new(channel), answers: true })
}

#[cfg(not(target_os = "linux"))]
fn device(path: &Path) -> Result<Way, LinkError> {
    Err(LinkError::NoPrinter(path.display().to_string()))
}

fn not_opened(path: &Path, error: std::io::Error) -> LinkError {
    let place = path.display().to_string();
    match error.kind() {
        ErrorKind::NotFound => LinkError::Absent(place),
        ErrorKind::PermissionDenied => LinkError::Denied(place),
        ErrorKind::ResourceBusy => LinkError::Busy(place),
        _ => LinkError::Unreachable(error),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    async fn refused(link: &str) -> LinkError {
        open(&link.parse().unwrap()).await.err().unwrap()
    }

    #[tokio::test]
    async fn a_device_that_is_not_there_is_named() {
        for link in [
            "usb:/dev/usb/no-such-lp",
            "serial:/dev/no-such-tty",
            "file:/dev/no-such-lp",
            "file:/no/such/folder/file",
        ] {
            let error = refused(link).await;
            assert!(matches!(&error, LinkError::Absent(place) if link.contains(place)), "{link}: {error}");
        }
    }

    #[tokio::test]
    async fn a_plain_file_is_no_device() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = refused(&format!("usb:{}", file.path().display())).await;
        assert!(matches!(error, LinkError::NoPrinter(_)), "{error}");
    }
}
