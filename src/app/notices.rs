//! Sentences for the operator that come and go: what was done, what was refused, what others did.

use crate::domain::{ConversationId, Time};
use crate::text::Shown;
use std::collections::VecDeque;

/// How loud a sentence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Done as asked.
    Done,
    /// Good to know.
    Info,
    /// Something is to be heeded.
    Warn,
    /// Something went wrong.
    Bad,
}

/// One sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// How loud.
    pub tone: Tone,
    /// The sentence.
    pub text: Shown,
    /// What it is about, so that a key can go there.
    pub about: Option<ConversationId>,
    /// When it came.
    pub at: Time,
    /// Until when it is shown.
    pub until: Time,
}

/// How many are remembered.
const KEPT: usize = 50;

/// The sentences that are shown, and those that were.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    all: VecDeque<Toast>,
}

impl Notices {
    /// Says something now.
    pub fn say(&mut self, tone: Tone, text: Shown, about: Option<ConversationId>, now: Time) {
        let shown_for = match tone {
            Tone::Done => 3_000,
            Tone::Info => 5_000,
            Tone::Warn | Tone::Bad => 8_000,
        };
        if self.all.len() == KEPT {
            self.all.pop_front();
        }
        let until = Time(now.0 + shown_for);
        self.all.push_back(Toast { tone, text, about, at: now, until });
    }

    /// The sentence to show now - the loudest of those still shown, the newest among equals - and
    /// how many others are still shown.
    pub fn current(&self, now: Time) -> Option<(&Toast, usize)> {
        let shown = || self.all.iter().filter(|t| t.until > now);
        let top = shown().max_by_key(|t| (t.tone >= Tone::Warn, t.at))?;
        Some((top, shown().count() - 1))
    }

    /// When what [`Notices::current`] says changes next.
    pub fn next_change(&self, now: Time) -> Option<Time> {
        self.all.iter().map(|t| t.until).filter(|t| *t > now).min()
    }

    /// Stops showing; false when nothing was shown.
    pub fn hush(&mut self, now: Time) -> bool {
        let shown = self.current(now).is_some();
        for toast in &mut self.all {
            toast.until = toast.until.min(now);
        }
        shown
    }

    /// The newest that is about a conversation.
    pub fn last_about(&self) -> Option<ConversationId> {
        self.all.iter().rev().find_map(|t| t.about)
    }

    /// Those worth reading again, newest first.
    pub fn history(&self) -> impl Iterator<Item = &Toast> {
        self.all.iter().rev().filter(|t| t.tone != Tone::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_is_shown_and_each_ends_by_itself() {
        let mut n = Notices::default();
        n.say(Tone::Warn, Shown::line("late"), Some(ConversationId(7)), Time(0));
        n.say(Tone::Done, Shown::line("resolved"), None, Time(10));
        assert_eq!(n.current(Time(20)).map(|(t, more)| (t.text.as_str(), more)), Some(("late", 1)));
        assert_eq!(n.next_change(Time(20)), Some(Time(3_010)));
        assert_eq!(n.current(Time(3_010)).map(|(_, more)| more), Some(0));
        assert_eq!(n.next_change(Time(3_010)), Some(Time(8_000)));
        assert_eq!(n.current(Time(8_000)), None);
        assert_eq!(n.next_change(Time(8_000)), None);
        assert_eq!(n.last_about(), Some(ConversationId(7)));
        assert_eq!(n.history().count(), 1);
    }

    #[test]
    fn memory_is_bounded() {
        let mut n = Notices::default();
        for i in 0..1_000 {
            n.say(Tone::Info, Shown::line("x"), None, Time(i));
        }
        assert_eq!(n.history().count(), KEPT);
    }
}
