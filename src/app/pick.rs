//! Lists whose lines open a conversation: a person's past, the topic pool.

use super::Effect;
use super::act::{self, tell};
use super::action::Action;
use super::best::origin;
use super::layer::{Layer, Pick, Seed};
use super::link::numbered;
use super::model::{Asked, Link, Model};
use super::notices::Tone;
use crate::domain::history::{self, Past, Whom};
use crate::domain::order::StateKind;
use crate::domain::post::{Content, PostAct};
use crate::domain::{Command, Conversation, Time};
use crate::text::catalogue::work as say;
use crate::text::catalogue::{cockpit, planning};
use crate::text::{Align, Msg, Shown, format};
use crate::wire::message::Ask;
use crate::wire::work::TopicRow;

/// The most topics of a list.
const TOPICS: usize = 200;

/// Asks for the past of whoever the conversation at hand speaks of.
pub(super) fn ask_past(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let id = match act::targets(model, now).as_deref() {
        Some([id]) => *id,
        Some(_) => return tell(model, Tone::Info, say::ONE_PERSON, now),
        None => return,
    };
    ask(model, Ask::Past(Whom::Of(id)), Asked::List, now, effects);
}

/// Asks for the topic pool.
pub(super) fn ask_topics(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    ask(model, Ask::Topics, Asked::List, now, effects);
}

fn ask(model: &mut Model, ask: Ask, asked: Asked, now: Time, effects: &mut Vec<Effect>) {
    if model.link != Link::Up {
        return tell(model, Tone::Bad, say::NO_LINK, now);
    }
    model.ask(ask, asked, effects);
}

/// A list came; it opens when nothing else lies over the panes by now.
pub(super) fn open(model: &mut Model, pick: Pick) {
    if model.layers.is_empty() {
        model.layers.push(Layer::Pick(pick));
    }
}

/// A person's past came.
pub(super) fn past_came(model: &mut Model, past: &Past, now: Time) {
    let lang = model.settings.lang;
    let name = Shown::line(&past.name);
    let name = if name.is_empty() { cockpit::NO_NAME.say(lang) } else { name };
    let title = Shown::join(&[name, model.channel_title(&past.channel)], &Shown::line(" · "));
    let number = |n: u64| format::number(lang, n);
    let count = past.conversations.len() as u64;
    let msg = if past.more { say::PAST_COUNTS_MORE } else { say::PAST_COUNTS };
    let values: [(&str, &dyn std::fmt::Display); 4] = [
        ("n", &number(count)),
        ("messages", &number(past.messages.into())),
        ("complaints", &number(past.complaints.into())),
        ("likes", &number(past.likes)),
    ];
    let mut about = vec![msg.fill(lang, &values)];
    let local = |t: Time| t.to_utc().with_timezone(&model.zone);
    let mut seen = Vec::new();
    if let Some(first) = past.first_seen {
        seen.push(say::PAST_SINCE.fill(lang, &[("day", &format::day(lang, &local(first)))]));
    }
    if let Some(gap) = past.median_gap {
        let span = format::duration(lang, gap.0.max(60_000));
        seen.push(say::PAST_GAP.fill(lang, &[("span", &span)]));
    }
    if let Some((by, at)) = &past.answered {
        let by = by.as_ref().map_or_else(|| say::ON_PLATFORM.say(lang), |by| Shown::line(&by.0));
        let when = format::moment(lang, &local(*at), &local(now));
        let values: [(&str, &dyn std::fmt::Display); 2] = [("by", &by), ("when", &when)];
        seen.push(say::PAST_ANSWERED.fill(lang, &values));
    }
    about.push(Shown::join(&seen, &Shown::line(" · ")));
    if !past.labels.is_empty() {
        let label = |(label, n): &(String, u32)| Shown::line(&format!("{label} {n}"));
        let labels: Vec<Shown> = past.labels.iter().take(8).map(label).collect();
        about.push(Shown::join(&labels, &Shown::line(" · ")));
    }
    if !past.complete {
        about.push(say::PAST_INCOMPLETE.say(lang));
    }
    about.retain(|line| !line.is_empty());
    let lines = past.conversations.iter().map(|c| (Some(c.id), line(model, c, now))).collect();
    open(model, Pick { title, about, lines, topics: Vec::new(), cursor: 0, more: None });
}

