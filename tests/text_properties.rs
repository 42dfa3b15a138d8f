//! What must hold for any text at all, tried with arbitrary bytes, arbitrary characters and
//! sequences of fragments that were made to do harm.

use dutydesk::text::{Align, Ellipsis, Shown, html_safe, json_safe, link_safe, tmux_safe};
use proptest::prelude::*;
use proptest::sample::select;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

/// Pieces that attach, join, reorder, hide, steer or are wide, to be strung together.
const FRAGMENTS: &[&str] = &[
    // Plain text of several scripts.
    "a",
    "order 42",
    " ",
    "  ",
    "物流太慢了",
    "漢",
    "，",
    "。",
    "「",
    "」",
    "\u{3000}",
    "ガ",
    "ｶ",
    "한국",
    "приве́т",
    "ภาษาไทย",
    "ก้ำ",
    "สวัสดี",
    "हिन्दी",
    "क्षि",
    "स्त्री",
    "क्",
    "ष",
    "ක්\u{200d}ර",
    "မြန်မာ",
    "ကြောင့်",
    "ភាសាខ្មែរ",
    "سلام",
    "می\u{200c}خواهم",
    "שלום",
    "لا",
    // Parts of clusters.
    "\u{301}",
    "\u{300}\u{301}\u{302}",
    "\u{20dd}",
    "\u{488}",
    "\u{903}",
    "\u{93f}",
    "\u{94d}",
    "\u{1031}",
    "\u{17d2}",
    "\u{200d}",
    "\u{200c}",
    "\u{fe0e}",
    "\u{fe0f}",
    "\u{20e3}",
    "\u{1f3fd}",
    "\u{1f1e8}",
    "\u{1f1f3}",
    "\u{1f3f4}",
    "\u{e0067}",
    "\u{e007f}",
    "\u{ff9e}",
    "\u{ff9f}",
    "\u{3099}",
    "\u{1100}",
    "\u{1161}",
    "\u{11a8}",
    "\u{a960}",
    "\u{d7b0}",
    "가",
    "\u{600}",
    "\u{6dd}",
    "\u{70f}",
    "\u{d4e}",
    "\u{110bd}",
    "\u{17d8}",
    "\u{fdfd}",
    "\u{2d7f}",
    "ⵏ",
    // Emoji.
    "😀",
    "⚠",
    "⚠️",
    "❤️",
    "1️⃣",
    "#⃣",
    "🇨🇳",
    "👍🏽",
    "👨‍👩‍👧‍👦",
    "👩🏿‍❤️‍💋‍👨🏿",
    "❤‍🔥",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "©",
    "⌚︎",
    // Invisible, reordering or private.
    "\u{200b}",
    "\u{2060}",
    "\u{feff}",
    "\u{ad}",
    "\u{34f}",
    "\u{180e}",
    "\u{115f}",
    "\u{3164}",
    "\u{202e}",
    "\u{2066}",
    "\u{200f}",
    "\u{61c}",
    "\u{e0041}",
    "\u{e0100}",
    "\u{fff9}",
    "\u{e000}",
    "\u{fdd0}",
    "\u{10ffff}",
    "\u{2028}",
    "\u{2029}",
    // Controls and sequences, whole and in parts.
    "\0",
    "\t",
    "\n",
    "\r\n",
    "\u{7}",
    "\u{8}",
    "\u{7f}",
    "\u{84}",
    "\u{85}",
    "\u{90}",
    "\u{9b}",
    "\u{9c}",
    "\u{9d}",
    "\u{8f}",
    "\u{1b}",
    "\u{1b}[",
    "\u{1b}]",
    "\u{1b}P",
    "\u{1b}_",
    "\u{1b}\\",
    "\u{1b}[31m",
    "\u{1b}[?1049l",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]52;c;eA==\u{1b}\\",
    "\u{1b}(0",
    "\u{1b}#8",
    "\u{1b}OP",
    "\u{9b}6n",
    "\u{18}",
    "[2J",
    ";1",
    "m",
    "#",
    "\\",
    "{n}",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => select(FRAGMENTS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => select(FRAGMENTS).prop_flat_map(|f| (1_usize..40).prop_map(|n| f.repeat(n))),
    ];
    let lossy = prop::collection::vec(any::<u8>(), 0..80);
    prop_oneof![
        6 => prop::collection::vec(piece, 0..24).prop_map(|p| p.concat()),
        1 => lossy.prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        1 => any::<String>(),
    ]
}

