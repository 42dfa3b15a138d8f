//! Writing the text of a variant: over the whole screen, read by the lint while one types.

use super::fields;
use crate::app::action::{Action, Context};
use crate::app::editor::Editor;
use crate::app::layer::Layer;
use crate::app::layout::Area;
use crate::app::lint::{self, Row};
use crate::app::model::Model;
use crate::app::notices::Tone;
use crate::app::{Effect, act, service};
use crate::domain::lint::{Finding, Place};
use crate::domain::{Time, VariantRef};
use crate::text::catalogue::{calendar as words, cockpit, lint as say};

/// The text of a variant, as it is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Of which.
    pub at: VariantRef,
    /// The text.
    pub editor: Editor,
    /// What it may not say, in order.
    pub found: Vec<Finding>,
    /// Which state of the text was read.
    read: Option<u64>,
}

impl Text {
    /// The finding to tell of: at the caret, else the last one before it, else the first.
    fn finding(&self) -> Option<usize> {
        let caret = self.editor.before().len();
        let after = self.found.partition_point(|f| f.at.start <= caret);
        (!self.found.is_empty()).then(|| after.saturating_sub(1))
    }
}

/// Opens the text of a variant of the post in view.
pub(super) fn open(model: &mut Model, at: VariantRef) {
    let Some(content) = fields::content(model, at) else { return };
    let editor = Editor::new(&content.text);
    model.layers.push(Layer::Text(Text { at, editor, found: Vec::new(), read: None }));
}

fn text(model: &Model) -> Option<&Text> {
    match model.layers.last() {
        Some(Layer::Text(text)) => Some(text),
        _ => None,
    }
}

fn text_mut(model: &mut Model) -> Option<&mut Text> {
    match model.layers.last_mut() {
        Some(Layer::Text(text)) => Some(text),
        _ => None,
    }
}

/// The text that `$EDITOR` left.
pub(in crate::app) fn replace(model: &mut Model, new: &str) {
    if let Some(text) = text_mut(model) {
        text.editor.set(new.trim_end_matches(['\r', '\n']));
    }
}

/// Reads the text again if it changed.
pub(in crate::app) fn read_again(model: &mut Model) {
    let columns = columns(model);
    let Some(text) = text(model) else { return };
    if text.read == Some(text.editor.changes()) {
        return;
    }
    let view = model.posts.view.as_ref().filter(|v| v.post.id == text.at.post);
    let channel = view.and_then(|v| v.post.variant(text.at.variant)).map(|v| v.channel.clone());
    let platform = channel.as_ref().and_then(|id| model.channel(id)).map(|c| c.platform.clone());
    let (channel, platform) =
        (channel.map(|c| c.0).unwrap_or_default(), platform.unwrap_or_default());
    let proven = fields::content(model, text.at).is_some_and(|c| !c.proofs.is_empty());
    let place = Place { platform: &platform, channel: &channel, queue: None, proven };
    let found = model.linter.lint(text.editor.text(), &place);
    if let Some(text) = text_mut(model) {
        (text.read, text.found) = (Some(text.editor.changes()), found);
        text.editor.lay(columns);
    }
}

/// Columns of the text.
pub fn columns(model: &Model) -> usize {
    // Long lines are hard to read, even where there is room for them.
    usize::from(model.size().0.saturating_sub(4)).clamp(2, 100)
}

/// Where it lies: from below the header down to the footer.
pub fn area(model: &Model) -> Area {
    service::area(model)
}

/// What is said below the text about the finding at the caret.
pub fn findings(model: &Model) -> Vec<Row> {
    let Some(text) = text(model) else { return Vec::new() };
    let Some(at) = text.finding() else { return Vec::new() };
    let read = (text.editor.text(), text.found.as_slice());
    lint::rows_of(model, read, at, columns(model), Context::Text)
}

/// The keys of the text.
pub(super) fn run(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) {
    let columns = columns(model);
    let Some(text) = text_mut(model) else { return };
    let at = text.at;
    match action {
        Action::Newline => text.editor.insert("\n"),
        Action::LineUp | Action::LineDown => {
            text.editor.line(action == Action::LineDown, columns);
        }
        Action::Editor => effects.push(Effect::OpenEditor { text: text.editor.text().to_owned() }),
        Action::NextFinding => {
            let caret = text.editor.before().len();
            let next = text.found.iter().find(|f| f.at.start > caret).or(text.found.first());
            match next.map(|f| f.at.start) {
                Some(at) => text.editor.put_caret(at),
                None => act::tell(model, Tone::Warn, say::NOTHING_FOUND, now),
            }
        }
        Action::TakeInstead => match text.finding().map(|at| text.found[at].clone()) {
            None => act::tell(model, Tone::Warn, say::NOTHING_FOUND, now),
            Some(Finding { instead: None, .. }) => {
                act::tell(model, Tone::Warn, say::NO_INSTEAD, now);
            }
            Some(Finding { instead: Some(new), at, .. }) => text.editor.replace(at, &new),
        },
        Action::KeepText => {
            let new = text.editor.text().trim_end().to_owned();
            model.layers.pop();
            fields::change(model, at, |content| content.text = new, now, effects);
        }
        Action::LeaveText => {
            let new = text.editor.text().trim_end().to_owned();
            model.layers.pop();
            let Some(content) = fields::content(model, at).cloned() else { return };
            if content.text.trim_end() != new {
                fields::keep(model, at, crate::domain::post::Content { text: new, ..content });
                act::tell(model, Tone::Warn, words::KEPT_HERE, now);
            }
        }
        Action::ThrowAway => {
            model.layers.pop();
            if model.posts.pending.get(&at).is_some_and(|p| !p.asked) {
                model.posts.pending.remove(&at);
            }
            act::tell(model, Tone::Done, cockpit::DRAFT_GONE, now);
        }
        _ => {}
    }
}