/// `#1042  21 Nov 14:05  open  severe  the first line`.
fn line(model: &Model, c: &Conversation, now: Time) -> Shown {
    let lang = model.settings.lang;
    let local = |t: Time| t.to_utc().with_timezone(&model.zone);
    let at = format::moment(lang, &local(c.received()), &local(now));
    let mut parts = vec![numbered(c.id), at, state(c).say(lang)];
    if history::is_complaint(c) || !c.tag.is_empty() {
        parts.push(Shown::line(&c.tag));
    }
    if let Some(head) = c.speaks_of() {
        parts.push(Shown::line(&head.excerpt));
    }
    Shown::join(&parts, &Shown::blank(2))
}

/// A state without what belongs to it.
fn state(c: &Conversation) -> Msg {
    match StateKind::from(&c.state) {
        StateKind::Open => cockpit::STATE_OPEN,
        StateKind::Pending => cockpit::STATE_PENDING,
        StateKind::OnHold => cockpit::STATE_ON_HOLD,
        StateKind::Snoozed => say::STATE_SNOOZED,
        StateKind::Resolved => cockpit::STATE_RESOLVED,
    }
}

/// The topic pool came.
pub(super) fn topics_came(model: &mut Model, rows: &[TopicRow], now: Time) {
    let lang = model.settings.lang;
    if rows.is_empty() {
        return tell(model, Tone::Info, say::NO_TOPICS, now);
    }
    let n = format::number(lang, rows.len() as u64);
    let title = say::TOPICS_TITLE.fill(lang, &[("n", &n)]);
    let line = |row: &TopicRow| {
        let mut parts = vec![
            Shown::number(row.score.total()).pad(3, Align::Right),
            origin(row.topic.origin, lang),
        ];
        if row.topic.times() > 0 {
            let times = format::number(lang, row.topic.times().into());
            parts.push(say::TIMES.fill(lang, &[("n", &times)]));
        }
        let text = Shown::line(&row.text);
        parts.push(if text.is_empty() { say::TOPIC_GONE.say(lang) } else { text });
        if !row.topic.note.is_empty() {
            parts.push(Shown::line(&format!("({})", row.topic.note)));
        }
        if let Some(post) = row.posts.first() {
            parts.push(planning::TOPIC_POSTS.fill(lang, &[("posts", post)]));
        }
        Shown::join(&parts, &Shown::blank(2))
    };
    let newest = |row: &TopicRow| row.topic.asked.last().map(|asked| asked.message.conversation);
    let lines = rows.iter().take(TOPICS).map(|row| (newest(row), line(row))).collect();
    let seed = |row: &TopicRow| Seed {
        topic: row.topic.id,
        idea: row.text.clone(),
        channel: row.topic.asked.first().map(|asked| asked.channel.clone()),
    };
    let topics = rows.iter().take(TOPICS).map(seed).collect();
    let mut about = vec![say::TOPICS_HOW.fill(lang, &[("key", &key_of_untopic(model))])];
    about.extend(
        model
            .keymap
            .key(Action::TopicPost)
            .map(|key| planning::TOPICS_POST_HOW.fill(lang, &[("key", &key)])),
    );
    open(model, Pick { title, about, lines, topics, cursor: 0, more: None });
}

/// Begins a post from the topic with the cursor: for the channel that asked first, else for the
/// desk's first one.
pub(super) fn begin_post(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(Layer::Pick(pick)) = model.layers.last() else { return };
    let Some(seed) = pick.topics.get(pick.cursor).cloned() else { return };
    if seed.idea.is_empty() {
        return tell(model, Tone::Info, say::TOPIC_GONE, now);
    }
    let first = || Some(model.welcome()?.channels.first()?.id.clone());
    let Some(channel) = seed.channel.or_else(first) else {
        return tell(model, Tone::Warn, planning::NO_CHANNEL_HERE, now);
    };
    let act = PostAct::New {
        idea: seed.idea,
        topic: Some(seed.topic),
        variants: vec![(channel, Content::default())],
        when: None,
    };
    act::send_now(model, Command::Post(act), now, effects);
    model.layers.pop();
}

fn key_of_untopic(model: &Model) -> Shown {
    model.keymap.key(Action::Untopic).unwrap_or_default()
}

/// Opens the conversation of the line with the cursor.
pub(super) fn choose(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(Layer::Pick(pick)) = model.layers.last() else { return };
    let Some((id, _)) = pick.lines.get(pick.cursor) else { return };
    let id = *id;
    model.layers.pop();
    let Some(id) = id else { return tell(model, Tone::Info, planning::TOPIC_NOT_ASKED, now) };
    // It may be in no list, so the desk is asked for it.
    model.ask(Ask::Show(id), Asked::Go, effects);
}
