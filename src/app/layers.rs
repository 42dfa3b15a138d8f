//! What keys do in the layers over the panes: filter, palette, menus, themes, help.

use super::act::{self, tell};
use super::action::{self, Action, Context};
use super::complete::{self, Guess};
use super::editor::Editor;
use super::layer::{Choice, Entry, Layer, Menu, Palette, Runs};
use super::model::{Focus, Model};
use super::notices::Tone;
use super::{
    Effect, able, alerts, bulk, by_hand, canned, channels, charts, classify, finds, fuzzy, help,
    import, lint, pick, posts, service, suggest, typed, views,
};
use crate::app::update;
use crate::domain::filter::Filter;
use crate::domain::{Command, Intent, OperatorName, Severity, Time, command};
use crate::text::Shown;
use crate::text::catalogue::cockpit as say;

/// Opens the line for the filter of the queue with the cursor.
pub(super) fn open_filter(model: &mut Model) {
    let queue = model.home;
    let before = model.list(queue).filter().to_owned();
    let editor = Editor::new(&before);
    model.layers.push(Layer::Filter {
        editor,
        queue,
        before,
        wrong: None,
        guess: Guess::default(),
    });
    complete::look(model);
}

/// Opens the palette with this already typed.
pub(super) fn open_palette(model: &mut Model, typed: &str) {
    let entries = entries(model, typed);
    let editor = Editor::new(typed);
    model.layers.push(Layer::Palette(Palette { editor, entries, cursor: 0, wrong: None }));
}

/// Opens the theme picker; the files are read again for it.
pub(super) fn open_themes(model: &mut Model, effects: &mut Vec<Effect>) {
    let before = model.settings.theme.clone();
    let cursor = model.themes.iter().position(|t| *t == before).unwrap_or(0);
    model.layers.push(Layer::Themes { cursor, before });
    effects.push(Effect::ReloadThemes);
}

/// The text of a line changed.
pub(super) fn edited(model: &mut Model, _now: Time) {
    match model.layers.last() {
        Some(Layer::Palette(p)) => {
            let entries = entries(model, p.editor.text());
            if let Some(Layer::Palette(p)) = model.layers.last_mut() {
                (p.entries, p.cursor, p.wrong) = (entries, 0, None);
            }
        }
        Some(Layer::Canned(_)) => canned::typed(model),
        _ => {}
    }
    if let Some(
        Layer::Filter { wrong, .. }
        | Layer::Search { wrong, .. }
        | Layer::ViewName { wrong, .. }
        | Layer::Because { wrong, .. }
        | Layer::Line(posts::lines::Line { wrong, .. }),
    ) = model.layers.last_mut()
    {
        *wrong = None;
    }
    complete::look(model);
}

