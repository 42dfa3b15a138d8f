//! The calls of Mastodon's interface that are used, thin over [`Http`]: what is asked, and what a
//! refusal means. What comes back is in [`super::entities`].

use super::entities::{Loose, Status};
use super::pace::Pace;
use crate::connect::http::{Body, Fault, Http, Reply};
use crate::connect::protocol::NackKind;
use crate::connect::sdk::{Not, Trouble};
use crate::domain::Time;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use ureq::http::Method;

/// The most characters of a server's sentence that are passed on.
const SENTENCE: usize = 300;

/// A server, with an account's token.
pub struct Api {
    http: Http,
    bearer: String,
    pace: Mutex<Pace>,
}

/// What a server says when it refuses.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Loose<String>,
    error_description: Loose<String>,
}

impl Api {
    /// A server with the token of an account on it.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn new(server: &str, token: &str) -> Result<Api, String> {
        let http = Http::new(server)?;
        Ok(Api { http, bearer: format!("Bearer {token}"), pace: Mutex::default() })
    }

    /// The server's address.
    pub fn base(&self) -> &str {
        self.http.base()
    }

    /// What stands in the header that proves who we are.
    pub fn bearer(&self) -> &str {
        &self.bearer
    }

    /// What the server lets us do.
    pub fn pace(&self) -> MutexGuard<'_, Pace> {
        // Numbers are numbers, whoever panicked.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads something.
    ///
    /// # Errors
    /// When no answer came.
    pub fn get(&self, path: &str) -> Result<Reply, Fault> {
        let headers = [("authorization", self.bearer.as_str()), ("accept", "application/json")];
        let reply = self.http.get(path, &headers)?;
        self.pace().saw(&reply);
        Ok(reply)
    }

    /// Changes something; a `key` is the same for every attempt at the same thing.
    ///
    /// # Errors
    /// When no answer came.
    pub fn write(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Body<'_>,
    ) -> Result<Reply, Fault> {
        let mut headers = vec![("authorization", self.bearer.as_str())];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        let reply = self.http.write(method, path, &headers, body)?;
        self.pace().saw(&reply);
        Ok(reply)
    }

    /// Reads something for a look.
    ///
    /// # Errors
    /// When no answer came, or not the one that was asked for.
    pub fn look<T: DeserializeOwned>(&self, path: &str) -> Result<(T, Reply), Trouble> {
        let reply = self.get(path)?;
        if !reply.is_ok() {
            return Err(self.trouble(&reply));
        }
        let value = reply.json().map_err(Trouble::away)?;
        Ok((value, reply))
    }

    /// A status; `None` when it is not there (any more) for us.
    ///
    /// # Errors
    /// When nobody knows.
    pub fn status(&self, id: &str) -> Result<Option<Status>, Trouble> {
        let reply = self.get(&format!("/api/v1/statuses/{}", encoded(id)))?;
        match reply.status {
            _ if is_gone(&reply) => Ok(None),
            _ if reply.is_ok() => reply.json().map(Some).map_err(Trouble::away),
            _ => Err(self.trouble(&reply)),
        }
    }

    /// What a refusal means for a look.
    pub fn trouble(&self, reply: &Reply) -> Trouble {
        let mut trouble = reply.trouble(self.why(reply), is_auth(reply));
        if reply.status == 429 && trouble.after.is_none() {
            trouble.after = Some(self.pace().until_reset());
        }
        trouble
    }

    /// What a refusal means for a command.
    pub fn not(&self, reply: &Reply) -> Not {
        let mut not = reply.not(self.why(reply), is_auth(reply));
        if reply.status == 429 && not.after.is_none() {
            not.after = Some(self.pace().until_reset());
        }
        not
    }

    /// Why, in the server's own words if it has any.
    fn why(&self, reply: &Reply) -> String {
        let said = sentence(reply);
        let host = self.base().split("//").last().unwrap_or_default();
        match said.is_empty() {
            true => format!("{host} answered {}", reply.status),
            false => format!("{host} answered {}: {said}", reply.status),
        }
    }
}

/// A trouble as the answer to a command that has changed nothing yet.
pub fn before(trouble: Trouble) -> Not {
    let kind = if trouble.auth { NackKind::Auth } else { NackKind::Retry };
    Not { after: trouble.after, ..Not::new(kind, trouble.why) }
}

/// True when the thing, or the call itself, is not there.
pub fn is_gone(reply: &Reply) -> bool {
    matches!(reply.status, 404 | 410)
}

/// An id as a part of an address.
pub fn encoded(id: &str) -> String {
    crate::connect::http::encoded(id)
}

