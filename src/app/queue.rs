//! One queue's list: which rows are held, which is selected, what moves and what must not.
//!
//! The daemon keeps the order; this list keeps what the operator sees of it still. Three rules:
//! the selection is an id and changes by a key alone; lines keep the order they were shown in
//! until a re-sort; the selected line keeps its place on the screen while others come and go.

use crate::domain::{
    Conversation, ConversationId, Name, OperatorName, OrderKey, Queue, Sort, Time,
};
use crate::wire::message::{Row, Window, WindowSpec};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

mod fetch;
mod moves;
#[cfg(test)]
mod tests;

/// How long a row that somebody took off the list stays to say so, in milliseconds.
pub const GHOST_FOR: i64 = 5_000;
/// The cursor rests at the top when no key was pressed for this long, in milliseconds.
pub const REST: i64 = 2_000;
/// How many "gone" notices are remembered for rows that are still shown.
const MOST_GONE: usize = 64;

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The newest record.
    pub conversation: Conversation,
    /// Where it stands in the queue now.
    pub key: OrderKey,
    /// Where it stood when it was put at this place of the list; the list is sorted by this.
    place: OrderKey,
    /// Set when it is no longer in the queue.
    pub ghost: Option<Ghost>,
}

/// What became of a line that left the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ghost {
    /// What was done, and by whom; `None` = it moved or changed without a word.
    pub gone: Option<(Name, OperatorName)>,
    /// Until when it stays.
    pub until: Time,
}

/// A jump that waits for its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Jump {
    Top,
    Bottom,
}

/// The list of one queue.
#[derive(Clone, Debug)]
pub struct QueueList {
    /// Which queue.
    pub queue: Queue,
    filter: String,
    sort: Sort,
    /// The late ones are left out.
    fold: bool,
    lines: Vec<Line>,
    selected: Option<ConversationId>,
    /// Index of the first line on screen.
    top: usize,
    /// Lines that fit on screen.
    height: usize,
    /// The cursor was left at the top: the list may re-sort itself.
    follow: bool,
    marks: BTreeSet<ConversationId>,
    /// Rows that belong between the lines above the selection; shown by the next re-sort.
    withheld: Vec<Row>,
    /// Rows that came in above the screen since the last re-sort.
    arrived_above: u32,
    /// What the daemon said of rows before the window, of this window and earlier ones.
    more_urgent: u32,
    carried: u32,
    total: (u64, bool),
    at_top: bool,
    at_bottom: bool,
    asked: Option<WindowSpec>,
    answered: bool,
    jump: Option<Jump>,
    gone: VecDeque<(ConversationId, Name, OperatorName)>,
}

impl QueueList {
    /// An empty list that nothing was asked for yet.
    pub fn new(queue: Queue) -> QueueList {
        QueueList {
            queue,
            filter: String::new(),
            sort: Sort::Due,
            fold: false,
            lines: Vec::new(),
            selected: None,
            top: 0,
            height: 0,
            follow: true,
            marks: BTreeSet::new(),
            withheld: Vec::new(),
            arrived_above: 0,
            more_urgent: 0,
            carried: 0,
            total: (0, false),
            at_top: true,
            at_bottom: true,
            asked: None,
            answered: false,
            jump: Some(Jump::Top),
            gone: VecDeque::new(),
        }
    }

    /// Every line that is here, on screen or not.
    pub fn known(&self) -> &[Line] {
        &self.lines
    }

    /// The lines on screen, first to last.
    pub fn visible(&self) -> &[Line] {
        let end = (self.top + self.height).min(self.lines.len());
        self.lines.get(self.top..end).unwrap_or_default()
    }

    /// The selected conversation.
    pub fn selected(&self) -> Option<ConversationId> {
        self.selected
    }

    /// The selected line.
    pub fn selected_line(&self) -> Option<&Line> {
        self.index().map(|i| &self.lines[i])
    }

    /// The line of a conversation, when it is held here.
    pub fn line(&self, id: ConversationId) -> Option<&Line> {
        self.lines.iter().find(|l| l.conversation.id == id)
    }

    /// What is marked.
    pub fn marks(&self) -> &BTreeSet<ConversationId> {
        &self.marks
    }

    /// The filter as typed; empty = none.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// What the list is sorted by.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// True when the late ones are left out.
    pub fn folded(&self) -> bool {
        self.fold
    }

    /// How many rows pass the filter, and whether that is exact.
    pub fn total(&self) -> (u64, bool) {
        self.total
    }

    /// True once the first rows came.
    pub fn loaded(&self) -> bool {
        self.answered || !self.lines.is_empty()
    }

