//! A key as the cockpit knows it, how it is written in settings and shown in help.

use std::fmt;

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyCode {
    /// A character as it was typed (upper case already is upper case).
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key, 1 to 12.
    F(u8),
}

/// A key with what was held down beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// Control was held.
    pub ctrl: bool,
    /// Alt (or Escape just before, as terminals send it) was held.
    pub alt: bool,
    /// Shift was held, for keys whose code does not tell it.
    pub shift: bool,
}

/// The names of keys that are not characters, as settings write them.
const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("space", KeyCode::Char(' ')),
    // A minus sign separates, so that the key of that name needs one.
    ("minus", KeyCode::Char('-')),
];

impl Key {
    /// The key alone.
    pub const fn plain(code: KeyCode) -> Key {
        Key { code, ctrl: false, alt: false, shift: false }
    }

    /// A character alone.
    pub const fn char(c: char) -> Key {
        Key::plain(KeyCode::Char(c))
    }

    /// A character with Control.
    pub const fn ctrl(c: char) -> Key {
        Key { code: KeyCode::Char(c), ctrl: true, alt: false, shift: false }
    }

    /// Reads `j`, `G`, `ctrl-d`, `alt-enter`, `space`, `f5`. `None` for anything else.
    pub fn parse(s: &str) -> Option<Key> {
        let mut key = Key::plain(KeyCode::Esc);
        let mut rest = s;
        loop {
            if let Some(r) = rest.strip_prefix("ctrl-") {
                (key.ctrl, rest) = (true, r);
            } else if let Some(r) = rest.strip_prefix("alt-") {
                (key.alt, rest) = (true, r);
            } else if let Some(r) = rest.strip_prefix("shift-") {
                (key.shift, rest) = (true, r);
            } else {
                break;
            }
        }
        let mut chars = rest.chars();
        key.code = match (chars.next()?, chars.next()) {
            (c, None) => KeyCode::Char(c),
            _ => match NAMED.iter().find(|(name, _)| *name == rest) {
                Some((_, code)) => *code,
                None => KeyCode::F(
                    rest.strip_prefix('f')?.parse().ok().filter(|n| *n >= 1 && *n <= 12)?,
                ),
            },
        };
        Some(key.normal())
    }

    /// The same key in the one form the keymap compares: a typed character carries its own shift,
    /// Control-letter is lower case, Shift-Tab is `BackTab`.
    pub fn normal(mut self) -> Key {
        match self.code {
            KeyCode::Char(c) => {
                self.shift = false;
                if self.ctrl {
                    self.code = KeyCode::Char(c.to_ascii_lowercase());
                }
            }
            KeyCode::Tab if self.shift => {
                self = Key { code: KeyCode::BackTab, shift: false, ..self }
            }
            KeyCode::BackTab => self.shift = false,
            _ => {}
        }
        self
    }

    /// The key that a full-width character or Chinese punctuation stands for while an input method
    /// is on: `：` for `:`, `／` and `、` for `/`, `？` for `?`, `ｊ` for `j`, `　` for Space.
    pub fn for_command(self) -> Key {
        let code = match self.code {
            KeyCode::Char(c) => KeyCode::Char(half_width(c)),
            other => other,
        };
        Key { code, ..self }.normal()
    }
}

/// What a full-width or Chinese character stands for on the keyboard it was typed on.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '。' => '.',
        '、' => '/',
        '，' => ',',
        '；' => ';',
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        '【' => '[',
        '】' => ']',
        '《' => '<',
        '》' => '>',
        '·' => '`',
        '￥' => '$',
        '…' => '^',
        '—' => '_',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    }
}

impl fmt::Display for Key {
    /// As help and footer show it: `j`, `G`, `Ctrl-d`, `Alt-Enter`, `Space`, `F5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if held {
                f.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(n) => write!(f, "F{n}"),
            KeyCode::Enter => f.write_str("Enter"),
            KeyCode::Esc => f.write_str("Esc"),
            KeyCode::Tab => f.write_str("Tab"),
            KeyCode::BackTab => f.write_str("Shift-Tab"),
            KeyCode::Backspace => f.write_str("Backspace"),
            KeyCode::Delete => f.write_str("Del"),
            KeyCode::Insert => f.write_str("Ins"),
            KeyCode::Up => f.write_str("Up"),
            KeyCode::Down => f.write_str("Down"),
            KeyCode::Left => f.write_str("Left"),
            KeyCode::Right => f.write_str("Right"),
            KeyCode::Home => f.write_str("Home"),
            KeyCode::End => f.write_str("End"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::PageDown => f.write_str("PgDn"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("j", Key::char('j'))]
    #[case("G", Key::char('G'))]
    #[case("ctrl-d", Key::ctrl('d'))]
    #[case("ctrl-D", Key::ctrl('d'))]
    #[case("space", Key::char(' '))]
    #[case("minus", Key::char('-'))]
    #[case("-", Key::char('-'))]
    #[case("f5", Key::plain(KeyCode::F(5)))]
    #[case("f", Key::char('f'))]
    #[case("shift-tab", Key::plain(KeyCode::BackTab))]
    #[case("pagedown", Key::plain(KeyCode::PageDown))]
    fn a_written_key_is_read(#[case] written: &str, #[case] key: Key) {
        assert_eq!(Key::parse(written), Some(key));
    }

    #[rstest]
    #[case("")]
    #[case("ctrl-")]
    #[case("f13")]
    #[case("f0")]
    #[case("jj")]
    #[case("meta-x")]
    fn what_is_no_key_is_refused(#[case] written: &str) {
        assert_eq!(Key::parse(written), None);
    }

    #[rstest]
    #[case('：', ':')]
    #[case('／', '/')]
    #[case('、', '/')]
    #[case('？', '?')]
    #[case('。', '.')]
    #[case('＊', '*')]
    #[case('ｊ', 'j')]
    #[case('Ｇ', 'G')]
    #[case('　', ' ')]
    #[case('中', '中')]
    fn full_width_stands_for_its_key(#[case] typed: char, #[case] key: char) {
        assert_eq!(Key::char(typed).for_command(), Key::char(key));
    }
}
