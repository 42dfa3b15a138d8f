//! What other rules would change, before they do.

use super::super::policy::Policies;
use super::super::{Conversation, ConversationId, State, Time};
use super::clock;
use serde::{Deserialize, Serialize};

/// The most examples of each kind.
const EXAMPLES: usize = 5;

/// What other rules would change, over all conversations that are not resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// How many were looked at.
    pub conversations: u64,
    /// To how many another rule would apply.
    pub policy: u64,
    /// How many would have another deadline, or one for the first time, or none any more.
    pub deadline: u64,
    /// How many open ones would come to be late.
    pub come_late: u64,
    /// How many late ones would be late no more.
    pub stop_late: u64,
    /// Some of those that change, the most telling ones first.
    pub examples: Vec<Example>,
}

/// What would change for one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Which.
    pub id: ConversationId,
    /// The rule that applies, and the one that would; empty = none.
    pub policy: (String, String),
    /// The first deadline as it is, and as it would be.
    pub due: (Option<Time>, Option<Time>),
    /// Whether it is late, and whether it would be.
    pub late: (bool, bool),
}

impl Preview {
    /// Looks at one conversation. `text` and `likes` are those of the message it is judged by.
    pub fn look(
        &mut self,
        c: &Conversation,
        text: &str,
        likes: u32,
        rules: (&Policies, &Policies),
        now: Time,
    ) {
        if c.state == State::Resolved {
            return;
        }
        self.conversations += 1;
        let (was, is) = (judged(c, text, likes, rules.0), judged(c, text, likes, rules.1));
        let due = |c: &Conversation| c.timer.as_ref().map(|t| t.due);
        let example = Example {
            id: c.id,
            policy: (was.1, is.1),
            due: (due(&was.0), due(&is.0)),
            late: (was.0.is_late(now), is.0.is_late(now)),
        };
        let policy = example.policy.0 != example.policy.1;
        let deadline = example.due.0 != example.due.1;
        self.policy += u64::from(policy);
        self.deadline += u64::from(deadline);
        self.come_late += u64::from(!example.late.0 && example.late.1);
        self.stop_late += u64::from(example.late.0 && !example.late.1);
        if policy || deadline {
            self.keep(example);
        }
    }

    /// Keeps an example if there are few of its kind.
    fn keep(&mut self, example: Example) {
        let kind = |e: &Example| (e.late, e.policy.0 != e.policy.1);
        let known = self.examples.iter().filter(|e| kind(e) == kind(&example)).count();
        if known < EXAMPLES {
            let place = self.examples.partition_point(|e| rank(e) <= rank(&example));
            self.examples.insert(place, example);
        }
    }
}

/// What comes to be late is told first, then what stops being so, then another rule.
fn rank(e: &Example) -> u8 {
    match (e.late, e.policy.0 == e.policy.1) {
        ((false, true), _) => 0,
        ((true, false), _) => 1,
        (_, false) => 2,
        (_, true) => 3,
    }
}

/// A conversation as these rules make it, and the rule that applies.
fn judged(c: &Conversation, text: &str, likes: u32, rules: &Policies) -> (Conversation, String) {
    let mut c = c.clone();
    let rule = rules.rule_for(&c, text, likes);
    clock::judge(&mut c, rule, rules);
    (c, rule.map_or_else(String::new, |r| r.name.clone()))
}
