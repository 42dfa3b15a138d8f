//! A connector as a child process, and the desk's side of it in a test's hand.

use super::{mistakes, validator};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Long enough for a busy machine; a test that waits so long fails.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// What a desk allows a connector for its end.
pub const GRACE: Duration = Duration::from_secs(8);

/// A connector that runs.
pub struct Run {
    child: Child,
    to: Option<ChildStdin>,
    said: Receiver<Value>,
    /// Kept until somebody wants to read: a desk that is slow.
    unread: Option<(BufReader<std::process::ChildStdout>, mpsc::Sender<Value>)>,
}

impl Run {
    /// Starts it in its channel's folder.
    pub fn new(command: &[String], folder: &Path) -> Run {
        let mut run = Run::deaf(command, folder);
        run.listen();
        run
    }

    /// Starts it and does not read what it says.
    pub fn deaf(command: &[String], folder: &Path) -> Run {
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (to, said) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        Run { to: child.stdin.take(), child, said, unread: Some((out, to)) }
    }

    /// Reads from now on what it says, and holds every line against the schema.
    pub fn listen(&mut self) {
        let Some((out, to)) = self.unread.take() else { return };
        std::thread::spawn(move || {
            let protocol = validator("fromConnector");
            for line in out.lines() {
                let line = line.unwrap_or_else(|e| format!("no text: {e}"));
                let value = match serde_json::from_str(&line) {
                    Ok(value) if protocol.is_valid(&value) => value,
                    Ok(value) => json!({ "wrong": mistakes(&protocol, &value), "line": line }),
                    Err(e) => json!({ "wrong": e.to_string(), "line": line }),
                };
                if to.send(value).is_err() {
                    return;
                }
            }
        });
    }

    /// Says something.
    pub fn say(&mut self, what: &Value) {
        self.write(format!("{what}\n").as_bytes());
    }

    /// Writes bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) {
        self.to.as_mut().expect("its input is open").write_all(bytes).unwrap();
    }

    /// Writes from a thread of its own, for a connector that may not read; gives the input back.
    pub fn write_meanwhile(&mut self, bytes: Vec<u8>) -> std::thread::JoinHandle<ChildStdin> {
        let mut to = self.to.take().expect("its input is open");
        std::thread::spawn(move || {
            to.write_all(&bytes).unwrap();
            to
        })
    }

    /// The input that such a thread gave back.
    pub fn go_on_with(&mut self, to: ChildStdin) {
        self.to = Some(to);
    }

    /// What it says next, within a time; `None` = nothing.
    pub fn hear_within(&self, time: Duration) -> Option<Value> {
        match self.said.recv_timeout(time) {
            Ok(said) => {
                assert!(said.get("wrong").is_none(), "no message of the protocol: {said}");
                Some(said)
            }
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("it closed its output"),
        }
    }

    /// The next message of a type; others pass by.
    pub fn hear(&self, kind: &str) -> Value {
        self.hear_which(kind, |said| said["type"] == kind)
    }

    /// The next message of which something holds; others pass by.
    pub fn hear_which(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let patience = Instant::now() + PATIENCE;
        loop {
            let left = patience.saturating_duration_since(Instant::now());
            let said = self.hear_within(left).unwrap_or_else(|| panic!("{what} did not come"));
            if holds(&said) {
                return said;
            }
        }
    }

    /// Everything that it says within a time, of which something holds.
    pub fn hear_all(&self, holds: impl Fn(&Value) -> bool, time: Duration) -> Vec<Value> {
        let until = Instant::now() + time;
        let mut all = Vec::new();
        while let Some(said) = self.hear_within(until.saturating_duration_since(Instant::now())) {
            all.extend(Some(said).filter(&holds));
        }
        all
    }

    /// The answer to a command.
    pub fn answer(&self, id: u64) -> Value {
        self.hear_which("an answer", |said| is_answer(said) && said["id"] == id)
    }

    /// True while it runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// kill -9.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Closes its input and waits for its end; how it ended, what it still said, and how long that
    /// took.
    pub fn end(mut self) -> (ExitStatus, Vec<Value>, Duration) {
        self.listen();
        self.to = None;
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        };
        let took = began.elapsed();
        let rest: Vec<Value> = self.said.iter().collect();
        for said in &rest {
            assert!(said.get("wrong").is_none(), "no message of the protocol: {said}");
        }
        (status, rest, took)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a message is a batch of events.
pub fn is_batch(said: &Value) -> bool {
    said["type"] == "events"
}

/// Whether a message is the answer to a command.
pub fn is_answer(said: &Value) -> bool {
    said["type"] == "ack" || said["type"] == "nack"
}
