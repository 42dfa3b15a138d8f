//! What keys, menus and lines do in the import wizard.

use super::profile::{self, Meaning, Rows};
use super::{ABOVE, Asks, By, Chosen, Far, Job, Line, Stage, Wizard, area, wizard};
use crate::app::Effect;
use crate::app::action::Action;
use crate::app::editor::Editor;
use crate::app::layer::{Choice, Layer, Menu};
use crate::app::model::Model;
use crate::text::Shown;
use crate::text::catalogue::wizard as say;

/// Asks which file.
pub(in crate::app) fn open(model: &mut Model) {
    ask(model, Asks::File, "");
}

/// Opens the wizard for a file.
pub(in crate::app) fn begin(model: &mut Model, file: &str, effects: &mut Vec<Effect>) {
    model.layers.push(Layer::Import(Box::new(Wizard::new(file))));
    effects.push(Effect::Import { file: file.to_owned(), job: Job::Look });
}

fn ask(model: &mut Model, asks: Asks, text: &str) {
    model.layers.push(Layer::ImportLine(Line { editor: Editor::new(text), asks }));
}

/// The keys of the wizard and of its lines; true when the key was its own.
pub(in crate::app) fn run(model: &mut Model, action: Action, effects: &mut Vec<Effect>) -> bool {
    if matches!(model.layers.last(), Some(Layer::ImportLine(_))) {
        if action == Action::Accept {
            accept(model, effects);
        }
        return action == Action::Accept;
    }
    let rows = usize::from(area(model).h.saturating_sub(2)).max(1);
    let Some(Layer::Import(w)) = model.layers.last_mut() else { return false };
    let mapping = w.stage == Stage::Mapping;
    match action {
        Action::Close if matches!(w.stage, Stage::Checked) => {
            (w.stage, w.top) = (Stage::Mapping, 0);
        }
        Action::Close => {
            if w.stage.is_busy() {
                effects.push(Effect::Import { file: w.file.clone(), job: Job::Stop });
            }
            model.layers.pop();
        }
        Action::ImportNext => next(model, effects),
        Action::ImportChange if mapping => change(model),
        Action::Down
        | Action::Up
        | Action::Top
        | Action::Bottom
        | Action::HalfDown
        | Action::HalfUp
        | Action::PageDown
        | Action::PageUp => {
            let (at, most) = match mapping {
                true => (w.cursor, w.lines().saturating_sub(1)),
                false => (w.top, w.heard.len().saturating_sub(rows)),
            };
            let to = match action {
                Action::Down => at + 1,
                Action::Up => at.saturating_sub(1),
                Action::HalfDown => at + rows / 2,
                Action::HalfUp => at.saturating_sub(rows / 2),
                Action::PageDown => at + rows,
                Action::PageUp => at.saturating_sub(rows),
                Action::Top => 0,
                _ => most,
            }
            .min(most);
            if mapping { w.cursor = to } else { w.top = to }
        }
        // Who goes elsewhere meanwhile would not see what came of it.
        _ => return w.stage.is_busy(),
    }
    true
}

/// Enter: the check, then the import, then away.
fn next(model: &mut Model, effects: &mut Vec<Effect>) {
    let zone = model.zone.name().to_owned();
    let lang = model.settings.lang;
    let Some(Layer::Import(w)) = model.layers.last_mut() else { return };
    if w.stage == Stage::Done {
        model.layers.pop();
        return;
    }
    let Some(table) = &w.table else { return };
    let by = match &table.fits {
        Some(name) => By::Name(name.clone()),
        None => {
            w.wrong = table.lacks().map(|msg| msg.say(lang));
            if w.wrong.is_some() {
                return;
            }
            By::Text(table.name.clone(), table.profile(&zone))
        }
    };
    let (stage, job) = match w.stage {
        Stage::Mapping => (Stage::Checking(Far::default()), Job::Check(by)),
        Stage::Checked => (Stage::Importing(Far::default()), Job::Take(by)),
        _ => return,
    };
    (w.stage, w.wrong, w.top) = (stage, None, 0);
    w.heard.clear();
    effects.push(Effect::Import { file: w.file.clone(), job });
}

