//! Conversations in sentences: whole words, nothing aligned, nothing cut.

use crate::app::posts::state_name;
use crate::client::zone;
use crate::domain::order::StateKind;
use crate::domain::slot::Slot;
use crate::domain::{
    Channel, Conversation, Delivery, Intent, Message, MessageKind, OperatorName, Queue, Severity,
    State, Time,
};
use crate::text::catalogue::{archive, plain as say, privacy};
use crate::text::{Lang, Msg, Shown, format, link_safe};
use crate::wire::message::{DeskState, Detail, Welcome};
use chrono_tz::Tz;
use std::fmt::Display;

/// What a sentence has to know besides what it is about.
#[derive(Clone, Debug)]
pub struct Saying {
    pub lang: Lang,
    pub zone: Tz,
    pub channels: Vec<Channel>,
}

const MINUTE: i64 = 60_000;

/// A length of time in words, rounded down to its two largest units.
pub fn span(lang: Lang, ms: i64) -> Shown {
    let (seconds, minutes) = (ms.max(0) / 1_000, ms.max(0) / MINUTE);
    let unit = |n: i64, one: Msg, many: Msg| match n {
        1 => one.say(lang),
        n => many.fill(lang, &[("n", &n)]),
    };
    let two = |first: Shown, n: i64, one: Msg, many: Msg| match n {
        0 => first,
        n => Shown::join(&[first, unit(n, one, many)], &Shown::line(" ")),
    };
    match minutes {
        0 => unit(seconds, say::SECOND, say::SECONDS),
        1..60 => unit(minutes, say::MINUTE, say::MINUTES),
        60..1440 => {
            let hours = unit(minutes / 60, say::HOUR, say::HOURS);
            two(hours, minutes % 60, say::MINUTE, say::MINUTES)
        }
        _ => {
            let days = unit(minutes / 1440, say::DAY, say::DAYS);
            two(days, minutes / 60 % 24, say::HOUR, say::HOURS)
        }
    }
}

impl Saying {
    /// For a desk.
    pub fn of(welcome: &Welcome, lang: Lang) -> Saying {
        Saying { lang, zone: zone::of_desk(welcome), channels: welcome.channels.clone() }
    }

    /// A text of ours or of a customer in one line: a screen reader reads line by line.
    pub fn flat(text: &str) -> Shown {
        let lines: Vec<Shown> = Shown::lines(text).into_iter().filter(|l| !l.is_empty()).collect();
        Shown::join(&lines, &Shown::line(" "))
    }

    /// Parts of a sentence, with what this language puts between them.
    fn listed(&self, parts: &[Shown]) -> Shown {
        let between = match self.lang {
            Lang::En => ", ",
            Lang::Zh => "，",
        };
        Shown::join(parts.iter().filter(|p| !p.is_empty()), &Shown::line(between))
    }

    fn channel(&self, c: &Conversation) -> Shown {
        let known = self.channels.iter().find(|known| known.id == c.channel);
        match known {
            Some(known) if !known.title.is_empty() => Shown::line(&known.title),
            _ => Shown::line(&c.channel.0),
        }
    }

    fn moment(&self, at: Time, now: Time) -> Shown {
        let local = |t: Time| t.to_utc().with_timezone(&self.zone);
        format::moment(self.lang, &local(at), &local(now))
    }

    /// What is known of a conversation, without its text.
    pub fn facts(&self, c: &Conversation, now: Time) -> Shown {
        let lang = self.lang;
        let channel = self.channel(c);
        let Some(head) = c.speaks_of() else {
            return say::ROW_EMPTY.fill(lang, &[("id", &c.id), ("channel", &channel)]);
        };
        let what = match c.queue {
            Queue::Comments => say::ROW_COMMENT,
            Queue::Messages => say::ROW_MESSAGE,
        };
        let author = Shown::line(&head.author.name);
        let mut parts =
            vec![what.fill(lang, &[("id", &c.id), ("author", &author), ("channel", &channel)])];
        if c.tag.is_empty() {
            parts.extend(head.class.as_ref().and_then(|class| match class.severity {
                Severity::Severe => Some(class.severity.say(lang)),
                _ if class.intent == Intent::Other => None,
                _ => Some(class.intent.say(lang)),
            }));
        } else {
            parts.push(Shown::line(&c.tag));
        }
        if c.state != State::Open {
            let state = Shown::line(StateKind::from(&c.state).name());
            parts.push(say::ROW_STATE.fill(lang, &[("state", &state)]));
        }
        if let Some(timer) = &c.timer {
            let left = (timer.due - now).0;
            let msg = if left < 0 { say::ROW_LATE } else { say::ROW_DUE };
            parts.push(msg.fill(lang, &[("span", &span(lang, left.abs()))]));
        }
        match head.likes {
            0 => {}
            1 => parts.push(say::ROW_LIKE.say(lang)),
            n => {
                let n = format::number(lang, u64::from(n));
                parts.push(say::ROW_LIKES.fill(lang, &[("n", &n)]));
            }
        }
        let named =
            |msg: Msg, name: &OperatorName| msg.fill(lang, &[("name", &Shown::line(&name.0))]);
        parts.extend(c.claim.as_ref().map(|claim| named(say::ROW_CLAIMED, &claim.operator)));
        parts.extend(c.assignee.as_ref().map(|name| named(say::ROW_ASSIGNED, name)));
        parts.extend(c.escalated.as_ref().map(|e| named(say::ROW_ESCALATED, &e.by)));
        self.listed(&parts)
    }

