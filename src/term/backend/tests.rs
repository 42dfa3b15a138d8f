use super::*;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::collections::HashSet;

const SIZE: Size = Size { width: 20, height: 4 };

fn terminal() -> Terminal<Bytes> {
    Terminal::new(Bytes::new(SIZE)).expect("cannot fail")
}

/// Draws a frame and gives its bytes.
fn frame(t: &mut Terminal<Bytes>, draw: impl FnOnce(&mut ratatui::Frame)) -> Vec<u8> {
    t.draw(draw).expect("cannot fail");
    t.backend_mut().take()
}

fn text(t: &mut Terminal<Bytes>, rows: &[&str]) -> Vec<u8> {
    frame(t, |f| {
        for (y, row) in rows.iter().enumerate() {
            f.buffer_mut().set_string(0, y as u16, row, Style::new());
        }
    })
}

#[test]
fn a_frame_without_a_change_costs_nothing() {
    let mut t = terminal();
    assert!(!text(&mut t, &["hello", "你好"]).is_empty());
    assert!(text(&mut t, &["hello", "你好"]).is_empty());
    let caret = |f: &mut ratatui::Frame| {
        f.buffer_mut().set_string(0, 0, "hello", Style::new());
        f.set_cursor_position((3, 0));
    };
    assert!(!frame(&mut t, caret).is_empty());
    assert!(frame(&mut t, caret).is_empty());
}

#[test]
fn a_neighbouring_change_goes_the_short_way() {
    let mut t = terminal();
    text(&mut t, &["  :04", "  :31"]);
    assert_eq!(text(&mut t, &["  :03", "  :31"]), b"\x1b[1;5H3");
    // The cursor stands behind the 3; one back, then down.
    assert_eq!(text(&mut t, &["  :02", "  :31"]), b"\x082");
    assert_eq!(text(&mut t, &["  :02", "x :31"]), b"\r\nx");
}

#[test]
fn blanks_are_erased_not_printed() {
    let mut t = terminal();
    text(&mut t, &["abcdefghijklmnopqrst"]);
    let bytes = text(&mut t, &["ab"]);
    assert_eq!(bytes, b"\x1b[1;3H\x1b[K");
}

#[test]
fn a_style_goes_out_as_its_difference() {
    let mut t = terminal();
    let bytes = frame(&mut t, |f| {
        let b = f.buffer_mut();
        b.set_string(0, 0, "a", Style::new().fg(Color::Red).bold());
        b.set_string(1, 0, "b", Style::new().fg(Color::Red));
        b.set_string(2, 0, "c", Style::new());
    });
    assert_eq!(bytes, b"\x1b[H\x1b[1;31ma\x1b[22mb\x1b[mc");
}

#[test]
fn a_pictograph_is_not_trusted_to_have_a_width() {
    let mut t = terminal();
    assert_eq!(text(&mut t, &["👩‍👩‍👧x"]), "\x1b[H👩‍👩‍👧\x1b[1;3Hx".as_bytes());
}

/// What a terminal shows after these bytes.
fn shown(parser: &vt100::Parser) -> Vec<String> {
    (0..SIZE.height)
        .map(|y| {
            (0..SIZE.width)
                .map(|x| {
                    let cell = parser.screen().cell(y, x).expect("inside");
                    match (cell.is_wide_continuation(), cell.contents()) {
                        (true, _) => String::new(),
                        (false, "") => " ".into(),
                        (false, c) => c.to_string(),
                    }
                })
                .collect()
        })
        .collect()
}

fn wanted(buffer: &Buffer) -> Vec<String> {
    (0..SIZE.height)
        .map(|y| {
            let mut row = String::new();
            let mut x = 0;
            while x < SIZE.width {
                let cell = &buffer[(x, y)];
                row.push_str(cell.symbol());
                x += cell.symbol().cell_width().max(1);
            }
            row
        })
        .collect()
}

proptest! {
    /// Whatever frames follow each other, a terminal ends up showing the last one.
    #[test]
    fn a_terminal_shows_the_frame(
        frames in prop::collection::vec(
            prop::collection::vec(
                (0u16..20, 0u16..4, "[a-c ]{0,12}|[一-三 ]{0,6}|[ ]{4,20}", 0u8..6),
                0..8,
            ),
            1..5,
        ),
    ) {
        let mut t = terminal();
        let mut parser = vt100::Parser::new(
            SIZE.height.try_into().expect("not 0"),
            SIZE.width.try_into().expect("not 0"),
            0,
        );
        let mut last = Buffer::empty(Rect::new(0, 0, SIZE.width, SIZE.height));
        let mut halves = HashSet::new();
        for pieces in frames {
            let bytes = frame(&mut t, |f| {
                for (x, y, piece, style) in &pieces {
                    let style = match style {
                        0 => Style::new().fg(Color::Red),
                        1 => Style::new().bg(Color::Rgb(1, 2, 3)),
                        2 => Style::new().reversed(),
                        3 => Style::new().bold().underlined(),
                        _ => Style::new(),
                    };
                    // As the view does, half a wide cell to the left is blanked.
                    if *x > 0 && f.buffer_mut()[(*x - 1, *y)].symbol().cell_width() == 2 {
                        f.buffer_mut()[(*x - 1, *y)].set_symbol(" ");
                    }
                    f.buffer_mut().set_string(*x, *y, piece, style);
                }
                last = f.buffer_mut().clone();
            });
            parser.process(&bytes);
            prop_assert_eq!(shown(&parser), wanted(&last));
            for y in 0..SIZE.height {
                for x in 0..SIZE.width {
                    let cell = parser.screen().cell(y, x).expect("inside");
                    if cell.is_wide_continuation() {
                        halves.insert((x, y));
                    }
                    // What is left of a wide cell that was overwritten by half has a style of
                    // the terminal's choice, and ratatui does not print it again.
                    if !halves.contains(&(x, y)) {
                        let style = last[(x, y)].modifier;
                        prop_assert_eq!(cell.inverse(), style.contains(Modifier::REVERSED));
                        prop_assert_eq!(cell.underline(), style.contains(Modifier::UNDERLINED));
                    }
                }
            }
        }
    }
}
