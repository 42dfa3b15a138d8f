//! A connector's process: started apart from the desk, heard line by line, ended in order.

use crate::config::Link;
use crate::connect::protocol::{self, FromConnector, ToConnector};
use nix::sys::signal::Signal;
use nix::unistd::{Pid, User};
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child as Process, ChildStdin, Command};
use tokio::sync::mpsc;

/// How long a connector may take to end after its input has.
const GRACE: Duration = Duration::from_secs(8);
/// How long a connector may not read what it is told.
const STALLED: Duration = Duration::from_secs(30);
/// How long to wait for what an ended connector said last.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// How long the connector of a killed daemon may go on.
const ORPHAN: Duration = Duration::from_secs(3);
/// Where a channel's connector is noted, in the channel's folder.
const PID_FILE: &str = "connector.pid";
/// Lines that wait to be taken in.
const LINES: usize = 64;

/// Something a connector said.
#[derive(Debug)]
pub enum Said {
    /// A message of the protocol.
    Message(Box<FromConnector>),
    /// A line that is none, and why.
    Bad(String),
    /// A line with nothing in it.
    Nothing,
    /// A line on standard error.
    Error(String),
    /// It closed its output: there is no more.
    End,
}

/// A connector that runs.
pub struct Child {
    process: Process,
    input: Option<ChildStdin>,
    /// What it says.
    pub said: mpsc::Receiver<Said>,
}

impl Child {
    /// Starts a channel's connector; `folder` is its own.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(link: &Link, folder: &Path) -> io::Result<Child> {
        let mut command = match link.connector.as_str() {
            "command" => {
                let mut words = link.command.iter();
                let mut command = Command::new(words.next().map_or("", String::as_str));
                command.args(words);
                command
            }
            // The file that runs now, whatever has been installed in its place meanwhile.
            name => {
                let mut command = Command::new("/proc/self/exe");
                command.args(["connector", name]);
                command
            }
        };
        command.current_dir(folder);
        if let Some(name) = &link.user {
            let user = User::from_name(name)
                .map_err(io::Error::from)?
                .ok_or_else(|| io::Error::other(format!("there is no account {name}")))?;
            // The desk's folders are closed to another account.
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw()).current_dir("/");
        }
        let mut process = command
            .env_remove("DUTYDESK_DESK")
            .env_remove("DUTYDESK_AS")
            .env_remove("NOTIFY_SOCKET")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let (to, said) = mpsc::channel(LINES);
        if let Some(errors) = process.stderr.take() {
            let to = to.clone();
            tokio::spawn(async move {
                lines(errors, |line| to.send(Said::Error(protocol::beginning(&line)))).await;
            });
        }
        if let Some(output) = process.stdout.take() {
            tokio::spawn(async move {
                lines(output, |line| to.send(message(&line))).await;
                // Nobody may listen any more.
                let _ = to.send(Said::End).await;
            });
        }
        Ok(Child { input: process.stdin.take(), process, said })
    }

    /// Tells it something.
    ///
    /// # Errors
    /// When it does not take it.
    pub async fn tell(&mut self, what: &ToConnector) -> io::Result<()> {
        // After the farewell there is nothing more to tell.
        let Some(input) = &mut self.input else { return Ok(()) };
        let line = protocol::line(what);
        match tokio::time::timeout(STALLED, input.write_all(&line)).await {
            Ok(written) => written,
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "it does not read its input")),
        }
    }

    /// Closes its input: it ends when it has done what is under way.
    pub fn hang_up(&mut self) {
        self.input = None;
    }

    /// Its process.
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// Waits until it has ended, or ends it after a grace; says how it ended.
    pub async fn end(&mut self) -> String {
        self.hang_up();
        match tokio::time::timeout(GRACE, self.process.wait()).await {
            Ok(Ok(status)) => status.to_string(),
            Ok(Err(e)) => e.to_string(),
            Err(_) => {
                // It may have ended just now, which is as good.
                let _ = self.process.kill().await;
                "it did not end by itself and was killed".to_owned()
            }
        }
    }

    /// What it said on standard error and nobody has heard yet; it has ended.
    pub async fn last_words(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        // A process of its own that lives on may keep standard error open.
        while let Ok(Some(said)) = tokio::time::timeout(LAST_WORDS, self.said.recv()).await {
            if let Said::Error(line) = said {
                words.push(line);
            }
        }
        words
    }
}

