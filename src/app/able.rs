//! What can be asked of a conversation's channel, so that what cannot is said at once.

use super::model::Model;
use crate::domain::{Conversation, ConversationId, Delivery, Name, Refusal};
use crate::text::Shown;
use crate::text::catalogue::cockpit as say;
use crate::wire::channel::Brief;
use crate::wire::message::Detail;

impl Model {
    /// Why a command would come to nothing on what it would act on now; `None` = it may do
    /// something. What is not known here is left to the desk.
    pub fn cannot(&self, name: Name) -> Option<Refusal> {
        self.cannot_on(name, &self.acts_on())
    }

    /// [`Model::cannot`] on these conversations: the reason when it comes to nothing on all.
    pub(super) fn cannot_on(&self, name: Name, ids: &[ConversationId]) -> Option<Refusal> {
        let mut first = None;
        for id in ids {
            let why = self.cannot_on_one(name, *id)?;
            first.get_or_insert(why);
        }
        first
    }

    fn cannot_on_one(&self, name: Name, id: ConversationId) -> Option<Refusal> {
        match name {
            Name::Like | Name::Unlike | Name::Hide | Name::Unhide => {}
            Name::Delete | Name::Block | Name::Unblock => {}
            Name::MarkSent | Name::SendAgain => {
                let detail = self.in_view.detail.as_ref();
                let detail = detail.filter(|d| d.conversation.id == id)?;
                // The desk takes a person's word wherever nothing sends.
                let can = self.brief(&detail.conversation.channel).and_then(|b| b.can.as_ref());
                let by_hand = name == Name::MarkSent && can.is_none_or(|can| !can.reply);
                let open = waits_for_a_person(detail, by_hand);
                return (!open).then_some(Refusal::NothingOpen(id));
            }
            _ => return None,
        }
        let channel = self.conversation(id)?.channel.clone();
        let Some(can) = self.brief(&channel).and_then(|b| b.can.as_ref()) else {
            return Some(Refusal::NotConnected { id, channel });
        };
        let able = match name {
            Name::Like | Name::Unlike => can.like,
            Name::Hide | Name::Unhide => can.hide,
            Name::Delete => can.delete_theirs,
            _ => can.block,
        };
        (!able).then_some(Refusal::CannotThere { id, channel })
    }

    /// What every cockpit knows of a channel, if it has a connector.
    pub(super) fn brief(&self, channel: &crate::domain::ChannelId) -> Option<&Brief> {
        self.desk.channels.iter().find(|b| b.id == *channel)
    }

    /// True when nothing sends this conversation's answers, so that people do.
    pub fn goes_by_hand(&self, c: &Conversation) -> bool {
        match self.brief(&c.channel) {
            None => true,
            // One that is still starting will tell.
            Some(brief) => brief.by_hand || brief.can.as_ref().is_some_and(|can| !can.reply),
        }
    }

    /// True when a channel has no connector, or one that leaves everything to people.
    pub(super) fn is_by_hand(&self, channel: &crate::domain::ChannelId) -> bool {
        self.brief(channel).is_none_or(|b| b.by_hand)
    }

    /// What a verb would act on now.
    fn acts_on(&self) -> Vec<ConversationId> {
        if let Some(id) = self.open {
            return vec![id];
        }
        let list = self.list(self.home);
        if list.marks().is_empty() {
            list.selected().into_iter().collect()
        } else {
            list.marks().iter().copied().collect()
        }
    }
}

/// Whether an answer in a conversation waits for somebody's word; on a channel without a sender
/// those that wait do, too.
fn waits_for_a_person(detail: &Detail, by_hand: bool) -> bool {
    detail.messages.iter().any(|(_, m)| {
        let open = match m.delivery {
            Delivery::Held(_) | Delivery::Unconfirmed(_) | Delivery::Failed { .. } => true,
            Delivery::Waiting | Delivery::Sending => by_hand,
            Delivery::None | Delivery::Sent(_) => false,
        };
        open && m.is_ours_from_here() && m.withdrawn.is_none()
    })
}

/// A refusal in a few words, for a list of what can be done.
pub(super) fn short(model: &Model, refusal: &Refusal) -> Shown {
    let lang = model.lang();
    match refusal {
        Refusal::NotConnected { channel, .. } => {
            say::NOT_CONNECTED_THERE.fill(lang, &[("channel", &model.channel_title(channel))])
        }
        Refusal::CannotThere { channel, .. } => {
            say::CANNOT_THERE.fill(lang, &[("channel", &model.channel_title(channel))])
        }
        Refusal::NothingOpen(_) => say::NO_REPLY_OPEN.say(lang),
        other => other.say(lang),
    }
}
