//! Where events go. The daemon is behind it in the program, a list in the tests.

use crate::domain::{ChannelId, Event};
use crate::text::Shown;
use std::fmt;

/// The most events that one call may bring.
pub const MOST: usize = 512;

/// The most bytes of text, more or less, that one call may bring: far less than a frame holds.
pub const MOST_BYTES: usize = 1 << 20;

/// The bytes of text in an event, more or less.
pub fn weight(event: &Event) -> usize {
    match event {
        Event::Message(m) => {
            let links: usize = m.attachments.iter().map(|a| a.link.len()).sum();
            m.text.len() + m.author.name.len() + m.permalink.as_ref().map_or(0, String::len) + links
        }
        Event::Edited { text, .. } => text.len(),
        Event::Slot(s) => s.title.len(),
        Event::Published(p) => p.title.len() + p.text.len(),
        Event::Deleted { .. } | Event::Likes { .. } | Event::Metrics { .. } => 0,
    }
}

/// Takes events in, durably. Chunks may be handed over before the ones before are answered;
/// answers come in the order of the chunks.
pub trait Sink {
    /// Hands over at most [`MOST`] events of together at most [`MOST_BYTES`], in order, with the place the channel got to.
    ///
    /// # Errors
    /// When it cannot. Handing the same events over again is safe.
    fn send(
        &mut self,
        cursor: Option<(ChannelId, String)>,
        events: Vec<Event>,
    ) -> Result<(), SinkError>;

    /// Waits for the answer to the oldest chunk that is not answered yet: what it took is durable.
    ///
    /// # Errors
    /// When nothing of that chunk may be counted as taken.
    fn receive(&mut self) -> Result<Taken, SinkError>;
}

/// What became of events that were handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// New messages.
    pub added: u32,
    /// New conversations among them.
    pub opened: u32,
    /// Known ones that changed.
    pub changed: u32,
    /// Known ones that brought nothing new.
    pub known: u32,
    /// Events that could not be placed: their place in the list, and why.
    pub rejected: Vec<(u32, String)>,
}

/// Why events could not be handed over: one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkError(pub Shown);

impl fmt::Display for SinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl std::error::Error for SinkError {}
