//! Everything that is known of one channel, in lines.

use super::channels::{age, moment, phase};
use super::model::Model;
use crate::domain::{Abilities, Time};
use crate::text::catalogue::cockpit as say;
use crate::text::{Lang, Msg, Shown, format};
use crate::wire::channel::{Phase, View};

/// A line of the details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Something that is known; without a label it goes on from the line above.
    Fact {
        /// What it is about.
        label: Shown,
        /// What is known.
        text: Shown,
        /// True when somebody should heed it.
        loud: bool,
    },
    /// Here begins what the channel said.
    Log,
    /// Something it said; without a time it goes on from the line above.
    Said {
        /// When.
        at: Shown,
        /// What.
        text: Shown,
    },
}

/// Credentials that end within this time are to be heeded, in milliseconds.
const SOON: i64 = 7 * 24 * 3_600_000;
/// How many screen lines one line of the log may take.
const MOST_LOG_LINES: usize = 3;

/// The widest label, with the blanks behind it.
pub const LABEL: usize = 13;
/// Columns of a time in the log, with the blanks behind it; more where the day is said, too.
pub const CLOCK: usize = 7;

struct Facts<'a> {
    model: &'a Model,
    columns: usize,
    lines: Vec<Line>,
}

impl Facts<'_> {
    fn add(&mut self, label: Msg, text: Shown, loud: bool) {
        if text.is_empty() {
            return;
        }
        let mut label = label.say(self.model.lang());
        for text in text.wrap(self.columns.saturating_sub(LABEL).max(8)) {
            self.lines.push(Line::Fact { label: std::mem::take(&mut label), text, loud });
        }
    }
}

/// All facts of a channel, broken to a width.
pub(super) fn of(model: &Model, v: &View, now: Time, columns: usize) -> Vec<Line> {
    let lang = model.lang();
    let mut facts = Facts { model, columns, lines: Vec::new() };
    let (_, mut state) = phase(model, &v.phase, now);
    match &v.phase {
        Phase::Blind { why, .. } if !why.trim().is_empty() => {
            state = Shown::join([&state, &Shown::line(why)], &Shown::line(": "));
        }
        Phase::ByHand => {
            let key = |action| model.keymap().key(action).unwrap_or_default();
            let values: [(&str, &dyn std::fmt::Display); 2] = [
                ("paste", &key(super::action::Action::PasteIn)),
                ("copy", &key(super::action::Action::CopyReply)),
            ];
            state = say::BY_HAND_HOW.fill(lang, &values);
        }
        _ => {}
    }
    facts.add(say::FACT_STATE, state, matches!(v.phase, Phase::Blind { .. }));
    let id = Shown::line(&v.channel.id.0);
    let platform = Shown::line(&v.channel.platform);
    let mut named = vec![id];
    named.extend([platform, Shown::line(&v.connector)].into_iter().filter(|n| !n.is_empty()));
    named.dedup();
    facts.add(say::FACT_NAME, Shown::join(&named, &Shown::line(" · ")), false);
    let left = v.held_by.iter().any(|holder| holder.removed);
    facts.add(say::FACT_ACCOUNT, account(v, lang), left);
    if let Some(at) = v.expires {
        let left = (at - now).0;
        let text = if left <= 0 {
            say::SIGNED_OUT_AT.fill(lang, &[("time", &moment(model, at, now))])
        } else {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("time", &moment(model, at, now)), ("in", &format::age(lang, left))];
            say::SIGNS_OUT_AT.fill(lang, &values)
        };
        facts.add(say::FACT_SIGNED_IN, text, left < SOON);
    }
    let mut seen = Vec::new();
    if let Some(t) = v.polled {
        seen.push(say::SEEN_AT.fill(lang, &[("time", &moment(model, t, now))]));
    }
    if let Some(t) = v.brought {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("time", &moment(model, t, now)), ("age", &age(lang, t, now))];
        seen.push(say::BROUGHT_AT.fill(lang, &values));
    }
    facts.add(say::FACT_SEEN, Shown::join(&seen, &Shown::line(" · ")), false);
    if let Some((left, of, resets)) = v.budget {
        let n = |n| format::number(lang, n);
        let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &n(left)), ("all", &n(of))];
        let mut text = say::BUDGET_LEFT.fill(lang, &values);
        if let Some(t) = resets {
            let again = say::BUDGET_AGAIN.fill(lang, &[("time", &moment(model, t, now))]);
            text = Shown::join([&text, &again], &Shown::line(" · "));
        }
        facts.add(say::FACT_BUDGET, text, left.saturating_mul(10) <= of);
    }
    facts.add(say::FACT_OUTBOX, outbox(model, v), v.unconfirmed > 0);
    facts.add(say::FACT_COUNTS, counts(model, v), false);
    if let Some(can) = &v.can {
        abilities(&mut facts, can);
    }
    figures(&mut facts, v);
    facts.lines
}