/// Waits for the connector of a daemon that was killed: it may still be at work on what it was told
/// last, and nobody may look for that before it is done. One that goes on is ended.
pub async fn outlive(folder: &Path) {
    let Ok(noted) = std::fs::read_to_string(folder.join(PID_FILE)) else { return };
    let Some(pid) = noted.split(' ').next().and_then(|pid| pid.parse::<i32>().ok()) else { return };
    let runs = || life(pid).is_some_and(|life| noted.trim_end() == life);
    let until = Instant::now() + ORPHAN;
    while runs() {
        if Instant::now() > until {
            // It may have ended just now, which is as good.
            let _ = nix::sys::signal::kill(Pid::from_raw(pid), Signal::SIGKILL);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Notes which process serves a channel, for a daemon to come.
pub fn note(folder: &Path, pid: u32) {
    let life = i32::try_from(pid).ok().and_then(life);
    if let Some(Err(e)) = life.map(|life| std::fs::write(folder.join(PID_FILE), life)) {
        tracing::warn!("{}: its connector's process could not be noted: {e}", folder.display());
    }
}

/// A process with the moment it began, which no other process of that number has.
fn life(pid: i32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold anything; what counts comes behind its last bracket.
    let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
    let state = rest.next()?;
    (state != "Z").then_some(())?;
    Some(format!("{pid} {}", rest.nth(18)?))
}

/// Reads lines until the end; one that is longer than the protocol allows is cut, and its rest
/// passed over.
async fn lines<F: Future<Output = Result<(), mpsc::error::SendError<Said>>>>(
    from: impl AsyncRead + Unpin,
    mut take: impl FnMut(Vec<u8>) -> F,
) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        let Ok(part) = from.fill_buf().await else { return };
        if part.is_empty() {
            if !line.is_empty() {
                let _ = take(std::mem::take(&mut line)).await;
            }
            return;
        }
        let end = part.iter().position(|b| *b == b'\n');
        let upto = end.unwrap_or(part.len());
        let room = (protocol::MOST_LINE + 1).saturating_sub(line.len());
        line.extend_from_slice(&part[..upto.min(room)]);
        from.consume(end.map_or(upto, |end| end + 1));
        if end.is_some() && take(std::mem::take(&mut line)).await.is_err() {
            return;
        }
    }
}

fn message(line: &[u8]) -> Said {
    match protocol::read(line) {
        Ok(Some(message)) => Said::Message(Box::new(message)),
        Ok(None) => Said::Nothing,
        Err(why) => Said::Bad(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn heard(bytes: &[u8]) -> Vec<usize> {
        let mut lens = Vec::new();
        lines(bytes, |line| {
            lens.push(line.len());
            async { Ok(()) }
        })
        .await;
        lens
    }

    #[tokio::test]
    async fn a_line_has_a_bound_and_the_next_one_is_heard() {
        let mut bytes = b"ab\n\n".to_vec();
        bytes.extend(vec![b'x'; protocol::MOST_LINE * 2]);
        bytes.extend(b"\ncd\nlast");
        let lens = heard(&bytes).await;
        assert_eq!(lens, [2, 0, protocol::MOST_LINE + 1, 2, 4]);
    }

    #[test]
    fn what_is_no_message_says_so() {
        assert!(matches!(message(b"{\"type\":\"log\",\"text\":\"x\"}"), Said::Message(_)));
        let Said::Bad(why) = message(b"Hello, world") else { panic!() };
        assert!(why.contains("not a message of the protocol: Hello"), "{why}");
        assert!(matches!(message(b"{\"type\":\"nack\"}"), Said::Bad(_)));
        assert!(matches!(message(&vec![b'{'; protocol::MOST_LINE + 1]), Said::Bad(_)));
    }

    #[tokio::test]
    async fn the_connector_of_a_killed_daemon_is_waited_for_and_no_other_process() {
        let folder = tempfile::tempdir().unwrap();
        outlive(folder.path()).await;
        let mut orphan = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        note(folder.path(), orphan.id());
        let waited = Instant::now();
        outlive(folder.path()).await;
        assert!(waited.elapsed() >= ORPHAN, "it goes on as long as it may");
        assert!(!orphan.wait().unwrap().success(), "and is ended then");
        // A number that another process has by now.
        std::fs::write(folder.path().join(PID_FILE), format!("{} 1", std::process::id())).unwrap();
        outlive(folder.path()).await;
    }
}
