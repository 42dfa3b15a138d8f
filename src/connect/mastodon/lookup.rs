//! Whether something that was sent, and of which no answer came, got through.
//!
//! Nothing here goes by our own clock, which may be off by a day: an answer is known by what it
//! answers and what it says.

use super::api::{Api, encoded};
use super::count::{Part, parts};
use super::entities::{Context, Scheduled, Source, Status};
use super::html;
use super::inbound::own_page;
use super::me::{Me, Software};
use super::outbound::{SCHEDULED, account, done, person};
use super::{Shared, api};
use crate::connect::http::Fault;
use crate::connect::protocol::{Act, Command, NackKind};
use crate::connect::sdk::with_tags;
use crate::connect::sdk::{Answer, Done, Not, Trouble};
use crate::domain::{Span, Time};
use serde_json::Value;

/// How many of our own statuses are asked for at a time, and the most pages.
const PAGE: usize = 40;
const PAGES: usize = 25;
/// How far our clock and the server's may be apart, and then some.
const APART: Span = Span::hours(48);

/// Looks whether an earlier attempt at a command got through.
pub fn look(shared: &Shared, me: &Me, command: &Command) -> Answer {
    let api = &shared.api;
    match &command.act {
        Act::Reply { to, thread, text, .. } => {
            let mut wanted = Wanted { api, me, command, text, parent: to.as_deref(), peer: None };
            if to.is_none() {
                if me.software == Software::Snac {
                    return Err(unknown(Trouble::away(
                        "this server does not list our own direct messages: look there",
                    )));
                }
                let person = account(api, thread);
                let person = person.map_err(|not| unknown(Trouble::away(not.why)))?;
                wanted.peer = Some(person.acct.0);
            }
            wanted.find()
        }
        Act::Post { text, tags, at, .. } => {
            let text = &with_tags(text, tags);
            let wanted = Wanted { api, me, command, text, parent: None, peer: None };
            if at.is_some()
                && let Some(found) = wanted.waiting()?
            {
                return Ok(found);
            }
            wanted.find()
        }
        Act::Like { target, on } => {
            let status = api.status(&target.message).map_err(unknown)?;
            holds(status.is_some_and(|s| *s.favourited == *on))
        }
        Act::Delete { target, .. } => match target.message.strip_prefix(SCHEDULED) {
            Some(id) => {
                let path = format!("/api/v1/scheduled_statuses/{}", encoded(id));
                let reply = api.get(&path).map_err(unsent)?;
                holds(api::is_gone(&reply))
            }
            None => holds(api.status(&target.message).map_err(unknown)?.is_none()),
        },
        Act::Block { target, on } => {
            let person = person(api, target).map_err(|not| unknown(Trouble::away(not.why)))?;
            let path = format!("/api/v1/accounts/relationships?id%5B%5D={}", encoded(&person));
            let known = api::items(api.look(&path).map_err(unknown)?.0);
            let blocking = known.first().and_then(|r| r.get("blocking")).and_then(Value::as_bool);
            holds(blocking == Some(*on))
        }
        Act::Hide { .. } | Act::Check | Act::Unknown => holds(false),
    }
}

fn holds(it: bool) -> Answer {
    match it {
        true => Ok(Done { duplicate: true, ..Done::default() }),
        false => Err(Not::new(NackKind::Absent, "it is not there")),
    }
}

/// A look that failed says nothing about what it was for.
fn unknown(trouble: Trouble) -> Not {
    Not { after: trouble.after, ..Not::new(NackKind::Unknown, trouble.why) }
}

/// Nor does one that never got to the server.
fn unsent(fault: Fault) -> Not {
    unknown(fault.into())
}

/// A status of ours that is looked for.
struct Wanted<'a> {
    api: &'a Api,
    me: &'a Me,
    command: &'a Command,
    text: &'a str,
    parent: Option<&'a str>,
    /// Whom it must name, when it answers no message.
    peer: Option<String>,
}

