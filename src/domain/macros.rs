//! Macros: several steps under one key, done to a conversation together or not at all.

use super::{
    ChannelId, Command, Conversation, ConversationId, OperatorName, OutKind, Queue, Time, feedback,
    when,
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The most steps of a macro.
pub const MOST_STEPS: usize = 16;
/// The most macros of a desk.
pub const MOST_MACROS: usize = 60;

/// A text in the languages it was written in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// In English, or the only one there is.
    pub en: String,
    /// In Chinese; empty = there is none.
    pub zh: String,
}

impl Words {
    /// The one for an answer to this text: Chinese for one with a Han character in it, when there
    /// is a Chinese one.
    pub fn answering(&self, text: &str) -> &str {
        let han =
            text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}'));
        match (self.en.is_empty(), self.zh.is_empty()) {
            (false, false) if han => &self.zh,
            (true, _) => &self.zh,
            _ => &self.en,
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Work on it.
    Claim,
    /// Answer the customer; its places are those of a canned response ([`super::canned`]), and
    /// `{name}` is a short way to write `{{author}}`.
    Reply(Words),
    /// A private note, with the same places.
    Note(Words),
    /// Put a label on.
    Label(String),
    /// Take a label off.
    Unlabel(String),
    /// Put a feedback tag on.
    Feedback(String),
    /// Make it somebody's job; `None` = whoever runs the macro.
    Assign(Option<OperatorName>),
    /// Nobody's job any more.
    Unassign,
    /// Tell the lead, with this reason.
    Escalate(String),
    /// Send the question to the topic pool.
    Topic,
    /// Wait for the customer.
    Pending,
    /// Wait for somebody else.
    Hold,
    /// Done.
    Resolve,
    /// Back to open.
    Reopen,
    /// Out of sight until then, as typed.
    Snooze(String),
    /// Like the customer's message on its platform.
    Like,
    /// Hide the customer's message on its platform.
    Hide,
}

/// Several steps under one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Macro {
    /// Its name: one word, as the command line has it.
    pub name: String,
    /// The key that runs it in the menu of macros.
    pub key: Option<char>,
    /// What the menu says of it.
    pub title: Words,
    /// The queue it is for; `None` = both.
    pub queue: Option<Queue>,
    /// The channels it is for; empty = all.
    pub channels: Vec<ChannelId>,
    /// In order.
    pub steps: Vec<Step>,
}

impl Macro {
    /// Whether it is meant for conversations like this one.
    pub fn is_for(&self, c: &Conversation) -> bool {
        self.queue.is_none_or(|q| q == c.queue)
            && (self.channels.is_empty() || self.channels.contains(&c.channel))
    }

    /// What the customer of this conversation would be answered, its places not yet filled; `None`
    /// = it answers nothing.
    pub fn reply_to(&self, c: &Conversation) -> Option<String> {
        self.steps.iter().find_map(|step| match step {
            Step::Reply(words) => Some(chosen(words, c)),
            _ => None,
        })
    }

    /// Whether it takes a conversation off the open ones.
    pub fn leaves(&self) -> bool {
        let last = self.steps.iter().rev().find(|step| {
            !matches!(
                step,
                Step::Note(_)
                    | Step::Label(_)
                    | Step::Unlabel(_)
                    | Step::Feedback(_)
                    | Step::Assign(_)
                    | Step::Unassign
                    | Step::Topic
                    | Step::Claim
                    | Step::Like
                    | Step::Hide
            )
        });
        last.is_some_and(|step| !matches!(step, Step::Reopen | Step::Escalate(_)))
    }

    /// The commands that it is, for one conversation; the places of its texts are still to be filled.
    /// `seen` is how many messages the operator had seen of it. A moment that cannot be read any more
    /// becomes an hour from now.
    pub fn commands(
        &self,
        c: &Conversation,
        by: &OperatorName,
        seen: Option<u32>,
        now: Time,
        zone: Tz,
    ) -> Vec<Command> {
        let ids: Vec<ConversationId> = vec![c.id];
        // The message that the row speaks of before the macro does anything.
        let message = c.speaks_of().map(|head| head.seq);
        let ask = |ids, what| Command::Moderate { ids, message, what, on: true };
        // A note of its own overtakes no reply of its own.
        let mut notes = 0;
        self.steps
            .iter()
            .map(|step| {
                let ids = ids.clone();
                match step {
                    Step::Claim => Command::Claim { ids, over: false },
                    Step::Reply(words) => Command::Reply {
                        ids,
                        text: chosen(words, c),
                        seen: seen.map(|seen| seen + notes),
                        because: None,
                    },
                    Step::Note(words) => {
                        notes += 1;
                        Command::Note { ids, text: chosen(words, c) }
                    }
                    Step::Label(label) => Command::Label { ids, label: label.clone() },
                    Step::Unlabel(label) => Command::Unlabel { ids, label: label.clone() },
                    Step::Feedback(tag) => Command::Label { ids, label: feedback::label(tag) },
                    Step::Assign(to) => {
                        let to = to.clone().unwrap_or_else(|| by.clone());
                        Command::Assign { ids, to: Some(to) }
                    }
                    Step::Unassign => Command::Assign { ids, to: None },
                    Step::Escalate(reason) => {
                        notes += 1;
                        Command::Escalate { ids, reason: reason.clone() }
                    }
                    Step::Topic => Command::Topic { ids, note: String::new() },
                    Step::Pending => Command::Pending { ids },
                    Step::Hold => Command::Hold { ids },
                    Step::Resolve => Command::Resolve { ids },
                    Step::Reopen => Command::Reopen { ids },
                    Step::Snooze(typed) => {
                        let hour = now + super::Span::hours(1);
                        let until = when::parse(typed, now, zone).unwrap_or(hour);
                        Command::Snooze { ids, until }
                    }
                    Step::Like => ask(ids, OutKind::Like),
                    Step::Hide => ask(ids, OutKind::Hide),
                }
            })
            .collect()
    }
}

