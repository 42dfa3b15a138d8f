//! How a verb ends: the exit codes, and the one sentence on stderr.

use std::fmt::Display;

/// What the shell is told. The one table of exit codes; `--help` and docs/cli.md are made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything that was asked for is done.
    Done = 0,
    /// The desk refused it, or a part of it; nothing is half done.
    Refused = 1,
    /// The command line, or a value on it, could not be understood.
    Usage = 2,
    /// No desk or no daemon that would answer: none there, none could be started, a foreign
    /// version, an account that may not.
    NoDesk = 3,
    /// A file, a pipe or the terminal could not be read or written.
    File = 4,
}

/// Why a verb did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What the shell is told.
    pub exit: Exit,
    /// One sentence: what failed, where, and what to do next.
    pub sentence: String,
}

impl Failure {
    /// A failure with its sentence.
    pub fn new(exit: Exit, sentence: impl Display) -> Failure {
        Failure { exit, sentence: sentence.to_string() }
    }
}
