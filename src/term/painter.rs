//! Knows what the terminal shows, so that a frame costs only what changed.
//!
//! crossterm's own backend ends each frame with four resets, moves absolutely, prints blanks and
//! touches the cursor even when nothing changed (ratatui#2754). Here a frame without a change
//! costs no byte, what scrolled is scrolled by the terminal, blanks are erased, a style goes out
//! as its difference, and the shortest way to a cell is taken.

use super::traits::Traits;
use crate::text::Shown;
use extent::extent;
use pen::{Pen, SEEN_ON_BLANKS};
use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::{Position, Size};
use ratatui::style::Color;
use shift::Shift;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::{Deref, Range};

mod extent;
mod pen;
mod shift;

/// Turns frames into bytes.
#[derive(Debug)]
pub struct Painter {
    out: String,
    traits: Traits,
    /// What the terminal shows.
    shown: Grid,
    /// What it is to show.
    next: Grid,
    /// False when the terminal may show anything.
    known: bool,
    /// Where the next character would go; `None` when the terminal may see it otherwise.
    at: Option<Position>,
    pen: Pen,
    /// The scroll region that is set, first and last row. It stays: the next scroll is most
    /// likely of the same list.
    region: Option<(u16, u16)>,
    /// Whether the terminal shows its cursor now.
    cursor_shown: bool,
    /// The link of what is printed now; 0 = none.
    link: u32,
    /// Where the links of the frame lead, by their numbers.
    targets: BTreeMap<u32, String>,
}

/// A stretch of a frame that leads somewhere (OSC 8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its row.
    pub y: u16,
    /// Its columns.
    pub columns: Range<u16>,
    /// An address that is safe to print.
    pub target: Shown,
}

/// A cell as a terminal keeps it, with the number of its link.
#[derive(Clone, Debug, PartialEq)]
struct Spot {
    cell: Cell,
    link: u32,
}

impl Spot {
    const EMPTY: Spot = Spot { cell: Cell::EMPTY, link: 0 };
}

impl Deref for Spot {
    type Target = Cell;

    fn deref(&self) -> &Cell {
        &self.cell
    }
}

/// Cells row by row, as a terminal keeps them: the right half of a wide one is empty, and what
/// cannot be seen on a blank is not kept.
#[derive(Clone, Debug, Default)]
struct Grid {
    size: Size,
    cells: Vec<Spot>,
}

/// Frames from this size on are wrapped (CSI ? 2026), so that no half of one is seen; the wrapping
/// costs 16 bytes, and a shorter frame arrives in one piece anyway.
const WORTH_WRAPPING: usize = 512;

impl Painter {
    /// For a terminal whose cursor is hidden and whose pen is plain.
    pub fn new(traits: Traits) -> Painter {
        Painter {
            out: String::new(),
            traits,
            shown: Grid::default(),
            next: Grid::default(),
            known: false,
            at: None,
            pen: Pen::PLAIN,
            region: None,
            cursor_shown: false,
            link: 0,
            targets: BTreeMap::new(),
        }
    }

    /// What is known of the terminal.
    pub fn traits(&self) -> Traits {
        self.traits
    }

    /// More became known of the terminal.
    pub fn set_traits(&mut self, traits: Traits) {
        self.traits = traits;
    }

    /// The terminal shows something unknown; it was left and entered again, perhaps.
    pub fn forget(&mut self) {
        self.known = false;
        self.cursor_shown = false;
    }

    /// Takes in what is to be shown. Links are heeded where the terminal is known to take them.
    pub fn look(&mut self, frame: &Buffer, links: &[Link]) {
        self.next.take_from(frame);
        self.targets.clear();
        for link in links.iter().filter(|_| self.traits.links) {
            let target = address(link.target.as_str());
            if target.len() <= LONGEST_TARGET {
                let number = numbered(&target);
                self.targets.insert(number, target);
                self.next.link(link, number);
            }
        }
        let size = self.next.size;
        if !self.known || self.shown.size != size {
            // After a change of its size a terminal may show the old cells anywhere.
            self.shown = Grid::blank(size);
            self.out.push_str("\x1b[m\x1b[r\x1b[2J");
            self.pen = Pen::PLAIN;
            self.at = None;
            self.region = None;
            self.known = true;
        }
    }

