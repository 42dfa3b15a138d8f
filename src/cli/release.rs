//! Releases: which is newer, and whether a process runs from the same file as we do.

use std::fs;
use std::os::unix::fs::MetadataExt;

/// The file a process runs from, compared with ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Program {
    /// It is the same one.
    Same,
    /// Its file was replaced or removed since it started.
    Replaced,
    /// It is another file.
    Different,
    /// This account may not see it.
    #[default]
    Unseen,
}

/// The numbers of a release, to be compared; `None` when it has none.
pub(super) fn numbers(version: &str) -> Option<Vec<u64>> {
    let numbers = version.split(['-', '+']).next()?;
    numbers.split('.').map(|n| n.parse().ok()).collect()
}

/// Compares a process's program with ours.
pub(super) fn program(pid: i32) -> Program {
    let exe = format!("/proc/{pid}/exe");
    let Ok(name) = fs::read_link(&exe) else { return Program::Unseen };
    if name.as_os_str().to_string_lossy().ends_with(" (deleted)") {
        return Program::Replaced;
    }
    let id = |path: &str| fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()));
    match (id(&exe), id("/proc/self/exe")) {
        (Some(theirs), Some(ours)) if theirs == ours => Program::Same,
        (Some(_), Some(_)) => Program::Different,
        _ => Program::Unseen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_compared_by_number() {
        assert!(numbers("0.10.0") > numbers("0.9.1"));
        assert_eq!(numbers("1.2.3-beta"), numbers("1.2.3"));
        assert_eq!(numbers("today"), None);
    }

    #[test]
    fn our_own_process_runs_our_program() {
        assert_eq!(program(i32::try_from(std::process::id()).unwrap()), Program::Same);
        assert_eq!(program(-1), Program::Unseen);
    }
}
