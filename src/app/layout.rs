//! Where each band and pane lies, by plain arithmetic. It lives here and not in the view, because
//! paging, scrolling and the windows asked of the daemon depend on how many rows fit.

use super::model::Focus;
use crate::domain::Queue;

/// A rectangle of cells; empty when either side is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns.
    pub w: u16,
    /// Rows.
    pub h: u16,
}

/// How the screen is arranged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Too small for anything but one status line.
    #[default]
    Line,
    /// One pane at a time, the others as tabs.
    Tabs,
    /// Bands over the whole width, one below the other.
    Stack,
    /// As `Stack`, with the conversation beside the queues.
    Beside,
}

/// What the arrangement depends on besides the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// The pane with the cursor.
    pub focus: Focus,
    /// The queue that the conversation belongs to.
    pub home: Queue,
    /// Screen lines of the text being written; `None` = no composer.
    pub composing: Option<u16>,
    /// A line for a banner is needed.
    pub banner: bool,
    /// How many slots today has.
    pub slots: u16,
    /// A channel has told figures.
    pub board: bool,
}

/// Where everything lies. Areas of panes hold their title line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// The arrangement.
    pub shape: Shape,
    /// Desk, people, clock, what is late.
    pub header: Area,
    /// Link lost, read-only.
    pub banner: Area,
    /// Tabs, in [`Shape::Tabs`].
    pub tabs: Area,
    /// Figures with sparklines.
    pub figures: Area,
    /// Today's slots.
    pub slots: Area,
    /// The queues, as in [`Queue::ALL`].
    pub queues: [Area; 2],
    /// The conversation.
    pub conversation: Area,
    /// What is being written.
    pub composer: Area,
    /// What the keys do, notices, prompts.
    pub footer: Area,
    /// The band's last row is for the figures of a channel.
    pub has_board: bool,
    /// Screen rows of one line of a queue.
    pub row_height: u16,
}

/// Smallest screen with panes.
const LEAST: (u16, u16) = (40, 10);
/// From these columns and rows on, bands are stacked.
const STACK: (u16, u16) = (80, 20);
/// From these columns on, the conversation stands beside.
const BESIDE: u16 = 160;
/// Below these columns a line of a queue takes two rows.
const ONE_ROW: u16 = 60;
/// From these rows on the band has a row for the figures of a channel.
const BOARD: u16 = 24;
/// From these rows on there is room for a conversation that nobody opened.
const PREVIEW: u16 = 36;

impl Area {
    /// True when nothing fits.
    pub fn is_empty(self) -> bool {
        self.w == 0 || self.h == 0
    }

    /// Takes rows off the top.
    fn take(&mut self, rows: u16) -> Area {
        let h = rows.min(self.h);
        let taken = Area { h, ..*self };
        (self.y, self.h) = (self.y + h, self.h - h);
        taken
    }

    /// Takes rows off the bottom.
    fn take_last(&mut self, rows: u16) -> Area {
        let h = rows.min(self.h);
        self.h -= h;
        Area { y: self.y + self.h, h, ..*self }
    }
}

impl Screen {
    /// The arrangement of a terminal of this size.
    pub fn of(w: u16, h: u16, want: Want) -> Screen {
        let mut rest = Area { x: 0, y: 0, w, h };
        if w < LEAST.0 || h < LEAST.1 {
            return Screen { header: rest.take(1), ..Screen::default() };
        }
        let mut s = Screen {
            header: rest.take(1),
            footer: rest.take_last(1),
            row_height: if w < ONE_ROW { 2 } else { 1 },
            ..Screen::default()
        };
        if want.banner {
            s.banner = rest.take(1);
        }
        if w < STACK.0 || h < STACK.1 {
            s.tabs(rest, want);
        } else if w >= BESIDE {
            s.shape = Shape::Beside;
            s.bands(&mut rest, h, want);
            let right = (w * 2 / 5).clamp(64, 100);
            let mut side = Area { x: rest.x + rest.w - right, w: right, ..rest };
            // One blank column keeps the two apart.
            rest.w -= right + 1;
            s.compose(&mut side, want);
            s.conversation = side;
            s.split(rest, want);
        } else {
            s.shape = Shape::Stack;
            s.bands(&mut rest, h, want);
            s.stack(rest, h, want);
        }
        s
    }

    /// Lines of a queue that fit.
    pub fn lines(&self, queue: Queue) -> usize {
        let area = self.queues[queue as usize];
        // The tabs are the title there.
        let title = u16::from(self.shape != Shape::Tabs);
        usize::from(area.h.saturating_sub(title) / self.row_height.max(1))
    }

    /// Rows of the conversation's thread that fit below its title and the line about its timer.
    pub fn thread_rows(&self) -> usize {
        usize::from(self.conversation.h.saturating_sub(2))
    }

    /// Columns for the text of messages.
    pub fn thread_columns(&self) -> usize {
        // Long lines are hard to read, even where there is room for them.
        usize::from(self.conversation.w.saturating_sub(5)).min(100)
    }

    /// Columns for the text being written.
    pub fn composer_columns(&self) -> usize {
        usize::from(self.composer.w.saturating_sub(4)).min(100)
    }

    fn tabs(&mut self, mut rest: Area, want: Want) {
        self.shape = Shape::Tabs;
        self.tabs = rest.take(1);
        self.compose(&mut rest, want);
        match want.focus {
            Focus::Queue(q) => self.queues[q as usize] = rest,
            Focus::Slots => self.slots = rest,
            Focus::Figures => self.figures = rest,
            Focus::Conversation => self.conversation = rest,
        }
    }

