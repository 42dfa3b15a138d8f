//! What the cockpit looks like: from a Model and a Theme to the cells of one frame.
//!
//! For: bands, panes, overlays, glyphs, themes.
//! May come in: `app` (read only), `domain`, `text`, ratatui's buffer and styles.
//! Never: changes the Model, prints anything that is not `Shown`, reads a clock or a file.

mod alerts;
mod board;
mod calendar;
mod canned;
mod channels;
mod chart;
mod charts;
mod colour;
mod conversation;
mod figures;
mod footer;
mod frame;
mod glyphs;
mod header;
mod import;
mod lint;
mod lists;
mod pen;
mod popup;
mod post;
mod queue;
mod service;
mod slots;
pub mod theme;
mod which_key;
mod writing;

pub use pen::Link;
pub use theme::{Depth, Role, Theme, ThemeSet};

use crate::app::Model;
use crate::domain::{Queue, Time};
use frame::Scene;
use pen::Canvas;
use ratatui::Frame;

/// Draws the whole screen as it is at `now`. The real cursor stands at the caret while something
/// is typed, and is hidden otherwise. Gives what leads somewhere.
pub fn draw(model: &Model, theme: &Theme, now: Time, frame: &mut Frame<'_>) -> Vec<Link> {
    let scene = Scene::new(model, now);
    let (cells, ellipsis) = (frame.buffer_mut(), scene.ellipsis());
    let mut canvas = Canvas { cells, theme, ellipsis, links: Vec::new() };
    header::draw(&scene, &mut canvas);
    header::banner(&scene, &mut canvas);
    header::tabs(&scene, &mut canvas);
    figures::draw(&scene, &mut canvas);
    slots::draw(&scene, &mut canvas);
    for queue in Queue::ALL {
        queue::draw(&scene, &mut canvas, queue);
    }
    conversation::draw(&scene, &mut canvas);
    let composing = writing::draw(&scene, &mut canvas);
    popup::draw(&scene, &mut canvas);
    which_key::draw(&scene, &mut canvas);
    let composing = composing.or(post::caret(&scene));
    let prompting = footer::draw(&scene, &mut canvas);
    let links = std::mem::take(&mut canvas.links);
    if let Some(caret) = prompting.or(composing) {
        frame.set_cursor_position(caret);
    }
    links
}
