use super::*;
use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use std::num::NonZeroU16;

const XTERM: Traits =
    Traits { scrolls: true, repeats: true, wide_ambiguous: false, answers: true, links: true };
const CONSOLE: Traits = Traits { scrolls: false, repeats: false, ..XTERM };

fn buffer(width: u16, rows: &[&str]) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, rows.len() as u16));
    for (y, row) in rows.iter().enumerate() {
        buffer.set_string(0, y as u16, row, Style::new());
    }
    buffer
}

fn frame(painter: &mut Painter, frame: &Buffer) -> String {
    painter.look(frame, &[]);
    String::from_utf8(painter.paint(None)).expect("text")
}

/// A painter whose terminal shows these rows.
fn showing(traits: Traits, rows: &[&str]) -> Painter {
    let mut painter = Painter::new(traits);
    frame(&mut painter, &buffer(20, rows));
    painter
}

fn then(painter: &mut Painter, rows: &[&str]) -> String {
    frame(painter, &buffer(20, rows))
}

#[test]
fn a_frame_without_a_change_costs_nothing() {
    let mut p = showing(XTERM, &["hello", "你好"]);
    assert_eq!(then(&mut p, &["hello", "你好"]), "");
    let with_caret = |p: &mut Painter| {
        p.look(&buffer(20, &["hello", "你好"]), &[]);
        p.paint(Some(Position { x: 3, y: 0 }))
    };
    assert!(!with_caret(&mut p).is_empty());
    assert!(with_caret(&mut p).is_empty());
}

#[test]
fn a_neighbouring_change_goes_the_short_way() {
    let mut p = showing(XTERM, &["  :04", "  :31"]);
    assert_eq!(then(&mut p, &["  :03", "  :31"]), "\x1b[1;5H3");
    // The cursor stands behind the 3; one back, then down.
    assert_eq!(then(&mut p, &["  :02", "  :31"]), "\x082");
    assert_eq!(then(&mut p, &["  :02", "x :31"]), "\r\nx");
    // Two letters between are shorter said again than stepped over.
    assert_eq!(then(&mut p, &["  :02", "y :32"]), "\ry :32");
}

#[test]
fn blanks_are_erased_not_printed() {
    let mut p = showing(XTERM, &["abcdefghijklmnopqrst", "abcdefghijklmnopqrst"]);
    assert_eq!(then(&mut p, &["ab", "abcdefghijklmnopqrst"]), "\x1b[1;3H\x1b[K");
    assert_eq!(then(&mut p, &["ab", "ab            opqrst"]), "\n\x1b[12X");
}

#[test]
fn a_style_goes_out_as_its_difference() {
    let mut p = showing(XTERM, &[""]);
    let mut b = buffer(20, &[""]);
    b.set_string(0, 0, "a", Style::new().fg(Color::Red).bold());
    b.set_string(1, 0, "b", Style::new().fg(Color::LightRed));
    b.set_string(2, 0, "c", Style::new());
    assert_eq!(frame(&mut p, &b), "\x1b[H\x1b[1;31ma\x1b[;91mb\x1b[mc");
}

#[test]
fn a_pictograph_is_not_trusted_to_have_a_width() {
    let mut p = showing(XTERM, &[""]);
    // Drawn over six columns it would still be seen behind the x.
    assert_eq!(then(&mut p, &["👩‍👩‍👧x"]), "\x1b[H👩‍👩‍👧\x1b[1;3Hx   ");
    // A terminal that draws it over six columns has overwritten its neighbours, and one that
    // draws it over one has left what was there.
    let mut p = showing(XTERM, &["ababab"]);
    assert_eq!(then(&mut p, &["👩‍👩‍👧abab"]), "\r  \r👩‍👩‍👧\x1b[1;3Habab");
}

