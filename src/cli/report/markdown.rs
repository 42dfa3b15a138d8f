//! A report as Markdown: tables and lists alone, readable as they are.

use super::doc::{Block, Cell, Doc, Item, Row, Table, Tone};
use crate::text::{Align, Shown};
use std::fmt::Write as _;

/// The most steps of a line drawn with letters.
const MOST_STEPS: usize = 31;

/// Writes a document down.
pub fn markdown(doc: &Doc) -> String {
    let mut out = format!("# {}\n", escaped(&doc.title));
    for under in &doc.under {
        // Two blanks at the end would be lost on the way; a line of its own is not.
        let _ = write!(out, "\n{}\n", at_start(under));
    }
    doc.blocks.iter().for_each(|of| block(&mut out, of));
    if !doc.notes.is_empty() {
        out.push_str("\n---\n");
        doc.notes.iter().for_each(|note| text(&mut out, note));
    }
    out
}

// Writing to a String cannot fail.
fn block(out: &mut String, block: &Block) {
    match block {
        Block::Heading(text) => {
            let _ = write!(out, "\n## {}\n", escaped(text));
        }
        Block::Under(text, beside) => {
            let _ = write!(out, "\n### {}\n", escaped(text));
            if let Some(beside) = beside {
                let _ = write!(out, "\n{}\n", at_start(beside));
            }
        }
        Block::Text(of) => text(out, of),
        Block::List(items) => {
            out.push('\n');
            for Item { text, tone } in items {
                let _ = writeln!(out, "- {}{}", mark(*tone), at_start(text));
            }
        }
        Block::Tiles(tiles) => {
            out.push('\n');
            for tile in tiles {
                let note = if tile.note.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", escaped(&tile.note))
                };
                let (label, value) = (at_start(&tile.label), escaped(&tile.value));
                let _ = writeln!(out, "- {label}: {}**{value}**{note}", mark(tile.tone));
            }
        }
        Block::Table(of) => table(out, of),
        Block::Chart(chart) => text(out, &chart.says),
    }
}

fn text(out: &mut String, text: &Shown) {
    let _ = write!(out, "\n{}\n", at_start(text));
}

fn table(out: &mut String, table: &Table) {
    out.push('\n');
    for (label, _) in &table.head {
        let _ = write!(out, "| {} ", escaped(label));
    }
    out.push_str("|\n");
    for (_, align) in &table.head {
        out.push_str(match align {
            Align::Left => "| --- ",
            Align::Center => "| :-: ",
            Align::Right => "| --: ",
        });
    }
    out.push_str("|\n");
    for row in &table.rows {
        match row {
            Row::Group(name) => {
                let _ = write!(out, "| **{}** ", escaped(name));
                out.push_str(&"| ".repeat(table.head.len().saturating_sub(1)));
            }
            Row::Cells(cells) | Row::Total(cells) => {
                for cell in cells {
                    let _ = write!(out, "| {} ", self::cell(cell));
                }
            }
        }
        out.push_str("|\n");
    }
}

fn cell(cell: &Cell) -> String {
    if let Some(values) = &cell.spark {
        return drawn(values);
    }
    let mut text = escaped(&cell.text);
    if let Some(link) = &cell.link {
        // What could end the link's address early, or be taken for another letter, is written
        // otherwise.
        let link = link.as_str().replace('&', "&amp;").replace('(', "%28").replace(')', "%29");
        text = format!("[{text}]({link})");
    }
    if cell.is_strong && !text.is_empty() {
        text = format!("**{text}**");
    }
    match &cell.note {
        Some(note) if !note.is_empty() => format!("{text} ({})", escaped(note)),
        _ => text,
    }
}

/// A word for what is told by a colour elsewhere.
fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Good | Tone::Plain => "",
        Tone::Bad | Tone::Warn => "⚠ ",
    }
}

