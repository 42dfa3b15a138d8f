//! Saying what a conversation is: a menu of intents, and for a complaint one of how bad it is.

use super::layer::{Choice, Layer, Menu};
use super::model::Model;
use crate::domain::{ConversationId, Intent, Severity};
use crate::text::catalogue::classes as say;

/// Opens the menu of intents, with the cursor on what the conversation is now.
pub(super) fn open(model: &mut Model, ids: &[ConversationId]) {
    let lang = model.settings.lang;
    let now = ids.first().and_then(|id| model.conversation(*id)).and_then(|c| c.class());
    let cursor = now.and_then(|c| Intent::ALL.iter().position(|i| *i == c.intent)).unwrap_or(0);
    let choices = Intent::ALL.map(|i| (i.say(lang), Choice::Intent(i))).to_vec();
    let title = say::MENU_INTENT.say(lang);
    model.layers.push(Layer::Menu(Menu { title, choices, cursor }));
}

/// Asks how bad a complaint is.
pub(super) fn ask_severity(model: &mut Model) {
    let lang = model.settings.lang;
    let choice = |s: Severity| (s.say(lang), Choice::Class(Intent::Complaint, s));
    let choices = vec![choice(Severity::Mild), choice(Severity::Severe)];
    let title = say::MENU_SEVERITY.say(lang);
    model.layers.push(Layer::Menu(Menu { title, choices, cursor: 0 }));
}
