//! Suggested answers: asked for, offered, and put where one writes. Nothing of them is sent by itself.

use super::act::{self, tell};
use super::composer::{Kind, Stage};
use super::layer::{Choice, Layer, Menu};
use super::model::{Asked, Link, Model};
use super::notices::Tone;
use super::{Effect, write};
use crate::domain::{ConversationId, Time};
use crate::text::Shown;
use crate::text::catalogue::cockpit as say;
use crate::wire::message::Ask;

/// The most bytes of a suggestion that a line of the menu is made of.
const SHOWN: usize = 400;

/// Asks for suggestions: for what is being answered, else for the conversation with the cursor.
pub(super) fn ask(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let id = match model.composer() {
        Some(composer) => composer.only(),
        None => match act::targets(model, now).as_deref() {
            Some([id]) => Some(*id),
            Some(_) => None,
            None => return,
        },
    };
    let Some(id) = id else { return tell(model, Tone::Info, say::SUGGEST_ONE, now) };
    if model.link != Link::Up {
        return tell(model, Tone::Bad, say::NO_LINK_NOTHING_DONE, now);
    }
    if model.composer().is_none() {
        // Its draft, if there is one, is here before a suggestion is put behind it.
        act::open(model, id);
    }
    model.ask(Ask::Suggest(id), Asked::Suggest(id), effects);
    tell(model, Tone::Info, say::SUGGEST_ASKED, now);
}

/// Suggestions came: they are offered where they were asked for, if one is still there.
pub(super) fn came(model: &mut Model, id: ConversationId, texts: Vec<String>, now: Time) {
    if texts.is_empty() {
        return tell(model, Tone::Info, say::SUGGEST_NONE, now);
    }
    let there = match model.layers.last() {
        None => model.open == Some(id),
        Some(Layer::Composer(composer)) => composer.only() == Some(id),
        Some(_) => false,
    };
    let lang = model.settings.lang;
    if !there {
        // A menu that opens under somebody's hands takes keys that were meant for something else.
        let text = say::SUGGEST_ELSEWHERE.fill(lang, &[("id", &id)]);
        return model.notices.say(Tone::Info, text, Some(id), now);
    }
    let choice = |text: String| (Shown::bounded(&text, SHOWN), Choice::Insert(id, text));
    let choices = texts.into_iter().take(9).map(choice).collect();
    let title = say::SUGGEST_TITLE.say(lang);
    model.layers.push(Layer::Menu(Menu { title, choices, cursor: 0 }));
}

/// Puts a suggestion in where the caret is; what is written there stays.
pub(super) fn insert(model: &mut Model, id: ConversationId, text: &str, now: Time) {
    if model.composer().is_none() {
        write::open(model, vec![id], Kind::Reply, now);
    }
    let Some(composer) = model.composer() else { return };
    if composer.only() != Some(id) || matches!(composer.stage, Stage::Sending(_)) {
        return tell(model, Tone::Info, say::SUGGEST_LATE, now);
    }
    let before = composer.editor.before();
    let parted = before.is_empty() || before.ends_with(char::is_whitespace);
    let text = if parted { text.to_owned() } else { format!("\n{text}") };
    write::type_in(model, &text, now);
}
