//! Which rows of a queue the list asks the daemon for.

use super::{Jump, Line, QueueList};
use crate::domain::{Sort, Time};
use crate::wire::message::{Anchor, WindowSpec};

/// The most rows a window may have on one side of its anchor.
const MOST_ROWS: usize = 500;

impl QueueList {
    /// So many lines fit on screen.
    pub fn set_height(&mut self, height: usize) {
        if self.height != height {
            self.height = height;
            self.show_selected();
        }
    }

    /// Lines that fit on screen.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Shows what passes this filter, from its top. Marks stay: they were set by hand.
    pub fn set_filter(&mut self, filter: &str) {
        if self.filter != filter {
            self.filter = filter.to_owned();
            self.jump = Some(Jump::Top);
            (self.asked, self.answered) = (None, false);
        }
    }

    /// Shows another order, from its top.
    pub fn set_sort(&mut self, sort: Sort) {
        if self.sort != sort {
            self.sort = sort;
            self.jump = Some(Jump::Top);
            (self.asked, self.answered) = (None, false);
        }
    }

    /// Folds the late ones away, or shows them again, from the top: what was late and selected is
    /// not there any more, and who unfolds wants to see what was folded.
    pub fn fold(&mut self, now: Time) {
        self.fold = !self.fold;
        (self.asked, self.answered) = (None, false);
        let late = |l: &Line| l.conversation.urgent_by().is_some_and(|due| due <= now);
        if self.fold && self.selected_line().is_some_and(|l| !late(l)) {
            let gone = self.lines[..self.top].iter().filter(|l| late(l)).count();
            self.lines.retain(|l| !late(l));
            self.withheld.retain(|r| r.conversation.urgent_by().is_none_or(|due| due > now));
            self.top -= gone;
            self.show_selected();
        } else {
            self.jump = Some(Jump::Top);
        }
    }

    /// The link is new: whatever was asked for has to be asked for again.
    pub fn forget_asked(&mut self) {
        (self.asked, self.answered) = (None, false);
    }

    /// The window to ask for now, when it is another one than was asked for last. About three
    /// screens; a new one when less than half a screen is left at an end.
    pub fn next_window(&mut self) -> Option<WindowSpec> {
        if self.height == 0 || !self.wants_other_rows() {
            return None;
        }
        let spec = self.spec();
        if self.asked.as_ref() == Some(&spec) {
            return None;
        }
        (self.asked, self.answered) = (Some(spec.clone()), false);
        Some(spec)
    }

    fn wants_other_rows(&self) -> bool {
        let Some(asked) = &self.asked else { return true };
        if self.jump.is_some() {
            return true;
        }
        if !self.answered {
            return false;
        }
        let follows = asked.anchor == Anchor::Top;
        if self.follow && !follows {
            return true;
        }
        // Rows that come in push others out of a window that follows the top.
        if follows && !self.follow && self.withheld.len() > self.height {
            return true;
        }
        let near = self.height / 2 + 1;
        let below = self.lines.len().saturating_sub(self.top + self.height);
        (!self.at_bottom && below < near) || (!self.at_top && self.top < near)
    }

    fn spec(&self) -> WindowSpec {
        let rows = |screens: usize| -> u16 {
            u16::try_from((screens * self.height).clamp(10, MOST_ROWS)).unwrap_or(u16::MAX)
        };
        let anchored = self.lines.get(self.top).map(|l| Anchor::At(l.place));
        let (anchor, before, after) = match (self.jump, anchored) {
            (Some(Jump::Bottom), _) => (Anchor::Bottom, rows(3), 0),
            (Some(Jump::Top), _) | (None, None) => (Anchor::Top, 0, rows(3)),
            _ if self.follow => (Anchor::Top, 0, rows(3)),
            (None, Some(at)) => (at, rows(1), rows(2)),
        };
        WindowSpec {
            filter: self.filter.clone(),
            anchor,
            before,
            after,
            sort: self.sort,
            fold: self.fold,
        }
    }
}
