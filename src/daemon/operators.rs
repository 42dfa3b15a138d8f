//! Who may use the desk: the list, and what an admin changes in it.

use super::desk::query;
use super::hub::Hub;
use super::orders::Orders;
use super::policies;
use crate::config;
use crate::domain::Refusal;
use crate::wire::people::{OperatorAsk, OperatorRow, People};

/// Everybody who has worked on the desk, and what the file says.
///
/// # Errors
/// When the store cannot be read.
pub fn list(hub: &Hub) -> Result<People, Refusal> {
    let roles = hub.rules().roles.clone();
    let on = hub.desk_state().people;
    let known = hub.reads.with(|store| query::operators_with_last(store))?;
    let row = |known: query::Remembered| OperatorRow {
        role: roles.of(&known.name, &[]),
        cockpits: u32::try_from(on.iter().filter(|p| p.operator == known.name).count())
            .unwrap_or(u32::MAX),
        operator: known.name,
        last: known.left,
        hosts: known.hosts,
    };
    let operators = known.into_iter().map(row).collect();
    Ok(People { roles, operators })
}

/// Changes the file and reads it again: live sessions of somebody who was removed end at once.
///
/// # Errors
/// When the file cannot be read or written.
pub async fn carry_out(hub: &Hub, orders: &Orders, ask: OperatorAsk) -> Result<(), Refusal> {
    let (whom, role) = match ask {
        OperatorAsk::Put(whom, role) => (whom, Some(role)),
        OperatorAsk::Remove(whom) => (whom, None),
    };
    let folder = hub.about.folder.clone();
    let wrote = tokio::task::spawn_blocking(move || config::put_role(&folder, &whom, role)).await;
    let lang = hub.about.lang;
    let wrong = |why: String| Refusal::Settings(why);
    wrote.map_err(|e| wrong(e.to_string()))?.map_err(|e| wrong(e.say(lang).into()))?;
    // Another file may have a mistake; this one was read.
    drop(policies::reload(hub, orders, lang).await);
    Ok(())
}
