//! What comes from the desk by itself, as sentences.

use super::sentence::Saying;
use crate::app::link::notice_said;
use crate::client::link::{Link, LinkEvent};
use crate::domain::slot::Slot;
use crate::domain::{ConversationId, MessageKind, OperatorName, Queue, Sort, Time};
use crate::text::catalogue::{cockpit, plain as say};
use crate::text::{Shown, format};
use crate::wire::message::{
    Anchor, DeskState, Detail, Push, SinceLeft, ToClient, ToDaemon, Window, WindowSpec,
};

/// Rows that are watched for what is new.
const WATCHED: u16 = 20;
/// New conversations at once that are said one by one.
const SAID: usize = 3;

/// The newest that is known of the desk, and what of it was said.
#[derive(Debug, Default)]
pub struct News {
    /// How much is open, who is here.
    pub desk: DeskState,
    /// Today's slots.
    pub slots: Vec<Slot>,
    /// What happened since the operator's last session.
    pub since: Option<SinceLeft>,
    /// False keeps arrivals back; what concerns the operator is said nevertheless.
    pub arrivals: bool,
    /// What the last notice was about.
    pub last_about: Option<ConversationId>,
    /// The newest conversation of each queue, once its first rows came.
    newest: [Option<ConversationId>; 2],
    /// The open conversation, and how many of its messages were said.
    open: Option<(ConversationId, usize)>,
    /// False from a loss until the link stands again.
    up: bool,
}

impl News {
    /// Nothing is known yet; arrivals are said.
    pub fn new() -> News {
        News { arrivals: true, up: true, ..News::default() }
    }

    /// The conversation that is open: others see who looks at it, and what comes in is said.
    pub fn look_at(&mut self, link: &Link, detail: Option<&Detail>) {
        self.open = detail.map(|d| (d.conversation.id, d.messages.len()));
        self.tell_open(link);
    }

    fn tell_open(&self, link: &Link) {
        let id = self.open.map(|(id, _)| id);
        link.send(ToDaemon::Viewing { id, replying: false });
    }

    /// Takes in what came; the sentences for it.
    pub fn take(
        &mut self,
        event: LinkEvent,
        link: &Link,
        saying: &Saying,
        now: Time,
    ) -> Vec<Shown> {
        let lang = saying.lang;
        match event {
            LinkEvent::Linked(welcome) => {
                for queue in Queue::ALL {
                    link.send(ToDaemon::Window { queue, window: Some(newest()) });
                }
                self.tell_open(link);
                let was_up = std::mem::replace(&mut self.up, true);
                self.since = self.since.take().or(welcome.since);
                if was_up { Vec::new() } else { vec![say::BACK.say(lang)] }
            }
            LinkEvent::Lost { why, retry_in } => {
                let msg = if retry_in.is_some() { say::LOST } else { say::GONE };
                // Each try that fails would say the same again.
                let said = std::mem::replace(&mut self.up, false) || retry_in.is_none();
                said.then(|| msg.fill(lang, &[("why", &why.say(lang))])).into_iter().collect()
            }
            LinkEvent::Wire(ToClient::Push(push)) => self.pushed(*push, saying, now),
            LinkEvent::Wire(_) => Vec::new(),
        }
    }

    fn pushed(&mut self, push: Push, saying: &Saying, now: Time) -> Vec<Shown> {
        match push {
            Push::Desk(desk) => self.desk = desk,
            Push::Slots(mut slots) => {
                slots.sort_by_key(|s| s.at);
                self.slots = slots;
            }
            Push::Window(window) => return self.arrived(&window, saying, now),
            Push::Detail(detail) => return self.went_on(&detail, saying),
            Push::Notices(notices) => {
                let said = |n| notice_said(n, saying.lang, saying.zone);
                let said: Vec<_> = notices.into_iter().filter_map(said).collect();
                self.last_about = said.iter().rev().find_map(|(_, _, id)| *id).or(self.last_about);
                return said.into_iter().map(|(_, text, _)| text).collect();
            }
            // What a reply may not say is read by the desk as it comes.
            Push::Kpis(_)
            | Push::Channels(_)
            | Push::Calendar(_)
            | Push::Forecast(_)
            | Push::Board(_)
            | Push::Book(_)
            | Push::Lint(_) => {}
        }
        Vec::new()
    }

