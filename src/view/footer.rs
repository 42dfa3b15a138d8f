//! The last row: what the keys do here, what was just said, or the line being typed.

use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::action::{Action, Context, TABLE};
use crate::app::charts;
use crate::app::composer::Stage;
use crate::app::editor::Editor;
use crate::app::import;
use crate::app::layer::Layer;
use crate::app::model::Focus;
use crate::app::notices::{Toast, Tone};
use crate::text::catalogue::{calendar, cockpit as say, lint, search};
use crate::text::{Shown, format};
use ratatui::layout::Position;

/// Draws the footer; answers with where the caret is, when a line is typed there.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) -> Option<Position> {
    let area = s.m.screen().footer;
    if area.is_empty() {
        return None;
    }
    match s.m.layers().last() {
        Some(Layer::Filter { editor, wrong, .. }) => {
            return Some(prompt(s, c, &Shown::line("/"), editor, wrong.as_ref()));
        }
        Some(Layer::ViewName { editor, wrong, .. }) => {
            let asks = search::NAME_PROMPT.say(s.lang);
            return Some(prompt(s, c, &asks, editor, wrong.as_ref()));
        }
        Some(Layer::Search { editor, wrong, .. }) => {
            return Some(prompt(s, c, &Shown::line("g/"), editor, wrong.as_ref()));
        }
        Some(Layer::Because { editor, wrong }) => {
            let asks = lint::BECAUSE_PROMPT.say(s.lang);
            return Some(prompt(s, c, &asks, editor, wrong.as_ref()));
        }
        Some(Layer::Line(line)) => {
            let asks = line.asks.prompt(s.lang, area.w < 80);
            return Some(prompt(s, c, &asks, &line.editor, line.wrong.as_ref()));
        }
        Some(Layer::ImportLine(line)) => {
            return Some(prompt(s, c, &line.asks.prompt(s.lang), &line.editor, None));
        }
        Some(Layer::Palette(p)) => {
            return Some(prompt(s, c, &Shown::line(":"), &p.editor, p.wrong.as_ref()));
        }
        Some(Layer::Canned(p)) => {
            return Some(prompt(s, c, &Shown::line(">"), &p.editor, None));
        }
        _ => {}
    }
    if let Some(n) = s.m.marking() {
        let n = format::number(s.lang, n as u64);
        let text = say::MARKING.fill(s.lang, &[("n", &n)]);
        c.row(area, 0).skip(1).put(&text, Role::ToastInfo);
        return None;
    }
    // While a layer is open its keys matter more than that something went well; on a page things
    // are done.
    let page = matches!(
        s.m.layers().last(),
        Some(Layer::Charts | Layer::Calendar | Layer::Post(_) | Layer::Alerts)
    );
    let heeded = |tone| s.m.layers().is_empty() || page || tone >= Tone::Warn;
    match s.m.notices().current(s.now) {
        Some((toast, more)) if heeded(toast.tone) => said(s, c, toast, more),
        _ => hints(s, c),
    }
    None
}

fn prompt(
    s: &Scene<'_>,
    c: &mut Canvas<'_>,
    sign: &Shown,
    editor: &Editor,
    wrong: Option<&Shown>,
) -> Position {
    let area = s.m.screen().footer;
    let mut row = c.row(area, 0);
    row.skip(1).put(sign, Role::Key);
    let room = row.left().saturating_sub(1);
    let line = Shown::line(editor.text());
    let caret = Shown::line(editor.before()).width();
    // A line that is longer than the row is shown from where the caret is in it.
    let before = caret.saturating_sub(room);
    let mut shown = Shown::default();
    let mut at = 0;
    for (cluster, width) in line.graphemes() {
        if at >= before && shown.width() + width <= room {
            shown.push(&Shown::line(cluster));
        }
        at += width;
    }
    row.put(&shown, Role::Text);
    if let Some(wrong) = wrong {
        row.skip(2).put(wrong, Role::ToastBad);
    } else {
        let right = [(pressed(s, Context::Prompt), Role::Hint), (Shown::blank(1), Role::Hint)];
        row.right(&right, 3);
    }
    let x = area.x + 1 + u16::try_from(sign.width() + caret - before).unwrap_or(0);
    Position::new(x.min(area.x + area.w.saturating_sub(1)), area.y)
}