    /// One conversation of a list.
    pub fn row(&self, c: &Conversation, now: Time) -> Shown {
        let facts = self.facts(c, now);
        match c.speaks_of() {
            Some(head) => {
                let text = Saying::flat(&head.excerpt);
                say::ROW_SAYS.fill(self.lang, &[("facts", &facts), ("text", &text)])
            }
            None => facts,
        }
    }

    /// One conversation whole: what is known, then the thread, the oldest first.
    pub fn thread(&self, detail: &Detail, now: Time) -> Vec<Shown> {
        let (lang, c) = (self.lang, &detail.conversation);
        let moment = |t: Time| self.moment(t, now);
        let mut lines = vec![self.facts(c, now)];
        if let State::Snoozed { until } = c.state {
            lines.push(say::SNOOZED.fill(lang, &[("when", &moment(until))]));
        }
        if let Some(timer) = &c.timer {
            let values: [(&str, &dyn Display); 2] =
                [("when", &moment(timer.due)), ("policy", &timer.policy)];
            lines.push(say::DUE_BY.fill(lang, &values));
        }
        if let Some(closes) = c.window_closes {
            lines.push(say::WINDOW.fill(lang, &[("when", &moment(closes))]));
        }
        if !c.labels.is_empty() {
            lines.push(say::LABELS.fill(lang, &[("labels", &c.labels.join(", "))]));
        }
        if let Some(post) = &detail.about {
            let text = Saying::flat(&post.text);
            lines.push(say::POSTED.fill(lang, &[("when", &moment(post.at)), ("text", &text)]));
        }
        if let Some(month) = &detail.archived {
            lines.push(archive::MARK_LONG.fill(lang, &[("month", month)]));
        }
        if detail.older > 0 {
            lines.push(say::OLDER.fill(lang, &[("n", &detail.older)]));
        }
        for (_, message) in &detail.messages {
            self.message(message, now, &mut lines);
        }
        if let Some(draft) = &detail.draft {
            lines.push(say::DRAFT.fill(lang, &[("text", &Saying::flat(draft))]));
        }
        lines
    }

    /// One message, with what was sent along.
    pub fn message(&self, m: &Message, now: Time, lines: &mut Vec<Shown>) {
        let lang = self.lang;
        let author = match &m.operator {
            Some(operator) => Shown::line(&operator.0),
            None => Shown::line(&m.author.name),
        };
        let how = match &m.delivery {
            Delivery::Waiting => say::HOW_WAITING.say(lang),
            Delivery::Held(_) => say::HOW_HELD.say(lang),
            Delivery::Sending => say::HOW_SENDING.say(lang),
            Delivery::Unconfirmed(_) => say::HOW_UNCONFIRMED.say(lang),
            Delivery::Failed { why, .. } => say::HOW_FAILED.fill(lang, &[("why", why)]),
            Delivery::Sent(_) | Delivery::None => say::HOW_SENT.say(lang),
        };
        let (when, text) = (
            self.moment(m.at, now),
            match m.erased {
                Some(_) => privacy::ERASED.say(self.lang),
                None => Saying::flat(&m.text),
            },
        );
        let (when, text): (&dyn Display, &dyn Display) = (&when, &text);
        lines.push(match m.kind {
            MessageKind::Inbound => {
                say::WROTE.fill(lang, &[("author", &author), ("when", when), ("text", text)])
            }
            MessageKind::Note => {
                say::NOTED.fill(lang, &[("author", &author), ("when", when), ("text", text)])
            }
            MessageKind::Post => say::POSTED.fill(lang, &[("when", when), ("text", text)]),
            MessageKind::Reply => say::REPLIED
                .fill(lang, &[("author", &author), ("when", when), ("how", &how), ("text", text)]),
        });
        if m.withdrawn.is_some() && m.erased.is_none() {
            lines.push(say::WITHDRAWN.say(lang));
        }
        for attachment in &m.attachments {
            if let Some(link) = link_safe(&attachment.link) {
                let kind = Shown::line(&attachment.kind);
                lines.push(say::SENT_ALONG.fill(lang, &[("kind", &kind), ("link", &link)]));
            }
        }
    }

