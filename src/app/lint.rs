//! What a reply may not say, while it is typed: found after each key, told below the text, taken in
//! with one key, asked about before it is sent.

use super::act::tell;
use super::action::{Action, Context};
use super::composer::{Composer, Kind, Stage};
use super::editor::Editor;
use super::layer::Layer;
use super::model::Model;
use super::notices::Tone;
use super::{Effect, write};
use crate::domain::lint::{Finding, Level, Linter, Place, Policy, Stopped};
use crate::domain::{Queue, Time};
use crate::text::Shown;
use crate::text::catalogue::lint as say;
use std::fmt::Display;

/// Rows below the text that say what was found, at most.
const ROWS: usize = 3;
/// The most bytes of what was found that a row repeats.
const QUOTED: usize = 48;

/// What was found in the text of the composer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// Which state of the text was read, and where it is to appear.
    read: Option<u64>,
    place: (String, String, Option<Queue>),
    /// What was found, in order.
    pub found: Vec<Finding>,
    /// The operator was asked about the warnings of this text once.
    heeded: bool,
    /// Why it is to go out in spite of what stops it.
    pub(super) because: Option<String>,
}

impl Watch {
    /// The finding to tell of: at the caret, else the last one before it, else the first.
    pub fn at(&self, caret: usize) -> Option<usize> {
        let after = self.found.partition_point(|f| f.at.start <= caret);
        (!self.found.is_empty()).then(|| after.saturating_sub(1))
    }

    fn has(&self, level: Level) -> bool {
        self.found.iter().any(|f| f.level == level)
    }
}

/// What texts may not say is new: what is being written is read again.
pub(super) fn rules_came(model: &mut Model, policy: Policy) {
    if *model.linter.policy() == policy {
        return;
    }
    model.linter = Linter::new(policy);
    if let Some(c) = model.composer_mut() {
        c.lint.read = None;
    }
}

/// Reads the text again if it changed.
pub(super) fn read_again(model: &mut Model) {
    let Some(c) = model.composer() else { return };
    if c.kind != Kind::Reply {
        return;
    }
    let of = c.only().and_then(|id| model.conversation(id));
    let place = of.map(|c| (c.platform.clone(), c.channel.0.clone(), Some(c.queue)));
    let place = place.unwrap_or_default();
    if c.lint.read == Some(c.editor.changes()) && c.lint.place == place {
        return;
    }
    let where_ = Place { platform: &place.0, channel: &place.1, queue: place.2, proven: false };
    let found = model.linter.lint(c.editor.text(), &where_);
    if let Some(c) = model.composer_mut() {
        let read = Some(c.editor.changes());
        c.lint = Watch { read, place, found, heeded: false, because: None };
    }
}

/// The composer's keys that are about findings.
pub(super) fn run(model: &mut Model, action: Action, now: Time) {
    let writing = |c: &&mut Composer| !matches!(c.stage, Stage::Sending(_));
    let Some(c) = model.composer_mut().filter(writing) else { return };
    let caret = c.editor.before().len();
    match action {
        Action::NextFinding => {
            let next = c.lint.found.iter().find(|f| f.at.start > caret).or(c.lint.found.first());
            match next.map(|f| f.at.start) {
                Some(at) => c.editor.put_caret(at),
                None => tell(model, Tone::Warn, say::NOTHING_FOUND, now),
            }
        }
        Action::TakeInstead => {
            let finding = c.lint.at(caret).map(|at| c.lint.found[at].clone());
            match finding {
                None => tell(model, Tone::Warn, say::NOTHING_FOUND, now),
                Some(Finding { instead: None, .. }) => {
                    tell(model, Tone::Warn, say::NO_INSTEAD, now)
                }
                Some(Finding { instead: Some(text), at, .. }) => {
                    c.editor.replace(at, &text);
                    c.touched(now);
                }
            }
        }
        _ => {}
    }
}

