//! What ratatui draws on. It only takes down the caret: [`super::painter::Painter`] looks at the
//! finished frame as a whole, because ratatui's cell-by-cell difference cannot know that a list
//! has scrolled.

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use std::convert::Infallible;

/// A ratatui backend of a given size that writes nothing by itself.
#[derive(Debug)]
pub struct Surface {
    size: Size,
    caret: Option<Position>,
}

impl Surface {
    /// Of this size, without a caret.
    pub fn new(size: Size) -> Surface {
        Surface { size, caret: None }
    }

    /// The next frame has this size.
    pub fn set_size(&mut self, size: Size) {
        self.size = size;
    }

    /// Where the last frame wants the cursor; `None` = nowhere.
    pub fn caret(&self) -> Option<Position> {
        self.caret
    }
}

impl Backend for Surface {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, _: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.caret = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.caret.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.caret = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
