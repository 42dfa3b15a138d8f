//! What the keys of a begun sequence do, while its next key is awaited.

use super::frame::Scene;
use super::pen::Canvas;
use super::popup::{above_footer, frame};
use super::theme::Role;
use crate::app::layout::{Area, Shape};
use crate::text::{Align, Shown};

/// Columns of one entry: enough for a key and what it does.
const ENTRY: u16 = 44;
/// Columns of an entry that gives the action's name alone, where there is no room for more.
const NAME: u16 = 18;

/// Draws the box above the footer, as many entries beside each other as fit.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let entries = s.m.which_key(s.now);
    let footer = s.m.screen().footer;
    if entries.is_empty() || s.m.screen().shape == Shape::Line {
        return;
    }
    let beside =
        |entry: u16| usize::from((footer.w.saturating_sub(4) / entry).max(1)).min(entries.len());
    let room = usize::from(footer.y.saturating_sub(3));
    let is_whole = entries.len().div_ceil(beside(ENTRY)) <= room;
    let entry = if is_whole { ENTRY } else { NAME };
    let beside = beside(entry);
    let rows = entries.len().div_ceil(beside);
    let w = usize::from(entry) * beside + 4;
    let begun: Vec<Shown> = s.m.chord().iter().map(|key| Shown::line(&key.to_string())).collect();
    let title = Shown::join(&begun, &Shown::blank(1));
    let inside = frame(s, c, above_footer(s, w, rows + 2), &title, &Shown::default());
    let keys = entries.iter().map(|(key, _)| key.width()).max().unwrap_or(0);
    let width = inside.w / u16::try_from(beside).unwrap_or(1);
    for (at, (key, action)) in entries.iter().enumerate() {
        let (column, row) = (at / rows, at % rows);
        if row >= usize::from(inside.h) {
            continue;
        }
        let x = inside.x + width * u16::try_from(column).unwrap_or(0);
        let place = Area { x, w: width.saturating_sub(1), ..inside };
        let mut row = c.row(place, row);
        row.cell(key, keys, Align::Left, Role::PopupPick).skip(2);
        let spec = action.spec();
        let says = if is_whole { spec.long.say(s.lang) } else { Shown::line(spec.name) };
        row.put(&says.truncate_with(row.left(), s.ellipsis()), Role::Popup);
    }
}
