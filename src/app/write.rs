//! Writing replies and notes: the composer's keys, its drafts, its sending.

use super::act::{self, tell};
use super::action::{Action, Context};
use super::composer::{Composer, Kept, Kind, Stage};
use super::layer::Layer;
use super::model::{Asked, Focus, Link, Model};
use super::notices::Tone;
use super::{Effect, by_hand, canned, lint, mention, outgoing, play, suggest};
use crate::app::update::focus;
use crate::domain::canned::{Place, places};
use crate::domain::{Command, ConversationId, Refusal, Time};
use crate::text::Shown;
use crate::text::catalogue::{cockpit as say, responses};
use crate::wire::message::{Answer, Ask};

/// Opens the composer; for one conversation that opens too, with its draft.
pub(super) fn open(model: &mut Model, ids: Vec<ConversationId>, kind: Kind, now: Time) {
    let from_queue = model.focus != Focus::Conversation;
    let (mut draft, mut seen, mut kept) = (String::new(), None, None);
    if ids.len() > 1 {
        draft = model.drafts.get(None, kind).map(|kept| kept.text.clone()).unwrap_or_default();
    } else if let [id] = ids[..] {
        act::open(model, id);
        let detail = model.in_view.detail.as_ref().filter(|d| d.conversation.id == id);
        let detail = detail.filter(|_| kind == Kind::Reply);
        kept = detail.and_then(|d| d.draft.clone());
        // The desk has the newest one: other cockpits of this operator may have gone on with it.
        // Unless the link was down when it was written here.
        let theirs = detail.and_then(|d| Some((d.draft.clone()?, d.draft_seen)));
        let here = model.drafts.get(Some(id), kind);
        let unsent = here.is_some_and(|kept| kept.unsent);
        let here = here.map(|kept| (kept.text.clone(), kept.seen));
        let begun = if unsent { here } else { theirs.or(here) };
        let now_there = model.conversation(id).map(|c| c.messages);
        seen = begun.as_ref().and_then(|(_, seen)| (*seen).min(now_there)).or(now_there);
        draft = begun.map(|(text, _)| text).unwrap_or_default();
    }
    let composer = Composer { from_queue, kept, ..Composer::new(ids, kind, &draft, seen) };
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
        Action::Canned => return canned::open(model, now, effects),
        Action::FillIn => return fill_in(model, now),
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
    if let Some(text) = in_the_way(model) {
        return model.notices.say(Tone::Warn, text, None, now);
    }
    if !lint::lets_go(model, now) {
        return;
    }
    let Some(c) = model.composer() else { return };
    let now_seen = shown.filter(|(id, _)| Some(*id) == c.only()).map(|(_, n)| n);
    let Some(command) = c.command(now_seen) else {
        return by_hand::send(model, now, effects);
    };
    if canned::confirm(model, &command) {
        return;
    }
    hand_over(model, command, effects);
}

/// Hands what is written to the desk.
pub(super) fn hand_over(model: &mut Model, command: Command, effects: &mut Vec<Effect>) {
    let (name, ids) = (command.name(), command.ids().to_vec());
    let number = model.ask(Ask::Do(command), Asked::Do { name, ids }, effects);
    if let Some(c) = model.composer_mut() {
        (c.stage, c.unsaved) = (Stage::Sending(number), None);
    }
}

/// What the desk would refuse for certain, said before it is asked: too long, a place left open.
fn in_the_way(model: &Model) -> Option<Shown> {
    let (c, lang) = (model.composer()?, model.settings.lang);
    if c.kind != Kind::Reply {
        return None;
    }
    if let Some(m) = c.counted().measure.filter(|m| m.is_over() && c.only().is_some()) {
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("n", &-m.left()), ("most", &m.most), ("unit", &m.unit.word().say(lang))];
        return Some(say::TOO_LONG_THERE.fill(lang, &values));
    }
    // For several conversations the desk fills in what it knows.
    let open = |p: &Place<'_>| c.only().is_some() || p.is_open();
    let place = places(c.editor.text()).find(open)?;
    let key = model.keymap.keys(Action::FillIn, Context::Composer).next().unwrap_or_default();
    let name = Shown::line(place.name.trim_start_matches('?'));
    Some(responses::STILL_OPEN.fill(lang, &[("place", &name), ("key", &key)]))
}

