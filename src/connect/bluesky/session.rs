//! Signing in, keeping signed in, and calls: everything that touches tokens.
//!
//! An access token lives about two hours, a refresh token about ninety days. Whether one is over is
//! told by the server's answer and never by this machine's clock, which may be off.

use super::failed::{Failed, before, http_date, is_refused, is_stale, refused};
use super::records::text;
use crate::connect::http::{Body, Fault, Http, Reply, encoded};
use crate::connect::protocol::{Budget, Secrets};
use crate::connect::sdk::Desk;
use crate::domain::{Abilities, Span, Time};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use ureq::http::Method;

/// How long a refused password is not tried again: bsky.social lets an account sign in 30 times in
/// five minutes and 300 times a day, and a wrong password stays wrong.
const REFUSED_FOR: Duration = Duration::from_secs(600);
/// How often the desk is told of the budget while it is ample.
const TELL_BUDGET: Duration = Duration::from_secs(60);

/// The secrets' names: what a person gives, and what is kept beside it.
const PASSWORD: &str = "password";
const REFRESH: &str = "refresh";
const REFRESH_FOR: &str = "refresh_for";

/// An account on a server, signed in when it has to be.
pub struct Session {
    /// Where sessions are made: the server of the settings.
    home: Http,
    handle: String,
    can: Abilities,
    state: Mutex<State>,
    /// How far the server's clock is ahead of ours, in milliseconds.
    ahead: AtomicI64,
    budget: Mutex<Option<(Budget, Instant)>>,
}

struct State {
    secrets: Secrets,
    signed: Option<Arc<Signed>>,
    /// A password that was refused: when, and the sentence.
    refused: Option<(Instant, String)>,
}

/// Signed in.
pub struct Signed {
    /// The account's lasting id.
    pub did: String,
    /// Its handle.
    pub handle: String,
    access: String,
    refresh: String,
    /// The account's own server, when that is another than where it signs in.
    host: Option<Http>,
}

impl Session {
    /// For the account `handle` (or an e-mail address, or a did) on a server.
    ///
    /// # Errors
    /// When the server's address is none.
    pub fn new(
        server: &str,
        handle: &str,
        secrets: Secrets,
        can: Abilities,
    ) -> Result<Session, String> {
        Ok(Session {
            home: Http::new(server)?,
            handle: handle.trim().trim_start_matches('@').to_owned(),
            can,
            state: Mutex::new(State { secrets, signed: None, refused: None }),
            ahead: AtomicI64::new(0),
            budget: Mutex::new(None),
        })
    }

    /// The time by the server's clock, as its last answer told it.
    pub fn now(&self, desk: &Desk) -> Time {
        desk.now() + Span(self.ahead.load(Ordering::Relaxed))
    }

    /// What is left of the platform's patience; `None` when it does not say.
    pub fn budget(&self) -> Option<Budget> {
        let budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        budget.as_ref().map(|(budget, _)| *budget)
    }

    /// The account, signed in.
    ///
    /// # Errors
    /// Why it is not.
    pub fn signed(&self, desk: &Desk) -> Result<Arc<Signed>, Failed> {
        let mut state = self.state();
        match &state.signed {
            Some(signed) => Ok(Arc::clone(signed)),
            None => self.sign_in(desk, &mut state),
        }
    }

    /// Reads.
    ///
    /// # Errors
    /// When nothing was read.
    pub fn get(&self, desk: &Desk, name: &str, query: &[(&str, &str)]) -> Result<Value, Failed> {
        let query: Vec<String> =
            query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let path = format!("/xrpc/{name}?{}", query.join("&"));
        self.call(desk, |http, headers| http.get(&path, headers))
    }

    /// Changes something.
    ///
    /// # Errors
    /// [`Failed::write`] tells what is known then.
    pub fn post(&self, desk: &Desk, name: &str, body: &Value) -> Result<Value, Failed> {
        let path = format!("/xrpc/{name}");
        self.call(desk, |http, headers| http.write(Method::POST, &path, headers, Body::Json(body)))
    }