    /// How many rows that came in lately are more urgent than what is shown here.
    pub fn more_urgent(&self) -> u32 {
        let withheld = u32::try_from(self.withheld.len()).unwrap_or(u32::MAX);
        [self.carried, self.more_urgent, self.arrived_above, withheld]
            .into_iter()
            .fold(0, u32::saturating_add)
    }

    /// How far down the list the screen is, for a position in per cent; `None` = all is shown.
    pub fn position(&self) -> Option<u8> {
        let all_shown = self.at_top && self.at_bottom && self.lines.len() <= self.height;
        if all_shown {
            return None;
        }
        let end = self.top + self.height;
        Some(match (self.at_top && self.top == 0, self.at_bottom && end >= self.lines.len()) {
            (true, _) => 0,
            (_, true) => 100,
            // Between the ends only the daemon knows; the middle of what is held has to do.
            _ => 50,
        })
    }

    fn index(&self) -> Option<usize> {
        let id = self.selected?;
        self.lines.iter().position(|l| l.conversation.id == id)
    }

    /// Takes in the newest rows. A push that answers an older question is ignored.
    pub fn apply(&mut self, w: Window, now: Time) {
        if self.asked.as_ref() != Some(&w.spec) {
            return;
        }
        let first = !std::mem::replace(&mut self.answered, true);
        self.total = w.total;
        (self.at_top, self.at_bottom) = (w.at_top, w.at_bottom);
        if first {
            self.carried = self.carried.saturating_add(self.more_urgent);
            if let Some(jump) = self.jump.take() {
                self.more_urgent = 0;
                return self.rebuild(w.rows, jump);
            }
        }
        self.more_urgent = w.more_urgent;
        let mut incoming: BTreeMap<ConversationId, Row> =
            w.rows.iter().map(|r| (r.conversation.id, r.clone())).collect();
        let low = if w.at_top { None } else { w.rows.first().map(|r| r.key) };
        let high = if w.at_bottom { None } else { w.rows.last().map(|r| r.key) };
        // A window without rows that is not the whole queue tells nothing about any line.
        let silent = w.rows.is_empty() && !(w.at_top && w.at_bottom);
        let inside = |key: OrderKey| {
            !silent && low.is_none_or(|l| key >= l) && high.is_none_or(|h| key <= h)
        };
        for i in 0..self.lines.len() {
            let id = self.lines[i].conversation.id;
            match incoming.remove(&id) {
                Some(row) => {
                    let line = &mut self.lines[i];
                    (line.conversation, line.key, line.ghost) = (row.conversation, row.key, None);
                }
                None if self.lines[i].ghost.is_none() && inside(self.lines[i].key) => {
                    self.make_ghost(i, now);
                }
                None => {}
            }
        }
        self.drop_outside(inside);
        self.withheld.clear();
        for row in w.rows {
            if incoming.remove(&row.conversation.id).is_some() {
                self.place(row, first);
            }
        }
        if self.selected.is_none() {
            self.select_first();
        }
    }

    /// All lines anew, after a jump to an end of the queue.
    fn rebuild(&mut self, rows: Vec<Row>, jump: Jump) {
        self.lines = rows.into_iter().map(Line::new).collect();
        self.withheld.clear();
        (self.arrived_above, self.carried) = (0, 0);
        match jump {
            Jump::Top => {
                self.top = 0;
                self.follow = true;
                self.selected = self.lines.first().map(|l| l.conversation.id);
            }
            Jump::Bottom => {
                self.top = self.lines.len().saturating_sub(self.height);
                self.follow = false;
                self.selected = self.lines.last().map(|l| l.conversation.id);
            }
        }
    }

    /// Puts a row that is new to the list at its place - unless that would move what is on
    /// screen at or above the selection; then it waits for a re-sort.
    fn place(&mut self, row: Row, refetched: bool) {
        let at = self.lines.partition_point(|l| l.place < row.key);
        match self.index() {
            Some(sel) if at <= sel => {
                if self.top > 0 && at <= self.top {
                    self.lines.insert(at, Line::new(row));
                    self.top += 1;
                    if !refetched {
                        self.arrived_above = self.arrived_above.saturating_add(1);
                    }
                } else {
                    self.withheld.push(row);
                }
            }
            _ => self.lines.insert(at, Line::new(row)),
        }
    }

