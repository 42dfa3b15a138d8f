//! Macros, and what is asked before many conversations are touched.

use super::Effect;
use super::act::{self, tell};
use super::layer::{Choice, Layer, Menu, Sure, Then};
use super::link::numbered;
use super::model::{Asked, Link, Model};
use super::notices::Tone;
use super::views;
use crate::domain::macros::Macro;
use crate::domain::{Command, ConversationId, Name, Time, feedback};
use crate::text::catalogue::work as say;
use crate::text::{Lang, Shown, format};
use crate::wire::message::Ask;
use crate::wire::work::Macros;

/// From so many conversations on an action is asked about first.
pub const ASK_FROM: usize = 20;

/// Asks for the macros and tags as the desk's files say them now.
pub(super) fn ask_macros(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.link == Link::Up {
        model.ask(Ask::Macros, Asked::Macros, effects);
    }
}

/// They came.
pub(super) fn macros_came(model: &mut Model, macros: Macros, now: Time) {
    if let Some(wrong) = macros.wrong.as_ref().filter(|w| model.macros.wrong.as_ref() != Some(*w)) {
        model.notices.say(Tone::Warn, Shown::line(wrong), None, now);
    }
    model.macros = macros;
}

/// Opens the menu of the macros that are meant for what they would be done to.
pub(super) fn open(
    model: &mut Model,
    ids: &[ConversationId],
    now: Time,
    effects: &mut Vec<Effect>,
) {
    // What was changed in the file is there the next time.
    ask_macros(model, effects);
    let fits = |m: &&Macro| {
        let mut known = ids.iter().filter_map(|id| model.conversation(*id)).peekable();
        known.peek().is_none() || known.any(|c| m.is_for(c))
    };
    let macros: Vec<Macro> = model.macros.macros.iter().filter(fits).cloned().collect();
    if macros.is_empty() {
        return tell(model, Tone::Info, say::NO_MACROS, now);
    }
    model.layers.push(Layer::Macros { macros, cursor: 0 });
}

/// The title of a macro in a language.
pub fn title(run: &Macro, lang: Lang) -> Shown {
    let words = &run.title;
    let text = match lang {
        Lang::Zh if !words.zh.is_empty() => &words.zh,
        _ if words.en.is_empty() => &words.zh,
        _ => &words.en,
    };
    Shown::line(text)
}

/// Runs the macro with this key, or the one with the cursor.
pub(super) fn choose(model: &mut Model, key: Option<char>, now: Time, effects: &mut Vec<Effect>) {
    let Some(Layer::Macros { macros, cursor }) = model.layers.last() else { return };
    let found = match key {
        Some(key) => macros.iter().find(|m| m.key == Some(key)),
        None => macros.get(*cursor),
    };
    let Some(run) = found.cloned() else { return };
    model.layers.pop();
    let Some(ids) = act::targets(model, now) else { return };
    act::send(model, command(model, run, ids), now, effects);
}

/// A macro on these, as far as they were seen.
pub(super) fn command(model: &Model, run: Macro, ids: Vec<ConversationId>) -> Command {
    let seen = ids.iter().filter_map(|id| Some((*id, model.conversation(*id)?.messages))).collect();
    Command::Macro { ids, run: Box::new(run), seen }
}

/// What is asked before a command is carried out; `None` = nothing is.
pub(super) fn question(model: &Model, command: &Command) -> Option<Sure> {
    let lang = model.settings.lang;
    let n = command.ids().len();
    if command.name() == Name::Delete && model.cannot_on(Name::Delete, command.ids()).is_none() {
        return Some(before_delete(model, command));
    }
    let is_macro = matches!(command, Command::Macro { .. });
    // The same answer to several is asked about where it is written.
    if n < 2 || (n < ASK_FROM && !is_macro) || command.name() == Name::Reply {
        return None;
    }
    let count = format::number(lang, n as u64);
    let mut lines = Vec::new();
    let what = match command {
        Command::Macro { run, .. } => {
            lines.extend(example(model, run, command.ids()));
            title(run, lang)
        }
        other => other.name().spec().summary.say(lang),
    };
    let values: [(&str, &dyn std::fmt::Display); 2] = [("what", &what), ("n", &count)];
    let title = say::CONFIRM.fill(lang, &values);
    lines.push(say::CONFIRM_KEYS.say(lang));
    Some(Sure { title, lines, then: Then::Command(command.clone()) })
}

