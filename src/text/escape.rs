//! Takes whole escape sequences out of text, in their 7-bit and 8-bit forms (ECMA-48, xterm,
//! screen and tmux).
//!
//! Dropping the ESC alone would leave `[31m` behind as text, so each sequence goes with its
//! parameters and its string. What a sequence may take with it is bounded:
//! - a control sequence (CSI) ends at its final byte, or before whatever cannot belong to it;
//! - a string (OSC, DCS, APC, PM, SOS, and screen's title) ends at BEL or ST, at CAN or SUB, or
//!   before the ESC that starts something else;
//! - a string without an end that was opened by ESC takes the rest of its line, at most
//!   [`LONGEST`] bytes: nobody types ESC, so what follows is payload;
//! - one that was opened by a C1 character takes nothing but that character: those also stand in
//!   UTF-8 that was once read as Latin-1 (`â€\u{9d}`), and the customer's words behind it count.

/// The most bytes one sequence may take with it.
const LONGEST: usize = 4096;

const ESC: char = '\x1b';
const BEL: char = '\x07';
const CANCEL: char = '\x18';
const SUBSTITUTE: char = '\x1a';
const STRING_TERMINATOR: char = '\u{9c}';

/// Whether a character ends a line or moves to another one (LF, VT, FF, CR, NEL, LS, PS).
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\x0b' | '\x0c' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The text without escape sequences and control characters; a run of line ends and tabs becomes
/// one space.
pub(super) fn strip(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut in_gap = false;
    while let Some(c) = rest.chars().next() {
        let tail = &rest[c.len_utf8()..];
        rest = match c {
            ESC => after_escape(tail),
            '\u{9b}' => after_control_sequence(tail),
            // DCS, SOS, OSC, PM, APC.
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => {
                after_string(tail).unwrap_or(tail)
            }
            _ => tail,
        };
        if c == '\t' || is_line_end(c) {
            if !in_gap {
                out.push(' ');
            }
            in_gap = true;
        } else if !c.is_control() {
            out.push(c);
            in_gap = false;
        }
    }
    out
}

/// What follows the sequence that an ESC opened; `tail` starts behind the ESC.
fn after_escape(tail: &str) -> &str {
    // A terminal carries out a control character inside a sequence and goes on with the sequence.
    let tail = tail.trim_start_matches(is_ignored_inside);
    let Some(c) = tail.chars().next() else { return tail };
    let behind = &tail[c.len_utf8()..];
    match c {
        '[' => after_control_sequence(behind),
        // OSC, DCS, SOS, PM, APC, and the window title of screen.
        ']' | 'P' | 'X' | '^' | '_' | 'k' => {
            after_string(behind).unwrap_or_else(|| after_unfinished_string(behind))
        }
        // SS2 and SS3 take one character from another set.
        'N' | 'O' => behind.strip_prefix(|c: char| c.is_ascii_graphic()).unwrap_or(behind),
        // nF: intermediate bytes (real ones have up to three), then a final byte.
        ' '..='/' => {
            let mut rest = behind;
            for _ in 0..2 {
                rest = rest.strip_prefix(|c| matches!(c, ' '..='/')).unwrap_or(rest);
            }
            rest.strip_prefix(|c| matches!(c, '0'..='~')).unwrap_or(rest)
        }
        // Fp, Fe and Fs: one byte.
        '0'..='~' => behind,
        CANCEL | SUBSTITUTE => behind,
        _ => tail,
    }
}

/// What follows a control sequence; `tail` starts behind its CSI.
fn after_control_sequence(tail: &str) -> &str {
    for (i, c) in tail.char_indices().take_while(|&(i, _)| i < LONGEST) {
        match c {
            '@'..='~' | CANCEL | SUBSTITUTE => return &tail[i + 1..],
            ' '..='?' => {}
            c if is_ignored_inside(c) => {}
            _ => return &tail[i..],
        }
    }
    &tail[cut(tail)..]
}

/// What follows a string that has an end; `tail` starts behind its opening.
fn after_string(tail: &str) -> Option<&str> {
    for (i, c) in tail.char_indices().take_while(|&(i, _)| i < LONGEST) {
        match c {
            BEL | CANCEL | SUBSTITUTE | STRING_TERMINATOR => {
                return Some(&tail[i + c.len_utf8()..]);
            }
            ESC => {
                let behind = &tail[i + 1..];
                return Some(behind.strip_prefix('\\').unwrap_or(&tail[i..]));
            }
            c if is_line_end(c) => return None,
            _ => {}
        }
    }
    None
}

fn after_unfinished_string(tail: &str) -> &str {
    let limit = cut(tail);
    &tail[tail[..limit].find(is_line_end).unwrap_or(limit)..]
}

/// Control characters that neither end a sequence nor a line.
fn is_ignored_inside(c: char) -> bool {
    c.is_ascii_control() && !is_line_end(c) && !matches!(c, ESC | CANCEL | SUBSTITUTE)
}

/// The length of the text, or the last character boundary within [`LONGEST`].
fn cut(text: &str) -> usize {
    (0..=LONGEST.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}
