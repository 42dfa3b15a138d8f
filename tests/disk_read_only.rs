//! A desk on a disk that takes no writes any more, as file systems do when their disk fails: it says so on
//! every screen, keeps what it acknowledged, and goes on by itself when the disk does.
//!
//! strace makes the daemon's writes fail while it runs; where it may not, this test says so and passes.

mod shell;

use shell::pty::Tty;
use shell::{Desk, busy_desk};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

/// As long as it is there, nothing of the daemon gets to the disk.
struct ReadOnly(Child);

impl ReadOnly {
    fn under(desk: &Desk) -> Option<ReadOnly> {
        let calls = "pwrite64,fdatasync,fsync,sync_file_range,ftruncate,fallocate,rename,renameat,\
                     renameat2,mkdir,mkdirat,unlink,unlinkat";
        let strace = Command::new("strace")
            .args(["-f", "-e", "signal=none", "-e", &format!("trace={calls}")])
            .args(["-e", &format!("inject={calls}:error=EROFS"), "-o", "/dev/null"])
            .args(["-p", &desk.daemon().to_string()])
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut strace) = strace else {
            println!("skipped: there is no strace here");
            return None;
        };
        // It is listened to until it ends: it tells of each new thread, and stops when nobody hears it.
        let said = BufReader::new(strace.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                if line.contains("attached") {
                    let _ = tell.send(());
                }
            }
        });
        if told.recv_timeout(PATIENCE).is_ok() {
            return Some(ReadOnly(strace));
        }
        let _ = strace.kill();
        let _ = strace.wait();
        println!("skipped: strace may not look at another process here");
        None
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        // It lets go of the daemon; killed outright it would as well, but then it might end it.
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.0.id()).unwrap());
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT);
        let end = Instant::now() + PATIENCE;
        while matches!(self.0.try_wait(), Ok(None)) {
            if Instant::now() > end {
                let _ = self.0.kill();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn it_is_told_nothing_acknowledged_is_undone_and_it_recovers_by_itself() {
    let desk = busy_desk();
    desk.done(&["resolve", "1"]);
    let mut tty = Tty::cockpit(&desk, "amy", 120, 40);
    tty.see("do you ship to Germany?");
    let Some(disk) = ReadOnly::under(&desk) else { return };
    // Nobody knows what became of the first one, and the second is refused.
    let first = desk.run(&["resolve", "2"]);
    assert!(first.code != 0 && first.err.contains("Read-only file system"), "{first:?}");
    let second = desk.run(&["resolve", "3"]);
    assert!(second.code != 0 && second.err.contains("nothing can be changed"), "{second:?}");
    let screen = tty.see("nothing can be changed");
    assert!(screen.contains("do you ship to Germany?"), "what was on screen stays:\n{screen}");

    drop(disk);
    let end = Instant::now() + PATIENCE;
    while desk.run(&["resolve", "4"]).code != 0 {
        assert!(Instant::now() < end, "it does not recover");
        std::thread::sleep(Duration::from_millis(100));
    }
    tty.see_gone("nothing can be changed");
    let state = |id: &str| desk.json(&["show", id])[0]["state"].clone();
    for (id, expected) in [("1", "resolved"), ("3", "open"), ("4", "resolved")] {
        assert_eq!(state(id), expected, "{id}");
    }
    // A cockpit would start the next daemon.
    tty.keys("q");
    assert_eq!(tty.end().0, 0);
    desk.done(&["stop"]);
    // Everything derived agrees with its records.
    desk.done(&["verify"]);
}
