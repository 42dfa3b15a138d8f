//! HTTP as the built-in connectors use it: what a failure means for the next attempt is decided
//! here, once.
//!
//! Calls that change something never reuse a connection: a kept-alive one that the server has
//! dropped fails after the request was written, and makes a doubt out of nothing.

use super::protocol::{Budget, NackKind};
use super::sdk::{Not, Trouble};
use crate::domain::{Span, Time};
use serde::de::DeserializeOwned;
use std::io::{self, Read};
use std::time::Duration;
use ureq::http::{HeaderMap, Method, Request, Uri};
use ureq::{Agent, Timeout};

/// How long a connection may take, and a whole call.
const CONNECT: Duration = Duration::from_secs(10);
const CALL: Duration = Duration::from_secs(30);
/// The most bytes of an answer.
const MOST_BODY: u64 = 16 << 20;
/// How many redirects a read follows; a write follows none, since it would turn into a read.
const REDIRECTS: u32 = 3;

/// A client of one server.
pub struct Http {
    base: String,
    reads: Agent,
    writes: Agent,
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// No answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request has certainly not reached the server.
    NotSent(String),
    /// It may have.
    Unknown(String),
}

impl Fault {
    /// As a sentence for people.
    pub fn why(&self) -> &str {
        match self {
            Fault::NotSent(why) | Fault::Unknown(why) => why,
        }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        Trouble::away(fault.why())
    }
}

impl From<Fault> for Not {
    fn from(fault: Fault) -> Not {
        match fault {
            Fault::NotSent(why) => Not::new(NackKind::Retry, why),
            Fault::Unknown(why) => Not::new(NackKind::Unknown, why),
        }
    }
}

/// The body of a request.
pub enum Body<'a> {
    /// None.
    Empty,
    /// JSON.
    Json(&'a serde_json::Value),
    /// Fields of a form.
    Form(&'a [(&'a str, &'a str)]),
}

impl Http {
    /// A client of the server at this address, e.g. `https://mastodon.example`.
    ///
    /// # Errors
    /// When it is no web address, or would send credentials readable through the net.
    pub fn new(server: &str) -> Result<Http, String> {
        let base = server.trim().trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().map_err(|_| format!("{server:?} is no web address"))?;
        let host = uri.host().unwrap_or_default();
        let is_local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_local => {}
            Some("http") => {
                return Err(format!(
                    "{server} would send the password readable through the net: write https://"
                ));
            }
            _ => return Err(format!("{server:?} is no web address: write https://...")),
        }
        let agent = |reads: bool| {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .allow_non_standard_methods(true)
                .user_agent(concat!("dutydesk/", env!("CARGO_PKG_VERSION")))
                .timeout_connect(Some(CONNECT))
                .timeout_global(Some(CALL))
                .max_redirects(if reads { REDIRECTS } else { 0 })
                .max_redirects_will_error(false)
                .max_idle_connections(if reads { 2 } else { 0 });
            // A proxy has no business between us and ourselves.
            let config = if is_local { config.proxy(None) } else { config };
            Agent::new_with_config(config.build())
        };
        Ok(Http { base, reads: agent(true), writes: agent(false) })
    }

    /// The server's address, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Reads something. Tried once more when a kept connection turned out to be dropped.
    ///
    /// # Errors
    /// When no answer came.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Reply, Fault> {
        let once = || self.call(&self.reads, Method::GET, path, headers, &Body::Empty);
        match once() {
            Err(Fault::Unknown(_)) => once(),
            other => other,
        }
    }

    /// Changes something. Tried once, on a connection of its own.
    ///
    /// # Errors
    /// When no answer came; see [`Fault`] for what is known then.
    pub fn write(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body<'_>,
    ) -> Result<Reply, Fault> {
        self.call(&self.writes, method, path, headers, &body)
    }

    /// Opens an answer that goes on for as long as the server has something to say (server-sent
    /// events). A read ends with an error when nothing comes for `patience`.
    ///
    /// # Errors
    /// When no answer came, or not with 200.
    pub fn stream(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        patience: Duration,
    ) -> Result<impl Read + use<>, Fault> {
        let request = self.request(Method::GET, path, headers).body(()).map_err(bad)?;
        let request = self
            .writes
            .configure_request(request)
            .timeout_global(None)
            .timeout_per_read(Some(patience))
            .build();
        let answer = self.writes.run(request).map_err(|e| self.fault(&e))?;
        if answer.status() != 200 {
            return Err(Fault::Unknown(format!("{} answered {}", self.base, answer.status())));
        }
        Ok(answer.into_body().into_reader())
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> ureq::http::request::Builder {
        // What a server itself names as its next page is a whole address.
        let url = if path.starts_with("http") { path.into() } else { self.base.clone() + path };
        let builder = Request::builder().method(method).uri(url);
        headers.iter().fold(builder, |b, (name, value)| b.header(*name, *value))
    }

    fn call(
        &self,
        agent: &Agent,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Body<'_>,
    ) -> Result<Reply, Fault> {
        let request = self.request(method, path, headers);
        let answer = match body {
            Body::Empty => agent.run(request.body(()).map_err(bad)?),
            Body::Json(json) => {
                let request = request.header("content-type", "application/json; charset=utf-8");
                agent.run(request.body(json.to_string()).map_err(bad)?)
            }
            Body::Form(fields) => {
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                agent.run(request.body(form(fields)).map_err(bad)?)
            }
        };
        let (parts, body) = answer.map_err(|e| self.fault(&e))?.into_parts();
        let mut bytes = Vec::new();
        let read = body.into_with_config().limit(MOST_BODY).reader().read_to_end(&mut bytes);
        read.map_err(|e| Fault::Unknown(format!("{}: {e}", self.base)))?;
        Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, body: bytes })
    }

    fn fault(&self, e: &ureq::Error) -> Fault {
        let why = format!("{}: {e}", self.base);
        let is_before = match e {
            ureq::Error::Io(e) => matches!(
                e.kind(),
                io::ErrorKind::ConnectionRefused
                    | io::ErrorKind::HostUnreachable
                    | io::ErrorKind::NetworkUnreachable
                    | io::ErrorKind::AddrNotAvailable
            ),
            ureq::Error::Timeout(at) => matches!(at, Timeout::Resolve | Timeout::Connect),
            ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::BadUri(_)
            | ureq::Error::Http(_) => true,
            _ => false,
        };
        if is_before { Fault::NotSent(why) } else { Fault::Unknown(why) }
    }
}

