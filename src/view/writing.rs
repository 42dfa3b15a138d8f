//! The composer: what is being written, for whom, and what stands in its way.

use super::frame::Scene;
use super::lint;
use super::pen::Canvas;
use super::theme::Role;
use crate::app::action::{Action, Context};
use crate::app::composer::{Composer, Kind, Stage};
use crate::app::paste;
use crate::text::catalogue::cockpit as say;
use crate::text::{Shown, format};
use ratatui::layout::Position;

/// Draws the composer; answers with where the caret is.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) -> Option<Position> {
    let composer = s.m.composer()?;
    let area = s.m.screen().composer;
    if area.is_empty() {
        return None;
    }
    let mut row = s.title(c, area, &title(s, composer), true);
    let mut right = state(s, composer);
    let width: usize = right.iter().map(|(t, _)| t.width()).sum();
    if width + 4 > row.left() {
        // The footer says the rest.
        right.truncate(1);
        if let Stage::Overtaken(n) = composer.stage {
            right = vec![(say::NEW_SINCE.fill(s.lang, &[("n", &n)]), Role::ToastWarn)];
        }
    }
    s.rule(&mut row, true, &right);
    let columns = s.m.screen().composer_columns();
    let rows = usize::from(area.h - 1) - lint::rows(s);
    let (x, y) = composer.editor.caret(columns);
    // As far down as shows the caret.
    let top = (y + 1).saturating_sub(rows);
    let lines = composer.editor.lines(columns);
    let bar = s.glyphs.bar();
    let (mark, text) = match (composer.kind, composer.stage) {
        (_, Stage::Sending(_)) => (Role::Muted, Role::Muted),
        (Kind::Reply, _) => (Role::Us, Role::Text),
        (Kind::Note, _) => (Role::Note, Role::Text),
        (Kind::Paste, _) => (Role::Accent, Role::Text),
    };
    let how = say::PASTE_HOW.say(s.lang).wrap(columns);
    let hint = composer.kind == Kind::Paste && composer.editor.is_blank();
    for at in 0..rows {
        let range = lines.get(top + at).map(|(start, end)| *start..*end);
        let pieces = range.map(|range| {
            let read = (composer.editor.text(), composer.lint.found.as_slice());
            lint::pieces(c, read, range, text)
        });
        let mut row = c.row(area, at + 1);
        row.skip(1).put(&bar, mark).skip(1);
        match (pieces, how.get(at)) {
            (_, Some(how)) if hint => drop(row.put(how, Role::Hint)),
            (Some(pieces), _) => {
                for (piece, style) in &pieces {
                    row.put_in(piece, *style);
                }
            }
            (None, _) => {}
        }
    }
    lint::draw(s, c, area);
    let x = u16::try_from(x + 3).ok()?.min(area.w.saturating_sub(1));
    let y = u16::try_from(y - top + 1).ok()?;
    Some(Position::new(area.x + x, area.y + y))
}

fn title(s: &Scene<'_>, composer: &Composer) -> Shown {
    let n = composer.ids.len();
    match (composer.kind, composer.only()) {
        (Kind::Reply, Some(id)) => {
            let detail = s.m.in_view().detail.as_ref().filter(|d| d.conversation.id == id);
            let head = detail.and_then(|d| d.conversation.speaks_of());
            let name = head.map(|h| Shown::line(&h.author.name)).unwrap_or_default();
            let name = if name.is_empty() { crate::app::link::numbered(id) } else { name };
            say::WRITE_REPLY.fill(s.lang, &[("name", &name.truncate_with(20, s.ellipsis()))])
        }
        (Kind::Reply, None) => say::WRITE_REPLIES.fill(s.lang, &[("n", &n)]),
        (Kind::Note, Some(_)) => say::WRITE_NOTE.say(s.lang),
        (Kind::Note, None) => say::WRITE_NOTES.fill(s.lang, &[("n", &n)]),
        (Kind::Paste, _) => {
            let channel = composer.onto.as_ref().map(|id| s.m.channel_title(id));
            say::WRITE_PASTE.fill(s.lang, &[("channel", &channel.unwrap_or_default())])
        }
    }
}