#[test]
fn what_scrolled_is_scrolled() {
    let list = ["head", "one 1 1 1 1", "two 2 2 2 2", "three 3 3 3", "four 4 4 4", "foot"];
    let after = ["head", "two 2 2 2 2", "three 3 3 3", "four 4 4 4", "five 5 5 5", "foot"];
    let mut p = showing(XTERM, &list);
    assert_eq!(then(&mut p, &after), "\x1b[2;5r\x1b[S\x1b[5Hfive 5 5 5");
    // And back: the region is still set.
    assert_eq!(then(&mut p, &list), "\x1b[T\x1b[2Hone 1 1 1 1");
    let mut p = showing(CONSOLE, &list);
    assert_eq!(then(&mut p, &after), "\x1b[2;5r\x1b[2H\x1b[M\n\n\nfive 5 5 5");
    assert_eq!(then(&mut p, &list), "\x1b[2H\x1b[Lone 1 1 1 1");
}

#[test]
fn a_line_feed_at_the_end_of_the_region_would_scroll() {
    let list = ["head", "one 1 1 1 1", "two 2 2 2 2", "three 3 3 3", "four 4 4 4", "foot"];
    let after = ["head", "two 2 2 2 2", "three 3 3 3", "four 4 4 4", "five 5 5 5", "foot"];
    let mut p = showing(XTERM, &list);
    then(&mut p, &after);
    let marked = ["head", "two 2 2 2 2", "three 3 3 3", "four 4 4 4", "Five 5 5 5", "Foot"];
    assert_eq!(then(&mut p, &marked), "\rF\x1b[6HF");
}

#[test]
fn only_ascii_is_repeated_and_only_where_that_is_known() {
    let mut p = showing(XTERM, &[""]);
    assert_eq!(then(&mut p, &["--------──────"]), "\x1b[H-\x1b[7b──────");
    let mut p = showing(CONSOLE, &[""]);
    assert_eq!(then(&mut p, &["--------"]), "\x1b[H--------");
}

#[test]
fn a_terminal_of_another_size_is_painted_whole() {
    let mut p = showing(XTERM, &["hello", ""]);
    assert!(frame(&mut p, &buffer(21, &["hello", ""])).contains("hello"));
    p.forget();
    assert!(frame(&mut p, &buffer(21, &["hello", ""])).contains("\x1b[r\x1b[2J"));
}

// The property: whatever frames follow each other, an emulator shows what it would show had each
// frame been written whole, each cell at its place and with its style.

/// Something drawn on a frame.
#[derive(Clone, Debug)]
enum Stroke {
    /// A text at a place.
    Text(u16, u16, String, Style),
    /// All rows of a band move by so many.
    Move(u16, u16, i16),
    /// A new size.
    Size(u16, u16),
}

fn colour() -> impl Strategy<Value = Color> {
    prop_oneof![
        3 => Just(Color::Reset),
        1 => Just(Color::Red),
        1 => Just(Color::Gray),
        1 => Just(Color::LightBlue),
        1 => (0u8..=255).prop_map(Color::Indexed),
        1 => (0u8..=255).prop_map(|n| Color::Rgb(n, 2, 3)),
    ]
}

fn style() -> impl Strategy<Value = Style> {
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::ITALIC,
        Modifier::UNDERLINED,
        Modifier::REVERSED,
        // Not bold with dim: the emulator knows only one of the two at a time.
        Modifier::BOLD | Modifier::REVERSED | Modifier::UNDERLINED,
    ]);
    // What was drawn before leaves no modifier behind: bold over dim would be both.
    (colour(), colour(), modifier).prop_map(|(fg, bg, modifier)| {
        Style::new().fg(fg).bg(bg).add_modifier(modifier).remove_modifier(!modifier)
    })
}

fn text() -> impl Strategy<Value = String> {
    let clusters = prop::sample::select(vec![
        "你",
        "好",
        "é",
        "e\u{301}",
        "─",
        "▌",
        "😀",
        "⚠\u{fe0f}",
        "👩‍👩‍👧",
        "한",
        "a",
        "z",
        " ",
    ]);
    prop_oneof![
        4 => "[a-c ]{1,14}",
        2 => "[-=x]{1,3}".prop_map(|s| s.repeat(6)),
        2 => "[ ]{3,24}",
        3 => prop::collection::vec(clusters, 1..8).prop_map(|c| c.concat()),
    ]
}

