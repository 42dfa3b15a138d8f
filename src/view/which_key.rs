//! What the keys of a begun sequence do, while its next key is awaited.

use super::frame::Scene;
use super::pen::Canvas;
use super::popup::{above_footer, frame};
use super::theme::Role;
use crate::app::action::Action;
use crate::app::layout::{Area, Shape};
use crate::text::{Align, Shown};

/// Columns of an entry that gives the action's name alone, where there is no room for more.
const NAME: usize = 18;
/// The most entries beside each other.
const BESIDE: usize = 3;

/// Draws the box above the footer, as many entries beside each other as fit.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let entries = s.m.which_key(s.now);
    let footer = s.m.screen().footer;
    if entries.is_empty() || s.m.screen().shape == Shape::Line {
        return;
    }
    let across = usize::from(footer.w.saturating_sub(4));
    let room = usize::from(footer.y.saturating_sub(3));
    let keys = entries.iter().map(|(key, _)| key.width()).max().unwrap_or(0);
    let whole = |beside: usize| -> Option<Vec<usize>> {
        let rows = entries.len().div_ceil(beside);
        let widest = |some: &[(Shown, Action)]| {
            let says = some.iter().map(|(_, action)| action.spec().long.say(s.lang).width());
            keys + says.max().unwrap_or(0) + 5
        };
        let widths: Vec<usize> = entries.chunks(rows).map(widest).collect();
        (widths.iter().sum::<usize>() <= across && rows <= room).then_some(widths)
    };
    let found = (1..=BESIDE.min(entries.len())).rev().find_map(whole);
    let (is_whole, widths) = match found {
        Some(widths) => (true, widths),
        None => (false, vec![NAME; (across / NAME).clamp(1, entries.len())]),
    };
    let rows = entries.len().div_ceil(widths.len());
    let w = widths.iter().sum::<usize>() + 4;
    let begun: Vec<Shown> = s.m.chord().iter().map(|key| Shown::line(&key.to_string())).collect();
    let title = Shown::join(&begun, &Shown::blank(1));
    let inside = frame(s, c, above_footer(s, w, rows + 2), &title, &Shown::default());
    for (at, (key, action)) in entries.iter().enumerate() {
        let (column, row) = (at / rows, at % rows);
        if row >= usize::from(inside.h) {
            continue;
        }
        let cells = |columns: usize| u16::try_from(columns).unwrap_or(u16::MAX);
        let x = inside.x + cells(widths[..column].iter().sum());
        let place = Area { x, w: cells(widths[column]).saturating_sub(1), ..inside };
        let mut row = c.row(place, row);
        row.cell(key, keys, Align::Left, Role::PopupPick).skip(2);
        let spec = action.spec();
        let says = if is_whole { spec.long.say(s.lang) } else { Shown::line(spec.name) };
        row.put(&says.truncate_with(row.left(), s.ellipsis()), Role::Popup);
    }
}
