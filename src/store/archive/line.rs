//! One line of the archive.

use super::super::StoreError;
use super::super::export::archived_line;
use crate::domain::archive::Month;
use crate::domain::{Conversation, Message, Time};
use serde::{Deserialize, Serialize};

/// A conversation with everything that the desk keeps of it. It owes nothing, so it has no timer, no claim,
/// no draft and nothing in the outbox; what was done in it stands in the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Archived {
    /// The month it is filed under.
    pub month: Month,
    /// When something happened in it last.
    pub last: Time,
    /// The rules by which it was reckoned last.
    pub rules: u64,
    /// The record.
    pub conversation: Conversation,
    messages: Vec<Numbered>,
}

/// A message with its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Numbered {
    seq: u32,
    #[serde(flatten)]
    message: Message,
}

impl Archived {
    /// A conversation with its messages, by their numbers.
    pub fn new(
        month: Month,
        last: Time,
        rules: u64,
        conversation: Conversation,
        messages: Vec<(u32, Message)>,
    ) -> Archived {
        let mut archived = Archived { month, last, rules, conversation, messages: Vec::new() };
        archived.set_messages(messages);
        archived
    }

    /// Its messages, by their numbers.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = (u32, &Message)> {
        self.messages.iter().map(|m| (m.seq, &m.message))
    }

    /// The message of a number.
    pub fn message(&self, seq: u32) -> Option<&Message> {
        self.messages.iter().find(|m| m.seq == seq).map(|m| &m.message)
    }

    /// Its messages from now on.
    pub fn set_messages(&mut self, messages: Vec<(u32, Message)>) {
        let numbered = messages.into_iter().map(|(seq, message)| Numbered { seq, message });
        self.messages = numbered.collect();
        self.messages.sort_by_key(|m| m.seq);
    }

    /// Its messages, by their numbers, without it.
    pub fn into_messages(self) -> Vec<(u32, Message)> {
        self.messages.into_iter().map(|m| (m.seq, m.message)).collect()
    }

    /// As the archive and an export write it, without its end.
    ///
    /// # Errors
    /// Never for what came from records.
    pub fn line(&self) -> Result<String, StoreError> {
        archived_line(self)
    }

    /// What a line says.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn parse(line: &str) -> Result<Archived, String> {
        serde_json::from_str(line).map_err(|e| e.to_string())
    }
}
