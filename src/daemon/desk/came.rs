//! Who comes from where: what the desk remembers of an operator's hosts, and what it announces.
//!
//! A host is what the client says; nobody checks it, and it is always told so.

use super::group::Group;
use super::job::Arrival;
use super::records::OperatorRecord;
use crate::domain::journal::{Actor, DeskNews, What};
use crate::domain::{Span, words};
use crate::store::{StoreError, keys, records};
use crate::wire::people::{Came, Host};

/// The most hosts of one operator that are remembered: the newest.
pub const MOST: usize = 16;
/// The most bytes of a host's name.
pub const MOST_HOST: usize = 120;
/// How exactly it is known when they last came: not each verb is worth a commit.
const EXACTLY: Span = Span::hours(1);

/// Remembers where somebody came from; announces somebody new, and a new place of somebody known. The
/// first operator of a desk, who sets it up, is news to nobody.
///
/// # Errors
/// When the store cannot be read.
pub fn came(group: &mut Group<'_>, arrival: Arrival) -> Result<(), StoreError> {
    let Arrival { operator, declared, host, session } = arrival;
    if operator.0.is_empty() || operator.0.len() > keys::MAX_NAME {
        return Ok(());
    }
    let host = words::beginning(&host, MOST_HOST).to_owned();
    let is_first = group.memory.operators.is_empty();
    let is_new = !group.memory.operators.contains(&operator);
    let key = keys::operator(&operator);
    let mut record: OperatorRecord = records::get(&group.over, &key)?.unwrap_or_default();
    let now = group.now;
    if let Some(known) = record.hosts.iter_mut().find(|known| known.host == host) {
        if now - known.last < EXACTLY && now >= known.last {
            return Ok(());
        }
        known.last = now;
        return records::put(&mut group.over, key, &record);
    }
    // Of one whom an older version of the program knew, nothing is known to be new.
    let is_news = !is_first && (is_new || !record.hosts.is_empty());
    record.hosts.push(Host { host: host.clone(), first: now, last: now });
    record.hosts.sort_by_key(|known| std::cmp::Reverse(known.last));
    record.hosts.truncate(MOST);
    group.memory.operators.insert(operator.clone());
    records::put(&mut group.over, key, &record)?;
    if !is_news {
        return Ok(());
    }
    let (who, from) = (operator.clone(), host.clone());
    let news = match is_new {
        true => DeskNews::NewOperator { operator: who, host: from },
        false => DeskNews::NewHost { operator: who, host: from },
    };
    let actor = Actor::Operator { name: operator.clone(), declared };
    group.write_entry(actor, What::Desk(news))?;
    group.published.came.push((Came { operator, host, is_new }, session));
    Ok(())
}
