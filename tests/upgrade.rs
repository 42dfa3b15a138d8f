//! A desk of an older release, served by its daemon, is taken over by this one; a newer one is left
//! alone.

mod daemon_support;

use daemon_support::*;
use dutydesk::domain::{
    ChannelId, Claim, Conversation, ConversationId, OperatorName, Queue, SessionId, Time,
};
use dutydesk::store::migrate::{SCHEMA, schema_of};
use dutydesk::store::{Overlay, SledStore, Store, keys, records};
use dutydesk::wire::frame::{self, Frames};
use dutydesk::wire::message::{Answer, Ask, ToClient, ToDaemon};
use dutydesk::wire::{VERSION, place};
use nix::fcntl::{Flock, FlockArg};
use serde::Serialize;
use serde_json::Value;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread::JoinHandle;

/// The database of a desk as an older release left it.
fn write_database(desk: &TestDesk, schema: u32) {
    let db = desk.folder().join("db");
    DirBuilder::new().mode(0o700).create(&db).unwrap();
    let store = SledStore::open(&db, 8 << 20).unwrap().keeping_free(0);
    let mut staged = Overlay::new(&store);
    records::put(&mut staged, keys::meta("schema"), &schema).unwrap();
    let id = ConversationId(1);
    let root = "root-1".to_owned();
    let mut record =
        Conversation::new(id, Queue::Comments, ChannelId("weibo".into()), "weibo".into(), root);
    let claim =
        Claim { operator: OperatorName("bo".into()), session: SessionId(7), since: Time(5) };
    record.claim = Some(claim);
    records::put(&mut staged, keys::conversation(id), &record).unwrap();
    staged.keep();
    store.commit(staged.into_group()).unwrap();
}

fn schema(db: &Path) -> u32 {
    schema_of(&SledStore::open(db, 8 << 20).unwrap()).unwrap()
}

/// What an older daemon greets with: fields that nobody knows any more, and none of today's.
#[derive(Serialize)]
enum Old {
    Welcome { desk: String, forgotten: Vec<(String, u8)> },
    Answer { number: u64, answer: OldAnswer },
}

#[derive(Serialize)]
enum OldAnswer {
    Status { program: String, pid: u32, cockpits: u32, forgotten: bool },
    Ok,
}

/// A daemon that speaks another version of the wire and nothing but hello, status and stop. It holds
/// the desk's lock until it is told to end, and then tells how many were greeted. `lives`: so often it has
/// to be told, as when a cockpit of its release starts it again at once.
fn stand_in(desk: &TestDesk, version: u32, release: &str, mut lives: u32) -> JoinHandle<u32> {
    let run = place::run_folder(&desk.folder());
    if !run.exists() {
        DirBuilder::new().mode(0o700).create(&run).unwrap();
    }
    let path = place::lock(&desk.folder());
    let lock = fs::File::options().create(true).truncate(false).write(true).open(path).unwrap();
    let lock = Flock::lock(lock, FlockArg::LockExclusiveNonblock).unwrap();
    let socket = run.join(place::socket_name_of(version));
    let listener = UnixListener::bind(&socket).unwrap();
    let release = release.to_owned();
    std::thread::spawn(move || {
        let mut greeted = 0;
        loop {
            let (mut stream, _) = listener.accept().unwrap();
            if serve_old(&mut stream, version, &release, &mut greeted) {
                lives -= 1;
                if lives > 0 {
                    continue;
                }
                fs::remove_file(&socket).unwrap();
                drop(lock);
                // The connection ends when the process does.
                drop(stream);
                return greeted;
            }
        }
    })
}

/// True when it was told to end.
fn serve_old(stream: &mut UnixStream, version: u32, release: &str, greeted: &mut u32) -> bool {
    let mut frames = Frames::new();
    let Ok(ToDaemon::Hello { version: theirs, .. }) = frames.read(stream) else { return false };
    assert_eq!(theirs, version, "it is spoken to in its own version");
    *greeted += 1;
    let welcome = Old::Welcome { desk: "old".into(), forgotten: vec![("x".into(), 1)] };
    frame::write(stream, &welcome).unwrap();
    loop {
        let Ok(ToDaemon::Ask { number, ask }) = frames.read(stream) else { return false };
        let (answer, ends) = match ask {
            Ask::Status => {
                let program = release.to_owned();
                (OldAnswer::Status { program, pid: 1, cockpits: 2, forgotten: true }, false)
            }
            Ask::Stop => (OldAnswer::Ok, true),
            other => panic!("an older daemon is asked only what it knows: {other:?}"),
        };
        frame::write(stream, &Old::Answer { number, answer }).unwrap();
        if ends {
            return true;
        }
    }
}

fn upgrade(desk: &TestDesk, args: &[&str]) -> Value {
    let mut all = vec!["upgrade", "--json"];
    all.extend_from_slice(args);
    let done = desk.program(&all);
    assert!(done.status.success(), "{done:?}");
    serde_json::from_slice(&done.stdout).unwrap()
}

