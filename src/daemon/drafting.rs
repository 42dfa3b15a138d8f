//! Suggested answers, from a program of the owner's. It is told a conversation on its standard input
//! and writes texts; what becomes of them is for the operator to decide. Nothing here sends or keeps
//! anything.

use super::desk::query;
use super::hub::Hub;
use super::log;
use super::session::blocking;
use crate::config::Drafting;
use crate::domain::mask::mask;
use crate::domain::words::beginning;
use crate::domain::{
    ConversationId, Message, MessageKind, OperatorName, Queue, Refusal, TextLimit, Unhelped,
};
use crate::wire::message::Detail;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Serialize;
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// How many programs may run at once.
pub const AT_ONCE: usize = 2;
/// The most bytes that are read of what it writes.
const MOST_OUT: usize = 64 << 10;
/// The most bytes that are kept of what it says on standard error.
const MOST_ERR: u64 = 4 << 10;
/// The most suggestions.
const MOST: usize = 5;
/// The most messages that it is told: the newest.
const MESSAGES: usize = 50;
/// The most bytes of the texts among them.
const MOST_TEXT: usize = 256 << 10;

/// Ids of persons up to this length are not looked for in texts.
const SHORT_ID: usize = 4;

/// What the program is told.
#[derive(Serialize)]
struct Told<'a> {
    conversation: Which<'a>,
    /// Oldest first.
    messages: Vec<Said>,
    /// How long an answer may be, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<TextLimit>,
}

#[derive(Serialize)]
struct Which<'a> {
    id: u64,
    channel: &'a str,
    platform: &'a str,
    queue: Queue,
}

#[derive(Serialize)]
struct Said {
    from: &'static str,
    name: String,
    text: String,
    at: String,
}

/// Answers that might be given in a conversation.
///
/// # Errors
/// Why there are none.
pub async fn suggest(
    hub: &Hub,
    id: ConversationId,
    me: &OperatorName,
) -> Result<Vec<String>, Refusal> {
    let Some(drafting) = &hub.about.drafting else { return Err(Refusal::NoDrafting) };
    let detail = blocking(|| hub.reads.with(|store| query::detail(store, id, me)))?;
    let detail = detail.ok_or(Refusal::NoSuchConversation(id))?;
    let can = hub.about.setup.can.of(&detail.conversation.channel);
    let told = told(&detail, can.map(|can| can.limit), drafting.personal_data);
    // All of it can be written: there is no map in it.
    let told = serde_json::to_vec(&told).unwrap_or_default();
    let most = Duration::from_millis(u64::try_from(drafting.timeout.0).unwrap_or(0));
    let turn = tokio::time::timeout(most, hub.helpers.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Err(Refusal::Drafting(Unhelped::Busy)) };
    run(drafting, told, most).await.and_then(|out| read(&out)).map_err(|why| {
        // What the program said last may be a customer's text.
        tracing::warn!("no suggestions for {id}: {}", log::variant(&why));
        Refusal::Drafting(why)
    })
}

/// The conversation as the program is told it, without notes.
fn told(detail: &Detail, limit: Option<TextLimit>, personal: bool) -> Told<'_> {
    let said = |m: &&Message| m.kind != MessageKind::Note && m.withdrawn.is_none();
    let messages: Vec<&Message> = detail.messages.iter().map(|(_, m)| m).filter(said).collect();
    let customers = || messages.iter().filter(|m| m.kind == MessageKind::Inbound);
    let names = customers().map(|m| m.author.name.as_str());
    // A short one would be found in every price.
    let ids = customers().map(|m| m.author.id.as_str()).filter(|id| id.len() > SHORT_ID);
    let names: Vec<&str> = names.chain(ids).collect();
    let mut bytes = 0;
    let newest = messages.iter().rev().take(MESSAGES).take_while(|m| {
        bytes += m.text.len();
        bytes <= MOST_TEXT
    });
    let mut messages: Vec<Said> = newest
        .map(|m| {
            let customer = m.kind == MessageKind::Inbound;
            let (from, name) = match customer {
                true => ("customer", m.author.name.as_str()),
                false => ("us", m.operator.as_ref().map_or(m.author.name.as_str(), |o| &o.0)),
            };
            Said {
                from,
                name: if personal { name } else { from }.to_owned(),
                text: if personal { m.text.clone() } else { mask(&m.text, &names) },
                at: m.at.rfc3339(),
            }
        })
        .collect();
    messages.reverse();
    let c = &detail.conversation;
    Told {
        conversation: Which {
            id: c.id.0,
            channel: &c.channel.0,
            platform: &c.platform,
            queue: c.queue,
        },
        messages,
        limit: limit.filter(|limit| *limit != TextLimit::default()),
    }
}

