//! Themes: colours and attributes by role, from TOML files, cut down to what a terminal can show.
//!
//! A theme that is broken is still a theme: what cannot be read is said and left out.

use super::colour;
use crate::text::catalogue::themes as say;
use crate::text::{Lang, Shown};
use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;
use toml::{Table, Value};

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

macro_rules! roles {
    ($($role:ident $name:literal $about:literal;)*) => {
        /// What something on screen is to the operator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role {
            $(#[doc = $about] $role,)*
        }

        impl Role {
            /// Every role with the name that theme files use.
            pub const ALL: &[(Role, &'static str)] = &[$((Role::$role, $name)),*];
        }
    };
}

roles! {
    Text "text" "What customers and we wrote.";
    Muted "muted" "Less important text.";
    Rule "rule" "Lines between panes; not text.";
    Title "title" "Title of a pane.";
    Focus "focus" "Title of the pane with the cursor, and its line.";
    Header "header" "The header.";
    HeaderMuted "header-muted" "Less important text in the header.";
    HeaderLate "header-late" "What is late, in the header.";
    Demo "demo" "The word that tells a demo desk.";
    Banner "banner" "Link lost, read-only.";
    Accent "accent" "What draws the eye without alarm.";
    Ok "ok" "Done, healthy.";
    Risk "risk" "Little time is left.";
    Late "late" "Time is over, something failed.";
    Tag "tag" "What the policy calls a conversation.";
    Channel "channel" "A channel.";
    Likes "likes" "Likes.";
    Author "author" "A customer's name.";
    Mine "mine" "This operator.";
    Others "others" "Other operators.";
    Gutter "gutter" "The mark of the selected line.";
    Mark "mark" "The mark of marked lines.";
    Waiting "waiting" "Asked of the desk, not confirmed.";
    Ghost "ghost" "Lines that left the queue.";
    Spark "spark" "Sparklines; not text.";
    Now "now" "Now, among today's slots.";
    Us "us" "Our replies.";
    Note "note" "Private notes.";
    Key "key" "Keys in footer and help.";
    Hint "hint" "What keys do, in the footer.";
    Popup "popup" "Menus, palette, help.";
    PopupMuted "popup-muted" "Less important text there.";
    PopupPick "popup-pick" "The entry with the cursor.";
    ToastDone "toast-done" "Done as asked.";
    ToastInfo "toast-info" "Good to know.";
    ToastWarn "toast-warn" "To be heeded.";
    ToastBad "toast-bad" "Went wrong.";
}

/// A theme, ready to draw with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name: the file's name without `.toml`.
    pub name: String,
    styles: Vec<Style>,
    tags: BTreeMap<String, Style>,
    /// Backgrounds of terminals that the theme is made for.
    grounds: Vec<Color>,
}

/// All themes there are: those built in, and the operator's own, which replace them by name.
#[derive(Clone, Debug)]
pub struct ThemeSet {
    themes: Vec<Theme>,
    /// Names of those with mistakes.
    bad: Vec<String>,
}

/// A theme's file.
struct File<'a> {
    table: Table,
    /// As it is written: mistakes are told with their line.
    text: &'a str,
}

/// Name and text of the themes that come with the program, in the order they are offered.
const BUILT_IN: [(&str, &str); 4] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("16", include_str!("../../themes/16.toml")),
];

/// How deep themes may inherit from each other.
const MOST_PARENTS: usize = 8;

impl Theme {
    /// How something is drawn.
    pub fn style(&self, role: Role) -> Style {
        // One for each role: made with the roles.
        self.styles[role as usize]
    }

    /// How a policy's tag is drawn.
    pub fn tag(&self, tag: &str) -> Style {
        self.tags.get(tag).copied().unwrap_or(self.style(Role::Tag))
    }

    /// Backgrounds of terminals that the theme is made for.
    pub fn grounds(&self) -> &[Color] {
        &self.grounds
    }

