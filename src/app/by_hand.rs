//! Channels that nothing connects: answers are carried out by copying them, comments are carried
//! in by pasting them.

use super::act::{self, tell};
use super::action::Action;
use super::composer::{Composer, Kind, Stage};
use super::layer::{Choice, Layer, Menu};
use super::model::{Asked, Link, Model};
use super::notices::Tone;
use super::{Effect, paste};
use crate::domain::{Channel, ChannelId, Delivery, Queue, Time};
use crate::text::catalogue::cockpit as say;
use crate::text::format;
use crate::wire::message::{Ask, Detail, Ingested, Row};

/// Rows in which the conversation of what was pasted is looked for.
const LOOK_AT: u32 = 500;

/// Copies the newest answer of a conversation that somebody may have to carry out by hand.
pub(super) fn copy_reply(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(id) = model.open.or_else(|| model.list(model.home).selected()) else {
        return tell(model, Tone::Info, say::NOTHING_SELECTED, now);
    };
    match model.in_view.detail.take_if(|d| d.conversation.id == id) {
        Some(detail) => {
            copy(model, &detail, now, effects);
            model.in_view.detail = Some(detail);
        }
        // A queue without a conversation beside it: the thread is not here.
        None if model.link == Link::Up => {
            model.ask(Ask::Show(id), Asked::CopyReply, effects);
        }
        None => tell(model, Tone::Bad, say::NO_LINK_NOTHING_DONE, now),
    }
}

/// [`copy_reply`], with the thread.
pub(super) fn copy(model: &mut Model, detail: &Detail, now: Time, effects: &mut Vec<Effect>) {
    let carried = |d: &Delivery| !matches!(d, Delivery::None | Delivery::Sent(_));
    let reply = detail
        .messages
        .iter()
        .rev()
        .map(|(_, m)| m)
        .find(|m| m.is_ours_from_here() && m.withdrawn.is_none() && carried(&m.delivery));
    let Some(reply) = reply else {
        return tell(model, Tone::Info, say::NO_REPLY_TO_COPY, now);
    };
    effects.push(Effect::Copy(reply.text.clone()));
    let key = model.keymap.key(Action::MarkSent).unwrap_or_default();
    let text = say::COPIED_REPLY.fill(model.settings.lang, &[("key", &key)]);
    model.notices.say(Tone::Done, text, None, now);
}

/// Asks for the channel that something is to be pasted into; goes on at once when there is one.
pub(super) fn choose(model: &mut Model, now: Time) {
    let all = model.welcome.iter().flat_map(|w| &w.channels);
    let by_hand: Vec<ChannelId> =
        all.map(|c| c.id.clone()).filter(|id| model.is_by_hand(id)).collect();
    match &by_hand[..] {
        [] => tell(model, Tone::Info, say::NONE_BY_HAND, now),
        [one] => open(model, one.clone()),
        // Nine choices have a number.
        some => {
            let choice = |id: &ChannelId| (model.channel_title(id), Choice::PasteInto(id.clone()));
            let choices = some.iter().take(9).map(choice).collect();
            let title = say::PASTE_INTO.say(model.settings.lang);
            model.layers.push(Layer::Menu(Menu { title, choices, cursor: 0 }));
        }
    }
}

/// Opens the composer for what customers wrote on a channel.
pub(super) fn open(model: &mut Model, onto: ChannelId) {
    let draft = model.drafts.get(None, Kind::Paste).map(|kept| kept.text.clone());
    let draft = draft.unwrap_or_default();
    let composer = Composer::new(Vec::new(), Kind::Paste, &draft, None);
    model.layers.push(Layer::Composer(Composer { onto: Some(onto), ..composer }));
    model.lay_out();
}

/// Hands what was pasted to the desk.
pub(super) fn send(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some((onto, text)) =
        model.composer().and_then(|c| Some((c.onto.clone()?, c.editor.text().to_owned())))
    else {
        return;
    };
    let channel = model.channel(&onto).cloned().unwrap_or_else(|| Channel {
        platform: onto.0.clone(),
        title: String::new(),
        reply_window: None,
        id: onto,
    });
    let all = paste::read(&text);
    let Some(first) = all.first() else {
        return tell(model, Tone::Warn, say::NOTHING_WRITTEN, now);
    };
    let queue = if first.dm { Queue::Messages } else { Queue::Comments };
    let events: Vec<_> = all.iter().zip(0..).map(|(p, at)| p.event(&channel, now, at)).collect();
    let root = events.first().and_then(id_of).unwrap_or_default();
    let asked = Asked::Paste { queue, channel: channel.id, root };
    let number = model.ask(Ask::Ingest { cursor: None, events }, asked, effects);
    if let Some(c) = model.composer_mut() {
        (c.stage, c.unsaved) = (Stage::Sending(number), None);
    }
}

fn id_of(event: &crate::domain::Event) -> Option<String> {
    match event {
        crate::domain::Event::Message(m) => Some(m.id.clone()),
        _ => None,
    }
}

/// What became of it; where it is, is asked for.
pub(super) fn came_in(
    model: &mut Model,
    done: &Ingested,
    (queue, channel, root): (Queue, ChannelId, String),
    now: Time,
    effects: &mut Vec<Effect>,
) {
    let lang = model.settings.lang;
    if let Some((_, why)) = done.rejected.first() {
        let n = format::number(lang, done.rejected.len() as u64);
        let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &n), ("why", why)];
        model.notices.say(Tone::Bad, say::PASTE_REJECTED.fill(lang, &values), None, now);
    }
    let said = match (done.added, done.known + done.changed) {
        (0, 0) => return,
        (0, _) => say::PASTED_KNOWN.say(lang),
        (1, 0) => say::PASTED_ONE.say(lang),
        (n, 0) => say::PASTED_MANY.fill(lang, &[("n", &n)]),
        (n, known) => say::PASTED_SOME.fill(lang, &[("n", &n), ("known", &known)]),
    };
    model.notices.say(Tone::Done, said, None, now);
    let filter = format!("channel:{}", channel.0);
    let ask = Ask::List { queue: Some(queue), filter, after: None, limit: LOOK_AT };
    model.ask(ask, Asked::Pasted { root }, effects);
}

/// Opens the conversation of what was pasted, when it is among these.
pub(super) fn found(model: &mut Model, root: &str, rows: &[Row]) {
    // The operator has gone on meanwhile.
    if !model.layers.is_empty() {
        return;
    }
    if let Some(row) = rows.iter().find(|r| r.conversation.root == root) {
        let id = row.conversation.id;
        model.home = row.conversation.queue;
        act::open(model, id);
    }
}
