//! What lies over the panes: each layer hears the keys before those below it.

use super::action::{Action, Context};
use super::canned::{Confirm, Picker};
use super::complete::Guess;
use super::composer::Composer;
use super::editor::Editor;
use super::import;
use super::posts::PostChoice;
use super::posts::begin::Channels;
use super::posts::lines::Line;
use super::posts::page::At;
use super::posts::writing::Text;
use crate::domain::alert::AlertId;
use crate::domain::macros::Macro;
use crate::domain::sla::explain::Explanation;
use crate::domain::{
    ChannelId, Command, ConversationId, FoundAt, Intent, Name, OperatorName, Queue, SavedView,
    Severity,
};
use crate::text::Shown;

/// A layer.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// A reply or note is written.
    Composer(Composer),
    /// A filter is typed.
    Filter {
        /// The line.
        editor: Editor,
        /// Whose filter.
        queue: Queue,
        /// What it was before.
        before: String,
        /// Why it cannot be read.
        wrong: Option<Shown>,
        /// What Tab would make of it.
        guess: Guess,
    },
    /// A search is typed.
    Search {
        /// The line.
        editor: Editor,
        /// Why it cannot be read.
        wrong: Option<Shown>,
        /// What Tab would make of it.
        guess: Guess,
    },
    /// The name of a view to be saved is typed.
    ViewName {
        /// The line.
        editor: Editor,
        /// The view, which has no name yet.
        view: SavedView,
        /// Why it cannot have that name.
        wrong: Option<Shown>,
    },
    /// Why a reply goes out although the lint stops it.
    Because {
        /// The line.
        editor: Editor,
        /// What stands in the way.
        wrong: Option<Shown>,
    },
    /// The palette.
    Palette(Palette),
    /// A canned response is picked.
    Canned(Picker),
    /// An answer to several conversations waits for a yes.
    Confirm(Confirm),
    /// A menu with a few choices.
    Menu(Menu),
    /// Themes, tried out while one walks over them.
    Themes {
        /// The line with the cursor.
        cursor: usize,
        /// What to go back to.
        before: String,
    },
    /// All keys.
    Help {
        /// First line shown.
        top: usize,
    },
    /// What happened since the operator left, and what was said lately.
    Since {
        /// First line shown.
        top: usize,
    },
    /// How a conversation's deadlines came about.
    Explain {
        /// Which conversation.
        id: ConversationId,
        /// What the desk told; `None` until it did.
        told: Option<Box<Explanation>>,
        /// First line shown.
        top: usize,
    },
    /// How every channel is.
    Channels(Cursor),
    /// The forecast and the service figures.
    Service {
        /// First line shown of what scrolls.
        top: usize,
    },
    /// The figures of channels.
    Charts,
    /// The alerts.
    Alerts,
    /// The calendar of posts.
    Calendar,
    /// A post and its variants.
    Post(At),
    /// The text of a variant is written.
    Text(Text),
    /// Something about a post or an alert is typed in a line.
    Line(Line),
    /// The channels of a post are picked.
    PickChannels(Channels),
    /// The macros that are meant for what is at hand.
    Macros {
        /// In the order of the file.
        macros: Vec<Macro>,
        /// The one with the cursor.
        cursor: usize,
    },
    /// A file is imported.
    Import(Box<import::Wizard>),
    /// Something about an import is typed in a line.
    ImportLine(import::Line),
    /// A list whose lines open a conversation.
    Pick(Pick),
    /// Something is asked before it is done.
    Sure(Sure),
}

/// A list whose lines open a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// What it is.
    pub title: Shown,
    /// What is to know, above the list.
    pub about: Vec<Shown>,
    /// The lines, each with the conversation that it opens.
    pub lines: Vec<(Option<ConversationId>, Shown)>,
    /// The topics of the lines, from which a post can be begun; none in other lists.
    pub topics: Vec<Seed>,
    /// The line with the cursor.
    pub cursor: usize,
    /// How it goes on, where it does.
    pub more: Option<More>,
}

/// What a post is begun from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The topic.
    pub topic: u64,
    /// What it is about.
    pub idea: String,
    /// The channel that asked first.
    pub channel: Option<ChannelId>,
}

/// How a list of finds goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct More {
    /// What was searched for.
    pub query: String,
    /// Where to go on; `None` = that was all.
    pub after: Option<FoundAt>,
    /// How many there are in all, where that is known.
    pub total: Option<u64>,
    /// How much of the desk could be searched, in per cent; `None` = all of it.
    pub built: Option<u8>,
    /// The next part is asked for.
    pub asked: bool,
}

/// Something that is asked before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sure {
    /// The question.
    pub title: Shown,
    /// An example, and how to answer.
    pub lines: Vec<Shown>,
    /// What is done on yes.
    pub then: Then,
}

