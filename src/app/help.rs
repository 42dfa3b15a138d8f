//! What there is to read over the screen: all keys, made from the table of actions; and what
//! happened since the operator left.

use super::action::{Context, TABLE};
use super::explain;
use super::layer::Layer;
use super::layout::{Area, Shape};
use super::link::{numbered, verb_done};
use super::model::Model;
use crate::domain::Time;
use crate::text::catalogue::cockpit as say;
use crate::text::catalogue::work;
use crate::text::{Msg, Shown, format};

/// A sign of the screen that help explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The selected line.
    Selected,
    /// A marked line.
    Marked,
    /// Asked of the desk, not answered yet.
    Waiting,
    /// Past its deadline.
    Late,
    /// Little of its time is left.
    Risk,
    /// The platform's window closes before the deadline.
    Window,
    /// Somebody works on it.
    Claimed,
    /// A lead is to look at it.
    Escalated,
}

/// One cell of a text to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A heading.
    Title(Shown),
    /// Keys, and what they do.
    Keys(Shown, Shown),
    /// Keys that would come to nothing now, and what they do elsewhere.
    NotHere(Shown, Shown),
    /// A sign, and what it means.
    Sign(Sign, Shown),
    /// A sentence.
    Text(Shown),
    /// Nothing.
    Empty,
}

/// From these columns on, help stands in two columns.
const TWO: u16 = 100;

/// Where a layer to read lies, when it has so many lines: above the footer, as high as it needs
/// to be, with its frame.
pub fn area(model: &Model, lines: usize) -> Area {
    let (w, h) = model.size;
    if model.screen.shape == Shape::Line {
        return Area::default();
    }
    let most = h.saturating_sub(2);
    let h = u16::try_from(lines + 2).unwrap_or(most).min(most);
    Area { x: 0, y: model.screen.footer.y.saturating_sub(h), w, h }
}

/// Rows to read at once, at most.
pub fn rows(model: &Model) -> usize {
    usize::from(model.size.1.saturating_sub(4))
}

/// Lines of the layer on top, when it is one to read.
pub(super) fn lines_of(model: &Model) -> usize {
    match model.layers.last() {
        Some(Layer::Help { .. }) => help(model).len(),
        Some(Layer::Since { .. }) => since(model).len(),
        Some(Layer::Explain { .. }) => explain::page(model).len(),
        _ => 0,
    }
}

/// The help: one or two cells a line.
pub fn help(model: &Model) -> Vec<Vec<Cell>> {
    let lang = model.settings.lang;
    let mut blocks = Vec::new();
    for context in Context::ALL {
        let mut block = vec![Cell::Title(context.title().say(lang))];
        // Each action stands once: in the first context that hears it.
        for spec in TABLE.iter().filter(|s| s.contexts.first() == Some(&context)) {
            let keys: Vec<Shown> = model.keymap.keys(spec.action, context).collect();
            let keys = Shown::join(&keys, &Shown::line(" "));
            let says = spec.long.say(lang);
            let cannot = spec.action.command().and_then(|name| model.cannot(name)).is_some();
            block.push(if cannot { Cell::NotHere(keys, says) } else { Cell::Keys(keys, says) });
        }
        if block.len() > 1 {
            block.push(Cell::Empty);
            blocks.push(block);
        }
    }
    let signs: [(Sign, Msg); 8] = [
        (Sign::Selected, say::SIGN_SELECTED),
        (Sign::Marked, say::SIGN_MARKED),
        (Sign::Waiting, say::SIGN_WAITING),
        (Sign::Late, say::SIGN_LATE),
        (Sign::Risk, say::SIGN_RISK),
        (Sign::Window, say::SIGN_WINDOW),
        (Sign::Claimed, say::SIGN_CLAIMED),
        (Sign::Escalated, work::SIGN_ESCALATED),
    ];
    let mut block = vec![Cell::Title(say::SIGNS.say(lang))];
    block.extend(signs.map(|(sign, says)| Cell::Sign(sign, says.say(lang))));
    block.push(Cell::Empty);
    blocks.push(block);
    let mut block = vec![Cell::Title(say::FILTERS.say(lang))];
    for (typed, says) in [
        ("platform:douyin", say::FILTER_PLATFORM),
        ("channel:NAME", say::FILTER_CHANNEL),
        ("state:pending", say::FILTER_STATE),
        ("assignee:bo mine", say::FILTER_ASSIGNEE),
        ("label:vip tag:severe", say::FILTER_LABEL),
        ("author:NAME", say::FILTER_AUTHOR),
        ("likes:100", say::FILTER_LIKES),
        ("late claimed", say::FILTER_LATE),
        ("escalated", work::FILTER_ESCALATED),
        ("-label:spam", say::FILTER_NOT),
        ("\"two words\"", say::FILTER_TEXT),
    ] {
        block.push(Cell::Keys(Shown::line(typed), says.say(lang)));
    }
    blocks.push(block);
    let inside = usize::from(model.size.0.saturating_sub(4));
    let not_here = say::NOT_HERE.say(lang).width() + 1;
    let width = if model.size.0 < TWO { inside } else { inside / 2 };
    let blocks: Vec<Vec<Cell>> =
        blocks.into_iter().map(|b| broken(b, width.saturating_sub(1), not_here)).collect();
    if model.size.0 < TWO {
        return blocks.into_iter().flatten().map(|cell| vec![cell]).collect();
    }
    // The first blocks that make up half of it stand left.
    let all: usize = blocks.iter().map(Vec::len).sum();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for block in blocks {
        if left.len() + block.len() / 2 <= all / 2 && right.is_empty() {
            left.extend(block);
        } else {
            right.extend(block);
        }
    }
    let lines = left.len().max(right.len());
    left.resize(lines, Cell::Empty);
    right.resize(lines, Cell::Empty);
    left.into_iter().zip(right).map(|(l, r)| vec![l, r]).collect()
}