    /// Whether the first rows of both queues came: from then on others are new.
    pub fn knows_the_queues(&self) -> bool {
        self.newest.iter().all(Option::is_some)
    }

    /// What is new among the newest rows of a queue.
    fn arrived(&mut self, window: &Window, saying: &Saying, now: Time) -> Vec<Shown> {
        let newest = window.rows.iter().map(|r| r.conversation.id).max();
        let known = &mut self.newest[window.queue as usize];
        let before = match (*known, newest) {
            (Some(known), _) => known,
            // An empty queue: whatever comes is new.
            (None, None) => {
                *known = Some(ConversationId(0));
                return Vec::new();
            }
            (None, first) => {
                *known = first;
                return Vec::new();
            }
        };
        *known = newest.max(Some(before));
        if !self.arrivals {
            return Vec::new();
        }
        let mut new: Vec<_> =
            window.rows.iter().map(|r| &r.conversation).filter(|c| c.id > before).collect();
        new.sort_by_key(|c| c.id);
        if new.len() > SAID {
            return vec![say::ARRIVED_MANY.fill(saying.lang, &[("n", &new.len())])];
        }
        let said = |c| say::ARRIVED.fill(saying.lang, &[("what", &saying.row(c, now))]);
        new.into_iter().map(said).collect()
    }

    /// What is new in the open conversation.
    fn went_on(&mut self, detail: &Detail, saying: &Saying) -> Vec<Shown> {
        let id = detail.conversation.id;
        let Some((open, known)) = &mut self.open else { return Vec::new() };
        if *open != id {
            return Vec::new();
        }
        let from = std::mem::replace(known, detail.messages.len());
        let new = detail.messages.iter().skip(from).map(|(_, m)| m);
        new.filter(|m| m.kind == MessageKind::Inbound)
            .map(|m| {
                let (author, text) = (Shown::line(&m.author.name), Saying::flat(&m.text));
                say::GOES_ON.fill(saying.lang, &[("id", &id), ("author", &author), ("text", &text)])
            })
            .collect()
    }

    /// What happened since the operator's last session.
    pub fn since_said(&self, saying: &Saying) -> Vec<Shown> {
        let lang = saying.lang;
        let Some(since) = &self.since else { return vec![cockpit::SAID_NOTHING.say(lang)] };
        let left = since.left.to_utc().with_timezone(&saying.zone);
        let (day, time) = (format::day(lang, &left), format::clock(&left));
        let n = format::number(lang, since.arrived);
        let mut lines = vec![
            cockpit::SINCE_TITLE.fill(lang, &[("day", &day), ("time", &time)]),
            cockpit::SINCE_ARRIVED.fill(lang, &[("n", &n)]),
        ];
        for (by, name, n) in &since.actions {
            let what = crate::app::link::verb_done(*name).say(lang);
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("by", &by.0), ("what", &what), ("n", &format::number(lang, *n))];
            lines.push(cockpit::SINCE_ACTION.fill(lang, &values));
        }
        if !since.assigned.is_empty() {
            let ids: Vec<Shown> =
                since.assigned.iter().take(20).map(|id| Shown::line(&id.to_string())).collect();
            let ids = Shown::join(&ids, &Shown::line(" "));
            lines.push(cockpit::SINCE_ASSIGNED.fill(lang, &[("ids", &ids)]));
        }
        lines
    }

    /// How much is open, who is here.
    pub fn counts(&self, saying: &Saying, me: &OperatorName, now: Time) -> Vec<Shown> {
        saying.counts(&self.desk, me, now)
    }
}

/// The newest open rows of a queue.
fn newest() -> WindowSpec {
    WindowSpec {
        filter: String::new(),
        anchor: Anchor::Top,
        before: 0,
        after: WATCHED,
        sort: Sort::Newest,
        fold: false,
    }
}