/// The account and who holds it.
fn account(v: &View, lang: Lang) -> Shown {
    let mut said: Vec<Shown> = v.account.as_deref().map(Shown::line).into_iter().collect();
    if !v.held_by.is_empty() {
        let names: Vec<Shown> = v.held_by.iter().map(|holder| holder.say(lang)).collect();
        let names = Shown::join(&names, &say::LIST_COMMA.say(lang));
        said.push(say::HELD_BY.fill(lang, &[("names", &names)]));
    }
    Shown::join(&said, &Shown::line(" · "))
}

fn outbox(model: &Model, v: &View) -> Shown {
    let n = |n| format::number(model.lang(), n);
    let mut text = say::OUTBOX_WAITS.fill(model.lang(), &[("n", &n(v.waiting))]);
    if v.unconfirmed > 0 {
        let values: [(&str, &dyn std::fmt::Display); 1] = [("n", &n(v.unconfirmed))];
        let unconfirmed = say::OUTBOX_UNCONFIRMED.fill(model.lang(), &values);
        text = Shown::join([&text, &unconfirmed], &Shown::line(" · "));
    }
    text
}

fn counts(model: &Model, v: &View) -> Shown {
    let c = v.counts;
    let said = [
        (say::COUNT_IN, c.messages),
        (say::COUNT_OUT, c.done),
        (say::COUNT_FAILED, c.failed),
        (say::COUNT_REJECTED, c.rejected + c.bad_lines),
        (say::COUNT_RESTARTS, c.restarts),
    ];
    let said: Vec<Shown> = said
        .into_iter()
        .map(|(msg, n)| msg.fill(model.lang(), &[("n", &format::number(model.lang(), n))]))
        .collect();
    Shown::join(&said, &Shown::line(" · "))
}

fn abilities(facts: &mut Facts<'_>, can: &Abilities) {
    let lang = facts.model.lang();
    for (label, able) in [(say::FACT_CAN, true), (say::FACT_CANNOT, false)] {
        let these: Vec<Shown> =
            can.each().iter().filter(|(_, is)| *is == able).map(|(msg, _)| msg.say(lang)).collect();
        facts.add(label, Shown::join(&these, &say::LIST_COMMA.say(lang)), false);
    }
    let l = &can.limit;
    let mut limits: Vec<Shown> = [
        (say::LIMIT_GRAPHEMES, l.graphemes),
        (say::LIMIT_CHARS, l.chars),
        (say::LIMIT_BYTES, l.bytes),
        (say::LIMIT_LINK, l.link),
    ]
    .into_iter()
    .filter_map(|(msg, n)| Some(msg.fill(lang, &[("n", &n?)])))
    .collect();
    let window = can.window_seconds.map(|s| {
        let ms = i64::try_from(s.saturating_mul(1_000)).unwrap_or(i64::MAX);
        say::LIMIT_WINDOW.fill(lang, &[("span", &format::duration(lang, ms))])
    });
    let replies = can.window_replies.map(|n| say::LIMIT_REPLIES.fill(lang, &[("n", &n)]));
    limits.extend(window.into_iter().chain(replies));
    facts.add(say::FACT_LIMITS, Shown::join(&limits, &Shown::line(" · ")), false);
}

fn figures(facts: &mut Facts<'_>, v: &View) {
    let lang = facts.model.lang();
    let figures = v.figures.iter().map(|(name, n)| {
        let name = match name.as_str() {
            "followers" => say::FIG_FOLLOWERS.say(lang),
            "following" | "follows" => say::FIG_FOLLOWING.say(lang),
            "posts" => say::FIG_POSTS.say(lang),
            other => Shown::line(other),
        };
        let sign = if *n < 0 { "-" } else { "" };
        let n = format::number(lang, n.unsigned_abs());
        Shown::join([&name, &Shown::line(&format!("{sign}{n}"))], &Shown::blank(1))
    });
    let figures: Vec<Shown> = figures.collect();
    facts.add(say::FACT_FIGURES, Shown::join(&figures, &Shown::line(" · ")), false);
}

/// What a channel said, oldest first, broken to a width.
pub(super) fn log(model: &Model, v: &View, now: Time, columns: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for (t, said) in &v.log {
        let mut at = moment(model, *t, now);
        // What goes on from a line stands below its text.
        let below = Shown::blank(at.width());
        let columns = columns.saturating_sub((at.width() + 2).max(CLOCK)).max(8);
        let mut broken = Shown::line(said).wrap(columns);
        let more = broken.len() > MOST_LOG_LINES;
        broken.truncate(MOST_LOG_LINES);
        if let Some(last) = broken.last_mut().filter(|_| more) {
            last.push(&Shown::line("..."));
        }
        for text in broken {
            lines.push(Line::Said { at: std::mem::replace(&mut at, below.clone()), text });
        }
    }
    if lines.is_empty() {
        lines.push(Line::Said { at: Shown::default(), text: say::LOG_NOTHING.say(model.lang()) });
    }
    lines
}
