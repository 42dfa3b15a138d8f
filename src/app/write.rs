//! Writing replies and notes: the composer's keys, its drafts, its sending.

use super::act::{self, tell};
use super::action::Action;
use super::composer::{Composer, Kind, Stage};
use super::layer::Layer;
use super::model::{Asked, Focus, Link, Model};
use super::notices::Tone;
use super::{Effect, by_hand, lint, outgoing, play, suggest};
use crate::app::update::focus;
use crate::domain::{ConversationId, Refusal, Time};
use crate::text::catalogue::cockpit as say;
use crate::wire::message::{Answer, Ask};

/// Opens the composer; for one conversation that opens too, with its draft.
pub(super) fn open(model: &mut Model, ids: Vec<ConversationId>, kind: Kind, now: Time) {
    let from_queue = model.focus != Focus::Conversation;
    let (mut draft, mut seen) = (String::new(), None);
    if ids.len() > 1 {
        draft = model.drafts.get(None, kind).unwrap_or_default().to_owned();
    } else if let [id] = ids[..] {
        act::open(model, id);
        let detail = model.in_view.detail.as_ref().filter(|d| d.conversation.id == id);
        let kept = detail.and_then(|d| d.draft.as_deref()).filter(|_| kind == Kind::Reply);
        draft = model.drafts.get(Some(id), kind).or(kept).unwrap_or_default().to_owned();
        seen = model.conversation(id).map(|c| c.messages);
    }
    let composer = Composer { from_queue, ..Composer::new(ids, kind, &draft, seen) };
    model.layers.push(Layer::Composer(composer));
    model.lay_out();
    model.break_thread();
    model.thread_to_head();
    say_by_hand(model, kind, now);
}

/// Says beforehand that nothing will send what is written.
fn say_by_hand(model: &mut Model, kind: Kind, now: Time) {
    let only = model.composer().and_then(Composer::only).filter(|_| kind == Kind::Reply);
    let Some(c) = only.and_then(|id| model.conversation(id)) else { return };
    if model.welcome.is_none() || !model.goes_by_hand(c) {
        return;
    }
    let keys = outgoing::Keys::of(&model.keymap);
    let values: [(&str, &dyn std::fmt::Display); 3] = [
        ("channel", &model.channel_title(&c.channel)),
        ("copy", &keys.copy_reply),
        ("sent", &keys.mark_sent),
    ];
    let text = say::REPLIES_BY_HAND.fill(model.settings.lang, &values);
    model.notices.say(Tone::Warn, text, None, now);
}

/// The composer's own keys.
pub(super) fn run(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) {
    match action {
        Action::Send => return send(model, now, effects),
        Action::KeepDraft => return keep(model, now, effects),
        Action::NextFinding | Action::TakeInstead => return lint::run(model, action, now),
        Action::SuggestHere => return suggest::ask(model, now, effects),
        Action::ThreadUp | Action::ThreadDown => {
            let rows = model.screen.thread_rows().saturating_sub(1).max(1);
            let most = model.in_view.lines.len().saturating_sub(model.screen.thread_rows());
            let up = &mut model.in_view.up;
            *up = if action == Action::ThreadUp {
                (*up + rows).min(most)
            } else {
                up.saturating_sub(rows)
            };
            return;
        }
        _ => {}
    }
    let columns = model.screen.composer_columns();
    let Some(c) = model.composer_mut() else { return };
    if matches!(c.stage, Stage::Sending(_)) {
        // What is on its way is not changed any more.
        return;
    }
    match action {
        Action::Editor => {
            return effects.push(Effect::OpenEditor { text: c.editor.text().to_owned() });
        }
        Action::LineUp | Action::LineDown => {
            c.editor.line(action == Action::LineDown, columns);
            return;
        }
        Action::ThrowAway => {
            c.editor.set("");
            c.touched(now);
            save(model, effects);
            close(model);
            return tell(model, Tone::Done, say::DRAFT_GONE, now);
        }
        Action::Newline => c.editor.insert("\n"),
        Action::Left => return c.editor.left(),
        Action::Right => return c.editor.right(),
        Action::WordLeft => return c.editor.word_left(),
        Action::WordRight => return c.editor.word_right(),
        Action::LineStart => return c.editor.line_start(),
        Action::LineEnd => return c.editor.line_end(),
        Action::Erase => c.editor.erase(),
        Action::EraseNext => c.editor.erase_next(),
        Action::EraseWord => c.editor.erase_word(),
        Action::EraseToStart => c.editor.erase_to_start(),
        Action::EraseToEnd => c.editor.erase_to_end(),
        _ => return,
    }
    c.touched(now);
}

/// Typed or pasted text.
pub(super) fn type_in(model: &mut Model, text: &str, now: Time) {
    if let Some(c) = model.composer_mut().filter(|c| !matches!(c.stage, Stage::Sending(_))) {
        c.editor.insert(text);
        c.touched(now);
    }
}

/// The text that `$EDITOR` left.
pub(super) fn replace(model: &mut Model, text: &str, now: Time) {
    if let Some(c) = model.composer_mut().filter(|c| !matches!(c.stage, Stage::Sending(_))) {
        c.editor.set(text.trim_end_matches(['\r', '\n']));
        c.touched(now);
    }
}