fn complaint(desk: &TestDesk, args: &[&str]) -> (i32, String) {
    let done = desk.program(args);
    (done.status.code().unwrap(), String::from_utf8(done.stderr).unwrap())
}

#[test]
fn an_older_daemon_is_ended_and_its_desk_goes_on_under_this_release() {
    let desk = TestDesk::new();
    write_database(&desk, 1);
    let old = stand_in(&desk, VERSION - 1, "0.0.9", 1);

    // A client of this release says who serves and what to do.
    let (code, said) = complaint(&desk, &["list"]);
    assert_eq!(code, 3);
    assert!(said.contains("older release") && said.contains("upgrade"), "{said}");

    let done = upgrade(&desk, &[]);
    assert_eq!(old.join().unwrap(), 1);
    assert_eq!(done["ended"]["release"], "0.0.9");
    assert_eq!((&done["schema_before"], &done["schema"]), (&1.into(), &SCHEMA.into()));
    assert_eq!(done["serves"], true);
    let copy = Path::new(done["copy"].as_str().unwrap()).to_owned();
    assert_eq!(schema(&copy), 1, "it is kept as it was");

    let status = desk.program(&["status", "--json"]);
    let status: Status0 = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(status.version, env!("CARGO_PKG_VERSION"));
    assert!(desk.program(&["show", "1"]).status.success());

    // Once more there is nothing to do, and the daemon is not disturbed.
    let pid = status.pid;
    let again = desk.program(&["upgrade"]);
    assert!(String::from_utf8_lossy(&again.stdout).contains("already"), "{again:?}");
    let status = desk.program(&["status", "--json"]);
    let status: Status0 = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(status.pid, pid);
}

#[derive(serde::Deserialize)]
struct Status0 {
    version: String,
    pid: u32,
}

#[test]
fn an_older_daemon_that_its_cockpits_start_again_is_ended_again() {
    let desk = TestDesk::new();
    let old = stand_in(&desk, VERSION - 1, "0.0.9", 2);
    let done = upgrade(&desk, &[]);
    assert_eq!(old.join().unwrap(), 2);
    assert_eq!((&done["ended"]["release"], &done["serves"]), (&"0.0.9".into(), &true.into()));
    assert!(desk.program(&["status"]).status.success());
}

#[test]
fn without_a_daemon_the_database_alone_is_brought_up_to_date() {
    let desk = TestDesk::new();
    write_database(&desk, 2);
    let done = upgrade(&desk, &["--no-copy"]);
    assert_eq!((&done["ended"], &done["copy"]), (&Value::Null, &Value::Null));
    assert_eq!(done["schema_before"], 2);
    assert!(desk.program(&["stop"]).status.success());
    assert_eq!(schema(&desk.folder().join("db")), SCHEMA);
}

#[test]
fn a_newer_daemon_or_desk_is_refused_and_left_as_it_is() {
    let desk = TestDesk::new();
    let newer = stand_in(&desk, VERSION + 1, "9.0.0", 1);
    let (code, said) = complaint(&desk, &["upgrade"]);
    assert_eq!(code, 1);
    assert!(said.contains("9.0.0") && said.contains("nothing was changed"), "{said}");
    let (_, said) = complaint(&desk, &["list"]);
    assert!(said.contains("newer release"), "{said}");
    assert!(!newer.is_finished());

    let desk = TestDesk::new();
    write_database(&desk, SCHEMA + 1);
    let (code, said) = complaint(&desk, &["upgrade"]);
    assert_eq!(code, 15);
    assert!(said.contains(&format!("schema {}", SCHEMA + 1)) && said.contains("newer"), "{said}");
    let (code, said) = complaint(&desk, &["serve"]);
    assert_eq!(code, 15);
    assert!(said.contains("newer"), "{said}");
    assert_eq!(schema(&desk.folder().join("db")), SCHEMA + 1);
}

#[test]
fn a_shared_desk_is_brought_up_to_date_and_left_to_its_service() {
    let group = nix::unistd::Group::from_gid(nix::unistd::getegid()).unwrap().unwrap().name;
    let desk = TestDesk::with(&format!("group = \"{group}\"\nlow_space = \"0MiB\"\n"));
    write_database(&desk, 2);
    let done = upgrade(&desk, &[]);
    assert_eq!((&done["serves"], &done["schema_before"]), (&false.into(), &2.into()));
    assert_eq!(desk.program(&["status"]).status.code(), Some(3), "clients start none");
    let told = desk.program(&["upgrade"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("systemctl start"), "{told:?}");
}

#[test]
fn todays_answers_are_what_the_stand_in_says() {
    // The stand-in's words are those of the real one, which another test holds to the first version's.
    let mut frames = Frames::new();
    let old = Old::Answer { number: 3, answer: OldAnswer::Ok };
    frames.push(&frame::encode(&old).unwrap());
    let today: ToClient = frames.take().unwrap().unwrap();
    assert_eq!(today, ToClient::Answer { number: 3, answer: Box::new(Answer::Ok) });
}
