//! The daemon: does one serve, which one, and how is it?

use super::Findings;
use super::facts::{Facts, Link, Lock, Look, Program};
use super::folder::word;
use crate::cli::release;
use crate::domain::Span;
use crate::text::catalogue::doctor as say;
use crate::text::{Lang, format};
use crate::wire::VERSION;
use crate::wire::channel::{Phase, View};

/// How long before their end credentials are spoken of.
const EXPIRES_SOON: Span = Span::hours(7 * 24);
/// Fewer open files than this are too few for a large desk with several channels.
const FEW_FILES: u64 = 1024;
/// A backup older than this is old: a week, and a day to notice.
const BACKUP_OLD: Span = Span::hours(8 * 24);
/// A desk with so many conversations and no backup is told so.
const MUCH_TO_LOSE: u64 = 1_000;

/// Whether it answers.
pub(super) fn daemon(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("daemon", lang);
    if facts.desk.look == Look::Missing {
        return found;
    }
    let desk = word(&facts.desk.path);
    let shared = facts.group.is_some();
    match (&facts.daemon.link, facts.daemon.lock) {
        (Link::Serves, _) => {
            let status = facts.daemon.status.as_deref();
            let pid = status.map_or(0, |s| s.pid);
            let cockpits = status.map_or(0, |s| s.cockpits);
            found.ok(say::SERVES, &[("pid", &pid), ("n", &cockpits)]);
        }
        (Link::NotRunning, Lock::Held(pid)) => {
            found.fault(say::NO_SOCKET, say::MEND_NO_SOCKET, &[("pid", &pid), ("desk", &desk)]);
        }
        (Link::NotRunning, _) if shared => {
            found.fault(say::NOT_SERVED, say::MEND_NOT_SERVED, &[("desk", &desk)]);
        }
        (Link::NotRunning, _) => found.ok(say::NOT_RUNNING, &[]),
        (Link::NoRight, _) => {
            found.fault(say::NO_RIGHT, say::MEND_NO_RIGHT, &[("desk", &desk)]);
        }
        (Link::Impostor { server }, _) => {
            let values: super::Values<'_> =
                &[("uid", server), ("owner", &facts.desk.owner), ("desk", &desk)];
            found.fault(say::IMPOSTOR, say::MEND_IMPOSTOR, values);
        }
        // `version` speaks of it.
        (Link::Other { .. }, _) => {}
        (Link::Trouble(why), _) => {
            found.fault(say::TURNED, say::MEND_TURNED, &[("why", why), ("desk", &desk)]);
        }
    }
    if !facts.daemon.stale.is_empty() && facts.daemon.lock == Lock::Free {
        found.ok(say::STALE, &[("names", &facts.daemon.stale.join(", "))]);
    }
    found
}

/// Whether client and daemon are of the same release.
pub(super) fn version(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("version", lang);
    let ours = env!("CARGO_PKG_VERSION");
    let desk = word(&facts.desk.path);
    if let Link::Other { theirs, release } = &facts.daemon.link {
        let release = release.clone().unwrap_or_else(|| "?".to_owned());
        let values: super::Values<'_> = &[
            ("theirs", theirs),
            ("release", &release),
            ("wire", &VERSION),
            ("ours", &ours),
            ("desk", &desk),
        ];
        match *theirs < VERSION {
            true => found.fault(say::OLDER_WIRE, say::MEND_OLDER, values),
            false => found.fault(say::NEWER_WIRE, say::MEND_NEWER, values),
        }
        return found;
    }
    let Some(status) = &facts.daemon.status else {
        found.ok(say::VERSION_ALONE, &[("ours", &ours)]);
        return found;
    };
    let values: super::Values<'_> =
        &[("release", &status.program), ("ours", &ours), ("desk", &desk)];
    let (theirs, mine) = (release::numbers(&status.program), release::numbers(ours));
    match facts.daemon.program {
        _ if theirs < mine => found.warning(say::OLDER, say::MEND_OLDER, values),
        _ if theirs > mine => found.warning(say::NEWER, say::MEND_NEWER, values),
        Program::Replaced => found.warning(say::REPLACED, say::MEND_OLDER, values),
        Program::Different => found.ok(say::DIFFERENT, values),
        Program::Same | Program::Unseen => found.ok(say::VERSION_SAME, values),
    }
    found
}

