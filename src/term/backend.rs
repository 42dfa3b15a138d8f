//! A ratatui backend that knows where the terminal's cursor and pen are, so that a frame costs
//! only what changed.
//!
//! crossterm's own backend ends each frame with four resets, moves absolutely, prints blanks and
//! touches the cursor even when nothing changed (ratatui#2754). Here a frame without a change
//! costs no byte, a style goes out as its difference, and the shortest way to a cell is taken.

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use std::convert::Infallible;
use std::fmt::Write as _;

/// Builds the bytes of a frame; [`Bytes::take`] hands them over when the frame is complete.
#[derive(Debug)]
pub struct Bytes {
    out: String,
    size: Size,
    /// Where the next character would go; `None` when the terminal may see it otherwise.
    at: Option<Position>,
    pen: Pen,
    /// Whether the terminal shows its cursor now.
    cursor_shown: bool,
    /// Where this frame wants the cursor.
    caret: Option<Position>,
}

/// The style the terminal prints with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    const PLAIN: Pen = Pen { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };
}

/// What shows even where nothing is printed.
const SEEN_ON_BLANKS: Modifier =
    Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

/// Blanks in a row from which on erasing is shorter than printing them.
const WORTH_ERASING: usize = 5;

/// Frames from this size on are wrapped, so that no half of one is seen; the wrapping costs 16
/// bytes, and a shorter frame arrives in one piece anyway.
const WORTH_WRAPPING: usize = 256;

impl Bytes {
    /// For a terminal of this size, whose cursor is hidden and whose pen is plain.
    pub fn new(size: Size) -> Bytes {
        Bytes {
            out: String::new(),
            size,
            at: None,
            pen: Pen::PLAIN,
            cursor_shown: false,
            caret: None,
        }
    }

    /// The terminal has this size from now on.
    pub fn set_size(&mut self, size: Size) {
        self.size = size;
    }

    /// The terminal was left and entered again: cursor hidden, pen plain, place unknown.
    pub fn forget(&mut self) {
        self.at = None;
        self.pen = Pen::PLAIN;
        self.cursor_shown = false;
    }

    /// The bytes of the finished frame; empty when nothing changed.
    pub fn take(&mut self) -> Vec<u8> {
        let frame = std::mem::take(&mut self.out);
        if frame.len() < WORTH_WRAPPING {
            return frame.into_bytes();
        }
        format!("\x1b[?2026h{frame}\x1b[?2026l").into_bytes()
    }

    /// Goes to a cell by the shortest way.
    fn go(&mut self, to: Position) {
        if self.at == Some(to) {
            return;
        }
        let mut best = String::new();
        // Writing to a String cannot fail.
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
            if at.y == to.y {
                if to.x == 0 {
                    consider("\r".into());
                } else if to.x > at.x {
                    consider(counted(to.x - at.x, 'C'));
                } else {
                    consider("\u{8}".repeat(usize::from(at.x - to.x)));
                    consider(counted(at.x - to.x, 'D'));
                }
            } else if at.y + 1 == to.y {
                // The terminal does not translate: a line feed goes straight down.
                if at.x == to.x {
                    consider("\n".into());
                } else if to.x == 0 {
                    consider("\r\n".into());
                }
            }
        }
        self.out.push_str(&best);
        self.at = Some(to);
    }

    /// Makes the pen this style with the fewest bytes.
    fn paint(&mut self, to: Pen) {
        if self.pen == to {
            return;
        }
        let mut change = String::new();
        let lost = self.pen.modifier - to.modifier;
        let mut gained = to.modifier - self.pen.modifier;
        if lost.intersects(Modifier::BOLD | Modifier::DIM) {
            change.push_str("22;");
            // 22 ends both.
            gained |= to.modifier & (Modifier::BOLD | Modifier::DIM);
        }
        for (modifier, off) in [
            (Modifier::ITALIC, "23;"),
            (Modifier::UNDERLINED, "24;"),
            (Modifier::REVERSED, "27;"),
            (Modifier::HIDDEN, "28;"),
            (Modifier::CROSSED_OUT, "29;"),
        ] {
            if lost.contains(modifier) {
                change.push_str(off);
            }
        }
        if lost.intersects(Modifier::SLOW_BLINK | Modifier::RAPID_BLINK) {
            change.push_str("25;");
            gained |= to.modifier & (Modifier::SLOW_BLINK | Modifier::RAPID_BLINK);
        }
        modifiers(gained, &mut change);
        if self.pen.fg != to.fg {
            colour(to.fg, 30, &mut change);
        }
        if self.pen.bg != to.bg {
            colour(to.bg, 40, &mut change);
        }
        let mut afresh = String::from("0;");
        modifiers(to.modifier, &mut afresh);
        if to.fg != Color::Reset {
            colour(to.fg, 30, &mut afresh);
        }
        if to.bg != Color::Reset {
            colour(to.bg, 40, &mut afresh);
        }
        if afresh == "0;" {
            afresh = ";".into();
        }
        let shortest = if afresh.len() < change.len() { &afresh } else { &change };
        let _ = write!(self.out, "\x1b[{}m", shortest.strip_suffix(';').unwrap_or(shortest));
        self.pen = to;
    }

    /// The style a cell is printed with. The foreground of a blank is not seen,
    /// so it keeps the pen's.
    fn pen_for(&self, cell: &Cell) -> Pen {
        let bg = cell.bg;
        if cell.symbol() == " "
            && !cell.modifier.intersects(SEEN_ON_BLANKS)
            && !self.pen.modifier.intersects(SEEN_ON_BLANKS)
        {
            return Pen { fg: self.pen.fg, bg, modifier: self.pen.modifier };
        }
        Pen { fg: cell.fg, bg, modifier: cell.modifier }
    }

    fn print(&mut self, x: u16, y: u16, cell: &Cell) {
        let symbol = cell.symbol();
        self.go(Position { x, y });
        self.paint(self.pen_for(cell));
        self.out.push_str(symbol);
        let after = x.saturating_add(symbol.cell_width());
        // At the edge the cursor waits to wrap, and some clusters are wider for one terminal
        // than for another: the next cell is then reached absolutely.
        self.at = (after < self.size.width && every_terminal_agrees(symbol))
            .then_some(Position { x: after, y });
    }

    /// Prints neighbouring cells of one row, erasing longer runs of blanks.
    fn row(&mut self, y: u16, cells: &[(u16, &Cell)]) {
        let mut i = 0;
        let mut covered = 0;
        while i < cells.len() {
            let (x, cell) = cells[i];
            if x < covered {
                // The right half of the wide cell just printed.
                i += 1;
                continue;
            }
            let blanks = blanks_from(cells, i);
            if blanks >= WORTH_ERASING {
                self.go(Position { x, y });
                self.paint(Pen {
                    fg: self.pen.fg,
                    bg: Color::Reset,
                    modifier: self.pen.modifier - SEEN_ON_BLANKS,
                });
                if usize::from(x) + blanks >= usize::from(self.size.width) {
                    self.out.push_str("\x1b[K");
                } else {
                    let _ = write!(self.out, "\x1b[{blanks}X");
                }
                i += blanks;
                continue;
            }
            self.print(x, y, cell);
            covered = x.saturating_add(cell.symbol().cell_width().max(1));
            i += 1;
        }
    }
}

