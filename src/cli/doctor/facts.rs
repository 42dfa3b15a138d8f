//! What the checks are told: everything that was looked up, and what could not be.

pub(super) use crate::cli::release::Program;
use crate::config::{ConfigError, DeskSettings};
use crate::domain::Time;
use crate::wire::channel::View;
use crate::wire::message::Status;
use std::path::PathBuf;

/// Everything, gathered at one moment.
#[derive(Debug, Default)]
pub struct Facts {
    /// When.
    pub now: Time,
    /// Who looks.
    pub me: Me,
    /// The desk's folder and what lies in it.
    pub desk: DeskFacts,
    /// Who may reach it.
    pub group: Option<GroupFacts>,
    /// Who serves it.
    pub daemon: DaemonFacts,
    /// Files that are read as settings.
    pub files: Vec<FileFact>,
    /// The disk.
    pub disk: DiskFacts,
    /// The machine's clock.
    pub clock: ClockFacts,
    /// The service that runs the daemon of a shared desk; `None` = no systemd here.
    pub service: Option<ServiceFacts>,
    /// The operator's terminal.
    pub terminal: TerminalFacts,
}

/// Who looks.
#[derive(Clone, Debug, Default)]
pub struct Me {
    pub uid: u32,
    pub name: String,
    /// The groups of this login.
    pub groups: Vec<u32>,
}

/// A file or folder, as far as it can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// It is not there.
    #[default]
    Missing,
    /// This account may not see it.
    Hidden,
    /// It is there.
    There(Meta),
}

impl Look {
    /// What is known of it when it is there.
    pub fn meta(&self) -> Option<&Meta> {
        match self {
            Look::There(meta) => Some(meta),
            _ => None,
        }
    }
}

/// What the system says of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    pub uid: u32,
    pub gid: u32,
    /// The rights alone, e.g. `0o750`.
    pub mode: u32,
    pub is_dir: bool,
    pub inode: u64,
}

/// The desk's folder.
#[derive(Debug, Default)]
pub struct DeskFacts {
    pub path: PathBuf,
    /// Whether somebody named it; else it is the private one.
    pub named: bool,
    pub look: Look,
    /// The first folder on the way that this account may not pass, and its mode.
    pub barred: Option<(PathBuf, u32)>,
    /// Name of the account that owns it.
    pub owner: String,
    /// What lies in it.
    pub parts: Vec<Part>,
    /// `desk.toml`; `None` = not readable, or with a mistake.
    pub settings: Option<DeskSettings>,
}

impl DeskFacts {
    /// The account that owns it.
    pub fn owner_uid(&self) -> Option<u32> {
        self.look.meta().map(|meta| meta.uid)
    }
}

/// Who may do what with a part of the desk's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Nobody but its owner may read it.
    Owner,
    /// Others may read, nobody but its owner may write.
    Readable,
}

/// Something in the desk's folder.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name there, e.g. `db`.
    pub name: String,
    pub privacy: Privacy,
    pub look: Look,
}

/// The group of a shared desk.
#[derive(Clone, Debug, Default)]
pub struct GroupFacts {
    pub name: String,
    /// `None` = the system knows no such group.
    pub gid: Option<u32>,
    /// Whether the account that looks is a member by the system's files.
    pub me_member: bool,
    /// Whether the desk's owner is.
    pub owner_member: bool,
}

/// What came of a knock at the socket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// The daemon greeted.
    Serves,
    #[default]
    NotRunning,
    NoRight,
    /// Somebody else than the desk's owner listens there.
    Impostor {
        server: u32,
    },
    /// A daemon of another wire version, with the release it says it is.
    Other {
        theirs: u32,
        release: Option<String>,
    },
    /// It turned us away, or does not greet.
    Trouble(String),
}

/// Who holds the daemon's lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// Nobody, or there is none.
    #[default]
    Free,
    /// This process.
    Held(i32),
    /// It cannot be seen.
    Unseen,
}

/// The daemon.
#[derive(Debug, Default)]
pub struct DaemonFacts {
    pub link: Link,
    pub lock: Lock,
    /// Sockets in the run folder that nobody listens at, by name.
    pub stale: Vec<String>,
    pub status: Option<Box<Status>>,
    pub channels: Option<Vec<View>>,
    /// Channels whose connector lacks secrets: the channel and their names. `None` = the file of
    /// secrets cannot be read.
    pub missing_secrets: Option<Vec<(String, String)>>,
    pub program: Program,
    /// Files it has open, as far as that can be seen, and how many it may have.
    pub open_files: (Option<u64>, Option<u64>),
    /// Bytes of the desk's records, where they were counted.
    pub payload: Option<u64>,
}

/// A file of settings.
#[derive(Clone, Debug)]
pub struct FileFact {
    pub path: PathBuf,
    /// `None` = right, or not there.
    pub mistake: Option<ConfigError>,
    /// This account may not read it.
    pub hidden: bool,
}

/// The disk that the desk lies on.
#[derive(Clone, Debug, Default)]
pub struct DiskFacts {
    /// Bytes free for this account.
    pub free: Option<u64>,
    /// Files that can still be made, of how many.
    pub inodes: Option<(u64, u64)>,
    /// The file system's kind, e.g. `ext4`.
    pub kind: Option<String>,
    /// Bytes of the database.
    pub database: Option<u64>,
}

/// The clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClockFacts {
    /// Whether something keeps it right; `None` = not known.
    pub synchronised: Option<bool>,
    /// The newest moment that a file of the desk, or the daemon, tells of.
    pub newest: Option<Time>,
}

/// What systemd says of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceFacts {
    pub name: String,
    /// `loaded`, `not-found`, ...
    pub load: String,
    /// `active`, `failed`, `inactive`, ...
    pub active: String,
    /// `enabled`, `disabled`, ...
    pub enabled: String,
    /// The exit code of its last run.
    pub exit: Option<i32>,
}

/// The terminal.
#[derive(Clone, Debug, Default)]
pub struct TerminalFacts {
    /// Whether stdout is one.
    pub is_terminal: bool,
    pub term: Option<String>,
    /// The locale's name.
    pub locale: Option<String>,
    /// How many colours are used, as a word of `colours`.
    pub colours: &'static str,
    pub size: (u16, u16),
    /// Columns that a character of ambiguous width takes; `None` = not measured.
    pub ambiguous: Option<u16>,
    pub ssh: bool,
    /// `TZ`, where it is set and no zone is known by it.
    pub unknown_zone: Option<String>,
    /// tmux's settings; `None` = no tmux around it.
    pub tmux: Option<TmuxFacts>,
}

/// tmux's settings; each `None` = it did not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TmuxFacts {
    /// Milliseconds.
    pub escape_time: Option<u64>,
    pub focus_events: Option<bool>,
    pub extended_keys: Option<String>,
    pub set_clipboard: Option<String>,
}
