//! Each action of the cockpit's one table, as it is done by line.

use crate::app::action::{Action, Context};

/// What an action is by line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A verb of the command line, with these words; what it takes besides is asked for.
    Verb(&'static [&'static str]),
    /// Something that only a session can do.
    Own(Own),
}

/// What only a session can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    Open,
    Next,
    Previous,
    Comments,
    Messages,
    Filter,
    Play,
    Attend,
    Links,
    Many,
    ByFilter,
    Slots,
    Counts,
    Since,
    Language,
    Help,
    Close,
    Leave,
}

/// How it is done; `None` = it moves a cursor, edits a line or changes how the screen looks, of
/// which there is nothing here.
pub fn how(action: Action) -> Option<How> {
    let layered = |c: &Context| {
        !matches!(c, Context::Queue | Context::Conversation | Context::Panel | Context::Desk)
    };
    let spec = action.spec();
    if spec.contexts.iter().all(layered) {
        return None;
    }
    Some(match action {
        Action::TakeOver => How::Verb(&["claim", "--over"]),
        Action::Macro => How::Verb(&["macro", "run"]),
        Action::Past => How::Verb(&["author", "--of"]),
        Action::Feedback => How::Verb(&["label"]),
        Action::Topics => How::Verb(&["topics"]),
        Action::CannedReply => How::Verb(&["responses", "list"]),
        Action::Suggest => How::Verb(&["suggest"]),
        Action::Explain => How::Verb(&["explain"]),
        Action::PasteIn => How::Verb(&["paste"]),
        Action::Channels => How::Verb(&["channel", "list"]),
        Action::Views | Action::SaveView => How::Verb(&["views"]),
        Action::Service => How::Verb(&["service"]),
        Action::Alerts => How::Verb(&["alerts"]),
        Action::Charts => How::Verb(&["figures"]),
        Action::Import => How::Verb(&["import"]),
        Action::Calendar => How::Verb(&["calendar"]),
        Action::Search => How::Verb(&["search"]),
        Action::Open | Action::CopyReply => How::Own(Own::Open),
        Action::Next | Action::Down => How::Own(Own::Next),
        Action::Previous | Action::Up => How::Own(Own::Previous),
        Action::Comments => How::Own(Own::Comments),
        Action::Messages => How::Own(Own::Messages),
        Action::Filter => How::Own(Own::Filter),
        Action::Play => How::Own(Own::Play),
        Action::Attend => How::Own(Own::Attend),
        Action::Copy | Action::CopyLink | Action::OpenLink => How::Own(Own::Links),
        Action::Mark | Action::MarkShown | Action::MarkAll => How::Own(Own::Many),
        Action::Sort | Action::Fold | Action::Resort => How::Own(Own::ByFilter),
        Action::Slots => How::Own(Own::Slots),
        Action::Figures => How::Own(Own::Counts),
        Action::Since => How::Own(Own::Since),
        Action::Language => How::Own(Own::Language),
        Action::Help | Action::Palette => How::Own(Own::Help),
        Action::Back => How::Own(Own::Close),
        Action::Leave | Action::Quit => How::Own(Own::Leave),
        other => {
            let name = other.command()?;
            How::Verb(verb_of(name))
        }
    })
}

fn verb_of(name: crate::domain::Name) -> &'static [&'static str] {
    // Each row lives as long as the program, and so does a slice of its one word.
    std::slice::from_ref(&name.spec().verb)
}

/// What is about the look of a screen, or where on it the cursor is.
#[cfg(test)]
const OF_THE_SCREEN: &[Action] = &[
    Action::Top,
    Action::Bottom,
    Action::HalfDown,
    Action::HalfUp,
    Action::PageDown,
    Action::PageUp,
    Action::NextPane,
    Action::PreviousPane,
    Action::Theme,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::action::TABLE;
    use crate::cli::{args, verbs};
    use crate::text::Lang;

    #[test]
    fn whatever_the_table_offers_is_there_by_line() {
        let desk = [Context::Queue, Context::Conversation, Context::Panel, Context::Desk];
        for spec in TABLE.iter().filter(|s| s.contexts.iter().any(|c| desk.contains(c))) {
            let there = how(spec.action).is_some();
            assert_eq!(there, !OF_THE_SCREEN.contains(&spec.action), "{}", spec.name);
        }
    }

    #[test]
    fn each_verb_named_is_one() {
        let program = args::program(Lang::En);
        for words in TABLE.iter().filter_map(|s| match how(s.action) {
            Some(How::Verb(words)) => Some(words),
            _ => None,
        }) {
            let known = verbs::commands(Lang::En).iter().any(|c| c.get_name() == words[0]);
            assert!(known && program.find_subcommand(words[0]).is_some(), "{words:?}");
        }
    }
}
