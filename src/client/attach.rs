//! Finding the daemon of a desk, starting it when the desk is private, and shaking hands.

use crate::domain::{OperatorName, SessionId};
use crate::text::catalogue::{cockpit, desk as say};
use crate::text::{Lang, Shown};
use crate::wire::VERSION;
use crate::wire::frame::{self, FrameError, Frames};
use crate::wire::message::{ClientKind, ToClient, ToDaemon, Turned, Welcome};
use crate::wire::place;
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a daemon may take to greet; a desk that opens after a large load needs seconds.
const GREETING: Duration = Duration::from_secs(20);
/// How long to wait before knocking again at a daemon that comes or goes.
const AGAIN: Duration = Duration::from_millis(10);

/// Who comes to the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// What the client is.
    pub kind: ClientKind,
    /// `--as NAME`; heard only by a private desk with declared identity.
    pub declared: Option<OperatorName>,
    /// The session to go on with after a dropped link.
    pub resume: Option<SessionId>,
}

/// Whether a private desk's daemon is started when none runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Launch {
    /// With this program: `PROGRAM serve --desk DIR --detached`.
    With(PathBuf),
    /// Never; `status` and `stop` only look.
    Never,
}

impl Launch {
    /// With the program that runs now.
    pub fn own() -> Launch {
        // Through /proc, so that it is the same program even when its file was replaced since.
        Launch::With(PathBuf::from("/proc/self/exe"))
    }
}

/// A connection that has been greeted.
#[derive(Debug)]
pub struct Attached {
    /// The stream, blocking.
    pub stream: UnixStream,
    /// What has come in on it so far.
    pub frames: Frames,
    /// The greeting.
    pub welcome: Welcome,
}

/// Why there is no connection.
#[derive(Debug)]
pub enum AttachError {
    /// No daemon serves this desk, and this client may not or shall not start one.
    NotRunning(PathBuf),
    /// The account may not reach the socket.
    NoRight(PathBuf),
    /// What answers at the socket does not run under the account that owns the desk.
    Impostor {
        /// The desk.
        desk: PathBuf,
        /// The account of the process at the socket.
        server: u32,
        /// The account that owns the folder.
        owner: u32,
    },
    /// The desk belongs to somebody else and lies where anybody could have put it.
    Planted {
        /// The desk.
        desk: PathBuf,
        /// The folder above it in which others may write.
        folder: PathBuf,
        /// The account that owns the desk.
        owner: u32,
    },
    /// A daemon of another version serves the desk.
    OtherVersion {
        /// The desk.
        desk: PathBuf,
        /// Its version of the wire contract.
        theirs: u32,
    },
    /// The daemon turned us away.
    Turned(Turned),
    /// The daemon could not start; its own sentence.
    Start(String),
    /// It was started, or is there, but does not greet.
    Silent(PathBuf),
    /// The connection failed.
    Link(FrameError),
}

impl AttachError {
    /// The sentence for the operator.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            AttachError::NotRunning(desk) => {
                say::NOT_RUNNING.fill(lang, &[("desk", &desk.display())])
            }
            AttachError::NoRight(desk) => say::NO_RIGHT.fill(lang, &[("desk", &desk.display())]),
            AttachError::Impostor { desk, server, owner } => say::IMPOSTOR
                .fill(lang, &[("desk", &desk.display()), ("server", server), ("owner", owner)]),
            AttachError::OtherVersion { desk, theirs } => {
                let msg = if *theirs < VERSION { say::OLDER_SERVES } else { say::NEWER_SERVES };
                let desk = desk.display();
                msg.fill(lang, &[("desk", &desk), ("theirs", theirs), ("ours", &VERSION)])
            }
            AttachError::Planted { desk, folder, owner } => say::PLANTED.fill(
                lang,
                &[("desk", &desk.display()), ("folder", &folder.display()), ("owner", owner)],
            ),
            AttachError::Turned(Turned::NotAllowed(why)) => {
                say::NOT_ALLOWED.fill(lang, &[("why", why)])
            }
            AttachError::Turned(Turned::NoRole(who)) => {
                cockpit::TURNED_NOT_ALLOWED.fill(lang, &[("who", who)])
            }
            AttachError::Turned(Turned::Full) => say::FULL.say(lang),
            AttachError::Turned(Turned::Ending | Turned::Version(_)) => say::ENDING.say(lang),
            AttachError::Start(why) => say::NO_START.fill(lang, &[("why", why)]),
            AttachError::Silent(desk) => say::SILENT.fill(lang, &[("desk", &desk.display())]),
            AttachError::Link(e) => say::LINK.fill(lang, &[("why", e)]),
        }
    }
}