/// How many cells from `start` on are plain blanks next to each other.
fn blanks_from(cells: &[(u16, &Cell)], start: usize) -> usize {
    cells[start..]
        .iter()
        .zip(cells[start].0..)
        .take_while(|((x, cell), expected)| {
            x == expected
                && cell.symbol() == " "
                && cell.bg == Color::Reset
                && !cell.modifier.intersects(SEEN_ON_BLANKS)
        })
        .count()
}

/// False for clusters of several code points and for pictographs: terminals differ on their width.
fn every_terminal_agrees(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => !matches!(
            c,
            '\u{231a}'..='\u{23ff}'
                | '\u{2600}'..='\u{27bf}'
                | '\u{2b00}'..='\u{2bff}'
                | '\u{1f000}'..='\u{1ffff}'
        ),
        _ => false,
    }
}

fn counted(n: u16, letter: char) -> String {
    if n == 1 { format!("\x1b[{letter}") } else { format!("\x1b[{n}{letter}") }
}

fn modifiers(set: Modifier, out: &mut String) {
    for (modifier, on) in [
        (Modifier::BOLD, "1;"),
        (Modifier::DIM, "2;"),
        (Modifier::ITALIC, "3;"),
        (Modifier::UNDERLINED, "4;"),
        (Modifier::SLOW_BLINK, "5;"),
        (Modifier::RAPID_BLINK, "6;"),
        (Modifier::REVERSED, "7;"),
        (Modifier::HIDDEN, "8;"),
        (Modifier::CROSSED_OUT, "9;"),
    ] {
        if set.contains(modifier) {
            out.push_str(on);
        }
    }
}

/// The SGR parameters of a colour; `base` is 30 for the foreground, 40 for the background.
fn colour(c: Color, base: u8, out: &mut String) {
    let number = match c {
        Color::Reset => {
            let _ = write!(out, "{};", base + 9);
            return;
        }
        Color::Rgb(r, g, b) => {
            let _ = write!(out, "{};2;{r};{g};{b};", base + 8);
            return;
        }
        Color::Indexed(n) => n,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    let _ = match number {
        0..=7 => write!(out, "{};", base + number),
        8..=15 => write!(out, "{};", base + 60 + number - 8),
        _ => write!(out, "{};5;{number};", base + 8),
    };
}

impl Backend for Bytes {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut row = 0;
        let mut cells: Vec<(u16, &Cell)> = Vec::new();
        for (x, y, cell) in content {
            if y != row {
                self.row(row, &cells);
                cells.clear();
                row = y;
            }
            cells.push((x, cell));
        }
        self.row(row, &cells);
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.caret = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.caret.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.caret = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        // The full-screen viewport only ever clears everything.
        self.paint(Pen::PLAIN);
        self.out.push_str("\x1b[2J");
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    /// Ends the frame: the cursor goes where it is wanted, if it is not there.
    fn flush(&mut self) -> Result<(), Infallible> {
        match self.caret {
            Some(caret) => {
                self.go(caret);
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
        Ok(())
    }
}

#[cfg(test)]
mod tests;
