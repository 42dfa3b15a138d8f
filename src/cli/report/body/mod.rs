//! What a report says, part by part.

mod channels;
mod rest;
mod service;

use super::doc::{Block, Cell, Doc, Item, Tile, Tone};
use super::number;
use crate::domain::report::{Line, Of, Part, Report};
use crate::domain::{ChannelId, Time};
use crate::text::catalogue::{reports as say, units};
use crate::text::{Lang, Shown, format};
use chrono::{Datelike, NaiveDate};
use std::fmt::Display;

/// The whole report in a language; `desk` is the desk's name.
pub fn body(report: &Report, desk: &str, lang: Lang) -> Doc {
    let say = Say { report, lang };
    let mut blocks = vec![Block::Heading(say::GLANCE.say(lang))];
    blocks.extend(say.glance());
    blocks.push(Block::Heading(say::MOVES.say(lang)));
    blocks.push(say.moves());
    blocks.extend(say.goals());
    blocks.extend(say.channels());
    blocks.extend(say.coming());
    blocks.extend(say.service());
    blocks.extend(say.publishing());
    blocks.extend(say.alerts());
    blocks.extend(say.topics());
    blocks.extend(say.missing());
    let mut notes = vec![say::NOTE_CHANGE, say::NOTE_USUAL, say::NOTE_COLOURS];
    if report.channels.iter().flat_map(|p| &p.lines).any(|line| line.is_thin) {
        notes.push(say::NOTE_THIN);
    }
    let notes = notes.iter().map(|note| note.say(lang)).collect();
    Doc { lang, title: say.title(desk), under: say.under(), blocks, notes }
}

/// A report that is written in a language.
#[derive(Clone, Copy)]
struct Say<'a> {
    report: &'a Report,
    lang: Lang,
}