    fn bands(&mut self, rest: &mut Area, h: u16, want: Want) {
        let large = rest.h / 2;
        self.has_board = want.board && want.focus != Focus::Figures && h >= BOARD;
        self.figures = rest.take(match want.focus {
            Focus::Figures if want.board => large,
            // A title, and the same rows for each of the five figures.
            Focus::Figures => large - (large - 1) % 5,
            _ => 1 + u16::from(h >= PREVIEW) + u16::from(self.has_board),
        });
        let slots = want.slots.saturating_add(1).clamp(4, large);
        self.slots = rest.take(if want.focus == Focus::Slots { slots } else { 1 });
    }

    fn stack(&mut self, mut rest: Area, h: u16, want: Want) {
        match want.focus {
            Focus::Conversation => {
                let home = 1 + (rest.h / 5).max(3);
                let mut lists = rest.take(home + 1);
                let (first, second) =
                    if want.home == Queue::Comments { (home, 1) } else { (1, home) };
                self.queues = [lists.take(first), lists.take(second)];
                self.compose(&mut rest, want);
                self.conversation = rest;
            }
            Focus::Queue(_) => {
                // Nothing is pasted in, or written for several, in a conversation.
                self.compose(&mut rest, want);
                if h >= PREVIEW && want.composing.is_none() {
                    self.conversation = rest.take_last(rest.h * 2 / 5);
                }
                self.split(rest, want);
            }
            Focus::Slots | Focus::Figures => {
                self.compose(&mut rest, want);
                self.split(rest, want);
            }
        }
    }

    /// Both queues in this room; the one with the cursor gets two thirds.
    fn split(&mut self, mut rest: Area, want: Want) {
        let (half, third) = (rest.h / 2, (rest.h / 3).max(4).min(rest.h / 2));
        let first = match want.focus {
            Focus::Queue(Queue::Comments) => rest.h - third,
            Focus::Queue(Queue::Messages) => third,
            Focus::Conversation if want.home == Queue::Comments => rest.h - third,
            Focus::Conversation => third,
            Focus::Slots | Focus::Figures => half,
        };
        self.queues = [rest.take(first), rest];
    }

    fn compose(&mut self, rest: &mut Area, want: Want) {
        if let Some(lines) = want.composing {
            // A title and at least three lines; at most half of the room.
            let most = (rest.h / 2).max(3);
            self.composer = rest.take_last((lines.max(3) + 1).min(most));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn focus() -> impl Strategy<Value = Focus> {
        prop_oneof![
            Just(Focus::Queue(Queue::Comments)),
            Just(Focus::Queue(Queue::Messages)),
            Just(Focus::Slots),
            Just(Focus::Figures),
            Just(Focus::Conversation),
        ]
    }

    fn areas(s: &Screen) -> [Area; 10] {
        let [a, b] = s.queues;
        let [c, d] = [s.header, s.footer];
        [c, s.banner, s.tabs, s.figures, s.slots, a, b, s.conversation, s.composer, d]
    }

    proptest! {
        #[test]
        fn nothing_overlaps_and_nothing_lies_outside(
            w in 1u16..300, h in 1u16..100, focus in focus(), second: bool, banner: bool, board: bool,
            composing in proptest::option::of(0u16..50),
        ) {
            let home = Queue::ALL[usize::from(second)];
            let s = Screen::of(w, h, Want { focus, home, composing, banner, slots: 9, board });
            let all = areas(&s);
            let mut cells = vec![0u8; usize::from(w) * usize::from(h)];
            for a in all.iter().filter(|a| !a.is_empty()) {
                prop_assert!(a.x + a.w <= w && a.y + a.h <= h, "{a:?} outside {w}x{h}");
                for y in a.y..a.y + a.h {
                    for x in a.x..a.x + a.w {
                        cells[usize::from(y) * usize::from(w) + usize::from(x)] += 1;
                    }
                }
            }
            prop_assert!(cells.iter().all(|n| *n <= 1));
        }

        #[test]
        fn the_pane_with_the_cursor_has_room(w in 40u16..300, h in 10u16..100, focus in focus()) {
            let home = Queue::Comments;
            let want = Want { focus, home, composing: None, banner: false, slots: 9, board: false };
            let s = Screen::of(w, h, want);
            let rows = match focus {
                Focus::Queue(q) => s.lines(q),
                Focus::Slots => usize::from(s.slots.h),
                Focus::Figures => usize::from(s.figures.h),
                Focus::Conversation => s.thread_rows(),
            };
            prop_assert!(rows >= 3, "{rows} rows at {w}x{h}");
        }
    }

    #[test]
    fn breakpoints_change_the_shape() {
        let home = Queue::Comments;
        let want =
            |focus| Want { focus, home, composing: None, banner: false, slots: 9, board: false };
        let shape = |w, h| Screen::of(w, h, want(Focus::Queue(Queue::Comments))).shape;
        assert_eq!(shape(39, 40), Shape::Line);
        assert_eq!(shape(40, 9), Shape::Line);
        assert_eq!(shape(40, 10), Shape::Tabs);
        assert_eq!(shape(79, 40), Shape::Tabs);
        assert_eq!(shape(80, 19), Shape::Tabs);
        assert_eq!(shape(80, 20), Shape::Stack);
        assert_eq!(shape(159, 40), Shape::Stack);
        assert_eq!(shape(160, 40), Shape::Beside);
        assert_eq!(Screen::of(59, 20, want(Focus::Slots)).row_height, 2);
        assert_eq!(Screen::of(60, 20, want(Focus::Slots)).row_height, 1);
    }
}
