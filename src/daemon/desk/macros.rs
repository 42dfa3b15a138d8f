//! A macro: its steps are carried out on a conversation together, or none of them is.

use super::commands;
use super::group::Group;
use super::job::Caller;
use super::{held, outbox, undo};
use crate::domain::journal::Change;
use crate::domain::macros::Macro;
use crate::domain::{Command, ConversationId, Name, Refusal, triage};
use crate::store::StoreError;
use chrono_tz::Tz;

/// Runs a macro on one conversation.
///
/// # Errors
/// When the store cannot be read.
pub fn run(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
    run: &Macro,
    seen: Option<u32>,
) -> Result<Result<Vec<Change>, Refusal>, StoreError> {
    let now = group.now;
    let zone: Tz = group.setup.zone.as_ref().and_then(|z| z.parse().ok()).unwrap_or(Tz::UTC);
    let Some(held) = group.hold(id)? else { return Ok(Err(Refusal::NoSuchConversation(id))) };
    if !run.is_for(&held.now) {
        return Ok(Err(Refusal::MacroElsewhere { id, name: run.name.clone() }));
    }
    let mut steps = run.commands(&held.now, &by.operator, seen, now, zone);
    // What can be refused is found here, before anything is done.
    if let Err(why) = triage::try_all(&held.now, &steps, &by.operator, by.session, now) {
        return Ok(Err(why));
    }
    for step in &mut steps {
        if let Err(why) = look(group, by, id, step)? {
            return Ok(Err(why));
        }
    }
    let (mut changes, mut done) = (Vec::new(), Vec::new());
    for command in &steps {
        match commands::on_one(group, by, command, id)? {
            Ok(more) => {
                changes.extend(more);
                done.push(command);
            }
            Err(Refusal::Unchanged(_) | Refusal::InPool(_)) => {}
            Err(why) => {
                // What came before it in the macro is taken back: nobody sees a half.
                undo::turn_round_one(group, by, id, &changes, (Name::Macro, Name::Macro))?.ok();
                return Ok(Err(why));
            }
        }
    }
    for command in done {
        commands::tell(group, by, command, id);
    }
    Ok(if changes.is_empty() { Err(Refusal::Unchanged(id)) } else { Ok(changes) })
}

/// Whether a step can be carried out as far as that needs more than the conversation's record: how
/// long its texts may be, what its channel can do. Fills the places of a note.
///
/// # Errors
/// When the store cannot be read.
fn look(
    group: &mut Group<'_>,
    by: &Caller,
    id: ConversationId,
    step: &mut Command,
) -> Result<Result<(), Refusal>, StoreError> {
    match step {
        Command::Reply { text, .. } => Ok(held::text_for(group, by, id, text)?.map(|_| ())),
        Command::Note { text, .. } => {
            Ok(held::fill(group, by, id, text)?.map(|filled| *text = filled))
        }
        Command::Moderate { message, what, on, .. } => {
            match outbox::look(group, id, *message, *what, *on)? {
                // It is as the step wants it.
                Ok(_) | Err(Refusal::Unchanged(_)) => Ok(Ok(())),
                Err(why) => Ok(Err(why)),
            }
        }
        _ => Ok(Ok(())),
    }
}
