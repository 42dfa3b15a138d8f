//! A counterpart: a program of `counterparts/` that says one JSON line when it is ready and one for
//! each line it is told.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub struct Peer {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// What it said when it was ready.
    pub ready: Value,
}

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/counterparts").join(name)
}

impl Peer {
    pub fn start(name: &str, args: &[&str]) -> Peer {
        let mut child = Command::new(program(name))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{name}: {e}; run tests/live/counterparts/install first"));
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut peer = Peer { name: name.into(), child, input, output, ready: Value::Null };
        peer.ready = peer.hear();
        peer
    }

    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{}: {e}: {line:?}", self.name))
    }

    /// Tells it something; gives its answer.
    pub fn say(&mut self, line: &str) -> Value {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
        let answer = self.hear();
        assert!(answer.get("error").is_none(), "{}: {line}: {answer}", self.name);
        answer
    }

    pub fn text(&self, name: &str) -> String {
        self.ready[name].as_str().unwrap_or_else(|| panic!("{name} in {}", self.ready)).to_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}

/// Asks a counterpart one question in JSON.
pub fn ask(name: &str, command: &str, question: &Value) -> Result<Value, String> {
    let mut child = Command::new(program(name))
        .arg(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    match said.get("error") {
        Some(error) => Err(error.to_string()),
        None => Ok(said),
    }
}
