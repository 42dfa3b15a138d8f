//! The daemon's log at its most talkative: what customers and operators write, and what signs channels
//! in, is in none of its lines, whatever fails meanwhile.

mod daemon_support;

use daemon_support::*;
use dutydesk::domain::{Command, ConversationId, OperatorName};
use dutydesk::wire::message::{Answer, Ask, ClientKind};
use dutydesk::wire::place;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// Words that nothing else says. `K..` are secrets, `T..` texts, `P..` names of people.
const SECRETS: [&str; 3] = ["Kmastodon7f3a9c", "Kshell5d2b8e", "Kbroken91c4d7"];
const TEXTS: [&str; 8] = [
    "Tcomment4e1a",
    "Treply8b2c",
    "Tnote3d9f",
    "Tdraft6a7e",
    "Tsearch2f5b",
    "Tframe9c8d",
    "Tfile1b6e",
    "Tsuggest7d4a",
];
const PEOPLE: [&str; 2] = ["Pcustomer5c3e", "Pfile8d1f"];

/// A web server that refuses everything and repeats what it was sent, credentials included.
fn spiteful_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { continue };
            std::thread::spawn(move || {
                let _ = stream.set_read_timeout(Some(Duration::from_millis(500)));
                let mut asked = [0; 4096];
                let len = stream.read(&mut asked).unwrap_or(0);
                let asked = String::from_utf8_lossy(&asked[..len]).into_owned();
                let body = serde_json::json!({ "error": asked, "url": "https://x/?access_token=Kmastodon7f3a9c" });
                let body = body.to_string();
                let status = ["401 Unauthorized", "500 Oops", "403 No"][n % 3];
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                     Connection: close\r\n\r\n{body}",
                    body.len()
                );
            });
        }
    });
    port
}

/// A connector that says its secret wherever it can, and then falls over.
const CHATTERBOX: &str = r#"read start
echo '{"type":"hello","protocol":1,"can":{"post":true,"reply":true}}'
echo '{"type":"log","text":"signed in with Kshell5d2b8e"}'
echo '{"type":"status","trouble":"GET https://x/?token=Kshell5d2b8e: 401"}'
echo 'no message at all: Kshell5d2b8e Tfile1b6e'
echo "error: https://x/?token=Kshell5d2b8e Pfile8d1f" >&2
sleep 1
exit 3
"#;

/// A program that suggests answers, and fails with what it was told.
const SUGGESTER: &str = "cat >&2; echo Tsuggest7d4a >&2; exit 1\n";

