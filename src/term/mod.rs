//! The terminal: its modes, the bytes that come from it and the bytes that go to it.
//!
//! For: raw mode with a certain way back, keys and pastes from stdin, one write for a frame.
//! May come in: `app::key`'s types, crossterm for modes and size, ratatui's backend.
//! Never: knows what a key means or what a frame shows; leaves a mode switched on behind it.

mod guard;
mod input;
mod measure;
mod pace;
mod painter;
mod reader;
mod screen;
mod sequence;
mod surface;
mod traits;

pub use guard::{Guard, Unbuffered};
pub use input::{Answer, Input, Parser};
pub use measure::ambiguous_width;
pub use pace::Pace;
pub use painter::{Link, Painter};
pub use reader::Reader;
pub use screen::{Notices, Screen};
pub use traits::{Traits, links_here};

/// The terminal's columns and rows; 80x24 where it does not say.
pub fn size() -> (u16, u16) {
    let size = screen::size();
    (size.width, size.height)
}
