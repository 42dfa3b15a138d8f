//! Archived conversations: each stub against its line and each line against its stub, and what they add
//! to figures and indexes, like those on the desk.

use super::Check;
use crate::domain::{ConversationId, MessageKind, MessageRef, history, kpi};
use crate::store::archive::{self, Archived, Found};
use crate::store::{StoreError, keys};

impl Check<'_> {
    /// Every line and every stub.
    pub(super) fn archived(&mut self) -> Result<(), StoreError> {
        let store = self.store;
        let look = archive::look(store, store.archive(), &mut |found| match found {
            Found::Line(archived) => self.archived_one(&archived),
            Found::Wrong(what) => {
                self.problem(|| what);
                Ok(())
            }
        })?;
        self.report.archived = look.conversations;
        self.report.left_in_archive = look.left + look.behind;
        Ok(())
    }

    fn archived_one(&mut self, archived: &Archived) -> Result<(), StoreError> {
        let c = &archived.conversation;
        self.sums.last = self.sums.last.max(c.id.0);
        let messages: Vec<_> =
            archived.messages().map(|(seq, message)| (seq, message.clone())).collect();
        if archived.rules == self.facts.rules {
            self.derived(c, &messages);
        }
        let placeless = c.order_key().is_none() && c.claim.is_none();
        self.must(placeless, || format!("conversation {} is archived and not resolved", c.id));
        for (_, m) in messages.iter().filter(|(_, m)| m.kind == MessageKind::Inbound) {
            let Some(who) = history::known_as(&m.author) else { continue };
            let there = self.store.get_many(&[keys::person(&c.channel, who, c.id)])?;
            self.must(there.iter().all(Option::is_some), || {
                format!("conversation {} is not told of for one who wrote in it", c.id)
            });
        }
        for point in kpi::points(None, Some(c)) {
            self.count(&c.channel, &point);
        }
        for (seq, m) in &messages {
            self.message(c, MessageRef { conversation: c.id, seq: *seq }, m)?;
        }
        self.root(c)
    }

    /// Whether a root leads to an archived conversation that has it.
    pub(super) fn is_archived_root(
        &self,
        id: ConversationId,
        fits: impl Fn(&crate::domain::Conversation) -> bool,
    ) -> bool {
        // One that cannot be read is told of for itself.
        match archive::find(self.store, id) {
            Ok(found) => found.is_some_and(|archived| fits(&archived.conversation)),
            Err(_) => true,
        }
    }
}
