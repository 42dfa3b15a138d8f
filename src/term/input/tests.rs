use super::*;
use proptest::prelude::*;
use rstest::rstest;

/// What comes of these bytes when nothing follows.
fn all(bytes: &[u8]) -> Vec<Input> {
    let mut out = Vec::new();
    let mut parser = Parser::default();
    parser.feed(bytes, &mut out);
    while parser.patience().is_some() {
        parser.give_up(&mut out);
    }
    out
}

/// Keys as help writes them, separated by spaces.
fn keys(bytes: &[u8]) -> String {
    let name = |input: &Input| match input {
        Input::Key(key) => key.to_string(),
        other => format!("{other:?}"),
    };
    all(bytes).iter().map(name).collect::<Vec<_>>().join(" ")
}

#[rstest]
#[case::letters(b"jG", "j G")]
#[case::controls(b"\x04\x00\x1f\x0a", "Ctrl-d Ctrl-Space Ctrl-_ Ctrl-j")]
#[case::named(b"\r\t\x7f\x08", "Enter Tab Backspace Backspace")]
#[case::characters("你é😀".as_bytes(), "你 é 😀")]
#[case::lone_escape(b"\x1b", "Esc")]
#[case::two_escapes(b"\x1b\x1b", "Esc Esc")]
#[case::arrows(b"\x1b[A\x1b[B\x1b[C\x1b[D", "Up Down Right Left")]
#[case::application_arrows(b"\x1bOA\x1bOB", "Up Down")]
#[case::home_and_end(
    b"\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~\x1bOH",
    "Home End Home End Home End Home"
)]
#[case::editing(b"\x1b[2~\x1b[3~\x1b[5~\x1b[6~", "Ins Del PgUp PgDn")]
#[case::function_keys(b"\x1bOP\x1b[15~\x1b[17~\x1b[21~\x1b[23~\x1b[24~", "F1 F5 F6 F10 F11 F12")]
#[case::linux_console(b"\x1b[[A\x1b[[E", "F1 F5")]
#[case::with_control(b"\x1b[1;5A\x1b[5;5~", "Ctrl-Up Ctrl-PgUp")]
#[case::with_all(b"\x1b[1;8P", "Ctrl-Alt-Shift-F1")]
#[case::shift_tab(b"\x1b[Z\x1b[9;2u\x1b[27;2;9~", "Shift-Tab Shift-Tab Shift-Tab")]
#[case::alt(b"\x1bx\x1b\r\x1b\x04", "Alt-x Alt-Enter Ctrl-Alt-d")]
#[case::alt_wide("\x1b你".as_bytes(), "Alt-你")]
#[case::alt_bracket(b"\x1b[", "Alt-[")]
#[case::alt_o_then_space(b"\x1bO ", "Alt-O Space")]
#[case::modify_other_keys(b"\x1b[27;5;13~\x1b[27;3;120~", "Ctrl-Enter Alt-x")]
#[case::kitty(b"\x1b[97u\x1b[97;2u\x1b[97;5u\x1b[13;5u\x1b[27u", "a A Ctrl-a Ctrl-Enter Esc")]
#[case::kitty_shifted_code(b"\x1b[49:33;2u", "!")]
#[case::kitty_release_is_no_key(b"\x1b[97;1:3u\x1b[1;1:3A\x1b[97;1:2u", "a")]
#[case::kitty_locks_are_not_held(b"\x1b[97;65u", "a")]
#[case::kitty_super_is_not_ours(b"\x1b[97;9u", "")]
#[case::number_pad(b"\x1bOj\x1bOp\x1bOy\x1bOM\x1b[57400u\x1b[57414u", "* 0 9 Enter 1 Enter")]
#[case::focus(b"\x1b[I\x1b[O", "Focus(true) Focus(false)")]
#[case::answers_are_no_keys(
    b"\x1b[?62;22c\x1b[?2026;2$y\x1b]11;rgb:0/0/0\x07\x1bP1+r\x1b\\\x1b[?1ux",
    "x"
)]
#[case::answers_to_our_questions(
    b"a\x1b[24;80R\x1b[0nb",
    "a Answer(Cursor { row: 24, column: 80 }) Answer(Ready) b"
)]
#[case::mouse_is_no_key(b"\x1b[<0;3;4M\x1b[M !!x", "x")]
#[case::unknown_is_no_key(b"\x1b[99~\x1b[5;5W\x1b[1$zx", "x")]
#[case::broken_off_by_another(b"\x1b[1;\x1b[A", "Up")]
#[case::broken_off_by_enter(b"\x1b[1;\r", "Enter")]
#[case::string_broken_off(b"\x1b]11;rgb\x1b[A", "Up")]
#[case::cut_character(b"\xe4\xbdx", "x")]
#[case::c1_and_stray_bytes(b"\x9b1A\xff\xc2\x9bx", "1 A x")]
#[case::overlong_sequence(&[b"\x1b[".as_slice(), &[b'1'; 200], b"Ax"].concat(), "x")]
fn bytes_are_keys(#[case] bytes: &[u8], #[case] expected: &str) {
    assert_eq!(keys(bytes), expected);
}

