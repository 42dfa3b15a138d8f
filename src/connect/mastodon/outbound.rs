//! What an operator asked for, carried out. A write is tried once; whether a lost one got through
//! is what [`super::lookup`] finds out.

use super::api::{Api, before, encoded, is_gone};
use super::entities::{Account, List, Loose, Status};
use super::lookup;
use super::me::{Me, Software};
use super::mention::{visibility, with_names};
use super::{Shared, tell};
use crate::connect::http::Body;
use crate::connect::protocol::{Act, Command, NackKind, Target};
use crate::connect::sdk::with_tags;
use crate::connect::sdk::{Answer, Desk, Done, Not};
use crate::domain::{Queue, Span, Time};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use ureq::http::Method;

/// How far ahead a post must be for the server to take it, with some room for the way.
const SCHEDULE: Span = Span::seconds(5 * 60 + 15);
/// A post that is due so soon is due.
const DUE: Span = Span::seconds(2);
/// What stands before the id of a post that waits on the server.
pub const SCHEDULED: &str = "scheduled:";

/// Carries a command out, or looks whether an earlier attempt got through.
pub fn carry_out(shared: &Shared, desk: &Desk, command: &Command) -> Answer {
    match &command.act {
        Act::Unknown => return permanent("this version does not know how to do that"),
        Act::Check => return check(shared, desk),
        _ => {}
    }
    let me = shared.me(desk);
    if command.look {
        // A look that fails says nothing about what it was for.
        let me = me.map_err(|t| Not { after: t.after, ..Not::new(NackKind::Unknown, t.why) })?;
        return lookup::look(shared, &me, command);
    }
    let me = me.map_err(before)?;
    match &command.act {
        Act::Reply { to, thread, queue, text, .. } => {
            let said = compose(shared, &me, to.as_deref(), thread, *queue, text)?;
            let mut body = json!({"status": said.text, "visibility": said.visibility});
            if let Some(to) = to {
                body["in_reply_to_id"] = json!(to);
            }
            publish(shared, &me, command, &body)
        }
        Act::Post { media, .. } if !media.is_empty() => {
            permanent("this connector posts text alone: take the pictures out, or post by hand")
        }
        Act::Post { text, tags, at, .. } => {
            post(shared, &me, desk, command, &with_tags(text, tags), *at)
        }
        Act::Like { target, on } => {
            let verb = if *on { "favourite" } else { "unfavourite" };
            set(shared, &format!("/api/v1/statuses/{}/{verb}", encoded(&target.message)))
        }
        Act::Block { target, on } => {
            let verb = if *on { "block" } else { "unblock" };
            let person = person(&shared.api, target)?;
            set(shared, &format!("/api/v1/accounts/{}/{verb}", encoded(&person)))
        }
        Act::Delete { target, ours: true } => delete(shared, &target.message),
        Act::Delete { ours: false, .. } => {
            permanent("what others wrote cannot be deleted; their account can be blocked")
        }
        Act::Hide { .. } => permanent("Mastodon has no way to hide a message from others"),
        Act::Check | Act::Unknown => permanent("nothing to do"),
    }
}

/// An answer as it goes out.
struct Said {
    /// With the names of those who need to be named.
    text: String,
    /// Who sees it.
    visibility: String,
}

/// Makes an answer ready, or says that there is nothing to answer, or that it is too long.
fn compose(
    shared: &Shared,
    me: &Me,
    to: Option<&str>,
    thread: &str,
    queue: Queue,
    text: &str,
) -> Result<Said, Not> {
    let api = &shared.api;
    let parent = match to {
        // Some servers would publish an answer to nothing as a post.
        Some(to) => api.status(to).map_err(before)?.ok_or_else(|| {
            Not::new(NackKind::Permanent, "the message to be answered is not there any more")
        })?,
        None => Status { account: account(api, thread)?, ..Status::default() },
    };
    let said = Said {
        text: with_names(text, &parent, me, shared.settings.mention_all),
        visibility: visibility(&parent, if to.is_none() { Queue::Messages } else { queue }),
    };
    fits(me, &said.text, text)?;
    Ok(said)
}

/// The account of a direct conversation's other person.
pub fn account(api: &Api, id: &str) -> Result<Account, Not> {
    let reply = api.get(&format!("/api/v1/accounts/{}", encoded(id))).map_err(|fault| {
        // Nothing was changed yet.
        Not::new(NackKind::Retry, fault.why())
    })?;
    match reply.is_ok() {
        true => reply.json().map_err(|why| Not::new(NackKind::Retry, why)),
        false if is_gone(&reply) => {
            Err(Not::new(NackKind::Permanent, "this person is not there any more"))
        }
        false => Err(before(api.trouble(&reply))),
    }
}

/// Looks whether a text is short enough.
fn fits(me: &Me, text: &str, typed: &str) -> Result<(), Not> {
    let (length, most) = (me.rule.length(text), me.rule.most);
    if length <= most {
        return Ok(());
    }
    let added = match text.strip_suffix(typed).map(str::trim) {
        Some(names) if !names.is_empty() => format!(" with {names} before it"),
        _ => String::new(),
    };
    let why = format!("the text has {length} characters{added}, and {} takes {most}", me.host);
    Err(Not::new(NackKind::Permanent, why))
}

