//! Where a desk's daemon is met: names under the desk's folder that both sides must agree on.

use super::VERSION;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

/// The most bytes a socket's path may have on Linux (`sun_path`, less its closing NUL).
const SUN_PATH: usize = 107;

/// What a detached daemon says on stdout once it serves.
pub const READY: &str = "ready";
/// The exit code of a daemon that found another one serving the desk.
pub const ALREADY_SERVED: i32 = 10;

/// The folder of what lives only as long as the daemon does.
pub fn run_folder(desk: &Path) -> PathBuf {
    desk.join("run")
}

/// The socket's file name: it carries the version, so that daemons of two versions cannot be
/// mistaken for each other.
pub fn socket_name() -> String {
    socket_name_of(VERSION)
}

/// The same for another version.
pub fn socket_name_of(version: u32) -> String {
    format!("desk-v{version}.sock")
}

/// The socket.
pub fn socket(desk: &Path) -> PathBuf {
    run_folder(desk).join(socket_name())
}

/// The sockets that lie in the desk's run folder, with the version each one is for.
///
/// # Errors
/// When the folder cannot be read.
pub fn sockets(desk: &Path) -> io::Result<Vec<(u32, PathBuf)>> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(run_folder(desk))? {
        let file = file?;
        let name = file.file_name();
        let version = name
            .to_str()
            .and_then(|n| n.strip_prefix("desk-v")?.strip_suffix(".sock")?.parse().ok());
        if let Some(version) = version {
            found.push((version, file.path()));
        }
    }
    Ok(found)
}

/// The file whose lock says that a daemon serves the desk; its pid stands inside.
pub fn lock(desk: &Path) -> PathBuf {
    run_folder(desk).join("desk.lock")
}

/// The file that says that everything on the desk is invented: `dutydesk demo` made it.
pub fn demo_mark(desk: &Path) -> PathBuf {
    desk.join("demo")
}

/// A path to the socket that a socket address can hold, however deep the desk's folder lies.
#[derive(Debug)]
pub struct Reach {
    path: PathBuf,
    /// What a path through `/proc/self/fd` stands on.
    _folder: Option<OwnedFd>,
}

impl Reach {
    /// Finds such a path to a file in a folder.
    ///
    /// # Errors
    /// When the path is too long as it is and the folder cannot be opened.
    pub fn new(folder: &Path, file: &str) -> io::Result<Reach> {
        let path = folder.join(file);
        if path.as_os_str().len() <= SUN_PATH {
            return Ok(Reach { path, _folder: None });
        }
        let folder = OwnedFd::from(std::fs::File::open(folder)?);
        let path = PathBuf::from(format!("/proc/self/fd/{}/{file}", folder.as_raw_fd()));
        Ok(Reach { path, _folder: Some(folder) })
    }

    /// The path; holds as long as this value lives.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::{UnixListener, UnixStream};

    #[test]
    fn a_socket_deep_down_can_be_reached() {
        let top = tempfile::tempdir().unwrap();
        let deep = top.path().join("d".repeat(120)).join("e".repeat(120));
        std::fs::create_dir_all(&deep).unwrap();
        let reach = Reach::new(&deep, "desk.sock").unwrap();
        let listener = UnixListener::bind(reach.path()).unwrap();
        assert!(deep.join("desk.sock").exists());
        UnixStream::connect(Reach::new(&deep, "desk.sock").unwrap().path()).unwrap();
        listener.accept().unwrap();
    }

    #[test]
    fn a_short_path_is_used_as_it_is() {
        let reach = Reach::new(Path::new("/d"), "desk.sock").unwrap();
        assert_eq!(reach.path(), Path::new("/d/desk.sock"));
    }
}
