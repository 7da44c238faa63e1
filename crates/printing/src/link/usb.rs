//! Printers on USB, spoken to directly. Needs no kernel driver: one that has the device is asked to let go.

use nusb::descriptors::{InterfaceDescriptor, TransferType};
use nusb::transfer::{Bulk, Direction, In, Out};
use nusb::{DeviceInfo, ErrorKind};

use super::{LinkError, Way};

/// USB's class of printers.
const PRINTER_CLASS: u8 = 7;
/// Bytes handed to the device at once.
const OUT_BYTES: usize = 4_096;
const IN_BYTES: usize = 512;

pub(super) async fn open(vendor: u16, product: u16, serial: Option<&str>) -> Result<Way, LinkError> {
    let name = match serial {
        Some(serial) => format!("USB device {vendor:04x}:{product:04x} with serial number {serial}"),
        None => format!("USB device {vendor:04x}:{product:04x}"),
    };
    let mut devices = nusb::list_devices().await.map_err(|error| typed(&name, &error))?;
    let device = devices.find(|device| is_wanted(device, vendor, product, serial));
    let device = device.ok_or_else(|| LinkError::Absent(name.clone()))?;
    let device = device.open().await.map_err(|error| typed(&name, &error))?;
    let configuration = device.active_configuration().map_err(|_| LinkError::NoPrinter(name.clone()))?;
    let ends = configuration
        .interface_alt_settings()
        .filter_map(|interface| Ends::of(&interface))
        // A printer with a scanner or a display in it has further interfaces.
        .max_by_key(|ends| ends.is_printer);
    let ends = ends.ok_or_else(|| LinkError::NoPrinter(name.clone()))?;
    let claimed = device.detach_and_claim_interface(ends.interface).await;
    let interface = claimed.map_err(|error| typed(&name, &error))?;
    if ends.alternate > 0 {
        interface.set_alt_setting(ends.alternate).await.map_err(|error| typed(&name, &error))?;
    }
    let out = interface.endpoint::<Bulk, Out>(ends.out).map_err(|error| typed(&name, &error))?;
    let writer = out.writer(OUT_BYTES);
    if let Some(into) = ends.into {
        let into = interface.endpoint::<Bulk, In>(into).map_err(|error| typed(&name, &error))?;
        let channel = Box::new(tokio::io::join(into.reader(IN_BYTES), writer));
        Ok(Way { channel, answers: true })
    } else {
        let channel = Box::new(tokio::io::join(tokio::io::empty(), writer));
        Ok(Way { channel, answers: false })
    }
}

fn is_wanted(device: &DeviceInfo, vendor: u16, product: u16, serial: Option<&str>) -> bool {
    device.vendor_id() == vendor
        && device.product_id() == product
        && (serial.is_none() || device.serial_number() == serial)
}

/// The ends of an interface through which bytes go and come.
struct Ends {
    interface: u8,
    alternate: u8,
    is_printer: bool,
    out: u8,
    into: Option<u8>,
}

impl Ends {
    fn of(interface: &InterfaceDescriptor<'_>) -> Option<Self> {
        let find = |direction| {
            let bulk = |end: &nusb::descriptors::EndpointDescriptor<'_>| {
                end.transfer_type() == TransferType::Bulk && end.direction() == direction
            };
            interface.endpoints().find(bulk).map(|end| end.address())
        };
        Some(Self {
            interface: interface.interface_number(),
            alternate: interface.alternate_setting(),
            is_printer: interface.class() == PRINTER_CLASS,
            out: find(Direction::Out)?,
            into: find(Direction::In),
        })
    }
}

fn typed(name: &str, error: &nusb::Error) -> LinkError {
    match error.kind() {
        ErrorKind::Disconnected | ErrorKind::NotFound => LinkError::Absent(name.to_owned()),
        ErrorKind::PermissionDenied => LinkError::Denied(name.to_owned()),
        ErrorKind::Busy => LinkError::Busy(name.to_owned()),
        _ => LinkError::Unreachable(std::io::Error::other(error.to_string())),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops here")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_printer_that_is_not_plugged_in_is_named() {
        // Whether the machine has USB at all or not: no such device is on it.
        let error = open(0xFFFF, 0xFFFE, Some("no-such")).await.err().unwrap();
        match error {
            LinkError::Absent(name) => assert_eq!(name, "USB device ffff:fffe with serial number no-such"),
            LinkError::Unreachable(_) | LinkError::Denied(_) => {}
            other => panic!("{other}"),
        }
    }
}
