//! (header to come)

pub mod desk;