fn paste(text: &str) -> Input {
    Input::Paste(text.into())
}

#[rstest]
#[case::plain(b"\x1b[200~hello\x1b[201~", &["hello"])]
#[case::empty(b"\x1b[200~\x1b[201~", &[""])]
#[case::line_ends(b"\x1b[200~a\rb\r\nc\n\x1b[201~", &["a\nb\nc\n"])]
#[case::control_sequences_are_text(b"\x1b[200~\x1b[A\x03\x1b[201~", &["\x1b[A\x03"])]
#[case::two(b"\x1b[200~a\x1b[201~\x1b[200~b\x1b[201~", &["a", "b"])]
#[case::an_end_within(b"\x1b[200~a\x1b[201~rm -rf\r\x1b[201~", &["arm -rf\n"])]
#[case::an_end_within_an_end(b"\x1b[200~a\x1b[20\x1b[201~1~b\x1b[201~", &["a\x1b[201~b"])]
#[case::a_begin_within(b"\x1b[200~a\x1b[200~b\x1b[201~", &["a\x1b[200~b"])]
#[case::invalid_utf8(b"\x1b[200~a\xffb\x1b[201~", &["a\u{fffd}b"])]
#[case::without_end(b"\x1b[200~abc", &["abc"])]
fn a_paste_is_one_thing(#[case] bytes: &[u8], #[case] texts: &[&str]) {
    assert_eq!(all(bytes), texts.iter().map(|t| paste(t)).collect::<Vec<_>>());
}

#[test]
fn keys_after_a_paste_are_keys() {
    assert_eq!(
        all(b"\x1b[200~a\x1b[201~j\x1b[A"),
        [paste("a"), Input::Key(Key::char('j')), Input::Key(Key::plain(KeyCode::Up)),]
    );
}

#[test]
fn a_stray_end_of_a_paste_is_nothing() {
    assert_eq!(keys(b"\x1b[201~x"), "x");
}

#[test]
fn a_paste_is_bounded_and_its_end_is_still_seen() {
    let mut bytes = b"\x1b[200~".to_vec();
    bytes.extend("你".repeat(Parser::MOST_PASTE).bytes());
    bytes.extend(b"\x1b[201~");
    let mut out = Vec::new();
    let mut parser = Parser::default();
    parser.feed(&bytes, &mut out);
    parser.give_up(&mut out);
    parser.feed(b"x", &mut out);
    let [Input::Paste(text), Input::Key(key)] = &out[..] else { panic!("{} things", out.len()) };
    assert!(text.len() <= Parser::MOST_PASTE);
    assert!(text.len() > Parser::MOST_PASTE - 4);
    assert_eq!(*key, Key::char('x'));
}

#[test]
fn an_escape_waits_for_its_sequence() {
    let mut parser = Parser::default();
    let mut out = Vec::new();
    parser.feed(b"\x1b", &mut out);
    assert_eq!(out, []);
    assert_eq!(parser.patience(), Some(Parser::ESCAPE));
    parser.feed(b"[1;", &mut out);
    assert_eq!(parser.patience(), Some(Parser::SEQUENCE));
    parser.feed(b"5A", &mut out);
    assert_eq!(parser.patience(), None);
    assert_eq!(out.len(), 1);
}

/// Bytes that come close to what terminals send.
fn terminal_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\x1b".to_vec()),
        Just(b"\x1b[".to_vec()),
        Just(b"\x1bO".to_vec()),
        Just(b"\x1b]".to_vec()),
        Just(b"\x1b[200~".to_vec()),
        Just(b"\x1b[201~".to_vec()),
        Just(b"\x1b[1;5A".to_vec()),
        Just(b"\x1b[97;2u".to_vec()),
        Just(b"\x07".to_vec()),
        Just("你".as_bytes().to_vec()),
        "[a-zA-Z0-9;:~\\[]{1,4}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 1..4),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_split_gives_the_same(bytes in terminal_like(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let mut places: Vec<usize> = cuts.iter().map(|i| i.index(bytes.len() + 1)).collect();
        places.extend([0, bytes.len()]);
        places.sort_unstable();
        let mut out = Vec::new();
        let mut parser = Parser::default();
        for ends in places.windows(2) {
            parser.feed(&bytes[ends[0]..ends[1]], &mut out);
        }
        while parser.patience().is_some() {
            parser.give_up(&mut out);
        }
        prop_assert_eq!(out, all(&bytes));
    }

    #[test]
    fn garbage_never_panics_and_always_ends(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        all(&bytes);
    }
}