    /// The bytes that make the terminal show what [`Painter::look`] saw, with the cursor where it
    /// is wanted. Empty when it shows that already.
    pub fn paint(&mut self, caret: Option<Position>) -> Vec<u8> {
        // Each round settles one band; there are no more lists on a screen.
        for _ in 0..3 {
            match shift::find(&self.shown, &self.next) {
                Some(shift) => self.scroll(shift),
                None => break,
            }
        }
        let next = std::mem::take(&mut self.next);
        let shown = std::mem::take(&mut self.shown);
        for y in 0..usize::from(next.size.height) {
            if shown.row(y) != next.row(y) {
                self.row(y as u16, shown.row(y), next.row(y));
            }
        }
        self.shown = next;
        self.next = shown;
        self.change_link(0);
        self.place(caret);
        let frame = std::mem::take(&mut self.out);
        if frame.len() < WORTH_WRAPPING {
            return frame.into_bytes();
        }
        format!("\x1b[?2026h{frame}\x1b[?2026l").into_bytes()
    }

    /// The cursor goes where it is wanted, if it is not there.
    fn place(&mut self, caret: Option<Position>) {
        match caret {
            Some(caret) => {
                self.go(caret, &[]);
                if !self.cursor_shown {
                    self.out.push_str("\x1b[?25h");
                    self.cursor_shown = true;
                }
            }
            None if self.cursor_shown => {
                self.out.push_str("\x1b[?25l");
                self.cursor_shown = false;
            }
            None => {}
        }
    }

    /// Lets the terminal move a band of rows; what opens is blank.
    fn scroll(&mut self, shift: Shift) {
        // Many terminals fill what opens with the background of the pen.
        self.change_pen(self.pen.for_blanks());
        if self.region != Some((shift.top, shift.bottom)) {
            // Writing to a String cannot fail, here and below.
            let _ = write!(self.out, "\x1b[{};{}r", shift.top + 1, shift.bottom + 1);
            self.region = Some((shift.top, shift.bottom));
            // It moves the cursor, and not everywhere to the same place.
            self.at = None;
        }
        let by = shift.up.unsigned_abs() as u16;
        if self.traits.scrolls {
            self.out.push_str(&counted(by, if shift.up > 0 { 'S' } else { 'T' }));
        } else {
            self.go(Position { x: 0, y: shift.top }, &[]);
            self.out.push_str(&counted(by, if shift.up > 0 { 'M' } else { 'L' }));
        }
        self.shown.scroll(shift);
    }

    /// Goes to a cell by the shortest way. `row` is what the row shows now up to there.
    fn go(&mut self, to: Position, row: &[Spot]) {
        if self.at == Some(to) {
            return;
        }
        let mut best = String::new();
        let _ = match (to.x, to.y) {
            (0, 0) => write!(best, "\x1b[H"),
            (0, y) => write!(best, "\x1b[{}H", y + 1),
            (x, y) => write!(best, "\x1b[{};{}H", y + 1, x + 1),
        };
        let mut consider = |way: String| {
            if way.len() < best.len() {
                best = way;
            }
        };
        if let Some(at) = self.at {
            // The terminal does not translate: a line feed goes straight down. At the end of the
            // scroll region it would scroll.
            let feeds = |from: u16, to: u16| {
                let stops = self.region.is_some_and(|(_, bottom)| (from..to).contains(&bottom));
                (from < to && !stops && to - from <= 4).then(|| "\n".repeat(usize::from(to - from)))
            };
            if at.y == to.y {
                if to.x == 0 {
                    consider("\r".into());
                } else if to.x > at.x {
                    consider(counted(to.x - at.x, 'C'));
                    if let Some(again) = self.again(row, at.x, to.x) {
                        consider(again);
                    }
                } else {
                    consider("\u{8}".repeat(usize::from(at.x - to.x)));
                    consider(counted(at.x - to.x, 'D'));
                }
            } else if let Some(down) = feeds(at.y, to.y) {
                if to.x == 0 {
                    consider(format!("\r{down}"));
                }
                if to.x <= at.x {
                    let back = "\u{8}".repeat(usize::from(at.x - to.x));
                    consider(format!("{back}{down}"));
                }
            }
            // Moves up and down stop at the ends of the scroll region.
            let (up, down) = (to.y < at.y, to.y > at.y);
            let stops = self.region.is_some_and(|(top, bottom)| {
                (up && (to.y..at.y).contains(&top.saturating_sub(1)) && top > 0)
                    || (down && (at.y..to.y).contains(&bottom))
            });
            if at.x == to.x && up && !stops {
                consider(counted(at.y - to.y, 'A'));
            } else if at.x == to.x && down && !stops {
                consider(counted(to.y - at.y, 'B'));
            } else if to.x == 0 && up && !stops {
                consider(format!("\r{}", counted(at.y - to.y, 'A')));
            }
        }
        self.out.push_str(&best);
        self.at = Some(to);
    }

