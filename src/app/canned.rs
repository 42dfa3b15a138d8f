//! Canned responses: picked by a few letters, filled in, put where one writes; and the question
//! before one answer goes to several conversations.

use super::act::tell;
use super::action::Action;
use super::composer::{Composer, Kind, Stage};
use super::editor::Editor;
use super::layer::Layer;
use super::model::{Asked, Link, Model};
use super::notices::Tone;
use super::{Effect, act, fuzzy, write};
use crate::domain::canned::{self, Canned, Known};
use crate::domain::{Command, ConversationId, OperatorName, Time, limit};
use crate::text::catalogue::{cockpit, responses as say};
use crate::text::{Lang, Shown};
use crate::wire::message::Ask;

/// The most bytes of a text that its preview is made of.
const SHOWN: usize = 2_000;

/// The picker.
#[derive(Clone, Debug, PartialEq)]
pub struct Picker {
    /// The line.
    pub editor: Editor,
    /// What fits, best first; places in the model's responses.
    pub found: Vec<usize>,
    /// The entry with the cursor.
    pub cursor: usize,
    /// Also those of other channels and languages.
    pub everything: bool,
    /// The one with the cursor, as it would be put in.
    pub preview: Vec<Shown>,
    /// The files are being read for the first time.
    pub loading: bool,
    /// Taken before they were here: the best one is put in as soon as they are.
    wanted: bool,
}

/// The question before one answer goes to several conversations.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    /// How many.
    pub title: Shown,
    /// To whom the example goes.
    pub to: Shown,
    /// The example.
    pub example: Vec<Shown>,
    /// What else is to know.
    pub but: Option<Shown>,
    /// What is sent.
    command: Command,
    /// True when it was typed in the palette, and no composer waits for the answer.
    typed: bool,
}

impl Model {
    /// The canned response at a place of [`Picker::found`].
    pub fn response(&self, at: usize) -> Option<&Canned> {
        self.responses.get(at)
    }

    /// A text with what is known of a conversation filled in.
    pub(super) fn filled(&self, text: &str, id: ConversationId) -> String {
        let Some(c) = self.conversation(id) else { return text.to_owned() };
        let nobody = OperatorName(String::new());
        let detail = self.in_view.detail.as_ref().filter(|d| d.conversation.id == id);
        let head = c.speaks_of().map(|head| head.seq);
        let message = detail
            .and_then(|d| d.messages.iter().find(|(seq, _)| Some(*seq) == head))
            .map(|(_, m)| m);
        canned::fill(
            text,
            &Known {
                conversation: c,
                message,
                operator: self.me().unwrap_or(&nobody),
                channel: self.channel(&c.channel).map(|c| c.title.as_str()).unwrap_or_default(),
                desk: self.welcome.as_ref().map(|w| w.desk.as_str()).unwrap_or_default(),
            },
        )
    }
}

/// Opens the picker over what is being written.
pub(super) fn open(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(c) = model.composer() else { return };
    if c.kind == Kind::Paste || matches!(c.stage, Stage::Sending(_)) {
        return;
    }
    if model.link != Link::Up && model.responses.is_empty() {
        return tell(model, Tone::Bad, cockpit::NO_LINK_NOTHING_DONE, now);
    }
    // What is known already is there at once; what changed in the files follows.
    let picker = Picker {
        editor: Editor::default(),
        found: Vec::new(),
        cursor: 0,
        everything: false,
        preview: Vec::new(),
        loading: model.responses.is_empty(),
        wanted: false,
    };
    model.layers.push(Layer::Canned(picker));
    typed(model);
    if model.link == Link::Up {
        model.ask(Ask::Responses, Asked::Responses, effects);
    }
}

/// The responses came, and what is wrong with their files.
pub(super) fn came(model: &mut Model, all: Vec<Canned>, wrong: &[String], now: Time) {
    model.responses = all;
    let lang = model.settings.lang;
    let Some(Layer::Canned(p)) = model.layers.last_mut() else { return };
    let wanted = std::mem::take(&mut p.wanted);
    p.loading = false;
    // The entry with the cursor stays under it, where nothing changed.
    let cursor = p.cursor;
    typed(model);
    if let Some(Layer::Canned(p)) = model.layers.last_mut() {
        p.cursor = cursor.min(p.found.len().saturating_sub(1));
    }
    preview(model);
    if let [first, more @ ..] = wrong {
        let text = match more.len() {
            0 => say::WRONG.fill(lang, &[("what", first)]),
            n => say::WRONG_MORE.fill(lang, &[("what", first), ("n", &n)]),
        };
        model.notices.say(Tone::Warn, text, None, now);
    }
    if wanted {
        accept(model, now);
    }
}

