//! Cuts what a source gives into rows, one at a time, holding no more than one bounded row.
//!
//! A row is a line, or for CSV a record that may go over several lines within quotes (RFC 4180). A
//! row over the bound is passed over without being kept. A quote that is never closed costs the
//! line it stands in and nothing else: reading goes on with the line after it.

use std::io::{self, Read};

/// The most bytes of a row; longer ones are passed over.
pub const MOST: usize = 256 * 1024;

/// How many bytes of a row that is passed over are still there to be shown.
pub const HEAD: usize = 2 * 1024;

/// Bytes asked of the source at a time.
const READ: usize = 64 * 1024;

/// How rows are parted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One row a line.
    Lines,
    /// CSV with this delimiter.
    Quoted(u8),
    /// Rows of a sheet: each a record of CSV, ended by a mark of its own and counted as one line.
    Sheet,
}

impl Shape {
    /// What parts the fields of a row; `None` = it has none.
    pub fn delimiter(self) -> Option<u8> {
        match self {
            Shape::Lines => None,
            Shape::Quoted(delimiter) => Some(delimiter),
            Shape::Sheet => Some(b','),
        }
    }

    /// What ends a row, where it is looked for without regard to quotes.
    fn end(self) -> u8 {
        if self == Shape::Sheet { super::book::ROW_END } else { b'\n' }
    }
}

/// What a row is fit for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// Whole.
    Whole,
    /// Over [`MOST`]; the bytes are its first [`HEAD`].
    TooLong,
    /// A quote that is not closed, or not where it may be; the bytes are one line.
    BadQuotes,
    /// The source broke off in the middle of it.
    CutOff,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The number of its first line, from 1.
    pub line: u64,
    /// What it is fit for.
    pub fitness: Fitness,
    /// Its bytes without the line break at the end.
    pub bytes: &'a [u8],
}

/// Where the scan for the end of a CSV record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scan {
    FieldStart,
    Unquoted,
    Quoted,
    /// Behind a quote within quotes: an escaped one follows, or the field is over.
    Closing,
    /// Behind a closing quote and a CR.
    ClosingCr,
}

/// What the scan came to.
enum Found {
    /// The record ends before this place; the next begins behind its line break.
    End(usize),
    /// A quote is not where it may be.
    Bad,
    /// More bytes are needed.
    More,
}

/// Reads rows.
pub struct Rows<R> {
    input: R,
    shape: Shape,
    /// How many fields a record has; 0 = not known. Tells an unclosed quote from a long text.
    fields: usize,
    buf: Vec<u8>,
    /// Where the row begins in `buf`.
    start: usize,
    /// Up to where `buf` was scanned.
    scanned: usize,
    scan: Scan,
    /// The number of the line at `start`.
    line: u64,
    at_start: bool,
    ended: bool,
    broken: Option<io::Error>,
}

impl<R: Read> Rows<R> {
    /// Rows of a source, from its first byte on.
    pub fn new(input: R, shape: Shape) -> Rows<R> {
        Rows {
            input,
            shape,
            fields: 0,
            buf: Vec::new(),
            start: 0,
            scanned: 0,
            scan: Scan::FieldStart,
            line: 1,
            at_start: true,
            ended: false,
            broken: None,
        }
    }

    /// Tells how many fields a record has, once the header is known.
    pub fn expect_fields(&mut self, n: usize) {
        self.fields = n;
    }

    /// Why the source could not be read to its end, when it could not.
    pub fn broken(&self) -> Option<&io::Error> {
        self.broken.as_ref()
    }

    /// The number of the line that the next row begins on.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The source itself.
    pub fn input(&mut self) -> &mut R {
        &mut self.input
    }

    /// Begins anew with what the source gives from now on (another file in its place).
    pub fn restart(&mut self) {
        self.buf.clear();
        (self.start, self.scanned, self.scan) = (0, 0, Scan::FieldStart);
        (self.line, self.at_start, self.ended, self.broken) = (1, true, false, None);
    }

