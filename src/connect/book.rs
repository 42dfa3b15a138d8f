//! Sheets of an XLSX workbook as rows of text.
//!
//! A workbook is a zip archive of XML that refers to itself: a small file can stand for a huge one.
//! So the archive is unpacked once to nowhere, within [`UNPACKED`], before anything reads it, and
//! what its cells say is written out only up to [`TEXT`]. What is over is told, never cut.

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use std::io::{self, Cursor, Read};
use zip::ZipArchive;

/// The most bytes of the file itself.
pub const PACKED: u64 = 50 << 20;
/// The most bytes it unpacks to.
pub const UNPACKED: u64 = 256 << 20;
/// The most bytes of text in its cells, of all sheets together.
pub const TEXT: usize = 128 << 20;
/// The most files in the archive; a workbook has some dozens.
const FILES: usize = 4096;
/// The last column that is read; spreadsheets end at 16,384.
const COLUMNS: u32 = 1024;

/// Between rows of a sheet: a character that XML cannot hold.
pub const ROW_END: u8 = 0x1e;

/// One sheet: a record of CSV for each of its rows, each ended by [`ROW_END`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What its tab says.
    pub name: String,
    /// The rows, from its first on, empty ones too.
    pub rows: Vec<u8>,
}

/// Why a workbook cannot be read.
#[derive(Debug)]
pub enum BookError {
    /// It is larger than one may be.
    TooLarge,
    /// It cannot be read at all.
    Unreadable(io::Error),
    /// It is a zip archive of something else, is locked with a password, or is damaged.
    NoBook(String),
}

/// Reads all sheets of a workbook.
///
/// # Errors
/// See [`BookError`].
pub fn sheets(file: impl Read) -> Result<Vec<Sheet>, BookError> {
    let mut bytes = Vec::new();
    file.take(PACKED + 1).read_to_end(&mut bytes).map_err(BookError::Unreadable)?;
    if bytes.len() as u64 > PACKED {
        return Err(BookError::TooLarge);
    }
    weigh(&bytes, UNPACKED)?;
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|e| BookError::NoBook(e.to_string()))?;
    let mut sheets = Vec::new();
    let mut left = TEXT;
    for name in book.sheet_names() {
        // A sheet of charts has no cells.
        let Ok(rows) = rows(&mut book, &name, left)? else { continue };
        left -= rows.len();
        sheets.push(Sheet { name, rows });
    }
    Ok(sheets)
}

/// Unpacks every file of the archive to nowhere: none of them may lie about its size.
fn weigh(bytes: &[u8], most: u64) -> Result<(), BookError> {
    let broken = |e: &dyn std::fmt::Display| BookError::NoBook(e.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    if archive.len() > FILES {
        return Err(BookError::TooLarge);
    }
    let mut left = most;
    for i in 0..archive.len() {
        let file = archive.by_index(i).map_err(|e| broken(&e))?;
        let size = io::copy(&mut file.take(left + 1), &mut io::sink()).map_err(|e| broken(&e))?;
        left = left.checked_sub(size).ok_or(BookError::TooLarge)?;
    }
    Ok(())
}

type Book = Xlsx<Cursor<Vec<u8>>>;

/// The rows of a sheet; the inner error says that it has none.
fn rows(book: &mut Book, name: &str, most: usize) -> Result<Result<Vec<u8>, ()>, BookError> {
    let Ok(mut cells) = book.worksheet_cells_reader(name) else { return Ok(Err(())) };
    let mut out = Vec::new();
    let (mut row, mut column) = (0, 0);
    loop {
        let cell = match cells.next_cell() {
            Ok(Some(cell)) => cell,
            Ok(None) => break,
            Err(e) => return Err(BookError::NoBook(e.to_string())),
        };
        let (r, c) = cell.get_position();
        // Cells come in the order of the sheet; those of a file that mixes them are left out.
        if c >= COLUMNS || r < row || r == row && c < column {
            continue;
        }
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        while row < r {
            out.push(ROW_END);
            (row, column) = (row + 1, 0);
        }
        while column < c {
            out.push(b',');
            column += 1;
        }
        quoted(&text, &mut out);
        if out.len() > most {
            return Err(BookError::TooLarge);
        }
    }
    out.push(ROW_END);
    Ok(Ok(out))
}

/// A cell as a field of CSV.
fn quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for b in text.bytes() {
        match b {
            b'"' => out.extend_from_slice(b"\"\""),
            ROW_END => out.push(b' '),
            b => out.push(b),
        }
    }
    out.push(b'"');
}

