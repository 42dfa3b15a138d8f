//! What all bands share while one frame is drawn.

use super::glyphs::Glyphs;
use super::pen::{Canvas, Row};
use super::theme::Role;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::model::Focus;
use crate::domain::order::StateKind;
use crate::domain::{Queue, Time};
use crate::text::catalogue::cockpit as say;
use crate::text::{Ellipsis, Lang, Msg, Shown, format};
use chrono::DateTime;
use chrono_tz::Tz;

/// The Model at a moment.
pub struct Scene<'a> {
    /// What is shown.
    pub m: &'a Model,
    /// When.
    pub now: Time,
    /// In which language.
    pub lang: Lang,
    /// With which signs.
    pub glyphs: Glyphs,
}

/// A tab of a narrow screen.
pub struct Tab {
    /// Its title.
    pub title: Shown,
    /// Whether the cursor is in it.
    pub focused: bool,
}

impl<'a> Scene<'a> {
    /// The scene of a Model at a moment.
    pub fn new(m: &'a Model, now: Time) -> Scene<'a> {
        Scene { m, now, lang: m.lang(), glyphs: Glyphs::new(m.ascii()) }
    }

    /// A moment by the desk's clocks.
    pub fn local(&self, t: Time) -> DateTime<Tz> {
        t.to_utc().with_timezone(&self.m.zone())
    }

    /// The mark of text that was cut.
    pub fn ellipsis(&self) -> Ellipsis {
        if self.m.ascii() { Ellipsis::Ascii } else { Ellipsis::Unicode }
    }

    /// The time until a deadline. Both sides are taken at their minute, so that all countdowns
    /// turn together with the clock; what is late is so at once.
    pub fn countdown(&self, due: Time) -> Shown {
        let left = (due.floor_minute() - self.now.floor_minute()).0;
        format::countdown(if due <= self.now { left.min(-1) } else { left })
    }

    /// Text with a blank on both sides.
    pub fn padded(&self, text: &Shown) -> Shown {
        Shown::join([&Shown::blank(1), text, &Shown::blank(1)], &Shown::default())
    }

    /// How many conversations a queue shows: those that pass its filter, else the open ones.
    pub fn count(&self, queue: Queue) -> Shown {
        let list = self.m.list(queue);
        let open =
            self.m.desk().counts.iter().find(|(q, s, _)| *q == queue && *s == StateKind::Open);
        let (n, exact) = match open {
            Some((.., n)) if list.filter().is_empty() => (*n, true),
            _ => list.total(),
        };
        let n = format::number(self.lang, n);
        if exact || !list.loaded() { n } else { say::AT_LEAST.fill(self.lang, &[("n", &n)]) }
    }

    /// What a queue is called.
    pub fn queue_title(queue: Queue) -> Msg {
        match queue {
            Queue::Comments => say::COMMENTS,
            Queue::Messages => say::MESSAGES,
        }
    }

    /// The tabs of a narrow screen.
    pub fn tabs(&self) -> Vec<Tab> {
        let focus = self.m.focus();
        let queue = |q: Queue| {
            let parts = [Scene::queue_title(q).say(self.lang), self.count(q)];
            Tab {
                title: Shown::join(&parts, &Shown::blank(1)),
                focused: focus == Focus::Queue(q)
                    || (focus == Focus::Conversation && self.m.home() == q),
            }
        };
        let slots = Tab { title: say::SLOTS.say(self.lang), focused: focus == Focus::Slots };
        let figures = Tab { title: say::FIGURES.say(self.lang), focused: focus == Focus::Figures };
        vec![queue(Queue::Comments), queue(Queue::Messages), slots, figures]
    }

    /// The start of a title line; strong when the cursor is in its pane.
    pub fn title<'c, 't>(
        &self,
        c: &'c mut Canvas<'t>,
        area: Area,
        title: &Shown,
        focused: bool,
    ) -> Row<'c, 't> {
        let role = if focused { Role::Focus } else { Role::Title };
        let mark = if focused { self.glyphs.focus() } else { Shown::blank(1) };
        let mut row = c.row(area, 0);
        row.put(&mark, role).put(title, role);
        row
    }

    /// The end of a title line: a rule, and words at its right end.
    pub fn rule(&self, row: &mut Row<'_, '_>, focused: bool, right: &[(Shown, Role)]) {
        let width: usize = right.iter().map(|(t, _)| t.width()).sum();
        let width = if width == 0 || width + 3 > row.left() { 0 } else { width + 1 };
        let role = if focused { Role::Focus } else { Role::Rule };
        row.skip(1);
        row.fill(&self.glyphs.rule(focused), width, role);
        if width > 0 {
            row.skip(1);
            for (text, role) in right {
                row.put(text, *role);
            }
        }
    }
}
