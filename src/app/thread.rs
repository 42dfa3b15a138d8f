//! A conversation's messages as the lines of a thread, broken to a width. Made here, because
//! scrolling depends on how many there are.

use super::outgoing::{self, Keys};
use crate::domain::{Delivery, Message, MessageKind, Time};
use crate::text::catalogue::{cockpit as say, privacy};
use crate::text::{Lang, Shown, format, link_safe};
use crate::wire::message::Detail;
use chrono_tz::Tz;

/// Whose line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A customer's.
    Customer,
    /// Ours.
    Us,
    /// A private note.
    Note,
}

/// One line of the thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadLine {
    /// Whose.
    pub side: Side,
    /// What it holds.
    pub holds: Holds,
    /// True when it came after the draft began.
    pub new: bool,
}

/// What a line of the thread holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// So many older messages are not here.
    Older(u32),
    /// The day of the messages below.
    Day(Shown),
    /// Who wrote what follows, and when.
    Author {
        /// The name.
        name: Shown,
        /// The time of day.
        at: Shown,
        /// Likes, 0 = none.
        likes: u32,
        /// What else is to know: note, waiting for a channel, sent, edited, withdrawn.
        about: Option<Shown>,
        /// True when it has not reached the customer.
        waiting: bool,
        /// Its page on the platform.
        page: Option<Shown>,
    },
    /// A part of the text; `gone` when it was withdrawn.
    Text {
        /// The line.
        line: Shown,
        /// Taken back by its author.
        gone: bool,
    },
    /// A picture, voice, file.
    Attachment {
        /// The line.
        line: Shown,
        /// Where it opens.
        target: Option<Shown>,
    },
    /// What is known of something that is on its way out.
    Known {
        /// The line.
        line: Shown,
        /// True when somebody should do something.
        loud: bool,
    },
    /// An empty line.
    Gap,
}

/// How many lines of one message are shown; the rest is a line that says how many there are.
const MOST_LINES: usize = 200;

/// What the lines are made with.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// Language.
    pub lang: Lang,
    /// Zone of the times.
    pub zone: Tz,
    /// Columns for texts.
    pub columns: usize,
    /// How many messages there were when the draft began; `None` = no draft.
    pub seen: Option<u32>,
    /// True when people carry the answers out.
    pub by_hand: bool,
    /// The keys that help where something got stuck.
    pub keys: &'a Keys,
}

/// All lines of a thread, oldest first, and the index of the first line of the oldest unanswered
/// message.
pub fn lines(detail: &Detail, r: Reading<'_>) -> (Vec<ThreadLine>, Option<usize>) {
    let mut lines = Vec::new();
    let mut head_line = None;
    let head = detail.conversation.head.as_ref().map(|h| h.seq);
    if let Some(post) = &detail.about {
        let at = post.at.to_utc().with_timezone(&r.zone);
        let mut push = |holds| lines.push(ThreadLine { side: Side::Us, holds, new: false });
        push(author(post, r, format::moment(r.lang, &at, &at)));
        body(post, r, &mut push);
    }
    if detail.older > 0 {
        let holds = Holds::Older(detail.older);
        lines.push(ThreadLine { side: Side::Customer, holds, new: false });
    }
    // What came after an answer that is held is what holds it.
    let is_held = |m: &Message| m.withdrawn.is_none() && matches!(m.delivery, Delivery::Held(_));
    let held = detail.messages.iter().filter(|(_, m)| is_held(m)).map(|(seq, _)| seq + 1).min();
    let mut day = None;
    // An answer that was taken back before it left, and the echo of one that stands, were never
    // there for the customer; the journal has them.
    let was_never_out = |m: &Message| {
        m.kind == MessageKind::Reply && m.withdrawn.is_some() && m.platform_id.is_empty()
    };
    for (seq, m) in detail.messages.iter().filter(|(_, m)| !was_never_out(m)) {
        let at = m.at.to_utc().with_timezone(&r.zone);
        let side = match m.kind {
            MessageKind::Inbound => Side::Customer,
            MessageKind::Reply | MessageKind::Post => Side::Us,
            MessageKind::Note => Side::Note,
        };
        let new = r.seen.or(held).is_some_and(|seen| *seq >= seen);
        let mut push = |holds| lines.push(ThreadLine { side, holds, new });
        if day != Some(at.date_naive()) {
            if day.is_some() {
                push(Holds::Gap);
            }
            push(Holds::Day(format::day(r.lang, &at)));
            day = Some(at.date_naive());
        } else {
            push(Holds::Gap);
        }
        push(author(m, r, format::clock(&at)));
        body(m, r, &mut push);
        for (said, loud) in outgoing::known(detail, *seq, m, r) {
            for line in said.wrap(r.columns) {
                push(Holds::Known { line, loud });
            }
        }
        if head == Some(*seq) {
            head_line = lines.iter().rposition(|l| matches!(l.holds, Holds::Author { .. }));
        }
    }
    (lines, head_line)
}

