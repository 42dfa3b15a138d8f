//! What the system says of the disk, the clock, the service and tmux.

use super::super::facts::{ClockFacts, DiskFacts, ServiceFacts, TmuxFacts};
use crate::daemon;
use crate::domain::Time;
use crate::wire::message::Status;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long another program may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What another program prints; `None` when it is not there, fails or takes too long.
fn said(program: &str, args: &[&str]) -> Option<String> {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let patience = Instant::now() + PATIENCE;
    loop {
        // What it prints is short, so that it never waits for us to read.
        match child.try_wait() {
            Ok(Some(status)) if status.success() => break,
            Ok(None) if Instant::now() < patience => std::thread::sleep(Duration::from_millis(5)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
    let output = child.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok()
}

/// The disk under a folder, or under what of its path is there.
pub(super) fn disk(desk: &Path) -> DiskFacts {
    let Some(there) = desk.ancestors().find(|path| path.exists()) else {
        return DiskFacts::default();
    };
    let inodes = nix::sys::statvfs::statvfs(there).ok();
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok();
    let whole = fs::canonicalize(there).ok();
    let database = desk.join("db");
    DiskFacts {
        free: daemon::free_space(there),
        inodes: inodes.map(|disk| (disk.files_available(), disk.files())),
        kind: mounts.zip(whole).and_then(|(mounts, path)| kind(&mounts, &path)),
        database: fs::read_dir(&database).is_ok().then(|| daemon::folder_size(&database)),
    }
}

/// The kind of the file system that a path lies on, from the lines of `/proc/self/mountinfo`: the
/// fifth word is where it is mounted, and the first after the lone dash is its kind.
fn kind(mounts: &str, path: &Path) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let Some((place, source)) = line.split_once(" - ") else { continue };
        let at = place.split_whitespace().nth(4)?.replace("\\040", " ");
        let kind = source.split_whitespace().next()?;
        // Of two at one place the later one lies on top.
        if path.starts_with(&at) && best.is_none_or(|(len, _)| at.len() >= len) {
            best = Some((at.len(), kind));
        }
    }
    best.map(|(_, kind)| kind.to_owned())
}

/// The clock, and the newest moment that the desk tells of.
pub(super) fn clock(desk: &Path, status: Option<&Status>) -> ClockFacts {
    let modified = |name: &str| fs::metadata(desk.join(name)).and_then(|meta| meta.modified()).ok();
    let files = ["daemon.log", "db/data/db", "run/desk.lock", "desk.toml"];
    let written = files.into_iter().filter_map(modified);
    let written = written.map(|at| Time::from(chrono::DateTime::<chrono::Utc>::from(at)));
    ClockFacts {
        newest: written.chain(status.map(|status| status.started)).max(),
        synchronised: synchronised(),
    }
}

fn synchronised() -> Option<bool> {
    // systemd-timesyncd leaves this behind; others are asked for through timedatectl.
    if Path::new("/run/systemd/timesync/synchronized").exists() {
        return Some(true);
    }
    match said("timedatectl", &["show", "-p", "NTPSynchronized", "--value"])?.trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// What systemd says of a unit; `None` where it does not run.
pub(super) fn service(name: &str) -> Option<ServiceFacts> {
    if !Path::new("/run/systemd/system").is_dir() {
        return None;
    }
    let wanted = "LoadState,ActiveState,UnitFileState,ExecMainStatus";
    Some(unit(name, &said("systemctl", &["show", name, "-p", wanted])?))
}

/// Reads `systemctl show`.
fn unit(name: &str, shown: &str) -> ServiceFacts {
    let value = |key: &str| {
        let line = shown.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().to_owned()
    };
    ServiceFacts {
        name: name.to_owned(),
        load: value("LoadState"),
        active: value("ActiveState"),
        enabled: value("UnitFileState"),
        exit: value("ExecMainStatus").parse().ok(),
    }
}

/// How the tmux around us is set.
pub(super) fn tmux() -> Option<TmuxFacts> {
    said("tmux", &["show", "-s"]).as_deref().map(options)
}

/// Reads `tmux show -s`: a name and a value on each line.
fn options(shown: &str) -> TmuxFacts {
    let value = |name: &str| {
        let line = shown.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map(str::to_owned)
    };
    TmuxFacts {
        escape_time: value("escape-time").and_then(|ms| ms.parse().ok()),
        focus_events: value("focus-events").map(|on| on == "on"),
        extended_keys: value("extended-keys"),
        set_clipboard: value("set-clipboard"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
23 22 0:5 / /srv rw shared:2 - xfs /dev/sdb rw\n\
24 23 0:6 / /srv/far\\040away rw - nfs4 box:/x rw\n\
25 22 0:7 / /tmp rw - ext4 /dev/sdc rw\n\
26 22 0:8 / /tmp rw - tmpfs tmpfs rw\n";

    #[rstest]
    #[case("/home/amy", "ext4")]
    #[case("/srv/desk", "xfs")]
    #[case("/srvx", "ext4")]
    #[case("/srv/far away/desk", "nfs4")]
    #[case("/tmp/desk", "tmpfs")]
    fn the_file_system_under_a_path(#[case] path: &str, #[case] wanted: &str) {
        assert_eq!(kind(MOUNTS, Path::new(path)).as_deref(), Some(wanted));
    }

    #[test]
    fn a_unit_is_read_as_systemctl_shows_it() {
        let shown =
            "LoadState=loaded\nActiveState=failed\nUnitFileState=enabled\nExecMainStatus=16\n";
        let unit = unit("dutydesk.service", shown);
        assert_eq!((unit.active.as_str(), unit.exit), ("failed", Some(16)));
        assert_eq!(super::unit("x", "").exit, None);
    }

    #[test]
    fn tmuxs_options_are_read_as_it_shows_them() {
        let shown =
            "escape-time 500\nfocus-events off\nextended-keys-format xterm\nextended-keys off\n";
        let tmux = options(shown);
        assert_eq!((tmux.escape_time, tmux.focus_events), (Some(500), Some(false)));
        assert_eq!(tmux.extended_keys.as_deref(), Some("off"));
        assert_eq!(tmux.set_clipboard, None);
    }

    #[test]
    fn a_program_that_is_not_there_or_fails_or_hangs_says_nothing() {
        assert_eq!(said("no-such-program-here", &[]), None);
        assert_eq!(said("false", &[]), None);
        assert_eq!(said("echo", &["a"]).as_deref(), Some("a\n"));
        assert_eq!(said("sleep", &["60"]), None);
    }
}
