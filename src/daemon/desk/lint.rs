//! What a reply may not say: looked at once more before it goes out, whatever sent it.

use super::group::Group;
use super::held;
use super::job::Caller;
use crate::domain::journal::{Actor, What};
use crate::domain::lint::{Finding, Level, Place, Stopped};
use crate::domain::{ChannelId, Command, ConversationId, GroupId, Queue, Refusal, canned};
use crate::store::StoreError;
use crate::wire::answer::Warned;
use std::sync::Arc;

/// The longest reason in bytes.
const MOST_REASON: usize = 500;
/// The most rules one entry of the journal names.
const MOST_RULES: usize = 16;
/// The most conversations one entry of the journal names.
const PER_ENTRY: usize = 40;
/// The most bytes of what was found that a refusal repeats.
const QUOTED: usize = 60;

/// The most warnings one answer tells of.
const MOST_WARNED: usize = 20;

/// What was found in a text for one place.
struct Seen {
    text: String,
    place: (String, ChannelId, Queue),
    found: Arc<[Finding]>,
}

/// Replies under way. A text may go to thousands of conversations: in one place it is read once, unless
/// it is filled for each of them.
pub struct Gate<'c> {
    because: Option<&'c str>,
    by_macro: bool,
    seen: Vec<Seen>,
    let_through: Vec<ConversationId>,
    rules: Vec<String>,
    warned: Vec<(Vec<ConversationId>, String, Finding)>,
}

impl<'c> Gate<'c> {
    /// The gate of a command; `None` = it answers nobody.
    ///
    /// # Errors
    /// When its reason is longer than the journal keeps.
    pub fn of(command: &'c Command) -> Result<Option<Gate<'c>>, Refusal> {
        let (because, by_macro) = match command {
            Command::Reply { because, .. } => (because.as_deref(), false),
            Command::Macro { .. } => (None, true),
            _ => return Ok(None),
        };
        let because = because.map(str::trim).filter(|why| !why.is_empty());
        match because.map_or(0, str::len) {
            bytes if bytes > MOST_REASON => Err(Refusal::TooLong { bytes, limit: MOST_REASON }),
            _ => Ok(Some(Gate {
                because,
                by_macro,
                seen: Vec::new(),
                let_through: Vec::new(),
                rules: Vec::new(),
                warned: Vec::new(),
            })),
        }
    }

    /// Whether what the command answers may go out in this conversation.
    ///
    /// # Errors
    /// When the conversation cannot be read.
    pub fn pass(
        &mut self,
        group: &mut Group<'_>,
        by: &Caller,
        command: &Command,
        id: ConversationId,
    ) -> Result<Result<(), Refusal>, StoreError> {
        let Some(held) = group.hold(id)? else { return Ok(Ok(())) };
        let c = &held.now;
        let place = (c.platform.clone(), c.channel.clone(), c.queue);
        let text = match command {
            Command::Reply { text, .. } => text.clone(),
            Command::Macro { run, .. } => match run.reply_to(c) {
                Some(text) => text,
                None => return Ok(Ok(())),
            },
            _ => return Ok(Ok(())),
        };
        if canned::places(&text).next().is_none() {
            let known = self.seen.iter().find(|s| s.place == place && s.text == text);
            let found = match known {
                Some(seen) => seen.found.clone(),
                None => {
                    let found: Arc<[Finding]> = read(group, &place, &text).into();
                    let seen = Seen { text: text.clone(), place, found: found.clone() };
                    self.seen.push(seen);
                    found
                }
            };
            return Ok(self.judge(group, id, &text, &found));
        }
        // What the customer reads is the filled text: a name in it may say anything.
        match held::text_for(group, by, id, &text)? {
            Ok(filled) => {
                let found = read(group, &place, &filled);
                Ok(self.judge(group, id, &filled, &found))
            }
            // The reply itself is refused for that.
            Err(_) => Ok(Ok(())),
        }
    }

    fn judge(
        &mut self,
        group: &Group<'_>,
        id: ConversationId,
        text: &str,
        found: &[Finding],
    ) -> Result<(), Refusal> {
        let said = |finding: &Finding| {
            crate::domain::words::beginning(&text[finding.at.clone()], QUOTED).to_owned()
        };
        let blocks = || found.iter().filter(|f| f.level == Level::Block);
        let desk_allows = group.setup.lint.policy().overridable;
        if let Some(first) = blocks().next() {
            if self.because.is_none() || !desk_allows {
                return Err(Refusal::Lint(Box::new(Stopped {
                    id,
                    said: said(first),
                    finding: first.clone(),
                    more: blocks().count() - 1,
                    overridable: desk_allows && !self.by_macro,
                    by_macro: self.by_macro,
                })));
            }
            for finding in blocks() {
                if self.rules.len() < MOST_RULES && !self.rules.contains(&finding.rule) {
                    self.rules.push(finding.rule.clone());
                }
            }
            self.let_through.push(id);
        }
        for finding in found.iter().filter(|f| f.level == Level::Warn) {
            let said = said(finding);
            let same = |(_, what, f): &&mut (Vec<ConversationId>, String, Finding)| {
                *what == said && f.rule == finding.rule
            };
            let room = self.warned.len() < MOST_WARNED;
            match self.warned.iter_mut().find(same) {
                Some((ids, ..)) if ids.last() == Some(&id) => {}
                Some((ids, ..)) => ids.push(id),
                None if room => {
                    self.warned.push((vec![id], said, finding.clone()));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// What is to be looked at in what went out.
    pub fn warned(&self, done: &[ConversationId]) -> Vec<Warned> {
        let each = self.warned.iter().map(|(ids, said, finding)| Warned {
            ids: ids.iter().copied().filter(|id| done.contains(id)).collect(),
            said: said.clone(),
            finding: finding.clone(),
        });
        each.filter(|w| !w.ids.is_empty()).collect()
    }

    /// Journals what went out for a reason, behind the entries of the action itself.
    ///
    /// # Errors
    /// When an entry cannot be written.
    pub fn tell(
        self,
        group: &mut Group<'_>,
        by: &Caller,
        done: &[ConversationId],
    ) -> Result<(), StoreError> {
        let Some(because) = self.because else { return Ok(()) };
        let went: Vec<_> = self.let_through.into_iter().filter(|id| done.contains(id)).collect();
        let number = GroupId(group.memory.facts.groups);
        for on in went.chunks(PER_ENTRY) {
            let what = What::Overridden {
                group: number,
                on: on.to_vec(),
                rules: self.rules.clone(),
                because: because.to_owned(),
            };
            let by = Actor::Operator { name: by.operator.clone(), declared: by.declared };
            group.write_entry(by, what)?;
        }
        Ok(())
    }
}

/// What is found in a text that goes to this place.
fn read(
    group: &Group<'_>,
    (platform, channel, queue): &(String, ChannelId, Queue),
    text: &str,
) -> Vec<Finding> {
    let place = Place { platform, channel: &channel.0, queue: Some(*queue), proven: false };
    let mut found = group.setup.lint.lint(text, &place);
    found.retain(|finding| finding.level > Level::Note);
    found
}
