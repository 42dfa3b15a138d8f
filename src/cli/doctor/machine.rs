//! The machine: disk, clock, service manager.

use super::Findings;
use super::facts::Facts;
use super::size as in_bytes;
use crate::config::DeskSettings;
use crate::domain::Span;
use crate::text::catalogue::doctor as say;
use crate::text::{Lang, format};

/// File systems that live on another machine or are shared with one: their locks and their fsync do
/// not promise what the store relies on.
const FAR_AWAY: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "fuse.sshfs",
    "fuse.glusterfs",
    "fuse.s3fs",
    "glusterfs",
    "vboxsf",
    "virtiofs",
    "davfs",
    "fuse.rclone",
    "drvfs",
];
/// Those that are gone when the machine is switched off.
const FLEETING: &[&str] = &["tmpfs", "ramfs"];
/// Fewer free inodes than this share of all are few.
const FEW_INODES: u64 = 50;
/// A database from this size on is worth a look whether it could be smaller.
const LARGE: u64 = 256 << 20;
/// A clock that is behind what was written by less than this is not spoken of.
const SLACK: Span = Span::minutes(2);

/// Whether there is room on the disk.
pub(super) fn room(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("room", lang);
    let Some(free) = facts.disk.free else { return found };
    let low =
        facts.desk.settings.as_ref().map_or(DeskSettings::default().low_space, |s| s.low_space);
    // As the daemon reckons: from 1 GiB on, as much as the database has.
    let need = if low < 1 << 30 { low } else { low.max(facts.disk.database.unwrap_or(0)) };
    let values: super::Values<'_> = &[("free", &in_bytes(free)), ("need", &in_bytes(need))];
    match free {
        free if free < need => found.fault(say::NO_ROOM, say::MEND_ROOM, values),
        free if free / 2 < need => found.warning(say::LITTLE_ROOM, say::MEND_ROOM, values),
        _ => found.ok(say::ROOM, values),
    }
    // Some file systems make inodes as they need them, and tell 0.
    if let Some((left, all)) = facts.disk.inodes.filter(|(_, all)| *all > 0) {
        let values: super::Values<'_> = &[("left", &left), ("all", &all)];
        if left < 100 {
            found.fault(say::NO_INODES, say::MEND_INODES, values);
        } else if left < all / FEW_INODES {
            found.warning(say::FEW_INODES, say::MEND_INODES, values);
        }
    }
    found
}

/// What kind of file system it is.
pub(super) fn file_system(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("disk", lang);
    let Some(kind) = facts.disk.kind.as_deref() else { return found };
    let values: super::Values<'_> = &[("kind", &kind)];
    match kind {
        kind if FAR_AWAY.contains(&kind) => found.fault(say::FAR_DISK, say::MEND_FAR_DISK, values),
        kind if FLEETING.contains(&kind) => {
            found.warning(say::FLEETING_DISK, say::MEND_FLEETING_DISK, values);
        }
        _ => found.ok(say::DISK, values),
    }
    found
}

/// Whether the database is much larger than what is in it.
pub(super) fn size(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("database", lang);
    let Some(database) = facts.disk.database else { return found };
    let bytes = in_bytes(database);
    match facts.daemon.payload {
        Some(payload) => {
            let values: super::Values<'_> = &[("size", &bytes), ("payload", &in_bytes(payload))];
            match database > LARGE && database > payload.saturating_mul(4) {
                true => found.warning(say::LARGE, say::MEND_LARGE, values),
                false => found.ok(say::SIZE_OF, values),
            }
        }
        None if database > LARGE => found.ok(say::SIZE_UNKNOWN, &[("size", &bytes)]),
        None => found.ok(say::SIZE, &[("size", &bytes)]),
    }
    found
}

/// Whether the clock can be relied on.
pub(super) fn clock(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("clock", lang);
    if let Some(newest) = facts.clock.newest
        && newest - facts.now > SLACK
    {
        let by = format::duration(lang, (newest - facts.now).0);
        found.fault(say::CLOCK_BACK, say::MEND_CLOCK, &[("by", &by)]);
        return found;
    }
    match facts.clock.synchronised {
        Some(true) => found.ok(say::CLOCK, &[]),
        Some(false) => found.warning(say::CLOCK_ALONE, say::MEND_CLOCK, &[]),
        None => found.unseen(say::CLOCK_UNKNOWN, &[]),
    }
    found
}

