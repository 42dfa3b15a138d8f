//! A report as one HTML file: nothing in it is loaded from anywhere, nothing in it runs.

use super::doc::{Block, Cell, Chart, Doc, Item, Plot, Row, Table, Tile, Tone};
use super::svg;
use crate::text::catalogue::reports as say;
use crate::text::{Align, Lang, Shown, html_safe};
use std::fmt::Write as _;

/// How it looks: on screens light and dark, on paper.
const STYLE: &str = include_str!("style.css");
/// What the page may load: nothing. Its style stands in it.
const ALLOWED: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Writes a document down.
pub fn html(doc: &Doc) -> String {
    let mut page = Page { out: String::new(), lang: doc.lang, charts: 0, open: Open::None };
    let lang = match doc.lang {
        Lang::En => "en",
        Lang::Zh => "zh-Hans",
    };
    let title = safe(&doc.title);
    let _ = write!(
        page.out,
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{ALLOWED}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header>\n<h1>{title}</h1>\n"
    );
    for under in &doc.under {
        let _ = writeln!(page.out, "<p class=\"under\">{}</p>", safe(under));
    }
    page.out.push_str("</header>\n");
    doc.blocks.iter().for_each(|block| page.block(block));
    page.close(Open::None);
    if !doc.notes.is_empty() {
        page.out.push_str("<footer>\n");
        for note in &doc.notes {
            let _ = writeln!(page.out, "<p>{}</p>", safe(note));
        }
        page.out.push_str("</footer>\n");
    }
    page.out.push_str("</main>\n</body>\n</html>\n");
    page.out
}

fn safe(text: &Shown) -> String {
    html_safe(text.as_str())
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Warn => "warn",
    }
}

/// Which parts are open.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Open {
    None,
    Section,
    Article,
}

struct Page {
    out: String,
    lang: Lang,
    charts: usize,
    open: Open,
}

// Writing to a String cannot fail.
impl Page {
    /// Closes all parts within the one that is to stay open.
    fn close(&mut self, to: Open) {
        if self.open >= Open::Article && to < Open::Article {
            self.out.push_str("</article>\n");
        }
        if self.open >= Open::Section && to < Open::Section {
            self.out.push_str("</section>\n");
        }
        self.open = self.open.min(to);
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => {
                self.close(Open::None);
                let _ = write!(self.out, "<section>\n<h2>{}</h2>\n", safe(text));
                self.open = Open::Section;
            }
            Block::Under(text, beside) => {
                self.close(Open::Section);
                let _ = write!(self.out, "<article>\n<h3>{}", safe(text));
                if let Some(beside) = beside {
                    let _ = write!(self.out, " <small>{}</small>", safe(beside));
                }
                self.out.push_str("</h3>\n");
                self.open = Open::Article;
            }
            Block::Text(text) => {
                let _ = writeln!(self.out, "<p>{}</p>", safe(text));
            }
            Block::List(items) => {
                self.out.push_str("<ul>\n");
                for Item { text, tone } in items {
                    let _ =
                        writeln!(self.out, "<li class=\"{}\">{}</li>", class(*tone), safe(text));
                }
                self.out.push_str("</ul>\n");
            }
            Block::Tiles(tiles) => {
                self.out.push_str("<dl class=\"tiles\">\n");
                tiles.iter().for_each(|tile| self.tile(tile));
                self.out.push_str("</dl>\n");
            }
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
        }
    }

    fn tile(&mut self, Tile { label, value, note, tone }: &Tile) {
        let (label, value, note) = (safe(label), safe(value), safe(note));
        let _ = writeln!(
            self.out,
            "<div class=\"{}\"><dt>{label}</dt><dd><strong>{value}</strong><span>{note}</span></dd></div>",
            class(*tone)
        );
    }

    fn chart(&mut self, chart: &Chart) {
        self.charts += 1;
        let _ = write!(self.out, "<figure>\n<figcaption>{}", safe(&chart.title));
        if let Plot::Lines(lines) = &chart.plot
            && lines.lines.len() > 1
        {
            self.out.push_str("<span class=\"legend\">");
            for (n, (name, _)) in lines.lines.iter().enumerate() {
                let class = if n == 0 { "key" } else { "key other" };
                let _ = write!(self.out, "<i class=\"{class}\"></i>{} ", safe(name));
            }
            self.out.push_str("</span>");
        }
        let drawn = svg::chart(chart, self.charts);
        let _ = write!(self.out, "</figcaption>\n{drawn}\n</figure>\n");
    }

    fn table(&mut self, table: &Table) {
        let caption = safe(&table.caption);
        let _ = write!(
            self.out,
            "<div class=\"scroll\"><table>\n<caption>{caption}</caption>\n<thead><tr>"
        );
        for (label, align) in &table.head {
            let _ = write!(self.out, "<th scope=\"col\"{}>{}</th>", side(*align), safe(label));
        }
        self.out.push_str("</tr></thead>\n<tbody>\n");
        for (n, row) in table.rows.iter().enumerate() {
            match row {
                Row::Group(name) => {
                    if n > 0 {
                        self.out.push_str("</tbody>\n<tbody>\n");
                    }
                    let columns = table.head.len();
                    let _ = writeln!(
                        self.out,
                        "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{columns}\">{}</th></tr>",
                        safe(name)
                    );
                }
                Row::Cells(cells) | Row::Total(cells) => {
                    let is_total = matches!(row, Row::Total(_));
                    self.out.push_str(if is_total { "<tr class=\"total\">" } else { "<tr>" });
                    for (n, (cell, (_, align))) in cells.iter().zip(&table.head).enumerate() {
                        let inside = self.cell(cell);
                        let (side, tone) = (side(*align), class(cell.tone));
                        let _ = match n {
                            0 => write!(self.out, "<th scope=\"row\"{side}>{inside}</th>"),
                            _ if cell.tone == Tone::Plain => {
                                write!(self.out, "<td{side}>{inside}</td>")
                            }
                            _ => write!(
                                self.out,
                                "<td{side}><span class=\"{tone}\">{inside}</span></td>"
                            ),
                        };
                    }
                    self.out.push_str("</tr>\n");
                }
            }
        }
        self.out.push_str("</tbody>\n</table></div>\n");
    }

    fn cell(&self, cell: &Cell) -> String {
        if let Some(values) = &cell.spark {
            let says =
                if cell.text.is_empty() { say::COL_WAY.say(self.lang) } else { cell.text.clone() };
            return svg::spark(values, &says);
        }
        let mut text = safe(&cell.text);
        if let Some(link) = &cell.link {
            let link = safe(link);
            text = format!("<a href=\"{link}\" rel=\"noopener noreferrer\">{text}</a>");
        }
        if cell.is_strong {
            text = format!("<b>{text}</b>");
        }
        match &cell.note {
            Some(note) if !note.is_empty() => format!("{text} <small>{}</small>", safe(note)),
            _ => text,
        }
    }
}

fn side(align: Align) -> &'static str {
    match align {
        Align::Left => "",
        Align::Center => " class=\"c\"",
        Align::Right => " class=\"r\"",
    }
}