impl Say<'_> {
    fn title(&self, desk: &str) -> Shown {
        let desk = if desk.is_empty() { say::NO_DESK.say(self.lang) } else { Shown::line(desk) };
        let title = match self.report.period.of {
            Of::Day => say::TITLE_DAY,
            Of::Week => say::TITLE_WEEK,
            Of::Month => say::TITLE_MONTH,
        };
        let title = title.fill(self.lang, &[("desk", &desk)]);
        match &self.report.only {
            None => title,
            Some(only) => {
                let channel = self.channel(only);
                say::OF_CHANNEL.fill(self.lang, &[("title", &title), ("channel", &channel)])
            }
        }
    }

    fn under(&self) -> Vec<Shown> {
        let (period, lang) = (&self.report.period, self.lang);
        let days = match period.of {
            Of::Day => {
                let weekday = format::weekday(&period.first).say(lang);
                Shown::join([&self.date(period.first), &weekday], &Shown::line(" · "))
            }
            Of::Week => say::DAYS
                .fill(lang, &[("from", &self.date(period.first)), ("to", &self.date(period.last))]),
            Of::Month => {
                let month = format::month_name(lang, &period.first);
                say::MONTH.fill(lang, &[("month", &month), ("year", &period.first.year())])
            }
        };
        let days = match period.is_over() {
            true => days,
            false => {
                let far = say::SO_FAR.fill(lang, &[("when", &self.when(period.until))]);
                say::AND_UNDER.fill(lang, &[("what", &days), ("more", &far)])
            }
        };
        let made = self.when(self.report.made);
        let made = say::MADE.fill(lang, &[("zone", &period.zone), ("when", &made)]);
        vec![days, made]
    }

    /// A day with its year.
    fn date(&self, day: NaiveDate) -> Shown {
        let month = format::month_name(self.lang, &day);
        let values: [(&str, &dyn Display); 3] =
            [("day", &day.day()), ("month", &month), ("year", &day.year())];
        units::DATE.fill(self.lang, &values)
    }

    /// A day as one of few.
    fn short(&self, day: NaiveDate) -> Shown {
        let month = format::month_name(self.lang, &day);
        units::DATE_NO_YEAR.fill(self.lang, &[("day", &day.day()), ("month", &month)])
    }

    /// A moment, with its day.
    fn when(&self, at: Time) -> Shown {
        let at = at.in_zone(self.report.period.zone());
        let day = match at.year() == self.report.period.first.year() {
            true => self.short(at.date_naive()),
            false => self.date(at.date_naive()),
        };
        Shown::join([&day, &format::clock(&at)], &Shown::blank(1))
    }

    fn channel(&self, id: &ChannelId) -> Shown {
        let known = self.report.channels.iter().find(|part| part.channel.id == *id);
        match known {
            Some(part) if !part.channel.title.is_empty() => Shown::line(&part.channel.title),
            _ => Shown::line(&id.0),
        }
    }

    fn label(&self, name: &str) -> Shown {
        Shown::line(self.report.book.label(name, self.lang))
    }

    fn value(&self, name: &str, value: f64) -> Shown {
        number::value(self.lang, self.report.book.unit(name), value)
    }

    fn maybe(&self, name: &str, value: Option<f64>) -> Shown {
        value.map_or_else(number::none, |v| self.value(name, v))
    }

    /// Whether a change of a figure is wanted.
    fn tone(&self, name: &str, change: f64) -> Tone {
        match (change > 0.0) == self.report.book.less_is_better(name) {
            _ if change == 0.0 => Tone::Plain,
            true => Tone::Bad,
            false => Tone::Good,
        }
    }

    fn ms(&self, ms: Option<f64>) -> Shown {
        ms.map_or_else(number::none, |ms| format::duration(self.lang, ms as i64))
    }

    /// What is read first.
    fn glance(&self) -> Vec<Block> {
        let (report, lang) = (self.report, self.lang);
        let tile = |label: crate::text::Msg, value: Shown, note: Shown, tone| Tile {
            label: label.say(lang),
            value,
            note,
            tone,
        };
        let (came, was) = report.arrivals.came;
        let (sent, sent_was) = report.arrivals.replies;
        let service = &report.service;
        let (now, before) = (&service.total.now, &service.total.before);
        let (median, p90) = (now.first.median(), now.first.quantile(0.9));
        let first = match before.first.median() {
            None => say::P90.fill(lang, &[("n", &self.ms(p90))]),
            Some(was) => {
                say::P90_WAS.fill(lang, &[("p90", &self.ms(p90)), ("n", &self.ms(Some(was)))])
            }
        };
        let hit = |of: &crate::domain::service::Served| {
            of.hit_rate().map_or_else(number::none, format::percent)
        };
        let target: [(&str, &dyn Display); 2] = [("n", &now.judged), ("was", &hit(before))];
        let (begin, end) = service.backlog;
        let mut tiles = vec![
            tile(say::CAME, number::whole(came), self.against(came, was), Tone::Plain),
            tile(say::REPLIES, number::whole(sent), self.against(sent, sent_was), Tone::Plain),
            tile(
                say::FIRST,
                self.ms(median),
                if median.is_some() { first } else { Shown::default() },
                better(median.map(|m| -m), before.first.median().map(|m| -m)),
            ),
            tile(
                say::ON_TIME,
                hit(now),
                if now.judged > 0 {
                    say::WITH_TARGET.fill(lang, &target)
                } else {
                    Shown::default()
                },
                better(now.hit_rate(), before.hit_rate()),
            ),
            tile(
                say::BACKLOG,
                number::whole(end),
                say::BACKLOG_WAS.fill(lang, &[("n", &number::whole(begin))]),
                better(Some(-(end as f64)), Some(-(begin as f64))),
            ),
        ];
        let (slots, out) = (report.slots(), report.channels.iter().map(|p| p.posts).sum::<u64>());
        let planned: [(&str, &dyn Display); 3] =
            [("n", &slots.planned), ("missed", &slots.missed), ("failed", &slots.failed)];
        let (n, note) = match slots.planned {
            0 => (out, if out > 0 { say::OUT_OTHERS.say(lang) } else { Shown::default() }),
            _ => (slots.published, say::OF_PLANNED.fill(lang, &planned)),
        };
        let is_short = slots.missed + slots.failed > 0;
        tiles.push(tile(
            say::OUT,
            number::whole(n),
            note,
            if is_short { Tone::Warn } else { Tone::Plain },
        ));
        let open = report.alerts.iter().filter(|alert| alert.is_open(report.made)).count();
        let (note, tone) = match (report.alerts.len(), open) {
            (0, _) => (say::NO_ALERTS.say(lang), Tone::Plain),
            (_, 0) => (Shown::default(), Tone::Plain),
            _ => (say::OPEN_ALERTS.fill(lang, &[("n", &open)]), Tone::Warn),
        };
        tiles.push(tile(say::ALERTS, number::whole(report.alerts.len() as u64), note, tone));
        let goals: Vec<bool> = report
            .channels
            .iter()
            .flat_map(|part| &part.goals)
            .map(|(goal, standing)| channels::is_on_pace(goal, standing))
            .collect();
        let good = goals.iter().filter(|good| **good).count();
        if !goals.is_empty() {
            let value = Shown::line(&format!("{good}/{}", goals.len()));
            let note = say::ON_PACE.fill(lang, &[("n", &good), ("all", &goals.len())]);
            let tone = if good == goals.len() { Tone::Good } else { Tone::Warn };
            tiles.push(tile(say::GOALS, value, note, tone));
        }
        vec![Block::Tiles(tiles)]
    }

    fn against(&self, now: u64, was: u64) -> Shown {
        match was {
            0 => say::WAS.fill(self.lang, &[("n", &0)]),
            _ => {
                let change = number::change((now as f64 - was as f64) / was as f64);
                let was = number::whole(was);
                say::AGAINST.fill(self.lang, &[("change", &change), ("n", &was)])
            }
        }
    }

    /// The figures that moved most.
    fn moves(&self) -> Block {
        let moves = self.report.moves();
        if moves.is_empty() {
            return Block::Text(say::NO_MOVES.say(self.lang));
        }
        let item = |(part, line): &(&Part, &Line)| {
            let (change, is_usual) = line.moved()?;
            let (name, total) = (&line.name, line.total?);
            let reference = if is_usual { line.usual?.0 } else { line.before? };
            let msg = if is_usual { say::MOVE_USUAL } else { say::MOVE_BEFORE };
            let values: [(&str, &dyn Display); 6] = [
                ("channel", &self.channel(&part.channel.id)),
                ("figure", &self.label(name)),
                ("value", &self.value(name, total)),
                ("change", &number::change(change)),
                ("usual", &self.value(name, reference)),
                ("before", &self.value(name, reference)),
            ];
            Some(Item { text: msg.fill(self.lang, &values), tone: self.tone(name, change) })
        };
        Block::List(moves.iter().filter_map(item).collect())
    }
}

/// Whether more is better, and it is more by a twentieth.
fn better(now: Option<f64>, was: Option<f64>) -> Tone {
    let (Some(now), Some(was)) = (now, was) else { return Tone::Plain };
    let least = was.abs() * 0.05;
    match now - was {
        by if by > least => Tone::Good,
        by if by < -least => Tone::Bad,
        _ => Tone::Plain,
    }
}

/// A change as a cell; bold when it is more than noise.
fn changed(change: Option<f64>, is_strong: bool, tone: Tone) -> Cell {
    let text = change.map_or_else(number::none, number::change);
    let tone = if change.is_some() { tone } else { Tone::Plain };
    Cell { text, tone, is_strong, ..Cell::default() }
}