fn stroke() -> impl Strategy<Value = Stroke> {
    prop_oneof![
        8 => (0u16..26, 0u16..9, text(), style()).prop_map(|(x, y, t, s)| Stroke::Text(x, y, t, s)),
        2 => (0u16..9, 0u16..9, -3i16..=3).prop_map(|(a, b, by)| Stroke::Move(a.min(b), a.max(b), by)),
        1 => (4u16..27, 1u16..10).prop_map(|(w, h)| Stroke::Size(w, h)),
    ]
}

fn apply(buffer: &mut Buffer, stroke: &Stroke) {
    let area = buffer.area;
    match stroke {
        Stroke::Text(x, y, text, style) if *x < area.width && *y < area.height => {
            buffer.set_string(*x, *y, text, *style);
            // The emulator wraps at the edge, which the cockpit switches off: there, a cluster
            // that it draws over more columns than we do would go on in the next row.
            for x in area.width.saturating_sub(6)..area.width {
                if buffer[(x, *y)].symbol().chars().count() > 1 {
                    buffer[(x, *y)].set_symbol(" ");
                }
            }
        }
        Stroke::Text(..) => {}
        Stroke::Move(top, bottom, up) => {
            let before = buffer.clone();
            for y in *top..=(*bottom).min(area.height - 1) {
                let from = y.checked_add_signed(*up).filter(|y| (*top..=*bottom).contains(y));
                for x in 0..area.width {
                    let from = from.and_then(|y| before.cell((x, y)));
                    buffer[(x, y)] = from.cloned().unwrap_or(Cell::EMPTY);
                }
            }
        }
        Stroke::Size(width, height) => *buffer = Buffer::empty(Rect::new(0, 0, *width, *height)),
    }
}

/// A frame written whole and without any cleverness.
fn plainly(frame: &Buffer) -> String {
    let mut out = String::from("\x1b[m\x1b[r\x1b[2J");
    let mut grid = Grid::default();
    grid.take_from(frame);
    for y in 0..grid.size.height {
        for (x, cell) in grid.row(usize::from(y)).iter().enumerate() {
            if cell.symbol().is_empty() {
                continue;
            }
            let _ = write!(out, "\x1b[m\x1b[{};{}H", y + 1, x + 1);
            let pen = Pen { fg: cell.fg, bg: cell.bg, modifier: cell.modifier };
            Pen::PLAIN.change(pen, &mut out);
            out.push_str(cell.symbol());
        }
    }
    out
}

fn emulator(width: u16, height: u16) -> vt100::Parser {
    let size = |n| NonZeroU16::new(n).expect("not 0");
    vt100::Parser::new(size(height), size(width), 0)
}

/// All that can be seen of a cell.
fn seen(screen: &vt100::Screen, x: u16, y: u16) -> String {
    let cell = screen.cell(y, x).expect("inside");
    let (text, half) = (cell.contents(), cell.is_wide_continuation());
    if half {
        return "half".into();
    }
    if matches!(text, "" | " ") && !cell.inverse() && !cell.underline() {
        return format!("blank on {:?}", cell.bgcolor());
    }
    let text = if text.is_empty() { " " } else { text };
    format!(
        "{text:?} {:?} on {:?} bold {} dim {} italic {} underline {} inverse {}",
        cell.fgcolor(),
        cell.bgcolor(),
        cell.bold(),
        cell.dim(),
        cell.italic(),
        cell.underline(),
        cell.inverse()
    )
}

/// One frame: what is drawn, and where the cursor is wanted.
type Drawn = (Vec<Stroke>, Option<(u16, u16)>);

