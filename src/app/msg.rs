//! What happens to the cockpit, and what it wants done.

use crate::app::Key;
use crate::app::import;
use crate::app::views::ViewChange;
use crate::domain::{SavedView, Time};
use crate::wire::message::{ToClient, ToDaemon, Welcome};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// A key.
    Key(Key),
    /// A bracketed paste, verbatim.
    Paste(String),
    /// The terminal window got (true) or lost the focus.
    Focus(bool),
    /// The terminal draws our rules and marks over two columns: keep to ASCII.
    PlainGlyphs,
    /// The terminal has this many columns and rows. Comes once before the first frame.
    Resize(u16, u16),
    /// The link stands, the daemon said welcome: at the start and after each reconnect.
    Linked(Welcome),
    /// The link is lost, or could not be made.
    LinkLost {
        /// One sentence, verbatim.
        why: String,
        /// When the next try is; `None` = there will be none.
        retry_at: Option<Time>,
    },
    /// Anything else from the daemon.
    Wire(ToClient),
    /// The moment that [`crate::app::Model::next_tick`] named has come (early or late is fine).
    Tick,
    /// `$EDITOR` ended; `None` = it failed or changed nothing.
    EditorDone(Option<String>),
    /// The themes there are, by name, and what was wrong with some of them.
    ThemesLoaded {
        /// Names, in the order to offer them.
        names: Vec<String>,
        /// Sentences for the operator, verbatim.
        warnings: Vec<String>,
    },
    /// What an import tells.
    Import(import::Told),
    /// A link was to be opened; `browser` false = none can be from here.
    Opened {
        /// The link.
        link: String,
        /// Whether a browser took it.
        browser: bool,
    },
    /// The operator's own views.
    ViewsLoaded(Vec<SavedView>),
    /// The operator's own views were changed.
    ViewChanged {
        /// What was changed; with what was there before it.
        change: ViewChange,
        /// What they are now.
        views: Vec<SavedView>,
    },
    /// Something of the client's own went wrong (copy, editor, saving a setting): a sentence.
    Trouble(String),
}

/// Something the client is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send this; dropped silently while there is no link.
    Send(ToDaemon),
    /// Leave the cockpit.
    Quit,
    /// Ctrl-z: give the terminal back, stop, come back with [`Msg::Resize`].
    Suspend,
    /// Forget what the terminal shows and write it all again.
    Repaint,
    /// Run `$EDITOR` on this text; answered with [`Msg::EditorDone`].
    OpenEditor {
        /// The text to begin with.
        text: String,
    },
    /// Work on a file that is imported; answered with [`Msg::Import`] until its end.
    Import {
        /// The file, as it was named.
        file: String,
        /// What to do.
        job: import::Job,
    },
    /// Put this on the operator's clipboard (OSC 52).
    Copy(String),
    /// Open this link in a browser; answered with [`Msg::Opened`].
    Open(String),
    /// Ring once.
    Bell,
    /// Tell the operator outside of the cockpit, by a notice of their own desktop.
    Tell(crate::text::Shown),
    /// Keep the theme of this name in the operator's settings.
    SaveTheme(String),
    /// Keep the language in the operator's settings.
    SaveLang(crate::text::Lang),
    /// Read the operator's own views; answered with [`Msg::ViewsLoaded`], or [`Msg::Trouble`].
    LoadViews,
    /// Keep a view in the operator's file, or take it out; answered with [`Msg::ViewChanged`], or
    /// [`Msg::Trouble`].
    ChangeView {
        /// Its name.
        name: String,
        /// What it is to be; `None` = it goes.
        to: Option<SavedView>,
        /// Whether that takes back the last change of them.
        taken_back: bool,
    },
    /// Read the theme files again; answered with [`Msg::ThemesLoaded`].
    ReloadThemes,
}