/// A block broken to a width, so that nothing of it is cut off; `not_here` columns stay free behind
/// what cannot be done now.
fn broken(block: Vec<Cell>, width: usize, not_here: usize) -> Vec<Cell> {
    let keys = block.iter().map(|cell| match cell {
        Cell::Keys(keys, _) | Cell::NotHere(keys, _) => keys.width(),
        Cell::Sign(..) => 2,
        _ => 0,
    });
    let keys = keys.max().unwrap_or(0).min(width / 2);
    let room = width.saturating_sub(keys + 3).max(8);
    let mut cells = Vec::new();
    for cell in block {
        match cell {
            Cell::Title(text) => cells.extend(text.wrap(width).into_iter().map(Cell::Title)),
            Cell::Text(text) => {
                cells.extend(text.wrap(width.saturating_sub(1)).into_iter().map(Cell::Text));
            }
            Cell::Keys(k, says) => cells.extend(beside(&k, keys, &says, room, Cell::Keys)),
            Cell::NotHere(k, says) => {
                let room = room.saturating_sub(not_here).max(8);
                cells.extend(beside(&k, keys, &says, room, Cell::NotHere));
            }
            Cell::Sign(sign, says) => {
                let mut lines = says.wrap(room).into_iter();
                cells.push(Cell::Sign(sign, lines.next().unwrap_or_default()));
                cells.extend(lines.map(|line| Cell::Keys(Shown::default(), line)));
            }
            Cell::Empty => cells.push(Cell::Empty),
        }
    }
    cells
}

/// Keys and what they do, both broken, line beside line.
fn beside(
    keys: &Shown,
    key_columns: usize,
    says: &Shown,
    room: usize,
    first: fn(Shown, Shown) -> Cell,
) -> Vec<Cell> {
    let (keys, says) = (keys.wrap(key_columns.max(1)), says.wrap(room));
    let line = |of: &[Shown], i: usize| of.get(i).cloned().unwrap_or_default();
    (0..keys.len().max(says.len()).max(1))
        .map(|i| {
            let make = if i == 0 { first } else { Cell::Keys };
            make(line(&keys, i), line(&says, i))
        })
        .collect()
}

/// What happened since the operator left, and what was said lately.
pub fn since(model: &Model) -> Vec<Vec<Cell>> {
    let lang = model.settings.lang;
    let mut cells = Vec::new();
    let local = |t: Time| t.to_utc().with_timezone(&model.zone);
    if let Some(since) = model.welcome.as_ref().and_then(|w| w.since.as_ref()) {
        // The day tells itself: it may have been another one.
        let (day, clock) =
            (format::day(lang, &local(since.left)), format::clock(&local(since.left)));
        let values: [(&str, &dyn std::fmt::Display); 2] = [("day", &day), ("time", &clock)];
        cells.push(Cell::Title(say::SINCE_TITLE.fill(lang, &values)));
        let n = format::number(lang, since.arrived);
        cells.push(Cell::Text(say::SINCE_ARRIVED.fill(lang, &[("n", &n)])));
        for (by, name, n) in &since.actions {
            let values: [(&str, &dyn std::fmt::Display); 3] = [
                ("by", &Shown::line(&by.0)),
                ("what", &verb_done(*name).say(lang)),
                ("n", &format::number(lang, *n)),
            ];
            cells.push(Cell::Text(say::SINCE_ACTION.fill(lang, &values)));
        }
        if !since.assigned.is_empty() {
            let ids: Vec<Shown> = since.assigned.iter().take(20).map(|id| numbered(*id)).collect();
            let ids = Shown::join(&ids, &Shown::line(" "));
            cells.push(Cell::Text(say::SINCE_ASSIGNED.fill(lang, &[("ids", &ids)])));
        }
        if since.more {
            cells.push(Cell::Text(say::SINCE_MORE.say(lang)));
        }
        cells.push(Cell::Empty);
    }
    cells.push(Cell::Title(say::SAID_TITLE.say(lang)));
    let said = model.notices.history();
    let before = cells.len();
    cells.extend(said.map(|t| Cell::Keys(format::clock(&local(t.at)), t.text.clone())));
    if cells.len() == before {
        cells.push(Cell::Text(say::SAID_NOTHING.say(lang)));
    }
    let width = usize::from(model.size.0.saturating_sub(5));
    broken(cells, width, 0).into_iter().map(|c| vec![c]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Msg as Happens, Settings, update};
    use crate::text::Lang;

    #[test]
    fn help_names_each_action_and_each_of_its_keys_once() {
        for (lang, w) in [(Lang::En, 400), (Lang::Zh, 400), (Lang::En, 99)] {
            let mut model = Model::new(Settings { lang, ..Settings::default() });
            update(&mut model, Happens::Resize(w, 40), Time(0));
            let cells: Vec<Cell> = help(&model).into_iter().flatten().collect();
            for spec in TABLE {
                let says = spec.long.say(lang);
                let rows = cells.iter().filter(|c| matches!(c, Cell::Keys(_, s) if *s == says));
                assert_eq!(rows.count(), 1, "{}", spec.name);
                for key in model.keymap.keys(spec.action, spec.contexts[0]) {
                    assert!(
                        cells.iter().any(|c| matches!(c, Cell::Keys(k, s)
                            if *s == says && k.as_str().split(' ').any(|p| key == *p))),
                        "{key} of {}",
                        spec.name
                    );
                }
            }
        }
    }
}
