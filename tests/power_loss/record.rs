//! Runs something under strace, and gives back what it did to a folder.

use super::trace::{self, Event};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The child's folder, all of whose writes are recorded.
pub const FOLDER: &str = "DUTYDESK_POWER_LOSS_FOLDER";
/// The first group that the child writes.
pub const FIRST: &str = "DUTYDESK_POWER_LOSS_FIRST";
/// Where the child notes down what the tests need to know of it: no part of the disk that fails.
pub const NOTES: &str = "DUTYDESK_POWER_LOSS_NOTES";

/// Writes that find the disk full: for each of the child's threads those of these numbers.
pub const FULL: &str = "pwrite64:error=ENOSPC:when=40..45";
/// The same from a disk that takes 30 ms to say so: somebody waits for it by then.
pub const FULL_LATE: &str = "pwrite64:error=ENOSPC:delay_enter=30000:when=40..45";

/// A child that takes longer never ends.
const PATIENCE: Duration = Duration::from_secs(240);

/// Whether strace is here and may trace; says so where not.
pub fn is_possible() -> bool {
    let probe = Command::new("strace").args(["-o", "/dev/null", "true"]).status();
    let possible = probe.is_ok_and(|status| status.success());
    if !possible {
        println!("skipped: strace is missing or may not trace here (apt-get install strace)");
    }
    possible
}

/// A child of this test program: one of the ignored tests of `main.rs`.
pub fn child(name: &str, folder: &Path) -> Command {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", name, "--ignored", "--test-threads=1"]).env(FOLDER, folder);
    child
}

/// Runs it to its end and gives back the calls it made on this folder. `fault` makes some of them
/// fail.
pub fn record(what: &Command, folder: &Path, fault: Option<&str>) -> Vec<Event> {
    let log = tempfile::NamedTempFile::new().unwrap();
    let calls = "trace=openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,\
                 rmdir,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,\
                 fdatasync,sync_file_range,sync,syncfs,msync,copy_file_range,sendfile";
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-xx", "-s", "33554432", "-e", calls, "-e", "signal=none"]);
    // What is copied within the system is not in the trace: it has to go through the program.
    strace.args(["-e", "inject=copy_file_range,sendfile:error=ENOSYS"]);
    if let Some(fault) = fault {
        strace.arg("-e").arg(format!("inject={fault}"));
    }
    strace.arg("-o").arg(log.path()).arg(what.get_program()).args(what.get_args());
    for (name, value) in what.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    // Its own group, so that with strace goes what strace runs.
    strace.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut strace = strace.spawn().unwrap();
    let begun = Instant::now();
    while strace.try_wait().unwrap().is_none() {
        if begun.elapsed() > PATIENCE {
            let group = nix::unistd::Pid::from_raw(i32::try_from(strace.id()).unwrap());
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
            panic!("{what:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let done = strace.wait_with_output().unwrap();
    assert!(done.status.success(), "{what:?} failed: {done:?}");
    trace::read(log.path(), folder)
}