fn bad(e: ureq::http::Error) -> Fault {
    Fault::NotSent(format!("a request that cannot be: {e}"))
}

impl Reply {
    /// True for 2xx.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header, when it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(|e| {
            let text = String::from_utf8_lossy(&self.body);
            let beginning: String = text.chars().take(80).collect();
            format!("the answer is not what it should be: {e} in {beginning:?}")
        })
    }

    /// When `Retry-After` says to come again: seconds, or a moment by the server's own clock.
    pub fn retry_after(&self) -> Option<Duration> {
        let said = self.header("retry-after")?.trim();
        if let Ok(seconds) = said.parse() {
            return Some(Duration::from_secs(seconds));
        }
        // By the server's clock on both sides: ours may be off.
        let until = http_date(said)? - http_date(self.header("date")?)?;
        Some(Duration::from_millis(u64::try_from(until.0).unwrap_or(0)))
    }

    /// The budget that rate-limit headers tell of: `RateLimit-Limit`, `-Remaining`, `-Reset`, with
    /// or without `X-`. The reset may be seconds from now, seconds since 1970, or RFC 3339.
    pub fn budget(&self, now: Time) -> Option<Budget> {
        let find = |name: &str| {
            self.header(&format!("x-ratelimit-{name}"))
                .or_else(|| self.header(&format!("ratelimit-{name}")))
        };
        let resets = find("reset").and_then(|reset| match reset.trim().parse::<i64>() {
            Ok(n) if n < 1_000_000_000 => Some(now + Span::seconds(n)),
            Ok(n) => Some(Time(n.saturating_mul(1000))),
            Err(_) => chrono::DateTime::parse_from_rfc3339(reset.trim()).ok().map(Time::from),
        });
        Some(Budget {
            left: find("remaining")?.trim().parse().ok()?,
            of: find("limit")?.trim().parse().ok()?,
            resets,
        })
    }

    /// What a status that is no success means for a command: 401 and 403 are the credentials'
    /// fault only when `auth` says so, for some servers use 403 for much else.
    pub fn not(&self, why: impl Into<String>, auth: bool) -> Not {
        let kind = match self.status {
            _ if auth => NackKind::Auth,
            408 | 429 => NackKind::Retry,
            // The server may have done it before it failed.
            500.. => NackKind::Unknown,
            _ => NackKind::Permanent,
        };
        Not { after: self.retry_after(), ..Not::new(kind, why) }
    }

    /// What it means for a look.
    pub fn trouble(&self, why: impl Into<String>, auth: bool) -> Trouble {
        Trouble { auth, after: self.retry_after(), ..Trouble::away(why) }
    }
}

