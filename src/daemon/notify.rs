//! Telling systemd how far we are (`Type=notify`): a datagram to the socket that it names.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// The daemon serves.
pub const READY: &str = "READY=1";
/// The daemon is on its way out.
pub const STOPPING: &str = "STOPPING=1";

/// Tells the service manager, when there is one; it does without the news when it cannot be told.
pub fn tell(state: &str) {
    if let Some(to) = std::env::var_os("NOTIFY_SOCKET")
        && let Err(e) = send(to.as_bytes(), state)
    {
        tracing::warn!("the service manager could not be told {state}: {e}");
    }
}

/// Sends one state to a socket; a leading `@` stands for the abstract name space.
fn send(to: &[u8], state: &str) -> io::Result<()> {
    let address = match to.strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(to))?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_address_are_reached() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let named = UnixDatagram::bind(&path).unwrap();
        send(path.as_os_str().as_bytes(), READY).unwrap();
        let name = format!("dutydesk-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(name.as_bytes()).unwrap();
        let hidden = UnixDatagram::bind_addr(&address).unwrap();
        send(format!("@{name}").as_bytes(), STOPPING).unwrap();
        for (socket, want) in [(named, READY), (hidden, STOPPING)] {
            let mut got = [0; 32];
            let n = socket.recv(&mut got).unwrap();
            assert_eq!(&got[..n], want.as_bytes());
        }
    }
}