    /// The cells between, printed once more: a step over two letters is longer than they are.
    fn again(&self, row: &[Spot], from: u16, to: u16) -> Option<String> {
        let cells = row.get(usize::from(from)..usize::from(to)).filter(|cells| cells.len() <= 4)?;
        let same = |spot: &Spot| {
            spot.symbol().is_ascii()
                && self.pen.for_cell(spot) == self.pen
                && spot.link == self.link
        };
        cells
            .iter()
            .all(|spot| same(spot) && spot.symbol() != "")
            .then(|| cells.iter().map(|spot| spot.symbol()).collect())
    }

    /// Makes the pen this style with the fewest bytes.
    fn change_pen(&mut self, to: Pen) {
        self.pen.change(to, &mut self.out);
        self.pen = to;
    }

    /// What is printed from now on leads there; 0 = nowhere. What is erased never does.
    fn change_link(&mut self, to: u32) {
        if self.link == to {
            return;
        }
        self.link = to;
        // The number tells the terminal that a link goes on in another row.
        let _ = match self.targets.get(&to) {
            Some(target) => write!(self.out, "\x1b]8;id={to:x};{target}\x07"),
            None => write!(self.out, "\x1b]8;;\x07"),
        };
    }

    /// Turns one row into another.
    fn row(&mut self, y: u16, shown: &[Spot], next: &[Spot]) {
        let width = next.len();
        // Up to here an uncertain cluster may have been drawn over what was right before.
        let mut stale = 0;
        let mut x = 0;
        while x < width {
            let cell = &next[x];
            if cell.symbol().is_empty() || (x >= stale && cell == &shown[x]) {
                x += 1;
                continue;
            }
            let wrong = |i: &usize| *i < stale || next[*i] != shown[*i];
            // Neighbours that look the same, up to the last one that is wrong.
            let like = next[x..].iter().take_while(|other| *other == cell).count();
            let run = (x..x + like).rfind(wrong).map_or(1, |last| last + 1 - x);
            if is_plain_blank(cell) && self.erase(x, y, run, like, next) {
                x += run;
                continue;
            }
            self.go(Position { x: x as u16, y }, next);
            self.change_pen(self.pen.for_cell(cell));
            self.change_link(cell.link);
            if self.traits.repeats && run > 5 && cell.symbol().is_ascii() {
                let _ = write!(self.out, "{}\x1b[{}b", cell.symbol(), run - 1);
                x += run;
                self.at = (x < width).then_some(Position { x: x as u16, y });
                continue;
            }
            let own = usize::from(cell.symbol().cell_width().max(1));
            let (least, most) = extent(cell.symbol(), self.traits.wide_ambiguous);
            if usize::from(least) < own
                && next.get(x + 1).is_some_and(|_| !is_plain_blank(&shown[x + 1]))
            {
                // Where it is narrower, something of before would stay beside it.
                let link = self.link;
                self.change_link(0);
                self.out.push_str("  ");
                self.at = (x + 2 < width).then_some(Position { x: x as u16 + 2, y });
                self.go(Position { x: x as u16, y }, &[]);
                self.change_link(link);
            }
            self.out.push_str(cell.symbol());
            x += own;
            stale = stale.max(x - own + usize::from(most));
            // At the edge the cursor waits to wrap, and after a cluster that is wider for one
            // terminal than for another the next cell is reached absolutely.
            self.at = (x < width && least == most).then_some(Position { x: x as u16, y });
        }
    }

