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
    /// Opens links (OSC 8).
    pub links: bool,
}

/// The terminals that scroll by SU and SD, by the beginning of their `TERM`.
const SCROLLING: &[&str] =
    &["xterm", "alacritty", "foot", "kitty", "ghostty", "wezterm", "rxvt-unicode", "mintty"];

/// The terminals that open links, by the beginning of their `TERM`.
const LINKING: &[&str] =
    &["alacritty", "contour", "foot", "xterm-kitty", "xterm-ghostty", "wezterm", "mintty"];

/// Those that have a common `TERM` and say who they are in the environment: a variable, and how
/// its value begins. SSH carries none of them over.
const LINKING_HERE: &[(&str, &[&str])] = &[
    ("TERM_PROGRAM", &["iTerm.app", "WezTerm", "ghostty", "vscode", "mintty", "rio"]),
    ("VTE_VERSION", &["5", "6", "7", "8", "9"]),
    ("KONSOLE_VERSION", &["2", "3"]),
    ("WT_SESSION", &[""]),
];

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
            links: !multiplexed && among(LINKING),
        }
    }
}

/// Whether the environment names a terminal that opens links.
pub fn links_here(set: impl Fn(&str) -> Option<String>) -> bool {
    LINKING_HERE.iter().any(|(name, begins)| {
        set(name).is_some_and(|value| begins.iter().any(|b| value.starts_with(b)))
    })
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
    #[case::kitty("xterm-kitty", false, true, true)]
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
        assert_eq!(known.links, term == "xterm-kitty");
    }

    #[rstest]
    #[case("VTE_VERSION", "7600", true)]
    #[case("TERM_PROGRAM", "iTerm.app", true)]
    #[case("TERM_PROGRAM", "Apple_Terminal", false)]
    #[case("WT_SESSION", "a-b", true)]
    #[case("COLORTERM", "truecolor", false)]
    fn a_terminal_that_opens_links_says_who_it_is(
        #[case] name: &str,
        #[case] value: &str,
        #[case] links: bool,
    ) {
        assert_eq!(links_here(|n| (n == name).then(|| value.to_owned())), links);
    }
}