    /// Calls, and once more with new tokens when the server certainly turned the old ones down.
    fn call(
        &self,
        desk: &Desk,
        send: impl Fn(&Http, &[(&str, &str)]) -> Result<Reply, Fault>,
    ) -> Result<Value, Failed> {
        let mut signed = self.signed(desk)?;
        let mut is_again = false;
        loop {
            let bearer = format!("Bearer {}", signed.access);
            let http = signed.host.as_ref().unwrap_or(&self.home);
            let reply = send(http, &[("authorization", &bearer)]).map_err(Failed::Silent)?;
            self.note(desk, &reply);
            if reply.is_ok() {
                return answer(&reply);
            }
            let failed = refused(&reply);
            if !is_stale(&failed) {
                return Err(failed);
            }
            if is_again {
                // Fresh tokens are turned down too: it is the account.
                let Failed::Said { why, .. } = failed else { return Err(failed) };
                return Err(Failed::Auth(why, Some(REFUSED_FOR)));
            }
            is_again = true;
            signed = self.renewed(desk, &signed)?;
        }
    }

    /// New tokens in the place of old ones, unless the other thread has them already.
    fn renewed(&self, desk: &Desk, old: &Signed) -> Result<Arc<Signed>, Failed> {
        let mut state = self.state();
        match &state.signed {
            Some(now) if now.access != old.access => return Ok(Arc::clone(now)),
            _ => state.signed = None,
        }
        self.sign_in(desk, &mut state)
    }

    /// With the refresh token if there is one that was given to this account here, else with the
    /// password: signing in anew is what servers are strictest about.
    fn sign_in(&self, desk: &Desk, state: &mut State) -> Result<Arc<Signed>, Failed> {
        let whose = format!("{} {}", self.home.base(), self.handle);
        let kept = state.secrets.get(REFRESH_FOR) == Some(&whose);
        if let Some(refresh) = state.secrets.get(REFRESH).filter(|_| kept) {
            let bearer = format!("Bearer {refresh}");
            match self.session("refreshSession", &[("authorization", &bearer)], Body::Empty, desk) {
                Ok(signed) => return self.keep(desk, state, whose, signed),
                // Used up, revoked, or of an account that is no more: the password decides.
                Err(failed) if is_refused(&failed) => drop(state.secrets.0.remove(REFRESH)),
                Err(failed) => return Err(before(failed)),
            }
        }
        if let Some((when, why)) = &state.refused
            && let Some(left) = REFUSED_FOR.checked_sub(when.elapsed())
        {
            return Err(Failed::Auth(why.clone(), Some(left)));
        }
        let Some(password) = state.secrets.get(PASSWORD) else {
            let why = "no password is set: make an app password in Bluesky's settings";
            return Err(Failed::Auth(why.to_owned(), Some(REFUSED_FOR)));
        };
        let body = json!({"identifier": self.handle, "password": password});
        match self.session("createSession", &[], Body::Json(&body), desk) {
            Ok(signed) => self.keep(desk, state, whose, signed),
            Err(failed) if is_refused(&failed) => {
                let Failed::Said { error, why, .. } = failed else { return Err(failed) };
                let why = match error.as_str() {
                    "AuthFactorTokenRequired" => {
                        "this is the account's own password: make an app password in Bluesky's settings"
                            .to_owned()
                    }
                    _ => format!("signing in as {} was refused: {why}", self.handle),
                };
                state.refused = Some((Instant::now(), why.clone()));
                Err(Failed::Auth(why, Some(REFUSED_FOR)))
            }
            Err(failed) => Err(before(failed)),
        }
    }

