//! What happens, one message at a time. Time comes in with it; nothing here waits or asks a clock.

use super::action::Action;
use super::keymap::Found;
use super::layer::Layer;
use super::link;
use super::model::{Focus, Link, Model};
use super::notices::Tone;
use super::{
    Effect, Key, KeyCode, Msg, act, alerts, bulk, channels, charts, import, layers, links, lint,
    posts, service, views, write,
};
use crate::domain::{Queue, Time};
use crate::text::Shown;
use crate::wire::message::ToDaemon;

/// How often a pressed key is told to the daemon at most, in milliseconds.
const ACTIVE_EVERY: i64 = 30_000;

/// Takes in what happened at `now`; answers with what is to be done, in order.
pub fn update(model: &mut Model, msg: Msg, now: Time) -> Vec<Effect> {
    let mut effects = Vec::new();
    for text in std::mem::take(&mut model.unsaid) {
        model.notices.say(Tone::Warn, text, None, now);
    }
    match msg {
        Msg::Key(key) => on_key(model, key, now, &mut effects),
        Msg::Paste(text) => on_paste(model, &text, now),
        // Somebody may have mended a theme in the other window.
        Msg::Focus(true) => {
            model.focused = true;
            effects.push(Effect::ReloadThemes);
        }
        Msg::Focus(false) => model.focused = false,
        Msg::PlainGlyphs => model.settings.ascii = true,
        Msg::Resize(w, h) => model.size = (w, h),
        Msg::Linked(welcome) => link::linked(model, welcome, now, &mut effects),
        Msg::LinkLost { why, retry_at } => link::lost(model, Shown::line(&why), retry_at, now),
        Msg::Wire(message) => link::heard(model, message, now, &mut effects),
        Msg::Tick => {}
        Msg::EditorDone(text) => {
            if let Some(text) = text {
                write::replace(model, &text, now);
                posts::writing::replace(model, &text);
            }
        }
        Msg::ThemesLoaded { names, warnings } => {
            if !names.is_empty() {
                model.themes = names;
            }
            for text in warnings {
                model.notices.say(Tone::Warn, Shown::line(&text), None, now);
            }
        }
        Msg::Import(told) => import::heard(model, told, now),
        Msg::Opened { link, browser } => links::opened(model, link, browser, now, &mut effects),
        Msg::ViewsLoaded(views) => model.own_views = views,
        Msg::ViewChanged { change, views } => views::changed(model, change, views, now),
        Msg::Trouble(text) => model.notices.say(Tone::Bad, Shown::line(&text), None, now),
    }
    catch_up(model, now, &mut effects);
    model.dirty = true;
    effects
}

/// What follows from the new state and from the time alone.
fn catch_up(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    model.going = model.going.take().filter(|going| going.at > now);
    for queue in Queue::ALL {
        let (used, last_key) = (model.focus == Focus::Queue(queue), model.last_key);
        model.list_mut(queue).settle(used, last_key, now);
    }
    // Without a link the composer itself is the only place for a draft.
    let save_at = model.composer().filter(|_| model.link == Link::Up).and_then(|c| c.save_at());
    if save_at.is_some_and(|at| at <= now) {
        write::save(model, effects);
    }
    lint::read_again(model);
    posts::writing::read_again(model);
    model.lay_out();
    if model.link == Link::Up {
        for queue in Queue::ALL {
            if let Some(spec) = model.list_mut(queue).next_window() {
                effects.push(Effect::Send(ToDaemon::Window { queue, window: Some(spec) }));
            }
        }
        channels::watch(model, effects);
        service::watch(model, now, effects);
        charts::watch(model, now, effects);
        alerts::watch(model, now, effects);
        posts::watch(model, now, effects);
        let id = model.wanted_view(now);
        let replying = model.composer().is_some_and(|c| c.only() == id && id.is_some());
        if model.viewing != Some((id, replying)) {
            model.viewing = Some((id, replying));
            if id.is_none() {
                model.in_view = Default::default();
            }
            effects.push(Effect::Send(ToDaemon::Viewing { id, replying }));
        }
    }
}