    /// Erases `run` cells, the first of `like` blanks, where that is shorter than printing them.
    fn erase(&mut self, x: usize, y: u16, run: usize, like: usize, next: &[Spot]) -> bool {
        let to_edge = x + like == next.len();
        // After erasing within a row the cursor has still to step over it.
        let most_printed = if to_edge {
            3
        } else if run < like {
            4
        } else {
            8
        };
        if run <= most_printed {
            return false;
        }
        self.change_link(0);
        self.go(Position { x: x as u16, y }, next);
        self.change_pen(self.pen.for_blanks());
        if to_edge {
            self.out.push_str("\x1b[K");
        } else {
            let _ = write!(self.out, "\x1b[{run}X");
        }
        true
    }
}

impl Grid {
    fn blank(size: Size) -> Grid {
        Grid { size, cells: vec![Spot::EMPTY; usize::from(size.width) * usize::from(size.height)] }
    }

    fn row(&self, y: usize) -> &[Spot] {
        let width = usize::from(self.size.width);
        &self.cells[y * width..(y + 1) * width]
    }

    fn take_from(&mut self, frame: &Buffer) {
        let size = frame.area.as_size();
        if self.size != size {
            *self = Grid::blank(size);
        }
        let width = usize::from(size.width);
        if width == 0 {
            return;
        }
        for (to, from) in self.cells.chunks_mut(width).zip(frame.content.chunks(width)) {
            let mut x = 0;
            while x < width {
                let own = usize::from(from[x].symbol().cell_width());
                to[x] = if own == 0 || x + own > width {
                    // Half of a wide character at the edge, or nothing at all.
                    blank(from[x].bg)
                } else {
                    as_kept(&from[x])
                };
                for covered in to.iter_mut().take((x + own).min(width)).skip(x + 1) {
                    *covered = Spot::EMPTY;
                    covered.cell.set_symbol("");
                }
                x += own.max(1);
            }
        }
    }

    fn link(&mut self, link: &Link, number: u32) {
        let width = self.size.width;
        if link.y >= self.size.height {
            return;
        }
        let row = usize::from(link.y) * usize::from(width);
        for x in link.columns.start.min(width)..link.columns.end.min(width) {
            self.cells[row + usize::from(x)].link = number;
        }
    }

    fn scroll(&mut self, shift: Shift) {
        let width = usize::from(self.size.width);
        let band = usize::from(shift.top) * width..(usize::from(shift.bottom) + 1) * width;
        let band = &mut self.cells[band];
        let cells = shift.up.unsigned_abs() as usize * width;
        let opened = if shift.up > 0 {
            band.rotate_left(cells);
            let from = band.len() - cells;
            &mut band[from..]
        } else {
            band.rotate_right(cells);
            &mut band[..cells]
        };
        opened.fill(Spot::EMPTY);
    }
}

/// A cell without what cannot be seen in it.
fn as_kept(cell: &Cell) -> Spot {
    if cell.symbol() == " " && !cell.modifier.intersects(SEEN_ON_BLANKS) {
        return blank(cell.bg);
    }
    let mut kept = Cell::EMPTY;
    kept.set_symbol(cell.symbol());
    (kept.fg, kept.bg, kept.modifier) = (cell.fg, cell.bg, cell.modifier);
    Spot { cell: kept, link: 0 }
}

fn blank(bg: Color) -> Spot {
    let mut blank = Cell::EMPTY;
    blank.bg = bg;
    Spot { cell: blank, link: 0 }
}

fn is_plain_blank(spot: &Spot) -> bool {
    *spot == Spot::EMPTY
}

/// The longest address that terminals take.
const LONGEST_TARGET: usize = 2_000;

/// An address as it is written in a sequence: ASCII alone.
fn address(target: &str) -> String {
    let mut out = String::with_capacity(target.len());
    for byte in target.bytes() {
        match byte {
            b'!'..=b'~' => out.push(char::from(byte)),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// The number of a link: the same for the same address, so that a frame can be compared with the
/// one before. Never 0; short, since it is written.
fn numbered(target: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    target.hash(&mut hasher);
    (hasher.finish() as u32 & 0xf_ffff) + 1
}

fn counted(n: u16, letter: char) -> String {
    if n == 1 { format!("\x1b[{letter}") } else { format!("\x1b[{n}{letter}") }
}

#[cfg(test)]
mod tests;
