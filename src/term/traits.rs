//! What one terminal can do that another cannot.

/// What is known of the terminal. It begins with what its name says; answers to the questions at
/// the start may add to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// Knows SU and SD (`CSI S`, `CSI T`). Where it may not, lines are deleted and inserted,
    /// which everything since the VT102 can.
    pub scrolls: bool,
    /// Knows REP (`CSI b`).
    pub repeats: bool,
    /// Draws characters of ambiguous East Asian width over two columns.
    pub wide_ambiguous: bool,
    /// Answers for the operator's own screen. A multiplexer answers by itself, at once, however
    /// slow the wire behind it is.
    pub answers: bool,
}

/// The terminals that scroll by SU and SD, by the beginning of their `TERM`.
const SCROLLING: &[&str] =
    &["xterm", "alacritty", "foot", "kitty", "ghostty", "wezterm", "rxvt-unicode", "mintty"];

/// The multiplexers, by the beginning of their `TERM`.
const MULTIPLEXERS: &[&str] = &["tmux", "screen"];

impl Traits {
    /// What may be relied on from the first byte: `term` is `TERM`, `multiplexed` whether the
    /// environment says so (`TMUX`, `STY`).
    pub fn of(term: &str, multiplexed: bool) -> Traits {
        let among = |names: &[&str]| names.iter().any(|name| term.starts_with(name));
        let multiplexed = multiplexed || among(MULTIPLEXERS);
        Traits {
            scrolls: among(SCROLLING) && !multiplexed,
            repeats: false,
            wide_ambiguous: false,
            answers: !multiplexed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::xterm("xterm-256color", false, true, true)]
    #[case::tmux("tmux-256color", true, false, false)]
    #[case::tmux_far_away("screen-256color", false, false, false)]
    #[case::a_name_kept_inside_of_tmux("xterm-256color", true, false, false)]
    #[case::linux_console("linux", false, false, true)]
    #[case::vt220("vt220", false, false, true)]
    fn by_its_name(
        #[case] term: &str,
        #[case] multiplexed: bool,
        #[case] scrolls: bool,
        #[case] answers: bool,
    ) {
        let known = Traits::of(term, multiplexed);
        assert_eq!((known.scrolls, known.answers), (scrolls, answers));
        // Only an answer says so.
        assert!(!known.repeats && !known.wide_ambiguous);
    }
}
