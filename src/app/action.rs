//! The one table of what a key can do. Keymap, footer, help, palette and their tests are made from it.

use crate::domain::Name;
use crate::text::Msg;
use crate::text::catalogue::cockpit as say;
use crate::text::catalogue::{
    alerts, calendar, charts, commands, lint, planning, search, service, sla, wizard, work,
};

/// Where a key is heard. The first context that knows a key wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// The cursor is in a queue.
    Queue,
    /// The cursor is in the open conversation.
    Conversation,
    /// The cursor is in today's slots; the keys of [`Context::Panel`] are heard, too.
    Slots,
    /// The cursor is in the figures; the keys of [`Context::Panel`] are heard, too.
    Figures,
    /// The cursor is in the slots or in the figures.
    Panel,
    /// Everywhere outside of layers, after the pane's own keys.
    Desk,
    /// A reply or note is being written.
    Composer,
    /// The text of a post is being written.
    Text,
    /// A line is being typed: filter or palette.
    Prompt,
    /// A menu or the theme picker is open.
    Menu,
    /// The calendar is open; keys for reading are heard, too.
    Calendar,
    /// A post is open; keys for reading are heard, too.
    Post,
    /// A file is imported; keys for reading are heard, too.
    Import,
    /// The service screen is open; keys for reading are heard, too.
    Service,
    /// The screen of channels' figures is open; keys for reading are heard, too.
    Charts,
    /// The alerts are open; keys for reading are heard, too.
    Alerts,
    /// Something to read lies over the screen: help, what happened since.
    Reader,
    /// Really everywhere.
    Everywhere,
}

impl Context {
    /// All of them, in the order of the help.
    pub const ALL: [Context; 18] = [
        Context::Queue,
        Context::Conversation,
        Context::Slots,
        Context::Figures,
        Context::Panel,
        Context::Desk,
        Context::Composer,
        Context::Text,
        Context::Prompt,
        Context::Menu,
        Context::Calendar,
        Context::Post,
        Context::Import,
        Context::Service,
        Context::Charts,
        Context::Alerts,
        Context::Reader,
        Context::Everywhere,
    ];

    /// What the help calls it.
    pub fn title(self) -> Msg {
        match self {
            Context::Queue => say::CONTEXT_QUEUE,
            Context::Conversation => say::CONTEXT_CONVERSATION,
            Context::Slots => calendar::CONTEXT_SLOTS,
            Context::Figures => charts::CONTEXT_FIGURES,
            Context::Panel => say::CONTEXT_PANEL,
            Context::Desk => say::CONTEXT_DESK,
            Context::Composer => say::CONTEXT_COMPOSER,
            Context::Text => calendar::CONTEXT_TEXT,
            Context::Prompt => say::CONTEXT_PROMPT,
            Context::Menu => say::CONTEXT_MENU,
            Context::Calendar => calendar::CONTEXT_CALENDAR,
            Context::Post => calendar::CONTEXT_POST,
            Context::Import => wizard::CONTEXT_IMPORT,
            Context::Service => service::CONTEXT_SERVICE,
            Context::Charts => charts::CONTEXT_CHARTS,
            Context::Alerts => alerts::CONTEXT,
            Context::Reader => say::CONTEXT_READER,
            Context::Everywhere => say::CONTEXT_EVERYWHERE,
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Which action.
    pub action: Action,
    /// What settings call it.
    pub name: &'static str,
    /// Where it is heard.
    pub contexts: &'static [Context],
    /// Its default keys; one with blanks between is a sequence.
    pub keys: &'static [&'static str],
    /// One or two words for the footer; `None` = not there.
    pub short: Option<Msg>,
    /// One line for help and palette.
    pub long: Msg,
}

macro_rules! actions {
    ($($action:ident $name:literal [$($context:ident)*] [$($key:literal)*] $short:expr, $long:expr;)*) => {
        /// Something a key does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $(
                #[doc = concat!("`", $name, "`")]
                $action,
            )*
        }

        /// Every action, in the order of the help.
        pub const TABLE: &[Spec] = &[$(Spec {
            action: Action::$action,
            name: $name,
            contexts: &[$(Context::$context),*],
            keys: &[$($key),*],
            short: $short,
            long: $long,
        }),*];
    };
}