/// Whether the text may be sent now; if not, says why, or asks for a reason.
pub(super) fn lets_go(model: &mut Model, now: Time) -> bool {
    read_again(model);
    let Some(c) = model.composer().filter(|c| c.kind == Kind::Reply) else { return true };
    let lang = model.settings.lang;
    if c.lint.has(Level::Block) && c.lint.because.is_none() {
        let overridable = model.linter.policy().overridable;
        let blocks: Vec<&Finding> =
            c.lint.found.iter().filter(|f| f.level == Level::Block).collect();
        let Some(first) = blocks.first() else { return true };
        let said = Shown::bounded(&c.editor.text()[first.at.clone()], QUOTED);
        if overridable {
            ask(model);
        } else {
            let values: [(&str, &dyn Display); 2] =
                [("said", &said), ("reason", &first.reason(lang))];
            let text = say::BLOCKED.fill(lang, &values);
            model.notices.say(Tone::Bad, text, None, now);
        }
        return false;
    }
    let warned = c.lint.has(Level::Warn) && !c.lint.heeded && c.lint.because.is_none();
    if warned {
        let n = c.lint.found.iter().filter(|f| f.level == Level::Warn).count();
        let key = model.keymap.keys(Action::Send, Context::Composer).next().unwrap_or_default();
        let text = say::SEND_ONCE_MORE.fill(lang, &[("n", &n), ("key", &key)]);
        model.notices.say(Tone::Warn, text, None, now);
        if let Some(c) = model.composer_mut() {
            c.lint.heeded = true;
        }
        return false;
    }
    true
}

/// Asks why it is to go out all the same.
fn ask(model: &mut Model) {
    model.layers.push(Layer::Because { editor: Editor::default(), wrong: None });
}

/// The desk stopped it, which knows the place better than the cockpit did (several channels at once).
pub(super) fn stopped(model: &mut Model, stopped: &Stopped) {
    let wrong = Some(stopped.say(model.settings.lang));
    if stopped.overridable {
        model.layers.push(Layer::Because { editor: Editor::default(), wrong });
    }
}

/// A reason was typed: the reply goes out with it.
pub(super) fn because(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(Layer::Because { editor, wrong }) = model.layers.last_mut() else { return };
    let why = editor.text().trim().to_owned();
    if why.is_empty() {
        *wrong = Some(say::WHY_NEEDED.say(model.settings.lang));
        return;
    }
    model.layers.pop();
    if let Some(c) = model.composer_mut() {
        c.lint.because = Some(why);
        write::send(model, now, effects);
    }
}

/// A row below the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it says.
    pub text: Shown,
    /// Of what level; `None` = what to do about it.
    pub level: Option<Level>,
}

impl Model {
    /// What is said below the text about the finding at the caret, at most three rows.
    pub fn lint_rows(&self, columns: usize) -> Vec<Row> {
        let Some(c) = self.composer() else { return Vec::new() };
        let caret = c.editor.before().len();
        let Some(at) = c.lint.at(caret) else { return Vec::new() };
        rows_of(self, (c.editor.text(), &c.lint.found), at, columns, Context::Composer)
    }
}

/// What is said of one of these findings in a text, with the keys of where it is written.
pub(super) fn rows_of(
    model: &Model,
    (text, found): (&str, &[Finding]),
    at: usize,
    columns: usize,
    context: Context,
) -> Vec<Row> {
    let lang = model.settings.lang;
    let Some(finding) = found.get(at) else { return Vec::new() };
    // The text may have changed since it was read, within one step of the cockpit.
    let said = text.get(finding.at.clone()).unwrap_or_default();
    let place = format!("{}/{}", at + 1, found.len());
    let values: [(&str, &dyn Display); 4] = [
        ("level", &finding.level.title().say(lang)),
        ("place", &place),
        ("said", &Shown::bounded(said, QUOTED)),
        ("reason", &finding.reason(lang)),
    ];
    let mut reason = say::FINDING.fill(lang, &values).wrap(columns.max(2));
    if reason.len() >= ROWS {
        reason.truncate(ROWS - 1);
    }
    let level = Some(finding.level);
    let mut rows: Vec<Row> = reason.into_iter().map(|text| Row { text, level }).collect();
    let key = |action| model.keymap.keys(action, context).next().unwrap_or_default();
    let mut advice = finding.advice(lang);
    if finding.instead.is_some() {
        let values: [(&str, &dyn Display); 2] =
            [("key", &key(Action::TakeInstead)), ("advice", &advice)];
        advice = say::TAKE_IT.fill(lang, &values);
    }
    if found.len() > 1 {
        let values: [(&str, &dyn Display); 2] =
            [("key", &key(Action::NextFinding)), ("advice", &advice)];
        advice = say::AND_NEXT.fill(lang, &values);
    }
    rows.push(Row { text: advice, level: None });
    rows
}
