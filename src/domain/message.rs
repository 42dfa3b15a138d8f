//! One message of a conversation, from a customer or from us.

use super::class::Class;
use super::{OperatorName, Time};
use crate::text::catalogue::work as say;
use crate::text::{Lang, Shown};
use serde::{Deserialize, Serialize};

/// Who wrote an inbound message, as the platform names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The platform's id of the person; empty when the platform gives none.
    pub id: String,
    /// The name the platform shows, verbatim (unsafe to print: make it `Shown`).
    pub name: String,
}

/// Something sent along with a message; shown as a line that opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// `image`, `video`, `voice`, `file` or `link`.
    pub kind: String,
    /// Size in bytes when the platform tells it.
    #[serde(default)]
    pub size: Option<u64>,
    /// Where it opens (http or https only).
    pub link: String,
}

impl Attachment {
    /// What it is and how large; a kind that is not known here is called as its platform does.
    pub fn say(&self, lang: Lang) -> Shown {
        let mut text = match self.kind.as_str() {
            "image" => say::ATTACHED_IMAGE.say(lang),
            "video" => say::ATTACHED_VIDEO.say(lang),
            "voice" => say::ATTACHED_VOICE.say(lang),
            "file" => say::ATTACHED_FILE.say(lang),
            "link" => say::ATTACHED_LINK.say(lang),
            other => Shown::line(other),
        };
        if let Some(size) = self.size {
            text.push(&Shown::line(&format!(" {} kB", size.div_ceil(1024))));
        }
        text
    }
}

/// What a message is to the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageKind {
    /// A customer wrote it.
    Inbound,
    /// We answered: the customer sees it once it is delivered.
    Reply,
    /// What we published and others comment on; it answers nobody.
    Post,
    /// A private note; never leaves the desk.
    Note,
}

/// How far a reply of ours has come. Nothing unconfirmed is shown as done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// Not a thing that is delivered (inbound, notes), or seen on the platform.
    None,
    /// Written on the desk, waits for a channel to take it.
    Waiting,
    /// Written on the desk, and held since this time: an operator has to look at it again.
    Held(Time),
    /// An attempt is under way, or the desk finds out whether one got through.
    Sending,
    /// The channel took it at this time.
    Sent(Time),
    /// It may be on the platform since this time; only a person can tell.
    Unconfirmed(Time),
    /// The platform will not take it.
    Failed {
        /// Since when that is known.
        at: Time,
        /// Why, as the channel said it.
        why: String,
    },
}

/// A message as the desk keeps it: verbatim, never changed at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Inbound, our reply, or a note.
    pub kind: MessageKind,
    /// The platform's id; empty for notes and for replies not yet sent.
    #[serde(default)]
    pub platform_id: String,
    /// The platform's id of the message it answers.
    #[serde(default)]
    pub in_reply_to: Option<String>,
    /// Who wrote it on the platform.
    pub author: Author,
    /// The operator who wrote it here, for replies and notes made on the desk.
    #[serde(default)]
    pub operator: Option<OperatorName>,
    /// Verbatim text; the first chunk of it when longer than the store's value bound.
    pub text: String,
    /// When it was written, by the platform's clock.
    pub at: Time,
    /// When the desk got it.
    pub arrived: Time,
    /// Likes the platform counts for it.
    #[serde(default)]
    pub likes: u32,
    /// The page that shows it (http or https).
    #[serde(default)]
    pub permalink: Option<String>,
    /// Pictures, voice, files.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// How far a reply of ours has come.
    pub delivery: Delivery,
    /// The author took it back, or an operator's undo did, at this time; kept, shown as withdrawn.
    #[serde(default)]
    pub withdrawn: Option<Time>,
    /// The author changed it at this time.
    #[serde(default)]
    pub edited: Option<Time>,
    /// The brand's account likes it.
    #[serde(default)]
    pub liked: bool,
    /// The brand hid it from others.
    #[serde(default)]
    pub hidden: bool,
    /// What it is, for a customer's message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// It was erased on request, at this time: nothing of it is left but its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Time>,
    /// What this reply answered; `None` = nothing new, or it is no reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<super::service::Answered>,
}

impl Message {
    /// The most bytes of text the desk keeps of one message.
    pub const MOST_TEXT: usize = 64 * 1024;

    /// True for a reply that an operator wrote here, sent or not, rather than one that was seen
    /// on the platform.
    pub fn is_ours_from_here(&self) -> bool {
        self.kind == MessageKind::Reply && self.operator.is_some()
    }

    /// When the customer could see this reply of ours.
    pub fn visible_at(&self) -> Option<Time> {
        self.is_visible_reply().then_some(match self.delivery {
            Delivery::Sent(at) => at,
            _ => self.at,
        })
    }

    /// True for a reply of ours that the customer can see: only such a one stops first response.
    pub fn is_visible_reply(&self) -> bool {
        self.kind == MessageKind::Reply
            && self.withdrawn.is_none()
            && matches!(self.delivery, Delivery::None | Delivery::Sent(_))
    }

    /// True for a reply of ours, sent or on its way, that was not taken back. One that failed, that
    /// is held, or of which nobody knows whether it got through, answers nobody.
    pub fn is_standing_reply(&self) -> bool {
        self.kind == MessageKind::Reply
            && self.withdrawn.is_none()
            && !matches!(
                self.delivery,
                Delivery::Held(_) | Delivery::Unconfirmed(_) | Delivery::Failed { .. }
            )
    }

    /// True for a reply of ours that has a row in the outbox.
    pub fn is_in_outbox(&self) -> bool {
        self.kind == MessageKind::Reply
            && self.withdrawn.is_none()
            && matches!(
                self.delivery,
                Delivery::Waiting
                    | Delivery::Held(_)
                    | Delivery::Sending
                    | Delivery::Unconfirmed(_)
            )
    }

    /// True for a customer's message that was not taken back.
    pub fn is_standing_inbound(&self) -> bool {
        self.kind == MessageKind::Inbound && self.withdrawn.is_none()
    }
}
