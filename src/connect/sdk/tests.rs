use super::*;
use crate::connect::protocol::Act;
use serde_json::json;
use std::io::{BufReader, PipeReader, PipeWriter, pipe};
use std::thread::JoinHandle;

/// Hands over what it is told to, and answers every command.
struct Echo {
    /// Batches for the looks to come.
    batches: Mutex<Vec<Result<Vec<Value>, Trouble>>>,
}

impl Connector for Echo {
    fn poll(&self, desk: &Desk) -> Result<Duration, Trouble> {
        let next = self.batches.lock().unwrap().pop();
        if let Some(batch) = next {
            desk.events(batch?, Some("c".into()))?;
            return Ok(Duration::ZERO);
        }
        Ok(Duration::from_secs(60))
    }

    fn command(&self, _: &Desk, command: &Command) -> Answer {
        match &command.act {
            Act::Check => Ok(Done { note: Some("fine".into()), ..Done::default() }),
            _ => Err(Not::new(NackKind::Permanent, "cannot")),
        }
    }
}

/// The desk's side of one that runs.
struct Ran {
    to: Option<PipeWriter>,
    from: BufReader<PipeReader>,
    thread: JoinHandle<Result<(), String>>,
}

impl Ran {
    fn new(batches: Vec<Result<Vec<Value>, Trouble>>) -> Ran {
        let (input, to) = pipe().unwrap();
        let (from, output) = pipe().unwrap();
        let thread = thread::spawn(move || {
            let make = |start: Start| match start.protocol {
                0 => Err("no settings".to_owned()),
                _ => Ok(Echo { batches: Mutex::new(batches) }),
            };
            let input = BufReader::new(input);
            run_on(input, Box::new(output), "echo", Abilities::default(), make)
        });
        Ran { to: Some(to), from: BufReader::new(from), thread }
    }

    fn say(&mut self, what: Value) {
        writeln!(self.to.as_mut().unwrap(), "{what}").unwrap();
    }

    fn hear(&mut self) -> FromConnector {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// The next that is no status.
    fn hear_more(&mut self) -> FromConnector {
        loop {
            match self.hear() {
                FromConnector::Status(_) => {}
                other => return other,
            }
        }
    }

    fn end(mut self) -> Result<(), String> {
        self.to = None;
        self.thread.join().unwrap()
    }
}

#[test]
fn it_greets_and_ends_with_its_input() {
    let mut ran = Ran::new(vec![]);
    assert!(matches!(ran.hear(), FromConnector::Hello(h) if h.name == "echo"));
    ran.say(json!({"type": "start", "protocol": 1}));
    assert!(matches!(ran.hear(), FromConnector::Status(s) if s.polled.is_some()));
    assert_eq!(ran.end(), Ok(()));
}

#[test]
fn the_next_batch_waits_until_the_last_is_taken() {
    let first = vec![json!(1); protocol::MOST_EVENTS + 1];
    let mut ran = Ran::new(vec![Ok(vec![json!(2)]), Ok(first)]);
    ran.hear();
    ran.say(json!({"type": "start", "protocol": 1}));
    let FromConnector::Events { batch, cursor, events } = ran.hear_more() else { panic!() };
    assert_eq!((cursor, events.len()), (None, protocol::MOST_EVENTS));
    // A command is answered while a batch is not taken yet.
    ran.say(json!({"type": "command", "id": 5, "do": "check"}));
    assert!(matches!(ran.hear_more(), FromConnector::Ack(a) if a.id == 5));
    ran.say(json!({"type": "taken", "batch": batch}));
    let FromConnector::Events { batch, cursor, events } = ran.hear_more() else { panic!() };
    assert_eq!((cursor.as_deref(), events.len()), (Some("c"), 1));
    ran.say(json!({"type": "taken", "batch": batch}));
    assert!(matches!(ran.hear_more(), FromConnector::Events { events, .. } if events[0] == 2));
    assert_eq!(ran.end(), Ok(()));
}

#[test]
fn a_batch_fits_in_a_line_of_the_protocol() {
    let long = json!({"id": 7, "text": "x".repeat(protocol::MOST_LINE)});
    let half = json!("y".repeat(MOST_BYTES * 3 / 5));
    let mut ran = Ran::new(vec![Ok(vec![long, half.clone(), half.clone()])]);
    ran.hear();
    ran.say(json!({"type": "start", "protocol": 1}));
    let FromConnector::Log { text } = ran.hear_more() else { panic!() };
    assert!(text.ends_with(": 7"), "{text}");
    for cursor in [None, Some("c".to_owned())] {
        let FromConnector::Events { batch, cursor: c, events } = ran.hear_more() else { panic!() };
        assert_eq!((c, events), (cursor, vec![half.clone()]));
        ran.say(json!({"type": "taken", "batch": batch}));
    }
    assert_eq!(ran.end(), Ok(()));
}

#[test]
fn what_it_does_not_know_it_does_not_do() {
    let mut ran = Ran::new(vec![]);
    ran.hear();
    ran.say(json!({"type": "start", "protocol": 9, "new": true}));
    ran.say(json!({"type": "sing"}));
    ran.say(json!({"type": "command", "id": 6, "do": "dance", "key": "k"}));
    let FromConnector::Nack(nack) = ran.hear_more() else { panic!() };
    assert_eq!((nack.id, nack.kind), (6, NackKind::Permanent));
    assert_eq!(ran.end(), Ok(()));
}

#[test]
fn trouble_is_told_and_goes_away() {
    let gone = Trouble { after: Some(Duration::ZERO), ..Trouble::auth("expired") };
    let mut ran = Ran::new(vec![Err(gone)]);
    ran.hear();
    ran.say(json!({"type": "start", "protocol": 1}));
    let FromConnector::Status(bad) = ran.hear() else { panic!() };
    assert_eq!((bad.trouble.as_deref(), bad.auth), (Some("expired"), true));
    let FromConnector::Status(good) = ran.hear() else { panic!() };
    assert_eq!((good.trouble, good.auth), (None, false));
    assert_eq!(ran.end(), Ok(()));
}

#[test]
fn settings_that_do_not_work_are_told_before_the_end() {
    let mut ran = Ran::new(vec![]);
    ran.hear();
    ran.say(json!({"type": "start", "protocol": 0}));
    assert!(matches!(ran.hear(), FromConnector::Status(s) if s.trouble.is_some()));
    assert_eq!(ran.end(), Err("no settings".into()));
}

#[test]
fn tags_come_behind_the_text_unless_they_are_in_it() {
    let tags = ["tea".to_owned(), "#手冲".to_owned(), " ".to_owned()];
    assert_eq!(with_tags("new: #teapot", &tags), "new: #teapot\n\n#tea #手冲");
    assert_eq!(with_tags("#tea and #手冲\n", &tags), "#tea and #手冲\n");
    assert_eq!(with_tags("", &tags[..1]), "#tea");
    assert_eq!(with_tags("as it is", &[]), "as it is");
}