    fn session(
        &self,
        name: &str,
        headers: &[(&str, &str)],
        body: Body<'_>,
        desk: &Desk,
    ) -> Result<Signed, Failed> {
        let path = format!("/xrpc/com.atproto.server.{name}");
        let reply = self.home.write(Method::POST, &path, headers, body).map_err(Failed::Silent)?;
        self.note(desk, &reply);
        if !reply.is_ok() {
            return Err(refused(&reply));
        }
        let said = answer(&reply)?;
        let part = |name: &str| text(said.get(name)).map(str::to_owned);
        let (Some(access), Some(refresh), Some(did)) =
            (part("accessJwt"), part("refreshJwt"), part("did"))
        else {
            return Err(Failed::Before("the server's answer has no tokens".to_owned(), None));
        };
        let host = self.host(&said);
        let handle = part("handle").unwrap_or_else(|| did.clone());
        Ok(Signed { did, handle, access, refresh, host })
    }

    /// The account's own server as its did document names it. An entrance such as bsky.social only
    /// passes calls on to it. Never from a server of this machine to one elsewhere.
    fn host(&self, said: &Value) -> Option<Http> {
        let services = said.pointer("/didDoc/service")?.as_array()?;
        let is_host = |s: &&Value| text(s.get("id")).is_some_and(|id| id.ends_with("#atproto_pds"));
        let host = text(services.iter().find(is_host)?.get("serviceEndpoint"))?;
        let is_public = |url: &str| url.starts_with("https://");
        let is_other = host.trim_end_matches('/') != self.home.base();
        (is_public(host) && is_public(self.home.base()) && is_other)
            .then(|| Http::new(host).ok())
            .flatten()
    }

    /// Has the refresh token on the desk's disk before anything is done with the access token: the
    /// old one may have been used up.
    fn keep(
        &self,
        desk: &Desk,
        state: &mut State,
        whose: String,
        signed: Signed,
    ) -> Result<Arc<Signed>, Failed> {
        state.secrets.0.insert(REFRESH.to_owned(), signed.refresh.clone());
        state.secrets.0.insert(REFRESH_FOR.to_owned(), whose);
        desk.keep(&state.secrets).map_err(Failed::Ended)?;
        state.refused = None;
        let expires = end_of(&signed.refresh);
        desk.status(|s| s.expires = expires);
        desk.hello(Some(format!("@{}", signed.handle)), self.can.clone());
        let signed = Arc::new(signed);
        state.signed = Some(Arc::clone(&signed));
        Ok(signed)
    }

    /// What every answer tells beside its body: the time, and what is left of the budget.
    fn note(&self, desk: &Desk, reply: &Reply) {
        if let Some(date) = reply.header("date").and_then(http_date) {
            self.ahead.store((date - desk.now()).0, Ordering::Relaxed);
        }
        let Some(new) = reply.budget(desk.now()) else { return };
        let is_scarce = new.left * 10 < new.of;
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        let told = budget.as_ref().map(|(_, told)| *told);
        let is_due = told.is_none_or(|told| is_scarce || told.elapsed() >= TELL_BUDGET);
        *budget =
            Some((new, if is_due { Instant::now() } else { told.unwrap_or_else(Instant::now) }));
        drop(budget);
        if is_due {
            desk.status(|s| s.budget = Some(new));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; and if it did, tokens are still tokens.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(reply: &Reply) -> Result<Value, Failed> {
    if reply.body.is_empty() {
        return Ok(Value::Null);
    }
    // It was carried out, but what came of it cannot be read: as if no answer had come.
    reply.json().map_err(|why| Failed::Silent(Fault::Unknown(why)))
}

/// When a token ends, if it says so in the usual way (`exp` of a JWT).
fn end_of(token: &str) -> Option<Time> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims.get("exp")?.as_i64()?.checked_mul(1000).map(Time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_end() {
        let token = format!("x.{}.y", URL_SAFE_NO_PAD.encode(r#"{"exp":1803507382}"#));
        assert_eq!(end_of(&token), Some(Time(1_803_507_382_000)));
        for none in ["", "x", "x.!.y", "x.e30.y", "opaque"] {
            assert_eq!(end_of(none), None);
        }
    }
}
