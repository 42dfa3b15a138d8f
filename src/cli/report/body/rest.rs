//! Posts, alerts, topics, and what is missing.

use super::Say;
use crate::cli::report::doc::{Block, Cell, Item, Row, Tone};
use crate::cli::report::number;
use crate::domain::PastPost;
use crate::domain::alert::{About, Alert, Stage};
use crate::domain::anomaly::Way;
use crate::domain::past_post::INTERACTIONS;
use crate::domain::report::{ENOUGH, Missing};
use crate::text::catalogue::reports as say;
use crate::text::{Align, Shown, format, link_safe};
use std::fmt::Display;

/// The most bytes of a post's title or a question in a table.
const MOST_TEXT: usize = 120;
/// Figures of a post that say how often it was seen, the first that is told.
const SEEN: [&str; 4] = ["reads", "plays", "impressions", "reach"];

impl Say<'_> {
    /// What was planned, what went out, and what did best.
    pub fn publishing(&self) -> Vec<Block> {
        let (lang, report) = (self.lang, self.report);
        let mut blocks = vec![Block::Heading(say::PUBLISHING.say(lang))];
        let parts: Vec<_> =
            report.channels.iter().filter(|p| p.slots.planned > 0 || p.posts > 0).collect();
        let cells = |label: Shown, slots: &crate::domain::report::Slots, posts: u64| {
            let bad = |n: u64| Cell {
                text: number::whole(n),
                tone: if n > 0 { Tone::Bad } else { Tone::Plain },
                ..Cell::default()
            };
            Row::Cells(vec![
                label.into(),
                number::whole(slots.planned).into(),
                Cell { text: number::whole(slots.published), is_strong: true, ..Cell::default() },
                bad(slots.missed),
                bad(slots.failed),
                number::whole(slots.unconfirmed).into(),
                number::whole(posts).into(),
            ])
        };
        if parts.is_empty() {
            blocks.push(Block::Text(say::NO_PUBLISHING.say(lang)));
            return blocks;
        }
        let row = |part: &&crate::domain::report::Part| {
            cells(self.channel(&part.channel.id), &part.slots, part.posts)
        };
        let mut rows: Vec<Row> = parts.iter().map(row).collect();
        if parts.len() > 1 {
            let posts = parts.iter().map(|part| part.posts).sum();
            rows.push(cells(say::TOTAL.say(lang), &report.slots(), posts).total());
        }
        let r = Align::Right;
        let head = [
            (say::COL_CHANNEL, Align::Left),
            (say::COL_PLANNED_POSTS, r),
            (say::COL_PUBLISHED, r),
            (say::COL_MISSED, r),
            (say::COL_FAILED, r),
            (say::COL_UNCONFIRMED, r),
            (say::COL_OUT, r),
        ];
        blocks.push(self.table(say::PUBLISHING.say(lang), &head, rows));
        blocks.push(Block::Under(say::TOP.say(lang), None));
        if report.posts.is_empty() {
            blocks.push(Block::Text(say::NO_POSTS.say(lang)));
            return blocks;
        }
        let rows = report.posts.iter().map(|post| self.post(post)).collect();
        let head = [
            (say::COL_POST, Align::Left),
            (say::COL_CHANNEL, Align::Left),
            (say::COL_WENT, r),
            (say::COL_INTERACTIONS, r),
            (say::COL_SEEN, r),
        ];
        blocks.push(self.table(say::TOP.say(lang), &head, rows));
        blocks
    }

    fn post(&self, post: &PastPost) -> Row {
        let said = if post.title.trim().is_empty() { &post.text } else { &post.title };
        let text = match Shown::bounded(said.trim(), MOST_TEXT) {
            text if text.is_empty() => say::UNTITLED.say(self.lang),
            text => text,
        };
        let count = |name| post.figure(name).map_or_else(number::none, number::whole);
        let seen = SEEN.into_iter().find(|name| post.figure(name).is_some());
        let link = post.permalink.as_deref().and_then(link_safe);
        Row::Cells(vec![
            Cell { text, link, ..Cell::default() },
            self.channel(&post.channel).into(),
            self.when(post.at).into(),
            Cell { text: count(INTERACTIONS), is_strong: true, ..Cell::default() },
            seen.map_or_else(number::none, count).into(),
        ])
    }

    /// The alerts of the period.
    pub fn alerts(&self) -> Vec<Block> {
        if self.report.alerts.is_empty() {
            return Vec::new();
        }
        let items = self.report.alerts.iter().map(|alert| self.alert(alert)).collect();
        vec![Block::Heading(say::ALERTS.say(self.lang)), Block::List(items)]
    }

    fn alert(&self, alert: &Alert) -> Item {
        let (lang, book) = (self.lang, &self.report.book);
        let (what, name) = match &alert.about {
            About::Figure(channel, figure) => {
                let values: [(&str, &dyn Display); 2] =
                    [("figure", &self.label(figure)), ("channel", &self.channel(channel))];
                (say::FIGURE_ON.fill(lang, &values), figure.as_str())
            }
            About::Arrivals => (say::ARRIVALS.say(lang), ""),
            About::Complaints => (say::COMPLAINTS.say(lang), ""),
        };
        let way = match alert.way {
            Way::Burst => say::BURST,
            Way::Drop => say::DROP,
        };
        let values: [(&str, &dyn Display); 6] = [
            ("when", &self.when(alert.at)),
            ("what", &what),
            ("way", &way.say(lang)),
            ("value", &self.value(name, alert.value)),
            ("usual", &self.value(name, alert.usual)),
            ("change", &alert.change().map_or_else(number::none, number::change)),
        ];
        let mut text = say::ALERT.fill(lang, &values);
        text = match &alert.stage {
            Stage::Acknowledged { by, .. } => {
                say::ALERT_SEEN.fill(lang, &[("what", &text), ("who", by)])
            }
            Stage::Raised | Stage::Snoozed { .. } => say::ALERT_OPEN.fill(lang, &[("what", &text)]),
        };
        if alert.over.is_none() {
            text = say::ALERT_LASTS.fill(lang, &[("what", &text)]);
        }
        for cause in &alert.causes {
            let rule = book.diagnoses.iter().find(|rule| rule.name == *cause);
            let cause = rule.map_or(cause.as_str(), |rule| rule.says.of(lang));
            let cause = Shown::line(cause);
            text = say::ALERT_CAUSE.fill(lang, &[("what", &text), ("cause", &cause)]);
        }
        let is_open = alert.is_open(self.report.made);
        Item { text, tone: if is_open { Tone::Warn } else { Tone::Plain } }
    }

    /// What was asked most.
    pub fn topics(&self) -> Vec<Block> {
        let lang = self.lang;
        if self.report.topics.is_empty() {
            return Vec::new();
        }
        let row = |topic: &crate::domain::report::Topic| {
            let text = match Shown::bounded(topic.text.trim(), MOST_TEXT) {
                text if text.is_empty() => say::TOPIC_GONE.say(lang),
                text => text,
            };
            let times =
                Cell { text: number::whole(topic.times), is_strong: true, ..Cell::default() };
            Row::Cells(vec![text.into(), times, number::whole(topic.all).into()])
        };
        let rows = self.report.topics.iter().map(row).collect();
        let head = [
            (say::COL_TOPIC, Align::Left),
            (say::COL_TIMES, Align::Right),
            (say::COL_ALL_TIMES, Align::Right),
        ];
        let title = say::TOPICS.say(lang);
        vec![Block::Heading(title.clone()), self.table(title, &head, rows)]
    }

    /// What could not be told.
    pub fn missing(&self) -> Vec<Block> {
        let title = Block::Heading(say::MISSING.say(self.lang));
        if self.report.missing.is_empty() {
            return vec![title, Block::Text(say::NOTHING_MISSING.say(self.lang))];
        }
        let items = self.report.missing.iter().map(|what| Item::from(self.lacks(what)));
        vec![title, Block::List(items.collect())]
    }

    fn lacks(&self, what: &Missing) -> Shown {
        let lang = self.lang;
        let listed = |of: Vec<Shown>| Shown::join(&of, &say::AND.say(lang));
        match what {
            Missing::NotOver(until) => say::M_NOT_OVER.fill(lang, &[("when", &self.when(*until))]),
            Missing::NoFigures(id) => {
                say::M_NO_FIGURES.fill(lang, &[("channel", &self.channel(id))])
            }
            Missing::Coverage(id, share) => {
                let (n, least) = (format::percent(*share), format::percent(ENOUGH));
                let values: [(&str, &dyn Display); 3] =
                    [("channel", &self.channel(id)), ("n", &n), ("least", &least)];
                say::M_COVERAGE.fill(lang, &values)
            }
            Missing::Days(id, days) => {
                let days = listed(days.iter().map(|day| self.short(*day)).collect());
                let values: [(&str, &dyn Display); 2] =
                    [("channel", &self.channel(id)), ("days", &days)];
                say::M_DAYS.fill(lang, &values)
            }
            Missing::Rate(id, rate, lacks) => {
                let lacks_said = listed(lacks.iter().map(|name| self.label(name)).collect());
                let values: [(&str, &dyn Display); 3] = [
                    ("channel", &self.channel(id)),
                    ("rate", &self.label(rate)),
                    ("lacks", &lacks_said),
                ];
                let msg = if lacks.is_empty() { say::M_RATE_ZERO } else { say::M_RATE };
                msg.fill(lang, &values)
            }
            Missing::Thin(id, rate) => {
                let values: [(&str, &dyn Display); 2] =
                    [("channel", &self.channel(id)), ("rate", &self.label(rate))];
                say::M_THIN.fill(lang, &values)
            }
            Missing::Oldest => say::M_OLDEST.say(lang),
            Missing::TooMany(n) => say::M_TOO_MANY.fill(lang, &[("n", &number::whole(*n))]),
            Missing::Posts(id, n) => {
                let values: [(&str, &dyn Display); 2] =
                    [("channel", &self.channel(id)), ("n", &number::whole(*n))];
                say::M_POSTS.fill(lang, &values)
            }
        }
    }
}
