//! What messages are: judged as they come, corrected by operators, learned from and judged anew.

use super::group::Group;
use super::job::Setup;
use super::memory::{self, Memory};
use super::records::Correction;
use crate::domain::class::Source;
use crate::domain::classify::learned::{Learned, MOST, Said};
use crate::domain::journal::Change;
use crate::domain::{
    Class, ConversationId, Intent, Message, MessageKind, MessageRef, OperatorName, Refusal,
    Severity,
};
use crate::store::{Read, StoreError, keys, records};
use std::collections::BTreeMap;

/// Reads what operators have corrected and learns it: at most as many texts as are kept.
///
/// # Errors
/// When the store cannot be read.
pub fn learn_all(
    memory: &mut Memory,
    store: &(impl Read + ?Sized),
    setup: &Setup,
) -> Result<(), StoreError> {
    let mut corrections = BTreeMap::new();
    memory::each(store, keys::corrections(), |key, value| {
        if let Some(keys::Parsed::Correction(at)) = keys::parse(key) {
            corrections.insert(at, records::decode::<Correction>(key, value)?);
        }
        Ok(())
    })?;
    let mut in_order: Vec<_> = corrections.iter().collect();
    in_order.sort_by_key(|(at, c)| (c.at, **at));
    let mut learned = Learned::default();
    for (at, correction) in in_order {
        let message: Option<Message> = records::get(store, &keys::message(*at))?;
        if let Some(m) = message {
            learned.learn(&setup.classifier, &m.text, &correction.said);
        }
    }
    (memory.corrections, memory.learned) = (corrections, learned);
    Ok(())
}

impl Group<'_> {
    /// What a message is, unless an operator has said so.
    pub(super) fn judge(&self, message: &mut Message) {
        let by_hand = message.class.as_ref().is_some_and(|c| c.source == Source::Operator);
        if message.kind == MessageKind::Inbound && message.erased.is_none() && !by_hand {
            let class = self.setup.classifier.judge(&message.text, Some(&self.memory.learned));
            message.class = Some(class);
        }
    }

    /// A message's text changed: it is judged, and learned from, as it is now.
    pub(super) fn judge_edited(&mut self, at: MessageRef, before: &str, m: &mut Message) {
        if let Some(correction) = self.memory.corrections.get(&at) {
            let (classifier, learned) = (&self.setup.classifier, &mut self.memory.learned);
            learned.unlearn(classifier, before, &correction.said);
            learned.learn(classifier, &m.text, &correction.said);
        }
        self.judge(m);
    }
}

/// Judges a conversation's messages anew; what follows from it is derived by the caller.
///
/// # Errors
/// When its messages cannot be read.
pub fn judge_again(group: &mut Group<'_>, id: ConversationId) -> Result<(), StoreError> {
    for (seq, mut message) in super::group::read_messages(&group.over, id)? {
        let before = message.class.clone();
        group.judge(&mut message);
        if message.class != before {
            group.put_message(id, seq, message)?;
        }
    }
    Ok(())
}

/// An operator says what a conversation is; `None` leaves that as it is.
///
/// # Errors
/// When the store cannot be read.
pub fn correct(
    group: &mut Group<'_>,
    by: &OperatorName,
    id: ConversationId,
    intent: Option<Intent>,
    severity: Option<Severity>,
) -> Result<Result<Vec<Change>, Refusal>, StoreError> {
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let Some(seq) = held.now.class_seq() else { return Ok(Err(Refusal::NoMessage(id))) };
    let class = held.now.class().cloned().unwrap_or_default();
    let intent = intent.unwrap_or(match severity {
        // What is severe is a complaint, whatever it was taken for.
        Some(Severity::Mild | Severity::Severe) => Intent::Complaint,
        _ => class.intent,
    });
    let severity = severity.unwrap_or(match intent {
        Intent::Complaint => class.severity.max(Severity::Mild),
        _ => Severity::None,
    });
    let from = group.memory.corrections.get(&MessageRef { conversation: id, seq });
    let from = from.map(|c| c.said.clone());
    let said = Said { intent, severity, by: by.0.clone() };
    let same = |f: &Said| (f.intent, f.severity) == (intent, severity);
    if from.as_ref().is_some_and(same) {
        return Ok(Err(Refusal::Unchanged(id)));
    }
    put(group, MessageRef { conversation: id, seq }, Some(said.clone()))?;
    Ok(Ok(vec![Change::Class { seq, from, to: Some(said) }]))
}

/// Makes a message what somebody said, or (`None`) what the desk thinks itself; false when somebody
/// has said otherwise than `before` since.
///
/// # Errors
/// When the store cannot be read.
pub fn put_back(
    group: &mut Group<'_>,
    at: MessageRef,
    before: Option<&Said>,
    to: Option<&Said>,
) -> Result<bool, StoreError> {
    if group.memory.corrections.get(&at).map(|c| &c.said) != before {
        return Ok(false);
    }
    put(group, at, to.cloned())?;
    Ok(true)
}

fn put(group: &mut Group<'_>, at: MessageRef, to: Option<Said>) -> Result<(), StoreError> {
    let Some(mut m) = group.message(at)? else { return Ok(()) };
    forget(group, at, &m.text)?;
    m.class = None;
    group.judge(&mut m);
    if let Some(said) = to {
        let class = m.class.take().unwrap_or_default();
        let was = Some((class.intent, class.severity));
        m.class = Some(Class::by_operator(said.intent, said.severity, &said.by, class.topics));
        group.memory.learned.learn(&group.setup.classifier, &m.text, &said);
        let correction = Correction { at: group.now, said, was };
        records::put(&mut group.over, keys::correction(at), &correction)?;
        group.memory.corrections.insert(at, correction);
        drop_oldest(group, at)?;
    }
    group.put_message(at.conversation, at.seq, m)?;
    group.recompute(at.conversation)
}

/// Forgets what was said of a message, and what was learned from it; false when nobody had said
/// anything.
///
/// # Errors
/// When the store cannot be read.
pub fn forget(group: &mut Group<'_>, at: MessageRef, text: &str) -> Result<bool, StoreError> {
    if let Some(old) = group.memory.corrections.remove(&at) {
        group.memory.learned.unlearn(&group.setup.classifier, text, &old.said);
        records::remove(&mut group.over, keys::correction(at))?;
        return Ok(true);
    }
    Ok(false)
}

/// Forgets the oldest correction when there are too many; the messages stay what they were said to be.
fn drop_oldest(group: &mut Group<'_>, but: MessageRef) -> Result<(), StoreError> {
    if group.memory.corrections.len() <= MOST {
        return Ok(());
    }
    let all = group.memory.corrections.iter().filter(|(at, _)| **at != but);
    let Some(oldest) = all.min_by_key(|(at, c)| (c.at, **at)).map(|(at, _)| *at) else {
        return Ok(());
    };
    let text = group.message(oldest)?.map(|m| m.text).unwrap_or_default();
    forget(group, oldest, &text).map(drop)
}
