//! What is known of an answer, or a request, that is on its way out: said below its message, with
//! the keys that help.

use super::action::Action;
use super::keymap::Keymap;
use super::thread::Reading;
use crate::domain::outbox::{Hold, Stage};
use crate::domain::{Delivery, Message, OutKind, Outgoing, Time};
use crate::text::catalogue::cockpit as say;
use crate::text::{Msg, Shown, format, link_safe};
use crate::wire::message::Detail;

/// The keys that help an answer which got stuck, as this operator presses them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// It is on the platform.
    pub mark_sent: Shown,
    /// It is not.
    pub send_again: Shown,
    /// The page to look at, on the clipboard.
    pub copy_link: Shown,
    /// Into a draft again.
    pub take_back: Shown,
    /// The answer itself, on the clipboard.
    pub copy_reply: Shown,
}

impl Keys {
    /// As the keymap has them.
    pub fn of(keymap: &Keymap) -> Keys {
        let key = |action| keymap.key(action).unwrap_or_default();
        Keys {
            mark_sent: key(Action::MarkSent),
            send_again: key(Action::SendAgain),
            copy_link: key(Action::CopyLink),
            take_back: key(Action::TakeBack),
            copy_reply: key(Action::CopyReply),
        }
    }
}

/// A sentence below a message; true when somebody has to do something.
pub(super) type Known = (Shown, bool);

/// What is known of what goes out for a message.
pub(super) fn known(detail: &Detail, seq: u32, m: &Message, r: Reading<'_>) -> Vec<Known> {
    let rows = detail.outgoing.iter().filter(|(of, ..)| *of == seq);
    let mut known = Vec::new();
    for (_, kind, row) in rows {
        match kind {
            OutKind::Reply => {}
            kind => known.push(request(*kind, row, r)),
        }
    }
    if m.withdrawn.is_some() || !m.is_ours_from_here() {
        return known;
    }
    let row = detail.outgoing.iter().find(|(of, kind, _)| *of == seq && *kind == OutKind::Reply);
    let row = row.map(|(.., row)| row);
    match &m.delivery {
        Delivery::Waiting | Delivery::Sending if r.by_hand => {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("copy", &r.keys.copy_reply), ("sent", &r.keys.mark_sent)];
            known.push((say::BY_HAND_KEYS.fill(r.lang, &values), true));
            look(detail, r, &mut known);
        }
        Delivery::Waiting | Delivery::Sending => {
            known.extend(row.and_then(|row| stage(row, r)));
        }
        Delivery::Held(_) => known.extend(row.and_then(|row| held(row, r))),
        Delivery::Unconfirmed(_) => {
            known.extend(row.and_then(|row| row.stage.why()).and_then(why));
            help(detail, r, &mut known);
        }
        Delivery::Failed { why: reason, .. } => {
            known.extend(why(reason));
            help(detail, r, &mut known);
        }
        Delivery::None | Delivery::Sent(_) => {}
    }
    known
}

fn why(why: &str) -> Option<Known> {
    (!why.trim().is_empty()).then(|| (Shown::line(why), true))
}

/// Where to look, and what to press then.
fn help(detail: &Detail, r: Reading<'_>, known: &mut Vec<Known>) {
    look(detail, r, known);
    let values: [(&str, &dyn std::fmt::Display); 2] =
        [("sent", &r.keys.mark_sent), ("again", &r.keys.send_again)];
    known.push((say::IS_IT_THERE.fill(r.lang, &values), false));
}

fn look(detail: &Detail, r: Reading<'_>, known: &mut Vec<Known>) {
    if let Some(link) = detail.page().and_then(link_safe) {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("link", &link), ("copy", &r.keys.copy_link)];
        known.push((say::LOOK_AT.fill(r.lang, &values), false));
    }
}

/// How far an answer is that nobody has to decide about.
fn stage(row: &Outgoing, r: Reading<'_>) -> Option<Known> {
    let n = row.attempts;
    match &row.stage {
        Stage::Queued { why: Some(why), not_before } => {
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("n", &n), ("why", why), ("time", &clock(*not_before, r))];
            Some((say::NEXT_ATTEMPT.fill(r.lang, &values), true))
        }
        Stage::Queued { why: None, not_before } if *not_before > row.made => {
            let at = not_before.to_utc().with_timezone(&r.zone);
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("time", &format::clock_seconds(&at)), ("back", &r.keys.take_back)];
            Some((say::GOES_OUT_AT.fill(r.lang, &values), false))
        }
        Stage::Queued { .. } | Stage::Held { .. } => None,
        Stage::Attempted { at } => {
            let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &n), ("time", &clock(*at, r))];
            Some((say::ATTEMPT_SINCE.fill(r.lang, &values), false))
        }
        Stage::Doubtful { since, why } | Stage::Unconfirmed { since, why } => {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("why", why), ("time", &clock(*since, r))];
            Some((say::DOUBTFUL_SINCE.fill(r.lang, &values), true))
        }
    }
}

/// Why an answer is held, and the keys that decide.
fn held(row: &Outgoing, r: Reading<'_>) -> Option<Known> {
    let Stage::Held { why, .. } = &row.stage else { return None };
    let keys: [(&str, &dyn std::fmt::Display); 2] =
        [("again", &r.keys.send_again), ("back", &r.keys.take_back)];
    let text = match why {
        Hold::Overtaken { new } => say::HELD_NEW_KEYS
            .fill(r.lang, &[&[("n", new as &dyn std::fmt::Display)], &keys[..]].concat()),
        Hold::Waited { since } => {
            let since = clock(*since, r);
            say::HELD_WAITED_KEYS
                .fill(r.lang, &[&[("time", &since as &dyn std::fmt::Display)], &keys[..]].concat())
        }
    };
    Some((text, true))
}

/// `like asked for · failed once: too many requests - next attempt 14:07`.
fn request(kind: OutKind, row: &Outgoing, r: Reading<'_>) -> Known {
    let asked: Msg = match (kind, row.on) {
        (OutKind::Like, true) => say::ASKED_LIKE,
        (OutKind::Like, false) => say::ASKED_UNLIKE,
        (OutKind::Hide, true) => say::ASKED_HIDE,
        (OutKind::Hide, false) => say::ASKED_UNHIDE,
        (OutKind::Block, true) => say::ASKED_BLOCK,
        (OutKind::Block, false) => say::ASKED_UNBLOCK,
        (OutKind::Delete | OutKind::Reply | OutKind::Publish | OutKind::Unpublish, _) => {
            say::ASKED_DELETE
        }
    };
    let asked = asked.say(r.lang);
    match stage(row, r) {
        None => (asked, false),
        Some((how, loud)) => (Shown::join([&asked, &how], &Shown::line(" · ")), loud),
    }
}

fn clock(t: Time, r: Reading<'_>) -> Shown {
    format::clock(&t.to_utc().with_timezone(&r.zone))
}
