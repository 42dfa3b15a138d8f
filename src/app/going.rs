//! Answers that were sent and stay on the desk for a moment, so that they can be taken back.

use crate::domain::{ConversationId, Time};

/// The newest of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Going {
    /// When they go out.
    pub at: Time,
    /// In which conversations.
    pub ids: Vec<ConversationId>,
    /// True while undo would take these back: nothing was done since.
    pub is_last: bool,
}

impl Going {
    /// Whole seconds that are left, begun ones counted.
    pub fn left(&self, now: Time) -> i64 {
        (self.at.0 - now.0).max(0).div_euclid(1000) + i64::from((self.at.0 - now.0) % 1000 > 0)
    }

    /// When [`Going::left`] changes next.
    pub fn next_change(&self, now: Time) -> Time {
        Time(self.at.0 - (self.left(now) - 1).max(0) * 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_down_by_the_second_and_ends() {
        let going = Going { at: Time(10_000), ids: vec![], is_last: true };
        let mut now = Time(0);
        let mut seen = Vec::new();
        while going.left(now) > 0 {
            seen.push(going.left(now));
            let next = going.next_change(now);
            assert!(next > now);
            now = next;
        }
        assert_eq!(seen, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!((now, going.left(Time(3_001)), going.left(Time(12_000))), (Time(10_000), 7, 0));
    }
}
