//! The signs of the screen, each also in ASCII, and of the same width there.

use crate::app::channels::Health;
use crate::app::help::Sign;
use crate::domain::slot::SlotState;
use crate::text::Shown;

/// A set of signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    ascii: bool,
}

/// Heights of a sparkline, lowest first.
const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ASCII_BARS: [&str; 8] = ["_", ".", ":", "-", "=", "+", "*", "#"];

impl Glyphs {
    /// Unicode's or ASCII's.
    pub fn new(ascii: bool) -> Glyphs {
        Glyphs { ascii }
    }

    fn pick(self, unicode: &'static str, ascii: &'static str) -> Shown {
        Shown::line(if self.ascii { ascii } else { unicode })
    }

    /// The sign that help explains, one column wide (late, risk, window: two).
    pub fn sign(self, sign: Sign) -> Shown {
        match sign {
            Sign::Selected => self.pick("▌", ">"),
            Sign::Marked => self.pick("•", "*"),
            Sign::Waiting => self.pick("…", "~"),
            Sign::Late => self.pick("!!", "!!"),
            Sign::Risk => self.pick("! ", "! "),
            Sign::Window => self.pick("⌛", "w "),
            Sign::Claimed => self.pick("»", "@"),
            Sign::Escalated => self.pick("↑", "^"),
        }
    }

    /// Before the title of the pane with the cursor.
    pub fn focus(self) -> Shown {
        self.pick("▸", ">")
    }

    /// The line behind a title, strong for the pane with the cursor.
    pub fn rule(self, strong: bool) -> Shown {
        if strong { self.pick("━", "=") } else { self.pick("─", "-") }
    }

    /// Between things of equal rank.
    pub fn dot(self) -> Shown {
        self.pick(" · ", " - ")
    }

    /// Before the number of likes.
    pub fn heart(self) -> Shown {
        self.pick("♥", "+")
    }

    /// More is above.
    pub fn up(self) -> Shown {
        self.pick("▲", "^")
    }

    /// More is below.
    pub fn down(self) -> Shown {
        self.pick("▼", "v")
    }

    /// People who are on the desk.
    pub fn people(self) -> Shown {
        self.pick("●", "@")
    }

    /// Now, among the slots.
    pub fn now(self) -> Shown {
        self.pick("┊", "|")
    }

    /// Beside our own messages and what is being written.
    pub fn bar(self) -> Shown {
        self.pick("▏", "|")
    }

    /// Where something is being moved to.
    pub fn arrow(self) -> Shown {
        self.pick("→", ">")
    }

    /// Nothing is where something should be.
    pub fn hole(self) -> Shown {
        self.pick("○!", "0!")
    }

    /// How a channel is doing.
    pub fn health(self, health: Health) -> Shown {
        match health {
            Health::Live => self.pick("●", "o"),
            Health::Starting => self.pick("◌", "."),
            Health::Blind => self.pick("!", "!"),
            Health::Paused => self.pick("=", "="),
            Health::ByHand => self.pick("·", "-"),
        }
    }

    /// Something went away.
    pub fn gone(self) -> Shown {
        self.pick("✓", "v")
    }

    /// Corners and sides of a box: top left, top, top right, side, bottom left, bottom right.
    pub fn frame(self) -> [Shown; 6] {
        let [a, b, c, d, e, f] = if self.ascii {
            ["+", "-", "+", "|", "+", "+"]
        } else {
            ["╭", "─", "╮", "│", "╰", "╯"]
        };
        [a, b, c, d, e, f].map(Shown::line)
    }

    /// A bar of a sparkline, 0 (lowest) to 7.
    pub fn spark(self, height: usize) -> Shown {
        let bars = if self.ascii { ASCII_BARS } else { BARS };
        Shown::line(bars[height.min(7)])
    }

    /// A part of a bar that is counted on.
    pub fn full(self) -> Shown {
        self.pick("█", "#")
    }

    /// A part of a bar that may be.
    pub fn faint(self) -> Shown {
        self.pick("░", ".")
    }

    /// Axes of a chart: the corner, the side, the side at a tick, the bottom.
    pub fn axes(self) -> [Shown; 4] {
        let [a, b, c, d] =
            if self.ascii { ["+", "|", "+", "-"] } else { ["└", "│", "┤", "─"] };
        [a, b, c, d].map(Shown::line)
    }

    /// Shades of a field, the faintest first.
    pub fn shades(self) -> [Shown; 5] {
        let [a, b, c, d, e] =
            if self.ascii { [".", ":", "+", "*", "#"] } else { ["·", "░", "▒", "▓", "█"] };
        [a, b, c, d, e].map(Shown::line)
    }

    /// How far a slot is.
    pub fn slot(self, state: SlotState) -> Shown {
        match state {
            SlotState::Empty => self.pick("·", "."),
            SlotState::Draft => self.pick("◌", "d"),
            SlotState::InReview => self.pick("○", "r"),
            SlotState::Approved => self.pick("◎", "a"),
            SlotState::Scheduled => self.pick("●", "o"),
            SlotState::Holding => self.pick("◔", "h"),
            SlotState::Publishing => self.pick("▹", ">"),
            SlotState::Published => self.pick("✓", "v"),
            SlotState::Unconfirmed => self.pick("?", "?"),
            SlotState::Failed => self.pick("✗", "x"),
            SlotState::Recalled => self.pick("↶", "<"),
            SlotState::Missed => self.pick("✗", "x"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sets_have_the_same_widths_and_ascii_is_ascii() {
        let (u, a) = (Glyphs::new(false), Glyphs::new(true));
        let signs = [
            Sign::Selected,
            Sign::Marked,
            Sign::Waiting,
            Sign::Late,
            Sign::Risk,
            Sign::Window,
            Sign::Claimed,
            Sign::Escalated,
        ];
        let mut pairs: Vec<(Shown, Shown)> = signs.map(|s| (u.sign(s), a.sign(s))).to_vec();
        pairs.extend(u.frame().into_iter().zip(a.frame()));
        pairs.extend(u.axes().into_iter().zip(a.axes()));
        pairs.extend(u.shades().into_iter().zip(a.shades()));
        pairs.extend((0..8).map(|h| (u.spark(h), a.spark(h))));
        pairs.extend([
            (u.focus(), a.focus()),
            (u.rule(true), a.rule(true)),
            (u.rule(false), a.rule(false)),
            (u.dot(), a.dot()),
            (u.heart(), a.heart()),
            (u.up(), a.up()),
            (u.down(), a.down()),
            (u.people(), a.people()),
            (u.now(), a.now()),
            (u.bar(), a.bar()),
            (u.gone(), a.gone()),
            (u.arrow(), a.arrow()),
            (u.hole(), a.hole()),
        ]);
        for (unicode, ascii) in pairs {
            assert_eq!(unicode.width(), ascii.width(), "{unicode} {ascii}");
            assert!(ascii.as_str().is_ascii());
        }
    }
}
