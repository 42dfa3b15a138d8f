//! What keys do to a queue's list.

use super::{Jump, QueueList};
use crate::domain::{ConversationId, Time};

impl QueueList {
    /// Moves the selection by so many lines; ghosts are stepped over.
    pub fn step(&mut self, by: isize, now: Time) {
        if by < 0 && self.at_first() && !self.withheld.is_empty() {
            // Going up from the first line: what waits above it comes in.
            self.resort();
        }
        self.move_by(by, false, now);
    }

    /// Moves the screen and the selection by so many lines.
    pub fn page(&mut self, by: isize, now: Time) {
        self.move_by(by, true, now);
    }

    /// Half a screen, and a whole one less a line that stays in view.
    pub fn half(&self) -> isize {
        isize::try_from(self.height / 2).unwrap_or(1).max(1)
    }

    /// See [`QueueList::half`].
    pub fn whole(&self) -> isize {
        isize::try_from(self.height.saturating_sub(1)).unwrap_or(1).max(1)
    }

    fn move_by(&mut self, by: isize, with_screen: bool, now: Time) {
        let Some(from) = self.index() else { return self.select_first() };
        let last = self.lines.len() - 1;
        let live = |i: usize| self.lines[i].ghost.is_none();
        let target = from.saturating_add_signed(by).min(last);
        let onward: Box<dyn Iterator<Item = usize>> =
            if by < 0 { Box::new((0..=target).rev()) } else { Box::new(target..=last) };
        let back: Box<dyn Iterator<Item = usize>> =
            if by < 0 { Box::new(target..from) } else { Box::new((from..target).rev()) };
        let to = onward.chain(back).find(|i| live(*i)).unwrap_or(from);
        self.selected = Some(self.lines[to].conversation.id);
        if with_screen {
            let most = self.lines.len().saturating_sub(self.height);
            self.top = self.top.saturating_add_signed(by).min(most);
        }
        self.after_move(now);
    }

    /// The first live line, when nothing is selected yet.
    pub(super) fn select_first(&mut self) {
        let first = self.lines.iter().find(|l| l.ghost.is_none()).or(self.lines.first());
        self.selected = first.map(|l| l.conversation.id);
        self.top = 0;
    }

    /// Goes to the most urgent row, re-sorted.
    pub fn to_top(&mut self) {
        if !self.at_top {
            self.jump = Some(Jump::Top);
            return;
        }
        self.jump = None;
        self.selected = None;
        self.resort();
        self.select_first();
        self.follow = true;
    }

    /// Goes to the least urgent row.
    pub fn to_bottom(&mut self, now: Time) {
        if !self.at_bottom {
            self.jump = Some(Jump::Bottom);
            return;
        }
        self.jump = None;
        let last = self.lines.iter().rev().find(|l| l.ghost.is_none());
        self.selected = last.map(|l| l.conversation.id).or(self.selected);
        self.after_move(now);
    }

    /// Shows what is more urgent: re-sorts and shows the top. The selection stays when it is
    /// still on the screen, else the most urgent row has it.
    pub fn show_more_urgent(&mut self) {
        if !self.at_top {
            self.jump = Some(Jump::Top);
            return;
        }
        self.jump = None;
        self.resort();
        self.top = 0;
        self.follow = true;
        let ghost = self.selected_line().is_some_and(|l| l.ghost.is_some());
        if ghost || self.index().is_none_or(|i| i >= self.height) {
            self.selected = None;
            self.resort();
            self.select_first();
        }
    }

    /// Goes on to the next line that is none of these: after an action on them. The line above
    /// when there is none below.
    pub fn advance(&mut self, past: &[ConversationId], now: Time) {
        let Some(from) = self.index() else { return };
        let free = |i: &usize| {
            let l = &self.lines[*i];
            l.ghost.is_none() && !past.contains(&l.conversation.id)
        };
        let next = (from..self.lines.len()).find(free).or_else(|| (0..from).rev().find(free));
        if let Some(to) = next {
            self.selected = Some(self.lines[to].conversation.id);
            self.after_move(now);
        }
    }

    /// Selects a conversation that is held here; false when it is not.
    pub fn select(&mut self, id: ConversationId, now: Time) -> bool {
        let held = self.line(id).is_some_and(|l| l.ghost.is_none());
        if held {
            self.selected = Some(id);
            self.after_move(now);
        }
        held
    }

    /// Marks or unmarks the selected line, and goes on to the next.
    pub fn mark(&mut self, now: Time) {
        let Some(id) =
            self.selected_line().filter(|l| l.ghost.is_none()).map(|l| l.conversation.id)
        else {
            return;
        };
        if !self.marks.remove(&id) {
            self.marks.insert(id);
        }
        self.step(1, now);
    }

    /// Marks all lines on screen; unmarks them when all were.
    pub fn mark_shown(&mut self) {
        let ids: Vec<ConversationId> = self
            .visible()
            .iter()
            .filter(|l| l.ghost.is_none())
            .map(|l| l.conversation.id)
            .collect();
        if ids.iter().all(|id| self.marks.contains(id)) {
            self.marks.retain(|id| !ids.contains(id));
        } else {
            self.marks.extend(ids);
        }
    }

    /// Marks these, whether they are held here or not.
    pub fn mark_all(&mut self, ids: impl IntoIterator<Item = ConversationId>) {
        self.marks.extend(ids);
    }

    /// Unmarks these.
    pub fn unmark(&mut self, ids: &[ConversationId]) {
        self.marks.retain(|id| !ids.contains(id));
    }

    /// Unmarks everything; false when nothing was marked.
    pub fn clear_marks(&mut self) -> bool {
        !std::mem::take(&mut self.marks).is_empty()
    }

    fn at_first(&self) -> bool {
        let sel = self.index();
        sel.is_some() && sel == self.lines.iter().position(|l| l.ghost.is_none())
    }

    /// A key moved the selection: old ghosts may go now, and the selection must be on screen.
    fn after_move(&mut self, now: Time) {
        let selected = self.selected;
        let mut above = 0;
        let (mut i, top) = (0, self.top);
        self.lines.retain(|l| {
            let over = l.ghost.as_ref().is_some_and(|g| g.until <= now);
            let keep = !over || Some(l.conversation.id) == selected;
            if !keep && i < top {
                above += 1;
            }
            i += 1;
            keep
        });
        self.top -= above;
        self.show_selected();
        self.follow = self.at_top && self.at_first();
    }

    /// Scrolls as little as shows the selected line.
    pub(super) fn show_selected(&mut self) {
        let Some(i) = self.index() else { return };
        let height = self.height.max(1);
        self.top = self.top.clamp((i + 1).saturating_sub(height), i);
    }
}
