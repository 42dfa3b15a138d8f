//! `dutydesk doctor` on a real desk: each thing is broken, doctor names it, its mend is carried out,
//! and it is well again.

mod daemon_support;

use daemon_support::*;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Output;

/// What doctor finds, and its exit code.
fn doctor(desk: &TestDesk, args: &[&str]) -> (Vec<Value>, i32) {
    let mut all = vec!["doctor", "--json"];
    all.extend_from_slice(args);
    let home = desk.folder().parent().unwrap().join("home");
    let output: Output = program(&desk.folder(), &all)
        .env("HOME", &home)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("TMUX")
        .env_remove("TZ")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let found = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (found, output.status.code().unwrap_or_else(|| panic!("{output:?}")))
}

/// The worst finding of a check.
fn of<'a>(found: &'a [Value], check: &str) -> &'a Value {
    let rank =
        |v: &Value| ["ok", "unseen", "warning", "fault"].iter().position(|l| v["level"] == *l);
    let of = found.iter().filter(|f| f["check"] == check);
    of.max_by_key(|f| rank(f)).unwrap_or_else(|| panic!("{check}: {found:?}"))
}

#[track_caller]
fn fault(desk: &TestDesk, check: &str, word: &str) -> String {
    let (found, code) = doctor(desk, &[]);
    let worst = of(&found, check);
    assert_eq!((worst["level"].as_str(), code), (Some("fault"), 1), "{worst}");
    assert!(worst.to_string().contains(word), "{worst}");
    worst["mend"].as_str().unwrap().to_owned()
}

/// Faults of the machine that a test does not make (a full disk, a clock that went back).
fn own_faults(found: &[Value]) -> Vec<&Value> {
    found
        .iter()
        .filter(|f| {
            f["level"] == "fault" && !["room", "clock"].contains(&f["check"].as_str().unwrap())
        })
        .collect()
}

#[track_caller]
fn well(desk: &TestDesk) {
    let (found, _) = doctor(desk, &[]);
    assert_eq!(own_faults(&found), Vec::<&Value>::new());
}

/// Carries a mend out, as somebody would who copies it.
fn carry_out(mend: &str) {
    let done = std::process::Command::new("sh").arg("-c").arg(mend).output().unwrap();
    assert!(done.status.success(), "{mend}: {done:?}");
}

#[test]
fn a_desk_that_is_well_has_no_fault_with_and_without_a_daemon() {
    let mut desk = TestDesk::new();
    well(&desk);
    assert!(!desk.folder().join("db").exists(), "doctor makes nothing");
    desk.start();
    let (found, _) = doctor(&desk, &["--deep"]);
    assert_eq!(own_faults(&found), Vec::<&Value>::new());
    assert_eq!(of(&found, "daemon")["level"], "ok");
    assert_eq!(of(&found, "version")["level"], "ok");
    assert!(of(&found, "open-files")["what"].as_str().unwrap().contains("files open"));
    assert!(of(&found, "database")["what"].as_str().unwrap().contains("of records"));
    desk.terminate();
    well(&desk);
}

#[test]
fn wrong_rights_are_named_and_their_mend_mends_them() {
    let mut desk = TestDesk::running();
    desk.terminate();
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    fs::write(desk.folder().join("secrets.toml"), "").unwrap();
    for (name, bad) in
        [("db", 0o755), ("run", 0o770), ("secrets.toml", 0o644), ("desk.toml", 0o666), ("", 0o777)]
    {
        mode(&desk.folder().join("secrets.toml"), 0o600);
        let path = desk.folder().join(name);
        mode(&path, bad);
        let mend = fault(&desk, "rights", name);
        carry_out(&mend);
        well(&desk);
    }
    desk.start();
}

#[test]
fn a_mistake_in_a_file_is_told_with_its_line_and_a_secret_is_not_quoted() {
    let desk = TestDesk::new();
    fs::write(desk.folder().join("desk.toml"), "name = \"x\"\nzone = \"Mars/Olympus\"\n").unwrap();
    fault(&desk, "settings", "desk.toml:2");
    fs::write(desk.folder().join("desk.toml"), SETTINGS).unwrap();
    well(&desk);
    fs::write(desk.folder().join("policies.toml"), "[[policy]]\nnonsense = 1\n").unwrap();
    fault(&desk, "settings", "policies.toml");
    fs::remove_file(desk.folder().join("policies.toml")).unwrap();
    let secrets = desk.folder().join("secrets.toml");
    fs::write(&secrets, "[shop]\ntoken = s3cr3t-t0k3n\n").unwrap();
    fs::set_permissions(&secrets, fs::Permissions::from_mode(0o600)).unwrap();
    fault(&desk, "settings", "secrets.toml");
    let (found, _) = doctor(&desk, &[]);
    assert!(!format!("{found:?}").contains("s3cr3t"), "{found:?}");
    // Of the operator's own files, too.
    fs::remove_file(&secrets).unwrap();
    let own = desk.folder().parent().unwrap().join("home/.config/dutydesk");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("config.toml"), "thema = \"dusk\"\n").unwrap();
    fault(&desk, "settings", "config.toml:1");
}

