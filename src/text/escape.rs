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
    // Where in `raw` it is known that no string opened by a C1 character ends, so that a row of
    // such characters is not searched again and again.
    let mut no_end_before = 0_usize;
    while let Some(c) = rest.chars().next() {
        let tail = &rest[c.len_utf8()..];
        rest = match c {
            ESC => after_escape(tail),
            '\u{9b}' => after_control_sequence(tail),
            // DCS, SOS, OSC, PM, APC.
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => {
                let at = raw.len() - tail.len();
                match after_string(tail, no_end_before.saturating_sub(at)) {
                    Ok(behind) => behind,
                    Err(stop) => {
                        no_end_before = at + stop;
                        tail
                    }
                }
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
            after_string(behind, 0).unwrap_or_else(|stop| &behind[stop..])
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
    let limit = cut(tail);
    for (i, c) in tail[..limit].char_indices() {
        match c {
            '@'..='~' | CANCEL | SUBSTITUTE => return &tail[i + 1..],
            ' '..='?' => {}
            c if is_ignored_inside(c) => {}
            _ => return &tail[i..],
        }
    }
    &tail[limit..]
}

/// What follows a string that has an end, or else where its line or its bound ends; `tail` starts
/// behind its opening, and the first `from` bytes are known to hold no end.
fn after_string(tail: &str, from: usize) -> Result<&str, usize> {
    let limit = cut(tail);
    for (i, c) in tail[from..limit].char_indices().map(|(i, c)| (from + i, c)) {
        match c {
            BEL | CANCEL | SUBSTITUTE | STRING_TERMINATOR => return Ok(&tail[i + c.len_utf8()..]),
            ESC => {
                let behind = &tail[i + 1..];
                return Ok(behind.strip_prefix('\\').unwrap_or(&tail[i..]));
            }
            c if is_line_end(c) => return Err(i),
            _ => {}
        }
    }
    Err(limit)
}

/// Control characters that neither end a sequence nor a line.
fn is_ignored_inside(c: char) -> bool {
    c.is_ascii_control() && !is_line_end(c) && !matches!(c, ESC | CANCEL | SUBSTITUTE)
}

/// The length of the text, or the last character boundary within [`LONGEST`].
fn cut(text: &str) -> usize {
    (0..=LONGEST.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    // CSI, with private, numeric and intermediate parameters, and cut short.
    #[case::colour("a\x1b[31;1mb", "ab")]
    #[case::private_mode("a\x1b[?1049lb", "ab")]
    #[case::intermediate("a\x1b[2 qb", "ab")]
    #[case::no_parameter("a\x1b[Hb", "ab")]
    #[case::huge_parameter("a\x1b[999999999999Cb", "ab")]
    #[case::colons("a\x1b[38:2::1:2:3mb", "ab")]
    #[case::cut_short("a\x1b[31", "a")]
    #[case::stopped_by_text("a\x1b[31漢", "a漢")]
    #[case::stopped_by_escape("a\x1b[3\x1b[31mb", "ab")]
    #[case::cancelled("a\x1b[3\x18b\x1b[3\x1ac", "abc")]
    #[case::control_inside("a\x1b[3\x081mb", "ab")]
    #[case::line_end_inside("a\x1b[3\n1mb", "a 1mb")]
    // Strings, by each end they can have.
    #[case::osc_bel("a\x1b]0;title\x07b", "ab")]
    #[case::osc_st("a\x1b]2;title\x1b\\b", "ab")]
    #[case::osc_c1_st("a\x1b]2;title\u{9c}b", "ab")]
    #[case::osc_link("\x1b]8;;file:///etc/passwd\x1b\\x\x1b]8;;\x1b\\", "x")]
    #[case::osc_clipboard("a\x1b]52;c;cHduZWQ=\x07b", "ab")]
    #[case::dcs("a\x1bP$qm\x1b\\b", "ab")]
    #[case::dcs_sixel("a\x1bPq#0;2;0;0;0~\x1b\\b", "ab")]
    #[case::apc("a\x1b_Gf=24;AAAA\x1b\\b", "ab")]
    #[case::pm("a\x1b^x\x1b\\b", "ab")]
    #[case::sos("a\x1bXx\x1b\\b", "ab")]
    #[case::screen_title("a\x1bktitle\x1b\\b", "ab")]
    #[case::tmux_passthrough("a\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\b", "ab")]
    #[case::cancelled_string("a\x1b]0;x\x18b", "ab")]
    #[case::string_stopped_by_sequence("a\x1b]0;x\x1b[31mb", "ab")]
    #[case::multibyte_string("a\x1b]0;标题\x07b", "ab")]
    // Strings without an end.
    #[case::osc_open("a\x1b]0;title", "a")]
    #[case::osc_open_to_end_of_line("a\x1b]0;title\nb\x07", "a b")]
    #[case::osc_open_to_separator("a\x1bPx\u{2028}b", "a b")]
    #[case::osc_opener_alone("a\x1b]", "a")]
    // Short ones.
    #[case::reset("a\x1bcb", "ab")]
    #[case::save_cursor("a\x1b7b\x1b8c", "abc")]
    #[case::keypad("a\x1b=b\x1b>c", "abc")]
    #[case::alignment("a\x1b#8b", "ab")]
    #[case::character_set("a\x1b(0b", "ab")]
    #[case::wide_character_set("a\x1b$(Cb", "ab")]
    #[case::coding_system("a\x1b%/Gb", "ab")]
    #[case::ss2("a\x1bNxb", "ab")]
    #[case::ss3("a\x1bOPb", "ab")]
    #[case::ss3_before_text("a\x1bO漢", "a漢")]
    #[case::st_alone("a\x1b\\b", "ab")]
    #[case::escape_at_end("a\x1b", "a")]
    #[case::escapes("a\x1b\x1b\x1b[mb", "ab")]
    #[case::escape_before_text("a\x1b漢", "a漢")]
    #[case::control_behind_escape("a\x1b\0[31mb", "ab")]
    #[case::line_end_behind_escape("a\x1b\n[b", "a [b")]
    // 8-bit forms.
    #[case::c1_csi("a\u{9b}31mb", "ab")]
    #[case::c1_osc("a\u{9d}0;t\u{9c}b", "ab")]
    #[case::c1_osc_bel("a\u{9d}0;t\x07b", "ab")]
    #[case::c1_dcs("a\u{90}q\u{9c}b", "ab")]
    #[case::c1_apc("a\u{9f}q\x1b\\b", "ab")]
    #[case::c1_pm("a\u{9e}q\u{9c}b", "ab")]
    #[case::c1_sos("a\u{98}q\u{9c}b", "ab")]
    #[case::c1_osc_open("â\u{80}\u{9d} he said", "â he said")]
    #[case::c1_row("\u{9d}a\u{90}b\u{9f}c\n\u{9d}d\u{9c}e", "abc e")]
    #[case::c1_single_shift("a\u{8e}b\u{8f}c", "abc")]
    #[case::c1_index("a\u{84}b\u{8d}c", "abc")]
    // Controls and line ends.
    #[case::controls("a\0\x01\x07\x08\x0e\x0f\x7fb", "ab")]
    #[case::tab("a\tb", "a b")]
    #[case::line_ends("a\r\n\n\t\x0b\x0c\u{85}\u{2028}\u{2029}b", "a b")]
    #[case::hidden_between_line_ends("a\n\x1b[m\x07\nb", "a b")]
    #[case::spaces_stay("a \n  b", "a    b")]
    fn strips(#[case] raw: &str, #[case] text: &str) {
        assert_eq!(strip(raw), text);
    }

    #[test]
    fn no_sequence_swallows_without_bound() {
        for opening in ["\x1b[", "\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x1bk", "\u{9b}"] {
            let raw = format!("{opening}{}", "1".repeat(3 * LONGEST));
            assert_eq!(strip(&raw).len(), 2 * LONGEST, "{opening:?}");
        }
        let wide = format!("\x1b]{}", "漢".repeat(LONGEST));
        assert_eq!(strip(&wide).len(), 3 * LONGEST - LONGEST / 3 * 3);
        assert_eq!(strip(&format!("\x1b{}x", " ".repeat(9))), "      x");
    }
}