    fn make_ghost(&mut self, i: usize, now: Time) {
        let id = self.lines[i].conversation.id;
        let told = self.gone.iter().position(|(gone, ..)| *gone == id);
        let gone = told.and_then(|at| self.gone.remove(at)).map(|(_, name, by)| (name, by));
        self.lines[i].ghost = Some(Ghost { gone, until: Time(now.0 + GHOST_FOR) });
        self.marks.remove(&id);
    }

    /// Remembers who took a row away, and lets its ghost say so. Comes before or after the rows.
    pub fn note_gone(&mut self, id: ConversationId, name: Name, by: OperatorName, now: Time) {
        let Some(line) = self.lines.iter_mut().find(|l| l.conversation.id == id) else { return };
        match &mut line.ghost {
            Some(ghost) => {
                *ghost = Ghost { gone: Some((name, by)), until: Time(now.0 + GHOST_FOR) };
            }
            None => {
                self.gone.retain(|(other, ..)| *other != id);
                self.gone.push_back((id, name, by));
                if self.gone.len() > MOST_GONE {
                    self.gone.pop_front();
                }
            }
        }
    }

    /// Lets go of lines that the window does not speak of, unless they are on screen.
    fn drop_outside(&mut self, inside: impl Fn(OrderKey) -> bool) {
        let sel = self.index();
        let seen = self.top..self.top + self.height;
        let (mut i, mut above) = (0, 0);
        self.lines.retain(|l| {
            let keep = inside(l.key) || seen.contains(&i) || Some(i) == sel;
            if !keep && i < seen.start {
                above += 1;
            }
            i += 1;
            keep
        });
        self.top -= above;
    }

    /// Takes away ghosts whose time is over, as far as the selected line can stay where it is -
    /// or altogether, when the cursor is elsewhere (`used` false).
    pub fn sweep(&mut self, used: bool, now: Time) {
        loop {
            let next = self.sweepable(used, |g| g.until <= now).next();
            let Some(i) = next else { return };
            self.lines.remove(i);
            if self.index().is_some_and(|sel| i <= sel) || i < self.top {
                self.top = self.top.saturating_sub(1);
            }
        }
    }

    /// Ghosts that can go without moving the selected line on the screen.
    fn sweepable(&self, used: bool, which: impl Fn(&Ghost) -> bool) -> impl Iterator<Item = usize> {
        let sel = self.index();
        let top = self.top;
        self.lines.iter().enumerate().filter_map(move |(i, l)| {
            let free = match sel {
                Some(s) => i > s || (i < s && (top > 0 || !used)),
                None => true,
            };
            (free && l.ghost.as_ref().is_some_and(&which)).then_some(i)
        })
    }

    /// Re-sorts when the cursor was left at the top and rests, as long as the selected line stays
    /// on the screen.
    pub fn settle(&mut self, used: bool, last_key: Time, now: Time) {
        self.sweep(used, now);
        if self.would_settle() && now.0 - last_key.0 >= REST {
            self.resort();
            self.top = 0;
        }
    }

    fn would_settle(&self) -> bool {
        let changed = !self.withheld.is_empty() || !self.lines.is_sorted_by_key(|l| l.key);
        let Some(line) = self.selected_line() else { return false };
        let before = self.lines.iter().filter(|l| l.key < line.key).count()
            + self.withheld.iter().filter(|r| r.key < line.key).count();
        self.follow && self.at_top && changed && before < self.height
    }

    /// When the list changes by itself next.
    pub fn next_change(&self, used: bool, last_key: Time) -> Option<Time> {
        let ghost = self
            .sweepable(used, |_| true)
            .filter_map(|i| self.lines[i].ghost.as_ref().map(|g| g.until))
            .min();
        let settle = self.would_settle().then_some(Time(last_key.0 + REST));
        [ghost, settle].into_iter().flatten().min()
    }

    /// Sorts all that is known by what is known now; ghosts go, the selection stays.
    fn resort(&mut self) {
        let selected = self.selected;
        let withheld = std::mem::take(&mut self.withheld);
        self.lines.retain(|l| l.ghost.is_none() || Some(l.conversation.id) == selected);
        for line in &mut self.lines {
            line.place = line.key;
        }
        self.lines.extend(withheld.into_iter().map(Line::new));
        self.lines.sort_by_key(|l| l.place);
        (self.arrived_above, self.carried, self.more_urgent) = (0, 0, 0);
    }

    /// When the next deadline of a line on screen passes.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        self.visible().iter().filter_map(|l| l.conversation.urgent_by()).filter(|t| *t > now).min()
    }
}

impl Line {
    fn new(row: Row) -> Line {
        Line { conversation: row.conversation, key: row.key, place: row.key, ghost: None }
    }
}