/// What a cell says, as text: dates as `2026-01-02 10:11:12`, a day without a time as the day alone.
fn text(value: &DataRef) -> String {
    match value {
        DataRef::String(s) => s.clone(),
        DataRef::SharedString(s) => (*s).to_owned(),
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) => number(*n),
        DataRef::Bool(b) => b.to_string(),
        DataRef::DateTime(t) => moment(t),
        DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => s.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// A number without an exponent. Sheets count in binary: `0.1 + 0.2` is to be 0.3 again.
fn number(n: f64) -> String {
    if !n.is_finite() {
        return String::new();
    }
    if n == n.trunc() && n.abs() < 1e15 {
        return format!("{n:.0}");
    }
    let text = format!("{n:.12}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn moment(t: &ExcelDateTime) -> String {
    let serial = t.as_f64();
    if t.is_duration() || (0.0..1.0).contains(&serial) {
        let seconds = (serial * 86_400.0).round();
        if !(0.0..1e9).contains(&seconds) {
            return String::new();
        }
        let s = seconds as u64;
        return format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    }
    let (year, month, day, hour, minute, second, milli) = t.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        (_, _, _, 0) => format!("{date} {hour:02}:{minute:02}:{second:02}"),
        _ => format!("{date} {hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}

/// Workbooks for tests, written by hand: what the reader is tried with comes from elsewhere.
#[cfg(test)]
pub mod testing {
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// A cell.
    pub enum Cell {
        /// A text of its own.
        Text(&'static str),
        /// A number.
        Number(f64),
        /// A number that is shown as a day and a time.
        Date(f64),
    }

    /// A workbook of sheets, each a name and its rows.
    pub fn book(sheets: &[(&str, Vec<Vec<Cell>>)]) -> Vec<u8> {
        let head = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006";
        let mut types = String::new();
        let mut list = String::new();
        let mut links = String::new();
        for (i, (name, _)) in (1..).zip(sheets) {
            types += &format!(
                r#"<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#
            );
            list += &format!(r#"<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>"#);
            links += &format!(
                r#"<Relationship Id="rId{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.xml"/>"#
            );
        }
        let mut files = vec![
            (
                "[Content_Types].xml".to_owned(),
                format!(
                    r#"{head}<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{types}</Types>"#
                ),
            ),
            (
                "_rels/.rels".to_owned(),
                format!(
                    r#"{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml".to_owned(),
                format!(
                    r#"{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{list}</sheets></workbook>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels".to_owned(),
                format!(
                    r#"{head}<Relationships xmlns="{package}/relationships">{links}<Relationship Id="rId99" Type="{office}/styles" Target="styles.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/styles.xml".to_owned(),
                format!(
                    r#"{head}<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>"#
                ),
            ),
        ];
        for (i, (_, rows)) in (1..).zip(sheets) {
            let mut data = String::new();
            for (r, row) in (1..).zip(rows) {
                data += &format!(r#"<row r="{r}">"#);
                for (c, cell) in row.iter().enumerate() {
                    let place = format!("{}{r}", char::from(b'A' + u8::try_from(c).unwrap()));
                    data += &match cell {
                        Cell::Text("") => String::new(),
                        Cell::Text(t) => format!(
                            r#"<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{t}</t></is></c>"#
                        ),
                        Cell::Number(n) => format!(r#"<c r="{place}"><v>{n}</v></c>"#),
                        Cell::Date(n) => format!(r#"<c r="{place}" s="1"><v>{n}</v></c>"#),
                    };
                }
                data += "</row>";
            }
            files.push((
                format!("xl/worksheets/sheet{i}.xml"),
                format!(
                    r#"{head}<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>"#
                ),
            ));
        }
        zipped(files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())))
    }

    /// A zip archive of these files.
    pub fn zipped<'f>(files: impl Iterator<Item = (&'f str, &'f [u8])>) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{Cell, book, zipped};
    use super::*;
    use crate::connect::rows::{Rows, Shape};

    fn lines(sheet: &Sheet) -> Vec<(u64, String)> {
        let mut rows = Rows::new(sheet.rows.as_slice(), Shape::Sheet);
        let mut all = Vec::new();
        while let Some(row) = rows.next_row() {
            all.push((row.line, String::from_utf8(row.bytes.to_vec()).unwrap()));
        }
        all
    }

    #[test]
    fn cells_become_text_and_rows_keep_their_numbers() {
        let file = book(&[
            (
                "数据",
                vec![
                    vec![Cell::Text("时间"), Cell::Text(""), Cell::Text("曝光")],
                    vec![],
                    vec![Cell::Date(46_024.0), Cell::Number(0.325), Cell::Number(22_000.0)],
                    vec![Cell::Date(46_024.424_444_444), Cell::Text("a \"b\"\nc"), Cell::Date(0.5)],
                ],
            ),
            ("空", vec![]),
        ]);
        let sheets = sheets(file.as_slice()).unwrap();
        assert_eq!((sheets[0].name.as_str(), sheets[1].name.as_str()), ("数据", "空"));
        let expected = [
            (1, "\"时间\",,\"曝光\""),
            (3, "\"2026-01-02\",\"0.325\",\"22000\""),
            (4, "\"2026-01-02 10:11:12\",\"a \"\"b\"\"\nc\",\"12:00:00\""),
        ];
        assert_eq!(lines(&sheets[0]), expected.map(|(n, s)| (n, s.to_owned())));
        assert_eq!(lines(&sheets[1]), []);
    }

    #[test]
    fn what_is_no_workbook_or_too_large_is_told() {
        let other = zipped([("a.txt", b"hello".as_slice())].into_iter());
        assert!(matches!(sheets(other.as_slice()), Err(BookError::NoBook(_))));
        assert!(matches!(sheets(&b"PK\x03\x04 and then nothing"[..]), Err(BookError::NoBook(_))));
        // A hundred times as large unpacked as packed.
        let nothing = vec![b' '; 1 << 20];
        let bomb = zipped([("xl/sharedStrings.xml", nothing.as_slice())].into_iter());
        assert!(bomb.len() < 10_000);
        assert!(matches!(weigh(&bomb, 100_000), Err(BookError::TooLarge)));
        assert!(weigh(&bomb, 1 << 20).is_ok());
        let endless = io::repeat(b'P');
        assert!(matches!(sheets(endless), Err(BookError::TooLarge)));
    }
}