/// A line of values in eight heights; a blank where nothing is known.
fn drawn(values: &[f64]) -> String {
    const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let values = &values[values.len().saturating_sub(MOST_STEPS)..];
    let known = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = (known().fold(f64::MAX, f64::min), known().fold(f64::MIN, f64::max));
    // A line that hardly moves is flat, not a mountain range.
    let low = low.min(high - (high.abs() * 0.05).max(f64::MIN_POSITIVE));
    let height = |v: &f64| match v.is_finite() {
        false => '·',
        true => HEIGHTS[(((v - low) / (high - low)) * 7.0).round().clamp(0.0, 7.0) as usize],
    };
    if known().next().is_none() { String::new() } else { values.iter().map(height).collect() }
}

/// A text with nothing in it that Markdown takes for more than text: neither in CommonMark nor in
/// GitHub's tables, nor as an address that links by itself.
pub fn escaped(text: &Shown) -> String {
    let raw = text.as_str();
    let mut out = String::with_capacity(raw.len() + 8);
    for (at, c) in raw.char_indices() {
        let is_address = match c {
            ':' => {
                raw[at..].starts_with("://") || raw[..at].to_ascii_lowercase().ends_with("mailto")
            }
            '.' => raw[..at].to_ascii_lowercase().ends_with("www"),
            _ => false,
        };
        if is_address || "\\`*_[]<>|~&#!$@^".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The same at the beginning of a line, where a few letters more would begin a list or a rule.
fn at_start(text: &Shown) -> String {
    let out = escaped(text);
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    match out.as_bytes().get(digits) {
        Some(b'.' | b')') if digits > 0 => format!("{}\\{}", &out[..digits], &out[digits..]),
        Some(b'-' | b'+' | b'=' | b':') if digits == 0 => format!("\\{out}"),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("a | b", "a \\| b")]
    #[case("<b>&amp;</b>", "\\<b\\>\\&amp;\\</b\\>")]
    #[case("\\|", "\\\\\\|")]
    #[case("[x](javascript:y)", "\\[x\\](javascript:y)")]
    #[case(
        "see https://x.example and www.x.example",
        "see https\\://x.example and www\\.x.example"
    )]
    #[case("a@b.example", "a\\@b.example")]
    #[case("**bold** `code`\n# no", "\\*\\*bold\\*\\* \\`code\\` \\# no")]
    fn what_is_markup_becomes_text(#[case] raw: &str, #[case] expected: &str) {
        assert_eq!(escaped(&Shown::line(raw)), expected);
    }

    #[rstest]
    #[case("1. one", "1\\. one")]
    #[case("- one", "\\- one")]
    #[case("+5%", "\\+5%")]
    #[case("12 one", "12 one")]
    #[case("===", "\\===")]
    fn a_line_begins_as_text(#[case] raw: &str, #[case] expected: &str) {
        assert_eq!(at_start(&Shown::line(raw)), expected);
    }

    #[test]
    fn a_line_is_drawn_with_holes() {
        assert_eq!(drawn(&[0.0, 7.0, f64::NAN, 3.5]), "▁█·▅");
        assert_eq!(drawn(&[0.0]), "█");
        assert_eq!(drawn(&[f64::NAN]), "");
        assert_eq!(drawn(&[5.0, 5.0]), "██");
    }

    proptest! {
        #[test]
        fn no_letter_of_markup_is_left_alone(raw in "\\PC{0,40}|[\\\\|<&>*_`\\[\\]!#~]{0,20}") {
            let out = escaped(&Shown::line(&raw));
            let mut letters = out.chars();
            let mut plain = String::new();
            while let Some(c) = letters.next() {
                if c == '\\' {
                    plain.extend(letters.next());
                } else {
                    prop_assert!(!"|<>&*_`[]~#!".contains(c), "{out}");
                    plain.push(c);
                }
            }
            let shown = Shown::line(&raw);
            prop_assert_eq!(plain.as_str(), shown.as_str());
        }
    }
}
