//! The targets of `tests/fuzz/targets`, for libFuzzer.

#[path = "../../tests/fuzz/targets/mod.rs"]
pub mod targets;