/// Connects to a desk and shakes hands.
///
/// # Errors
/// See [`AttachError`].
pub fn attach(desk: &Path, caller: &Caller, launch: &Launch) -> Result<Attached, AttachError> {
    let patience = Instant::now() + GREETING;
    loop {
        let failed = match knock(desk).and_then(|stream| greet(stream, caller)) {
            Ok(attached) => return Ok(attached),
            Err(e) => e,
        };
        let out_of_time = Instant::now() >= patience;
        match failed {
            // It is on its way out; the next one may come up.
            AttachError::Turned(Turned::Ending) if !out_of_time => std::thread::sleep(AGAIN),
            AttachError::Link(e) if e.is_gone() && !out_of_time => std::thread::sleep(AGAIN),
            AttachError::Link(e) if e.is_gone() => {
                return Err(AttachError::Silent(desk.to_owned()));
            }
            AttachError::Turned(Turned::Version(theirs)) => {
                return Err(AttachError::OtherVersion { desk: desk.to_owned(), theirs });
            }
            AttachError::NotRunning(_) if !out_of_time => match launch {
                Launch::With(program) if may_start(desk) => start(desk, program)?,
                _ => return Err(failed),
            },
            _ => return Err(failed),
        }
    }
}

/// Makes sure that a daemon serves the desk: starts it when the desk is private and none does.
///
/// # Errors
/// See [`AttachError`].
pub fn ensure_daemon(desk: &Path, launch: &Launch) -> Result<(), AttachError> {
    match knock(desk) {
        Ok(_) => Ok(()),
        Err(AttachError::NotRunning(at)) => match launch {
            Launch::With(program) if may_start(desk) => start(desk, program),
            _ => Err(AttachError::NotRunning(at)),
        },
        Err(e) => Err(e),
    }
}

/// True when this account may start the desk's daemon by itself: the desk is its own, or is not
/// there yet. Whether it is a shared one, which only its service starts, the daemon itself sees.
fn may_start(desk: &Path) -> bool {
    match std::fs::metadata(desk) {
        Ok(meta) => meta.uid() == nix::unistd::geteuid().as_raw(),
        Err(e) => e.kind() == io::ErrorKind::NotFound,
    }
}

/// Connects to the socket, and makes sure that it is the desk's owner who listens there.
fn knock(desk: &Path) -> Result<UnixStream, AttachError> {
    knock_at(desk, VERSION)
}