fn on_key(model: &mut Model, key: Key, now: Time, effects: &mut Vec<Effect>) {
    model.last_key = now;
    if model.link == Link::Up && model.last_active.is_none_or(|t| now.0 - t.0 >= ACTIVE_EVERY) {
        model.last_active = Some(now);
        effects.push(Effect::Send(ToDaemon::Active));
    }
    if key == Key::plain(KeyCode::Esc) && !model.chord.is_empty() {
        // Esc closes one thing: the sequence that was begun.
        return model.chord.clear();
    }
    let typing = model.layers.last_mut().is_some_and(|l| l.editor().is_some());
    let heard = if typing { key.normal() } else { key.for_command() };
    let contexts = model.contexts();
    model.chord.push(heard);
    let mut found = model.keymap.find(&contexts, &model.chord);
    if found == Found::Nothing && model.chord.len() > 1 {
        // The sequence came to nothing; its last key may mean something alone.
        model.chord = vec![heard];
        found = model.keymap.find(&contexts, &model.chord);
    }
    match found {
        Found::Begun => {}
        Found::Action(action) => {
            model.chord.clear();
            run(model, action, now, effects);
        }
        // Over a slow link Esc and the key after it arrive as one: a list, menu or page that knows
        // no such Alt key takes them as the two they are. A text does not: Esc would leave it.
        Found::Nothing if heard.alt && !typing && !model.layers.is_empty() => {
            model.chord.clear();
            on_key(model, Key::plain(KeyCode::Esc), now, effects);
            on_key(model, Key { alt: false, ..key }, now, effects);
        }
        Found::Nothing => {
            model.chord.clear();
            match heard.code {
                KeyCode::Char(c) if typing && !heard.ctrl && !heard.alt => {
                    type_in(model, &c.to_string(), now);
                }
                KeyCode::Char(c) if matches!(model.layers.last(), Some(Layer::Macros { .. })) => {
                    bulk::choose(model, Some(c), now, effects);
                }
                KeyCode::Char('y') if matches!(model.layers.last(), Some(Layer::Sure(_))) => {
                    bulk::confirm(model, now, effects);
                }
                KeyCode::Char('n') if matches!(model.layers.last(), Some(Layer::Sure(_))) => {
                    model.layers.pop();
                }
                KeyCode::Char(c) => {
                    if let Some(n) = c.to_digit(10).filter(|n| *n > 0) {
                        layers::choose(model, n as usize - 1, now, effects);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Does what a key or an entry of the palette says.
pub(super) fn run(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) {
    match action {
        Action::Repaint => effects.push(Effect::Repaint),
        Action::Suspend => {
            write::save(model, effects);
            effects.push(Effect::Suspend);
        }
        _ if model.layers.is_empty() => act::run(model, action, now, effects),
        _ if matches!(model.layers.last(), Some(Layer::Composer(_))) => {
            write::run(model, action, now, effects);
        }
        _ => layers::run(model, action, now, effects),
    }
}

fn on_paste(model: &mut Model, text: &str, now: Time) {
    model.chord.clear();
    model.last_key = now;
    // Outside of a text a paste is not a string of commands: it is ignored.
    type_in(model, text, now);
}

fn type_in(model: &mut Model, text: &str, now: Time) {
    match model.layers.last_mut() {
        Some(Layer::Composer(_)) => write::type_in(model, text, now),
        Some(Layer::Text(t)) => t.editor.insert(text),
        Some(layer) => {
            if let Some(editor) = layer.editor() {
                editor.insert_line(text);
                layers::edited(model, now);
            }
        }
        None => {}
    }
}

/// Puts the cursor in a pane.
pub(super) fn focus(model: &mut Model, focus: Focus) {
    if let Focus::Queue(queue) = focus {
        model.home = queue;
    }
    if focus != Focus::Conversation {
        model.open = None;
    }
    if model.focus != focus {
        model.panel_top = 0;
    }
    model.focus = focus;
}
