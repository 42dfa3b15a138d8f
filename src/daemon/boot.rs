//! Getting hold of a desk's folder: who owns it, who may write in it, who serves it already.

use crate::config::ConfigError;
use crate::store::StoreError;
use crate::text::catalogue::desk as say;
use crate::text::{Lang, Shown};
use crate::wire::place;
use nix::fcntl::{Flock, FlockArg};
use nix::unistd::{Gid, Group, Uid, chown, geteuid};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// Why a daemon does not serve.
#[derive(Debug)]
pub enum BootError {
    /// Another one serves this desk; its pid, when it could be read.
    Served {
        /// The desk.
        desk: PathBuf,
        /// The pid in the lock file.
        pid: String,
    },
    /// A shared desk's daemon is started by its service, not by the first client.
    Shared {
        /// The desk.
        desk: PathBuf,
    },
    /// A folder belongs to another account.
    NotOurs {
        /// Which.
        folder: PathBuf,
        /// Its account.
        owner: u32,
    },
    /// Others could write in the folder, and so put something in the database's place.
    OpenToOthers {
        /// The folder.
        folder: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The group in `desk.toml` cannot be used.
    Group {
        /// Its name.
        name: String,
        /// What failed.
        why: String,
    },
    /// A file or folder could not be made, read or written.
    Folder {
        /// Which.
        path: PathBuf,
        /// What failed.
        why: io::Error,
    },
    /// A file of the desk says something that cannot be.
    Settings(ConfigError),
    /// The store could not be opened.
    Store(StoreError),
    /// Something of the system failed.
    System(io::Error),
}

impl BootError {
    /// The sentence on stderr.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            BootError::Served { desk, pid } => {
                say::SERVED.fill(lang, &[("desk", &desk.display()), ("pid", pid)])
            }
            BootError::Shared { desk } => say::SHARED.fill(lang, &[("desk", &desk.display())]),
            BootError::NotOurs { folder, owner } => {
                say::NOT_OURS.fill(lang, &[("folder", &folder.display()), ("owner", owner)])
            }
            BootError::OpenToOthers { folder, mode } => {
                let mode = format!("{mode:04o}");
                say::OPEN_TO_OTHERS.fill(lang, &[("folder", &folder.display()), ("mode", &mode)])
            }
            BootError::Group { name, why } => {
                say::BAD_GROUP.fill(lang, &[("group", name), ("why", why)])
            }
            BootError::Folder { path, why } => {
                let msg = match why.kind() {
                    io::ErrorKind::StorageFull => say::FOLDER_FULL,
                    io::ErrorKind::ReadOnlyFilesystem => say::FOLDER_READ_ONLY,
                    io::ErrorKind::PermissionDenied => say::FOLDER_NO_RIGHT,
                    _ => say::FOLDER_FAILED,
                };
                msg.fill(lang, &[("path", &path.display()), ("why", why)])
            }
            BootError::Settings(e) => e.say(lang),
            BootError::Store(e) if e.disk_full => say::STORE_FULL.fill(lang, &[("what", e)]),
            BootError::Store(e) => say::STORE_FAILED.fill(lang, &[("what", e)]),
            BootError::System(why) => say::SYSTEM_FAILED.fill(lang, &[("why", why)]),
        }
    }
}

/// Names the path an I/O error belongs to.
fn on(path: &Path) -> impl FnOnce(io::Error) -> BootError + '_ {
    move |why| BootError::Folder { path: path.to_owned(), why }
}

/// A desk's folder that is ours to serve, as long as this value lives.
#[derive(Debug)]
pub struct Held {
    /// The desk.
    pub desk: PathBuf,
    /// The account that owns it, and runs us.
    pub owner: u32,
    /// True when it holds no database yet.
    pub new: bool,
    lock: Flock<File>,
}

/// The desk's folder as an absolute path, made where it is missing.
///
/// # Errors
/// When it cannot be made.
pub fn find(desk: &Path) -> Result<PathBuf, BootError> {
    let desk = std::path::absolute(desk).map_err(on(desk))?;
    make_folder(&desk, true)?;
    check_folder(&desk)?;
    Ok(desk)
}