fn shows_each_frame(traits: Traits, frames: &[Drawn]) -> Result<(), TestCaseError> {
    let mut painter = Painter::new(traits);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 26, 9));
    let mut ours = emulator(26, 9);
    ours.process(b"\x1b[?25l");
    for (strokes, caret) in frames {
        for stroke in strokes {
            apply(&mut buffer, stroke);
        }
        let (width, height) = (buffer.area.width, buffer.area.height);
        let size = |n| NonZeroU16::new(n).expect("not 0");
        if ours.screen().size() != (size(height), size(width)) {
            ours.screen_mut().set_size(size(height), size(width));
        }
        let caret = caret.filter(|(x, y)| *x < width && *y < height);
        painter.look(&buffer, &[]);
        let bytes = painter.paint(caret.map(|(x, y)| Position { x, y }));
        ours.process(&bytes);
        let mut plain = emulator(width, height);
        plain.process(plainly(&buffer).as_bytes());
        for y in 0..height {
            for x in 0..width {
                let (ours, plain) = (seen(ours.screen(), x, y), seen(plain.screen(), x, y));
                let bytes = String::from_utf8_lossy(&bytes);
                prop_assert_eq!(ours, plain, "at {},{} after {:?}", x, y, bytes);
            }
        }
        if let Some((x, y)) = caret {
            prop_assert_eq!(ours.screen().cursor_position(), (y, x));
        }
        prop_assert_eq!(ours.screen().hide_cursor(), caret.is_none());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_terminal_shows_each_frame(
        frames in prop::collection::vec(
            (prop::collection::vec(stroke(), 0..10), prop::option::of((0u16..26, 0u16..9))),
            1..7,
        ),
        scrolls in any::<bool>(),
        repeats in any::<bool>(),
        wide_ambiguous in any::<bool>(),
    ) {
        shows_each_frame(Traits { scrolls, repeats, wide_ambiguous, ..XTERM }, &frames)?;
    }
}

fn link(y: u16, columns: Range<u16>, target: &str) -> Link {
    Link { y, columns, target: Shown::line(target) }
}

#[test]
fn a_link_is_written_around_its_text_and_only_once() {
    let mut p = Painter::new(XTERM);
    let frame = buffer(20, &["see here now", ""]);
    let links = [link(0, 4..8, "https://x.de/é")];
    p.look(&frame, &links);
    let bytes = String::from_utf8(p.paint(None)).expect("text");
    let number = numbered("https://x.de/%C3%A9");
    let linked =
        format!("see \x1b]8;id={number:x};https://x.de/%C3%A9\x07here\x1b[C\x1b]8;;\x07now");
    assert!(bytes.ends_with(&linked), "{bytes:?}");
    p.look(&frame, &links);
    assert_eq!(p.paint(None), b"");
    // The same text that leads nowhere any more is written anew.
    p.look(&frame, &[]);
    assert_eq!(p.paint(None), b"\x1b[8Dhere");
}

#[test]
fn where_links_are_not_known_nothing_is_written_of_them() {
    let mut p = Painter::new(Traits { links: false, ..XTERM });
    p.look(&buffer(20, &["here"]), &[link(0, 0..4, "https://x.de")]);
    assert!(!String::from_utf8(p.paint(None)).expect("text").contains("\x1b]8"));
}

/// Which link each cell has that these bytes leave, with an emulator for the cursor.
struct Linked {
    terminal: vt100::Parser,
    cells: Vec<Vec<String>>,
    region: (usize, usize),
    link: String,
}

impl Linked {
    fn new(width: u16, height: u16) -> Linked {
        Linked {
            terminal: emulator(width, height),
            cells: vec![vec![String::new(); usize::from(width)]; usize::from(height)],
            region: (0, usize::from(height) - 1),
            link: String::new(),
        }
    }

    fn print(&mut self, times: usize) {
        let (y, x) = self.terminal.screen().cursor_position();
        let width = self.cells[0].len();
        for at in usize::from(x)..(usize::from(x) + times).min(width) {
            self.cells[usize::from(y)][at] = self.link.clone();
        }
    }

    fn scroll(&mut self, top: usize, by: usize, up: bool) {
        let blank = vec![String::new(); self.cells[0].len()];
        for _ in 0..by {
            if up {
                self.cells.remove(top);
                self.cells.insert(self.region.1, blank.clone());
            } else {
                self.cells.remove(self.region.1);
                self.cells.insert(top, blank.clone());
            }
        }
    }

