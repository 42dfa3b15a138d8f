//! What becomes of every kind of record when a person is erased. A new kind does not compile until it
//! stands here.

use crate::store::keys::Parsed;

/// What is done with a kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Nothing of anybody who writes to us is in it.
    Nothing,
    /// It goes with their conversations and messages, or follows from these.
    With,
    /// Each is looked at: words that stand for them go.
    Looked,
    /// Each is looked at, and counted when it names them: it is ours, or another program's.
    Counted,
}

/// What is done with a kind of record.
pub fn how(of: &Parsed) -> How {
    match of {
        // Emptied or taken out by `conversation`; what names them elsewhere by `records`.
        Parsed::Conversation(_)
        | Parsed::Message(_)
        | Parsed::Draft(..)
        | Parsed::Topic(_)
        | Parsed::Outgoing(_)
        | Parsed::Alert(_)
        | Parsed::Journal(_)
        // An archived conversation; when anything of it names them, it comes back and is dealt with.
        | Parsed::Stub(_) => How::Looked,
        Parsed::Known(..)
        | Parsed::Root(..)
        | Parsed::Person(..)
        | Parsed::Correction(_)
        | Parsed::Feedback(..)
        | Parsed::Order(_)
        | Parsed::Timer(..)
        | Parsed::Claim(..)
        | Parsed::Tally(_) => How::With,
        // What the brand publishes is on its platform, too: whether it stays is its own decision.
        Parsed::Asset(_)
        | Parsed::Post(_)
        | Parsed::PostText(..)
        | Parsed::PastPost(..)
        | Parsed::Slot(..)
        // Whose bytes only its connector can read.
        | Parsed::Cursor(_) => How::Counted,
        // Numbers, times, operators, channels.
        Parsed::OwnAction(..)
        | Parsed::Bucket(..)
        | Parsed::Flow(_)
        | Parsed::Cell(_)
        | Parsed::AccountFigures(_)
        | Parsed::Page(..)
        | Parsed::SlotTime(..)
        | Parsed::PastPostTime(..)
        | Parsed::PostOut(..)
        | Parsed::Operator(_)
        | Parsed::Channel(_)
        | Parsed::Copy(..)
        | Parsed::Volume(_)
        | Parsed::Blank(..)
        | Parsed::Meta(_)
        // Digests, and the erasures themselves: the one under way empties its own record at its end.
        | Parsed::Erased(_)
        | Parsed::Erasure(_) => How::Nothing,
    }
}

/// The same for people: family of keys, what it is, what becomes of it. docs/privacy.md has each row.
pub const ROWS: &[(&str, &str, &str)] = &[
    ("c/", "conversations", "theirs alone: emptied, a number is left; others': their part"),
    (
        "m/",
        "messages",
        "theirs, and answers to them: emptied; what names them in others of ours goes",
    ),
    ("e/", "known platform ids", "go; a keyed digest stays"),
    ("r/", "roots of conversations", "go; a keyed digest stays"),
    ("o/", "places in queues", "follow from conversations"),
    ("t/", "timers", "follow from conversations"),
    ("j/", "journal", "numbers, times and verbs stay; words that name them go"),
    ("u/", "own actions", "hold no words"),
    ("k/", "figures", "counts; stay"),
    ("w/", "service figures", "counts; follow from messages"),
    ("n/", "counters", "follow from conversations"),
    ("x/", "outbox", "what goes to or about them goes"),
    ("d/", "drafts", "answers to them go; what names them in others goes"),
    ("s/", "slots", "ours; counted when they name them"),
    ("S/", "times of slots", "name nobody"),
    ("g/", "cursors", "the connector's; counted when they hold their id"),
    ("p/", "operators", "name no customer"),
    ("l/", "claims", "go with the conversation"),
    ("h/", "channels", "name nobody"),
    ("b/", "who wrote where", "goes"),
    ("q/", "topics", "their questions go, and what names them"),
    ("f/", "feedback tags", "go with the conversation"),
    ("a/", "account figures", "counts; stay"),
    ("K/", "pages of figures", "counts; stay"),
    ("P/", "posts", "ours; counted when they name them"),
    ("V/", "texts of posts", "ours; counted when they name them"),
    ("v/", "posts that are out", "ours; name nobody"),
    ("A/", "assets", "ours; counted when they name them"),
    ("N/", "alerts", "what names them goes"),
    ("H/", "published posts", "ours; counted when they name them"),
    ("I/", "times of posts", "name nobody"),
    ("y/", "corrections", "of their messages go, and what was learned from them"),
    ("E/", "erasures", "the certificate stays, and names nobody"),
    ("i/", "digests of what was erased", "stay: so it is known when it is brought again"),
    ("G/", "copies that were made", "stay, and are named in the certificate"),
    ("z/", "archived conversations", "come back when they name them, and are emptied as others"),
    ("Z/", "months of the archive", "name nobody"),
    ("B/", "lines to be blanked", "name nobody"),
    ("meta/", "the desk's own facts", "name nobody"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_of_keys_has_its_row_here_and_in_the_documents() {
        let keys = include_str!("../../../store/keys.rs");
        let docs = include_str!("../../../../docs/privacy.md");
        let families: Vec<&str> = keys
            .lines()
            .filter_map(|line| line.strip_prefix("//! | `"))
            .flat_map(|line| line.split('|').next())
            .flat_map(|cell| cell.split(", `"))
            .filter_map(|name| name.split('`').next())
            .collect();
        assert!(families.len() > 30, "{families:?}");
        for family in &families {
            assert!(ROWS.iter().any(|(row, ..)| row == family), "{family}");
        }
        for (family, what, becomes) in ROWS {
            assert!(families.contains(family), "{family}");
            let row = format!("| `{family}` | {what} | {becomes} |");
            assert!(docs.contains(&row), "{row}");
        }
    }
}