/// The keys of the layer on top.
pub(super) fn run(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) {
    if edit(model, action) {
        return edited(model, now);
    }
    if posts::run(model, action, now, effects)
        || charts::run(model, action, now, effects)
        || import::run(model, action, effects)
    {
        return;
    }
    match action {
        Action::Accept => accept(model, now, effects),
        Action::Cancel | Action::Close => drop(model.layers.pop()),
        Action::Complete if matches!(model.layers.last(), Some(Layer::Canned(_))) => {
            canned::widen(model);
        }
        Action::Complete
            if matches!(model.layers.last(), Some(Layer::Filter { .. } | Layer::Search { .. })) =>
        {
            complete::take(model);
        }
        Action::Complete => complete_verb(model, now),
        Action::DropView => views::drop_chosen(model, now, effects),
        Action::TopicPost => pick::begin_post(model, now, effects),
        // From a page straight to a pane, or to the other page.
        Action::Comments | Action::Messages | Action::Slots | Action::Figures => {
            model.layers.pop();
            return act::run(model, action, now, effects);
        }
        Action::Channels if !matches!(model.layers.last(), Some(Layer::Channels(_))) => {
            model.layers.pop();
            return channels::open(model);
        }
        Action::Calendar if !matches!(model.layers.last(), Some(Layer::Calendar)) => {
            model.layers.pop();
            return posts::calendar::open(model, now);
        }
        Action::Charts if !matches!(model.layers.last(), Some(Layer::Charts)) => {
            model.layers.pop();
            return charts::open(model);
        }
        Action::Service if !matches!(model.layers.last(), Some(Layer::Service { .. })) => {
            model.layers.pop();
            return service::open(model);
        }
        _ => {}
    }
    if matches!(model.layers.last(), Some(Layer::Channels(_))) {
        return channels::run(model, action, now);
    }
    if let Some(Layer::Alerts) = model.layers.last() {
        return alerts::run(model, action, now, effects);
    }
    if matches!(model.layers.last(), Some(Layer::Service { .. })) {
        return service::run(model, action, now);
    }
    let reader_lines = help::lines_of(model);
    let rows = help::rows(model);
    let themes = model.themes.len();
    match model.layers.last_mut() {
        Some(Layer::Canned(_)) => canned::step(model, action),
        Some(Layer::Filter { .. } | Layer::Search { .. }) => match action {
            Action::PickDown => complete::step(model, 1),
            Action::PickUp => complete::step(model, -1),
            _ => {}
        },
        Some(Layer::Palette(p)) => match action {
            Action::PickDown => p.cursor = step(p.cursor, 1, p.entries.len()),
            Action::PickUp => p.cursor = step(p.cursor, -1, p.entries.len()),
            _ => {}
        },
        Some(Layer::Menu(Menu { cursor, choices, .. })) => match action {
            Action::Down => *cursor = step(*cursor, 1, choices.len()),
            Action::Up => *cursor = step(*cursor, -1, choices.len()),
            _ => {}
        },
        Some(Layer::Macros { macros, cursor }) => match action {
            Action::Down => *cursor = step(*cursor, 1, macros.len()),
            Action::Up => *cursor = step(*cursor, -1, macros.len()),
            _ => {}
        },
        Some(Layer::Pick(pick)) => {
            let last = pick.lines.len().saturating_sub(1);
            let page = rows.saturating_sub(4).max(1);
            pick.cursor = match action {
                Action::Down => (pick.cursor + 1).min(last),
                Action::Up => pick.cursor.saturating_sub(1),
                Action::PageDown => (pick.cursor + page).min(last),
                Action::PageUp => pick.cursor.saturating_sub(page),
                Action::Top => 0,
                Action::Bottom => last,
                _ => pick.cursor,
            };
            finds::look_on(model, effects);
        }
        Some(Layer::Themes { cursor, .. }) => match action {
            Action::Down => *cursor = step(*cursor, 1, themes),
            Action::Up => *cursor = step(*cursor, -1, themes),
            _ => {}
        },
        Some(Layer::Help { top } | Layer::Since { top } | Layer::Explain { top, .. }) => {
            let most = reader_lines.saturating_sub(rows);
            *top = match action {
                Action::Down => *top + 1,
                Action::Up => top.saturating_sub(1),
                Action::HalfDown => *top + rows / 2,
                Action::HalfUp => top.saturating_sub(rows / 2),
                Action::PageDown => *top + rows.saturating_sub(1),
                Action::PageUp => top.saturating_sub(rows.saturating_sub(1)),
                Action::Top => 0,
                Action::Bottom => most,
                _ => *top,
            }
            .min(most);
        }
        _ => {}
    }
}

/// One up or down, round the ends.
fn step(at: usize, by: isize, len: usize) -> usize {
    let len = isize::try_from(len.max(1)).unwrap_or(1);
    (isize::try_from(at).unwrap_or(0) + by).rem_euclid(len).unsigned_abs()
}

/// Editing keys of a line; true when it was one.
fn edit(model: &mut Model, action: Action) -> bool {
    let Some(editor) = model.layers.last_mut().and_then(Layer::editor) else { return false };
    match action {
        Action::Left => editor.left(),
        Action::Right => editor.right(),
        Action::WordLeft => editor.word_left(),
        Action::WordRight => editor.word_right(),
        Action::LineStart => editor.line_start(),
        Action::LineEnd => editor.line_end(),
        Action::Erase => editor.erase(),
        Action::EraseNext => editor.erase_next(),
        Action::EraseWord => editor.erase_word(),
        Action::EraseToStart => editor.erase_to_start(),
        Action::EraseToEnd => editor.erase_to_end(),
        _ => return false,
    }
    true
}