    /// The next row that is not empty; `None` at the end, or where the source broke off.
    pub fn next_row(&mut self) -> Option<Row<'_>> {
        loop {
            let (line, fitness, from, to) = self.advance()?;
            let to = if self.buf[from..to].ends_with(b"\r") { to - 1 } else { to };
            if from == to && fitness == Fitness::Whole {
                continue;
            }
            return Some(Row { line, fitness, bytes: &self.buf[from..to] });
        }
    }

    /// Finds the next row and moves behind it.
    fn advance(&mut self) -> Option<(u64, Fitness, usize, usize)> {
        self.forget_done();
        loop {
            if self.at_start && self.skip_bom() {
                continue;
            }
            match self.find_end(false) {
                Found::End(end) => {
                    return Some(self.take(Fitness::Whole, end, end + 1));
                }
                Found::Bad => return self.take_first_line(),
                Found::More if self.buf.len() - self.start > MOST => return self.over_bound(),
                Found::More if !self.ended => self.refill(),
                Found::More => return self.last(),
            }
        }
    }

    /// A byte order mark at the beginning is no part of the first row. True when it has to wait
    /// for more bytes or took one away.
    fn skip_bom(&mut self) -> bool {
        const BOM: &[u8] = b"\xef\xbb\xbf";
        if self.buf.len() < BOM.len() && !self.ended {
            self.refill();
            return true;
        }
        self.at_start = false;
        if self.buf.starts_with(BOM) {
            self.start = BOM.len();
            self.scanned = BOM.len();
        }
        false
    }

    /// Drops what was handed out already, so that `buf` holds no more than a row and a read.
    fn forget_done(&mut self) {
        if self.start > READ || self.start == self.buf.len() {
            self.buf.drain(..self.start);
            self.scanned -= self.start;
            self.start = 0;
        }
    }

    fn refill(&mut self) {
        let filled = self.buf.len();
        self.buf.resize(filled + READ, 0);
        let got = loop {
            match self.input.read(&mut self.buf[filled..]) {
                Ok(n) => break n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.broken = Some(e);
                    break 0;
                }
            }
        };
        self.buf.truncate(filled + got);
        self.ended |= got == 0;
    }

    fn find_end(&mut self, lenient: bool) -> Found {
        let Shape::Quoted(delimiter) = self.shape else {
            let ends = self.shape.end();
            let found = self.buf[self.scanned..].iter().position(|b| *b == ends);
            let end = found.map(|i| self.scanned + i);
            self.scanned = self.buf.len();
            return end.map_or(Found::More, Found::End);
        };
        let mut scan = self.scan;
        for (i, b) in self.buf[self.scanned..].iter().copied().enumerate() {
            scan = match scan {
                Scan::FieldStart if b == b'"' => Scan::Quoted,
                Scan::FieldStart | Scan::Unquoted => match b {
                    b'\n' => return Found::End(self.scanned + i),
                    b if b == delimiter => Scan::FieldStart,
                    _ => Scan::Unquoted,
                },
                Scan::Quoted if b == b'"' => Scan::Closing,
                Scan::Quoted => Scan::Quoted,
                Scan::Closing | Scan::ClosingCr => match b {
                    b'\n' => return Found::End(self.scanned + i),
                    b'"' if scan == Scan::Closing => Scan::Quoted,
                    b'\r' if scan == Scan::Closing => Scan::ClosingCr,
                    b if b == delimiter && scan == Scan::Closing => Scan::FieldStart,
                    _ if lenient => Scan::Quoted,
                    _ => return Found::Bad,
                },
            };
        }
        self.scan = scan;
        self.scanned = self.buf.len();
        Found::More
    }

    /// Hands out `start..end` and goes on at `next`.
    fn take(&mut self, fitness: Fitness, end: usize, next: usize) -> (u64, Fitness, usize, usize) {
        let (from, line) = (self.start, self.line);
        let next = next.min(self.buf.len());
        self.line += self.count_lines(&self.buf[from..next]);
        (self.start, self.scanned, self.scan) = (next, next, Scan::FieldStart);
        (line, fitness, from, end)
    }

    /// Only the first line of the record is at fault: the rest is read again as rows.
    fn take_first_line(&mut self) -> Option<(u64, Fitness, usize, usize)> {
        loop {
            let line = self.buf[self.start..].iter().position(|b| *b == b'\n');
            let end = line.map_or(self.buf.len(), |i| self.start + i);
            if end - self.start > MOST {
                return Some(self.pass_over());
            }
            if line.is_some() || self.ended {
                let cut = line.is_none() && self.broken.is_some();
                let fitness = if cut { Fitness::CutOff } else { Fitness::BadQuotes };
                return Some(self.take(fitness, end, end + 1));
            }
            self.refill();
        }
    }

    /// The source is over; so is its last row, which had no line break.
    fn last(&mut self) -> Option<(u64, Fitness, usize, usize)> {
        let end = self.buf.len();
        if self.start == end {
            return None;
        }
        if self.scan == Scan::Quoted && self.looks_unclosed() {
            return self.take_first_line();
        }
        let fitness = match (&self.broken, self.scan) {
            (Some(_), _) => Fitness::CutOff,
            (None, Scan::Quoted) => Fitness::BadQuotes,
            (None, _) => Fitness::Whole,
        };
        Some(self.take(fitness, end, end))
    }

    /// The row is longer than a row may be: an unclosed quote, or a long text.
    fn over_bound(&mut self) -> Option<(u64, Fitness, usize, usize)> {
        if self.scan == Scan::Quoted && self.looks_unclosed() {
            return self.take_first_line();
        }
        Some(self.pass_over())
    }

    /// Reads to the end of the row without keeping more of it than its head.
    fn pass_over(&mut self) -> (u64, Fitness, usize, usize) {
        let line = self.line;
        let mut head = self.buf[self.start..self.start + HEAD].to_vec();
        loop {
            // What was scanned is no longer needed; the scan goes on in what comes.
            self.line += self.count_lines(&self.buf[self.start..self.scanned]);
            self.buf.drain(..self.scanned);
            (self.start, self.scanned) = (0, 0);
            // A stray quote does not matter in a text that is passed over anyway.
            match self.find_end(true) {
                Found::End(end) => {
                    self.take(Fitness::TooLong, end, end + 1);
                    break;
                }
                Found::More | Found::Bad if self.ended => {
                    self.line += self.count_lines(&self.buf);
                    self.buf.clear();
                    (self.start, self.scanned, self.scan) = (0, 0, Scan::FieldStart);
                    break;
                }
                Found::More | Found::Bad => self.refill(),
            }
        }
        // The head is put before what comes next, as already done.
        let shown = head.len();
        let rest = self.buf.split_off(self.start);
        head.extend_from_slice(&rest);
        self.buf = head;
        (self.start, self.scanned) = (shown, shown);
        (line, Fitness::TooLong, 0, shown)
    }

    fn count_lines(&self, bytes: &[u8]) -> u64 {
        let end = self.shape.end();
        bytes.iter().filter(|b| **b == end).count() as u64
    }

    /// True when the lines behind the first one look like records of their own rather than like
    /// a text: most of the next twenty have as many fields as a record.
    fn looks_unclosed(&self) -> bool {
        let Shape::Quoted(delimiter) = self.shape else { return false };
        let mut lines = self.buf[self.start..].split(|b| *b == b'\n').skip(1).peekable();
        let (mut alike, mut all) = (0, 0);
        while let Some(line) = lines.next() {
            // The last one may be cut by the buffer's end.
            if lines.peek().is_none() && !self.ended || all == 20 {
                break;
            }
            if line.is_empty() {
                continue;
            }
            all += 1;
            let fields = super::quoted::Fields::of(line, delimiter);
            alike += usize::from(self.fields > 1 && fields.len() == self.fields);
        }
        alike * 2 > all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// Gives its bytes in small pieces, then perhaps breaks.
    struct Dribble<'a> {
        bytes: &'a [u8],
        piece: usize,
        breaks: bool,
    }

    impl Read for Dribble<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let n = self.piece.min(self.bytes.len()).min(buf.len());
            if n == 0 && self.breaks {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            buf[..n].copy_from_slice(&self.bytes[..n]);
            self.bytes = &self.bytes[n..];
            Ok(n)
        }
    }

    fn rows_of(input: impl Read, shape: Shape, fields: usize) -> Vec<(u64, Fitness, String)> {
        let mut rows = Rows::new(input, shape);
        rows.expect_fields(fields);
        let mut all = Vec::new();
        while let Some(r) = rows.next_row() {
            all.push((r.line, r.fitness, String::from_utf8_lossy(r.bytes).into_owned()));
        }
        all
    }

    fn csv(text: &str) -> Vec<(u64, Fitness, String)> {
        rows_of(text.as_bytes(), Shape::Quoted(b','), 3)
    }

    fn whole(line: u64, text: &str) -> (u64, Fitness, String) {
        (line, Fitness::Whole, text.to_owned())
    }

    fn bad(line: u64, text: &str) -> (u64, Fitness, String) {
        (line, Fitness::BadQuotes, text.to_owned())
    }

    #[test]
    fn lines_are_rows_and_empty_ones_are_none() {
        let rows = rows_of(&b"\xef\xbb\xbfone\r\n\r\n\ntwo\nthree"[..], Shape::Lines, 0);
        assert_eq!(rows, [whole(1, "one"), whole(4, "two"), whole(5, "three")]);
    }

    #[test]
    fn a_quoted_field_may_go_over_lines() {
        let rows = csv("1,\"a \"\"b\"\"\n\nc\",t\r\n2,\"d,e\",t\n3,f \"g\" h,t");
        assert_eq!(
            rows,
            [
                whole(1, "1,\"a \"\"b\"\"\n\nc\",t"),
                whole(4, "2,\"d,e\",t"),
                whole(5, "3,f \"g\" h,t")
            ]
        );
    }

    #[rstest]
    #[case::found_at_the_next_quote("1,\"a,t\n2,b,t\n3,\"c\",t\n", &[2, 3])]
    #[case::found_at_the_end("1,\"a,t\n2,b,t\n3,c,t\n", &[2, 3])]
    #[case::within_one_line("1,\"a\"b,t\n2,c,t\n", &[2])]
    fn an_unclosed_quote_costs_its_line_alone(#[case] text: &str, #[case] kept: &[u64]) {
        let rows = csv(text);
        assert_eq!(rows[0], bad(1, text.lines().next().unwrap()));
        let lines: Vec<u64> = rows[1..].iter().map(|r| r.0).collect();
        assert_eq!(lines, kept);
        assert!(rows[1..].iter().all(|r| r.1 == Fitness::Whole));
    }

    #[test]
    fn an_unclosed_quote_in_a_long_file_costs_its_line_alone() {
        let text = format!("1,\"a,t\n{}", "2,b,t\n".repeat(2 * MOST / 6));
        let rows = csv(&text);
        assert_eq!(rows[0], bad(1, "1,\"a,t"));
        assert_eq!(rows.len(), 1 + 2 * MOST / 6);
    }

    #[rstest]
    #[case::unquoted("x".repeat(10 << 20), 2)]
    #[case::quoted(format!("\"{}\"", "x\n".repeat(5 << 20)), (5 << 20) + 2)]
    #[case::quoted_with_stray_quotes(format!("\"{}\"", "x\"y z".repeat(2 << 20)), 2)]
    fn a_huge_field_is_one_row_and_is_not_held(#[case] field: String, #[case] next: u64) {
        let text = format!("1,{field},t\n2,b,t\n");
        let mut rows = Rows::new(text.as_bytes(), Shape::Quoted(b','));
        rows.expect_fields(3);
        let row = rows.next_row().unwrap();
        assert_eq!((row.line, row.fitness, row.bytes.len()), (1, Fitness::TooLong, HEAD));
        let row = rows.next_row().unwrap();
        assert_eq!((row.line, row.fitness, row.bytes), (next, Fitness::Whole, &b"2,b,t"[..]));
        assert_eq!(rows.next_row(), None);
        assert!(rows.buf.capacity() < 4 * MOST, "{}", rows.buf.capacity());
    }

    #[test]
    fn a_huge_line_is_one_row_also_at_the_end() {
        let text = format!("a\n{}", "x".repeat(2 * MOST));
        let rows = rows_of(text.as_bytes(), Shape::Lines, 0);
        assert_eq!((rows.len(), rows[1].0, rows[1].1), (2, 2, Fitness::TooLong));
    }

    #[test]
    fn where_the_source_breaks_the_last_row_is_cut_off_and_the_others_are_whole() {
        let input = Dribble { bytes: b"1,a,t\n2,b,t\n3,\"c", piece: 4, breaks: true };
        let mut rows = Rows::new(input, Shape::Quoted(b','));
        let mut seen = Vec::new();
        while let Some(r) = rows.next_row() {
            seen.push((r.line, r.fitness));
        }
        assert_eq!(seen, [(1, Fitness::Whole), (2, Fitness::Whole), (3, Fitness::CutOff)]);
        assert!(rows.broken().is_some());
    }

    proptest! {
        #[test]
        fn whatever_the_pieces_the_rows_are_the_same(
            text in "[ab,\"\r\n]{0,80}",
            piece in 1usize..9,
        ) {
            let whole = rows_of(text.as_bytes(), Shape::Quoted(b','), 2);
            let input = Dribble { bytes: text.as_bytes(), piece, breaks: false };
            prop_assert_eq!(rows_of(input, Shape::Quoted(b','), 2), whole);
        }

        #[test]
        fn what_a_csv_writer_writes_is_read_back(
            table in proptest::collection::vec(proptest::array::uniform3("[a,\"\r\n 喂]{0,8}"), 1..8),
        ) {
            let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(vec![]);
            for record in &table {
                writer.write_record(record).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let mut rows = Rows::new(&bytes[..], Shape::Quoted(b','));
            rows.expect_fields(3);
            let mut read = Vec::new();
            while let Some(r) = rows.next_row() {
                prop_assert_eq!(r.fitness, Fitness::Whole);
                let fields = super::super::quoted::Fields::of(r.bytes, b',');
                let record: Vec<String> =
                    (0..fields.len()).map(|i| String::from_utf8_lossy(fields.get(i)).into_owned()).collect();
                read.push(record);
            }
            let table: Vec<Vec<String>> = table.into_iter().map(|r| r.to_vec()).collect();
            prop_assert_eq!(read, table);
        }
    }
}
