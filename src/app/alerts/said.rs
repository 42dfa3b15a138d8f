//! What an alert says, for the cockpit and for the verb.

use crate::domain::alert::{About, Alert, Carrier, Stage};
use crate::domain::anomaly::Way;
use crate::domain::figure::Unit;
use crate::domain::figure::book::Book;
use crate::domain::{ChannelId, Time};
use crate::text::catalogue::alerts as say;
use crate::text::{Lang, Shown, format};
use crate::wire::figure::Raised;
use chrono_tz::Tz;
use std::fmt::Display;

/// From this many times the usual value on, that says more than percent do.
const TIMES: f64 = 3.0;

/// What is needed to speak of alerts.
#[derive(Clone, Copy)]
pub struct Say<'a> {
    /// What the desk says of figures.
    pub book: &'a Book,
    /// What a channel is called.
    pub channel: &'a dyn Fn(&ChannelId) -> Shown,
    /// Now.
    pub now: Time,
    /// The zone times are shown in.
    pub zone: Tz,
    /// The language.
    pub lang: Lang,
}

impl Say<'_> {
    /// `weibo Reads: 40% below usual`.
    pub fn line(&self, alert: &Alert) -> Shown {
        let values: [(&str, &dyn Display); 2] = [
            ("what", &self.what(alert)),
            ("change", &change(alert.change(), alert.way, self.lang)),
        ];
        say::LINE.fill(self.lang, &values)
    }

    /// How it was and is usually, since when, and what has become of it.
    pub fn stands(&self, alert: &Alert) -> Shown {
        let parts = [self.values(alert), self.since(alert), self.stage(alert)];
        Shown::join(&parts, &say::PART.say(self.lang))
    }

    /// What it is about.
    pub fn what(&self, alert: &Alert) -> Shown {
        match &alert.about {
            About::Figure(channel, name) => {
                let values: [(&str, &dyn Display); 2] = [
                    ("channel", &(self.channel)(channel)),
                    ("figure", &Shown::line(self.book.label(name, self.lang))),
                ];
                say::FIGURE.fill(self.lang, &values)
            }
            About::Arrivals => say::ARRIVALS.say(self.lang),
            About::Complaints => say::COMPLAINTS.say(self.lang),
        }
    }

    /// `480, usually 800`.
    pub fn values(&self, alert: &Alert) -> Shown {
        let unit = match &alert.about {
            About::Figure(_, name) => self.book.unit(name),
            About::Arrivals | About::Complaints => Unit::Count,
        };
        let values: [(&str, &dyn Display); 2] = [
            ("value", &value(alert.value, unit, self.lang)),
            ("usual", &value(alert.usual, unit, self.lang)),
        ];
        say::VALUES.fill(self.lang, &values)
    }

    /// `since 10:00`, or from when to when.
    pub fn since(&self, alert: &Alert) -> Shown {
        let began = self.moment(alert.began);
        match alert.over {
            None => say::SINCE.fill(self.lang, &[("began", &began)]),
            Some(over) => {
                let values: [(&str, &dyn Display); 2] =
                    [("began", &began), ("over", &self.moment(over))];
                say::UNTIL_OVER.fill(self.lang, &values)
            }
        }
    }

    fn moment(&self, at: Time) -> Shown {
        format::moment(self.lang, &at.in_zone(self.zone), &self.now.in_zone(self.zone))
    }

    /// What has become of it.
    pub fn stage(&self, alert: &Alert) -> Shown {
        match &alert.stage {
            Stage::Acknowledged { by, .. } => {
                say::STAGE_ACKNOWLEDGED.fill(self.lang, &[("by", &Shown::line(&by.0))])
            }
            Stage::Snoozed { by, until } if *until > self.now => {
                let values: [(&str, &dyn Display); 2] =
                    [("by", &Shown::line(&by.0)), ("until", &self.moment(*until))];
                say::STAGE_SNOOZED.fill(self.lang, &values)
            }
            Stage::Raised | Stage::Snoozed { .. } => match alert.over {
                None => say::STAGE_RAISED.say(self.lang),
                Some(_) => say::STAGE_OVER.say(self.lang),
            },
        }
    }

    /// What carries it, what may be behind it, what is done about it: a sentence each.
    pub fn more(&self, alert: &Alert) -> Vec<Shown> {
        let mut lines = Vec::new();
        let (posts, channels): (Vec<&Carrier>, Vec<&Carrier>) =
            alert.carriers.iter().partition(|carrier| carrier.post.is_some());
        for (msg, carriers) in [(say::CARRIED, channels), (say::CARRIED_POSTS, posts)] {
            if !carriers.is_empty() {
                let names: Vec<Shown> = carriers.iter().map(|c| self.carrier(alert, c)).collect();
                let what = Shown::join(&names, &say::AND.say(self.lang));
                lines.push(msg.fill(self.lang, &[("what", &what)]));
            }
        }
        let says = alert.causes.iter().filter_map(|name| {
            let rule = self.book.diagnoses.iter().find(|rule| rule.name == *name)?;
            let says = Shown::line(rule.says.of(self.lang));
            Some(say::CAUSE.fill(self.lang, &[("says", &says)]))
        });
        lines.extend(says);
        lines.extend(
            alert
                .task
                .as_ref()
                .map(|task| say::TASK_LINE.fill(self.lang, &[("task", &Shown::line(task))])),
        );
        lines
    }

    fn carrier(&self, alert: &Alert, carrier: &Carrier) -> Shown {
        let lang = self.lang;
        let channel = (self.channel)(&carrier.channel);
        let name = match &carrier.post {
            None => channel,
            Some((id, text)) => {
                let text = Shown::line(if text.is_empty() { id } else { text });
                match &alert.about {
                    About::Figure(of, _) if *of == carrier.channel => {
                        say::POST.fill(lang, &[("text", &text)])
                    }
                    _ => say::POST_ON.fill(lang, &[("text", &text), ("channel", &channel)]),
                }
            }
        };
        if carrier.share <= 0.0 {
            return name;
        }
        let values: [(&str, &dyn Display); 2] =
            [("name", &name), ("percent", &format::percent(carrier.share))];
        say::CARRIER.fill(lang, &values)
    }
}