/// The text of a message and what was sent along, broken to the pane's width.
fn body(m: &Message, r: Reading<'_>, push: &mut impl FnMut(Holds)) {
    let gone = m.withdrawn.is_some();
    if m.erased.is_some() {
        push(Holds::Text { line: privacy::ERASED.say(r.lang), gone: true });
        return;
    }
    let text = Shown::lines(&m.text);
    let broken: Vec<Shown> = text.iter().flat_map(|l| l.wrap(r.columns)).collect();
    let more = broken.len().saturating_sub(MOST_LINES);
    for line in broken.into_iter().take(MOST_LINES) {
        push(Holds::Text { line, gone });
    }
    if more > 0 {
        let line = say::MORE_LINES.fill(r.lang, &[("n", &more)]);
        push(Holds::Attachment { line, target: None });
    }
    for a in &m.attachments {
        let mut line = a.say(r.lang);
        let target = link_safe(&a.link);
        if let Some(link) = &target {
            line.push(&Shown::line(" "));
            line.push(link);
        }
        push(Holds::Attachment { line, target });
    }
}

fn author(m: &Message, r: Reading<'_>, at: Shown) -> Holds {
    let name = match &m.operator {
        Some(operator) => Shown::line(&operator.0),
        None => Shown::line(&m.author.name),
    };
    let clock = |t: Time| format::clock(&t.to_utc().with_timezone(&r.zone));
    let mut about = Vec::new();
    match m.kind {
        MessageKind::Note => about.push(say::NOTE_MARK.say(r.lang)),
        MessageKind::Post => about.push(say::POST_MARK.say(r.lang)),
        MessageKind::Inbound | MessageKind::Reply => {}
    }
    let stands = m.withdrawn.is_none();
    let waiting = stands && !matches!(m.delivery, Delivery::None | Delivery::Sent(_));
    match &m.delivery {
        Delivery::Waiting | Delivery::Sending if stands && r.by_hand => {
            about.push(say::WAITS_FOR_HAND.say(r.lang));
        }
        Delivery::Waiting if stands => about.push(say::WAITS_FOR_CHANNEL.say(r.lang)),
        Delivery::Held(t) if stands => {
            about.push(say::HELD_SINCE.fill(r.lang, &[("time", &clock(*t))]));
        }
        Delivery::Sending if stands => about.push(say::BEING_SENT.say(r.lang)),
        Delivery::Unconfirmed(t) if stands => {
            about.push(say::UNCONFIRMED_SINCE.fill(r.lang, &[("time", &clock(*t))]));
        }
        // Why stands below it, where there is room.
        Delivery::Failed { at, .. } if stands => {
            about.push(say::FAILED_AT.fill(r.lang, &[("time", &clock(*at))]));
        }
        Delivery::Sent(t) => about.push(say::SENT_AT.fill(r.lang, &[("time", &clock(*t))])),
        _ => {}
    }
    if m.liked {
        about.push(say::LIKED_BY_US.say(r.lang));
    }
    if m.hidden {
        about.push(say::HIDDEN_BY_US.say(r.lang));
    }
    if let Some(t) = m.edited {
        about.push(say::EDITED_AT.fill(r.lang, &[("time", &clock(t))]));
    }
    if let Some(t) = m.withdrawn.filter(|_| m.erased.is_none()) {
        about.push(say::WITHDRAWN_AT.fill(r.lang, &[("time", &clock(t))]));
    }
    let about = (!about.is_empty()).then(|| Shown::join(&about, &Shown::line(" · ")));
    let page = m.permalink.as_deref().and_then(link_safe);
    Holds::Author { name, at, likes: m.likes, about, waiting, page }
}
