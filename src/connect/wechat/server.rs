//! As much of an HTTP/1.1 server as a callback behind a reverse proxy needs: one request a
//! connection, everything bounded in size and time, no request that could be read in two ways.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// The most bytes of a request before its body, the lines of chunks and trailers included.
const MOST_HEAD: usize = 16 << 10;
/// The most bytes of a body. A message is 2 KB, encrypted 4.
pub const MOST_BODY: usize = 64 << 10;
/// How long a client may take for its request. The platform itself gives up after five seconds.
pub const PATIENCE: Duration = Duration::from_secs(4);
/// How long we wait for a client that does not take its answer, or does not close.
const LAST: Duration = Duration::from_millis(500);

/// A request.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`.
    pub method: String,
    /// The path, as it was sent.
    pub path: String,
    query: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer: a status and a text.
pub type Answer = (u16, String);

impl Request {
    /// A value of the query; empty when it is not there.
    pub fn query(&self, name: &str) -> &str {
        self.query.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }
}

/// Reads a request from a connection, has it answered, and closes the connection.
///
/// # Errors
/// When the client went away.
pub fn serve(
    stream: &TcpStream,
    patience: Duration,
    answer: impl FnOnce(&Request) -> Answer,
) -> io::Result<()> {
    stream.set_write_timeout(Some(patience))?;
    let timed = Timed { stream, until: Instant::now() + patience };
    let (status, text) = match read(timed, stream) {
        Ok(request) => answer(&request),
        Err(Unread::Refused(status)) => (status, String::new()),
        Err(Unread::Gone(e)) => return Err(e),
    };
    reply(stream, status, &text)?;
    // Closing with something unread would take the answer away from the client again.
    stream.shutdown(Shutdown::Write)?;
    let rest = Timed { stream, until: Instant::now() + LAST };
    io::copy(&mut rest.take(MOST_BODY as u64), &mut io::sink()).map(drop)
}

/// Answers.
///
/// # Errors
/// When the client went away.
pub fn reply(mut to: impl Write, status: u16, text: &str) -> io::Result<()> {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Internal Server Error",
    };
    let length = text.len();
    to.write_all(
        format!(
            "HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n\
             X-Content-Type-Options: nosniff\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{text}"
        )
        .as_bytes(),
    )
}

/// Reads that end at one moment, however slowly the bytes come.
struct Timed<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut stream = self.stream;
        stream.read(buffer)
    }
}

/// Why nothing could be read.
#[derive(Debug)]
pub enum Unread {
    /// Answered with this status.
    Refused(u16),
    /// The client went away; nobody is there to be answered.
    Gone(io::Error),
}

impl From<io::Error> for Unread {
    fn from(e: io::Error) -> Unread {
        match e.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Unread::Refused(408),
            _ => Unread::Gone(e),
        }
    }
}

struct Input<R> {
    from: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    head: usize,
}

impl<R: Read> Input<R> {
    fn fill(&mut self) -> Result<(), Unread> {
        (self.start, self.end) = (0, self.from.read(&mut self.buffer)?);
        if self.end == 0 {
            return Err(Unread::Gone(io::ErrorKind::UnexpectedEof.into()));
        }
        Ok(())
    }

    /// A line without its end, as a part of the head.
    fn line(&mut self) -> Result<String, Unread> {
        let mut line = Vec::new();
        loop {
            if self.start == self.end {
                self.fill()?;
            }
            let byte = self.buffer[self.start];
            self.start += 1;
            self.head += 1;
            if self.head > MOST_HEAD {
                return Err(Unread::Refused(431));
            }
            if byte == b'\n' {
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                // A return or a zero within a line is read differently by different servers.
                return match String::from_utf8(line) {
                    Ok(line) if !line.contains(['\r', '\0']) => Ok(line),
                    _ => Err(Unread::Refused(400)),
                };
            }
            line.push(byte);
        }
    }

    fn bytes(&mut self, body: &mut Vec<u8>, mut count: usize) -> Result<(), Unread> {
        if body.len().saturating_add(count) > MOST_BODY {
            return Err(Unread::Refused(413));
        }
        while count > 0 {
            if self.start == self.end {
                self.fill()?;
            }
            let part = count.min(self.end - self.start);
            body.extend_from_slice(&self.buffer[self.start..self.start + part]);
            self.start += part;
            count -= part;
        }
        Ok(())
    }
}