fn accept(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let me = model.me().cloned().unwrap_or_else(|| OperatorName(String::new()));
    let lang = model.settings.lang;
    match model.layers.last_mut() {
        Some(Layer::Filter { editor, queue, wrong, .. }) => {
            let typed = editor.text().trim().to_owned();
            match Filter::parse(&typed, &me) {
                Ok(_) => {
                    let queue = *queue;
                    model.layers.pop();
                    model.list_mut(queue).set_filter(&typed);
                    update::focus(model, Focus::Queue(queue));
                }
                Err(refusal) => *wrong = Some(refusal.say(lang)),
            }
        }
        Some(Layer::Search { editor, wrong, .. }) => {
            let typed = editor.text().trim().to_owned();
            match Filter::parse(&typed, &me) {
                Err(refusal) => *wrong = Some(refusal.say(lang)),
                Ok(_) if typed.is_empty() => {}
                Ok(_) => {
                    model.layers.pop();
                    finds::search(model, typed, now, effects);
                }
            }
        }
        Some(Layer::ViewName { .. }) => views::named(model, effects),
        Some(Layer::Because { .. }) => lint::because(model, now, effects),
        Some(Layer::Palette(_)) => run_palette(model, now, effects),
        Some(Layer::Canned(_)) => canned::accept(model, now),
        Some(Layer::Confirm(_)) => canned::confirmed(model, now, effects),
        Some(Layer::Menu(menu)) => {
            let at = menu.cursor;
            choose(model, at, now, effects);
        }
        Some(Layer::Macros { .. }) => bulk::choose(model, None, now, effects),
        Some(Layer::Pick(_)) => pick::choose(model, now, effects),
        Some(Layer::Sure(_)) => bulk::confirm(model, now, effects),
        Some(Layer::Themes { cursor, .. }) => {
            let chosen = model.themes.get(*cursor).cloned();
            model.layers.pop();
            if let Some(theme) = chosen {
                model.settings.theme = theme.clone();
                effects.push(Effect::SaveTheme(theme));
            }
        }
        _ => {}
    }
}

/// The choice of a menu with this place.
pub(super) fn choose(model: &mut Model, at: usize, now: Time, effects: &mut Vec<Effect>) {
    if let Some(Layer::PickChannels(_)) = model.layers.last() {
        return posts::begin::tick(model, Some(at));
    }
    let Some(Layer::Menu(menu)) = model.layers.last() else { return };
    let Some((_, choice)) = menu.choices.get(at).cloned() else { return };
    model.layers.pop();
    if let Choice::Type(name) = choice {
        return open_palette(model, &format!("{} ", name.spec().verb));
    }
    if let Choice::Insert(id, text) = choice {
        return suggest::insert(model, id, &text, now);
    }
    if let Choice::Open(link) = choice {
        return effects.push(Effect::Open(link));
    }
    if let Choice::View { view, .. } = choice {
        return views::show(model, &view);
    }
    if let Choice::SnoozeAlert(id, until) = choice {
        return alerts::chosen(model, id, until.as_deref(), now, effects);
    }
    if let Choice::Post(choice) = choice {
        return posts::chosen(model, choice, now, effects);
    }
    if let Choice::Import(chosen) = choice {
        return import::chosen(model, chosen);
    }
    if choice == Choice::SaveView {
        return views::open_save(model, now, effects);
    }
    if let Choice::PasteInto(channel) = choice {
        return by_hand::open(model, channel);
    }
    if choice == Choice::Intent(Intent::Complaint) {
        return classify::ask_severity(model);
    }
    let Some(ids) = act::targets(model, now) else { return };
    let command = match choice {
        Choice::Intent(intent) => {
            Command::Classify { ids, intent: Some(intent), severity: Some(Severity::None) }
        }
        Choice::Class(intent, severity) => {
            Command::Classify { ids, intent: Some(intent), severity: Some(severity) }
        }
        Choice::Assign(to) => Command::Assign { ids, to },
        Choice::Unlabel(label) => Command::Unlabel { ids, label },
        Choice::Label(label) => Command::Label { ids, label },
        Choice::Snooze(typed) => match typed::when(model, &typed, now) {
            Ok(until) => Command::Snooze { ids, until },
            Err(text) => return model.notices.say(Tone::Bad, text, None, now),
        },
        Choice::Type(_)
        | Choice::PasteInto(_)
        | Choice::View { .. }
        | Choice::SaveView
        | Choice::Insert(..)
        | Choice::Open(_)
        | Choice::SnoozeAlert(..)
        | Choice::Post(_)
        | Choice::Import(_) => return,
    };
    act::send(model, command, now, effects);
}

