//! Rules that changed, while the desk was down or under its eyes: every conversation is reckoned anew, a part with
//! each tick of the clock, so that nobody waits for it.

use super::group::Group;
use super::records::Facts;
use super::{Setup, classes};
use crate::domain::ConversationId;
use crate::store::{Direction, KeyRange, Read, StoreError, keys};

/// Conversations reckoned anew with one tick.
const STEP: usize = 200;

/// Compares the rules with those the desk was reckoned by, and begins a sweep if they differ.
pub fn check(facts: &mut Facts, setup: &Setup) {
    let now = fingerprint(setup);
    if facts.rules != now {
        facts.rules = now;
        facts.sweep = (facts.conversations > 0).then_some(0);
    }
}

/// Reckons the next conversations anew, if a sweep is under way.
///
/// # Errors
/// When the store cannot be read.
pub fn sweep(group: &mut Group<'_>) -> Result<(), StoreError> {
    let Some(from) = group.memory.facts.sweep else { return Ok(()) };
    let range: KeyRange =
        keys::conversations().starting_at(keys::conversation(ConversationId(from)));
    let page = group.over.range(&range, STEP, Direction::Forward)?;
    let mut last = from;
    for (key, _) in &page.rows {
        // A further chunk of a long record is no conversation of its own.
        let Some(keys::Parsed::Conversation(id)) = keys::parse(key) else { continue };
        classes::judge_again(group, id)?;
        group.recompute(id)?;
        last = id.0;
    }
    group.memory.facts.sweep = page.more.then_some(last + 1);
    Ok(())
}

/// A number that changes when the rules do (FNV-1a over what they say).
fn fingerprint(setup: &Setup) -> u64 {
    let windows: Vec<_> = setup.channels.iter().map(|c| (&c.id, c.reply_window)).collect();
    // The number in front goes up when what follows from the rules does: here, which timers there are.
    let said = format!("2 {:?} {windows:?} {}", setup.policies, setup.classifier.fingerprint());
    said.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