/// The same at the socket of whatever version.
pub(super) fn knock_at(desk: &Path, version: u32) -> Result<UnixStream, AttachError> {
    let not_running = || AttachError::NotRunning(desk.to_owned());
    let no_right = || AttachError::NoRight(desk.to_owned());
    let owner = match std::fs::metadata(desk) {
        Ok(meta) => meta.uid(),
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => return Err(no_right()),
        Err(_) => return Err(not_running()),
    };
    if let Some(folder) = planted(desk, owner) {
        return Err(AttachError::Planted { desk: desk.to_owned(), folder, owner });
    }
    let stream = place::Reach::new(&place::run_folder(desk), &place::socket_name_of(version))
        .and_then(|reach| UnixStream::connect(reach.path()));
    let stream = match stream {
        Ok(stream) => stream,
        Err(e) => {
            return Err(match e.kind() {
                io::ErrorKind::PermissionDenied => no_right(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => match foreign(desk) {
                    Some(theirs) => AttachError::OtherVersion { desk: desk.to_owned(), theirs },
                    None => not_running(),
                },
                _ => AttachError::Link(e.into()),
            });
        }
    };
    let server = getsockopt(&stream, PeerCredentials)
        .map_err(|e| AttachError::Link(io::Error::from(e).into()))?
        .uid();
    if server != owner {
        return Err(AttachError::Impostor { desk: desk.to_owned(), server, owner });
    }
    Ok(stream)
}

/// The first folder above somebody else's desk in which anybody could have put it: it belongs to none of
/// root, the desk's owner and us, or others may write in it (in one as `/tmp` is, only what root or we
/// made there is safe). Nobody can make a folder that is ours, and root need not.
fn planted(desk: &Path, owner: u32) -> Option<PathBuf> {
    const STICKY: u32 = 0o1000;
    let me = nix::unistd::geteuid().as_raw();
    if owner == me || owner == 0 {
        return None;
    }
    // Where it really lies, and where it is named: a link is as good as the folder it stands in.
    let named = std::path::absolute(desk).ok()?;
    let real = std::fs::canonicalize(desk).ok()?;
    let ways = [real.as_path(), named.as_path()];
    let steps = ways.into_iter().flat_map(|way| way.ancestors().zip(way.ancestors().skip(1)));
    let is_open = |(child, folder): &(&Path, &Path)| {
        // Where we may not look, the desk is reached all the same: others cannot look there either.
        let Ok(meta) = std::fs::metadata(folder) else { return false };
        let made_by = std::fs::symlink_metadata(child).map_or(owner, |meta| meta.uid());
        let is_kept = meta.mode() & STICKY != 0 && [0, me].contains(&made_by);
        (meta.mode() & 0o022 != 0 && !is_kept) || ![0, me, owner].contains(&meta.uid())
    };
    steps.into_iter().find(is_open).map(|(_, folder)| folder.to_owned())
}

/// The version of a daemon that serves the desk but not at our socket.
pub(super) fn foreign(desk: &Path) -> Option<u32> {
    let sockets = place::sockets(desk).ok()?;
    let served = |(version, path): (u32, PathBuf)| {
        let reach =
            place::Reach::new(&place::run_folder(desk), path.file_name()?.to_str()?).ok()?;
        UnixStream::connect(reach.path()).is_ok().then_some(version)
    };
    sockets.into_iter().filter(|(version, _)| *version != VERSION).find_map(served)
}

/// Where we are used from: the address that an SSH session came from, else this machine's name.
fn host() -> String {
    let ssh = |name: &str| {
        let said = std::env::var(name).ok()?;
        said.split_whitespace().next().map(str::to_owned)
    };
    let own = || nix::unistd::gethostname().ok()?.into_string().ok();
    ssh("SSH_CONNECTION").or_else(|| ssh("SSH_CLIENT")).or_else(own).unwrap_or_default()
}

/// Says hello and waits for the greeting.
fn greet(mut stream: UnixStream, caller: &Caller) -> Result<Attached, AttachError> {
    let hello = ToDaemon::Hello {
        version: VERSION,
        kind: caller.kind,
        declared: caller.declared.clone(),
        resume: caller.resume,
        host: host(),
    };
    let mut frames = Frames::new();
    let link = |e: io::Error| AttachError::Link(e.into());
    stream.set_read_timeout(Some(GREETING)).map_err(link)?;
    frame::write(&mut stream, &hello).map_err(AttachError::Link)?;
    match frames.read(&mut stream).map_err(AttachError::Link)? {
        ToClient::Welcome(welcome) => {
            stream.set_read_timeout(None).map_err(link)?;
            Ok(Attached { stream, frames, welcome })
        }
        ToClient::Refused(turned) => Err(AttachError::Turned(turned)),
        ToClient::Answer { .. } | ToClient::Push(_) => {
            Err(AttachError::Link(FrameError::Malformed {
                what: "greeting",
                len: 0,
                why: "something else came first".into(),
            }))
        }
    }
}

/// Starts the daemon and waits until it serves, or says why it does not.
fn start(desk: &Path, program: &Path) -> Result<(), AttachError> {
    let cannot = |e: io::Error| AttachError::Start(e.to_string());
    // The daemon leaves this working directory, so the path must stand without it.
    let desk = std::path::absolute(desk).map_err(cannot)?;
    let mut daemon = Command::new(program)
        .arg("serve")
        .arg("--desk")
        .arg(&desk)
        .arg("--detached")
        // Two heaps instead of one for each of the engine's threads, which take more memory the larger the
        // desk; with one alone the writer waits for twenty sessions: an action takes twice as long under
        // load (`benches/load.rs`). The second is for the feature `jemalloc`.
        .env("MALLOC_ARENA_MAX", "2")
        .env("_RJEM_MALLOC_CONF", "narenas:2")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    // It closes both once it serves; `ready` is all that it says on stdout.
    let mut said = String::new();
    if let Some(out) = daemon.stdout.take() {
        out.take(64).read_to_string(&mut said).map_err(cannot)?;
    }
    if said.trim() == place::READY {
        // So that it leaves no zombie when it ends before us.
        std::thread::Builder::new()
            .stack_size(64 << 10)
            .spawn(move || daemon.wait())
            .map_err(cannot)?;
        return Ok(());
    }
    let mut why = String::new();
    if let Some(err) = daemon.stderr.take() {
        err.take(4096).read_to_string(&mut why).map_err(cannot)?;
    }
    let ended = daemon.wait().map_err(cannot)?;
    if ended.code() == Some(place::ALREADY_SERVED) {
        // Somebody else was faster; it may not listen yet.
        std::thread::sleep(AGAIN);
        return Ok(());
    }
    // A sentence within ours; the program's name in front of it says nothing here.
    let why = why.trim().trim_start_matches("dutydesk: ");
    Err(AttachError::Start(if why.is_empty() { ended.to_string() } else { why.to_owned() }))
}
