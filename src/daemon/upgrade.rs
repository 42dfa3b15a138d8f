//! Bringing the database of a desk that nobody serves up to date, with a copy of it made before.

use super::boot::{self, BootError};
use super::{space, upkeep};
use crate::config;
use crate::store::migrate::{Progress, SCHEMA, open_desk, schema_of};
use crate::store::{SledStore, StoreError};
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a daemon that was told to end may take to let go of the desk.
const LET_GO: Duration = Duration::from_secs(5);

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgraded {
    /// The schema the database had.
    pub from: u32,
    /// The one it has now.
    pub to: u32,
    /// Where it lies as it was before; `None` = none was needed or wanted.
    pub copy: Option<PathBuf>,
    /// Whether the desk is a shared one, which its service starts.
    pub is_shared: bool,
}

/// Why it was not done; the desk is as it was.
#[derive(Debug)]
pub enum UpgradeError {
    /// The desk cannot be had, or not read or written.
    Boot(BootError),
    /// A newer release wrote it.
    Newer {
        /// The schema it has.
        found: u32,
    },
}

impl From<BootError> for UpgradeError {
    fn from(e: BootError) -> UpgradeError {
        UpgradeError::Boot(e)
    }
}

/// Brings a desk's database up to date; `progress` hears of each step. `keep`: it is copied before it
/// is changed. A daemon that is just ending is waited for.
///
/// # Errors
/// Why it was not done. A migration that was cut off goes on where it was the next time.
pub fn upgrade(
    desk: &Path,
    keep: bool,
    mut progress: impl FnMut(Progress),
) -> Result<Upgraded, UpgradeError> {
    let patience = Instant::now() + LET_GO;
    let desk = boot::find(desk)?;
    let group = config::Desk::load(&desk).map_err(BootError::Settings)?.settings.group;
    let held = loop {
        match boot::hold(&desk, group.as_deref()) {
            Err(BootError::Served { .. }) if Instant::now() < patience => {
                std::thread::sleep(Duration::from_millis(20));
            }
            other => break other?,
        }
    };
    let db = held.desk.join("db");
    let done = bring(&db, keep, &mut progress);
    held.let_go();
    let (from, copy) = done?;
    Ok(Upgraded { from, to: SCHEMA, copy, is_shared: group.is_some() })
}

fn bring(
    db: &Path,
    keep: bool,
    progress: &mut impl FnMut(Progress),
) -> Result<(u32, Option<PathBuf>), UpgradeError> {
    if !db.join("data").exists() {
        return Ok((SCHEMA, None));
    }
    let wrong = |e: StoreError| UpgradeError::Boot(BootError::Store(e));
    let store = SledStore::open(db, SledStore::CACHE).map_err(|e| wrong(upkeep::failed(&e)))?;
    let from = schema_of(&store).map_err(wrong)?;
    drop(store);
    if from > SCHEMA {
        return Err(UpgradeError::Newer { found: from });
    }
    if from == SCHEMA {
        return Ok((from, None));
    }
    let copy = match keep {
        true => Some(copy(db, &db.with_file_name(format!("before-upgrade-schema-{from}")))?),
        false => None,
    };
    open_desk(db, SledStore::CACHE, progress).map_err(|e| wrong(upkeep::failed(&e)))?;
    Ok((from, copy))
}

/// Copies the database beside itself; one that is there from a migration that was cut off stays.
fn copy(db: &Path, to: &Path) -> Result<PathBuf, BootError> {
    if to.exists() {
        return Ok(to.to_owned());
    }
    let on = |path: &Path| {
        let path = path.to_owned();
        move |why: io::Error| BootError::Folder { path, why }
    };
    if space::free(db).is_some_and(|free| free / 2 < space::size(db)) {
        // The copy, and as much again that the migration may write.
        return Err(on(to)(io::Error::from(io::ErrorKind::StorageFull)));
    }
    let part = to.with_extension("part");
    match fs::remove_dir_all(&part) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(on(&part)(e)),
        _ => {}
    }
    let copied = copy_folder(db, &part).and_then(|()| {
        fs::rename(&part, to)?;
        to.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
    });
    copied.map_err(on(to))?;
    Ok(to.to_owned())
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            File::open(&target)?.sync_all()?;
        }
    }
    File::open(to)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Overlay, Store, keys, records};

    /// A desk whose database tells this schema.
    fn desk(schema: u32) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .unwrap();
        let db = dir.path().join("db");
        DirBuilder::new().mode(0o700).create(&db).unwrap();
        let store = SledStore::open(&db, SledStore::CACHE).unwrap();
        let mut staged = Overlay::new(&store);
        records::put(&mut staged, keys::meta("schema"), &schema).unwrap();
        records::put(&mut staged, keys::meta("cursor-test"), &7_u32).unwrap();
        staged.keep();
        store.commit(staged.into_group()).unwrap();
        dir
    }

    #[test]
    fn an_older_desk_is_brought_up_to_date_and_kept_as_it_was() {
        let dir = desk(1);
        let mut steps = Vec::new();
        let done = upgrade(dir.path(), true, |p| steps.push(p.to)).unwrap();
        assert_eq!((done.from, done.to), (1, SCHEMA));
        assert_eq!(steps, [2, 3]);
        let copy = done.copy.unwrap();
        let old = SledStore::open(&copy, SledStore::CACHE).unwrap();
        assert_eq!(schema_of(&old).unwrap(), 1);
        let new = SledStore::open(&dir.path().join("db"), SledStore::CACHE).unwrap();
        assert_eq!(schema_of(&new).unwrap(), SCHEMA);
        drop(new);
        // Once more there is nothing to do.
        let again = upgrade(dir.path(), true, |_| panic!("no step")).unwrap();
        assert_eq!((again.from, again.copy), (SCHEMA, None));
    }

    #[test]
    fn a_newer_desk_is_refused_and_stays_as_it_is() {
        let dir = desk(SCHEMA + 1);
        let e = upgrade(dir.path(), true, |_| {}).unwrap_err();
        assert!(matches!(e, UpgradeError::Newer { found } if found == SCHEMA + 1), "{e:?}");
        let store = SledStore::open(&dir.path().join("db"), SledStore::CACHE).unwrap();
        assert_eq!(schema_of(&store).unwrap(), SCHEMA + 1);
    }

    #[test]
    fn without_a_database_nothing_is_made() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .unwrap();
        let done = upgrade(dir.path(), true, |_| {}).unwrap();
        assert_eq!((done.from, done.copy), (SCHEMA, None));
        assert!(!dir.path().join("db/data").exists());
    }
}
