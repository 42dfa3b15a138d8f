//! The alerts of the desk: what they say, and the layer that lists them.

pub mod said;