/// What the daemon itself complains of.
pub(super) fn health(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("health", lang);
    let Some(status) = &facts.daemon.status else { return found };
    if let Some(why) = &status.desk.read_only {
        found.fault(say::READ_ONLY, say::MEND_READ_ONLY, &[("why", why)]);
    }
    if let Some(why) = &status.desk.settings_trouble {
        found.fault(say::SETTINGS, say::MEND_SETTINGS, &[("why", why)]);
    }
    if found.are_well() {
        found.ok(say::HEALTHY, &[]);
    }
    found
}

/// How the channels are.
pub(super) fn channels(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("channels", lang);
    for (channel, secrets) in facts.daemon.missing_secrets.iter().flatten() {
        let values: super::Values<'_> = &[("channel", channel), ("secrets", secrets)];
        found.fault(say::NO_SECRETS, say::MEND_NO_SECRETS, values);
    }
    let Some(views) = &facts.daemon.channels else {
        if found.are_well() && facts.desk.look != Look::Missing {
            found.unseen(say::CHANNELS_UNSEEN, &[]);
        }
        return found;
    };
    views.iter().for_each(|view| channel(view, facts, &mut found));
    if found.are_well() {
        let connected = views.iter().filter(|v| v.phase != Phase::ByHand).count();
        found.ok(say::CHANNELS, &[("n", &views.len()), ("connected", &connected)]);
    }
    found
}

fn channel(view: &View, facts: &Facts, found: &mut Findings) {
    let id = &view.channel.id.0;
    match &view.phase {
        Phase::Paused => found.warning(say::PAUSED, say::MEND_PAUSED, &[("channel", id)]),
        Phase::Blind { since, why } => {
            let age = format::age(found.lang, (facts.now - *since).0);
            let values: super::Values<'_> = &[("channel", id), ("age", &age), ("why", why)];
            found.fault(say::BLIND, say::MEND_BLIND, values);
        }
        Phase::ByHand | Phase::Starting | Phase::Live => {}
    }
    match view.expires.map(|at| at - facts.now) {
        Some(left) if left.0 <= 0 => {
            found.fault(say::EXPIRED, say::MEND_EXPIRED, &[("channel", id)]);
        }
        Some(left) if left < EXPIRES_SOON => {
            let left = format::duration(found.lang, left.0);
            found.warning(say::EXPIRES, say::MEND_EXPIRED, &[("channel", id), ("left", &left)]);
        }
        _ => {}
    }
    for holder in view.held_by.iter().filter(|holder| holder.removed) {
        let values: super::Values<'_> = &[("channel", id), ("name", &holder.name)];
        found.warning(say::HELD_BY_REMOVED, say::MEND_HELD_BY_REMOVED, values);
    }
    if view.unconfirmed > 0 {
        let values: super::Values<'_> = &[("channel", id), ("n", &view.unconfirmed)];
        found.warning(say::UNCONFIRMED, say::MEND_UNCONFIRMED, values);
    }
}

/// Whether what would be lost with the disk is elsewhere as well.
pub(super) fn backup(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("backup", lang);
    let Some(status) = &facts.daemon.status else { return found };
    let conversations: u64 = status.desk.counts.iter().map(|(.., n)| n).sum();
    match status.backup.map(|at| facts.now - at) {
        Some(old) if old > BACKUP_OLD => {
            let age = format::duration(lang, old.0);
            found.warning(say::OLD_BACKUP, say::MEND_BACKUP, &[("age", &age)]);
        }
        Some(old) => found.ok(say::BACKUP, &[("age", &format::duration(lang, old.0))]),
        None if conversations >= MUCH_TO_LOSE => {
            found.warning(say::NO_BACKUP, say::MEND_BACKUP, &[("n", &conversations)]);
        }
        None => {}
    }
    found
}

