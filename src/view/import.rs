//! The import wizard: columns with their meanings, then what was read, then what became of it.

use super::frame::Scene;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::import::{self, ABOVE, Far, Meaning, Stage, Table, Wizard};
use crate::app::layout::Area;
use crate::text::catalogue::wizard as say;
use crate::text::{Align, Shown, format};

/// Draws the wizard, over everything but header, banner and footer.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>, w: &Wizard) {
    let area = import::area(s.m);
    c.clear(area, c.style(Role::Text));
    let file = Shown::line(w.file.rsplit('/').next().unwrap_or(&w.file));
    let room = usize::from(area.w) / 2;
    let file = file.truncate_with(room, s.ellipsis());
    let title = say::TITLE.fill(s.lang, &[("file", &file)]);
    let stage = match w.stage {
        Stage::Checking(far) | Stage::Importing(far) => {
            Shown::join([&w.stage.title().say(s.lang), &how_far(s, far)], &Shown::blank(1))
        }
        stage => stage.title().say(s.lang),
    };
    let mut row = s.title(c, area, &title, true);
    let fits = stage.width() + 4 <= row.left();
    let right = if fits {
        vec![(stage.clone(), Role::Accent), (Shown::blank(1), Role::Muted)]
    } else {
        vec![]
    };
    s.rule(&mut row, true, &right);
    let mut inside = Area { y: area.y + 1, h: area.h.saturating_sub(1), ..area };
    if !fits {
        c.row(inside, 0)
            .skip(2)
            .put(&stage.truncate_with(usize::from(area.w) - 3, s.ellipsis()), Role::Accent);
        inside = Area { y: inside.y + 1, h: inside.h.saturating_sub(1), ..inside };
    }
    // What stands in the way is said last, where one looks for it.
    if let Some(wrong) = &w.wrong {
        let lines = wrong.wrap(usize::from(area.w.saturating_sub(4)).max(8));
        let n = u16::try_from(lines.len()).unwrap_or(1).min(inside.h / 2);
        let y = inside.y + inside.h - n;
        let place = Area { y, h: n, ..inside };
        for (at, line) in lines.iter().enumerate() {
            c.row(place, at).skip(2).put(line, Role::Late);
        }
        inside.h -= n;
    }
    match (w.stage, &w.table) {
        (Stage::Mapping, Some(table)) => mapping(s, c, inside, w, table),
        (Stage::Looking | Stage::Mapping, _) => {}
        _ => {
            for (at, line) in w.told().iter().skip(w.top).take(usize::from(inside.h)).enumerate() {
                c.row(inside, at).skip(2).put(line, Role::Text);
            }
        }
    }
}

fn how_far(s: &Scene<'_>, far: Far) -> Shown {
    let rows = format::number(s.lang, far.rows);
    match far.percent {
        Some(percent) => say::FAR_OF.fill(s.lang, &[("percent", &percent), ("rows", &rows)]),
        None => say::FAR.fill(s.lang, &[("rows", &rows)]),
    }
}

fn mapping(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, w: &Wizard, table: &Table) {
    let by_column = table.columns.iter().any(|col| col.meaning == Meaning::Channel);
    let channel = match table.channel.is_empty() {
        true if by_column => say::FROM_COLUMN.say(s.lang),
        true => Shown::line("-"),
        false => Shown::line(&table.channel),
    };
    let profile = match &table.fits {
        Some(name) => say::FITS.fill(s.lang, &[("name", &Shown::line(name))]),
        None => say::NEW.fill(s.lang, &[("name", &Shown::line(&table.name))]),
    };
    let above: [(Shown, Shown); ABOVE] = [
        (say::L_ROWS.say(s.lang), table.rows.title().say(s.lang)),
        (say::L_CHANNEL.say(s.lang), channel),
        (say::L_PROFILE.say(s.lang), profile),
    ];
    let height = usize::from(area.h);
    let top = (w.cursor + 1).saturating_sub(height);
    let wide = area.w >= 80;
    let name_columns = if wide { 28 } else { 14 };
    let meaning_columns = if wide { 22 } else { 12 };
    for at in 0..height.min(w.lines().saturating_sub(top)) {
        let line = top + at;
        let on = line == w.cursor;
        let mark = if on { s.glyphs.focus() } else { Shown::blank(1) };
        // The mark says where the cursor is, and so does the name.
        let named = |usual: Role| if on { Role::Title } else { usual };
        let mut row = c.row(area, at);
        row.put(&mark, Role::Accent).skip(1);
        if let Some((name, value)) = above.get(line) {
            row.cell(name, name_columns, Align::Left, named(Role::Muted)).skip(1);
            let room = row.left().saturating_sub(1);
            row.put(&value.truncate_with(room, s.ellipsis()), Role::Text);
            continue;
        }
        let Some(column) = table.columns.get(line - ABOVE) else { continue };
        let meaning = match &column.meaning {
            Meaning::Figure(name) => Shown::line(name),
            meaning => meaning.title().say(s.lang),
        };
        let usual = match &column.meaning {
            Meaning::Ignore => Role::Muted,
            Meaning::Figure(_) => Role::Accent,
            _ => Role::Text,
        };
        row.cell(&Shown::line(&column.name), name_columns, Align::Left, named(Role::Text)).skip(1);
        row.cell(&meaning, meaning_columns, Align::Left, usual).skip(1);
        let samples: Vec<Shown> = column.samples.iter().map(|t| Shown::line(t)).collect();
        let each = row.left().saturating_sub(3) / if wide { 2 } else { 1 };
        for sample in samples.iter().take(if wide { 2 } else { 1 }) {
            row.cell(sample, each, Align::Left, Role::Muted).skip(1);
        }
    }
}
