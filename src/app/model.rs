//! Everything the cockpit shows and remembers.

use super::{Effect, Msg, Settings};
use crate::domain::Time;

/// The state of one cockpit. [`update`] changes it, `view` reads it.
#[derive(Clone, Debug)]
pub struct Model {
    settings: Settings,
    dirty: bool,
}

impl Model {
    /// A cockpit before its first frame.
    pub fn new(settings: Settings) -> Model {
        Model { settings, dirty: true }
    }

    /// The theme to draw with now (the one being tried out in the picker, else the chosen one).
    pub fn theme(&self) -> &str {
        &self.settings.theme
    }

    /// When the picture changes by itself next (a countdown's minute, the end of a toast, a chord
    /// that times out); `None` = never. Send [`Msg::Tick`] then.
    pub fn next_tick(&self, _now: Time) -> Option<Time> {
        None
    }

    /// Whether the picture changed since this was last asked.
    pub fn dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }
}

/// Takes in what happened at `now`; answers with what is to be done, in order.
pub fn update(model: &mut Model, _msg: Msg, _now: Time) -> Vec<Effect> {
    model.dirty = true;
    Vec::new()
}
