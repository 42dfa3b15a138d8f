//! The connector as a whole: a desk on one side, the platform on the other, both played here.

mod callbacks;
mod commands;
mod played;
