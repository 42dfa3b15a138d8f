//! Figures of channels: what they are called, how rates are made of them, how they go on.

pub mod compare;
pub mod formula;
pub mod goal;

pub use formula::Formula;
