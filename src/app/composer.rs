//! A reply or note being written, and the drafts that are kept.

use super::editor::Editor;
use crate::domain::{ChannelId, Command, ConversationId, Time};
use std::collections::BTreeMap;

/// How long after the last change a draft is kept by the desk, in milliseconds.
pub const SAVE_AFTER: i64 = 800;

/// What is being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// For the customer.
    Reply,
    /// For the desk.
    Note,
    /// What customers wrote where nothing brings it in.
    Paste,
}

/// How far the sending is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Being written.
    Writing,
    /// Asked of the desk under this number, not answered yet.
    Sending(u64),
    /// The desk refused it, because so many messages are new; sending again sends anyway.
    Overtaken(u32),
}

/// The composer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composer {
    /// For which conversations; one, or the marked ones.
    pub ids: Vec<ConversationId>,
    /// Reply or note.
    pub kind: Kind,
    /// The channel that what is pasted belongs to.
    pub onto: Option<ChannelId>,
    /// The text.
    pub editor: Editor,
    /// Messages the conversation had when the draft began; `None` for several conversations.
    pub seen: Option<u32>,
    /// How far the sending is.
    pub stage: Stage,
    /// When the text changed last without being kept.
    pub unsaved: Option<Time>,
    /// True until something was typed: then a draft from the desk may still come in.
    pub untouched: bool,
    /// True when it was opened from a queue, and leads back there.
    pub from_queue: bool,
}

impl Composer {
    /// Begins with this draft.
    pub fn new(ids: Vec<ConversationId>, kind: Kind, draft: &str, seen: Option<u32>) -> Composer {
        Composer {
            ids,
            kind,
            onto: None,
            editor: Editor::new(draft),
            seen,
            stage: Stage::Writing,
            unsaved: None,
            untouched: draft.is_empty(),
            from_queue: false,
        }
    }

    /// The one conversation it is for.
    pub fn only(&self) -> Option<ConversationId> {
        match self.ids[..] {
            [id] => Some(id),
            _ => None,
        }
    }

    /// The text changed.
    pub fn touched(&mut self, now: Time) {
        self.untouched = false;
        self.unsaved = Some(now);
    }

    /// The command that sends it. `now_seen`: messages shown now, heeded when it goes out in
    /// spite of what came in. What is pasted is no command.
    pub fn command(&self, now_seen: Option<u32>) -> Option<Command> {
        let (ids, text) = (self.ids.clone(), self.editor.text().trim_end().to_owned());
        match self.kind {
            Kind::Note => Some(Command::Note { ids, text }),
            Kind::Reply => {
                let seen = match self.stage {
                    Stage::Overtaken(_) => now_seen,
                    _ => self.seen,
                };
                Some(Command::Reply { ids, text, seen, because: None })
            }
            Kind::Paste => None,
        }
    }

    /// How many messages came since the draft began, when the conversation has `messages` now.
    pub fn new_since(&self, messages: u32) -> u32 {
        self.seen.map_or(0, |seen| messages.saturating_sub(seen))
    }
}

/// Drafts of this session; a draft of a reply is kept by the desk, too.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    texts: BTreeMap<(Option<ConversationId>, Kind), String>,
}

impl Drafts {
    /// Keeps a text for a conversation (`None` = for marked ones), or forgets it when it is blank.
    pub fn keep(&mut self, id: Option<ConversationId>, kind: Kind, text: &str) {
        if text.trim().is_empty() {
            self.texts.remove(&(id, kind));
        } else {
            self.texts.insert((id, kind), text.to_owned());
        }
    }

    /// The text kept.
    pub fn get(&self, id: Option<ConversationId>, kind: Kind) -> Option<&str> {
        self.texts.get(&(id, kind)).map(String::as_str)
    }
}