/// Runs what is typed when it is a command with its argument, else the entry with the cursor.
fn run_palette(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(Layer::Palette(p)) = model.layers.last() else { return };
    let text = p.editor.text().to_owned();
    let entry = p.entries.get(p.cursor).map(|e| e.runs);
    match typed::read(model, &text, now) {
        Some(Ok(typed)) => {
            model.layers.pop();
            typed::run(model, typed, now, effects);
        }
        Some(Err(text)) => {
            if let Some(Layer::Palette(p)) = model.layers.last_mut() {
                p.wrong = Some(text);
            }
        }
        None => match entry {
            Some(runs) => {
                model.layers.pop();
                match runs {
                    Runs::Command(name) => act::verb(model, name, now, effects),
                    Runs::Action(action) => update::run(model, action, now, effects),
                }
            }
            None => tell(model, Tone::Info, say::NO_SUCH_COMMAND, now),
        },
    }
}

/// Tab: the verb of the entry with the cursor, ready for its argument.
fn complete_verb(model: &mut Model, now: Time) {
    let Some(Layer::Palette(p)) = model.layers.last_mut() else { return };
    if let Some(Entry { runs: Runs::Command(name), .. }) = p.entries.get(p.cursor) {
        p.editor.set(&format!("{} ", name.spec().verb));
        edited(model, now);
    }
}

/// What fits a typed line, best first: every command of the desk, and every action that can be
/// run from the pane below.
fn entries(model: &Model, typed: &str) -> Vec<Entry> {
    let lang = model.settings.lang;
    // An argument tells nothing about which command is meant.
    let typed = typed.trim_start();
    let word = typed.split_whitespace().next().unwrap_or_default();
    let whole_verb = typed.len() > word.len() && command::TABLE.iter().any(|c| c.verb == word);
    let typed = if whole_verb { word } else { typed };
    let contexts: Vec<Context> = {
        // The layer itself does not listen to what it runs.
        let mut below = model.contexts_below();
        below.push(Context::Everywhere);
        below
    };
    let key = |found: Option<Action>| found.and_then(|a| model.keymap.key(a));
    let commands = command::TABLE.iter().map(|spec| {
        let action = action::TABLE.iter().find(|a| a.action.command() == Some(spec.name));
        let cannot = model.cannot(spec.name).map(|why| able::short(model, &why));
        let entry = Entry {
            runs: Runs::Command(spec.name),
            name: Shown::line(spec.verb),
            able: cannot.is_none(),
            says: cannot.unwrap_or_else(|| spec.summary.say(lang)),
            key: key(action.map(|a| a.action)),
        };
        (entry, spec.summary)
    });
    let actions = action::TABLE
        .iter()
        .filter(|a| a.action.command().is_none() && a.action != Action::Palette)
        .filter(|a| a.contexts.iter().any(|c| contexts.contains(c)))
        .map(|a| {
            let entry = Entry {
                runs: Runs::Action(a.action),
                name: Shown::line(a.name),
                says: a.long.say(lang),
                key: key(Some(a.action)),
                able: true,
            };
            (entry, a.long)
        });
    let mut scored: Vec<(i32, Entry)> = commands
        .chain(actions)
        .filter_map(|(entry, says)| {
            // One may type in either language, whatever the interface speaks.
            let by_name = fuzzy::score(typed, entry.name.as_str()).map(|s| s + 64);
            let by_text = fuzzy::score(typed, says.en).max(fuzzy::score(typed, says.zh));
            let exact = i32::from(whole_verb && entry.name.as_str() == typed) * 10_000;
            by_name.max(by_text).map(|s| (s + exact, entry))
        })
        .collect();
    if !typed.is_empty() {
        scored.sort_by_key(|(score, _)| -score);
        // What fits far worse than the best is not what was meant.
        let best = scored.first().map_or(0, |(score, _)| *score);
        scored.retain(|(score, _)| *score * 3 >= best);
    }
    scored.into_iter().map(|(_, entry)| entry).collect()
}
