//! What the cockpit looks like: from a Model and a Theme to the cells of one frame.
//!
//! For: bands, panes, overlays, glyphs, themes.
//! May come in: `app` (read only), `domain`, `text`, ratatui's buffer and styles.
//! Never: changes the Model, prints anything that is not `Shown`, reads a clock or a file.

pub mod theme;

pub use theme::{Depth, Theme, ThemeSet};

use crate::app::Model;
use crate::domain::Time;
use ratatui::Frame;

/// Draws the whole screen as it is at `now`.
pub fn draw(_model: &Model, _theme: &Theme, _now: Time, _frame: &mut Frame<'_>) {}
