//! Play mode: the next most urgent conversation that nobody is on, claimed and opened; and again
//! after each that is done.

use super::Effect;
use super::act::{self, tell};
use super::model::{Asked, Focus, Link, Model};
use super::notices::Tone;
use crate::app::update::focus;
use crate::domain::{Command, ConversationId, Queue, Time};
use crate::text::catalogue::cockpit as say;
use crate::wire::message::{Ask, Row};
use std::collections::BTreeSet;

/// How many of each queue are looked at for one that nobody is on.
const CANDIDATES: u32 = 50;

/// Where play mode is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Play {
    /// The one at hand, claimed.
    pub current: Option<ConversationId>,
    /// Left to others.
    skipped: BTreeSet<ConversationId>,
    /// Most urgent last, so that the next one is popped.
    candidates: Vec<Row>,
    /// Lists that are still on their way.
    missing: u8,
}

/// Begins or ends play mode.
pub(super) fn toggle(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    if model.play.is_some() {
        leave(model, effects);
        let home = model.home;
        focus(model, Focus::Queue(home));
        return tell(model, Tone::Info, say::PLAY_ENDED, now);
    }
    if model.link != Link::Up {
        return tell(model, Tone::Bad, say::NO_LINK_NOTHING_DONE, now);
    }
    model.play = Some(Play::default());
    seek(model, effects);
}

/// Ends play mode; the claim on the one at hand is given back.
pub(super) fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(id) = model.play.take().and_then(|p| p.current) {
        give_back(model, id, effects);
    }
}

/// Leaves the one at hand to others and goes on.
pub(super) fn skip(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(play) = &mut model.play else { return };
    let current = play.current.take();
    play.skipped.extend(current);
    if let Some(id) = current {
        give_back(model, id, effects);
    }
    tell(model, Tone::Info, say::PLAY_SKIPPED, now);
    seek(model, effects);
}

fn give_back(model: &mut Model, id: ConversationId, effects: &mut Vec<Effect>) {
    if model.link == Link::Up {
        let command = Command::Release { ids: vec![id] };
        model.ask(Ask::Do(command), Asked::Quietly, effects);
    }
}

/// Whether the one at hand is among these.
pub(super) fn is_on(model: &Model, ids: &[ConversationId]) -> bool {
    model.play.as_ref().and_then(|p| p.current).is_some_and(|id| ids.contains(&id))
}

/// The one at hand was dealt with.
pub(super) fn done(model: &mut Model, ids: &[ConversationId], effects: &mut Vec<Effect>) {
    if is_on(model, ids) {
        if let Some(play) = &mut model.play {
            play.current = None;
        }
        seek(model, effects);
    }
}

/// Asks for the most urgent ones of both queues.
fn seek(model: &mut Model, effects: &mut Vec<Effect>) {
    for queue in Queue::ALL {
        let filter = model.list(queue).filter().to_owned();
        let ask = Ask::List { queue: Some(queue), filter, after: None, limit: CANDIDATES };
        model.ask(ask, Asked::PlayList, effects);
    }
    if let Some(play) = &mut model.play {
        play.missing = 2;
        play.candidates.clear();
    }
}

/// One of the lists came.
pub(super) fn listed(model: &mut Model, rows: Vec<Row>, now: Time, effects: &mut Vec<Effect>) {
    let Some(play) = &mut model.play else { return };
    play.candidates.extend(rows);
    play.missing = play.missing.saturating_sub(1);
    if play.missing > 0 {
        return;
    }
    // By urgency across the queues: the queue itself comes last.
    play.candidates.sort_by_key(|r| {
        let k = r.key;
        std::cmp::Reverse((k.state, k.due_minute, k.lightness, k.received, k.id))
    });
    claim_next(model, now, effects);
}

/// Claims the most urgent candidate that nobody is on.
pub(super) fn claim_next(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let me = model.me().cloned();
    loop {
        let Some(play) = &mut model.play else { return };
        let Some(row) = play.candidates.pop() else {
            model.play = None;
            let home = model.home;
            focus(model, Focus::Queue(home));
            return tell(model, Tone::Info, say::PLAY_NOTHING_LEFT, now);
        };
        let c = row.conversation;
        let skipped = play.skipped.contains(&c.id);
        let claimed = c.claim.as_ref().is_some_and(|claim| Some(&claim.operator) != me.as_ref());
        let others = c.assignee.as_ref().is_some_and(|a| Some(a) != me.as_ref());
        let answered = model.others_on(c.id).iter().any(|(_, replying)| *replying);
        if skipped || claimed || others || answered {
            continue;
        }
        let command = Command::Claim { ids: vec![c.id], over: false };
        model.home = c.queue;
        model.ask(Ask::Do(command), Asked::PlayClaim(c.id), effects);
        return;
    }
}

/// The claim was granted.
pub(super) fn claimed(model: &mut Model, id: ConversationId, now: Time) {
    if let Some(play) = &mut model.play {
        play.current = Some(id);
        let home = model.home;
        model.list_mut(home).select(id, now);
        act::open(model, id);
    }
}