    fn process(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let length = if let Some(osc) = rest.strip_prefix("\x1b]8;") {
                let end = osc.find('\x07').expect("an end");
                self.link = osc[..end].split_once(';').expect("two parts").1.to_owned();
                5 + end
            } else if let Some(csi) = rest.strip_prefix("\x1b[") {
                let end = csi.find(|c: char| c.is_ascii_alphabetic()).expect("a letter");
                self.sequence(&csi[..end], &csi[end..=end]);
                2 + end + 1
            } else {
                if !c.is_control() {
                    self.print(1);
                }
                c.len_utf8()
            };
            self.terminal.process(&rest.as_bytes()[..length]);
            rest = &rest[length..];
        }
    }

    fn sequence(&mut self, parameters: &str, letter: &str) {
        let n = parameters.parse().unwrap_or(1);
        let (row, x) = self.terminal.screen().cursor_position();
        let (row, x) = (usize::from(row), usize::from(x));
        let height = self.cells.len();
        match letter {
            "X" | "K" => {
                let link = std::mem::take(&mut self.link);
                self.print(if letter == "X" { n } else { usize::MAX - x });
                self.link = link;
            }
            "b" => self.print(n),
            "J" => self.cells.iter_mut().flatten().for_each(String::clear),
            "r" => {
                self.region = match parameters.split_once(';') {
                    Some((top, bottom)) => {
                        (top.parse::<usize>().unwrap() - 1, bottom.parse::<usize>().unwrap() - 1)
                    }
                    None => (0, height - 1),
                }
            }
            "S" | "T" => self.scroll(self.region.0, n, letter == "S"),
            "M" | "L" => self.scroll(row, n, letter == "M"),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn each_cell_leads_where_it_should(
        frames in prop::collection::vec(
            (
                prop::collection::vec((0u16..20, 0u16..6, "[a-c ]{1,14}"), 0..6),
                (0u16..6, 0u16..6, -2i16..=2),
                prop::collection::vec((0u16..6, 0u16..18, 1u16..8, 0usize..3), 0..4),
            ),
            1..6,
        ),
        scrolls in any::<bool>(),
        repeats in any::<bool>(),
    ) {
        let mut painter = Painter::new(Traits { scrolls, repeats, ..XTERM });
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 6));
        let mut shown = Linked::new(20, 6);
        for (texts, (a, b, by), spans) in frames {
            for (x, y, text) in texts {
                apply(&mut buffer, &Stroke::Text(x, y, text, Style::new()));
            }
            apply(&mut buffer, &Stroke::Move(a.min(b), a.max(b), by));
            let targets = ["https://a.de/1", "https://b.de/2", "https://c.de/3"];
            let links: Vec<Link> =
                spans.iter().map(|(y, x, w, t)| link(*y, *x..x + w, targets[*t])).collect();
            painter.look(&buffer, &links);
            let bytes = String::from_utf8(painter.paint(None)).expect("text");
            shown.process(&bytes);
            let mut wanted = vec![vec![String::new(); 20]; 6];
            for l in &links {
                for x in l.columns.start..l.columns.end.min(20) {
                    wanted[usize::from(l.y)][usize::from(x)] = l.target.to_string();
                }
            }
            prop_assert_eq!(&shown.cells, &wanted, "after {:?}", bytes);
            // A blank may be printed or erased.
            let lines = |s: &str| {
                let mut lines: Vec<_> = s.lines().map(|l| l.trim_end().to_owned()).collect();
                lines.truncate(lines.iter().rposition(|l| !l.is_empty()).map_or(0, |i| i + 1));
                lines
            };
            let contents = lines(&shown.terminal.screen().contents());
            let mut plain = emulator(20, 6);
            plain.process(plainly(&buffer).as_bytes());
            prop_assert_eq!(contents, lines(&plain.screen().contents()));
        }
    }
}