actions! {
    // Verbs first: the footer shows the first that fit.
    EditField "edit-field" [Post] ["enter"] Some(calendar::S_EDIT), calendar::A_EDIT_FIELD;
    EditText "edit-text" [Post] ["e"] None, calendar::A_EDIT_TEXT;
    Submit "submit" [Post] ["S"] Some(calendar::S_SUBMIT), calendar::A_SUBMIT;
    Approve "approve" [Post] ["a"] Some(calendar::S_APPROVE), calendar::A_APPROVE;
    Reject "reject" [Post] ["r"] Some(calendar::S_REJECT), calendar::A_REJECT;
    Published "published" [Post] ["p"] None, calendar::A_PUBLISHED;
    Again "again" [Post] ["!"] None, calendar::A_AGAIN;
    PostIdea "post-idea" [Post] ["i"] None, calendar::A_IDEA;
    NextVariant "next-variant" [Post] ["tab" "l" "right"] Some(calendar::S_VARIANT), calendar::A_NEXT_VARIANT;
    PreviousVariant "previous-variant" [Post] ["backtab" "h" "left"] None, calendar::A_PREVIOUS_VARIANT;
    DropVariant "drop-variant" [Post] ["D"] None, calendar::A_DROP;
    OpenPost "open-post" [Slots Calendar] ["enter"] Some(calendar::S_OPEN_POST), calendar::A_OPEN_POST;
    NewPost "new-post" [Slots Calendar] ["n"] Some(calendar::S_NEW_POST), calendar::A_NEW_POST;
    RecallPost "recall-post" [Slots Calendar Post] ["x"] Some(calendar::S_RECALL), calendar::A_RECALL;
    MovePost "move-post" [Calendar] ["m"] Some(calendar::S_MOVE), calendar::A_MOVE;
    TimePost "time-post" [Slots Calendar Post] ["s"] Some(calendar::S_TIME), calendar::A_TIME;
    NextFree "next-free" [Slots Calendar Post] ["f"] Some(calendar::S_NEXT_FREE), calendar::A_NEXT_FREE;
    Unplan "unplan" [Slots Calendar Post] ["-"] None, calendar::A_UNPLAN;
    CopyPost "copy-post" [Slots Calendar Post] ["c"] Some(calendar::S_COPY), calendar::A_COPY;
    OpenOut "open-out" [Slots Calendar Post] ["o"] None, calendar::A_OPEN_OUT;
    DayLeft "day-left" [Calendar] ["h" "left"] None, calendar::A_DAY_LEFT;
    DayRight "day-right" [Calendar] ["l" "right"] None, calendar::A_DAY_RIGHT;
    Undated "undated" [Calendar] ["tab"] Some(calendar::S_UNDATED), calendar::A_UNDATED;
    Months "months" [Calendar] ["v"] Some(calendar::S_MONTHS), calendar::A_MONTHS;
    Matrix "matrix" [Calendar] ["F"] Some(calendar::S_MATRIX), calendar::A_MATRIX;
    OnlyChannel "only-channel" [Calendar] ["/"] Some(calendar::S_ONLY_CHANNEL), calendar::A_ONLY_CHANNEL;
    Today "today" [Calendar] ["."] None, calendar::A_TODAY;

    Enlarge "enlarge" [Figures Charts] ["enter"] Some(charts::S_LARGE), charts::A_ENLARGE;
    NextView "next-view" [Charts] ["tab"] Some(charts::S_VIEW), charts::A_NEXT_VIEW;
    PreviousView "previous-view" [Charts] ["backtab"] None, charts::A_PREVIOUS_VIEW;
    NextChannel "next-channel" [Figures Charts] ["l" "]"] Some(charts::S_CHANNEL), charts::A_NEXT_CHANNEL;
    PreviousChannel "previous-channel" [Figures Charts] ["h" "["] None, charts::A_PREVIOUS_CHANNEL;
    LongerRange "longer-range" [Charts] ["right" "+"] Some(charts::S_LONGER), charts::A_LONGER;
    ShorterRange "shorter-range" [Charts] ["left" "-"] Some(charts::S_SHORTER), charts::A_SHORTER;
    CompareBefore "compare-before" [Charts] ["p"] Some(charts::S_BEFORE), charts::A_BEFORE;
    CompareWith "compare-with" [Charts] ["c"] Some(charts::S_WITH), charts::A_WITH;
    AckAlert "ack-alert" [Alerts] ["a"] Some(alerts::S_ACK), alerts::ACK;
    SnoozeAlert "snooze-alert" [Alerts] ["s"] Some(alerts::S_SNOOZE), alerts::SNOOZE;
    TaskAlert "task-alert" [Alerts] ["t"] Some(alerts::S_TASK), alerts::TASK;
    OpenAlert "open-alert" [Alerts] ["enter"] Some(alerts::S_GO), alerts::A_GO;
    ReopenAlert "reopen-alert" [Alerts] ["o"] Some(alerts::S_REOPEN), alerts::REOPEN;
    AllAlerts "all-alerts" [Alerts] ["tab"] Some(alerts::S_ALL), alerts::A_ALL;

    Open "open" [Queue] ["enter" "right"] Some(say::S_OPEN), say::A_OPEN;
    Reply "reply" [Queue Conversation] ["r" "f2"] Some(say::S_REPLY), commands::REPLY;
    Claim "claim" [Queue Conversation] ["c" "f3"] Some(say::S_CLAIM), commands::CLAIM;
    Resolve "resolve" [Queue Conversation] ["d" "f4"] Some(say::S_RESOLVE), say::A_RESOLVE;
    Snooze "snooze" [Queue Conversation] ["s" "f5"] Some(say::S_SNOOZE), commands::SNOOZE;
    Assign "assign" [Queue Conversation] ["a" "f6"] Some(say::S_ASSIGN), commands::ASSIGN;
    Undo "undo" [Desk Calendar Post Alerts] ["u" "f8"] Some(say::S_UNDO), commands::UNDO;
    Note "note" [Queue Conversation] ["m" "f7"] Some(say::S_NOTE), commands::NOTE;
    Pending "pending" [Queue Conversation] ["p"] Some(say::S_PENDING), commands::PENDING;
    Hold "hold" [Queue Conversation] ["h"] Some(say::S_HOLD), commands::HOLD;
    Reopen "reopen" [Queue Conversation] ["o"] Some(say::S_REOPEN), commands::REOPEN;
    Label "label" [Queue Conversation] ["l"] Some(say::S_LABEL), commands::LABEL;
    Macro "macro" [Queue Conversation] ["M"] Some(work::S_MACRO), commands::MACRO;
    Escalate "escalate" [Queue Conversation] ["E"] Some(work::S_ESCALATE), commands::ESCALATE;
    Deescalate "de-escalate" [Queue Conversation] ["z e"] None, commands::DEESCALATE;
    Unlabel "unlabel" [Queue Conversation] ["x"] None, commands::UNLABEL;
    TakeOver "take-over" [Queue Conversation] ["C"] None, say::A_TAKE_OVER;
    Release "release" [Queue Conversation] ["R"] None, commands::RELEASE;
    Redo "redo" [Desk Calendar Post Alerts] ["ctrl-r" "U"] None, commands::REDO;
    Play "play" [Desk] ["P"] Some(say::S_PLAY), say::A_PLAY;
    Next "next" [Queue Conversation] ["n"] None, say::A_NEXT;
    Previous "previous" [Queue Conversation] ["N"] None, say::A_PREVIOUS;
    Copy "copy" [Queue Conversation] ["y"] None, say::A_COPY;
    CopyLink "copy-link" [Queue Conversation] ["Y"] None, say::A_COPY_LINK;
    Classify "classify" [Queue Conversation] ["i"] None, commands::CLASSIFY;
    OpenLink "open-link" [Queue Conversation] ["z o"] None, work::A_OPEN_LINK;
    Past "author" [Queue Conversation] ["A"] None, work::A_PAST;
    Topic "topic" [Queue Conversation] ["T"] None, commands::TOPIC;
    Untopic "untopic" [Queue Conversation] ["z T"] None, commands::UNTOPIC;
    Feedback "feedback" [Queue Conversation] ["z g"] None, work::A_FEEDBACK;
    Like "like" [Queue Conversation] ["z l"] None, commands::LIKE;
    Unlike "unlike" [Queue Conversation] ["z L"] None, commands::UNLIKE;
    Hide "hide" [Queue Conversation] ["z h"] None, commands::HIDE;
    Unhide "unhide" [Queue Conversation] ["z H"] None, commands::UNHIDE;
    Delete "delete" [Queue Conversation] ["z d"] None, commands::DELETE;
    Block "block" [Queue Conversation] ["z b"] None, commands::BLOCK;
    Unblock "unblock" [Queue Conversation] ["z B"] None, commands::UNBLOCK;
    MarkSent "mark-sent" [Queue Conversation] ["z s"] None, commands::MARK_SENT;
    SendAgain "send-again" [Queue Conversation] ["!" "z r"] None, commands::SEND_AGAIN;
    TakeBack "take-back" [Queue Conversation] ["X" "z t"] None, commands::TAKE_BACK;
    CannedReply "canned-reply" [Queue Conversation] ["z c"] None, say::A_CANNED_REPLY;
    Suggest "suggest" [Queue Conversation] ["z ?"] None, say::A_SUGGEST;
    Explain "explain" [Queue Conversation] ["e"] Some(sla::SHORT), sla::ACTION;
    CopyReply "copy-reply" [Queue Conversation] ["z y"] None, say::A_COPY_REPLY;
    PasteIn "paste-in" [Queue Conversation] ["z p"] None, say::A_PASTE_IN;

    Mark "mark" [Queue] ["space"] None, say::A_MARK;
    MarkShown "mark-shown" [Queue] ["*"] None, say::A_MARK_SHOWN;
    MarkAll "mark-all" [Queue] ["V"] None, say::A_MARK_ALL;
    Resort "resort" [Queue] ["."] None, say::A_RESORT;
    Sort "sort" [Queue] ["O"] None, search::A_SORT;
    Fold "fold" [Queue] ["z f"] None, search::A_FOLD;
    Filter "filter" [Queue] ["/"] Some(say::S_FILTER), say::A_FILTER;

    Down "down" [Queue Conversation Panel Menu Reader] ["j" "down"] None, say::A_DOWN;
    Up "up" [Queue Conversation Panel Menu Reader] ["k" "up"] None, say::A_UP;
    Top "top" [Queue Conversation Panel Menu Reader] ["g g" "home"] None, say::A_TOP;
    Bottom "bottom" [Queue Conversation Panel Menu Reader] ["G" "end"] None, say::A_BOTTOM;
    HalfDown "half-down" [Queue Conversation Panel Reader] ["ctrl-d"] None, say::A_HALF_DOWN;
    HalfUp "half-up" [Queue Conversation Panel Reader] ["ctrl-u"] None, say::A_HALF_UP;
    PageDown "page-down" [Queue Conversation Panel Menu Reader] ["pagedown" "ctrl-f"] None, say::A_PAGE_DOWN;
    PageUp "page-up" [Queue Conversation Panel Menu Reader] ["pageup" "ctrl-b"] None, say::A_PAGE_UP;

    NextPane "next-pane" [Desk] ["tab"] None, say::A_NEXT_PANE;
    PreviousPane "previous-pane" [Desk] ["backtab"] None, say::A_PREVIOUS_PANE;
    Comments "comments" [Desk Reader] ["1"] None, say::A_COMMENTS;
    Messages "messages" [Desk Reader] ["2"] None, say::A_MESSAGES;
    Slots "slots" [Desk Reader] ["3"] None, say::A_SLOTS;
    Figures "figures" [Desk Reader] ["4"] None, say::A_FIGURES;
    Channels "channels" [Desk Reader] ["5"] None, say::A_CHANNELS;
    Service "service" [Desk Reader] ["6"] None, service::A_SERVICE;
    Calendar "calendar" [Desk Reader] ["7"] None, calendar::A_CALENDAR;
    Charts "charts" [Desk Reader] ["8"] None, charts::A_CHARTS;
    Import "import" [Desk] ["g i"] None, wizard::A_IMPORT;
    Views "views" [Queue] ["v"] None, search::A_VIEWS;
    SaveView "save-view" [Queue] ["z v"] None, search::A_SAVE_VIEW;
    Search "search" [Desk] ["g /"] None, search::A_SEARCH;
    Attend "attend" [Desk] ["g n"] None, say::A_ATTEND;
    Topics "topics" [Desk] ["g t"] None, work::A_TOPICS;
    Alerts "alerts" [Desk] ["g a"] None, alerts::A_ALERTS;
    Since "since" [Desk] ["S"] None, say::A_SINCE;
    Language "language" [Desk] ["L"] None, say::A_LANGUAGE;
    Theme "theme" [Desk] ["t"] None, say::A_THEME;
    Palette "palette" [Desk] [":" "f9"] Some(say::S_PALETTE), say::A_PALETTE;
    Help "help" [Desk Calendar Post Charts Alerts] ["?" "f1"] Some(say::S_HELP), say::A_HELP;
    Back "back" [Desk] ["esc" "left" "backspace"] None, say::A_BACK;
    Leave "leave" [Desk] ["q"] None, say::A_LEAVE;
    Quit "quit" [Desk] ["ctrl-c"] None, say::A_QUIT;

    Send "send" [Composer] ["ctrl-s" "ctrl-g"] Some(say::S_SEND), say::A_SEND;
    KeepDraft "keep-draft" [Composer] ["esc" "ctrl-c"] Some(say::S_KEEP_DRAFT), say::A_KEEP_DRAFT;
    KeepText "keep-text" [Text] ["ctrl-s" "ctrl-g"] Some(calendar::S_KEEP), calendar::A_KEEP_TEXT;
    LeaveText "leave-text" [Text] ["esc" "ctrl-c"] Some(calendar::S_LEAVE), calendar::A_LEAVE_TEXT;
    Editor "editor" [Composer Text] ["ctrl-o"] Some(say::S_EDITOR), say::A_EDITOR;
    ThrowAway "throw-away" [Composer Text] ["ctrl-x"] Some(say::S_THROW_AWAY), say::A_THROW_AWAY;
    Newline "newline" [Composer Text] ["enter" "ctrl-j" "alt-enter"] None, say::A_NEWLINE;
    LineUp "line-up" [Composer Text] ["up" "ctrl-p"] None, say::A_LINE_UP;
    LineDown "line-down" [Composer Text] ["down" "ctrl-n"] None, say::A_LINE_DOWN;
    Canned "canned" [Composer] ["ctrl-r"] Some(say::S_CANNED), say::A_CANNED;
    FillIn "fill-in" [Composer] ["tab"] None, say::A_FILL_IN;
    SuggestHere "suggest-here" [Composer] ["ctrl-t"] None, say::A_SUGGEST_HERE;
    NextFinding "next-finding" [Composer Text] ["ctrl-q" "alt-n"] None, lint::A_NEXT_FINDING;
    TakeInstead "take-instead" [Composer Text] ["ctrl-y"] None, lint::A_TAKE_INSTEAD;
    ThreadUp "thread-up" [Composer] ["pageup"] None, say::A_THREAD_UP;
    ThreadDown "thread-down" [Composer] ["pagedown"] None, say::A_THREAD_DOWN;

    Accept "accept" [Prompt Menu] ["enter"] Some(say::S_ACCEPT), say::A_ACCEPT;
    Cancel "cancel" [Prompt] ["esc" "ctrl-c"] Some(say::S_CANCEL), say::A_CANCEL;
    Complete "complete" [Prompt] ["tab"] Some(say::S_COMPLETE), say::A_COMPLETE;
    PickDown "pick-down" [Prompt] ["down" "ctrl-n"] None, say::A_PICK_DOWN;
    PickUp "pick-up" [Prompt] ["up" "ctrl-p"] None, say::A_PICK_UP;
    Left "left" [Composer Text Prompt] ["left" "ctrl-b"] None, say::A_LEFT;
    Right "right" [Composer Text Prompt] ["right" "ctrl-f"] None, say::A_RIGHT;
    WordLeft "word-left" [Composer Text Prompt] ["ctrl-left" "alt-b"] None, say::A_WORD_LEFT;
    WordRight "word-right" [Composer Text Prompt] ["ctrl-right" "alt-f"] None, say::A_WORD_RIGHT;
    LineStart "line-start" [Composer Text Prompt] ["home" "ctrl-a"] None, say::A_LINE_START;
    LineEnd "line-end" [Composer Text Prompt] ["end" "ctrl-e"] None, say::A_LINE_END;
    Erase "erase" [Composer Text Prompt] ["backspace" "ctrl-h"] None, say::A_ERASE;
    EraseNext "erase-next" [Composer Text Prompt] ["delete" "ctrl-d"] None, say::A_ERASE_NEXT;
    EraseWord "erase-word" [Composer Text Prompt] ["ctrl-w" "alt-backspace"] None, say::A_ERASE_WORD;
    EraseToStart "erase-to-start" [Composer Text Prompt] ["ctrl-u"] None, say::A_ERASE_TO_START;
    EraseToEnd "erase-to-end" [Composer Text Prompt] ["ctrl-k"] None, say::A_ERASE_TO_END;

    ImportNext "import-next" [Import] ["enter"] Some(wizard::S_NEXT), wizard::A_NEXT;
    ImportChange "import-change" [Import] ["space" "c"] Some(wizard::S_CHANGE), wizard::A_CHANGE;
    Tick "tick" [Menu] ["space"] None, calendar::A_TICK;
    DropView "drop-view" [Menu] ["delete" "ctrl-x"] None, search::A_DROP_VIEW;
    TopicPost "topic-post" [Menu] ["ctrl-t"] None, planning::A_TOPIC_POST;
    Close "close" [Menu Reader] ["esc" "q" "ctrl-c"] Some(say::S_CLOSE), say::A_CLOSE;
    Grouping "grouping" [Service] ["tab"] Some(service::S_GROUPING), service::A_GROUPING;
    Period "period" [Service] ["p"] Some(service::S_PERIOD), service::A_PERIOD;
    Outside "outside" [Service] ["o"] Some(service::S_OUTSIDE), service::A_OUTSIDE;

    Repaint "repaint" [Everywhere] ["ctrl-l"] None, say::A_REPAINT;
    Suspend "suspend" [Everywhere] ["ctrl-z"] None, say::A_SUSPEND;
}

