//! Figures of channels: what they are called, how rates are made of them, how they go on.

pub mod compare;
pub mod formula;
pub mod goal;
pub mod page;

pub use formula::Formula;
pub use page::{Grain, Page, Sample};