    /// The styles of all tags the theme names.
    pub fn tags(&self) -> impl Iterator<Item = (&str, Style)> {
        self.tags.iter().map(|(name, style)| (name.as_str(), *style))
    }
}

impl ThemeSet {
    /// Builds the set for a terminal of this depth from the built-in themes and `own`: the name
    /// and the text of each file in the operator's folder. The second value holds sentences about
    /// what was wrong; a theme with mistakes is still usable.
    pub fn load(own: &[(String, String)], depth: Depth, lang: Lang) -> (ThemeSet, Vec<String>) {
        let mut wrong = Vec::new();
        let built_in = BUILT_IN.iter().map(|(name, text)| (name.to_string(), *text));
        let own = own.iter().map(|(name, text)| (name.clone(), text.as_str()));
        let mut names: Vec<String> = Vec::new();
        let mut files: BTreeMap<String, File<'_>> = BTreeMap::new();
        let mut bad: Vec<String> = Vec::new();
        for (name, text) in built_in.chain(own) {
            match text.parse::<Table>() {
                Ok(table) => {
                    if !names.contains(&name) {
                        names.push(name.clone());
                    }
                    files.insert(name, File { table, text });
                }
                Err(e) => {
                    let line = e.span().map_or(1, |s| text[..s.start].lines().count().max(1));
                    let values: [(&str, &dyn std::fmt::Display); 3] = [
                        ("theme", &Shown::line(&name)),
                        ("line", &line),
                        ("why", &Shown::line(e.message())),
                    ];
                    wrong.push(say::NO_TOML.fill(lang, &values));
                    bad.push(name);
                }
            }
        }
        let mut themes = Vec::new();
        for name in names {
            let before = wrong.len();
            let mut reader = Reader { name: &name, lang, depth, text: "", wrong: &mut wrong };
            themes.push(reader.theme(&files));
            if wrong.len() > before {
                bad.push(name);
            }
        }
        (ThemeSet { themes, bad }, wrong.iter().map(Shown::to_string).collect())
    }

    /// [`ThemeSet::load`] while a cockpit is open: a theme whose file has a mistake stays as it
    /// was.
    pub fn reload(
        &self,
        own: &[(String, String)],
        depth: Depth,
        lang: Lang,
    ) -> (ThemeSet, Vec<String>) {
        let (mut new, wrong) = ThemeSet::load(own, depth, lang);
        for name in &new.bad {
            let Some(last) = self.themes.iter().find(|t| t.name == *name) else { continue };
            match new.themes.iter_mut().find(|t| t.name == *name) {
                Some(theme) => *theme = last.clone(),
                None => new.themes.push(last.clone()),
            }
        }
        (new, wrong)
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

struct Reader<'a> {
    name: &'a str,
    lang: Lang,
    depth: Depth,
    /// The file being read; empty for an ancestor's, whose mistakes are told with itself.
    text: &'a str,
    wrong: &'a mut Vec<Shown>,
}

impl<'a> Reader<'a> {
    fn theme(&mut self, files: &BTreeMap<String, File<'a>>) -> Theme {
        let base = Style::default();
        let mut theme = Theme {
            name: self.name.to_owned(),
            styles: vec![base; Role::ALL.len()],
            tags: BTreeMap::new(),
            grounds: Vec::new(),
        };
        // From the oldest ancestor to the theme itself, each over what was there.
        let chain = self.chain(files);
        let own = files.get(self.name).map_or("", |file| file.text);
        let texts = |i: usize| if i == 0 { own } else { "" };
        let mut colours = BTreeMap::new();
        for (i, table) in chain.iter().enumerate().rev() {
            self.text = texts(i);
            self.colours(table, &mut colours);
        }
        for (i, table) in chain.iter().enumerate().rev() {
            self.text = texts(i);
            self.roles(table, &colours, &mut theme);
        }
        theme
    }

