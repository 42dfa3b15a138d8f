//! What operators do with alerts: each action on its own alerts, journaled, and taken back when nobody
//! has said something else since.

use super::group::Group;
use super::job::{Caller, JobResult};
use super::records::{Kind, OwnAction};
use super::undo;
use super::watch;
use crate::domain::alert::act::{AlertAct, AlertChange, AlertVerb, MOST_TASK, Refused, Said};
use crate::domain::alert::{Alert, AlertId, Stage};
use crate::domain::journal::{Entry, What};
use crate::domain::{Command, Name, Refusal};
use crate::store::{StoreError, keys, records};

/// The most alerts of one action: what it changed stands in one journal entry.
const MOST: usize = 100;

/// Carries an action out.
///
/// # Errors
/// When the store cannot be read.
pub fn carry_out(
    group: &mut Group<'_>,
    by: &Caller,
    act: &AlertAct,
) -> Result<JobResult, StoreError> {
    let mut ids = act.ids().to_vec();
    ids.sort_unstable();
    ids.dedup();
    let refused = |why| Ok(JobResult::Refused(why));
    if ids.len() > MOST {
        return refused(Refusal::TooMany { asked: ids.len(), limit: MOST.min(Command::MOST) });
    }
    let task = match act {
        AlertAct::Snooze { until, .. } if *until <= group.now => {
            return refused(Refusal::NotInFuture(*until));
        }
        AlertAct::Task { task: Some(task), .. } => match task.trim() {
            "" => return refused(Refusal::Alert(Refused::NoTask)),
            task if task.len() > MOST_TASK => {
                return refused(Refusal::Alert(Refused::LongTask(MOST_TASK)));
            }
            task => Some(task.to_owned()),
        },
        _ => None,
    };
    let (name, at) = (by.operator.clone(), group.now);
    let mut on = Vec::new();
    for id in &ids {
        let Some(alert) = read(group, *id)? else {
            return refused(Refusal::Alert(Refused::NoSuchAlert(*id)));
        };
        let from = said(&alert);
        let stage = |stage| Said { stage, ..from.clone() };
        let to = match act {
            AlertAct::Acknowledge { .. } => match from.stage {
                Stage::Acknowledged { .. } => from.clone(),
                _ => stage(Stage::Acknowledged { by: name.clone(), at }),
            },
            AlertAct::Snooze { until, .. } => {
                stage(Stage::Snoozed { by: name.clone(), until: *until })
            }
            AlertAct::Reopen { .. } => stage(Stage::Raised),
            AlertAct::Task { .. } => Said { task: task.clone(), ..from.clone() },
        };
        if from != to {
            on.push(AlertChange { id: *id, from, to });
        }
    }
    match (on.is_empty(), ids.first()) {
        (true, Some(first)) => refused(Refusal::Alert(Refused::Unchanged(*first))),
        (true, None) => refused(Refusal::Alert(Refused::NoSuchAlert(AlertId(0)))),
        (false, _) => finish(group, by, (act.verb(), Kind::Did), None, on),
    }
}

fn read(group: &Group<'_>, id: AlertId) -> Result<Option<Alert>, StoreError> {
    records::get(&group.over, &keys::alert(id))
}

fn said(alert: &Alert) -> Said {
    Said { stage: alert.stage.clone(), task: alert.task.clone() }
}

/// Takes an action back, or does it again, unless somebody has said something else since.
///
/// # Errors
/// When the store cannot be read.
pub fn turn_round(
    group: &mut Group<'_>,
    by: &Caller,
    first: u64,
    action: &OwnAction,
    verb: AlertVerb,
    kind: Kind,
) -> Result<JobResult, StoreError> {
    let entry: Option<Entry> = records::get(&group.over, &keys::journal(first))?;
    let did = match entry {
        Some(Entry { what: What::Alert { on, .. }, .. }) if !on.is_empty() => on,
        _ => return Ok(JobResult::Refused(Refusal::NothingToUndo)),
    };
    let on: Vec<AlertChange> = did.into_iter().map(AlertChange::turned).collect();
    for change in &on {
        if read(group, change.id)?.is_some_and(|alert| said(&alert) == change.from) {
            continue;
        }
        if kind == Kind::Undid {
            // The undo stack goes on below it.
            finish(group, by, (verb, Kind::Passed), Some(action), Vec::new())?;
        }
        return Ok(JobResult::Refused(Refusal::Alert(Refused::ChangedSince(change.id))));
    }
    finish(group, by, (verb, kind), Some(action), on)
}

/// Writes changes, their journal entry and the operator's own action.
fn finish(
    group: &mut Group<'_>,
    by: &Caller,
    (verb, kind): (AlertVerb, Kind),
    of: Option<&OwnAction>,
    on: Vec<AlertChange>,
) -> Result<JobResult, StoreError> {
    for change in &on {
        if let Some(alert) = read(group, change.id)? {
            let Said { stage, task } = change.to.clone();
            watch::put(group, Alert { stage, task, ..alert })?;
        }
    }
    let made = on.first().map(|change| change.id.0);
    undo::file(group, by, (Name::Alert(verb), kind), of, made, |group, undoes| What::Alert {
        verb,
        group,
        undoes,
        on,
    })
}
