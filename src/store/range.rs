//! Ranges of keys.

use super::{Direction, Key};

/// A half-open range of keys, `from` included, `to` not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    /// First key that may be in it.
    pub from: Key,
    /// First key that is past it; `None` = to the end.
    pub to: Option<Key>,
}

impl KeyRange {
    /// Every key.
    pub fn all() -> KeyRange {
        KeyRange { from: Vec::new(), to: None }
    }

    /// Every key that begins with these bytes.
    pub fn prefix(prefix: impl Into<Key>) -> KeyRange {
        let from = prefix.into();
        let mut end = from.clone();
        // The next prefix of the same length; bytes of 255 have none and fall away.
        while let Some(last) = end.pop() {
            if last < u8::MAX {
                end.push(last + 1);
                return KeyRange { from, to: Some(end) };
            }
        }
        KeyRange { from, to: None }
    }

    /// What is left of it after `last` was read, going that way: the range of the next page.
    pub fn after(&self, last: &[u8], way: Direction) -> KeyRange {
        match way {
            Direction::Forward => KeyRange { from: successor(last), to: self.to.clone() },
            Direction::Backward => KeyRange { from: self.from.clone(), to: Some(last.to_vec()) },
        }
    }

    /// The part of it from this key on (the key itself included).
    pub fn starting_at(self, key: Key) -> KeyRange {
        KeyRange { from: self.from.max(key), to: self.to }
    }

    /// The part of it before this key (the key itself not included).
    pub fn ending_at(self, key: Key) -> KeyRange {
        let to = match self.to {
            Some(to) => to.min(key),
            None => key,
        };
        KeyRange { from: self.from, to: Some(to) }
    }

    /// Whether a key lies in it.
    pub fn contains(&self, key: &[u8]) -> bool {
        key >= self.from.as_slice() && self.to.as_ref().is_none_or(|to| key < to.as_slice())
    }

    /// Whether no key can lie in it.
    pub fn is_empty(&self) -> bool {
        self.to.as_ref().is_some_and(|to| *to <= self.from)
    }
}

/// The first key after this one.
fn successor(key: &[u8]) -> Key {
    let mut next = key.to_vec();
    next.push(0);
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"c/", Some(b"c0".to_vec()))]
    #[case(b"a\xff", Some(b"b".to_vec()))]
    #[case(b"\xff\xff", None)]
    #[case(b"", None)]
    fn a_prefix_ends_where_the_next_one_begins(#[case] prefix: &[u8], #[case] to: Option<Key>) {
        assert_eq!(KeyRange::prefix(prefix), KeyRange { from: prefix.to_vec(), to });
    }

    proptest! {
        #[test]
        fn a_prefix_holds_what_begins_with_it(prefix: Vec<u8>, key: Vec<u8>) {
            prop_assert_eq!(KeyRange::prefix(prefix.clone()).contains(&key), key.starts_with(&prefix));
        }

        #[test]
        fn the_next_page_begins_right_after_the_last_key(last: Vec<u8>, key: Vec<u8>) {
            let all = KeyRange::all();
            prop_assert_eq!(all.after(&last, Direction::Forward).contains(&key), key > last);
            prop_assert_eq!(all.after(&last, Direction::Backward).contains(&key), key < last);
        }

        #[test]
        fn parts_of_a_range_are_within_it(from: Vec<u8>, to: Vec<u8>, cut: Vec<u8>, key: Vec<u8>) {
            let range = KeyRange { from, to: Some(to) };
            let inside = range.contains(&key);
            prop_assert_eq!(range.clone().starting_at(cut.clone()).contains(&key), inside && key >= cut);
            prop_assert_eq!(range.clone().ending_at(cut.clone()).contains(&key), inside && key < cut);
            prop_assert!(!(range.is_empty() && inside));
        }
    }
}