    /// The theme's file and those it inherits from, itself first.
    fn chain<'f>(&mut self, files: &'f BTreeMap<String, File<'a>>) -> Vec<&'f Table> {
        self.text = files.get(self.name).map_or("", |file| file.text);
        let mut chain = Vec::new();
        let mut seen = Vec::new();
        let mut name = self.name.to_owned();
        loop {
            let Some(File { table, .. }) = files.get(&name) else {
                self.complain(say::NO_PARENT, "inherits", &name);
                return chain;
            };
            if seen.contains(&name) || chain.len() == MOST_PARENTS {
                self.complain(say::CIRCLE, "inherits", &name);
                return chain;
            }
            seen.push(name);
            chain.push(table);
            match table.get("inherits").and_then(Value::as_str) {
                Some(parent) => name = parent.to_owned(),
                None => return chain,
            }
        }
    }

    fn colours(&mut self, table: &Table, colours: &mut BTreeMap<String, Color>) {
        let few = if self.depth == Depth::Ansi16 { "colours-16" } else { "" };
        for (name, value) in section(table, "colours").chain(section(table, few)) {
            match value.as_str().and_then(colour::parse) {
                Some(c) => drop(colours.insert(name.clone(), c)),
                None => self.complain(say::NO_COLOUR, name, name),
            }
        }
    }

    fn roles(&mut self, table: &Table, colours: &BTreeMap<String, Color>, theme: &mut Theme) {
        for key in table.keys() {
            if !["inherits", "grounds", "colours", "colours-16", "roles", "tags"]
                .contains(&key.as_str())
            {
                self.complain(say::NO_KEY, key, key);
            }
        }
        if let Some(grounds) = table.get("grounds").and_then(Value::as_array) {
            let written = grounds.iter().filter_map(Value::as_str);
            theme.grounds = written.filter_map(colour::parse).collect();
        }
        for (name, value) in section(table, "roles") {
            match Role::ALL.iter().find(|(_, n)| n == name) {
                Some((role, _)) => theme.styles[*role as usize] = self.style(name, value, colours),
                None => self.complain(say::NO_ROLE, name, name),
            }
        }
        for (name, value) in section(table, "tags") {
            let style = self.style(name, value, colours);
            theme.tags.insert(name.clone(), style);
        }
    }

    /// A colour alone, or a table of colours and attributes.
    fn style(&mut self, role: &str, value: &Value, colours: &BTreeMap<String, Color>) -> Style {
        let mut style = Style::default();
        let colour_of = |reader: &mut Self, value: &Value| {
            let written = value.as_str().unwrap_or_default();
            let found = colours.get(written).copied().or_else(|| colour::parse(written));
            if found.is_none() {
                reader.complain(say::NO_COLOUR, role, role);
            }
            found.and_then(|c| colour::cut(c, reader.depth))
        };
        match value {
            Value::Table(table) => {
                for (key, value) in table {
                    let modifier = match key.as_str() {
                        "fg" => {
                            style.fg = colour_of(self, value);
                            continue;
                        }
                        "bg" => {
                            style.bg = colour_of(self, value);
                            continue;
                        }
                        "bold" => Modifier::BOLD,
                        "dim" => Modifier::DIM,
                        "italic" => Modifier::ITALIC,
                        "underline" => Modifier::UNDERLINED,
                        "reverse" => Modifier::REVERSED,
                        _ => {
                            self.complain(say::NO_KEY, role, key);
                            continue;
                        }
                    };
                    if value.as_bool() == Some(true) {
                        style = style.add_modifier(modifier);
                    }
                }
            }
            other => style.fg = colour_of(self, other),
        }
        style
    }