/// `40% below usual`, by a share of the usual value.
fn change(share: Option<f64>, way: Way, lang: Lang) -> Shown {
    match share {
        None => say::FROM_NOTHING.say(lang),
        Some(share) if share + 1.0 >= TIMES => {
            let n = format::number(lang, (share + 1.0).round().min(1e12) as u64);
            say::TIMES.fill(lang, &[("n", &n)])
        }
        Some(share) => {
            let msg = if way == Way::Drop { say::BELOW } else { say::ABOVE };
            // One may lose more than is usually gained.
            let percent = Shown::line(&format!("{:.0}%", share.abs().min(99.99) * 100.0));
            msg.fill(lang, &[("percent", &percent)])
        }
    }
}

/// A value in the figure's unit.
pub fn value(value: f64, unit: Unit, lang: Lang) -> Shown {
    match unit {
        Unit::Share => Shown::line(&format!("{:.1}%", value * 100.0)),
        Unit::Seconds => Shown::line(&format!("{value:.1}s")),
        Unit::Count | Unit::Money if value < 0.0 => {
            let n = format::number(lang, value.abs().round() as u64);
            Shown::join([&Shown::line("-"), &n], &Shown::default())
        }
        Unit::Count | Unit::Money if value < 10.0 && value.fract() > 0.05 => {
            Shown::line(&format!("{value:.1}"))
        }
        Unit::Count | Unit::Money => format::number(lang, value.round() as u64),
    }
}

/// What is said when alerts are raised.
pub fn raised(raised: &Raised, channel: &dyn Fn(&ChannelId) -> Shown, lang: Lang) -> Shown {
    let what = match &raised.about {
        About::Figure(id, name) => {
            let label = match raised.label.of(lang) {
                "" => name,
                label => label,
            };
            let values: [(&str, &dyn Display); 2] =
                [("channel", &channel(id)), ("figure", &Shown::line(label))];
            say::FIGURE.fill(lang, &values)
        }
        About::Arrivals => say::ARRIVALS.say(lang),
        About::Complaints => say::COMPLAINTS.say(lang),
    };
    let share = raised.percent.map(|percent| percent as f64 / 100.0);
    let line =
        say::LINE.fill(lang, &[("what", &what), ("change", &change(share, raised.way, lang))]);
    let values: [(&str, &dyn Display); 3] =
        [("id", &raised.id), ("n", &raised.count), ("what", &line)];
    match raised.count {
        0 | 1 => say::RAISED.fill(lang, &values),
        _ => say::RAISED_MANY.fill(lang, &values),
    }
}