pub(super) fn send(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let shown = model.in_view.detail.as_ref().map(|d| (d.conversation.id, d.conversation.messages));
    let link = model.link.clone();
    let Some(c) = model.composer() else { return };
    if matches!(c.stage, Stage::Sending(_)) {
        return;
    }
    if c.editor.is_blank() {
        // Over the composer, less than a warning is not shown.
        return tell(model, Tone::Warn, say::NOTHING_WRITTEN, now);
    }
    if link != Link::Up {
        return tell(model, Tone::Bad, say::NO_LINK_DRAFT_STAYS, now);
    }
    if !lint::lets_go(model, now) {
        return;
    }
    let Some(c) = model.composer() else { return };
    let now_seen = shown.filter(|(id, _)| Some(*id) == c.only()).map(|(_, n)| n);
    let Some(command) = c.command(now_seen) else {
        return by_hand::send(model, now, effects);
    };
    let (name, ids) = (command.name(), command.ids().to_vec());
    let number = model.ask(Ask::Do(command), Asked::Do { name, ids }, effects);
    if let Some(c) = model.composer_mut() {
        (c.stage, c.unsaved) = (Stage::Sending(number), None);
    }
}

/// The desk's answer to a question the composer may have asked; true when it was its own.
pub(super) fn answered(
    model: &mut Model,
    number: u64,
    answer: &Answer,
    now: Time,
    effects: &mut Vec<Effect>,
) -> bool {
    let messages = model.in_view.detail.as_ref().map(|d| d.conversation.messages);
    let Some(c) = model.composer_mut().filter(|c| c.stage == Stage::Sending(number)) else {
        return false;
    };
    match answer {
        Answer::Refused(Refusal::Overtaken { new, .. }) => {
            c.stage = Stage::Overtaken(*new);
            // Sending again means having seen what is shown now.
            c.seen = c.seen.or(messages);
            c.unsaved = Some(now);
            return true;
        }
        Answer::Refused(Refusal::Lint(stopped)) if stopped.overridable => {
            (c.stage, c.unsaved, c.lint.because) = (Stage::Writing, Some(now), None);
            lint::stopped(model, stopped);
            return true;
        }
        Answer::Refused(_) => {
            c.stage = Stage::Writing;
            c.unsaved = Some(now);
            return false;
        }
        _ => {}
    }
    let (ids, kind, only, from_queue) = (c.ids.clone(), c.kind, c.only(), c.from_queue);
    model.drafts.keep(only, kind, "");
    if let Some(id) = only.filter(|_| kind == Kind::Reply) {
        model.ask(Ask::Draft { id, text: None }, Asked::Quietly, effects);
    }
    close(model);
    if kind == Kind::Paste {
        return false;
    }
    if play::is_on(model, &ids) {
        return false;
    }
    if kind == Kind::Reply {
        act::advance(model, &ids, now);
    }
    if from_queue {
        let home = model.home;
        focus(model, Focus::Queue(home));
    }
    false
}

/// The link broke while something was on its way: nobody knows whether it arrived.
pub(super) fn unknown(model: &mut Model, now: Time) {
    if let Some(c) = model.composer_mut().filter(|c| matches!(c.stage, Stage::Sending(_))) {
        c.stage = Stage::Writing;
        c.unsaved = Some(now);
    }
}

/// Leaves the composer; the draft stays.
fn keep(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let blank = model.composer().is_none_or(|c| c.editor.is_blank());
    let from_queue = model.composer().is_some_and(|c| c.from_queue);
    let only = model.composer().and_then(Composer::only);
    save(model, effects);
    close(model);
    if from_queue && only.is_some() && model.play.is_none() {
        let home = model.home;
        focus(model, Focus::Queue(home));
    }
    if !blank {
        tell(model, Tone::Done, say::DRAFT_KEPT, now);
    }
}

/// Keeps the draft now, here and (a reply's) on the desk.
pub(super) fn save(model: &mut Model, effects: &mut Vec<Effect>) {
    let up = model.link == Link::Up;
    let Some(c) = model.composer_mut().filter(|c| c.unsaved.is_some()) else { return };
    let (kind, only, text) = (c.kind, c.only(), c.editor.text().to_owned());
    let for_desk = only.filter(|_| kind == Kind::Reply);
    if for_desk.is_none() || up {
        c.unsaved = None;
    }
    model.drafts.keep(only, kind, &text);
    if let Some(id) = for_desk.filter(|_| up) {
        let text = (!text.trim().is_empty()).then_some(text);
        model.ask(Ask::Draft { id, text }, Asked::Quietly, effects);
    }
}

/// A draft came with the conversation: taken over when nothing was typed yet.
pub(super) fn draft_came(model: &mut Model, id: ConversationId, draft: &str, messages: u32) {
    let wanted = model.composer_mut().filter(|c| c.only() == Some(id));
    let Some(c) = wanted else { return };
    if !c.untouched {
        return;
    }
    // What came before the first key was there when the draft began.
    c.seen = Some(messages);
    if c.kind == Kind::Reply && !draft.is_empty() {
        c.editor.set(draft);
        c.untouched = false;
    }
}

pub(super) fn close(model: &mut Model) {
    model.layers.retain(|l| !matches!(l, Layer::Composer(_)));
    model.lay_out();
    model.break_thread();
}