    /// Says what is wrong with `what`, in the line that begins with `key`. What an ancestor does
    /// wrong is said once, of itself.
    fn complain(&mut self, msg: crate::text::Msg, key: &str, what: &str) {
        if self.text.is_empty() {
            return;
        }
        let begins = |line: &str| {
            let line = line.trim_start().trim_start_matches('"');
            line.strip_prefix(key).is_some_and(|rest| {
                rest.trim_start_matches('"').trim_start().starts_with(['=', '.'])
            })
        };
        // The last one: a role and a colour may share a name, and roles stand below.
        let line = self.text.lines().collect::<Vec<_>>().iter().rposition(|l| begins(l));
        let values: [(&str, &dyn std::fmt::Display); 3] = [
            ("theme", &Shown::line(self.name)),
            ("line", &(line.unwrap_or(0) + 1)),
            ("what", &Shown::line(what)),
        ];
        self.wrong.push(msg.fill(self.lang, &values));
    }
}

fn section<'t>(table: &'t Table, name: &str) -> impl Iterator<Item = (&'t String, &'t Value)> {
    table.get(name).and_then(Value::as_table).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn set(depth: Depth) -> ThemeSet {
        let (set, wrong) = ThemeSet::load(&[], depth, Lang::En);
        assert_eq!(wrong, Vec::<String>::new());
        set
    }

    fn with(name: &str, text: &str) -> (ThemeSet, Vec<String>) {
        ThemeSet::load(&[(name.into(), text.into())], Depth::True, Lang::En)
    }

    /// Decoration: nobody has to see it to work.
    const DECORATION: [Role; 1] = [Role::Rule];
    /// Signs and figures, no letters.
    const MARKS: [Role; 5] = [Role::Spark, Role::Gutter, Role::Mark, Role::Waiting, Role::Now];

    #[rstest]
    #[case("dark", 4.5)]
    #[case("light", 4.5)]
    #[case("high-contrast", 7.0)]
    #[case("16", 4.5)]
    fn text_can_be_read(
        #[case] name: &str,
        #[case] least: f64,
        #[values(Depth::True, Depth::Ansi256, Depth::Ansi16)] depth: Depth,
    ) {
        // At 16 colours the terminal has the last word; xterm's are reckoned with.
        let (least, least_mark) = match depth {
            Depth::Ansi16 => (4.5_f64.min(least), 3.0),
            _ => (least, 3.0),
        };
        let set = set(depth);
        let theme = set.get(name);
        assert_eq!(theme.name, name);
        let roles = Role::ALL.iter().filter(|(r, _)| !DECORATION.contains(r));
        let styles = roles
            .map(|(r, n)| (*n, theme.style(*r), MARKS.contains(r)))
            .chain(theme.tags().map(|(n, style)| (n, style, false)));
        let mut poor = Vec::new();
        for (role, style, mark) in styles {
            assert!(!style.add_modifier.contains(Modifier::DIM), "{role}: dim has no known colour");
            let of_its_own = |c: Option<Color>| c.and_then(colour::rgb);
            let (fg, bg) = (of_its_own(style.fg), of_its_own(style.bg));
            let Some(mut fg) = fg else {
                // The terminal's own on its own is for whoever set the terminal up.
                assert!(bg.is_none(), "{name}: {role} has a ground, but no colour of its own");
                continue;
            };
            let mut grounds: Vec<_> = match bg {
                Some(bg) => vec![bg],
                None => {
                    let grounds = theme.grounds().iter().filter_map(|g| colour::cut(*g, depth));
                    grounds.filter_map(colour::rgb).collect()
                }
            };
            if style.add_modifier.contains(Modifier::REVERSED) {
                std::mem::swap(&mut fg, &mut grounds[0]);
            }
            let least = if mark { least_mark } else { least };
            for ground in grounds {
                let contrast = colour::contrast(fg, ground);
                if contrast < least {
                    poor.push(format!("{role} {contrast:.2} {fg:?} on {ground:?}"));
                }
            }
        }
        assert_eq!(poor, Vec::<String>::new(), "{name} at {depth:?}");
    }

    #[test]
    fn a_mistake_keeps_the_last_good_one() {
        let good = "inherits = \"dark\"\n[roles]\nlate = \"#123456\"\n";
        let (set, _) = with("mine", good);
        for bad in ["[roles]\nlate = \"pink\"\n", "[roles\n"] {
            let (again, wrong) = set.reload(&[("mine".into(), bad.into())], Depth::True, Lang::En);
            assert!(wrong.len() == 1 && wrong[0].starts_with("mine.toml:"), "{wrong:?}");
            assert_eq!(again.get("mine"), set.get("mine"));
        }
        let better = good.replace("123456", "654321");
        let (again, wrong) = set.reload(&[("mine".into(), better)], Depth::True, Lang::En);
        assert_eq!(wrong, Vec::<String>::new());
        assert_eq!(again.get("mine").style(Role::Late).fg, Some(Color::Rgb(0x65, 0x43, 0x21)));
    }

    #[test]
    fn a_mistake_of_an_ancestor_is_said_once_and_with_its_line() {
        let own = [
            ("a".to_owned(), "[roles]\n\nsparkle = \"red\"\n".to_owned()),
            ("b".to_owned(), "inherits = \"a\"\n".to_owned()),
        ];
        let (_, wrong) = ThemeSet::load(&own, Depth::True, Lang::En);
        assert!(wrong.len() == 1 && wrong[0].starts_with("a.toml:3:"), "{wrong:?}");
    }

    #[test]
    fn without_colour_what_matters_is_still_told_apart() {
        for (name, _) in BUILT_IN {
            let set = set(Depth::None);
            let theme = set.get(name);
            for (role, role_name) in Role::ALL {
                let style = theme.style(*role);
                assert_eq!((style.fg, style.bg), (None, None), "{role_name}");
            }
            let marked = |role| theme.style(role).add_modifier != Modifier::empty();
            for role in [Role::Late, Role::Focus, Role::PopupPick, Role::Banner, Role::ToastBad] {
                assert!(marked(role), "{name}: {role:?}");
            }
        }
    }

    #[test]
    fn the_theme_of_16_colours_uses_no_other() {
        let (all, sixteen) = (set(Depth::True), set(Depth::Ansi16));
        assert_eq!(all.get("16"), sixteen.get("16"));
    }

    #[test]
    fn an_own_theme_inherits_and_replaces() {
        let text = "inherits = \"dark\"\n[roles]\nlate = { fg = \"#123456\", bold = true }\n";
        let (set, wrong) = with("mine", text);
        assert_eq!(wrong, Vec::<String>::new());
        let (mine, dark) = (set.get("mine"), set.get("dark"));
        assert_eq!(mine.style(Role::Late).fg, Some(Color::Rgb(0x12, 0x34, 0x56)));
        assert_eq!(mine.style(Role::Text), dark.style(Role::Text));
        assert_eq!(set.names(), ["dark", "light", "high-contrast", "16", "mine"]);
        let (set, _) = with("dark", "[roles]\ntext = \"red\"\n");
        assert_eq!(set.get("dark").style(Role::Text).fg, Some(Color::Red));
        assert_eq!(set.names().len(), 4);
    }

    #[test]
    fn an_ancestors_colour_can_be_changed_alone() {
        let (set, _) = with("mine", "inherits = \"dark\"\n[colours]\nred = \"#ff0001\"\n");
        assert_eq!(set.get("mine").style(Role::Late).fg, Some(Color::Rgb(255, 0, 1)));
    }

    #[rstest]
    #[case("inherits = \"nowhere\"", "nowhere")]
    #[case("inherits = \"bad\"", "bad")]
    #[case("[roles]\nsparkle = \"red\"", "sparkle")]
    #[case("[roles]\ntext = \"pink\"", "text")]
    #[case("[colours]\nsky = \"#12\"", "sky")]
    #[case("colour = 1", "colour")]
    #[case("[roles]\n\ntext = ", "bad.toml:3:")]
    fn a_mistake_is_said_and_the_rest_is_used(#[case] text: &str, #[case] part: &str) {
        let (set, wrong) = with("bad", text);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains("bad") && wrong[0].contains(part), "{}", wrong[0]);
        set.get("bad").style(Role::Text);
    }
}
