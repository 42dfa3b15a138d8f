//! What can be learned of the desk's daemon, from outside and from itself.

use super::super::facts::{DaemonFacts, Link, Lock};
use crate::cli::{Context, release};
use crate::client::ask::DeskClient;
use crate::client::attach::AttachError;
use crate::client::other_release::OtherDaemon;
use crate::wire::message::{Answer, Ask, ClientKind};
use crate::wire::place;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Knocks, asks and looks into /proc. `deep`: also counts the bytes of all records.
pub(super) fn look(context: &Context, desk: &Path, deep: bool) -> DaemonFacts {
    let mut facts = DaemonFacts {
        lock: lock(desk),
        missing_secrets: super::missing_secrets(desk),
        ..DaemonFacts::default()
    };
    let connected = DeskClient::connect_running(desk, context.declared.clone(), ClientKind::Verb);
    match connected {
        Ok(client) => ask(client, &mut facts, deep),
        Err(AttachError::NotRunning(_)) => {
            let sockets = place::sockets(desk).unwrap_or_default();
            let name = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned());
            facts.stale = sockets.iter().filter_map(|(_, path)| name(path)).collect();
        }
        Err(AttachError::NoRight(_)) => facts.link = Link::NoRight,
        Err(AttachError::Impostor { server, .. }) => facts.link = Link::Impostor { server },
        Err(AttachError::OtherVersion { theirs, .. }) => {
            let other = OtherDaemon::find(desk, context.declared.as_ref());
            let release = other.ok().flatten().and_then(|mut other| other.release().ok());
            facts.link = Link::Other { theirs, release: release.map(|r| r.program) };
        }
        Err(other) => facts.link = Link::Trouble(other.say(context.lang).into()),
    }
    let pid = match (&facts.status, facts.lock) {
        (Some(status), _) => i32::try_from(status.pid).ok(),
        (None, Lock::Held(pid)) => Some(pid),
        _ => None,
    };
    if let Some(pid) = pid {
        facts.program = release::program(pid);
        facts.open_files = open_files(pid);
    }
    facts
}

fn ask(mut client: DeskClient, facts: &mut DaemonFacts, deep: bool) {
    facts.link = Link::Serves;
    if let Ok(Answer::Status(status)) = client.ask(Ask::Status) {
        facts.status = Some(status);
    }
    if let Ok(Answer::Channels(views)) = client.ask(Ask::Channels) {
        facts.channels = Some(views);
    }
    if deep {
        facts.payload = payload(&mut client);
    }
}

/// The bytes of all records as an export writes them, which is about what they take in the database.
fn payload(client: &mut DeskClient) -> Option<u64> {
    let (mut bytes, mut after) = (0, None);
    loop {
        let Ok(Answer::Exported(lines, next)) = client.ask(Ask::Export { after }) else {
            return None;
        };
        bytes += lines.iter().map(|line| line.len() as u64).sum::<u64>();
        match next {
            Some(_) => after = next,
            None => return Some(bytes),
        }
    }
}

/// Who holds the daemon's lock. The kernel's list is read, for a lock that is tried could keep a
/// daemon from starting.
fn lock(desk: &Path) -> Lock {
    let meta = match fs::metadata(place::lock(desk)) {
        Ok(meta) => meta,
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => return Lock::Unseen,
        Err(_) => return Lock::Free,
    };
    match fs::read_to_string("/proc/locks") {
        Ok(locks) => holder(&locks, meta.dev(), meta.ino()).map_or(Lock::Free, Lock::Held),
        Err(_) => Lock::Unseen,
    }
}

/// The process that holds a lock on a file, from the lines of `/proc/locks`:
/// `1: FLOCK  ADVISORY  WRITE 4711 fd:00:1234 0 EOF`.
fn holder(locks: &str, device: u64, inode: u64) -> Option<i32> {
    let wanted = format!(
        "{:02x}:{:02x}:{inode}",
        nix::sys::stat::major(device),
        nix::sys::stat::minor(device)
    );
    locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        // A process that waits for it has `->` in front.
        let is_it = words.get(1) == Some(&"FLOCK") && words.get(5) == Some(&wanted.as_str());
        is_it.then(|| words[4].parse().ok()).flatten().filter(|pid| *pid > 0)
    })
}

/// The files a process has open, and how many it may have.
fn open_files(pid: i32) -> (Option<u64>, Option<u64>) {
    let used = fs::read_dir(format!("/proc/{pid}/fd")).ok().map(|files| files.count() as u64);
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).ok();
    (used, limits.as_deref().and_then(limit))
}

/// The soft limit of open files, from `/proc/PID/limits`.
fn limit(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        soft => soft.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_a_lock_is_found_in_the_kernels_list() {
        let locks = "1: POSIX  ADVISORY  WRITE 11 fd:00:77 0 EOF\n\
                     2: FLOCK  ADVISORY  WRITE 22 fd:00:77 0 EOF\n\
                     2: -> FLOCK  ADVISORY  WRITE 33 fd:00:78 0 EOF\n";
        let device = nix::sys::stat::makedev(0xfd, 0);
        assert_eq!(holder(locks, device, 77), Some(22));
        assert_eq!(holder(locks, device, 78), None);
        assert_eq!(holder(locks, nix::sys::stat::makedev(8, 1), 77), None);
    }

    #[test]
    fn limits_are_read_as_the_kernel_writes_them() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                      Max open files            1024                 524288               files\n";
        assert_eq!(limit(limits), Some(1024));
        assert_eq!(limit("Max open files  unlimited unlimited files"), Some(u64::MAX));
        assert_eq!(limit(""), None);
    }

    #[test]
    fn our_own_process_has_files_open() {
        let pid = i32::try_from(std::process::id()).unwrap();
        let (used, most) = open_files(pid);
        assert!(used > Some(0) && most > Some(0));
    }
}
