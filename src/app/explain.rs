//! How a conversation's deadlines came about, as lines to read: for the cockpit's page and for the
//! verb.

use super::model::{Asked, Link, Model};
use super::notices::Tone;
use super::{Effect, act};
use crate::app::help::Cell;
use crate::app::layer::Layer;
use crate::domain::policy::TargetName;
use crate::domain::sla::calendar::NEVER;
use crate::domain::sla::explain::{Began, Explained, Explanation, Stands};
use crate::domain::sla::{Pause, Phase, StoppedBy};
use crate::domain::{ConversationId, Span, Time};
use crate::text::catalogue::{cockpit, sla as say};
use crate::text::{Lang, Msg, Shown, format};
use crate::wire::message::Ask;
use chrono_tz::Tz;
use std::fmt::Display;

/// What a target is called.
pub fn target_name(target: TargetName) -> Msg {
    match target {
        TargetName::FirstResponse => say::FIRST_RESPONSE,
        TargetName::NextResponse => say::NEXT_RESPONSE,
        TargetName::Acknowledge => say::ACKNOWLEDGE,
        TargetName::HandOver => say::HAND_OVER,
        TargetName::Statement => say::STATEMENT,
        TargetName::Resolution => say::RESOLUTION,
    }
}

/// Asks the desk to explain the conversation with the cursor, and opens the page for it.
pub(super) fn ask(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(id) = model.open.or_else(|| model.list(model.home).selected()) else {
        return act::tell(model, Tone::Info, cockpit::NOTHING_SELECTED, now);
    };
    if model.link != Link::Up {
        return act::tell(model, Tone::Bad, cockpit::NO_LINK_NOTHING_DONE, now);
    }
    model.layers.push(Layer::Explain { id, told: None, top: 0 });
    model.ask(Ask::Explain(id), Asked::Explain(id), effects);
}

/// The answer came: it goes on the page, if that is still open.
pub(super) fn came(model: &mut Model, told: Explanation) {
    for layer in &mut model.layers {
        if let Layer::Explain { id, told: page, .. } = layer
            && *id == told.id
        {
            *page = Some(Box::new(told));
            return;
        }
    }
}

/// There is none: the page closes.
pub(super) fn failed(model: &mut Model, of: ConversationId) {
    model.layers.retain(|layer| !matches!(layer, Layer::Explain { id, .. } if *id == of));
}

/// The page of the layer on top.
pub fn page(model: &Model) -> Vec<Vec<Cell>> {
    let Some(Layer::Explain { told, .. }) = model.layers.last() else { return Vec::new() };
    let lang = model.settings.lang;
    let Some(told) = told else {
        return vec![vec![Cell::Text(say::NO_ANSWER_YET.say(lang))]];
    };
    let room = usize::from(model.size.0).saturating_sub(7).max(16);
    let mut cells = Vec::new();
    for line in lines(told, model.zone, lang) {
        match line {
            Line::Heading(text) => {
                if !cells.is_empty() {
                    cells.push(vec![Cell::Empty]);
                }
                cells.extend(text.wrap(room).into_iter().map(|piece| vec![Cell::Title(piece)]));
            }
            Line::Says(text) => {
                cells.extend(text.wrap(room).into_iter().map(|piece| vec![Cell::Text(piece)]));
            }
        }
    }
    cells
}

/// A line that explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// What the lines after it are about.
    Heading(Shown),
    /// A sentence.
    Says(Shown),
}

/// Everything there is to say, in order. Times are shown in this zone.
pub fn lines(told: &Explanation, zone: Tz, lang: Lang) -> Vec<Line> {
    let say = Say { now: told.now, zone, lang };
    let mut out = Vec::new();
    out.push(Line::Heading(match &told.rule {
        None => say::NO_RULE.say(lang),
        Some(rule) => {
            let msg = if rule.tag.is_empty() { say::RULE } else { say::RULE_TAG };
            let (policy, tag) = (Shown::line(&rule.policy), Shown::line(&rule.tag));
            msg.fill(lang, &[("policy", &policy), ("tag", &tag), ("weight", &rule.weight)])
        }
    }));
    if let Some(closes) = told.window {
        let msg = match told.window_first {
            _ if closes <= told.now => say::WINDOW_CLOSED,
            true => say::WINDOW_FIRST,
            false => say::WINDOW,
        };
        out.push(Line::Says(msg.fill(lang, &[("time", &say.moment(closes))])));
    }
    if told.clocks.is_empty() {
        out.push(Line::Says(say::NO_CLOCK.say(lang)));
    }
    for clock in &told.clocks {
        say.clock(clock, &mut out);
    }
    out
}

struct Say {
    now: Time,
    zone: Tz,
    lang: Lang,
}