/// Reads a request; `back` is told to go on when it asks for that.
///
/// # Errors
/// When it is none that is served, or nothing more came.
pub fn read(from: impl Read, mut back: impl Write) -> Result<Request, Unread> {
    let mut input = Input { from, buffer: vec![0; 4096].into(), start: 0, end: 0, head: 0 };
    let first = input.line()?;
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Unread::Refused(400));
    };
    if !matches!(version, "HTTP/1.1" | "HTTP/1.0") {
        return Err(Unread::Refused(505));
    }
    let (mut length, mut is_chunked, mut expects) = (None, false, false);
    loop {
        let line = input.line()?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or(Unread::Refused(400))?;
        let value = value.trim_matches([' ', '\t']);
        if name.is_empty() || name.contains([' ', '\t']) {
            return Err(Unread::Refused(400));
        }
        if name.eq_ignore_ascii_case("content-length") {
            let is_number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
            if !is_number || length.is_some() {
                return Err(Unread::Refused(400));
            }
            // More than fits a number is more than fits here.
            length = Some(value.parse().unwrap_or(usize::MAX));
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            if is_chunked || !value.eq_ignore_ascii_case("chunked") {
                return Err(Unread::Refused(501));
            }
            is_chunked = true;
        } else if name.eq_ignore_ascii_case("expect") {
            if !value.eq_ignore_ascii_case("100-continue") {
                return Err(Unread::Refused(417));
            }
            expects = true;
        }
    }
    if is_chunked && length.is_some() {
        return Err(Unread::Refused(400));
    }
    if method == "POST" && !is_chunked && length.is_none() {
        return Err(Unread::Refused(411));
    }
    if length.is_some_and(|length| length > MOST_BODY) {
        return Err(Unread::Refused(413));
    }
    if expects && version == "HTTP/1.1" {
        back.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").map_err(Unread::Gone)?;
    }
    let mut body = Vec::new();
    if is_chunked {
        loop {
            let line = input.line()?;
            let digits = line.split(';').next().unwrap_or_default().trim();
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(Unread::Refused(400));
            }
            let size = usize::from_str_radix(digits, 16).map_err(|_| Unread::Refused(413))?;
            if size == 0 {
                break;
            }
            input.bytes(&mut body, size)?;
            if !input.line()?.is_empty() {
                return Err(Unread::Refused(400));
            }
        }
        while !input.line()?.is_empty() {}
    } else {
        input.bytes(&mut body, length.unwrap_or(0))?;
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    });
    Ok(Request { method: method.to_owned(), path: path.to_owned(), query: query.collect(), body })
}

/// A part of a query without its percent-encoding. What is no UTF-8 then fits no signature.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                match (hex(ahead.next()), hex(ahead.next())) {
                    (Some(high), Some(low)) => {
                        // Two hexadecimal digits are a byte.
                        bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                        rest = ahead;
                    }
                    _ => bytes.push(b'%'),
                }
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::net::TcpListener;
    use std::thread;

    fn parse(text: &str) -> Result<Request, u16> {
        read(text.as_bytes(), io::sink()).map_err(|e| match e {
            Unread::Refused(status) => status,
            Unread::Gone(_) => 0,
        })
    }

    #[test]
    fn a_request_with_everything() {
        let request = parse(
            "POST /wx?a=1&b=x%2By+z&%E7%89%A9=%zz&c HTTP/1.1\r\nHost: a\r\ncontent-length:  5 \r\n\r\nhello",
        )
        .unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/wx"));
        assert_eq!(request.body, b"hello");
        assert_eq!(
            ["a", "b", "物", "c", "d"].map(|n| request.query(n)),
            ["1", "x+y z", "%zz", "", ""]
        );
    }

    #[test]
    fn chunks_are_put_together() {
        let text = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n";
        assert_eq!(parse(text).unwrap().body, b"abcde");
    }

    #[rstest]
    #[case("", 0)]
    #[case("GET / HTTP/1.1\r\n", 0)]
    #[case("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", 0)]
    #[case("GET /\r\n\r\n", 400)]
    #[case("GET  / HTTP/1.1\r\n\r\n", 400)]
    #[case("GET / HTTP/2.0\r\n\r\n", 505)]
    #[case("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400)]
    #[case("GET / HTTP/1.1\r\nA : b\r\n\r\n", 400)]
    #[case("POST / HTTP/1.1\r\n\r\n", 411)]
    #[case("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400)]
    #[case("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", 400)]
    #[case("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413)]
    #[case("POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n", 413)]
    #[case(
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400
    )]
    #[case("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501)]
    #[case("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400)]
    #[case("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 413)]
    #[case("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n", 413)]
    #[case("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400)]
    #[case("POST / HTTP/1.1\r\nExpect: magic\r\n\r\n", 417)]
    fn what_is_no_request_is_refused(#[case] text: &str, #[case] status: u16) {
        assert_eq!(parse(text), Err(status));
    }

    #[test]
    fn a_head_without_end_is_refused() {
        assert_eq!(parse(&format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(MOST_HEAD))), Err(431));
        assert_eq!(parse(&format!("GET / HTTP/1.1\r\n{}", "A: b\r\n".repeat(9_000))), Err(431));
    }

    #[test]
    fn who_asks_first_is_told_to_go_on() {
        let mut back = Vec::new();
        let text = "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok";
        assert_eq!(read(text.as_bytes(), &mut back).unwrap().body, b"ok");
        assert_eq!(back, b"HTTP/1.1 100 Continue\r\n\r\n");
    }

    #[test]
    fn a_slow_client_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let client = thread::spawn(move || {
            let mut stream = TcpStream::connect(at).unwrap();
            let mut answer = String::new();
            // A byte now and then keeps nobody waiting.
            for _ in 0..5 {
                let _ = stream.write_all(b"G");
                thread::sleep(Duration::from_millis(30));
            }
            let _ = stream.read_to_string(&mut answer);
            answer
        });
        let (stream, _) = listener.accept().unwrap();
        let begun = Instant::now();
        let _ = serve(&stream, Duration::from_millis(100), |_| (200, String::new()));
        assert!(begun.elapsed() < Duration::from_secs(3));
        drop(stream);
        assert!(client.join().unwrap().starts_with("HTTP/1.1 408 "));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(bytes.as_slice(), io::sink());
        }

        #[test]
        fn nor_does_what_looks_like_http(parts in prop::collection::vec(prop::sample::select(vec![
            "GET ", "POST ", "/", "?a=%4", "&", "%", " HTTP/1.1", "\r\n", "\n", "\r", "Content-Length: ",
            "Transfer-Encoding: chunked", "Expect: 100-continue", "7", "0", "ff", ":", ";", "\0", "物",
        ]), 0..40)) {
            let _ = read(parts.concat().as_bytes(), io::sink());
        }
    }
}