fn script(desk: &TestDesk, name: &str, text: &str) -> String {
    let path = desk.folder().parent().unwrap().join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn private(desk: &TestDesk, name: &str, text: &str) {
    let path = desk.folder().join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn wait(what: &str, mut found: impl FnMut() -> bool) {
    let patience = Instant::now() + PATIENCE;
    while !found() {
        assert!(Instant::now() < patience, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn log_of(desk: &TestDesk) -> String {
    fs::read_to_string(desk.folder().join("daemon.log")).unwrap_or_default()
}

/// Frames with words where numbers belong.
fn talk_nonsense(desk: &TestDesk) {
    let body = b"\x81\xa3Ask\x82\xa6number\xaaTframe9c8d\xa3ask\xa4Stop".to_vec();
    let unknown = b"\x81\xaaTframe9c8d\xc0".to_vec();
    for body in [body, unknown] {
        let mut stream = UnixStream::connect(place::socket(&desk.folder())).unwrap();
        let hello = dutydesk::wire::message::ToDaemon::Hello {
            version: dutydesk::wire::VERSION,
            kind: ClientKind::Cockpit,
            declared: Some(OperatorName("amy".into())),
            resume: None,
            host: String::new(),
        };
        dutydesk::wire::frame::write(&mut stream, &hello).unwrap();
        stream.write_all(&u32::try_from(body.len()).unwrap().to_be_bytes()).unwrap();
        stream.write_all(&body).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }
}

fn say(desk: &TestDesk, command: Command) {
    let answer = desk.verb("amy").ask(Ask::Do(command)).unwrap();
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
}

#[test]
fn no_text_and_no_secret_is_in_the_log() {
    let mut desk = TestDesk::new();
    let port = spiteful_server();
    let suggester = script(&desk, "suggest.sh", SUGGESTER);
    let chatterbox = script(&desk, "chatter.sh", CHATTERBOX);
    let settings = format!(
        "{SETTINGS}log = \"trace\"\n[drafting]\ncommand = [\"sh\", {suggester:?}]\npersonal_data = true\n"
    );
    fs::write(desk.folder().join("desk.toml"), settings).unwrap();
    let channels = format!(
        "[[channel]]\nid = \"files\"\nplatform = \"files\"\nconnector = \"file\"\n\
         [[channel]]\nid = \"toot\"\nplatform = \"mastodon\"\nconnector = \"mastodon\"\n\
         [channel.settings]\nserver = \"http://127.0.0.1:{port}\"\n\
         [[channel]]\nid = \"shell\"\nplatform = \"shell\"\ncommand = [\"sh\", {chatterbox:?}]\n"
    );
    fs::write(desk.folder().join("channels.toml"), channels).unwrap();
    let secrets =
        format!("[toot]\ntoken = \"{}\"\n[shell]\nkey = \"{}\"\n", SECRETS[0], SECRETS[1]);
    private(&desk, "secrets.toml", &secrets);
    let folder = desk.folder().join("channels/files");
    fs::create_dir_all(&folder).unwrap();
    let event = format!(
        r#"{{"event":"message","id":"1","text":"{}","at":1767319872,"author":{{"id":"a","name":"{}"}}}}"#,
        TEXTS[6], PEOPLE[1]
    );
    fs::write(folder.join("in.ndjson"), format!("{event}\nnonsense {}\n", TEXTS[6])).unwrap();
    desk.start();

    // What people write.
    let mut one = comment("c1");
    if let dutydesk::domain::Event::Message(m) = &mut one {
        m.text = TEXTS[0].into();
        m.author.name = PEOPLE[0].into();
    }
    let mut connector = desk.client("amy", ClientKind::Connector);
    ingest(&mut connector, vec![one]);
    let mut verb = desk.verb("amy");
    wait("it comes in", || list(&mut verb, "channel:files").len() == 1);
    let id: ConversationId = list(&mut verb, "channel:weibo")[0];
    say(&desk, Command::Note { ids: vec![id], text: TEXTS[2].into() });
    say(&desk, Command::Reply { ids: vec![id], text: TEXTS[1].into(), seen: None, because: None });
    let _ = verb.ask(Ask::Draft { id, text: Some(TEXTS[3].into()), seen: None });
    let _ = verb.ask(Ask::Search { query: TEXTS[4].into(), after: None, limit: 10 });
    let _ = verb.ask(Ask::List {
        queue: None,
        filter: format!("author:{}", PEOPLE[0]),
        after: None,
        limit: 9,
    });
    let _ = verb.ask(Ask::Suggest(id));
    let _ = verb.ask(Ask::Journal { from: 0 });
    talk_nonsense(&desk);

    // What the connectors come to grief with.
    wait("the chatterbox fell over", || log_of(&desk).contains("shell: the connector ended"));
    wait("the server was asked", || {
        let shown = desk.program(&["channel", "list", "--log", "--json"]);
        String::from_utf8_lossy(&shown.stdout).contains("401")
    });
    // A mistake in the file of secrets, which is read when a connector starts again.
    private(&desk, "secrets.toml", &format!("[toot]\ntoken = {}\n", SECRETS[2]));
    let seen = log_of(&desk).matches("the connector ended").count();
    wait("a connector starts with it", || {
        log_of(&desk).matches("the connector ended").count() > seen
    });
    desk.terminate_keeping();
    let stderr = desk.complaint();
    let log = log_of(&desk);
    for (level, what) in [("DEBUG", "asks Do Reply"), ("DEBUG", "committed"), ("DEBUG", "says Log")]
    {
        assert!(log.lines().any(|l| l.contains(level) && l.contains(what)), "{what}: {log}");
    }
    for word in SECRETS.iter().chain(&TEXTS).chain(&PEOPLE) {
        for (place, text) in [("daemon.log", &log), ("stderr", &stderr)] {
            let line = text.lines().find(|line| line.contains(word));
            assert_eq!(line, None, "{word} in {place}");
        }
    }
}

#[test]
fn the_level_is_followed_while_the_daemon_runs_unless_it_was_told_at_the_start() {
    let mut desk = TestDesk::running();
    desk.program(&["list"]);
    assert!(!log_of(&desk).contains("DEBUG"), "{}", log_of(&desk));
    let file = desk.folder().join("desk.toml");
    fs::write(&file, format!("{SETTINGS}log = \"warn,session=debug\"\n")).unwrap();
    wait("the file is read", || {
        log_of(&desk).contains("from now on the log tells warn,session=debug")
    });
    desk.program(&["list"]);
    wait("the room tells more", || log_of(&desk).contains("DEBUG session: asks List"));
    assert!(!log_of(&desk).contains("DEBUG writer"));
    // A mistake changes nothing and is told.
    fs::write(&file, format!("{SETTINGS}log = \"loud\"\n")).unwrap();
    wait("the mistake is told", || log_of(&desk).contains("stays as it is"));
    desk.terminate();

    let wrong = desk.program(&["serve"]);
    assert_eq!(wrong.status.code(), Some(16));
    let wrong = desk.program(&["serve", "--log", "loud"]);
    assert_eq!(wrong.status.code(), Some(2));
}