/// What the service manager says of the daemon of a shared desk.
pub(super) fn service(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("service", lang);
    let (Some(service), true) = (&facts.service, facts.group.is_some()) else { return found };
    let exit = service.exit.unwrap_or(0);
    let values: super::Values<'_> =
        &[("name", &service.name), ("state", &service.active), ("exit", &exit)];
    match (service.load.as_str(), service.active.as_str(), service.enabled.as_str()) {
        ("not-found", ..) => found.ok(say::NO_SERVICE, values),
        (_, "failed", _) => found.fault(say::SERVICE_FAILED, say::MEND_SERVICE, values),
        (_, "active" | "activating" | "reloading", "enabled" | "static") => {
            found.ok(say::SERVICE, values);
        }
        (_, "active" | "activating" | "reloading", _) => {
            found.warning(say::SERVICE_NOT_ENABLED, say::MEND_ENABLE, values);
        }
        _ => found.warning(say::SERVICE_OFF, say::MEND_SERVICE_OFF, values),
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::super::facts::*;
    use super::*;
    use crate::domain::Time;
    use rstest::rstest;

    fn worst(found: &Findings) -> Option<Level> {
        found.found.iter().map(|f| f.level).max()
    }

    const GIB: u64 = 1 << 30;

    #[rstest]
    #[case::plenty(10 * GIB, 0, Some((1000, 2000)), Level::Ok)]
    #[case::little(GIB + 1, 0, None, Level::Warning)]
    #[case::none(GIB - 1, 0, None, Level::Fault)]
    #[case::less_than_the_database(5 * GIB, 6 * GIB, None, Level::Fault)]
    #[case::few_inodes(10 * GIB, 0, Some((1000, 100_000)), Level::Warning)]
    #[case::no_inodes(10 * GIB, 0, Some((3, 100_000)), Level::Fault)]
    #[case::no_such_thing_as_inodes(10 * GIB, 0, Some((0, 0)), Level::Ok)]
    fn room_is_as_the_daemon_reckons(
        #[case] free: u64,
        #[case] database: u64,
        #[case] inodes: Option<(u64, u64)>,
        #[case] level: Level,
    ) {
        let disk = DiskFacts { free: Some(free), inodes, database: Some(database), kind: None };
        let facts = Facts { disk, ..Facts::default() };
        assert_eq!(worst(&room(&facts, Lang::En)), Some(level));
    }

    #[rstest]
    #[case("ext4", Level::Ok)]
    #[case("xfs", Level::Ok)]
    #[case("nfs4", Level::Fault)]
    #[case("cifs", Level::Fault)]
    #[case("fuse.sshfs", Level::Fault)]
    #[case("tmpfs", Level::Warning)]
    fn a_disk_far_away_is_trouble(#[case] kind: &str, #[case] level: Level) {
        let mut facts = Facts::default();
        facts.disk.kind = Some(kind.to_owned());
        assert_eq!(worst(&file_system(&facts, Lang::En)), Some(level));
    }

    #[rstest]
    #[case(10 << 20, None, Level::Ok)]
    #[case(GIB, None, Level::Ok)]
    #[case(GIB, Some(GIB / 2), Level::Ok)]
    #[case(GIB, Some(GIB / 10), Level::Warning)]
    #[case(10 << 20, Some(1), Level::Ok)]
    fn a_database_of_air_is_offered_compact(
        #[case] database: u64,
        #[case] payload: Option<u64>,
        #[case] level: Level,
    ) {
        let mut facts = Facts::default();
        (facts.disk.database, facts.daemon.payload) = (Some(database), payload);
        let found = size(&facts, Lang::En);
        assert_eq!(worst(&found), Some(level));
        let mend = found.found[0].mend.clone().unwrap_or_default();
        assert_eq!(mend.contains("compact"), level == Level::Warning);
    }

    #[rstest]
    #[case(Some(true), None, Level::Ok)]
    #[case(Some(true), Some(-60_000), Level::Ok)]
    #[case(Some(true), Some(60_000), Level::Ok)]
    #[case(Some(true), Some(3_600_000), Level::Fault)]
    #[case(Some(false), None, Level::Warning)]
    #[case(None, None, Level::Unseen)]
    fn a_clock_that_went_back_is_told(
        #[case] synchronised: Option<bool>,
        #[case] newest: Option<i64>,
        #[case] level: Level,
    ) {
        let now = Time(1_000_000_000);
        let newest = newest.map(|ahead| now + Span(ahead));
        let facts = Facts { now, clock: ClockFacts { synchronised, newest }, ..Facts::default() };
        assert_eq!(worst(&clock(&facts, Lang::En)), Some(level));
    }

    #[rstest]
    #[case("loaded", "active", "enabled", Some(Level::Ok))]
    #[case("loaded", "active", "disabled", Some(Level::Warning))]
    #[case("loaded", "failed", "enabled", Some(Level::Fault))]
    #[case("loaded", "inactive", "enabled", Some(Level::Warning))]
    #[case("not-found", "inactive", "", Some(Level::Ok))]
    fn the_service_of_a_shared_desk(
        #[case] load: &str,
        #[case] active: &str,
        #[case] enabled: &str,
        #[case] level: Option<Level>,
    ) {
        let service = ServiceFacts {
            name: "dutydesk".into(),
            load: load.into(),
            active: active.into(),
            enabled: enabled.into(),
            exit: Some(16),
        };
        let mut facts = Facts { service: Some(service), ..Facts::default() };
        assert_eq!(worst(&super::service(&facts, Lang::En)), None, "no desk of a service");
        facts.group = Some(GroupFacts::default());
        assert_eq!(worst(&super::service(&facts, Lang::En)), level);
    }
}