/// The server's clock when it answered.
pub fn date(reply: &Reply) -> Option<Time> {
    let said = reply.header("date")?;
    chrono::DateTime::parse_from_rfc2822(said.trim()).ok().map(Time::from)
}

/// The `max_id` of the page that the server names as the next one, and whether it names pages at
/// all.
pub fn next_page(reply: &Reply) -> (bool, Option<String>) {
    let Some(links) = reply.header("link") else { return (false, None) };
    let next = links.split(',').find(|link| {
        let mut parts = link.split(';').skip(1);
        parts.any(|p| matches!(p.trim(), "rel=\"next\"" | "rel=next" | "rel='next'"))
    });
    let max = next.and_then(|link| {
        let address = link.split(['<', '>']).nth(1)?;
        let (_, query) = address.split_once('?')?;
        let value = query.split('&').find_map(|field| field.strip_prefix("max_id="))?;
        // An id that would need decoding is taken from the page itself.
        Some(value.to_owned()).filter(|v| !v.is_empty() && !v.contains(['%', '+']))
    });
    (true, max)
}

fn sentence(reply: &Reply) -> String {
    let refusal: Refusal = reply.json().unwrap_or_default();
    let said = match refusal.error_description.0.is_empty() {
        true => refusal.error.0,
        false => refusal.error_description.0,
    };
    said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SENTENCE).collect()
}

/// True when the token does not work. 403 says many things; these are the ones about it.
fn is_auth(reply: &Reply) -> bool {
    let about_it = || {
        let said = sentence(reply).to_lowercase();
        ["token", "scope", "login", "revoked", "suspended"].iter().any(|w| said.contains(w))
    };
    reply.status == 401 || (reply.status == 403 && about_it())
}

/// A page as loose values, so that one that cannot be read spoils no other.
pub fn items(page: Value) -> Vec<Value> {
    match page {
        Value::Array(items) => items,
        _ => vec![],
    }
}

/// How long a server's budget lasts when it does not say.
pub const WINDOW: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::io::{Read as _, Write as _};

    /// What comes of one answer.
    fn reply(status: u16, headers: &str, body: &str) -> (Api, Reply) {
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\n\r\n{body}");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let api = Api::new(&format!("http://127.0.0.1:{port}"), "t").unwrap();
        let reply = api.get("/x").unwrap();
        (api, reply)
    }

    #[rstest]
    #[case::mastodon(
        "link: <http://a.example/x?limit=5&max_id=20&y%5B%5D=1>; rel=\"next\", <http://a.example/x?min_id=30>; rel=\"prev\"\r\n",
        (true, Some("20"))
    )]
    #[case::last(
        "link: <http://a.example/x?min_id=30>; rel=\"prev\"\r\n",
        (true, None)
    )]
    #[case::none("", (false, None))]
    #[case::rubbish("link: ;;,<>;rel=next\r\n", (true, None))]
    fn pages_are_found(#[case] headers: &str, #[case] found: (bool, Option<&str>)) {
        let (names, max) = next_page(&reply(200, headers, "").1);
        assert_eq!((names, max.as_deref()), found);
    }

    #[rstest]
    #[case(401, "{\"error\":\"The access token was revoked\" }", true, NackKind::Auth)]
    #[case(403, "{\"error\":\"This action is not allowed\"}", false, NackKind::Permanent)]
    #[case(
        403,
        "{\"error\":\"This action is outside the authorized scopes\" }",
        true,
        NackKind::Auth
    )]
    #[case(422, "{\"error\":\"Validation failed: Too long\" }", false, NackKind::Permanent)]
    #[case(502, "<h1>502</h1> ", false, NackKind::Unknown)]
    #[case(429, "", false, NackKind::Retry)]
    fn a_refusal_is_understood(
        #[case] status: u16,
        #[case] body: &str,
        #[case] auth: bool,
        #[case] kind: NackKind,
    ) {
        let (api, reply) = reply(status, "", body);
        assert_eq!(api.trouble(&reply).auth, auth);
        assert_eq!(api.not(&reply).kind, kind);
    }

    #[test]
    fn the_end_of_the_budget_is_waited_for() {
        let (api, reply) = reply(
            429,
            "date: Thu, 26 Nov 2026 10:00:00 GMT\r\nx-ratelimit-limit: 300\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 2026-11-26T10:01:40.000000Z\r\n",
            "",
        );
        let after = api.not(&reply).after.unwrap();
        assert!((95..=100).contains(&after.as_secs()), "{after:?}");
    }
}
