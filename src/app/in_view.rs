//! The thread in view: broken into lines for the present width, and scrolled.

use super::model::{InView, Model};
use super::outgoing;
use super::thread::{self, Reading};

impl Model {
    /// Breaks the thread in view for the present width and language.
    pub(super) fn break_thread(&mut self) {
        let Some(detail) = &self.in_view.detail else {
            self.in_view = InView::default();
            return;
        };
        let seen = self
            .composer()
            .filter(|c| c.only() == Some(detail.conversation.id))
            .and_then(|c| c.seen);
        let reading = Reading {
            lang: self.settings.lang,
            zone: self.zone,
            columns: self.screen.thread_columns(),
            seen,
            by_hand: self.goes_by_hand(&detail.conversation),
            keys: &outgoing::Keys::of(&self.keymap),
        };
        (self.in_view.lines, self.in_view.head) = thread::lines(detail, reading);
    }

    /// Scrolls the thread to the first line of what came after the draft began.
    pub(super) fn thread_to_new(&mut self) {
        let lines = &self.in_view.lines;
        let Some(at) = lines.iter().position(|l| l.new) else { return };
        self.in_view.up = (lines.len() - at).saturating_sub(self.screen.thread_rows());
    }

    /// Scrolls the thread to where reading begins: the oldest unanswered message when it does not
    /// fit with all that follows, else the end.
    pub(super) fn thread_to_head(&mut self) {
        let rows = self.screen.thread_rows();
        let from_head = self.in_view.head.map_or(0, |at| self.in_view.lines.len() - at);
        self.in_view.up = from_head.saturating_sub(rows);
    }
}