#[test]
fn a_connector_without_its_secret_is_named() {
    let desk = TestDesk::new();
    let channels = "[[channel]]\nid = \"toot\"\nplatform = \"mastodon\"\nconnector = \"mastodon\"\n\
                    [channel.settings]\nserver = \"https://social.example\"\n";
    fs::write(desk.folder().join("channels.toml"), channels).unwrap();
    let mend = fault(&desk, "channels", "token");
    assert!(mend.contains("channel add toot"), "{mend}");
}

#[test]
fn a_daemon_that_is_killed_leaves_nothing_to_mend_and_one_that_hangs_is_named() {
    let mut desk = TestDesk::running();
    desk.kill();
    let (found, _) = doctor(&desk, &[]);
    assert!(format!("{found:?}").contains("desk-v"), "the socket that is left is told: {found:?}");
    assert_eq!(own_faults(&found), Vec::<&Value>::new());

    // Somebody holds the lock, and nobody listens.
    let lock =
        fs::File::options().write(true).open(dutydesk::wire::place::lock(&desk.folder())).unwrap();
    let held = nix::fcntl::Flock::lock(lock, nix::fcntl::FlockArg::LockExclusive).unwrap();
    fault(&desk, "daemon", &std::process::id().to_string());
    drop(held);
    well(&desk);
}

#[test]
fn a_daemon_of_another_release_is_named() {
    let desk = TestDesk::new();
    fs::create_dir(desk.folder().join("run")).unwrap();
    fs::set_permissions(desk.folder().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
    let listener = UnixListener::bind(desk.folder().join("run/desk-v2.sock")).unwrap();
    // It does not speak; that there is one is enough.
    std::thread::spawn(move || while listener.accept().is_ok() {});
    let mend = fault(&desk, "version", "older release");
    assert!(mend.contains("upgrade"), "{mend}");
}

#[test]
fn a_shared_desk_without_its_group_or_daemon_is_named() {
    let desk = TestDesk::with("group = \"no-such-group-here\"\n");
    let mend = fault(&desk, "group", "no-such-group-here");
    assert!(mend.contains("groupadd"), "{mend}");
    let group = nix::unistd::Group::from_gid(nix::unistd::getegid()).unwrap().unwrap().name;
    let desk = TestDesk::with(&format!("group = \"{group}\"\n"));
    fault(&desk, "daemon", "is not started by clients");
}

#[test]
fn what_another_account_cannot_see_is_said_and_is_no_fault() {
    // Only root can look with the eyes of another account.
    if !nix::unistd::geteuid().is_root() {
        eprintln!("not run: needs root");
        return;
    }
    let top = tempfile::tempdir_in("/var/tmp").unwrap();
    fs::set_permissions(top.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let folder = top.path().join("desk");
    fs::create_dir(&folder).unwrap();
    // The group of an account that everybody has.
    let daemon_group = nix::unistd::Group::from_name("nogroup").unwrap();
    let Some(group) = daemon_group else { return };
    fs::write(folder.join("desk.toml"), "group = \"nogroup\"\n").unwrap();
    for name in ["run", "db"] {
        fs::create_dir(folder.join(name)).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o700)).unwrap();
    }
    fs::write(folder.join("secrets.toml"), "").unwrap();
    fs::set_permissions(folder.join("secrets.toml"), fs::Permissions::from_mode(0o600)).unwrap();
    nix::unistd::chown(&folder, None, Some(group.gid)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o750)).unwrap();
    // The program where that account can run it.
    let program = top.path().join("dutydesk");
    fs::copy(env!("CARGO_BIN_EXE_dutydesk"), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let nobody = nix::unistd::User::from_name("nobody").unwrap().unwrap();
    use std::os::unix::process::CommandExt;
    let run = |gid: u32| {
        let output = std::process::Command::new(&program)
            .args(["--desk", folder.to_str().unwrap(), "doctor", "--json", "--lang", "en"])
            .env("HOME", "/nonexistent")
            .uid(nobody.uid.as_raw())
            .gid(gid)
            .current_dir("/")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|l| serde_json::from_str(l).unwrap()).collect::<Vec<Value>>()
    };
    let inside = run(group.gid.as_raw());
    assert_eq!(of(&inside, "settings")["level"], "unseen", "{inside:?}");
    assert!(of(&inside, "settings")["what"].as_str().unwrap().contains("secrets.toml"));
    // Not in this login: its group is another one than the account's by the system's files.
    let other = nix::unistd::Group::from_name("games").unwrap().map_or(60, |g| g.gid.as_raw());
    let outside = run(other);
    let group = of(&outside, "group");
    assert_eq!(group["level"], "fault", "{outside:?}");
    assert!(group["mend"].as_str().unwrap().contains("newgrp nogroup"), "{group}");
}