/// Tab: completes the name that is begun, else goes to the next place to fill in.
fn fill_in(model: &mut Model, now: Time) {
    let waits = model.composer().is_some_and(|c| matches!(c.stage, Stage::Sending(_)));
    if !waits && (mention::complete(model) || canned::next_place(model)) {
        if let Some(c) = model.composer_mut() {
            c.touched(now);
        }
        return;
    }
    // Over the composer, less than a warning is not shown.
    tell(model, Tone::Warn, say::NOTHING_TO_FILL, now);
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
            model.thread_to_new();
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
    model.drafts.keep(only, kind, Kept::default());
    note_draft(model, only, kind, None);
    if let Some(id) = only.filter(|_| kind == Kind::Reply) {
        model.ask(Ask::Draft { id, text: None, seen: None }, Asked::Quietly, effects);
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
    if let Some(c) = model.composer_mut().filter(|c| c.saving.is_some()) {
        // Nobody knows whether it was kept.
        (c.saving, c.unsaved) = (None, c.unsaved.or(Some(now)));
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
    let (kind, only, seen, text) = (c.kind, c.only(), c.seen, c.editor.text().to_owned());
    // What is longer than the desk keeps stays here; the composer says so.
    let for_desk = only.filter(|_| kind == Kind::Reply && c.is_keepable());
    if for_desk.is_none() || up {
        c.unsaved = None;
    }
    let unsent = for_desk.is_some() && !up;
    model.drafts.keep(only, kind, Kept { text: text.clone(), seen, unsent });
    note_draft(model, only, kind, Some((&text, seen)));
    if let Some(id) = for_desk.filter(|_| up) {
        let text = (!text.trim().is_empty()).then_some(text);
        let kept = text.clone();
        let number = model.ask(Ask::Draft { id, text, seen }, Asked::Draft(id), effects);
        if let Some(c) = model.composer_mut() {
            (c.kept, c.saving) = (kept, Some(number));
        }
    }
}

/// What is known of the conversation in view tells of the draft as it is now.
fn note_draft(
    model: &mut Model,
    id: Option<ConversationId>,
    kind: Kind,
    draft: Option<(&str, Option<u32>)>,
) {
    let detail = model.in_view.detail.as_mut();
    let detail = detail.filter(|d| Some(d.conversation.id) == id && kind == Kind::Reply);
    if let Some(detail) = detail {
        let draft = draft.filter(|(text, _)| !text.trim().is_empty());
        detail.draft = draft.map(|(text, _)| text.to_owned());
        detail.draft_seen = draft.and_then(|(_, seen)| seen);
    }
}

/// The link stands again: what was written meanwhile is handed over.
pub(super) fn hand_in(model: &mut Model, effects: &mut Vec<Effect>) {
    save(model, effects);
    for (id, kept) in model.drafts.take_unsent() {
        let text = (!kept.text.trim().is_empty()).then_some(kept.text);
        model.ask(Ask::Draft { id, text, seen: kept.seen }, Asked::Draft(id), effects);
    }
}

/// The desk answered that it keeps a draft, or why it does not.
pub(super) fn saved(model: &mut Model, number: u64) {
    if let Some(c) = model.composer_mut().filter(|c| c.saving == Some(number)) {
        c.saving = None;
    }
}

/// A draft came with the conversation: taken over when nothing was typed yet, or when another
/// cockpit of this operator went on with it. What is typed here and not kept yet is the newest, and
/// stays.
pub(super) fn draft_came(
    model: &mut Model,
    id: ConversationId,
    (draft, seen): (Option<&str>, Option<u32>),
    messages: u32,
    now: Time,
) {
    let Some(c) = model.composer_mut().filter(|c| c.only() == Some(id)) else { return };
    if c.untouched {
        // What came before the first key was there when the draft began.
        c.seen = Some(messages);
    }
    // While one of ours is on its way, what comes may be older than it.
    if c.kind != Kind::Reply || c.saving.is_some() || matches!(c.stage, Stage::Sending(_)) {
        return;
    }
    let Some(draft) = draft.filter(|draft| !draft.is_empty()) else { return };
    let known = c.kept.as_deref() == Some(draft);
    let (first, same) = (c.untouched, c.editor.text() == draft);
    if same || (known && !first) {
        c.kept = Some(draft.to_owned());
        return;
    }
    if c.unsaved.is_some() {
        c.kept = Some(draft.to_owned());
        return tell(model, Tone::Warn, say::DRAFT_ELSEWHERE_TOO, now);
    }
    c.kept = Some(draft.to_owned());
    c.editor.set(draft);
    c.untouched = false;
    c.seen = seen.map(|seen| seen.min(messages)).or(c.seen);
    if !first {
        tell(model, Tone::Warn, say::DRAFT_ELSEWHERE, now);
    }
    model.break_thread();
}

pub(super) fn close(model: &mut Model) {
    model.layers.retain(|l| !matches!(l, Layer::Composer(_)));
    model.lay_out();
    model.break_thread();
}
