//! The records that only the desk itself reads: sequences, operators, own actions.

use crate::domain::classify::learned::Said;
use crate::domain::{ConversationId, GroupId, Intent, Name, Queue, SendKey, Severity, Time};
use crate::store::{Key, keys};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What the writer must know before it can go on: one record, written with every group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The last conversation's number.
    pub conversations: u64,
    /// The last journal entry's number.
    pub journal: u64,
    /// The last action's group.
    pub groups: u64,
    /// Messages that ever came in.
    pub received: u64,
    /// Rows of the outbox.
    pub waiting: u64,
    /// The last key given to a row of the outbox.
    pub send_key: SendKey,
    /// Tells this desk's keys from another's; 0 = not drawn yet.
    pub desk_mark: u16,
    /// How many open ones are late, as of `clock`: comments, messages.
    pub late: [u64; 2],
    /// Up to when the clock's work is done: what was due by then is counted as late, and only
    /// what is due after it has a timer. Goes back only when the system's clock was set back.
    pub clock: Time,
    /// When the system's clock leapt forward, as long as that may have been a mistake; see
    /// [`super::set_back`].
    pub leapt: Option<Time>,
    /// What the system's clock said before it was set back; what came in by that was not ahead.
    pub latest: Time,
    /// The rules by which the open conversations' deadlines were reckoned; see
    /// [`super::rules`].
    pub rules: u64,
    /// While deadlines are reckoned anew after the rules changed: the next conversation.
    pub sweep: Option<u64>,
    /// It is known of every conversation who wrote in it; see [`super::people`].
    pub people_known: bool,
    /// While that is gathered: the next conversation.
    pub people_next: u64,
    /// The last topic's number.
    pub topics: u64,
    /// The last post's number.
    pub posts: u64,
    /// The last asset's number.
    pub assets: u64,
    /// The last alert's number.
    pub alerts: u64,
    /// How often texts changed: the search index keeps how many of these it has taken in, so that
    /// it knows whether it missed one.
    pub texts: u64,
    /// Whose texts changed lately.
    pub recent: Recent,
    /// What was deleted with months of the archive.
    pub forgotten: Forgotten,
}

/// What was deleted with months of the archive, and is still counted in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Forgotten {
    /// All of it lies before this.
    pub until: Time,
    /// Messages that had come in.
    pub received: u64,
}

impl Facts {
    /// Where they are kept.
    pub fn key() -> Key {
        keys::meta("desk")
    }
}

/// Whose texts changed lately, so that a search index that missed a moment need not look through
/// everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recent {
    /// The changes behind this many are listed.
    since: u64,
    /// One entry for each change.
    of: VecDeque<Vec<ConversationId>>,
}

impl Recent {
    /// The most conversations and changes that are listed: some hundred bytes of each commit. An
    /// index is behind by less than a second.
    const MOST: usize = 128;

    /// After so many changes, the next one was of these.
    pub fn note(&mut self, after: u64, ids: &[ConversationId]) {
        if self.end() != after {
            // An older version of the program was here meanwhile.
            *self = Recent { since: after, of: VecDeque::new() };
        }
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        self.of.push_back(ids);
        while self.of.iter().map(|ids| ids.len() + 1).sum::<usize>() > Recent::MOST {
            self.of.pop_front();
            self.since += 1;
        }
    }

    fn end(&self) -> u64 {
        self.since + self.of.len() as u64
    }

    /// Of the first `all` changes, those behind the first `known`; `None` = not all are listed.
    pub fn behind(&self, known: u64, all: u64) -> Option<BTreeSet<ConversationId>> {
        let passed = usize::try_from(known.checked_sub(self.since)?).ok()?;
        (self.end() == all).then(|| self.of.iter().skip(passed).flatten().copied().collect())
    }
}

/// The place of a queue in arrays of two.
pub fn place(queue: Queue) -> usize {
    match queue {
        Queue::Comments => 0,
        Queue::Messages => 1,
    }
}

/// What the desk keeps of an operator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OperatorRecord {
    /// When the last session ended; `None` = none did yet.
    pub left: Option<Time>,
    /// The last journal entry by then.
    pub seen: u64,
    /// [`Facts::received`] by then.
    pub received: u64,
    /// Where they came from, as their clients said; at most [`super::came::MOST`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<crate::wire::people::Host>,
}

/// The newest figures of a channel's account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountFigures {
    /// When they were read.
    pub at: Time,
    /// By name.
    pub values: BTreeMap<String, i64>,
}

/// What an operator said a message is; the text it is learned from is the message's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When.
    pub at: Time,
    /// What.
    pub said: Said,
    /// What the desk itself took it for then; `None` = that was not kept.
    #[serde(default)]
    pub was: Option<(Intent, Severity)>,
}

/// What an own action was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A command.
    Did,
    /// An undo that changed something.
    Undid,
    /// An undo of which nothing could be carried out: the undo stack goes on below it.
    Passed,
    /// A redo.
    Redid,
}

/// An operator's own action, kept under the number of its first journal entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAction {
    /// What it was.
    pub kind: Kind,
    /// The command; for undo and redo the one taken back or done again.
    pub name: Name,
    /// Its journal entries' group.
    pub group: GroupId,
    /// For undo and redo: the group of the command all of it began with.
    pub origin: GroupId,
    /// How many journal entries it has, in a row.
    pub entries: u32,
    /// How many conversations it changed.
    pub conversations: u32,
    /// When.
    pub at: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: impl IntoIterator<Item = u64>) -> Vec<ConversationId> {
        ids.into_iter().map(ConversationId).collect()
    }

    #[test]
    fn the_last_changes_are_listed_and_no_others() {
        let mut recent = Recent::default();
        for n in 0..1_000 {
            recent.note(n, &ids([n, n + 1, n]));
        }
        let behind = |known| recent.behind(known, 1_000).map(|set| set.into_iter().collect());
        assert_eq!(behind(1_000), Some(ids([])));
        assert_eq!(behind(998), Some(ids([998, 999, 1_000])));
        assert_eq!(behind(1), None::<Vec<_>>);
        assert!(recent.of.len() * 3 <= Recent::MOST && recent.of.len() > 30);
        // A change of very many is not.
        recent.note(1_000, &ids(0..1_000));
        assert_eq!(recent.behind(1_000, 1_001), None);
        assert_eq!(recent.behind(1_001, 1_001), Some(BTreeSet::new()));
    }

    #[test]
    fn what_an_older_version_changed_is_not_taken_for_nothing() {
        let mut recent = Recent::default();
        recent.note(0, &ids([1]));
        assert_eq!(recent.behind(0, 9), None);
        recent.note(9, &ids([2]));
        assert_eq!(recent.behind(0, 10), None);
        assert_eq!(recent.behind(9, 10), Some(ids([2]).into_iter().collect()));
    }
}
