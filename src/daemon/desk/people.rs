//! Who wrote in which conversation, so that a person's past can be shown. On a desk that is older
//! than this account, it is gathered a part with each tick of the clock.

use super::group::{Group, read_messages};
use super::records::Facts;
use crate::domain::{Conversation, ConversationId, Message, MessageKind, history};
use crate::store::{Direction, Key, KeyRange, Read, StoreError, keys};

/// Conversations looked through with one tick.
const STEP: usize = 200;

/// On a desk without conversations there is nothing to gather.
pub fn check(facts: &mut Facts) {
    facts.people_known |= facts.conversations == 0;
}

/// Where it is to be told who wrote a new message of a conversation; `None` = that is told
/// already, or nobody can say who it is.
pub fn new_here(c: &Conversation, m: &Message) -> Option<Key> {
    let who = history::known_as(&m.author).filter(|_| m.kind == MessageKind::Inbound)?;
    let known = [&c.head, &c.topic].into_iter().flatten();
    let mut known = known.filter_map(|head| history::known_as(&head.author));
    // Nearly always one person speaks: nothing is written for their second message.
    if known.any(|known| known == who) {
        return None;
    }
    Some(keys::person(&c.channel, who, c.id))
}

/// Gathers from the next conversations, if that is under way.
///
/// # Errors
/// When the store cannot be read.
pub fn gather(group: &mut Group<'_>) -> Result<(), StoreError> {
    if group.memory.facts.people_known {
        return Ok(());
    }
    let from = group.memory.facts.people_next;
    let range: KeyRange =
        keys::conversations().starting_at(keys::conversation(ConversationId(from)));
    let page = group.over.range(&range, STEP, Direction::Forward)?;
    let mut last = from;
    for (key, _) in &page.rows {
        // A further chunk of a long record is no conversation of its own.
        let Some(keys::Parsed::Conversation(id)) = keys::parse(key) else { continue };
        last = id.0;
        let Some(channel) = group.hold(id)?.map(|held| held.now.channel.clone()) else { continue };
        let messages = read_messages(&group.over, id)?;
        let inbound = messages.iter().filter(|(_, m)| m.kind == MessageKind::Inbound);
        let mut who: Vec<&str> =
            inbound.filter_map(|(_, m)| history::known_as(&m.author)).collect();
        who.sort_unstable();
        who.dedup();
        for who in who {
            group.over.put(keys::person(&channel, who, id), Vec::new())?;
        }
    }
    let facts = &mut group.memory.facts;
    (facts.people_next, facts.people_known) = (last + 1, !page.more);
    Ok(())
}
