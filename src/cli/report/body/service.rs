//! What came in, and how it was answered.

use super::Say;
use crate::cli::report::doc::{Bars, Block, Cell, Chart, Heat, Lines, Plot, Row};
use crate::cli::report::number;
use crate::domain::figure::Unit;
use crate::domain::kpi::Bucket;
use crate::domain::report::Of;
use crate::domain::service::{self, Served};
use crate::text::catalogue::reports as say;
use crate::text::{Align, Shown, format};
use chrono::{NaiveDate, Weekday};
use std::fmt::Display;

impl Say<'_> {
    /// What came in.
    pub fn coming(&self) -> Vec<Block> {
        let (lang, arrivals) = (self.lang, &self.report.arrivals);
        let mut blocks = vec![Block::Heading(say::COMING.say(lang))];
        blocks.push(self.coming_lines());
        if self.report.period.of != Of::Day {
            blocks.push(self.heat());
        }
        let (l, r) = (Align::Left, Align::Right);
        if arrivals.by_channel.len() > 1 {
            let row = |(id, n, was): &(crate::domain::ChannelId, u64, u64)| {
                self.counted(self.channel(id), *n, *was)
            };
            let rows = arrivals.by_channel.iter().map(row).collect();
            let head = [
                (say::COL_CHANNEL, l),
                (say::COL_CAME, r),
                (say::COL_BEFORE, r),
                (say::COL_CHANGE, r),
            ];
            blocks.push(self.table(say::COMING.say(lang), &head, rows));
        }
        if !self.report.feedback.is_empty() {
            blocks.push(Block::Under(say::FEEDBACK.say(lang), None));
            let row = |(tag, n, was): &(String, u64, u64)| self.counted(Shown::line(tag), *n, *was);
            let rows = self.report.feedback.iter().map(row).collect();
            let head = [
                (say::COL_TAG, l),
                (say::COL_TIMES, r),
                (say::COL_BEFORE, r),
                (say::COL_CHANGE, r),
            ];
            blocks.push(self.table(say::FEEDBACK.say(lang), &head, rows));
        }
        blocks
    }

    fn counted(&self, label: Shown, n: u64, was: u64) -> Row {
        let change = (was > 0).then(|| (n as f64 - was as f64) / was as f64);
        let change = change.map_or_else(number::none, number::change);
        let n = Cell { text: number::whole(n), is_strong: true, ..Cell::default() };
        Row::Cells(vec![label.into(), n, number::whole(was).into(), change.into()])
    }

    fn coming_lines(&self) -> Block {
        let (lang, arrivals, period) = (self.lang, &self.report.arrivals, &self.report.period);
        let values = |of: &[u64]| of.iter().map(|n| *n as f64).collect::<Vec<f64>>();
        let (came, sent) = (values(&arrivals.points), values(&arrivals.reply_points));
        let steps = match period.of {
            Of::Day => self.hours(period.from, came.len()),
            Of::Week | Of::Month => self.days(period.from, period.days().count()),
        };
        let names = match period.of {
            Of::Day => (0..came.len())
                .map(|n| {
                    let at = period.from + crate::domain::Span::hours(n as i64);
                    format::clock(&at.in_zone(period.zone()))
                })
                .collect::<Vec<_>>(),
            Of::Week | Of::Month => period.days().map(|day| self.short(day)).collect(),
        };
        let most = arrivals.points.iter().enumerate().max_by_key(|(n, v)| (**v, usize::MAX - n));
        let says = match most {
            Some((place, high)) if *high > 0 => {
                let values: [(&str, &dyn Display); 4] = [
                    ("n", &number::whole(arrivals.came.0)),
                    ("high", &number::whole(*high)),
                    ("high_at", &names.get(place).cloned().unwrap_or_default()),
                    ("replies", &number::whole(arrivals.replies.0)),
                ];
                say::COMING_SAYS.fill(lang, &values)
            }
            _ => say::HEAT_NONE.say(lang),
        };
        let marks = number::marks(lang, Unit::Count, came.iter().chain(&sent).copied());
        let lines = vec![(say::CAME.say(lang), came), (say::REPLIES.say(lang), sent)];
        let title = say::COMING_LINE.say(lang);
        Block::Chart(Chart { title, says, plot: Plot::Lines(Lines { lines, steps, marks }) })
    }

    fn heat(&self) -> Block {
        let (lang, hours) = (self.lang, &self.report.arrivals.hours);
        let day = |n: usize| {
            // Weeks begin on Monday; any week tells their names.
            let day = NaiveDate::from_isoywd_opt(
                2024,
                1,
                Weekday::try_from(n as u8).unwrap_or(Weekday::Mon),
            );
            format::weekday(&day.unwrap_or_default()).say(lang)
        };
        let hour = |n: usize| Shown::line(&format!("{n:02}:00"));
        let at = |row: usize, column: usize, n: u64| {
            let values: [(&str, &dyn Display); 3] =
                [("day", &day(row)), ("hour", &hour(column)), ("n", &number::whole(n))];
            (say::HEAT_SAYS.fill(lang, &values), say::HEAT_AT.fill(lang, &values))
        };
        let each = hours.iter().enumerate().flat_map(|(row, values)| {
            values.iter().enumerate().map(move |(column, n)| (*n, (row, column)))
        });
        // The first of those with as much.
        let most = each.reduce(|most, one| if one.0 > most.0 { one } else { most });
        let says = match most {
            None | Some((0, _)) => say::HEAT_NONE.say(lang),
            Some((n, (row, column))) => at(row, column, n).0,
        };
        let rows = hours.iter().enumerate().map(|(row, of)| (day(row), of.to_vec())).collect();
        let columns =
            (0..24).map(|n| if n % 3 == 0 { hour(n) } else { Shown::default() }).collect();
        let each = hours.iter().enumerate().map(|(row, of)| {
            of.iter().enumerate().map(|(column, n)| at(row, column, *n).1).collect()
        });
        let plot = Plot::Heat(Heat { rows, columns, says: each.collect() });
        Block::Chart(Chart { title: say::HEAT.say(lang), says, plot })
    }

    /// How it was answered.
    pub fn service(&self) -> Vec<Block> {
        let (lang, service) = (self.lang, &self.report.service);
        let mut blocks = vec![Block::Heading(say::SERVICE.say(lang))];
        let is_empty = service.total.now.is_empty() && service.total.before.is_empty();
        if is_empty {
            blocks.push(Block::Text(say::NO_SERVICE.say(lang)));
        } else {
            blocks.push(self.hour_bars());
            let total = || self.served(say::TOTAL.say(lang), &service.total).total();
            let rows = |rows: &[service::Row], label: &dyn Fn(&str) -> Shown| {
                let rows = rows.iter().map(|row| self.served(label(&row.name), row));
                rows.chain([total()]).collect::<Vec<Row>>()
            };
            let by_operator = rows(&service.operators, &Shown::line);
            let channel = |id: &str| self.channel(&crate::domain::ChannelId(id.to_owned()));
            let by_channel = rows(&service.channels, &channel);
            let parts = [
                (say::BY_OPERATOR, say::COL_OPERATOR, by_operator),
                (say::BY_CHANNEL, say::COL_CHANNEL, by_channel),
            ];
            for (title, what, rows) in parts {
                blocks.push(Block::Under(title.say(lang), None));
                let r = Align::Right;
                let head = [
                    (what, Align::Left),
                    (say::COL_REPLIES, r),
                    (say::COL_FIRST, r),
                    (say::COL_FIRST_BEFORE, r),
                    (say::COL_NEXT, r),
                    (say::COL_HIT, r),
                    (say::COL_FIRST_BEFORE, r),
                ];
                blocks.push(self.table(title.say(lang), &head, rows));
            }
        }
        if service.outside.replies > 0 {
            let n = number::whole(service.outside.replies.unsigned_abs());
            blocks.push(Block::Text(say::OUTSIDE.fill(lang, &[("n", &n)])));
        }
        if let Some(oldest) = service.oldest {
            let when = self.when(oldest);
            blocks.push(Block::Text(say::OLDEST.fill(lang, &[("when", &when)])));
        }
        blocks
    }

    fn served(&self, label: Shown, row: &service::Row) -> Row {
        let times = |of: &Bucket| match of.median() {
            None => number::none(),
            Some(median) => {
                let (median, p90) = (self.ms(Some(median)), self.ms(of.quantile(0.9)));
                say::MEDIAN_P90.fill(self.lang, &[("median", &median), ("p90", &p90)])
            }
        };
        let hit = |of: &Served| of.hit_rate().map_or_else(number::none, format::percent);
        let replies = number::whole(u64::try_from(row.now.replies).unwrap_or(0));
        Row::Cells(vec![
            label.into(),
            Cell { text: replies, is_strong: true, ..Cell::default() },
            times(&row.now.first).into(),
            times(&row.before.first).into(),
            times(&row.now.next).into(),
            hit(&row.now).into(),
            hit(&row.before).into(),
        ])
    }

    fn hour_bars(&self) -> Block {
        let (lang, mut values) = (self.lang, vec![f64::NAN; 24]);
        let mut replies = [0; 24];
        for row in &self.report.service.hours {
            let Some(place) = row.name.parse::<usize>().ok().filter(|n| *n < 24) else { continue };
            values[place] = row.now.first.median().map_or(f64::NAN, |ms| ms / 60_000.0);
            replies[place] = row.now.replies;
        }
        let hour = |n: usize| Shown::line(&format!("{n:02}:00"));
        let took = |minutes: f64| self.ms(Some(minutes * 60_000.0).filter(|ms| ms.is_finite()));
        let known = values.iter().copied().enumerate().filter(|(_, v)| v.is_finite());
        let says = match known.max_by(|a, b| a.1.total_cmp(&b.1)) {
            None => say::BY_HOUR_NONE.say(lang),
            Some((n, v)) => say::BY_HOUR_SAYS.fill(lang, &[("hour", &hour(n)), ("n", &took(v))]),
        };
        let each = (0..24).map(|n| {
            let values: [(&str, &dyn Display); 3] =
                [("hour", &hour(n)), ("n", &took(values[n])), ("replies", &replies[n])];
            say::HOUR_AT.fill(lang, &values)
        });
        let each = each.collect();
        let marks = number::marks(lang, Unit::Count, values.iter().copied());
        let marks = marks.into_iter().map(|(v, _)| (v, took(v))).collect();
        let steps = (0..24).map(|n| if n % 3 == 0 { hour(n) } else { Shown::default() }).collect();
        let plot = Plot::Bars(Bars { values, steps, marks, says: each });
        Block::Chart(Chart { title: say::BY_HOUR.say(lang), says, plot })
    }
}
