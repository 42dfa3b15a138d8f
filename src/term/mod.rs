//! The terminal: its modes, the bytes that come from it and the bytes that go to it.
//!
//! For: raw mode with a certain way back, keys and pastes from stdin, one write for a frame.
//! May come in: `app::key`'s types, crossterm for modes and size, ratatui's backend.
//! Never: knows what a key means or what a frame shows; leaves a mode switched on behind it.

mod backend;
mod guard;
mod input;
mod reader;
mod screen;
mod sequence;

pub use guard::Guard;
pub use input::{Input, Parser};
pub use reader::Reader;
pub use screen::Screen;

/// The terminal's columns and rows; 80x24 where it does not say.
pub fn size() -> (u16, u16) {
    let size = screen::size();
    (size.width, size.height)
}