/// Makes the folder where it is missing, checks who may write in it, and takes its lock.
///
/// `group` is the group that a shared desk is open to; `None` = private.
///
/// # Errors
/// See [`BootError`].
pub fn hold(desk: &Path, group: Option<&str>) -> Result<Held, BootError> {
    let desk = find(desk)?;
    let gid = group.map(find_group).transpose()?;
    let run = place::run_folder(&desk);
    make_folder(&run, false)?;
    check_folder(&run)?;
    let db = desk.join("db");
    let new = !db.exists();
    make_folder(&db, false)?;
    check_folder(&db)?;
    set_mode(&db, 0o700)?;
    match gid.zip(group) {
        // The group may walk through to the socket, and nobody else may.
        Some((gid, name)) => {
            for folder in [&desk, &run] {
                give_to(folder, gid, name)?;
                set_mode(folder, 0o750)?;
            }
        }
        None => set_mode(&run, 0o700)?,
    }
    close_secrets(&desk)?;
    let lock = take_lock(&desk)?;
    Ok(Held { desk, owner: geteuid().as_raw(), new, lock })
}

/// Passwords that somebody wrote by hand, or copied, are as closed as those that the desk wrote: the
/// group walks through the desk's folder.
fn close_secrets(desk: &Path) -> Result<(), BootError> {
    let file = desk.join("secrets.toml");
    match fs::symlink_metadata(&file) {
        Ok(meta) if meta.is_file() && meta.mode() & 0o077 != 0 => set_mode(&file, 0o600),
        _ => Ok(()),
    }
}

/// Looks a group up.
fn find_group(name: &str) -> Result<Gid, BootError> {
    let bad = |why: String| BootError::Group { name: name.to_owned(), why };
    match Group::from_name(name) {
        Ok(Some(group)) => Ok(group.gid),
        Ok(None) => Err(bad("there is no such group".to_owned())),
        Err(e) => Err(bad(e.desc().to_owned())),
    }
}

/// Makes a folder for its owner alone, unless it is there.
fn make_folder(folder: &Path, parents: bool) -> Result<(), BootError> {
    match fs::DirBuilder::new().mode(0o700).recursive(parents).create(folder) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map_err(on(folder)),
    }
}

/// Refuses a folder in which anybody else could replace what we rely on.
fn check_folder(folder: &Path) -> Result<(), BootError> {
    let meta = fs::symlink_metadata(folder).map_err(on(folder))?;
    // The desk itself may be reached through a link; what lies in it may not.
    let meta = if meta.is_symlink() { fs::metadata(folder).map_err(on(folder))? } else { meta };
    if !meta.is_dir() {
        return Err(BootError::Folder {
            path: folder.to_owned(),
            why: io::Error::from(io::ErrorKind::NotADirectory),
        });
    }
    if Uid::from_raw(meta.uid()) != geteuid() {
        return Err(BootError::NotOurs { folder: folder.to_owned(), owner: meta.uid() });
    }
    if meta.mode() & 0o022 != 0 {
        return Err(BootError::OpenToOthers {
            folder: folder.to_owned(),
            mode: meta.mode() & 0o7777,
        });
    }
    Ok(())
}

/// Makes a group the owner group of a file.
fn give_to(path: &Path, gid: Gid, name: &str) -> Result<(), BootError> {
    chown(path, None, Some(gid))
        .map_err(|e| BootError::Group { name: name.to_owned(), why: e.desc().to_owned() })
}

fn set_mode(path: &Path, mode: u32) -> Result<(), BootError> {
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(on(path))
}

/// Takes the lock that says who serves the desk. A pid that a dead daemon left in it means
/// nothing: the lock died with it.
fn take_lock(desk: &Path) -> Result<Flock<File>, BootError> {
    let path = place::lock(desk);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(nix::fcntl::OFlag::O_NOFOLLOW.bits())
        .open(&path)
        .map_err(on(&path))?;
    let mut lock = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(lock) => lock,
        Err((mut file, nix::errno::Errno::EWOULDBLOCK)) => {
            let mut pid = String::new();
            // The pid is for the sentence alone; without it the sentence says less.
            let _ = Read::by_ref(&mut file).take(20).read_to_string(&mut pid);
            let pid = pid.trim().to_owned();
            return Err(BootError::Served { desk: desk.to_owned(), pid });
        }
        Err((_, e)) => return Err(on(&path)(e.into())),
    };
    lock.set_len(0).map_err(on(&path))?;
    writeln!(lock, "{}", std::process::id()).map_err(on(&path))?;
    Ok(lock)
}

impl Held {
    /// Listens at the desk's socket. What an earlier daemon left there is removed: the lock is
    /// ours, so nobody listens at it.
    ///
    /// # Errors
    /// See [`BootError`].
    pub fn listen(&self, group: Option<&str>) -> Result<UnixListener, BootError> {
        let run = place::run_folder(&self.desk);
        self.remove_sockets().map_err(on(&run))?;
        let path = place::socket(&self.desk);
        let reach = place::Reach::new(&run, &place::socket_name()).map_err(on(&path))?;
        let listener = UnixListener::bind(reach.path()).map_err(on(&path))?;
        let mode = match group {
            None => 0o600,
            Some(name) => {
                give_to(&path, find_group(name)?, name)?;
                0o660
            }
        };
        set_mode(&path, mode)?;
        Ok(listener)
    }