/// A text for a conversation: the one in the customer's language, as canned responses write it.
fn chosen(text: &Words, c: &Conversation) -> String {
    let text = text.answering(c.speaks_of().map_or("", |h| h.excerpt.as_str()));
    text.replace("{name}", "{{author}}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, Head, Name, Span};
    use rstest::rstest;

    fn conversation(text: &str) -> Conversation {
        let mut c = Conversation::new(
            ConversationId(7),
            Queue::Comments,
            ChannelId("weibo".into()),
            "weibo".into(),
            "r".into(),
        );
        let author = Author { id: "u".into(), name: "小鹿".into() };
        c.head =
            Some(Head { seq: 0, author, excerpt: text.into(), at: Time(0), likes: 0, class: None });
        c.messages = 3;
        c
    }

    fn a_macro(steps: Vec<Step>) -> Macro {
        Macro {
            name: "m".into(),
            key: Some('m'),
            title: Words::default(),
            queue: None,
            channels: Vec::new(),
            steps,
        }
    }

    fn both() -> Words {
        Words { en: "Thanks, {name}!".into(), zh: "谢谢{name}！".into() }
    }

    #[rstest]
    #[case("great", both(), "Thanks, {{author}}!")]
    #[case("很好", both(), "谢谢{{author}}！")]
    #[case("great 很好", both(), "谢谢{{author}}！")]
    #[case("很好", Words { en: "ok".into(), zh: String::new() }, "ok")]
    #[case("great", Words { en: String::new(), zh: "好".into() }, "好")]
    fn the_answer_is_in_the_customers_language(
        #[case] asked: &str,
        #[case] words: Words,
        #[case] answer: &str,
    ) {
        let run = a_macro(vec![Step::Reply(words)]);
        assert_eq!(run.reply_to(&conversation(asked)).as_deref(), Some(answer));
    }

    #[test]
    fn a_note_of_its_own_does_not_overtake_its_reply() {
        let reply = || Step::Reply(both());
        let run = a_macro(vec![Step::Note(both()), reply(), Step::Resolve]);
        let amy = OperatorName("amy".into());
        let made = run.commands(&conversation("x"), &amy, Some(3), Time(0), Tz::UTC);
        let names: Vec<Name> = made.iter().map(Command::name).collect();
        assert_eq!(names, [Name::Note, Name::Reply, Name::Resolve]);
        assert!(matches!(made[1], Command::Reply { seen: Some(4), .. }));
    }

    #[test]
    fn what_it_likes_is_what_the_row_spoke_of_before_it_answered() {
        let run = a_macro(vec![Step::Reply(both()), Step::Like, Step::Hide]);
        let amy = OperatorName("amy".into());
        let made = run.commands(&conversation("x"), &amy, None, Time(0), Tz::UTC);
        let names: Vec<Name> = made.iter().map(Command::name).collect();
        assert_eq!(names, [Name::Reply, Name::Like, Name::Hide]);
        assert!(matches!(made[1], Command::Moderate { message: Some(0), on: true, .. }));
        assert!(!a_macro(vec![Step::Like]).leaves() && run.leaves());
    }

    #[test]
    fn moments_count_from_now_and_me_is_who_runs_it() {
        let run = a_macro(vec![Step::Snooze("2h".into()), Step::Assign(None)]);
        let amy = OperatorName("amy".into());
        let made = run.commands(&conversation("x"), &amy, None, Time(0), Tz::UTC);
        assert!(
            matches!(made[0], Command::Snooze { until, .. } if until == Time(0) + Span::hours(2))
        );
        assert!(matches!(&made[1], Command::Assign { to: Some(to), .. } if *to == amy));
    }

    #[test]
    fn it_is_for_its_queue_and_channels_alone() {
        let c = conversation("x");
        let mut run = a_macro(vec![Step::Resolve]);
        assert!(run.is_for(&c));
        run.queue = Some(Queue::Messages);
        assert!(!run.is_for(&c));
        run.queue = None;
        run.channels = vec![ChannelId("douyin".into())];
        assert!(!run.is_for(&c));
        run.channels.push(ChannelId("weibo".into()));
        assert!(run.is_for(&c));
    }
}