/// Changes what the line with the cursor says.
fn change(model: &mut Model) {
    let lang = model.settings.lang;
    let Some(w) = wizard(model) else { return };
    w.wrong = None;
    let Some(table) = &w.table else { return };
    match w.cursor {
        0 => {
            let choices: Vec<(Shown, Choice)> = Rows::ALL
                .iter()
                .map(|r| (r.title().say(lang), Choice::Import(Chosen::Rows(*r))))
                .collect();
            let cursor = Rows::ALL.iter().position(|r| *r == table.rows).unwrap_or(0);
            let title = say::ASK_ROWS.say(lang);
            model.layers.push(Layer::Menu(Menu { title, choices, cursor }));
        }
        1 => {
            let channel = table.channel.clone();
            ask(model, Asks::Channel, &channel);
        }
        2 => {
            let name = table.name.clone();
            ask(model, Asks::Name, &name);
        }
        at => {
            let at = at - ABOVE;
            let Some(column) = table.columns.get(at) else { return };
            let plain = Meaning::of(table.rows);
            let mut choices: Vec<(Shown, Choice)> = plain
                .iter()
                .map(|m| (m.title().say(lang), Choice::Import(Chosen::Meaning(at, m.clone()))))
                .collect();
            if table.rows != Rows::Messages {
                let figure = say::FIGURE_NAMED.say(lang);
                choices.push((figure, Choice::Import(Chosen::Figure(at))));
            }
            let last = choices.len() - 1;
            let cursor = plain.iter().position(|m| *m == column.meaning).unwrap_or(last);
            let values: [(&str, &dyn std::fmt::Display); 1] =
                [("name", &Shown::line(&column.name))];
            let title = say::ASK_MEANING.fill(lang, &values);
            model.layers.push(Layer::Menu(Menu { title, choices, cursor }));
        }
    }
}

/// A choice of a menu of the wizard.
pub(in crate::app) fn chosen(model: &mut Model, chosen: Chosen) {
    if let Chosen::Figure(at) = chosen {
        let column = wizard(model).and_then(|w| w.table.as_ref()?.columns.get(at));
        let name = match column.map(|c| &c.meaning) {
            Some(Meaning::Figure(name)) => name.clone(),
            _ => String::new(),
        };
        return ask(model, Asks::Figure(at), &name);
    }
    let Some(table) = wizard(model).and_then(|w| w.table.as_mut()) else { return };
    match chosen {
        Chosen::Rows(rows) if rows != table.rows => table.turn(rows),
        Chosen::Meaning(at, meaning) => {
            if let Some(column) = table.columns.get_mut(at) {
                column.meaning = meaning;
            }
        }
        Chosen::Rows(_) | Chosen::Figure(_) => return,
    }
    table.fits = None;
}

/// A line is finished.
fn accept(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(Layer::ImportLine(line)) = model.layers.last() else { return };
    let (asks, typed) = (line.asks, line.editor.text().trim().to_owned());
    model.layers.pop();
    if asks == Asks::File {
        if !typed.is_empty() {
            begin(model, &typed, effects);
        }
        return;
    }
    let lang = model.settings.lang;
    let Some(w) = wizard(model) else { return };
    let Some(table) = &mut w.table else { return };
    match asks {
        Asks::Channel => table.channel = typed.to_lowercase(),
        Asks::Name if !profile::is_name(&typed) => {
            w.wrong = Some(say::NOT_A_NAME.say(lang));
            return;
        }
        Asks::Name => table.name = typed,
        Asks::Figure(at) => {
            let Some(column) = table.columns.get_mut(at) else { return };
            column.meaning = match typed.is_empty() {
                true => Meaning::Ignore,
                false => Meaning::Figure(typed),
            };
        }
        Asks::File => return,
    }
    table.fits = None;
}
