//! Other orders of a queue than the one by urgency.

use super::{OrderKey, Time};
use serde::{Deserialize, Serialize};

/// What a queue is sorted by.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// By deadline, then weight, then age: the order of the store.
    #[default]
    Due,
    /// The heaviest first, then the longest wait.
    Weight,
    /// The longest wait first.
    Oldest,
    /// The shortest wait first.
    Newest,
}

impl Sort {
    /// All of them, in the order in which a key goes through them, with their names.
    pub const ALL: [(Sort, &'static str); 4] = [
        (Sort::Due, "due"),
        (Sort::Weight, "weight"),
        (Sort::Oldest, "oldest"),
        (Sort::Newest, "newest"),
    ];

    /// Its name in files, verbs and `--json`.
    pub fn name(self) -> &'static str {
        Sort::ALL[self as usize].1
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<Sort> {
        Sort::ALL.into_iter().find(|(_, known)| *known == name).map(|(sort, _)| sort)
    }

    /// The next one, round the end.
    pub fn next(self) -> Sort {
        Sort::ALL[(self as usize + 1) % Sort::ALL.len()].0
    }

    /// Where a conversation stands in this order: comparing two such keys compares by this order,
    /// so that whoever keeps rows in order of their keys need not know which order it is.
    pub fn key(self, key: OrderKey) -> OrderKey {
        let alike = OrderKey { due_minute: Time(0), lightness: 0, ..key };
        match self {
            Sort::Due => key,
            Sort::Weight => OrderKey { lightness: key.lightness, ..alike },
            Sort::Oldest => alike,
            Sort::Newest => OrderKey { due_minute: Time(key.received.0.saturating_neg()), ..alike },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::StateKind;
    use crate::domain::{ConversationId, Queue};
    use rstest::rstest;

    fn key(id: u64, due: i64, lightness: u8, received: i64) -> OrderKey {
        OrderKey {
            queue: Queue::Comments,
            state: StateKind::Open,
            due_minute: Time(due),
            lightness,
            received: Time(received),
            id: ConversationId(id),
        }
    }

    #[rstest]
    #[case(Sort::Due, [1, 2, 3, 4])]
    #[case(Sort::Weight, [3, 4, 2, 1])]
    #[case(Sort::Oldest, [4, 2, 1, 3])]
    #[case(Sort::Newest, [3, 1, 2, 4])]
    fn an_order_is_what_its_keys_say(#[case] sort: Sort, #[case] ids: [u64; 4]) {
        let mut keys =
            [key(1, 10, 255, 30), key(2, 20, 200, 20), key(3, 30, 100, 40), key(4, 40, 200, 10)];
        keys.sort_by_key(|k| sort.key(*k));
        assert_eq!(keys.map(|k| k.id.0), ids);
    }

    #[test]
    fn every_order_has_a_name_and_a_turn() {
        for (sort, name) in Sort::ALL {
            assert_eq!((Sort::named(name), sort.name()), (Some(sort), name));
            assert_eq!(sort.next().next().next().next(), sort);
        }
        assert_eq!(Sort::named("size"), None);
    }
}