/// What is done on yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// The desk carries this out.
    Command(Command),
    /// This view takes the place of the one of its name.
    KeepView(SavedView),
}

/// Where one is on the channels screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The channel with the cursor; `None` = the first.
    pub on: Option<ChannelId>,
    /// The first line shown of what can be scrolled; `None` = where reading begins.
    pub top: Option<usize>,
}

/// The palette: a line, and what fits it.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    /// The line.
    pub editor: Editor,
    /// What fits, best first.
    pub entries: Vec<Entry>,
    /// The entry with the cursor.
    pub cursor: usize,
    /// Why the typed command cannot be carried out.
    pub wrong: Option<Shown>,
}

/// One entry of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it runs.
    pub runs: Runs,
    /// Its name.
    pub name: Shown,
    /// What it does.
    pub says: Shown,
    /// Its key.
    pub key: Option<Shown>,
    /// False when it would come to nothing; `says` is why, then.
    pub able: bool,
}

/// What an entry of the palette runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// A command of the desk.
    Command(Name),
    /// An action of the cockpit.
    Action(Action),
}

/// A menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// What is asked.
    pub title: Shown,
    /// The choices, at most nine; each has its number as key.
    pub choices: Vec<(Shown, Choice)>,
    /// The choice with the cursor.
    pub cursor: usize,
}

/// What a choice does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Snooze until this, as typed.
    Snooze(String),
    /// Assign to them.
    Assign(Option<OperatorName>),
    /// Take this label off.
    Unlabel(String),
    /// It is this, perhaps to be asked how bad.
    Intent(Intent),
    /// It is this, and so bad.
    Class(Intent, Severity),
    /// Put this label on.
    Label(String),
    /// Open this link.
    Open(String),
    /// Type the rest of this command.
    Type(Name),
    /// Put this into the answer that is being written in this conversation.
    Insert(ConversationId, String),
    /// Show the queue as this view says.
    View {
        /// The view.
        view: SavedView,
        /// Whether it is one of the operator's own.
        own: bool,
    },
    /// Save what the queue shows as a view.
    SaveView,
    /// Paste in what customers wrote on this channel.
    PasteInto(ChannelId),
    /// Something about a post.
    Post(PostChoice),
    /// Snooze this alert until this, as typed; `None` = to be typed.
    SnoozeAlert(AlertId, Option<String>),
    /// Something about an import.
    Import(import::Chosen),
}

impl Layer {
    /// Where its keys are found.
    pub fn context(&self) -> Context {
        match self {
            Layer::Composer(_) => Context::Composer,
            Layer::Text(_) => Context::Text,
            Layer::Calendar => Context::Calendar,
            Layer::Charts => Context::Charts,
            Layer::Alerts => Context::Alerts,
            Layer::Post(_) => Context::Post,
            Layer::Import(_) => Context::Import,
            Layer::Filter { .. }
            | Layer::Search { .. }
            | Layer::ViewName { .. }
            | Layer::Because { .. }
            | Layer::Line(_)
            | Layer::ImportLine(_)
            | Layer::Palette(_)
            | Layer::Canned(_) => Context::Prompt,
            Layer::Menu(_) | Layer::Confirm(_) | Layer::Themes { .. } => Context::Menu,
            Layer::Macros { .. } | Layer::Pick(_) | Layer::Sure(_) | Layer::PickChannels(_) => {
                Context::Menu
            }
            Layer::Help { .. }
            | Layer::Since { .. }
            | Layer::Explain { .. }
            | Layer::Channels(_)
            | Layer::Service { .. } => Context::Reader,
        }
    }

    /// True for what lies over the whole screen and stays in sight below menus and lines.
    pub fn is_page(&self) -> bool {
        matches!(
            self,
            Layer::Charts
                | Layer::Calendar
                | Layer::Post(_)
                | Layer::Text(_)
                | Layer::Alerts
                | Layer::Import(_)
        )
    }

    /// The text that keys type into.
    pub fn editor(&mut self) -> Option<&mut Editor> {
        match self {
            Layer::Composer(c) => Some(&mut c.editor),
            Layer::Text(t) => Some(&mut t.editor),
            Layer::Line(l) => Some(&mut l.editor),
            Layer::ImportLine(l) => Some(&mut l.editor),
            Layer::Filter { editor, .. }
            | Layer::Search { editor, .. }
            | Layer::ViewName { editor, .. }
            | Layer::Because { editor, .. } => Some(editor),
            Layer::Palette(p) => Some(&mut p.editor),
            Layer::Canned(p) => Some(&mut p.editor),
            _ => None,
        }
    }
}
