//! What the control sequences of terminals mean: cursor keys, modifiers, kitty's and xterm's
//! forms, focus, paste marks, the answers to our questions. Other answers and mouse reports mean
//! nothing here.

use super::input::{Answer, Input};
use crate::app::{Key, KeyCode};

/// What a control sequence means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A key, a focus change or an answer.
    Input(Input),
    /// A paste begins.
    PasteBegins,
}

/// A sequence that began with ESC `[`: what stood between that and its last byte. `None` = nothing
/// that concerns us.
pub(super) fn csi(between: &[u8], last: u8) -> Option<Meaning> {
    let text = std::str::from_utf8(between).ok()?;
    if let Some(rest) = text.strip_prefix('[') {
        // The Linux console's F1 to F5.
        return (rest.is_empty() && (b'A'..=b'E').contains(&last))
            .then(|| key(KeyCode::F(last - b'A' + 1)));
    }
    if !text.bytes().all(|b| b.is_ascii_digit() || b == b';' || b == b':') {
        return None;
    }
    let parameters: Vec<Vec<u32>> =
        text.split(';').map(|p| p.split(':').map(|n| n.parse().unwrap_or(0)).collect()).collect();
    let number = |i: usize, j: usize| parameters.get(i).and_then(|p| p.get(j)).copied();
    let first = number(0, 0).unwrap_or(0);
    let held = number(1, 0).unwrap_or(0);
    let released = number(1, 1) == Some(3);
    if released {
        return None;
    }
    match last {
        b'I' if text.is_empty() => Some(Meaning::Input(Input::Focus(true))),
        b'O' if text.is_empty() => Some(Meaning::Input(Input::Focus(false))),
        b'Z' => Some(key(KeyCode::BackTab)),
        // With parameters it is where the cursor stands. (F3 with something held looks the same
        // on some terminals; it is no key of ours.)
        b'R' if !text.is_empty() => {
            let place = |n| u16::try_from(n).ok();
            let (row, column) = (place(first)?, place(held)?);
            Some(Meaning::Input(Input::Answer(Answer::Cursor { row, column })))
        }
        // 0 = ready, 3 = not quite; it has taken in what came before in either case.
        b'n' if matches!(text, "0" | "3") => Some(Meaning::Input(Input::Answer(Answer::Ready))),
        b'~' if first == 200 => Some(Meaning::PasteBegins),
        // xterm's modifyOtherKeys.
        b'~' if first == 27 => with(of_code(number(2, 0)?)?, held),
        b'~' => with(of_number(first)?, held),
        b'u' => {
            let shifted = number(0, 1).filter(|c| *c != 0 && (held.max(1) - 1) & 1 != 0);
            with(of_code(shifted.unwrap_or(first))?, held)
        }
        _ => with(of_letter(last)?, held),
    }
}

/// A sequence that began with ESC `O`.
pub(super) fn ss3(last: u8) -> Option<Key> {
    let code = match last {
        b'M' => KeyCode::Enter,
        b'X' => KeyCode::Char('='),
        b'j'..=b'o' => KeyCode::Char(char::from(last - b'j' + b'*')),
        b'p'..=b'y' => KeyCode::Char(char::from(last - b'p' + b'0')),
        other => of_letter(other)?,
    };
    Some(Key::plain(code))
}

fn key(code: KeyCode) -> Meaning {
    Meaning::Input(Input::Key(Key::plain(code)))
}

/// The key with what is held beside it, as terminals write it: 1 + shift 1, alt 2, control 4,
/// super 8, hyper 16, meta 32, then the locks.
fn with(code: KeyCode, held: u32) -> Option<Meaning> {
    let bits = held.max(1) - 1;
    if bits & 0b1_1000 != 0 {
        // The window manager's keys are not ours.
        return None;
    }
    let shift = bits & 1 != 0;
    let code = match code {
        KeyCode::Char(c) if shift && c.is_lowercase() => {
            KeyCode::Char(c.to_uppercase().next().unwrap_or(c))
        }
        other => other,
    };
    let key = Key { code, shift, alt: bits & 0b10_0010 != 0, ctrl: bits & 4 != 0 };
    Some(Meaning::Input(Input::Key(key.normal())))
}

fn of_letter(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(letter - b'P' + 1),
        _ => return None,
    })
}

/// The number before `~`.
fn of_number(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        // The numbering leaves gaps.
        11..=15 => KeyCode::F((number - 10) as u8),
        17..=21 => KeyCode::F((number - 11) as u8),
        23..=24 => KeyCode::F((number - 12) as u8),
        _ => return None,
    })
}

/// A code point, or one of kitty's numbers for the keys of the number pad.
fn of_code(code: u32) -> Option<KeyCode> {
    Some(match code {
        9 => KeyCode::Tab,
        13 | 57414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        57399..=57408 => KeyCode::Char(char::from(b'0' + (code - 57399) as u8)),
        57409 => KeyCode::Char('.'),
        57410 => KeyCode::Char('/'),
        57411 => KeyCode::Char('*'),
        57412 => KeyCode::Char('-'),
        57413 => KeyCode::Char('+'),
        57415 => KeyCode::Char('='),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        // The other functional keys (locks, media) are in the private use area.
        57344..=63743 => return None,
        code => KeyCode::Char(char::from_u32(code).filter(|c| !c.is_control())?),
    })
}