    /// The page of a conversation and everything that was sent along, as addresses.
    pub fn links(&self, detail: &Detail) -> Vec<Shown> {
        let mut lines = Vec::new();
        let pages = detail.messages.iter().rev().filter_map(|(_, m)| m.permalink.as_deref());
        if let Some(link) = pages.filter_map(link_safe).next() {
            lines.push(say::PAGE.fill(self.lang, &[("link", &link)]));
        }
        for a in detail.messages.iter().flat_map(|(_, m)| &m.attachments) {
            if let Some(link) = link_safe(&a.link) {
                let kind = Shown::line(&a.kind);
                lines.push(say::SENT_ALONG.fill(self.lang, &[("kind", &kind), ("link", &link)]));
            }
        }
        if lines.is_empty() {
            lines.push(say::NO_LINKS.say(self.lang));
        }
        lines
    }

    /// How much is open, who is here, what is wrong.
    pub fn counts(&self, desk: &DeskState, me: &OperatorName, now: Time) -> Vec<Shown> {
        let lang = self.lang;
        let mut lines = Vec::new();
        for (queue, one, many) in [
            (Queue::Comments, say::COMMENTS_ONE, say::COMMENTS),
            (Queue::Messages, say::MESSAGES_ONE, say::MESSAGES),
        ] {
            let of = |counts: &[(Queue, u64)]| -> u64 {
                counts.iter().filter(|(q, _)| *q == queue).map(|(_, n)| n).sum()
            };
            let open = |c: &&(Queue, StateKind, u64)| c.0 == queue && c.1 == StateKind::Open;
            let n: u64 = desk.counts.iter().filter(open).map(|(_, _, n)| n).sum();
            let mut parts = vec![match n {
                1 => one.say(lang),
                n => many.fill(lang, &[("n", &format::number(lang, n))]),
            }];
            for (n, msg) in [(of(&desk.late), say::LATE), (of(&desk.within_hour), say::SOON)] {
                if n > 0 {
                    parts.push(msg.fill(lang, &[("n", &format::number(lang, n))]));
                }
            }
            let stop = Shown::line(if lang == Lang::Zh { "。" } else { "." });
            let mut line = self.listed(&parts);
            line.push(&stop);
            lines.push(line);
        }
        match desk.waiting {
            0 => {}
            1 => lines.push(say::OUTGOING_ONE.say(lang)),
            n => lines.push(say::OUTGOING.fill(lang, &[("n", &n)])),
        }
        let mut names: Vec<Shown> = desk
            .people
            .iter()
            .map(|p| &p.operator)
            .filter(|o| *o != me)
            .map(|o| Shown::line(&o.0))
            .collect();
        names.dedup();
        lines.push(match names.is_empty() {
            true => say::ALONE.say(lang),
            false => say::OTHERS_HERE.fill(lang, &[("names", &self.listed(&names))]),
        });
        for channel in &desk.channels {
            if let Some(since) = channel.blind {
                let name = Shown::line(&channel.id.0);
                let values: [(&str, &dyn Display); 2] =
                    [("channel", &name), ("when", &self.moment(since, now))];
                lines.push(say::CHANNEL_BLIND.fill(lang, &values));
            }
        }
        if let Some(why) = &desk.read_only {
            lines.push(say::READ_ONLY.fill(lang, &[("why", why)]));
        }
        lines
    }

    /// One of today's slots.
    pub fn slot(&self, slot: &Slot) -> Shown {
        let values: [(&str, &dyn Display); 4] = [
            ("time", &format::clock(&slot.at.to_utc().with_timezone(&self.zone))),
            ("channel", &Shown::line(&slot.channel.0)),
            ("state", &state_name(slot.state).say(self.lang)),
            ("title", &Shown::line(&slot.title)),
        ];
        say::SLOT.fill(self.lang, &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(1_000, "1 second", "1 秒")]
    #[case(59_000, "59 seconds", "59 秒")]
    #[case(60_000, "1 minute", "1 分钟")]
    #[case(3_600_000, "1 hour", "1 小时")]
    #[case(3_660_000, "1 hour 1 minute", "1 小时 1 分钟")]
    #[case(90_000_000, "1 day 1 hour", "1 天 1 小时")]
    #[case(2 * 86_400_000, "2 days", "2 天")]
    fn a_span_is_spoken(#[case] ms: i64, #[case] en: &str, #[case] zh: &str) {
        assert_eq!((span(Lang::En, ms).as_str(), span(Lang::Zh, ms).as_str()), (en, zh));
    }

    #[test]
    fn a_text_of_many_lines_is_one_sentence_without_steering() {
        assert_eq!(Saying::flat("one\n\n\x1b[31mtwo\r\nthree").as_str(), "one two three");
    }
}