/// What is typed changed: looks for what fits.
pub(super) fn typed(model: &mut Model) {
    let Some(Layer::Canned(p)) = model.layers.last() else { return };
    let ids = model.composer().map(|c| c.ids.clone()).unwrap_or_default();
    let found = find(model, &ids, p.editor.text(), p.everything);
    if let Some(Layer::Canned(p)) = model.layers.last_mut() {
        (p.found, p.cursor) = (found, 0);
    }
    preview(model);
}

/// Shows those of other channels and languages too, or no longer.
pub(super) fn widen(model: &mut Model) {
    if let Some(Layer::Canned(p)) = model.layers.last_mut() {
        p.everything = !p.everything;
    }
    typed(model);
}

/// The cursor goes up or down.
pub(super) fn step(model: &mut Model, action: Action) {
    if let Some(Layer::Canned(p)) = model.layers.last_mut() {
        let len = p.found.len().max(1);
        match action {
            Action::PickDown => p.cursor = (p.cursor + 1) % len,
            Action::PickUp => p.cursor = (p.cursor + len - 1) % len,
            _ => return,
        }
    }
    preview(model);
}

/// The places of what fits, best first.
fn find(model: &Model, ids: &[ConversationId], typed: &str, everything: bool) -> Vec<usize> {
    let on: Vec<_> = ids.iter().filter_map(|id| model.conversation(*id)).collect();
    let language = match on[..] {
        [c] => c.speaks_of().and_then(|head| canned::language_of(&head.excerpt)),
        _ => None,
    };
    let in_scope = |r: &Canned| {
        everything || (r.speaks(language) && on.iter().all(|c| r.is_for(&c.channel.0, &c.platform)))
    };
    let suits = |r: &Canned| on.len() == 1 && r.suits(on[0]);
    let mut scored: Vec<(i32, usize)> = model
        .responses
        .iter()
        .enumerate()
        .filter(|(_, r)| in_scope(r))
        .filter_map(|(at, r)| {
            // By its name first, by its text too.
            let by_name = fuzzy::score(typed, &r.name).map(|s| s + 64);
            let by_text = (typed.chars().count() > 1 && r.text.contains(typed.trim())).then_some(0);
            let first = i32::from(suits(r)) * if typed.trim().is_empty() { 1_000 } else { 8 };
            match typed.trim() {
                "" => Some((first, at)),
                _ => by_name.max(by_text).map(|s| (s + first, at)),
            }
        })
        .collect();
    // Among equals the order of the files.
    scored.sort_by_key(|(score, at)| (-score, *at));
    scored.into_iter().map(|(_, at)| at).collect()
}

fn preview(model: &mut Model) {
    let Some(Layer::Canned(p)) = model.layers.last() else { return };
    let text = p.found.get(p.cursor).and_then(|at| model.responses.get(*at));
    let text = text.map(|r| as_put_in(model, &r.text)).unwrap_or_default();
    let lines = if text.is_empty() { Vec::new() } else { lines(&text) };
    if let Some(Layer::Canned(p)) = model.layers.last_mut() {
        p.preview = lines;
    }
}