fn shown() -> impl Strategy<Value = Shown> {
    hostile().prop_map(|raw| Shown::line(&raw))
}

/// Characters that must not reach a terminal, listed apart from the sanitiser's own list.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffc}' | '\u{e000}'..='\u{f8ff}' | '\u{e0001}' | '\u{e0100}'..='\u{10ffff}')
        || u32::from(c) & 0xffff >= 0xfffe
}

/// The columns that the screen buffer gives the text.
fn columns_on_screen(shown: &Shown) -> u16 {
    let room = u16::try_from(shown.width()).unwrap() + 8;
    let mut buffer = Buffer::empty(Rect::new(0, 0, room, 1));
    let (x, _) = buffer.set_stringn(0, 0, shown.as_str(), usize::MAX, Style::default());
    let printed: String = shown.graphemes().map(|(g, _)| g).collect();
    let mut cells = String::new();
    let mut at = 0;
    for (_, columns) in shown.graphemes() {
        cells.push_str(buffer[(at, 0)].symbol());
        at += u16::try_from(columns).unwrap();
    }
    assert_eq!(cells, printed, "a cluster stands elsewhere than in its own cell");
    x
}

/// Everything that is promised of one [`Shown`].
fn check(shown: &Shown) {
    let text = shown.as_str();
    if let Some(c) = text.chars().find(|&c| is_forbidden(c)) {
        panic!("{text:?} holds {c:?}");
    }
    assert!(shown.graphemes().map(|(g, _)| g).eq(text.graphemes(true)), "{text:?}");
    let mut sum = 0;
    for (cluster, columns) in shown.graphemes() {
        assert!(matches!(columns, 1 | 2), "{cluster:?} in {text:?} takes {columns} columns");
        assert!(cluster.len() <= 80, "{cluster:?} is {} bytes long", cluster.len());
        sum += columns;
    }
    assert_eq!(shown.width(), sum, "{text:?}");
    assert_eq!(usize::from(columns_on_screen(shown)), sum, "{text:?} on a screen");
    assert_eq!(&Shown::line(text), shown, "cleaning twice changes {text:?}");
}

/// The clusters that leave a mark, in order.
fn visible(shown: &Shown) -> Vec<&str> {
    shown.as_str().graphemes(true).filter(|g| !matches!(*g, " " | "\u{3000}")).collect()
}