/// Keys of a context as one text, for lines that hold more than them.
fn pressed(s: &Scene<'_>, context: Context) -> Shown {
    let hints = of(s, &[context]);
    let texts: Vec<Shown> =
        hints.iter().map(|(key, does)| Shown::join([key, does], &Shown::blank(1))).collect();
    Shown::join(&texts, &Shown::blank(2))
}

/// What these contexts offer: keys and short words, in the order of the table.
fn of(s: &Scene<'_>, contexts: &[Context]) -> Vec<(Shown, Shown)> {
    let shown = TABLE.iter().filter_map(|spec| {
        let context = spec.contexts.iter().find(|c| contexts.contains(c))?;
        let key = s.m.keymap().keys(spec.action, *context).next()?;
        let overtaken = s.m.composer().is_some_and(|c| matches!(c.stage, Stage::Overtaken(_)));
        // A name and a reason are one's own: nothing completes them.
        let own = matches!(
            s.m.layers().last(),
            Some(Layer::ViewName { .. } | Layer::Because { .. } | Layer::Line(_))
        );
        // What an import does not know at this moment would be a dead key.
        let import = match s.m.layers().last() {
            Some(Layer::Import(wizard)) => Some(wizard.stage),
            _ => None,
        };
        let short = match spec.action {
            Action::Complete if own => return None,
            Action::ImportNext if import.is_some_and(import::Stage::is_busy) => return None,
            Action::ImportChange if import != Some(import::Stage::Mapping) => return None,
            Action::Send if overtaken => say::S_SEND_ANYWAY,
            Action::Enlarge => match charts::entering(s.m) {
                Some(short) => short,
                None => spec.short?,
            },
            _ => spec.short?,
        };
        Some((key, short.say(s.lang)))
    });
    shown.collect()
}

/// What moves a post in the calendar, puts it down or leaves it.
fn moving(s: &Scene<'_>) -> Vec<(Shown, Shown)> {
    let key = |action, context| s.m.keymap().keys(action, context).next().unwrap_or_default();
    let both = |a, b, context| Shown::join([&key(a, context), &key(b, context)], &Shown::line("/"));
    vec![
        (key(Action::OpenPost, Context::Calendar), calendar::S_PUT.say(s.lang)),
        (key(Action::Close, Context::Reader), calendar::S_CANCEL_MOVE.say(s.lang)),
        (
            both(Action::DayLeft, Action::DayRight, Context::Calendar),
            calendar::S_BY_DAY.say(s.lang),
        ),
        (both(Action::Down, Action::Up, Context::Reader), calendar::S_BY_SLOT.say(s.lang)),
    ]
}

/// What moves on the channels screen, which has no names of its own for it.
fn channels(s: &Scene<'_>) -> [(Shown, Shown); 2] {
    let key = |action| s.m.keymap().keys(action, Context::Reader).next().unwrap_or_default();
    let both = |a, b| Shown::join([&key(a), &key(b)], &Shown::line("/"));
    [
        (both(Action::Down, Action::Up), say::S_CHANNEL.say(s.lang)),
        (both(Action::HalfDown, Action::HalfUp), say::S_SCROLL.say(s.lang)),
    ]
}

