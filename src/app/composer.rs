//! A reply or note being written, and the drafts that are kept.

use super::editor::Editor;
use super::lint::Watch;
use crate::domain::limit::Measure;
use crate::domain::{ChannelId, Command, ConversationId, Message, TextLimit, Time};
use std::collections::BTreeMap;

/// How long after its first change a draft is kept by the desk, in milliseconds; while somebody
/// types, so often at most.
const SAVE_AFTER: i64 = 800;
/// The same for a long text, each time of which costs more.
const SAVE_LONG_AFTER: i64 = 4_000;
/// From so many bytes on a text is long.
const LONG: usize = 8 << 10;

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
    /// Since when the text has changes that are not kept.
    pub unsaved: Option<Time>,
    /// True until something was typed: then a draft from the desk may still come in.
    pub untouched: bool,
    /// True when it was opened from a queue, and leads back there.
    pub from_queue: bool,
    /// What the text may not say.
    pub lint: Watch,
    /// The draft as the desk has it, as far as is known here.
    pub kept: Option<String>,
    /// The draft was handed over under this number, and that is not answered yet.
    pub saving: Option<u64>,
    /// The text as the platform counts it; for which state of the text.
    pub(super) measured: Option<(u64, Counted)>,
}

/// How long a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// What a reader takes for one character.
    pub characters: usize,
    /// By the platform's own rule; `None` = it has none.
    pub measure: Option<Measure>,
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
            lint: Watch::default(),
            kept: None,
            saving: None,
            measured: None,
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
        self.unsaved.get_or_insert(now);
    }

    /// When its changes are to be kept; `None` = nothing is to be.
    pub fn save_at(&self) -> Option<Time> {
        let long = self.editor.text().len() > LONG;
        self.unsaved.map(|t| Time(t.0 + if long { SAVE_LONG_AFTER } else { SAVE_AFTER }))
    }

    /// True when the desk keeps a text so long.
    pub fn is_keepable(&self) -> bool {
        self.editor.text().len() <= Message::MOST_TEXT
    }

    /// True when the text was counted since it changed.
    pub(super) fn is_measured(&self) -> bool {
        self.measured.is_some_and(|(of, _)| of == self.editor.changes())
    }

    /// Counts the text.
    pub(super) fn measure_by(&mut self, limit: &TextLimit) {
        let text = self.editor.text().trim_end();
        let counted = Counted { characters: self.editor.graphemes(), measure: limit.measure(text) };
        self.measured = Some((self.editor.changes(), counted));
    }

    /// How long the text is.
    pub fn counted(&self) -> Counted {
        self.measured.map(|(_, counted)| counted).unwrap_or_default()
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
                let because = self.lint.because.clone();
                Some(Command::Reply { ids, text, seen, because })
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
    texts: BTreeMap<(Option<ConversationId>, Kind), Kept>,
}

/// A draft as this cockpit remembers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The text.
    pub text: String,
    /// How many messages the conversation had when it was begun.
    pub seen: Option<u32>,
    /// The desk does not have it yet: there was no link.
    pub unsent: bool,
}

impl Drafts {
    /// Keeps a text for a conversation (`None` = for marked ones), or forgets it when it is blank
    /// and the desk knows that.
    pub fn keep(&mut self, id: Option<ConversationId>, kind: Kind, kept: Kept) {
        if kept.text.trim().is_empty() && !kept.unsent {
            self.texts.remove(&(id, kind));
        } else {
            self.texts.insert((id, kind), kept);
        }
    }

    /// The text kept.
    pub fn get(&self, id: Option<ConversationId>, kind: Kind) -> Option<&Kept> {
        self.texts.get(&(id, kind))
    }

    /// The link broke before the desk said that it keeps this one.
    pub fn unsure(&mut self, id: ConversationId) {
        if let Some(kept) = self.texts.get_mut(&(Some(id), Kind::Reply)) {
            kept.unsent = true;
        }
    }

    /// Those that the desk does not have yet; it is told of them now.
    pub fn take_unsent(&mut self) -> Vec<(ConversationId, Kept)> {
        let mut unsent = Vec::new();
        for ((id, kind), kept) in &mut self.texts {
            if let (Some(id), Kind::Reply, true) = (*id, *kind, kept.unsent) {
                kept.unsent = false;
                unsent.push((id, kept.clone()));
            }
        }
        unsent
    }
}