fn state(s: &Scene<'_>, composer: &Composer) -> Vec<(Shown, Role)> {
    let detail = s.m.in_view().detail.as_ref();
    let messages = detail
        .filter(|d| composer.only() == Some(d.conversation.id))
        .map_or(0, |d| d.conversation.messages);
    let (count, role) = count(s, composer);
    match (composer.stage, composer.new_since(messages)) {
        (Stage::Sending(_), _) => vec![(say::SENDING.say(s.lang), Role::Waiting)],
        (Stage::Overtaken(new), more) => {
            let key = s.m.keymap().keys(Action::Send, Context::Composer).next().unwrap_or_default();
            let n = new.max(more);
            let text = say::STOPPED_NEW.fill(s.lang, &[("n", &n), ("key", &key)]);
            vec![(text, Role::ToastWarn)]
        }
        (Stage::Writing, 0) => vec![(count, role)],
        (Stage::Writing, new) => vec![
            (say::NEW_SINCE.fill(s.lang, &[("n", &new)]), Role::Risk),
            (s.glyphs.dot(), Role::Muted),
            (count, role),
        ],
    }
}

/// What is said of the text: how long it is, who may be meant.
fn count(s: &Scene<'_>, composer: &Composer) -> (Shown, Role) {
    if composer.kind == Kind::Paste {
        return (pasted(s, composer), Role::Muted);
    }
    let names = s.m.mentionable();
    if !names.is_empty() {
        let names: Vec<Shown> = names.iter().map(|name| Shown::line(&name.0)).collect();
        let names = Shown::join(&names, &s.glyphs.dot());
        let key = s.m.keymap().keys(Action::FillIn, Context::Composer).next().unwrap_or_default();
        return (say::NAMES_FIT.fill(s.lang, &[("key", &key), ("names", &names)]), Role::Accent);
    }
    let number = |n: u64| format::number(s.lang, n);
    let counted = composer.counted();
    match counted.measure {
        Some(m) if m.is_over() => {
            let values: [(&str, &dyn std::fmt::Display); 3] = [
                ("n", &number(m.left().unsigned_abs())),
                ("most", &number(u64::from(m.most))),
                ("unit", &m.unit.word().say(s.lang)),
            ];
            (say::CHARS_OVER.fill(s.lang, &values), Role::ToastWarn)
        }
        _ if !composer.is_keepable() => (say::ONLY_HERE.say(s.lang), Role::Risk),
        Some(m) => {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("n", &number(m.left().unsigned_abs())), ("most", &number(u64::from(m.most)))];
            // The last tenth shows before it is over.
            let near = m.left() * 10 < i64::from(m.most);
            let role = if near { Role::Risk } else { Role::Muted };
            (say::CHARS_LEFT.fill(s.lang, &values), role)
        }
        None => {
            let n = number(counted.characters as u64);
            (say::CHARACTERS.fill(s.lang, &[("n", &n)]), Role::Muted)
        }
    }
}

/// What was understood of what is pasted: how much it is, and the first of it.
fn pasted(s: &Scene<'_>, composer: &Composer) -> Shown {
    let all = paste::read(composer.editor.text());
    let Some(first) = all.first() else { return Shown::default() };
    if all.len() > 1 {
        return say::PASTE_MANY.fill(s.lang, &[("n", &all.len())]);
    }
    let what = if first.dm { say::PASTE_DM } else { say::PASTE_COMMENT };
    let mut known = what.say(s.lang);
    if !first.author.is_empty() {
        let by = Shown::line(&first.author).truncate_with(16, s.ellipsis());
        known = say::PASTE_BY.fill(s.lang, &[("what", &known), ("by", &by)]);
    }
    if first.link.is_some() {
        known = Shown::join([&known, &say::PASTE_LINKED.say(s.lang)], &s.glyphs.dot());
    }
    known
}
