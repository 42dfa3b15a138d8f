//! One call of the platform's interface, with a token, renewed once if it is refused.

use super::codes::{Code, Means};
use super::say;
use super::token::{NoToken, Tokens};
use crate::connect::http::{Body, Fault, Http, Reply, encoded};
use crate::connect::protocol::{NackKind, Secrets};
use crate::connect::sdk::{Desk, Not, Trouble};
use crate::text::Lang;
use serde_json::{Value, json};
use ureq::http::Method;

/// The platform, signed in.
pub struct Api {
    http: Http,
    tokens: Tokens,
}

/// Why a call brought nothing.
#[derive(Debug)]
pub enum Failed {
    /// There was no token to call with: the call was not made.
    NoToken(NoToken),
    /// No answer came.
    Fault(Fault),
    /// Something else than the platform's interface answered.
    Status(Box<Reply>),
    /// The platform says why; it did nothing.
    Code(Code),
    /// What came was no answer of the platform's.
    Nonsense(String),
}

impl Api {
    /// The platform at this address.
    ///
    /// # Errors
    /// When it is no address.
    pub fn new(server: &str, app_id: &str, secrets: Secrets) -> Result<Api, String> {
        Ok(Api { http: Http::new(server)?, tokens: Tokens::new(app_id, secrets) })
    }

    /// Makes sure that there is a token.
    ///
    /// # Errors
    /// Why there is none.
    pub fn sign_in(&self, desk: &Desk) -> Result<(), Failed> {
        self.tokens.get(desk, &self.http).map(drop).map_err(Failed::NoToken)
    }

    /// Reads something.
    ///
    /// # Errors
    /// Why nothing came.
    pub fn get(&self, desk: &Desk, path: &str) -> Result<Value, Failed> {
        self.with_token(desk, |token| self.http.get(&with(path, token), &[]))
    }

    /// Asks with a body; most of the interface is like that, also what only reads.
    ///
    /// # Errors
    /// Why nothing came.
    pub fn post(&self, desk: &Desk, path: &str, body: &Value) -> Result<Value, Failed> {
        self.with_token(desk, |token| {
            self.http.write(Method::POST, &with(path, token), &[], Body::Json(body))
        })
    }

    fn with_token(
        &self,
        desk: &Desk,
        call: impl Fn(&str) -> Result<Reply, Fault>,
    ) -> Result<Value, Failed> {
        let token = self.tokens.get(desk, &self.http).map_err(Failed::NoToken)?;
        match read(call(&token)) {
            // Nothing was done, so once more is safe.
            Err(Failed::Code(code)) if code.means() == Means::Token => {
                let token =
                    self.tokens.renewed(&token, desk, &self.http).map_err(Failed::NoToken)?;
                read(call(&token))
            }
            other => other,
        }
    }
}

fn with(path: &str, token: &str) -> String {
    format!("{path}?access_token={}", encoded(token))
}

fn read(reply: Result<Reply, Fault>) -> Result<Value, Failed> {
    let reply = reply.map_err(Failed::Fault)?;
    if !reply.is_ok() {
        return Err(Failed::Status(Box::new(reply)));
    }
    let answer: Value = reply.json().map_err(Failed::Nonsense)?;
    if !answer.is_object() {
        return Err(Failed::Nonsense("no object".into()));
    }
    match answer.get("errcode").unwrap_or(&json!(0)).as_i64() {
        Some(0) => Ok(answer),
        Some(code) => {
            let message = answer.get("errmsg").and_then(Value::as_str).unwrap_or_default();
            Err(Failed::Code(Code { code, message: message.to_owned() }))
        }
        None => Err(Failed::Nonsense("an errcode that is no number".into())),
    }
}

impl Failed {
    /// For a command that would have changed something.
    pub fn not(&self, lang: Lang) -> Not {
        match self {
            Failed::Fault(fault) => fault.clone().into(),
            Failed::Code(code) => code.not(lang),
            Failed::Status(reply) => reply.not(status(reply, lang), false),
            Failed::Nonsense(why) => Not::new(NackKind::Unknown, nonsense(why, lang)),
            // Without a token the thing itself was never asked for.
            Failed::NoToken(NoToken::Code(code)) => code.not(lang),
            Failed::NoToken(NoToken::Fault(fault)) => Not::new(NackKind::Retry, fault.why()),
            Failed::NoToken(NoToken::Nonsense(why)) => {
                Not::new(NackKind::Retry, nonsense(why, lang))
            }
            Failed::NoToken(NoToken::Ended(trouble)) => {
                Not::new(NackKind::Retry, trouble.why.clone())
            }
        }
    }

    /// For a command, or a part of one, that only reads: nothing is in doubt after it.
    pub fn not_read(&self, lang: Lang) -> Not {
        let not = self.not(lang);
        match not.kind {
            NackKind::Unknown => Not { kind: NackKind::Retry, ..not },
            _ => not,
        }
    }

    /// For a look.
    pub fn trouble(&self, lang: Lang) -> Trouble {
        match self {
            Failed::Fault(fault) | Failed::NoToken(NoToken::Fault(fault)) => fault.clone().into(),
            Failed::Code(code) | Failed::NoToken(NoToken::Code(code)) => code.trouble(lang),
            Failed::Status(reply) => reply.trouble(status(reply, lang), false),
            Failed::Nonsense(why) | Failed::NoToken(NoToken::Nonsense(why)) => {
                Trouble::away(nonsense(why, lang))
            }
            Failed::NoToken(NoToken::Ended(trouble)) => trouble.clone(),
        }
    }

    /// The code, when the platform gave one.
    pub fn code(&self) -> Option<i64> {
        match self {
            Failed::Code(code) => Some(code.code),
            _ => None,
        }
    }
}

fn status(reply: &Reply, lang: Lang) -> String {
    say::HTTP_STATUS.fill(lang, &[("status", &reply.status)]).as_str().to_owned()
}

fn nonsense(why: &str, lang: Lang) -> String {
    say::NONSENSE.fill(lang, &[("why", &why)]).as_str().to_owned()
}
