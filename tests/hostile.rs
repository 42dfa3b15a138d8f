//! Other accounts of the machine, outside the desk's group and in it, try what they should not get.
//!
//! They need accounts to be: they run as root alone (as in a container), and say so otherwise.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The desk's account, a member of its group, and somebody else.
const OWNER: u32 = 1;
const MEMBER: u32 = 5;
const STRANGER: u32 = 65_534;
/// The group, which every system has.
const GROUP: (&str, u32) = ("games", 60);

/// A place that everybody may look into, with a copy of the program that everybody may run.
struct Place {
    top: tempfile::TempDir,
    daemons: Vec<Child>,
}

impl Place {
    /// `None` = these tests cannot be run here.
    fn new() -> Option<Place> {
        let is_root = nix::unistd::geteuid().is_root();
        let group = nix::unistd::Group::from_name(GROUP.0).ok().flatten();
        if !is_root || group.is_none_or(|group| group.gid.as_raw() != GROUP.1) {
            eprintln!(
                "skipped: only root can be other accounts, and there must be a group {GROUP:?}"
            );
            return None;
        }
        let top = tempfile::tempdir().unwrap();
        fs::set_permissions(top.path(), Permissions::from_mode(0o755)).unwrap();
        let program = top.path().join("dutydesk");
        // By another process: a file that is open for writing in this one, when another test starts a
        // program, cannot be run.
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_dutydesk")).arg(&program).status();
        assert!(copied.unwrap().success());
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        Some(Place { top, daemons: Vec::new() })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.top.path().join(name)
    }

    /// A folder of an account's.
    fn folder(&self, name: &str, owner: u32, mode: u32) -> PathBuf {
        let folder = self.at(name);
        fs::create_dir_all(&folder).unwrap();
        chown(&folder, Some(owner), Some(owner)).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
        folder
    }

    /// The program as an account, in a group.
    fn run_as(&self, (uid, gid): (u32, u32), desk: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(self.at("dutydesk"));
        command.args(args).uid(uid).gid(gid).env_clear().stdin(Stdio::null()).current_dir("/");
        command.env("DUTYDESK_DESK", desk).env("DUTYDESK_LANG", "en").env("HOME", "/nonexistent");
        command
    }