/// How many files the daemon may have open.
pub(super) fn open_files(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("open-files", lang);
    let (used, most) = facts.daemon.open_files;
    let Some(most) = most else {
        if facts.daemon.link == Link::Serves {
            found.unseen(say::FILES_UNSEEN, &[]);
        }
        return found;
    };
    match used {
        Some(used) if used * 5 > most * 4 => {
            found.fault(say::FILES_FULL, say::MEND_FILES, &[("used", &used), ("most", &most)]);
        }
        _ if most < FEW_FILES => {
            found.warning(say::FILES_FEW, say::MEND_FILES, &[("most", &most)]);
        }
        Some(used) => found.ok(say::FILES_USED, &[("used", &used), ("most", &most)]),
        None => found.ok(say::FILES, &[("most", &most)]),
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::super::facts::*;
    use super::*;
    use crate::domain::order::StateKind;
    use crate::domain::{Channel, ChannelId, Holder, Queue, Time};
    use crate::wire::message::Status;
    use rstest::rstest;

    fn facts(link: Link) -> Facts {
        let mut facts = Facts { now: Time(100 * 86_400_000), ..Facts::default() };
        facts.desk.path = "/srv/desk".into();
        facts.desk.look = Look::There(Meta { is_dir: true, mode: 0o750, ..Meta::default() });
        if link == Link::Serves {
            let program = env!("CARGO_PKG_VERSION").to_owned();
            facts.daemon.status = Some(Box::new(Status { program, pid: 7, ..Status::default() }));
            facts.daemon.channels = Some(Vec::new());
        }
        facts.daemon.link = link;
        facts
    }

    fn shared() -> Option<GroupFacts> {
        Some(GroupFacts { name: "ops".into(), gid: Some(50), me_member: true, owner_member: true })
    }

    #[track_caller]
    fn expect(found: &Findings, level: Level, word: &str) {
        let worst = found.found.iter().max_by_key(|f| f.level).unwrap();
        let said = format!("{} -> {}", worst.what, worst.mend.clone().unwrap_or_default());
        assert_eq!(worst.level, level, "{said}");
        assert!(said.contains(word), "{said}");
    }

    #[rstest]
    #[case::well(Link::Serves, Lock::Held(7), false, Level::Ok, "pid 7")]
    #[case::private(Link::NotRunning, Lock::Free, false, Level::Ok, "first client")]
    #[case::shared(Link::NotRunning, Lock::Free, true, Level::Fault, "systemctl start dutydesk")]
    #[case::hangs(Link::NotRunning, Lock::Held(7), true, Level::Fault, "daemon.log")]
    #[case::no_right(Link::NoRight, Lock::Unseen, true, Level::Fault, "/srv/desk/run")]
    #[case::impostor(Link::Impostor { server: 1002 }, Lock::Unseen, true, Level::Fault, "1002")]
    #[case::turned(Link::Trouble("no role".into()), Lock::Unseen, true, Level::Fault, "no role")]
    fn whether_it_answers(
        #[case] link: Link,
        #[case] lock: Lock,
        #[case] is_shared: bool,
        #[case] level: Level,
        #[case] word: &str,
    ) {
        let mut facts = facts(link);
        facts.daemon.lock = lock;
        facts.group = shared().filter(|_| is_shared);
        expect(&daemon(&facts, Lang::En), level, word);
    }

    #[test]
    fn a_socket_that_nobody_listens_at_is_told_and_harmless() {
        let mut facts = facts(Link::NotRunning);
        facts.daemon.stale = vec!["desk-v2.sock".into()];
        let found = daemon(&facts, Lang::En);
        assert!(found.are_well());
        assert!(found.found[1].what.contains("desk-v2.sock"));
    }

    #[rstest]
    #[case::older(Link::Other { theirs: VERSION - 1, release: Some("0.0.9".into()) }, "dutydesk --desk /srv/desk upgrade")]
    #[case::newer(Link::Other { theirs: VERSION + 1, release: None }, "newer release")]
    fn another_wire(#[case] link: Link, #[case] word: &str) {
        expect(&version(&facts(link), Lang::En), Level::Fault, word);
    }

    #[rstest]
    #[case(env!("CARGO_PKG_VERSION"), Program::Same, Level::Ok, "same release")]
    #[case(env!("CARGO_PKG_VERSION"), Program::Replaced, Level::Warning, "upgrade")]
    #[case("0.0.9", Program::Unseen, Level::Warning, "upgrade")]
    #[case("999.0.0", Program::Unseen, Level::Warning, "999.0.0")]
    fn another_release(
        #[case] theirs: &str,
        #[case] program: Program,
        #[case] level: Level,
        #[case] word: &str,
    ) {
        let mut facts = facts(Link::Serves);
        facts.daemon.status.as_mut().unwrap().program = theirs.to_owned();
        facts.daemon.program = program;
        expect(&version(&facts, Lang::En), level, word);
    }

    #[test]
    fn what_the_daemon_complains_of_is_told() {
        let mut facts = facts(Link::Serves);
        expect(&health(&facts, Lang::En), Level::Ok, "");
        let desk = &mut facts.daemon.status.as_mut().unwrap().desk;
        desk.read_only = Some("the disk is full".into());
        expect(&health(&facts, Lang::En), Level::Fault, "the disk is full");
    }

    fn view(id: &str) -> View {
        View {
            channel: Channel {
                id: ChannelId(id.into()),
                platform: id.into(),
                title: id.into(),
                reply_window: None,
            },
            connector: "mastodon".into(),
            phase: Phase::Live,
            account: None,
            held_by: vec![],
            can: None,
            polled: None,
            brought: None,
            budget: None,
            expires: None,
            counts: Default::default(),
            waiting: 0,
            unconfirmed: 0,
            figures: Default::default(),
            log: vec![],
        }
    }

    #[test]
    fn each_trouble_of_a_channel_is_told() {
        let day = Span::hours(24);
        let mut facts = facts(Link::Serves);
        facts.daemon.channels = Some(vec![view("well")]);
        expect(&channels(&facts, Lang::En), Level::Ok, "1 connected");
        let now = facts.now;
        type Change = fn(&mut View, Time, Span);
        let table: [(Change, Level, &str); 6] = [
            (|v, _, _| v.phase = Phase::Paused, Level::Warning, "channel resume"),
            (
                |v, now, day| v.phase = Phase::Blind { since: now - day, why: "401".into() },
                Level::Fault,
                "401",
            ),
            (|v, now, day| v.expires = Some(now + day), Level::Warning, "channel add"),
            (|v, now, day| v.expires = Some(now - day), Level::Fault, "ended"),
            (|v, _, _| v.unconfirmed = 3, Level::Warning, "3"),
            (
                |v, _, _| v.held_by = vec![Holder { name: "bo".into(), removed: true }],
                Level::Warning,
                "bo holds the account of x",
            ),
        ];
        for (change, level, word) in table {
            let mut sick = view("x");
            change(&mut sick, now, day);
            facts.daemon.channels = Some(vec![view("well"), sick]);
            expect(&channels(&facts, Lang::En), level, word);
        }
        facts.daemon.channels = None;
        expect(&channels(&facts, Lang::En), Level::Unseen, "");
        facts.daemon.missing_secrets = Some(vec![("toot".into(), "token".into())]);
        expect(&channels(&facts, Lang::En), Level::Fault, "token");
    }

    #[rstest]
    #[case::a_young_desk(999, None, None)]
    #[case::much_to_lose(1_000, None, Some(Level::Warning))]
    #[case::last_night(5, Some(1), Some(Level::Ok))]
    #[case::long_ago(5, Some(9), Some(Level::Warning))]
    fn the_last_backup_is_asked_for(
        #[case] conversations: u64,
        #[case] days: Option<i64>,
        #[case] level: Option<Level>,
    ) {
        let mut facts = facts(Link::Serves);
        let at = days.map(|days| facts.now - Span::hours(24 * days));
        let status = facts.daemon.status.as_mut().unwrap();
        status.backup = at;
        status.desk.counts = vec![(Queue::Comments, StateKind::Open, conversations)];
        let found = backup(&facts, Lang::En);
        assert_eq!(found.found.iter().map(|f| f.level).max(), level);
    }

    #[rstest]
    #[case(Some(10), Some(1024), Level::Ok)]
    #[case(Some(900), Some(1024), Level::Fault)]
    #[case(None, Some(256), Level::Warning)]
    #[case(None, None, Level::Unseen)]
    fn open_files_are_counted(
        #[case] used: Option<u64>,
        #[case] most: Option<u64>,
        #[case] level: Level,
    ) {
        let mut facts = facts(Link::Serves);
        facts.daemon.open_files = (used, most);
        expect(&open_files(&facts, Lang::En), level, "");
    }
}
