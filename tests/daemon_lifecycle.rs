//! How a daemon starts, what keeps it from starting, and how it ends.

mod daemon_support;

use daemon_support::*;
use dutydesk::client::attach::{AttachError, Caller, Launch, attach};
use dutydesk::wire::VERSION;
use dutydesk::wire::frame::{self, Frames};
use dutydesk::wire::message::{ClientKind, ToClient, ToDaemon, Turned};
use dutydesk::wire::place;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Output;

fn complaint(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "one sentence: {said:?}");
    said
}

fn pid(desk: &TestDesk) -> String {
    let status = desk.program(&["status", "--json"]);
    assert!(status.status.success(), "{status:?}");
    let status: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    status["pid"].to_string()
}

#[test]
fn first_clients_that_come_at_once_end_with_one_daemon() {
    let desk = TestDesk::new();
    let clients: Vec<_> = (0..6)
        .map(|_| {
            let mut list = program(&desk.folder(), &["list"]);
            list.stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for client in clients {
        let output = client.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let first = pid(&desk);
    assert_eq!(first, pid(&desk));
    let stopped = desk.program(&["stop"]);
    assert!(stopped.status.success(), "{stopped:?}");
    let status = desk.program(&["status"]);
    assert_eq!(status.status.code(), Some(3));
    assert!(complaint(&status).contains("no daemon"));
}

#[test]
fn a_second_daemon_says_who_the_first_is() {
    let desk = TestDesk::running();
    let first = desk.daemon.as_ref().unwrap().id();
    let second = desk.program(&["serve"]);
    assert_eq!(second.status.code(), Some(place::ALREADY_SERVED));
    assert!(complaint(&second).contains(&format!("pid {first}")), "{second:?}");
    assert_eq!(pid(&desk), first.to_string(), "the first one goes on");
}

#[test]
fn what_a_killed_daemon_left_is_no_hindrance() {
    let mut desk = TestDesk::running();
    desk.kill();
    assert!(place::socket(&desk.folder()).exists(), "a socket nobody listens at");
    assert!(place::lock(&desk.folder()).exists(), "a lock file with a stale pid");
    desk.start();
    desk.kill();
    // The first client finds the same.
    let list = desk.program(&["list"]);
    assert!(list.status.success(), "{list:?}");
}

#[test]
fn a_signal_ends_it_cleanly() {
    let mut desk = TestDesk::running();
    let status = desk.terminate();
    assert_eq!(status.code(), Some(0));
    assert!(!place::socket(&desk.folder()).exists());
    desk.start();
}

#[test]
fn stop_returns_when_the_desk_is_free() {
    let mut desk = TestDesk::running();
    for _ in 0..10 {
        assert!(desk.program(&["stop"]).status.success());
        let mut old = desk.daemon.take().unwrap();
        desk.start();
        old.wait().unwrap();
    }
}

#[test]
fn another_version_is_told_in_a_sentence() {
    let desk = TestDesk::running();
    let mut stream = UnixStream::connect(place::socket(&desk.folder())).unwrap();
    let hello = ToDaemon::Hello {
        version: VERSION + 1,
        kind: ClientKind::Verb,
        declared: None,
        resume: None,
        host: String::new(),
    };
    frame::write(&mut stream, &hello).unwrap();
    let answer: ToClient = Frames::new().read(&mut stream).unwrap();
    assert_eq!(answer, ToClient::Refused(Turned::Version(VERSION)));

    // A daemon of another version listens at another name.
    let desk = TestDesk::new();
    std::fs::create_dir(place::run_folder(&desk.folder())).unwrap();
    let other = place::run_folder(&desk.folder()).join("desk-v99.sock");
    let _listener = UnixListener::bind(other).unwrap();
    let list = desk.program(&["list"]);
    assert_eq!(list.status.code(), Some(3));
    assert!(complaint(&list).contains("99"), "{list:?}");
}

#[test]
fn a_client_that_talks_nonsense_is_left_alone_with_it() {
    let desk = TestDesk::running();
    for nonsense in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0, 0, 0, 1, 0xc1], &[0xff; 9]] {
        use std::io::{Read, Write};
        let mut stream = UnixStream::connect(place::socket(&desk.folder())).unwrap();
        stream.write_all(nonsense).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    pid(&desk);
}

#[test]
fn a_folder_open_to_others_is_refused() {
    let desk = TestDesk::new();
    std::fs::set_permissions(desk.folder(), PermissionsExt::from_mode(0o777)).unwrap();
    let serve = desk.program(&["serve"]);
    assert_eq!(serve.status.code(), Some(11));
    assert!(complaint(&serve).contains("chmod go-w"), "{serve:?}");
    // A client that would start it passes the same sentence on.
    let list = desk.program(&["list"]);
    assert_eq!(list.status.code(), Some(3));
    assert!(complaint(&list).contains("chmod go-w"), "{list:?}");
    std::fs::set_permissions(desk.folder(), PermissionsExt::from_mode(0o700)).unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let desk = TestDesk::new();
    std::fs::write(desk.folder().join("file"), "").unwrap();
    let below = desk.folder().join("file").join("desk");
    let serve = program(&below, &["serve"]).output().unwrap();
    assert_eq!(serve.status.code(), Some(13));
    assert!(complaint(&serve).contains("file/desk"), "{serve:?}");
}

#[test]
fn a_mistake_in_a_file_is_told_with_its_line() {
    let desk = TestDesk::with("name = \"x\"\nclaim_idle = \"soon\"\n");
    let serve = desk.program(&["serve"]);
    assert_eq!(serve.status.code(), Some(16));
    assert!(complaint(&serve).contains("desk.toml:2"), "{serve:?}");
}

#[test]
fn a_shared_desk_is_not_started_by_its_clients() {
    let group = nix::unistd::Group::from_gid(nix::unistd::getegid()).unwrap().unwrap().name;
    let mut desk = TestDesk::with(&format!("group = \"{group}\"\nlow_space = \"0MiB\"\n"));
    let list = desk.program(&["list"]);
    assert_eq!(list.status.code(), Some(3));
    assert!(complaint(&list).contains("shared"), "{list:?}");
    desk.start();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place::socket(&desk.folder())), 0o660);
    assert_eq!(mode(place::run_folder(&desk.folder())), 0o750);
    assert_eq!(mode(desk.folder().join("db")), 0o700);
    // Names are what the kernel says there.
    assert!(!desk.verb("amy").welcome().declared);
}