/// What is deleted on a platform does not come back: that is asked about however few they are.
fn before_delete(model: &Model, command: &Command) -> Sure {
    let lang = model.settings.lang;
    let mut lines = Vec::new();
    let known = command.ids().iter().find_map(|id| model.conversation(*id));
    if let Some(head) = known.and_then(|c| c.speaks_of()) {
        let parts = [Shown::line(&head.author.name), Shown::line(&head.excerpt)];
        lines.push(Shown::join(&parts, &Shown::blank(2)));
    }
    lines.push(say::CONFIRM_DELETE_HOW.say(lang));
    lines.push(say::CONFIRM_KEYS.say(lang));
    let title = match (command.ids(), known) {
        ([_], Some(c)) => {
            let channel = model.channel_title(&c.channel);
            say::CONFIRM_DELETE.fill(lang, &[("channel", &channel)])
        }
        (ids, _) => {
            let n = format::number(lang, ids.len() as u64);
            let what = command.name().spec().summary.say(lang);
            say::CONFIRM.fill(lang, &[("what", &what), ("n", &n)])
        }
    };
    Sure { title, lines, then: Then::Command(command.clone()) }
}

/// What a macro comes to on the first of these that it is for.
fn example(model: &Model, run: &Macro, ids: &[ConversationId]) -> Vec<Shown> {
    let lang = model.settings.lang;
    let known = ids.iter().filter_map(|id| model.conversation(*id)).find(|c| run.is_for(c));
    let Some(c) = known else { return Vec::new() };
    let head = c.speaks_of();
    let mut lines = vec![Shown::join(
        &[
            say::EXAMPLE.fill(lang, &[("id", &c.id)]),
            Shown::line(head.map_or("", |h| &h.author.name)),
            Shown::line(head.map_or("", |h| &h.excerpt)),
        ],
        &Shown::blank(2),
    )];
    if let Some(reply) = run.reply_to(c) {
        let reply = Shown::line(&model.filled(&reply, c.id));
        lines.push(say::EXAMPLE_REPLY.fill(lang, &[("text", &reply)]));
    }
    let me = model.me().cloned().unwrap_or_else(|| crate::domain::OperatorName(String::new()));
    let steps = run.commands(c, &me, None, Time(0), model.zone);
    let steps: Vec<Shown> = steps.iter().filter_map(|step| said(model, c.id, step)).collect();
    if !steps.is_empty() {
        lines.push(Shown::join(&steps, &Shown::line(" · ")));
    }
    lines
}

/// A step beside the answer, in short.
fn said(model: &Model, on: ConversationId, step: &Command) -> Option<Shown> {
    let lang = model.settings.lang;
    let verb = super::link::verb_done(step.name()).say(lang);
    let more = match step {
        Command::Reply { .. } => return None,
        Command::Label { label, .. } | Command::Unlabel { label, .. } => label.clone(),
        Command::Assign { to: Some(to), .. } => to.0.clone(),
        Command::Note { text, .. } => model.filled(text, on),
        Command::Escalate { reason, .. } => reason.clone(),
        _ => String::new(),
    };
    let more = Shown::line(&more);
    Some(if more.is_empty() { verb } else { Shown::join(&[verb, more], &Shown::line(" ")) })
}

/// Yes: the command is carried out.
pub(super) fn confirm(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(Layer::Sure(_)) = model.layers.last() else { return };
    if let Some(Layer::Sure(confirm)) = model.layers.pop() {
        match confirm.then {
            Then::Command(command) => act::send_now(model, command, now, effects),
            Then::KeepView(view) => views::keep(view, effects),
        }
    }
}

/// Offers the feedback tags, those that are on first marked as such.
pub(super) fn open_tags(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(ids) = act::targets(model, now) else { return };
    ask_macros(model, effects);
    let lang = model.settings.lang;
    let on = |tag: &str| {
        let label = feedback::label(tag);
        let mut known = ids.iter().filter_map(|id| model.conversation(*id)).peekable();
        known.peek().is_some() && known.all(|c| c.labels.contains(&label))
    };
    let choices: Vec<(Shown, Choice)> = model
        .macros
        .tags
        .iter()
        .map(|tag| match on(tag) {
            true => {
                let says = say::TAG_ON.fill(lang, &[("tag", &Shown::line(tag))]);
                (says, Choice::Unlabel(feedback::label(tag)))
            }
            false => (Shown::line(tag), Choice::Label(feedback::label(tag))),
        })
        .collect();
    if choices.is_empty() {
        return tell(model, Tone::Info, say::NO_TAGS, now);
    }
    let title = match ids[..] {
        [id] => say::TAG_ONE.fill(lang, &[("id", &numbered(id))]),
        _ => say::TAG_MANY.fill(lang, &[("n", &format::number(lang, ids.len() as u64))]),
    };
    model.layers.push(Layer::Menu(Menu { title, choices, cursor: 0 }));
}

/// A macro by its name.
pub(super) fn named<'a>(model: &'a Model, name: &str) -> Option<&'a Macro> {
    model.macros.macros.iter().find(|m| m.name == name)
}

/// Whether a command takes its conversations off the open ones.
pub(super) fn leaves(command: &Command) -> bool {
    match command {
        Command::Macro { run, .. } => run.leaves(),
        other => other.name() != Name::Macro && act::moves_on(other.name()),
    }
}
