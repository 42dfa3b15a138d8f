//! Beginning a post: on which channels, then with which idea.

use super::{Chosen, lines};
use crate::app::act;
use crate::app::action::Action;
use crate::app::layer::Layer;
use crate::app::model::Model;
use crate::app::notices::Tone;
use crate::domain::{ChannelId, Time};
use crate::text::catalogue::calendar as words;

/// What a post begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seed {
    /// Its channels; the time is for the first of them.
    pub channels: Vec<ChannelId>,
    /// The time it is for.
    pub when: Option<Time>,
}

/// The channels there are, some of them ticked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channels {
    /// Each, and whether it is ticked.
    pub all: Vec<(ChannelId, bool)>,
    /// The one with the cursor.
    pub cursor: usize,
    /// What the post begins with.
    pub seed: Seed,
}

/// Asks for the channels of a new post; for a free time its channel is ticked.
pub(super) fn open(model: &mut Model, free: Option<Chosen>, now: Time) {
    let seed = match free {
        Some(free) => Seed { when: free.when.filter(|t| *t > now), channels: vec![free.channel] },
        None => Seed {
            channels: model.posts.plan.channel.clone().into_iter().collect(),
            ..Seed::default()
        },
    };
    pick(model, seed, now);
}

/// Begins a post for a free time and its channel.
pub(super) fn at(model: &mut Model, free: &Chosen, now: Time) {
    let Some(when) = free.when.filter(|t| *t > now) else {
        return act::tell(model, Tone::Warn, words::TIME_PASSED, now);
    };
    let channels = vec![free.channel.clone()];
    lines::ask(model, lines::Asks::Idea(Seed { channels, when: Some(when) }), "", None);
}

fn pick(model: &mut Model, seed: Seed, now: Time) {
    let known = model.welcome.as_ref().map(|w| w.channels.as_slice()).unwrap_or_default();
    let all: Vec<(ChannelId, bool)> =
        known.iter().map(|c| (c.id.clone(), seed.channels.contains(&c.id))).collect();
    match all.len() {
        0 => act::tell(model, Tone::Warn, words::NO_CHANNELS, now),
        1 => {
            let channels = all.into_iter().map(|(id, _)| id).collect();
            lines::ask(model, lines::Asks::Idea(Seed { channels, ..seed }), "", None);
        }
        _ => {
            let cursor = all.iter().position(|(_, on)| *on).unwrap_or(0);
            model.layers.push(Layer::PickChannels(Channels { all, cursor, seed }));
        }
    }
}

/// Ticks a channel, or takes its tick away; `None` = the one with the cursor.
pub(in crate::app) fn tick(model: &mut Model, at: Option<usize>) {
    let Some(Layer::PickChannels(channels)) = model.layers.last_mut() else { return };
    let at = at.unwrap_or(channels.cursor);
    if let Some((_, on)) = channels.all.get_mut(at) {
        *on = !*on;
        channels.cursor = at;
    }
}

/// The keys of the list of channels; true when the key was its own.
pub(super) fn run(model: &mut Model, action: Action, now: Time) -> bool {
    let Some(Layer::PickChannels(channels)) = model.layers.last_mut() else { return false };
    let last = channels.all.len().saturating_sub(1);
    match action {
        Action::Down => channels.cursor = (channels.cursor + 1).min(last),
        Action::Up => channels.cursor = channels.cursor.saturating_sub(1),
        Action::Top => channels.cursor = 0,
        Action::Bottom => channels.cursor = last,
        Action::Tick => tick(model, None),
        Action::Accept => {
            let mut picked: Vec<ChannelId> =
                channels.all.iter().filter(|(_, on)| *on).map(|(id, _)| id.clone()).collect();
            let seed = channels.seed.clone();
            if picked.is_empty() {
                // Who sees one channel alone and presses Enter means that one.
                picked.extend(channels.all.get(channels.cursor).map(|(id, _)| id.clone()));
            }
            // The time is for the channel that it was free on.
            let first = seed.channels.first();
            picked.sort_by_key(|id| Some(id) != first);
            let when = seed.when.filter(|_| picked.first() == first);
            model.layers.pop();
            lines::ask(model, lines::Asks::Idea(Seed { channels: picked, when }), "", None);
        }
        Action::Close => return false,
        _ => act::tell(model, Tone::Warn, words::TICK_HOW, now),
    }
    true
}
