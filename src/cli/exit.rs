//! How a verb ends: the exit codes, and the one sentence on stderr.

use crate::client::ask::AskError;
use crate::client::attach::AttachError;
use crate::daemon::BootError;
use crate::domain::Refusal;
use crate::text::catalogue::verbs as say;
use crate::text::{Lang, Msg, Shown};
use std::fmt::Display;
use std::io;

/// What the shell is told. The one table of exit codes; `--help` and docs/cli.md are made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything that was asked for is done.
    Done = 0,
    /// The desk refused it, or a part of it; what was refused is unchanged.
    Refused = 1,
    /// The command line, or a value on it, could not be understood.
    Usage = 2,
    /// No desk or no daemon that would answer: none there, none could be started, a foreign
    /// version, an account that may not.
    NoDesk = 3,
    /// A file, a pipe or the terminal could not be read or written.
    File = 4,
    /// `serve` found another daemon serving the desk.
    Served = crate::wire::place::ALREADY_SERVED as u8,
    /// `serve`: a folder belongs to somebody else, or others may write in it.
    Unsafe = 11,
    /// `serve`: the group of a shared desk cannot be used.
    Group = 12,
    /// `serve`: a folder or file cannot be made, read or written.
    Folder = 13,
    /// `serve`: the disk is full.
    DiskFull = 14,
    /// `serve`: the database cannot be opened.
    Database = 15,
    /// `serve`: a file of the desk says something that cannot be.
    Settings = 16,
    /// `serve`: the system refused something else.
    System = 17,
    /// `serve --detached` on a shared desk, whose service starts the daemon.
    Shared = 18,
}

impl Exit {
    /// Every code with its meaning, in the order of the help.
    pub const TABLE: [(Exit, Msg); 14] = [
        (Exit::Done, say::EXIT_DONE),
        (Exit::Refused, say::EXIT_REFUSED),
        (Exit::Usage, say::EXIT_USAGE),
        (Exit::NoDesk, say::EXIT_NO_DESK),
        (Exit::File, say::EXIT_FILE),
        (Exit::Served, say::EXIT_SERVED),
        (Exit::Unsafe, say::EXIT_UNSAFE),
        (Exit::Group, say::EXIT_GROUP),
        (Exit::Folder, say::EXIT_FOLDER),
        (Exit::DiskFull, say::EXIT_DISK_FULL),
        (Exit::Database, say::EXIT_DATABASE),
        (Exit::Settings, say::EXIT_SETTINGS),
        (Exit::System, say::EXIT_SYSTEM),
        (Exit::Shared, say::EXIT_SHARED),
    ];

    /// The code for a daemon that could not start.
    pub fn from_boot(error: &BootError) -> Exit {
        match error {
            BootError::Served { .. } => Exit::Served,
            BootError::NotOurs { .. } | BootError::OpenToOthers { .. } => Exit::Unsafe,
            BootError::Group { .. } => Exit::Group,
            BootError::Folder { why, .. } if why.kind() == io::ErrorKind::StorageFull => {
                Exit::DiskFull
            }
            BootError::Folder { .. } => Exit::Folder,
            BootError::Store(e) if e.disk_full => Exit::DiskFull,
            BootError::Store(_) => Exit::Database,
            BootError::Settings(_) => Exit::Settings,
            BootError::System(_) => Exit::System,
            BootError::Shared { .. } => Exit::Shared,
        }
    }
}

/// Why a verb did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What the shell is told.
    pub exit: Exit,
    /// One sentence: what failed, where, and what to do next. Empty = the reader of our output
    /// has gone away, and nobody is there to be told.
    pub sentence: Shown,
}

impl Failure {
    /// A failure with its sentence.
    pub fn new(exit: Exit, sentence: impl Display) -> Failure {
        Failure { exit, sentence: Shown::line(&sentence.to_string()) }
    }

    /// What the desk refused.
    pub fn refused(refusal: &Refusal, lang: Lang) -> Failure {
        let exit = match refusal {
            Refusal::BadFilter(_) | Refusal::Views(_) => Exit::Usage,
            _ => Exit::Refused,
        };
        Failure { exit, sentence: refusal.say(lang) }
    }

    /// There is no connection to the desk.
    pub fn unattached(error: &AttachError, lang: Lang) -> Failure {
        Failure::new(Exit::NoDesk, error.say(lang))
    }

    /// A question has no answer, or a refusal.
    pub fn unanswered(error: &AskError, lang: Lang) -> Failure {
        match error {
            AskError::Refused(refusal) => Failure::refused(refusal, lang),
            other => Failure::new(Exit::NoDesk, other.say(lang).unwrap_or_default()),
        }
    }

    /// stdout could not be written. A reader that has seen enough (`| head`) is no failure.
    pub fn unwritten(error: &io::Error, lang: Lang) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure { exit: Exit::Done, sentence: Shown::default() },
            _ => Failure::new(Exit::File, say::NO_OUTPUT.fill(lang, &[("why", error)])),
        }
    }
}
