//! The access token: one for everything, kept by the desk, fetched by one thread at a time.

use super::codes::Code;
use crate::connect::http::{Body, Fault, Http};
use crate::connect::protocol::Secrets;
use crate::connect::sdk::{Desk, Trouble};
use crate::domain::{Span, Time};
use serde::Deserialize;
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use ureq::http::Method;

/// A token is not used in its last minutes. The platform gives a new one from five minutes before
/// the end of the old (its page on `stable_token`), and both work in that time.
const MARGIN: Span = Span::minutes(4);
/// Longer than any token lives: one that says so was kept before our clock was set back.
const LONGEST: Span = Span::hours(3);
/// The least time between two forced renewals; the platform wants 30 seconds, and allows 20 a day.
const BETWEEN_FORCED: Span = Span::minutes(30);

const TOKEN: &str = "access_token";
const UNTIL: &str = "access_token_until";

/// Why there is no token.
#[derive(Debug)]
pub enum NoToken {
    /// No answer came.
    Fault(Fault),
    /// The platform says why.
    Code(Code),
    /// What came was no answer of the platform's.
    Nonsense(String),
    /// The desk closed its side.
    Ended(Trouble),
}

/// Keeps and renews it.
pub struct Tokens {
    app_id: String,
    state: Mutex<State>,
}

struct State {
    secrets: Secrets,
    token: Option<Token>,
    forced: Option<Time>,
}

#[derive(Clone)]
struct Token {
    value: String,
    until: Time,
}

#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    expires_in: Option<i64>,
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    errmsg: String,
}

impl Tokens {
    /// From what the desk kept: the `app_secret`, and a token if there was one.
    pub fn new(app_id: &str, secrets: Secrets) -> Tokens {
        let kept = || {
            let value = secrets.get(TOKEN)?.to_owned();
            Some(Token { value, until: Time(secrets.get(UNTIL)?.parse().ok()?) })
        };
        let token = kept();
        Tokens {
            app_id: app_id.to_owned(),
            state: Mutex::new(State { secrets, token, forced: None }),
        }
    }

    /// A token that should work.
    ///
    /// # Errors
    /// Why there is none.
    pub fn get(&self, desk: &Desk, http: &Http) -> Result<String, NoToken> {
        self.other_than(None, desk, http)
    }

    /// A token other than the one that was just refused.
    ///
    /// # Errors
    /// Why there is none.
    pub fn renewed(&self, refused: &str, desk: &Desk, http: &Http) -> Result<String, NoToken> {
        self.other_than(Some(refused), desk, http)
    }

    fn other_than(
        &self,
        refused: Option<&str>,
        desk: &Desk,
        http: &Http,
    ) -> Result<String, NoToken> {
        // Held until the new one is on disk: who waits here finds it.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = desk.now();
        if let Some(token) = &state.token
            && refused != Some(token.value.as_str())
            && now + MARGIN < token.until
            && token.until < now + LONGEST
        {
            return Ok(token.value.clone());
        }
        let mut token = self.fetch(&state.secrets, false, now, http)?;
        if refused == Some(token.value.as_str())
            && state.forced.is_none_or(|at| at > now || at + BETWEEN_FORCED < now)
        {
            // The platform believes in the one that it refused; somebody has renewed it by force.
            state.forced = Some(now);
            token = self.fetch(&state.secrets, true, now, http)?;
        }
        state.secrets.0.insert(TOKEN.into(), token.value.clone());
        state.secrets.0.insert(UNTIL.into(), token.until.0.to_string());
        desk.keep(&state.secrets).map_err(NoToken::Ended)?;
        state.token = Some(token.clone());
        Ok(token.value)
    }

    fn fetch(
        &self,
        secrets: &Secrets,
        force: bool,
        now: Time,
        http: &Http,
    ) -> Result<Token, NoToken> {
        let ask = json!({
            "grant_type": "client_credential",
            "appid": self.app_id,
            "secret": secrets.get("app_secret").unwrap_or_default(),
            "force_refresh": force,
        });
        let reply = http
            .write(Method::POST, "/cgi-bin/stable_token", &[], Body::Json(&ask))
            .map_err(NoToken::Fault)?;
        let answer: Answer = match reply.json() {
            Ok(answer) if reply.is_ok() => answer,
            // Not what it says: a token may stand in there.
            _ => return Err(NoToken::Nonsense(format!("HTTP {}", reply.status))),
        };
        match (answer.access_token, answer.expires_in) {
            (Some(value), Some(seconds)) if !value.is_empty() => {
                let until = now + Span::seconds(seconds.clamp(0, 86_400));
                Ok(Token { value, until })
            }
            _ => Err(NoToken::Code(match answer.errcode {
                // Anybody who gets the secret wrong is told 40001 here, as if it were the token.
                40001 => Code { code: 40125, message: answer.errmsg },
                code => Code { code, message: answer.errmsg },
            })),
        }
    }
}