    fn serve(&mut self, who: (u32, u32), desk: &Path) {
        let daemon = self.run_as(who, desk, &["serve"]).stderr(Stdio::null()).spawn().unwrap();
        self.daemons.push(daemon);
        let patience = Instant::now() + Duration::from_secs(60);
        while !self.run_as((0, 0), desk, &["status"]).output().unwrap().status.success() {
            assert!(Instant::now() < patience, "the daemon does not serve");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A shared desk with something in it.
    fn shared(&mut self) -> PathBuf {
        let desk = self.folder("desk", OWNER, 0o750);
        let settings = format!("group = \"{}\"\nlow_space = \"0MiB\"\n", GROUP.0);
        for (name, text) in
            [("desk.toml", settings.as_str()), ("secrets.toml", "[x]\ntoken = \"t\"\n")]
        {
            fs::write(desk.join(name), text).unwrap();
            chown(desk.join(name), Some(OWNER), Some(GROUP.1)).unwrap();
            // As an editor leaves it.
            fs::set_permissions(desk.join(name), Permissions::from_mode(0o644)).unwrap();
        }
        self.serve((OWNER, GROUP.1), &desk);
        desk
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for daemon in &mut self.daemons {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Whether an account can do this with a path, by the system's own programs.
fn can(who: (u32, u32), program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).uid(who.0).gid(who.1).stdin(Stdio::null()).current_dir("/");
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, found);
        }
        found.push(path);
    }
}

#[test]
fn a_stranger_reaches_nothing_and_a_member_only_the_socket() {
    let Some(mut place) = Place::new() else { return };
    let desk = place.shared();
    let backup = place.folder("backups", OWNER, 0o755).join("one");
    let made = place
        .run_as((OWNER, GROUP.1), &desk, &["backup", backup.to_str().unwrap(), "--secrets"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", err(&made));
    let (stranger, member) = ((STRANGER, STRANGER), (MEMBER, GROUP.1));
    let said = place.run_as(stranger, &desk, &["list"]).output().unwrap();
    assert!(!said.status.success() && err(&said).contains("may not"), "{}", err(&said));
    let said = place.run_as(member, &desk, &["list"]).output().unwrap();
    assert!(said.status.success(), "{}", err(&said));

    let mut all = Vec::new();
    below(&desk, &mut all);
    below(&backup, &mut all);
    all.push(backup.clone());
    assert!(all.len() > 15, "{all:?}");
    for path in &all {
        let named = path.to_str().unwrap();
        for (who, what) in [(stranger, "a stranger"), (member, "a member")] {
            assert!(
                !can(who, "test", &["-w", named]) || (named.ends_with(".sock") && who == member),
                "{what} may write {named}"
            );
        }
        assert!(!can(stranger, "test", &["-r", named]), "a stranger may read {named}");
    }
    // What the group need not see it does not see.
    let closed = ["db", "search", "secrets.toml", "daemon.log", "run/desk.lock", "last-good"];
    for name in closed {
        let path = desk.join(name);
        assert!(path.exists(), "{name}");
        assert!(!can(member, "test", &["-r", path.to_str().unwrap()]), "a member may read {name}");
    }
    assert!(!can(member, "test", &["-r", backup.to_str().unwrap()]));
    // Nor can anybody put something in the place of what clients and the daemon meet at.
    for who in [stranger, member] {
        for name in ["run/desk-v3.sock", "run/desk.lock", "run/x", "x", "db/x"] {
            let path = desk.join(name);
            assert!(!can(who, "rm", &["-f", path.to_str().unwrap()]) || !path.exists());
            assert!(!can(
                who,
                "touch",
                &[desk.join(name).with_extension("mine").to_str().unwrap()]
            ));
            assert!(!can(who, "mkdir", &[desk.join("mine").to_str().unwrap()]));
        }
    }
    assert!(place.run_as(member, &desk, &["list"]).output().unwrap().status.success());
}

#[test]
fn who_somebody_is_the_kernel_says() {
    let Some(mut place) = Place::new() else { return };
    let desk = place.shared();
    let member = (MEMBER, GROUP.1);
    for args in
        [["--as", "root", "operator", "list"], ["--as", "daemon", "erase", "--certificates"]]
    {
        let said = place.run_as(member, &desk, &args).output().unwrap();
        assert!(!said.status.success() && err(&said).contains("needs the role"), "{}", err(&said));
    }
    let said =
        place.run_as((OWNER, GROUP.1), &desk, &["operator", "list", "--json"]).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("\"operator\":\"games\""), "{said}");
}

#[test]
fn a_desk_that_somebody_else_has_put_there_is_not_served_and_not_talked_to() {
    let Some(mut place) = Place::new() else { return };
    // A place where everybody may write, as /tmp.
    let open = place.folder("open", 0, 0o1777);
    let theirs = open.join("desk");
    assert!(can((STRANGER, STRANGER), "mkdir", &[theirs.to_str().unwrap()]));
    let served = place.run_as((OWNER, OWNER), &theirs, &["serve"]).output().unwrap();
    assert_eq!(served.status.code(), Some(11), "{}", err(&served));
    // Through a link, too.
    let link = open.join("link");
    symlink(&theirs, &link).unwrap();
    let served = place.run_as((OWNER, OWNER), &link, &["serve"]).output().unwrap();
    assert_eq!(served.status.code(), Some(11), "{}", err(&served));
    // Whoever made it serves it, and waits for somebody to come.
    place.folder("open/desk", STRANGER, 0o755);
    let daemon =
        place.run_as((STRANGER, STRANGER), &theirs, &["serve"]).stderr(Stdio::null()).spawn();
    place.daemons.push(daemon.unwrap());
    let patience = Instant::now() + Duration::from_secs(60);
    while !theirs.join("run/desk-v3.sock").exists() {
        assert!(Instant::now() < patience, "their daemon does not serve");
        std::thread::sleep(Duration::from_millis(50));
    }
    for desk in [&theirs, &link] {
        for who in [(0, 0), (OWNER, OWNER)] {
            let said = place.run_as(who, desk, &["status"]).output().unwrap();
            assert!(!said.status.success(), "{who:?} talks to {desk:?}");
            assert!(err(&said).contains("anybody could have put it"), "{}", err(&said));
        }
    }
    // Their own business.
    let said = place.run_as((STRANGER, STRANGER), &theirs, &["status"]).output().unwrap();
    assert!(said.status.success(), "{}", err(&said));

    // Their socket in the place of the desk's, which only a mistake of its owner allows.
    let desk = place.folder("mine", OWNER, 0o750);
    let run = place.folder("mine/run", OWNER, 0o750);
    symlink(theirs.join("run/desk-v3.sock"), run.join("desk-v3.sock")).unwrap();
    let said = place.run_as((0, 0), &desk, &["status"]).output().unwrap();
    assert!(!said.status.success() && err(&said).contains("65534"), "{}", err(&said));
}

#[test]
fn folders_that_others_may_write_in_are_not_served() {
    let Some(place) = Place::new() else { return };
    for (name, inner) in [("a", ""), ("b", "run"), ("c", "db")] {
        let desk = place.folder(name, OWNER, 0o700);
        place.folder(&format!("{name}/{inner}"), OWNER, 0o777);
        let served = place.run_as((OWNER, OWNER), &desk, &["serve"]).output().unwrap();
        assert_eq!(served.status.code(), Some(11), "{inner}: {}", err(&served));
    }
    // A lock that is a link to somebody's file is not written through.
    let desk = place.folder("d", OWNER, 0o700);
    let run = place.folder("d/run", OWNER, 0o700);
    let precious = place.at("precious");
    fs::write(&precious, "precious").unwrap();
    chown(&precious, Some(OWNER), Some(OWNER)).unwrap();
    symlink(&precious, run.join("desk.lock")).unwrap();
    let served = place.run_as((OWNER, OWNER), &desk, &["serve"]).output().unwrap();
    assert_eq!(served.status.code(), Some(13), "{}", err(&served));
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    assert_eq!(fs::metadata(&precious).unwrap().mode() & 0o777, 0o644);
}