impl Action {
    /// Its row of the table.
    pub fn spec(self) -> &'static Spec {
        // The table is made with the enum, one row each, in its order.
        &TABLE[self as usize]
    }

    /// The command of the desk it gives, if it is one.
    pub fn command(self) -> Option<Name> {
        Some(match self {
            Action::Claim => Name::Claim,
            Action::Release => Name::Release,
            Action::Reply => Name::Reply,
            Action::Note => Name::Note,
            Action::Assign => Name::Assign,
            Action::Snooze => Name::Snooze,
            Action::Pending => Name::Pending,
            Action::Hold => Name::Hold,
            Action::Resolve => Name::Resolve,
            Action::Reopen => Name::Reopen,
            Action::Label => Name::Label,
            Action::Unlabel => Name::Unlabel,
            Action::Classify => Name::Classify,
            Action::Like => Name::Like,
            Action::Unlike => Name::Unlike,
            Action::Hide => Name::Hide,
            Action::Unhide => Name::Unhide,
            Action::Delete => Name::Delete,
            Action::Block => Name::Block,
            Action::Unblock => Name::Unblock,
            Action::MarkSent => Name::MarkSent,
            Action::SendAgain => Name::SendAgain,
            Action::Macro => Name::Macro,
            Action::Escalate => Name::Escalate,
            Action::Deescalate => Name::Deescalate,
            Action::Topic => Name::Topic,
            Action::Untopic => Name::Untopic,
            Action::TakeBack => Name::TakeBack,
            Action::Undo => Name::Undo,
            Action::Redo => Name::Redo,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command;

    #[test]
    fn each_action_finds_its_own_row() {
        for spec in TABLE {
            assert_eq!(spec.action.spec().name, spec.name);
        }
    }

    #[test]
    fn each_command_of_the_desk_has_a_key() {
        for command in command::TABLE {
            let action = TABLE.iter().find(|s| s.action.command() == Some(command.name));
            assert!(action.is_some_and(|a| !a.keys.is_empty()), "{} has no key", command.verb);
        }
    }

    #[test]
    fn no_name_is_given_twice() {
        for (i, a) in TABLE.iter().enumerate() {
            assert!(TABLE[..i].iter().all(|b| a.name != b.name), "{} twice", a.name);
        }
    }
}