    /// Removes the sockets of every version.
    fn remove_sockets(&self) -> io::Result<()> {
        for (_, socket) in place::sockets(&self.desk)? {
            fs::remove_file(socket)?;
        }
        Ok(())
    }

    /// Ends it in order: the socket goes first, then the lock.
    pub fn let_go(self) {
        if let Err(e) = self.remove_sockets() {
            tracing::warn!("the socket could not be removed: {e}");
        }
        // An empty file says that nobody serves, without a pid that could be somebody else's.
        if let Err(e) = self.lock.set_len(0) {
            tracing::warn!("the lock file could not be emptied: {e}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let top = tempfile::tempdir().unwrap();
        let desk = top.path().join("deep").join("desk");
        (top, desk)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn a_new_private_desk_is_for_its_owner_alone() {
        let (_top, desk) = folder();
        let held = hold(&desk, None).unwrap();
        let _listener = held.listen(None).unwrap();
        for (path, want) in [
            (desk.clone(), 0o700),
            (desk.join("run"), 0o700),
            (desk.join("db"), 0o700),
            (place::socket(&desk), 0o600),
        ] {
            assert_eq!(mode(&path), want, "{}", path.display());
        }
    }

    #[test]
    fn a_second_daemon_is_told_of_the_first() {
        let (_top, desk) = folder();
        let held = hold(&desk, None).unwrap();
        let e = hold(&desk, None).unwrap_err();
        assert!(matches!(e, BootError::Served { .. }));
        let said = e.say(Lang::En).to_string();
        assert!(said.contains(&std::process::id().to_string()), "{said}");
        held.let_go();
        hold(&desk, None).unwrap();
    }

    #[test]
    fn what_a_dead_daemon_left_is_no_hindrance() {
        let (_top, desk) = folder();
        hold(&desk, None).unwrap();
        fs::write(place::lock(&desk), "1\n").unwrap();
        let old = place::run_folder(&desk).join("desk-v0.sock");
        drop(UnixListener::bind(&old).unwrap());
        drop(UnixListener::bind(place::socket(&desk)).unwrap());
        let held = hold(&desk, None).unwrap();
        let listener = held.listen(None).unwrap();
        assert!(!old.exists());
        UnixStream::connect(place::socket(&desk)).unwrap();
        listener.accept().unwrap();
        let pid = fs::read_to_string(place::lock(&desk)).unwrap();
        assert_eq!(pid.trim(), std::process::id().to_string());
    }

    #[test]
    fn a_folder_that_others_can_write_in_is_refused() {
        for part in ["", "run", "db"] {
            let (_top, desk) = folder();
            hold(&desk, None).unwrap();
            let open = desk.join(part);
            fs::set_permissions(&open, Permissions::from_mode(0o770)).unwrap();
            let e = hold(&desk, None).unwrap_err();
            assert!(matches!(e, BootError::OpenToOthers { .. }), "{part}");
            assert!(e.say(Lang::En).as_str().contains("0770"), "{}", e.say(Lang::En));
        }
    }

    #[test]
    fn a_file_in_the_folders_place_and_an_unknown_group_are_named() {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join("desk");
        fs::write(&file, "").unwrap();
        let e = hold(&file, None).unwrap_err();
        assert!(e.say(Lang::En).as_str().contains("desk"), "{}", e.say(Lang::En));
        let (_top, desk) = folder();
        let e = hold(&desk, Some("no-such-group-here")).unwrap_err();
        assert!(matches!(e, BootError::Group { .. }));
        assert!(e.say(Lang::En).as_str().contains("no-such-group-here"));
    }

    #[test]
    fn a_shared_desk_opens_the_socket_to_its_group_and_nothing_else() {
        // The first group of this account will do: what counts is the modes.
        let group = Group::from_gid(nix::unistd::getegid()).unwrap().unwrap().name;
        let (_top, desk) = folder();
        let held = hold(&desk, Some(&group)).unwrap();
        let _listener = held.listen(Some(&group)).unwrap();
        assert_eq!(mode(&desk), 0o750);
        assert_eq!(mode(&desk.join("run")), 0o750);
        assert_eq!(mode(&desk.join("db")), 0o700);
        assert_eq!(mode(&place::socket(&desk)), 0o660);
    }
}
