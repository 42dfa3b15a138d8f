//! What a reply may not say: looked at once more before it goes out, whatever sent it.

use super::group::Group;
use super::job::Caller;
use crate::domain::journal::{Actor, What};
use crate::domain::lint::{Finding, Level, Place, Stopped};
use crate::domain::{ChannelId, ConversationId, GroupId, Queue, Refusal};
use crate::store::StoreError;

/// The longest reason in bytes.
const MOST_REASON: usize = 500;
/// The most rules one entry of the journal names.
const MOST_RULES: usize = 16;
/// The most conversations one entry of the journal names.
const PER_ENTRY: usize = 40;
/// The most bytes of what was found that a refusal repeats.
const QUOTED: usize = 60;

/// A reply under way. It may go to thousands of conversations: each place is looked at once.
pub struct Gate<'c> {
    text: &'c str,
    because: Option<&'c str>,
    seen: Vec<(String, ChannelId, Queue, Vec<Finding>)>,
    let_through: Vec<ConversationId>,
    rules: Vec<String>,
}

impl<'c> Gate<'c> {
    /// The gate of a reply.
    ///
    /// # Errors
    /// When its reason is longer than the journal keeps.
    pub fn new(text: &'c str, because: Option<&'c str>) -> Result<Gate<'c>, Refusal> {
        let because = because.map(str::trim).filter(|why| !why.is_empty());
        match because.map_or(0, str::len) {
            bytes if bytes > MOST_REASON => Err(Refusal::TooLong { bytes, limit: MOST_REASON }),
            _ => Ok(Gate {
                text,
                because,
                seen: Vec::new(),
                let_through: Vec::new(),
                rules: Vec::new(),
            }),
        }
    }

    /// Whether the reply may go out in this conversation.
    ///
    /// # Errors
    /// When the conversation cannot be read.
    pub fn pass(
        &mut self,
        group: &mut Group<'_>,
        id: ConversationId,
    ) -> Result<Result<(), Refusal>, StoreError> {
        let linter = &group.setup.lint;
        let Some(held) = group.hold(id)? else { return Ok(Ok(())) };
        let (c, text) = (&held.now, self.text);
        let known = self.seen.iter().position(|(platform, channel, queue, _)| {
            *queue == c.queue && *channel == c.channel && *platform == c.platform
        });
        let at = known.unwrap_or_else(|| {
            let place = Place {
                platform: &c.platform,
                channel: &c.channel.0,
                queue: Some(c.queue),
                proven: false,
            };
            let mut found = linter.lint(text, &place);
            found.retain(|finding| finding.level == Level::Block);
            self.seen.push((c.platform.clone(), c.channel.clone(), c.queue, found));
            self.seen.len() - 1
        });
        let found = &self.seen[at].3;
        let Some(first) = found.first() else { return Ok(Ok(())) };
        let overridable = linter.policy().overridable;
        if self.because.is_none() || !overridable {
            let said = &text[first.at.clone()];
            return Ok(Err(Refusal::Lint(Box::new(Stopped {
                id,
                said: crate::domain::words::beginning(said, QUOTED).to_owned(),
                finding: first.clone(),
                more: found.len() - 1,
                overridable,
            }))));
        }
        for finding in found {
            if self.rules.len() < MOST_RULES && !self.rules.contains(&finding.rule) {
                self.rules.push(finding.rule.clone());
            }
        }
        self.let_through.push(id);
        Ok(Ok(()))
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