#[test]
fn a_group_that_is_not_there_is_named() {
    let desk = TestDesk::with("group = \"no-such-group\"\n");
    let serve = desk.program(&["serve"]);
    assert_eq!(serve.status.code(), Some(12));
    assert!(complaint(&serve).contains("no-such-group"), "{serve:?}");
}

#[test]
fn names_are_heard_only_where_the_desk_says_so() {
    let desk = TestDesk::running();
    let amy = desk.verb("amy");
    assert_eq!(amy.welcome().operator.0, "amy");
    assert!(amy.welcome().declared);
    let mut desk = TestDesk::with("low_space = \"0MiB\"\n");
    desk.start();
    let me = desk.verb("amy");
    assert!(!me.welcome().declared);
    assert_ne!(me.welcome().operator.0, "amy");
}

#[test]
fn what_answers_under_another_account_is_not_talked_to() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("left out: only root can give a folder to somebody else");
        return;
    }
    let desk = TestDesk::running();
    nix::unistd::chown(&desk.folder(), Some(nix::unistd::Uid::from_raw(12_345)), None).unwrap();
    let caller = Caller { kind: ClientKind::Verb, declared: None, resume: None };
    let error = attach(&desk.folder(), &caller, &Launch::Never).unwrap_err();
    assert!(matches!(error, AttachError::Impostor { owner: 12_345, .. }), "{error:?}");
    // And a daemon does not serve what is not its account's.
    let serve = desk.program(&["serve"]);
    assert_eq!(serve.status.code(), Some(11));
    assert!(complaint(&serve).contains("12345"), "{serve:?}");
    nix::unistd::chown(&desk.folder(), Some(nix::unistd::geteuid()), None).unwrap();
}

#[test]
fn a_desk_deep_down_is_served_like_any_other() {
    let top = tempfile::tempdir().unwrap();
    let deep = top.path().join("d".repeat(100)).join("e".repeat(100));
    let list = program(&deep, &["list"]).output().unwrap();
    assert!(list.status.success(), "{list:?}");
    assert!(program(&deep, &["stop"]).output().unwrap().status.success());
    assert!(deep.join("desk.toml").exists(), "a new desk gets its files");
}

#[test]
fn little_room_takes_no_events_but_lets_people_work() {
    let mut desk = TestDesk::running();
    let mut amy = desk.verb("amy");
    ingest(&mut amy, vec![comment(1)]);
    assert_eq!(desk.terminate().code(), Some(0));
    std::fs::write(
        desk.folder().join("desk.toml"),
        "identity = \"declared\"\nlow_space = \"900TiB\"\n",
    )
    .unwrap();
    desk.start();
    let mut amy = desk.cockpit("amy");
    let ask = dutydesk::wire::message::Ask::Ingest { cursor: None, events: vec![comment(2)] };
    let refused = format!("{:?}", amy.ask(ask).unwrap_err());
    assert!(refused.contains("ReadOnly") && refused.contains("MiB"), "{refused}");
    let banner = push(&mut amy, |p| match p {
        dutydesk::wire::message::Push::Desk(d) => d.read_only,
        _ => None,
    });
    assert!(banner.contains("MiB"), "{banner}");
    let open = open_ids(&mut amy);
    assert_eq!(open.len(), 1);
    resolve(&mut amy, open[0]);
    assert!(open_ids(&mut amy).is_empty());
}

#[test]
fn the_service_manager_is_told() {
    let mut desk = TestDesk::new();
    let top = tempfile::tempdir().unwrap();
    let path = top.path().join("notify");
    let manager = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(PATIENCE)).unwrap();
    let told = || {
        let mut state = [0; 64];
        let n = manager.recv(&mut state).unwrap();
        String::from_utf8(state[..n].to_vec()).unwrap()
    };
    desk.daemon = Some(serve(&desk.folder()).env("NOTIFY_SOCKET", &path).spawn().unwrap());
    assert_eq!(told(), "READY=1");
    assert!(desk.program(&["status"]).status.success());
    assert_eq!(desk.terminate().code(), Some(0));
    assert_eq!(told(), "STOPPING=1");
}