impl Wanted<'_> {
    fn find(&self) -> Answer {
        let mut is_certain = false;
        if let Some(parent) = self.parent {
            let path = format!("/api/v1/statuses/{}/context", encoded(parent));
            let reply = self.api.get(&path).map_err(unsent)?;
            if reply.is_ok() {
                let context: Context = reply.json().map_err(Trouble::away).map_err(unknown)?;
                if let Some(found) = self.among(&context.descendants)? {
                    return Ok(found);
                }
                is_certain = true;
            } else if !api::is_gone(&reply) {
                return Err(unknown(self.api.trouble(&reply)));
            }
        }
        // What surrounds a message is all there is, as far as it can be seen. Our own list is
        // looked at besides, as far as it goes without effort.
        let pages = if is_certain { 1 } else { PAGES };
        if let Some(found) = self.listed(pages, &mut is_certain)? {
            return Ok(found);
        }
        match is_certain {
            true => Err(Not::new(NackKind::Absent, "it is not there")),
            false => Err(unknown(Trouble::away(
                "there is no end to our own statuses since then: look there",
            ))),
        }
    }

    /// Among our own statuses. They are gone through until it can be none of those that are left.
    fn listed(&self, pages: usize, is_certain: &mut bool) -> Result<Option<Done>, Not> {
        let since = self.since();
        let mut max: Option<String> = None;
        let mut seen: Vec<String> = vec![];
        for _ in 0..pages {
            let page = own_page(self.api, self.me, max.as_deref(), PAGE).map_err(unknown)?;
            let is_end = page.is_empty();
            let is_new = |s: &Status| !seen.contains(&s.id.0);
            let page: Vec<Status> = page.into_iter().filter(is_new).collect();
            if let Some(found) = self.among(&page)? {
                return Ok(Some(found));
            }
            let Some(last) = page.last() else {
                // The end; or a server that shows its first page for ever, which is all there is
                // when it is not full.
                *is_certain |= is_end || seen.len() < PAGE;
                return Ok(None);
            };
            if last.created_at.0.is_some_and(|at| at < since) {
                *is_certain = true;
                return Ok(None);
            }
            max = Some(last.id.0.clone());
            seen.extend(page.into_iter().map(|s| s.id.0));
        }
        Ok(None)
    }

    /// Nothing older than this can be it, however far our clock is off.
    fn since(&self) -> Time {
        self.command.made.map_or(Time::EARLIEST, |made| made - APART)
    }

    /// The first of some that is it.
    fn among(&self, statuses: &[Status]) -> Result<Option<Done>, Not> {
        let since = self.since();
        let may_be = |status: &&Status| {
            self.me.wrote(status)
                && status.in_reply_to_id.get() == self.parent
                && self.peer.as_ref().is_none_or(|peer| {
                    status.mentions.iter().any(|m| m.acct.eq_ignore_ascii_case(peer))
                })
                && !self.command.known.contains(&status.id.0)
                && status.created_at.0.is_none_or(|at| at >= since)
        };
        for status in statuses.iter().filter(may_be) {
            if self.says_it(status)? {
                return Ok(Some(Done { duplicate: true, ..done(status, None) }));
            }
        }
        Ok(None)
    }

    fn says_it(&self, status: &Status) -> Result<bool, Not> {
        let wanted = squashed(self.text);
        if squashed(&html::text(&status.content)) == wanted {
            return Ok(true);
        }
        if let Some(text) = &status.text.0 {
            return Ok(squashed(text) == wanted);
        }
        if self.parent.is_none() {
            return Ok(false);
        }
        // An answer to the same message that reads differently: perhaps the server has put marks
        // of its own into it.
        let path = format!("/api/v1/statuses/{}/source", encoded(&status.id.0));
        let reply = self.api.get(&path).map_err(unsent)?;
        if api::is_gone(&reply) {
            return Ok(false);
        }
        if !reply.is_ok() {
            return Err(unknown(self.api.trouble(&reply)));
        }
        let source: Source = reply.json().unwrap_or_default();
        Ok(squashed(&source.text) == wanted)
    }

    /// Among the posts that the server holds until their time.
    fn waiting(&self) -> Result<Option<Done>, Not> {
        let reply = self.api.get("/api/v1/scheduled_statuses?limit=40").map_err(unsent)?;
        if api::is_gone(&reply) {
            return Ok(None);
        }
        if !reply.is_ok() {
            return Err(unknown(self.api.trouble(&reply)));
        }
        let page = api::items(reply.json().map_err(Trouble::away).map_err(unknown)?);
        let wanted = squashed(self.text);
        let mut waiting =
            page.into_iter().filter_map(|v| serde_json::from_value::<Scheduled>(v).ok());
        let found = waiting.find(|s| {
            let id = format!("{SCHEDULED}{}", s.id.0);
            squashed(&s.params.text) == wanted && !self.command.known.contains(&id)
        });
        Ok(found.map(|s| Done {
            platform_id: Some(format!("{SCHEDULED}{}", s.id.0)),
            duplicate: true,
            ..Done::default()
        }))
    }
}

/// A text as it is compared: without white space and the names it begins with, of people only the
/// names, of links only that there is one; for servers write all of these in their own way.
fn squashed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut named = false;
    for part in parts(text) {
        // A server at a port of its own: what is left of its name.
        let port = |text: &str| match text.strip_prefix(':') {
            Some(rest) if named => 1 + rest.bytes().take_while(u8::is_ascii_digit).count(),
            _ => 0,
        };
        let from = if let Part::Plain(text) = part { port(text) } else { 0 };
        named = matches!(part, Part::Mention { .. });
        match part {
            Part::Plain(text) => out.extend(text[from..].chars().filter(|c| !c.is_whitespace())),
            Part::Link(_) => out.push('\u{1}'),
            Part::Mention { .. } if out.is_empty() => {}
            Part::Mention { user, .. } => {
                out.push('@');
                out.push_str(&user.to_lowercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("@lu@b.example hi there", "@lu hi\n\nthere", true)]
    #[case("see https://a.example/x", "see https://a.example/x/", true)]
    #[case("a", "b", false)]
    #[case("hi @lu", "hi @mo", false)]
    #[case("hi there", "@lu @mo@b.example hi there", true)]
    #[case("hi @lu there", "@mo@127.0.0.1:80 hi @lu@127.0.0.1:80 there", true)]
    #[case("80 left", "@lu 80 left", true)]
    #[case("hi", "hi https://a.example", false)]
    fn texts_are_compared_by_what_they_say(#[case] a: &str, #[case] b: &str, #[case] same: bool) {
        assert_eq!(squashed(a) == squashed(b), same);
    }
}
