//! Themes: colours and attributes by role, from TOML files, cut down to what a terminal can show.

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None (`NO_COLOR`, `TERM=dumb`): bold, dim and underline alone.
    None,
    /// The 16 of ANSI.
    Ansi16,
    /// The 256 of xterm.
    Ansi256,
    /// 24 bits.
    True,
}

/// A theme, ready to draw with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name: the file's name without `.toml`.
    pub name: String,
}

/// All themes there are: those built in, and the operator's own, which replace them by name.
#[derive(Clone, Debug)]
pub struct ThemeSet {
    themes: Vec<Theme>,
}

impl ThemeSet {
    /// Builds the set for a terminal of this depth from the built-in themes and `own`: the name
    /// and the text of each file in the operator's folder. The second value holds sentences about
    /// what was wrong; a theme with mistakes is still usable.
    pub fn load(_own: &[(String, String)], _depth: Depth) -> (ThemeSet, Vec<String>) {
        (ThemeSet { themes: vec![Theme { name: "dark".into() }] }, Vec::new())
    }

    /// The theme of that name, or the first one.
    pub fn get(&self, name: &str) -> &Theme {
        self.themes.iter().find(|t| t.name == name).unwrap_or(&self.themes[0])
    }

    /// The names, in the order to offer them.
    pub fn names(&self) -> Vec<String> {
        self.themes.iter().map(|t| t.name.clone()).collect()
    }
}
