//! The style a terminal prints with, and the shortest way from one to another.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use std::fmt::Write as _;

/// The style the terminal prints with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) modifier: Modifier,
}

/// What shows even where nothing is printed.
pub(super) const SEEN_ON_BLANKS: Modifier =
    Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

impl Pen {
    pub(super) const PLAIN: Pen =
        Pen { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    /// The style a cell is printed with. The foreground of a blank is not seen, so it keeps this
    /// pen's.
    pub(super) fn for_cell(self, cell: &Cell) -> Pen {
        if cell.symbol() == " " && !cell.modifier.intersects(SEEN_ON_BLANKS) {
            return Pen { bg: cell.bg, ..self.for_blanks() };
        }
        Pen { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// The nearest style in which erasing leaves plain blanks.
    pub(super) fn for_blanks(self) -> Pen {
        Pen { fg: self.fg, bg: Color::Reset, modifier: self.modifier - SEEN_ON_BLANKS }
    }

    /// Writes the change to another style with the fewest bytes.
    pub(super) fn change(self, to: Pen, out: &mut String) {
        if self == to {
            return;
        }
        let mut change = String::new();
        let lost = self.modifier - to.modifier;
        let mut gained = to.modifier - self.modifier;
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
        if self.fg != to.fg {
            colour(to.fg, 30, &mut change);
        }
        if self.bg != to.bg {
            colour(to.bg, 40, &mut change);
        }
        // An empty parameter is 0.
        let mut afresh = String::from(";");
        modifiers(to.modifier, &mut afresh);
        if to.fg != Color::Reset {
            colour(to.fg, 30, &mut afresh);
        }
        if to.bg != Color::Reset {
            colour(to.bg, 40, &mut afresh);
        }
        let shortest = if afresh.len() < change.len() { &afresh } else { &change };
        // Writing to a String cannot fail.
        let _ = write!(out, "\x1b[{}m", shortest.strip_suffix(';').unwrap_or(shortest));
    }
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
