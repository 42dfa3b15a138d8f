//! Goals, and the figures of each channel.

use super::{Say, changed};
use crate::cli::report::doc::{Block, Cell, Chart, Lines, Plot, Row, Table, Tone};
use crate::cli::report::number;
use crate::domain::figure::Layer;
use crate::domain::figure::book::GoalSet;
use crate::domain::figure::goal::Standing;
use crate::domain::report::{ENOUGH, Line, Part};
use crate::domain::{Span, Time};
use crate::text::catalogue::reports as say;
use crate::text::{Align, Msg, Shown, format};
use chrono::{Datelike, Timelike};
use std::fmt::Display;

const DAY: Span = Span::hours(24);

/// Whether a goal is on an even way to its target, or there.
pub fn is_on_pace(goal: &GoalSet, standing: &Standing) -> bool {
    let is_to_fall = goal.start.is_some_and(|start| goal.target < start);
    match is_to_fall {
        true => standing.now <= standing.planned,
        false => standing.now >= standing.planned,
    }
}

impl Say<'_> {
    /// The goals of all channels.
    pub fn goals(&self) -> Vec<Block> {
        let lang = self.lang;
        let goals = self.report.channels.iter().flat_map(|part| &part.goals);
        let row = |(goal, standing): &(GoalSet, Standing)| {
            let name = &goal.figure;
            let target: [(&str, &dyn Display); 2] =
                [("n", &self.value(name, goal.target)), ("date", &self.date(goal.by))];
            let channel: [(&str, &dyn Display); 2] =
                [("channel", &self.channel(&goal.channel)), ("figure", &self.label(name))];
            let leads = standing.leads_to.map_or_else(number::none, |range| {
                let of = |v| self.value(name, f64::round(v));
                let values: [(&str, &dyn Display); 3] = [
                    ("n", &of(range.expected)),
                    ("low", &of(range.low)),
                    ("high", &of(range.high)),
                ];
                say::LEADS.fill(lang, &values)
            });
            let is_good = is_on_pace(goal, standing);
            let needed = match standing.a_week {
                0.0 if is_good => say::REACHED.say(lang),
                a_week => number::gained(lang, self.report.book.unit(name), a_week.round()),
            };
            let tone = if is_good { Tone::Good } else { Tone::Bad };
            let stands = Cell { text: self.value(name, standing.now), tone, ..Cell::default() };
            let chance = standing.chance.map_or_else(number::none, format::percent);
            Row::Cells(vec![
                say::GOAL_NAME.fill(lang, &channel).into(),
                say::GOAL_BY.fill(lang, &target).into(),
                stands,
                self.value(name, standing.planned.round()).into(),
                needed.into(),
                leads.into(),
                chance.into(),
            ])
        };
        let rows: Vec<Row> = goals.map(row).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let r = Align::Right;
        let head = [
            (say::COL_FIGURE, Align::Left),
            (say::COL_GOAL, Align::Left),
            (say::COL_STANDS, r),
            (say::COL_PLANNED, r),
            (say::COL_A_WEEK, r),
            (say::COL_LEADS, r),
            (say::COL_CHANCE, r),
        ];
        vec![Block::Heading(say::GOALS.say(lang)), self.table(say::GOALS.say(lang), &head, rows)]
    }

    pub fn table(&self, caption: Shown, head: &[(Msg, Align)], rows: Vec<Row>) -> Block {
        let head = head.iter().map(|(msg, align)| (msg.say(self.lang), *align)).collect();
        Block::Table(Table { caption, head, rows })
    }

    /// Each channel with its figures.
    pub fn channels(&self) -> Vec<Block> {
        let mut blocks = vec![Block::Heading(say::CHANNELS.say(self.lang))];
        self.report.channels.iter().for_each(|part| blocks.extend(self.part(part)));
        blocks
    }

    fn part(&self, part: &Part) -> Vec<Block> {
        let (lang, channel) = (self.lang, self.channel(&part.channel.id));
        let platform = Shown::line(&part.channel.platform);
        let beside = part.coverage().map_or(platform.clone(), |share| {
            let n = format::percent(share);
            say::KNOWN_OF.fill(lang, &[("platform", &platform), ("n", &n)])
        });
        let mut blocks = vec![Block::Under(channel.clone(), Some(beside))];
        if part.lines.is_empty() {
            blocks.push(Block::Text(say::NOTHING_TOLD.say(lang)));
            return blocks;
        }
        // The figure that the desk looks at first.
        let drawn = part.lines.iter().filter(|line| {
            !line.is_rate && line.points.iter().filter(|v| v.is_finite()).count() > 1
        });
        let first = drawn.min_by_key(|line| self.report.book.place(&line.name));
        blocks.extend(first.map(|line| self.chart(line, &channel)));
        let (l, r) = (Align::Left, Align::Right);
        let head = [
            (say::COL_FIGURE, l),
            (say::COL_NOW, r),
            (say::COL_BEFORE, r),
            (say::COL_CHANGE, r),
            (say::COL_USUAL, r),
            (say::COL_AGAINST, r),
            (say::COL_KNOWN, r),
            (say::COL_WAY, r),
        ];
        let mut rows = Vec::new();
        for layer in Layer::ALL {
            let of = |line: &&Line| self.report.book.layer(&line.name) == layer;
            let lines: Vec<Row> = part.lines.iter().filter(of).map(|l| self.line(l)).collect();
            if !lines.is_empty() {
                let name = match layer {
                    Layer::Exposure => say::LAYER_EXPOSURE,
                    Layer::Interaction => say::LAYER_INTERACTION,
                    Layer::Conversion => say::LAYER_CONVERSION,
                };
                rows.push(Row::Group(name.say(lang)));
                rows.extend(lines);
            }
        }
        let caption = say::FIGURES_OF.fill(lang, &[("channel", &channel)]);
        blocks.push(self.table(caption, &head, rows));
        blocks
    }

    fn line(&self, line: &Line) -> Row {
        let (lang, name) = (self.lang, &line.name);
        let unit = self.report.book.unit(name);
        let is_gain = line.stands.is_some();
        let total = match line.total {
            None => number::none(),
            Some(total) if is_gain => number::gained(lang, unit, total),
            Some(total) => number::value(lang, unit, total),
        };
        let total = match line.is_thin {
            true => say::THIN_MARK.fill(lang, &[("n", &total)]),
            false => total,
        };
        let note = line.stands.map(|n| say::STANDS.fill(lang, &[("n", &self.value(name, n))]));
        let before = match (line.before, is_gain) {
            (Some(before), true) => number::gained(lang, unit, before),
            (before, _) => self.maybe(name, before),
        };
        let usual = line.usual.map(|(usual, _)| usual);
        let usual = match (usual, is_gain) {
            (Some(usual), true) => number::gained(lang, unit, usual.round()),
            (usual, _) => self.maybe(name, usual),
        };
        let tone = |change: Option<f64>, is_sure: bool| match change {
            Some(change) if is_sure && !line.is_thin => self.tone(name, change),
            _ => Tone::Plain,
        };
        let (against, is_unusual) = (line.against_usual(), line.is_unusual());
        let known = Cell {
            text: format::percent(line.coverage),
            tone: if line.coverage < ENOUGH { Tone::Warn } else { Tone::Plain },
            ..Cell::default()
        };
        let spark = (!line.points.is_empty()).then(|| line.points.clone());
        let way = Cell { text: self.spark(line), spark, ..Cell::default() };
        Row::Cells(vec![
            self.label(name).into(),
            Cell { text: total, note, is_strong: true, ..Cell::default() },
            before.into(),
            changed(line.change, line.is_clear, tone(line.change, line.is_clear)),
            usual.into(),
            changed(against, is_unusual, tone(against, is_unusual)),
            known,
            way,
        ])
    }

    /// A sparkline in words.
    fn spark(&self, line: &Line) -> Shown {
        let known = || line.points.iter().copied().filter(|v| v.is_finite());
        let (low, high) = (known().reduce(f64::min), known().reduce(f64::max));
        let (Some(low), Some(high)) = (low, high) else { return number::none() };
        let values: [(&str, &dyn Display); 2] =
            [("low", &self.value(&line.name, low)), ("high", &self.value(&line.name, high))];
        say::SPARK.fill(self.lang, &values)
    }

    /// One figure with axes.
    fn chart(&self, line: &Line, channel: &Shown) -> Block {
        let (lang, name) = (self.lang, &line.name);
        let figure = self.label(name);
        let values: [(&str, &dyn Display); 2] = [("figure", &figure), ("channel", channel)];
        let title = say::LINE_OF.fill(lang, &values);
        let at = |place: usize| line.start + Span(line.step.0 * place as i64);
        let known = || line.points.iter().copied().enumerate().filter(|(_, v)| v.is_finite());
        let low = known().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = known().max_by(|a, b| a.1.total_cmp(&b.1));
        let says = match (low, high) {
            (Some(low), Some(high)) => {
                let values: [(&str, &dyn Display); 5] = [
                    ("figure", &figure),
                    ("low", &self.value(name, low.1)),
                    ("low_at", &self.step(at(low.0), line.step)),
                    ("high", &self.value(name, high.1)),
                    ("high_at", &self.step(at(high.0), line.step)),
                ];
                say::LINE_SAYS.fill(lang, &values)
            }
            _ => say::LINE_EMPTY.fill(lang, &[("figure", &figure)]),
        };
        let steps = match line.step == DAY {
            true => self.days(line.start, line.points.len().max(line.points_before.len())),
            false => self.hours(line.start, line.points.len().max(line.points_before.len())),
        };
        let all = line.points.iter().chain(&line.points_before).copied();
        let marks = number::marks(lang, self.report.book.unit(name), all);
        let mut lines = vec![(say::THIS.say(lang), line.points.clone())];
        if line.points_before.iter().any(|v| v.is_finite()) {
            lines.push((say::BEFORE.say(lang), line.points_before.clone()));
        }
        Block::Chart(Chart { title, says, plot: Plot::Lines(Lines { lines, steps, marks }) })
    }

    /// A step by its day, or by its hour.
    fn step(&self, at: Time, step: Span) -> Shown {
        // A day's beginning may have moved by an hour since the first of them.
        let at = if step == DAY { at + Span::hours(3) } else { at };
        let local = at.in_zone(self.report.period.zone());
        if step == DAY { self.short(local.date_naive()) } else { format::clock(&local) }
    }

    /// What stands under days: all of them while they are few.
    pub fn days(&self, start: Time, n: usize) -> Vec<Shown> {
        let first = (start + Span::hours(3)).in_zone(self.report.period.zone()).date_naive();
        let day = |day: chrono::NaiveDate| match n <= 7 {
            true => {
                let weekday = format::weekday(&day).say(self.lang);
                say::WEEKDAY.fill(self.lang, &[("weekday", &weekday), ("day", &day.day())])
            }
            false if day == first || day.day() == 1 => self.short(day),
            false => Shown::number(day.day()),
        };
        first.iter_days().take(n).map(day).collect()
    }

    /// What stands under hours: every third.
    pub fn hours(&self, start: Time, n: usize) -> Vec<Shown> {
        let zone = self.report.period.zone();
        let hour = |n: usize| {
            let at = (start + Span::hours(n as i64)).in_zone(zone);
            if at.hour().is_multiple_of(3) { format::clock(&at) } else { Shown::default() }
        };
        (0..n).map(hour).collect()
    }
}