fn lines(text: &str) -> Vec<Shown> {
    let mut end = text.len().min(SHOWN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Shown::lines(&text[..end])
}

/// A response as it is put in: for one conversation what is known is filled in; for several the
/// desk does that, for each.
fn as_put_in(model: &Model, text: &str) -> String {
    match model.composer().and_then(Composer::only) {
        Some(id) => model.filled(text, id),
        None => text.to_owned(),
    }
}

/// Puts the entry with the cursor in where the caret is.
pub(super) fn accept(model: &mut Model, now: Time) {
    let Some(Layer::Canned(p)) = model.layers.last_mut() else { return };
    if p.loading {
        p.wanted = true;
        return;
    }
    let picked = p.found.get(p.cursor).copied();
    let Some(text) = picked.and_then(|at| model.responses.get(at)).map(|r| r.text.clone()) else {
        return;
    };
    model.layers.pop();
    let text = as_put_in(model, &text);
    let Some(c) = model.composer_mut() else { return };
    if c.editor.is_blank() {
        c.editor.set("");
    } else if !c.editor.before().is_empty() && !c.editor.before().ends_with(char::is_whitespace) {
        c.editor.insert("\n");
    }
    let from = c.editor.before().len();
    c.editor.insert(&text);
    c.touched(now);
    // What stands before it was looked at when it was written.
    open_from(model, from);
}

/// Goes to the next place to fill in, else to the first; false when there is none.
pub(super) fn next_place(model: &mut Model) -> bool {
    let from = model.composer().map_or(0, |c| c.editor.before().len());
    open_from(model, from) || open_from(model, 0)
}

/// Puts the caret where the first place from there on was, ready for what belongs there.
fn open_from(model: &mut Model, from: usize) -> bool {
    let Some(c) = model.composer_mut() else { return false };
    // For several conversations the desk fills in what it knows.
    let several = c.only().is_none();
    let open = |p: &canned::Place<'_>| p.start >= from && (p.is_open() || !several);
    let place = canned::places(c.editor.text()).find(open).map(|p| (p.start, p.end));
    let Some((start, end)) = place else { return false };
    c.editor.take_out(start, end);
    true
}

/// Asks before one answer goes to several conversations; false when there is nothing to ask.
pub(super) fn confirm(model: &mut Model, command: &Command) -> bool {
    let Command::Reply { ids, text, .. } = command else { return false };
    if ids.len() < 2 {
        return false;
    }
    let lang = model.settings.lang;
    let known = ids.iter().copied().find(|id| model.conversation(*id).is_some());
    let name = known.and_then(|id| model.conversation(id)?.speaks_of());
    let name = name.map(|head| Shown::line(&head.author.name)).filter(|name| !name.is_empty());
    let name = name.or_else(|| ids.first().map(|id| super::link::numbered(*id)));
    let example = known.map_or_else(|| text.clone(), |id| model.filled(text, id));
    let n = crate::text::format::number(lang, ids.len() as u64);
    let over = ids.iter().filter(|id| is_over(model, text, **id)).count();
    let layer = Confirm {
        title: cockpit::CONFIRM_TITLE.fill(lang, &[("n", &n)]),
        to: cockpit::CONFIRM_EXAMPLE.fill(lang, &[("name", &name.unwrap_or_default())]),
        example: lines(&example),
        but: (over > 0).then(|| cockpit::CONFIRM_LONG.fill(lang, &[("n", &over)])),
        command: command.clone(),
        typed: model.composer().is_none(),
    };
    model.layers.push(Layer::Confirm(layer));
    true
}

/// Whether an answer is too long for a conversation that is known here.
fn is_over(model: &Model, text: &str, id: ConversationId) -> bool {
    let Some(c) = model.conversation(id) else { return false };
    let can = model.brief(&c.channel).and_then(|b| b.can.as_ref());
    let limit = limit::of(&c.platform, c.queue, can);
    limit.measure(&model.filled(text, id)).is_some_and(|m| m.is_over())
}

/// It is to be sent.
pub(super) fn confirmed(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(Layer::Confirm(asked)) = model.layers.last() else { return };
    let (command, typed) = (asked.command.clone(), asked.typed);
    model.layers.pop();
    if typed {
        return act::send(model, command, now, effects);
    }
    if model.link != Link::Up {
        return tell(model, Tone::Bad, cockpit::NO_LINK_DRAFT_STAYS, now);
    }
    write::hand_over(model, command, effects);
}

/// What the picker says when nothing fits.
pub fn nothing(model: &Model, picker: &Picker) -> Shown {
    let lang: Lang = model.settings.lang;
    let key = model.keymap.key(Action::Complete).unwrap_or_default();
    match (picker.loading, model.responses.is_empty(), picker.everything) {
        (true, ..) => say::ASKED.say(lang),
        (_, true, _) => say::NONE_AT_ALL.say(lang),
        (_, _, false) => say::NONE_HERE.fill(lang, &[("key", &key)]),
        (_, _, true) => say::NONE_FIT.say(lang),
    }
}
