//! Figures of channels: what they are called, how rates are made of them, how they go on.

pub mod board;
pub mod book;
pub mod compare;
pub mod formula;
pub mod goal;
pub mod line;
pub mod page;
pub mod period;

pub use book::{Book, Kind, Known, Layer, Rate, Unit};
pub use formula::Formula;
pub use page::{Grain, Page, Sample};