impl Say {
    fn moment(&self, t: Time) -> Shown {
        if t >= NEVER {
            return say::NEVER.say(self.lang);
        }
        format::moment(self.lang, &t.in_zone(self.zone), &self.now.in_zone(self.zone))
    }

    fn span(&self, span: Span) -> Shown {
        format::duration(self.lang, span.0.abs())
    }

    fn clock(&self, c: &Explained, out: &mut Vec<Line>) {
        let lang = self.lang;
        let name = target_name(c.target).say(lang);
        let values: [(&str, &dyn Display); 2] = [("target", &name), ("stands", &self.stands(c))];
        out.push(Line::Heading(say::HEADING.fill(lang, &values)));
        let mut put = |text: Shown| out.push(Line::Says(text));
        put(self.rule(c));
        let began = match c.began {
            Began::FirstMessage => say::STARTED_FIRST,
            Began::OldestUnanswered => say::STARTED_OLDEST,
            Began::Judged => say::STARTED_JUDGED,
        };
        put(began.fill(lang, &[("time", &self.moment(c.started))]));
        let counted = self.span(c.counted);
        put(match c.within {
            Some(within) => {
                say::COUNTED.fill(lang, &[("counted", &counted), ("within", &self.span(within))])
            }
            None => say::COUNTED_ONLY.fill(lang, &[("counted", &counted)]),
        });
        if c.more > 0 {
            put(say::STRETCHES_MORE.fill(lang, &[("n", &c.more)]));
        }
        for (from, to) in &c.stretches {
            let values: [(&str, &dyn Display); 3] = [
                ("from", &self.moment(*from)),
                ("to", &self.moment(*to)),
                ("span", &self.span(*to - *from)),
            ];
            put(say::STRETCH.fill(lang, &values));
        }
        for pause in &c.pauses {
            put(self.pause(pause));
        }
        if c.pauses.is_empty() {
            put(say::NEVER_PAUSED.say(lang));
        }
        if let Some(by) = c.by {
            put(stopped_by(by).say(lang));
        }
    }

    fn stands(&self, c: &Explained) -> Shown {
        let left = |from: Time| self.span(Span((c.due - from).0));
        let (msg, time, span) = match c.stands {
            Stands::Running => (say::RUNNING, c.due, left(self.now)),
            Stands::Paused => {
                let since = c.pauses.last().map_or(self.now, |p| p.from.max(c.started));
                let left = c.within.map_or(c.due - since, |w| Span(w.0 - c.counted.0));
                (say::PAUSED, since, self.span(left))
            }
            Stands::Breached => (say::BREACHED, c.due, left(self.now)),
            Stands::Met => (say::MET, c.stopped.unwrap_or(c.due), Shown::default()),
            Stands::MetLate => (say::MET_LATE, c.stopped.unwrap_or(c.due), Shown::default()),
        };
        msg.fill(self.lang, &[("time", &self.moment(time)), ("span", &span)])
    }

    fn rule(&self, c: &Explained) -> Shown {
        let policy = Shown::line(&c.policy);
        let Some(within) = c.within else {
            return say::BY_LOST_POLICY.fill(self.lang, &[("policy", &policy)]);
        };
        let hours = match &c.calendar {
            None => say::EVERY_HOUR.say(self.lang),
            Some((name, zone)) => say::OFFICE_HOURS
                .fill(self.lang, &[("calendar", &Shown::line(name)), ("zone", &Shown::line(zone))]),
        };
        let values: [(&str, &dyn Display); 3] =
            [("policy", &policy), ("within", &self.span(within)), ("hours", &hours)];
        say::BY_POLICY.fill(self.lang, &values)
    }

    fn pause(&self, pause: &Pause) -> Shown {
        let why = match pause.phase {
            Phase::Answered => say::WHY_ANSWERED,
            Phase::OnHold => say::WHY_ON_HOLD,
            Phase::Snoozed => say::WHY_SNOOZED,
            Phase::Resolved => say::WHY_RESOLVED,
            Phase::Open | Phase::Pending => say::WHY_PENDING,
        };
        let (why, from) = (why.say(self.lang), self.moment(pause.from));
        match pause.to {
            None => say::PAUSE_LASTS.fill(self.lang, &[("from", &from), ("why", &why)]),
            Some(to) => {
                let values: [(&str, &dyn Display); 3] =
                    [("from", &from), ("to", &self.moment(to)), ("why", &why)];
                say::PAUSE.fill(self.lang, &values)
            }
        }
    }
}

fn stopped_by(by: StoppedBy) -> Msg {
    match by {
        StoppedBy::Reply => say::STOPPED_REPLY,
        StoppedBy::Claim => say::STOPPED_CLAIM,
        StoppedBy::HandOver => say::STOPPED_HAND_OVER,
        StoppedBy::Statement => say::STOPPED_STATEMENT,
        StoppedBy::Resolve => say::STOPPED_RESOLVE,
    }
}