fn http_date(text: &str) -> Option<Time> {
    chrono::DateTime::parse_from_rfc2822(text.trim()).ok().map(Time::from)
}

/// Fields as `application/x-www-form-urlencoded`.
fn form(fields: &[(&str, &str)]) -> String {
    let one = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
    fields.iter().map(one).collect::<Vec<_>>().join("&")
}

/// Percent-encoding of everything but letters, digits and `-._~`: fits every place of an address.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://a.example/", true)]
    #[case("http://127.0.0.1:3000", true)]
    #[case("http://localhost", true)]
    #[case("http://a.example", false)]
    #[case("http://127.0.0.1.evil.example", false)]
    #[case("a.example", false)]
    #[case("ftp://a.example", false)]
    fn credentials_are_never_sent_readable(#[case] server: &str, #[case] fits: bool) {
        assert_eq!(Http::new(server).is_ok(), fits);
    }

    fn reply(status: u16, headers: &[(&'static str, &'static str)]) -> Reply {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Reply { status, headers: map, body: vec![] }
    }

    #[rstest]
    #[case(&[("retry-after", "7")], Some(7))]
    #[case(&[("retry-after", "Thu, 26 Nov 2026 10:00:09 GMT"), ("date", "Thu, 26 Nov 2026 10:00:00 GMT")], Some(9))]
    #[case(&[("retry-after", "Thu, 26 Nov 2026 10:00:00 GMT"), ("date", "Thu, 26 Nov 2026 10:00:09 GMT")], Some(0))]
    #[case(&[("retry-after", "soon")], None)]
    #[case(&[], None)]
    fn a_server_says_when_to_come_again(
        #[case] headers: &[(&'static str, &'static str)],
        #[case] seconds: Option<u64>,
    ) {
        assert_eq!(reply(429, headers).retry_after(), seconds.map(Duration::from_secs));
    }

    #[rstest]
    #[case(400, NackKind::Permanent)]
    #[case(404, NackKind::Permanent)]
    #[case(422, NackKind::Permanent)]
    #[case(429, NackKind::Retry)]
    #[case(500, NackKind::Unknown)]
    #[case(503, NackKind::Unknown)]
    fn a_status_tells_what_is_known(#[case] status: u16, #[case] kind: NackKind) {
        assert_eq!(reply(status, &[]).not("x", false).kind, kind);
        assert_eq!(reply(status, &[]).not("x", true).kind, NackKind::Auth);
    }

    #[test]
    fn budgets_are_read_in_each_spelling() {
        let now = Time(1_795_240_800_000);
        for reset in ["60", "1795240860", "2026-11-21T06:01:00.000Z"] {
            for x in ["x-ratelimit-", "ratelimit-"] {
                let mut map = HeaderMap::new();
                for (name, value) in [("limit", "300"), ("remaining", "299"), ("reset", reset)] {
                    let name: ureq::http::HeaderName = format!("{x}{name}").parse().unwrap();
                    map.insert(name, value.parse().unwrap());
                }
                let budget = Reply { status: 200, headers: map, body: vec![] }.budget(now);
                let resets = Some(now + Span::seconds(60));
                assert_eq!(budget, Some(Budget { left: 299, of: 300, resets }), "{x} {reset}");
            }
        }
        assert_eq!(reply(200, &[("x-ratelimit-limit", "300")]).budget(now), None);
    }

    #[test]
    fn nothing_listens_means_not_sent() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let http = Http::new(&format!("http://127.0.0.1:{port}")).unwrap();
        let fault = http.write(Method::POST, "/x", &[], Body::Empty).unwrap_err();
        assert!(matches!(fault, Fault::NotSent(_)), "{fault:?}");
    }

    #[test]
    fn a_cut_after_the_request_means_unknown() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
        });
        let http = Http::new(&format!("http://127.0.0.1:{port}")).unwrap();
        let fault = http.write(Method::POST, "/x", &[], Body::Form(&[("a", "b c&")])).unwrap_err();
        assert!(matches!(fault, Fault::Unknown(_)), "{fault:?}");
        server.join().unwrap();
    }

    #[test]
    fn fields_are_encoded() {
        assert_eq!(form(&[("a", "b c&d"), ("物", "1")]), "a=b%20c%26d&%E7%89%A9=1");
    }
}