fn said(s: &Scene<'_>, c: &mut Canvas<'_>, toast: &Toast, more: usize) {
    let (role, sign) = match toast.tone {
        Tone::Done => (Role::ToastDone, s.glyphs.gone()),
        Tone::Info => (Role::ToastInfo, s.glyphs.focus()),
        Tone::Warn => (Role::ToastWarn, Shown::line("!")),
        Tone::Bad => (Role::ToastBad, Shown::line("!!")),
    };
    let mut right = Vec::new();
    if more > 0 {
        right.push((Shown::line(&format!("+{more}  ")), Role::Muted));
    }
    right.extend(going(s));
    // What was done can be taken back; what is told can be gone to.
    let (action, does) = match toast.tone {
        Tone::Done => (Action::Undo, say::S_UNDO),
        _ => (Action::Attend, say::S_OPEN),
    };
    if let Some(key) = s.m.keymap().key(action).filter(|_| toast.about.is_some()) {
        right.extend([(key, Role::Key), (Shown::blank(1), Role::Hint)]);
        right.extend([(does.say(s.lang), Role::Hint), (Shown::blank(2), Role::Hint)]);
    }
    let width: usize = right.iter().map(|(t, _)| t.width()).sum();
    let mut row = c.row(s.m.screen().footer, 0);
    row.skip(1).put(&sign, role).skip(1);
    let room = row.left().saturating_sub(width + 2);
    let cut = if room >= 20 { room } else { row.left() };
    row.put(&toast.text.truncate_with(cut, s.ellipsis()), role);
    row.right(&right, 2);
}

/// How long what was sent can still be taken back.
fn going(s: &Scene<'_>) -> Vec<(Shown, Role)> {
    let Some(going) = s.m.going() else { return Vec::new() };
    // As wide with one digit as with two, so that a step changes nothing but the digits.
    let left = Shown::line(&format!("{:>2}", going.left(s.now)));
    let text = say::GOES_IN.fill(s.lang, &[("n", &left)]);
    vec![(text, Role::Waiting), (Shown::blank(2), Role::Hint)]
}

fn hints(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let contexts = s.m.contexts();
    let mut all = of(s, &contexts);
    if s.m.posts().plan.moving.is_some() && matches!(s.m.layers().last(), Some(Layer::Calendar)) {
        all = moving(s);
    }
    if matches!(s.m.layers().last(), Some(Layer::Channels(_))) {
        // How one gets away stays longest.
        let [channel, scroll] = channels(s);
        all.insert(0, channel);
        all.push(scroll);
    }
    // Help is always there, at the right end.
    let help_key = s.m.keymap().key(Action::Help).unwrap_or_default();
    let help = (help_key, say::S_HELP.say(s.lang));
    let with_help = all.contains(&help);
    let waiting: Vec<String> = s.m.chord().iter().map(ToString::to_string).collect();
    let mut right = Vec::new();
    if !waiting.is_empty() {
        let mut text = Shown::line(&waiting.join(" "));
        text.push(&s.glyphs.sign(crate::app::help::Sign::Waiting));
        right.extend([(text, Role::Accent), (Shown::blank(2), Role::Hint)]);
    }
    let narrow = s.m.screen().footer.w < 60;
    let in_pane = with_help && !narrow && !matches!(s.m.focus(), Focus::Queue(_));
    if let Some(key) = s.m.keymap().key(Action::Back).filter(|_| in_pane) {
        right.extend([(key, Role::Key), (Shown::blank(1), Role::Hint)]);
        right.extend([(say::S_BACK.say(s.lang), Role::Hint), (Shown::blank(2), Role::Hint)]);
    }
    if let Some(going) = s.m.going() {
        right.extend(self::going(s));
        let key = s.m.keymap().key(Action::Undo).filter(|_| going.is_last);
        if let Some(key) = key {
            right.extend([(key, Role::Key), (Shown::blank(1), Role::Hint)]);
            right.extend([(say::S_UNDO.say(s.lang), Role::Hint), (Shown::blank(2), Role::Hint)]);
        }
    }
    if with_help {
        right.extend([(help.0.clone(), Role::Key), (Shown::blank(1), Role::Hint)]);
        right.extend([(help.1.clone(), Role::Hint), (Shown::blank(1), Role::Hint)]);
    }
    let width: usize = right.iter().map(|(t, _)| t.width()).sum();
    let mut row = c.row(s.m.screen().footer, 0);
    row.skip(1);
    for (key, does) in all.iter().filter(|hint| **hint != help) {
        if key.width() + 1 + does.width() + 2 + width > row.left() {
            continue;
        }
        row.put(key, Role::Key).skip(1).put(does, Role::Hint).skip(2);
    }
    row.right(&right, 0);
}
