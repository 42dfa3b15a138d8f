//! What a lead is to look at: by an operator's word, and by a rule as soon as it comes in.

use super::group::Group;
use super::job::Caller;
use crate::domain::journal::Change;
use crate::domain::{ConversationId, OperatorName, Refusal, triage};
use crate::store::StoreError;
use crate::wire::message::Notice;

/// Escalates one conversation. It becomes the job of a lead, unless it is one's already; the
/// caller writes the note that says why.
///
/// # Errors
/// When the store cannot be read.
pub fn escalate(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
    reason: &str,
) -> Result<Result<Vec<Change>, Refusal>, StoreError> {
    let (now, leads) = (group.now, &group.setup.leads);
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    let has_lead = held.now.assignee.as_ref().is_some_and(|a| leads.contains(a));
    // Somebody else's eyes are asked for, where there are any.
    let other = leads.iter().find(|lead| **lead != by.operator).or(leads.first());
    let lead = other.filter(|_| !has_lead);
    Ok(triage::escalate(&mut held.now, reason, lead, &by.operator, now))
}

/// Tells the leads that something was escalated.
pub fn tell(group: &mut Group<'_>, by: &Caller, id: ConversationId) {
    for lead in leads(group).into_iter().filter(|lead| *lead != by.operator) {
        let notice = Notice::Escalated { id, by: by.operator.clone() };
        group.published.notices.push((lead, notice));
    }
}

/// Who is told: the desk's leads, or everybody who ever worked here when it names none.
fn leads(group: &Group<'_>) -> Vec<OperatorName> {
    match group.setup.leads.is_empty() {
        true => group.memory.operators.iter().cloned().collect(),
        false => group.setup.leads.clone(),
    }
}

/// Tells the leads of what came in with this group and is theirs by a rule, once each.
pub fn tell_leads(group: &mut Group<'_>) {
    if group.published.new_inbound.is_empty() {
        return;
    }
    let policies = group.policies();
    let mut theirs = Vec::new();
    for id in &group.published.new_inbound {
        let Some(held) = group.held.get(id) else { continue };
        let was = held.before.as_ref().is_some_and(|c| policies.is_for_leads(c));
        if !was && policies.is_for_leads(&held.now) && !theirs.contains(id) {
            theirs.push(*id);
        }
    }
    let Some(first) = theirs.first().copied() else { return };
    let count = u32::try_from(theirs.len()).unwrap_or(u32::MAX);
    for lead in leads(group) {
        group.published.notices.push((lead, Notice::ForLead { count, id: first }));
    }
}
