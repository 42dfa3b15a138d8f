//! How many colours to use on this terminal.

use crate::view::Depth;

/// What decides it, strongest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct ColourHints<'a> {
    /// `--colours` of the command line: `none`, `16`, `256`, `true` or `auto`.
    pub flag: Option<&'a str>,
    /// `NO_COLOR` of the environment; any text but the empty one means no colours.
    pub no_color: Option<&'a str>,
    /// `colours` of the user's configuration; the words of the flag.
    pub config: Option<&'a str>,
    /// `COLORTERM` of the environment.
    pub colorterm: Option<&'a str>,
    /// `TERM` of the environment.
    pub term: Option<&'a str>,
}

/// The words of `--colours` and of the configuration, and what they choose.
pub const WORDS: [(&str, Option<Depth>); 5] = [
    ("auto", None),
    ("none", Some(Depth::None)),
    ("16", Some(Depth::Ansi16)),
    ("256", Some(Depth::Ansi256)),
    ("true", Some(Depth::True)),
];

fn named(word: &str) -> Option<Depth> {
    WORDS.iter().find(|(w, _)| *w == word).and_then(|(_, depth)| *depth)
}

/// Decides by flag, then `NO_COLOR`, then configuration, then `COLORTERM`, then `TERM`. SSH does
/// not forward `COLORTERM`, which is why the configuration stands above it.
pub fn depth(hints: ColourHints<'_>) -> Depth {
    if let Some(chosen) = hints.flag.and_then(named) {
        return chosen;
    }
    if hints.no_color.is_some_and(|v| !v.is_empty()) {
        return Depth::None;
    }
    if let Some(chosen) = hints.config.and_then(named) {
        return chosen;
    }
    if matches!(hints.colorterm, Some("truecolor" | "24bit")) {
        return Depth::True;
    }
    match hints.term.unwrap_or("") {
        t if t.contains("direct") || t.contains("truecolor") => Depth::True,
        t if t.contains("256color") || t.contains("kitty") || t.contains("alacritty") => {
            Depth::Ansi256
        }
        t if t.starts_with("vt1") || t.starts_with("vt2") || t == "dumb" => Depth::None,
        _ => Depth::Ansi16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::flag_beats_no_color(Some("true"), Some("1"), None, None, Depth::True)]
    #[case::no_color_beats_config(None, Some("1"), Some("256"), Some("truecolor"), Depth::None)]
    #[case::empty_no_color_is_none_set(None, Some(""), Some("256"), None, Depth::Ansi256)]
    #[case::config_beats_colorterm(None, None, Some("16"), Some("truecolor"), Depth::Ansi16)]
    #[case::colorterm_beats_term(None, None, None, Some("truecolor"), Depth::True)]
    #[case::auto_is_no_choice(Some("auto"), None, Some("auto"), None, Depth::Ansi256)]
    fn the_order_of_the_hints(
        #[case] flag: Option<&str>,
        #[case] no_color: Option<&str>,
        #[case] config: Option<&str>,
        #[case] colorterm: Option<&str>,
        #[case] chosen: Depth,
    ) {
        let hints =
            ColourHints { flag, no_color, config, colorterm, term: Some("screen-256color") };
        assert_eq!(depth(hints), chosen);
    }

    #[rstest]
    #[case("xterm-direct", Depth::True)]
    #[case("tmux-256color", Depth::Ansi256)]
    #[case("linux", Depth::Ansi16)]
    #[case("vt100", Depth::None)]
    fn the_terminal_decides_last(#[case] term: &str, #[case] chosen: Depth) {
        assert_eq!(depth(ColourHints { term: Some(term), ..Default::default() }), chosen);
    }
}