fn post(
    shared: &Shared,
    me: &Me,
    desk: &Desk,
    command: &Command,
    text: &str,
    at: Option<Time>,
) -> Answer {
    fits(me, text, text)?;
    let mut body = json!({"status": text});
    if let Some(visibility) = &shared.settings.visibility {
        body["visibility"] = json!(visibility);
    }
    let now = shared.api.pace().server_time().unwrap_or_else(|| desk.now());
    if let Some(at) = at
        && at - now > DUE
    {
        if at - now < SCHEDULE || me.software == Software::Snac {
            // Better late by a moment than out before its time.
            let after = u64::try_from((at - now).0).unwrap_or(0);
            return Err(Not {
                after: Some(Duration::from_millis(after)),
                ..Not::new(NackKind::Retry, "this server cannot hold the post until its time")
            });
        }
        body["scheduled_at"] = json!(tell::written(at));
    }
    publish(shared, me, command, &body)
}

/// Publishes a status.
fn publish(shared: &Shared, me: &Me, command: &Command, body: &Value) -> Answer {
    let key = Some(command.key.as_str()).filter(|key| !key.is_empty());
    let path = "/api/v1/statuses";
    let api = &shared.api;
    shared.while_writing(|| {
        let reply = api.write(Method::POST, path, key, Body::Json(body))?;
        if !reply.is_ok() {
            return Err(api.not(&reply));
        }
        let status: Status = reply.json().unwrap_or_default();
        let Some(id) = status.id.get() else {
            let why = format!("{} took it, but does not say as what", me.host);
            return Err(Not::new(NackKind::Unknown, why));
        };
        let is_waiting = status.scheduled_at.0.is_some() && status.created_at.0.is_none();
        if is_waiting {
            let platform_id = Some(format!("{SCHEDULED}{id}"));
            let note = Some(format!("{} holds it until its time", me.host));
            return Ok(Done { platform_id, note, ..Done::default() });
        }
        let too_soon = body.get("scheduled_at").is_some();
        let note = too_soon.then(|| format!("{} did not wait: it is published now", me.host));
        Ok(done(&status, note))
    })
}

/// A status as the answer to a command.
pub fn done(status: &Status, note: Option<String>) -> Done {
    Done {
        platform_id: status.id.get().map(str::to_owned),
        url: status.url.0.clone(),
        at: status.created_at.0,
        duplicate: false,
        note,
    }
}

/// Sets something that is the same however often it is set.
fn set(shared: &Shared, path: &str) -> Answer {
    // An empty object, for some servers cut off a POST that has no body, after they did it.
    let reply = shared.api.write(Method::POST, path, None, Body::Json(&json!({})))?;
    if reply.is_ok() { Ok(Done::default()) } else { Err(shared.api.not(&reply)) }
}

/// Whom a command is about.
pub fn person(api: &Api, target: &Target) -> Result<String, Not> {
    if !target.person.id.is_empty() {
        return Ok(target.person.id.clone());
    }
    let status = api.status(&target.message).map_err(before)?;
    let id = status.and_then(|s| s.account.id.get().map(str::to_owned));
    id.ok_or_else(|| Not::new(NackKind::Permanent, "nobody knows who wrote that message"))
}

fn delete(shared: &Shared, id: &str) -> Answer {
    let api = &shared.api;
    let path = match id.strip_prefix(SCHEDULED) {
        Some(id) => format!("/api/v1/scheduled_statuses/{}", encoded(id)),
        None => format!("/api/v1/statuses/{}", encoded(id)),
    };
    let reply = api.write(Method::DELETE, &path, None, Body::Empty)?;
    if reply.is_ok() {
        return Ok(Done::default());
    }
    if !is_gone(&reply) {
        return Err(api.not(&reply));
    }
    // Either it is gone, or the server has no such call.
    let is_there = match id.starts_with(SCHEDULED) {
        true => false,
        false => api.status(id).map_err(before)?.is_some(),
    };
    match is_there {
        true => permanent("this server has no way to delete a message"),
        false => Ok(Done { duplicate: true, ..Done::default() }),
    }
}

/// Signs in and looks around.
fn check(shared: &Shared, desk: &Desk) -> Answer {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct App {
        scopes: Loose<List<String>>,
        scope: Loose<String>,
    }
    let me = shared.me_again(desk).map_err(before)?;
    let mut note = format!(
        "signed in as {}; {} runs {}; a text may have {} characters, a link counts as {}",
        me.name(),
        me.host,
        if me.version.is_empty() { "something that it does not name" } else { &me.version },
        me.rule.most,
        me.rule.link,
    );
    // Not every server tells; none of this is needed.
    let app = shared.api.get("/api/v1/apps/verify_credentials").ok().filter(|r| r.is_ok());
    let app: App = app.and_then(|r| r.json().ok()).unwrap_or_default();
    let mut scopes: Vec<&str> = app.scopes.iter().map(String::as_str).collect();
    scopes.extend(app.scope.split_whitespace());
    if !scopes.is_empty() {
        note.push_str(&format!("; its scopes are {}", scopes.join(" ")));
        let lacks = |scope: &str| !scopes.iter().any(|s| s.split(':').next() == Some(scope));
        for scope in ["read", "write"].into_iter().filter(|s| lacks(s)) {
            note.push_str(&format!("; it lacks {scope}: make a token that has it"));
        }
    }
    if me.software == Software::Snac {
        note.push_str("; this server cannot delete or schedule");
    }
    Ok(Done { note: Some(note), ..Done::default() })
}

fn permanent(why: &str) -> Answer {
    Err(Not::new(NackKind::Permanent, why))
}