proptest! {
    #[test]
    fn a_line_is_clean(raw in hostile()) {
        check(&Shown::line(&raw));
    }

    #[test]
    fn lines_are_clean_and_none_is_lost(raw in hostile()) {
        let lines = Shown::lines(&raw);
        prop_assert!(!lines.is_empty());
        lines.iter().for_each(check);
    }

    #[test]
    fn plain_text_stays_as_it_is(raw in "[ -~à-ÿа-я一-龥ぁ-んァ-ヴ가-힣，。！？]{0,60}") {
        let line = Shown::line(&raw);
        prop_assert_eq!(line.as_str(), &raw);
    }

    #[test]
    fn bounded_is_bounded(raw in hostile(), limit in 0_usize..120) {
        let cut = Shown::bounded(&raw, limit);
        prop_assert!(cut.as_str().len() <= limit);
        check(&cut);
        prop_assert_eq!(Shown::bounded(&raw, 100_000), Shown::line(&raw));
    }

    #[test]
    fn truncated_text_fits_and_cuts_no_cluster(text in shown(), columns in 0_usize..40) {
        let cut = text.truncate(columns);
        check(&cut);
        prop_assert!(cut.width() <= columns);
        if text.width() <= columns {
            prop_assert_eq!(cut, text);
        } else if columns > 0 {
            let kept = cut.as_str().strip_suffix('…').unwrap();
            let kept: Vec<&str> = kept.graphemes(true).collect();
            let all: Vec<&str> = text.as_str().graphemes(true).collect();
            prop_assert_eq!(&kept[..], &all[..kept.len()]);
        }
    }

    #[test]
    fn padded_text_is_exactly_as_wide_as_asked(
        text in shown(),
        columns in 0_usize..60,
        align in select(&[Align::Left, Align::Center, Align::Right][..]),
        ellipsis in select(&[Ellipsis::Unicode, Ellipsis::Ascii][..]),
    ) {
        let cell = text.pad_with(columns, align, ellipsis);
        prop_assert_eq!(cell.width(), columns);
        check(&cell);
        prop_assert_eq!(text.fit(columns), text.pad(columns, Align::Left));
    }

    #[test]
    fn wrapped_lines_fit_and_lose_nothing_that_is_seen(text in shown(), columns in 1_usize..30) {
        let lines = text.wrap(columns);
        prop_assert!(!lines.is_empty());
        for line in &lines {
            check(line);
            prop_assert!(line.width() <= columns);
        }
        if columns >= 2 {
            let kept: Vec<&str> = lines.iter().flat_map(visible).collect();
            prop_assert_eq!(kept, visible(&text));
        }
        prop_assert!(text.wrap(0).is_empty());
    }

    #[test]
    fn joined_text_is_clean(pieces in prop::collection::vec(shown(), 0..6), gap in shown()) {
        let mut pushed = Shown::default();
        for piece in &pieces {
            pushed.push(piece);
            check(&pushed);
        }
        prop_assert_eq!(pushed, Shown::join(&pieces, &Shown::default()));
        check(&Shown::join(&pieces, &gap));
        check(&gap.repeat(3));
    }

    #[test]
    fn json_stays_the_same_json(raw in hostile()) {
        let json = serde_json::to_string(&raw).unwrap();
        let safe = json_safe(&json);
        prop_assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), raw);
        prop_assert!(!safe.chars().any(|c| c.is_control()));
        let steers = ['\u{202e}', '\u{2066}', '\u{200f}', '\u{2028}', '\u{feff}'];
        prop_assert!(!safe.contains(steers));
    }

    #[test]
    fn html_and_tmux_are_clean(raw in hostile()) {
        let html = html_safe(&raw);
        prop_assert!(!html.contains(['<', '>', '"', '\'']));
        prop_assert!(!html.chars().any(|c| c != '\n' && is_forbidden(c)));
        let tmux = tmux_safe(&Shown::line(&raw));
        check(&tmux);
        prop_assert!(!tmux.as_str().replace("##", "").contains('#'));
    }

    #[test]
    fn a_safe_link_is_plain_ascii(tail in hostile()) {
        if let Some(link) = link_safe(&format!("https://example.org/{tail}")) {
            prop_assert!(link.as_str().bytes().all(|b| b.is_ascii_graphic()));
            prop_assert!(link.as_str().starts_with("https://example.org/"));
        }
    }
}

/// Each character alone, between wide ones and among joining ones. Long stretches of ideographs,
/// syllables, hieroglyphs and nothing are left out: nothing in them differs from its neighbours.
#[test]
fn every_character_is_clean_in_every_place() {
    let interesting = ('\0'..='\u{3400}')
        .chain('\u{9ff0}'..='\u{ac20}')
        .chain('\u{d780}'..='\u{e010}')
        .chain('\u{f8f0}'..='\u{12000}')
        .chain('\u{13420}'..='\u{13460}')
        .chain('\u{16000}'..='\u{17010}')
        .chain('\u{1bc00}'..='\u{1d400}')
        .chain('\u{1e000}'..='\u{20010}')
        .chain('\u{dfff0}'..='\u{e0200}')
        .chain('\u{efff0}'..='\u{f0010}');
    for c in interesting {
        for raw in [format!("{c}"), format!("漢{c}{c}漢"), format!("😀{c}क्{c}क")] {
            check(&Shown::line(&raw));
        }
    }
}