/// Ends the program and everything it started.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // Mostly there is nobody left.
            let _ = killpg(group, Signal::SIGKILL);
        }
    }
}

/// Runs the program; answers what it wrote.
async fn run(drafting: &Drafting, told: Vec<u8>, most: Duration) -> Result<Vec<u8>, Unhelped> {
    let mut words = drafting.command.iter();
    let mut command = Command::new(words.next().map_or("", String::as_str));
    command.args(words).current_dir("/").env_remove("NOTIFY_SOCKET");
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"DUTYDESK_") {
            command.env_remove(name);
        }
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| Unhelped::NotStarted(e.to_string()))?;
    let mut group = Group(child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw));
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        if let Some(mut input) = input {
            // One that knows its answer need not read the question.
            let _ = input.write_all(&told).await;
        }
    };
    let work = async {
        let ((), out, said) = tokio::join!(write, all(output), last_line(errors));
        let out = out?;
        let status = child.wait().await.map_err(|e| Unhelped::NotStarted(e.to_string()))?;
        // From now on its number may be somebody else's.
        group.0 = None;
        match status.success() {
            true => Ok(out),
            false => Err(Unhelped::Ended { how: status.to_string(), said }),
        }
    };
    match tokio::time::timeout(most, work).await {
        Ok(done) => done,
        Err(_) => Err(Unhelped::TooSlow(drafting.timeout)),
    }
}

/// Everything that is written, up to a bound.
async fn all(from: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, Unhelped> {
    let mut out = Vec::new();
    let Some(mut from) = from else { return Ok(out) };
    // What cannot be read any more is as good as its end.
    let _ = (&mut from).take(MOST_OUT as u64 + 1).read_to_end(&mut out).await;
    if out.len() > MOST_OUT { Err(Unhelped::TooLong(MOST_OUT)) } else { Ok(out) }
}

/// The last line of the beginning of what is written; the rest is read and forgotten.
async fn last_line(from: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut from) = from else { return String::new() };
    let mut said = Vec::new();
    let _ = (&mut from).take(MOST_ERR).read_to_end(&mut said).await;
    let _ = tokio::io::copy(&mut from, &mut tokio::io::sink()).await;
    let said = String::from_utf8_lossy(&said);
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty());
    beginning(last.unwrap_or_default(), 200).to_owned()
}

/// Reads what the program wrote: a list of texts, or an object that has it.
fn read(out: &[u8]) -> Result<Vec<String>, Unhelped> {
    let value: Value = serde_json::from_slice(out).map_err(|e| Unhelped::NotJson(e.to_string()))?;
    let list = match value {
        Value::Object(mut map) => map.remove("suggestions"),
        other => Some(other),
    };
    let Some(Value::Array(list)) = list else { return Err(Unhelped::NotAList) };
    if list.len() > MOST {
        return Err(Unhelped::TooMany { given: list.len(), limit: MOST });
    }
    let mut texts = Vec::new();
    for text in list {
        let Value::String(text) = text else { return Err(Unhelped::NotAList) };
        let text = text.trim();
        if text.len() > Message::MOST_TEXT {
            return Err(Unhelped::TooLong(Message::MOST_TEXT));
        }
        if !text.is_empty() {
            texts.push(text.to_owned());
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(r#"["a", " b\n", ""]"#, Ok(vec!["a", "b"]))]
    #[case(r#"{"suggestions": ["a"], "model": "x"}"#, Ok(vec!["a"]))]
    #[case("[]", Ok(vec![]))]
    #[case(r#"{"texts": ["a"]}"#, Err(Unhelped::NotAList))]
    #[case(r#"[["a"]]"#, Err(Unhelped::NotAList))]
    #[case("\"a\"", Err(Unhelped::NotAList))]
    #[case(
        r#"["1","2","3","4","5","6"]"#,
        Err(Unhelped::TooMany { given: 6, limit: 5 })
    )]
    fn what_it_wrote_is_read(#[case] out: &str, #[case] read_as: Result<Vec<&str>, Unhelped>) {
        let read_as = read_as.map(|texts| texts.into_iter().map(str::to_owned).collect());
        assert_eq!(read(out.as_bytes()), read_as);
    }

    #[test]
    fn what_is_no_json_says_where() {
        let Err(Unhelped::NotJson(why)) = read(b"Sure! Here are some replies:") else { panic!() };
        assert!(why.contains("line 1"), "{why}");
    }
}
