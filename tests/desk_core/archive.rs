//! Old conversations leave the desk and come back: nothing that was derived from them changes, whatever
//! else is done meanwhile, and wherever an interruption falls.

use crate::kit::*;
use crate::random::{self, Step};
use dutydesk::daemon::desk::{ArchiveDone, ArchiveJob, Job, JobResult, candidates, query, verify};
use dutydesk::domain::archive::{Month, Stays};
use dutydesk::domain::history::Whom;
use dutydesk::domain::policy::Policies;
use dutydesk::domain::{
    Command, Conversation, ConversationId, Event, Refusal, Span, State, feedback,
};
use dutydesk::store::archive::{self, Archive, Fate, Stub};
use dutydesk::store::export::{export_part, restore_lines};
use dutydesk::store::{Key, Overlay, Read, Store, keys, records};
use proptest::prelude::*;
use std::path::Path;

pub fn desk(folder: &Path) -> Kit {
    Kit::archiving(setup(), Archive::at(folder.join("archive")))
}

fn job(kit: &mut Kit, job: ArchiveJob) -> ArchiveDone {
    match kit.one(Job::Archive(job)) {
        JobResult::Archived(done) => *done,
        other => panic!("{other:?}"),
    }
}

/// Archives all that may go, as a run does.
pub fn archive_all(kit: &mut Kit) -> u64 {
    let before = kit.now + Span(1);
    let (_, mut ids) = candidates(&*kit.store, None, before, false).unwrap();
    let mut archived = 0;
    for _ in 0..100 {
        if ids.is_empty() {
            break;
        }
        let done = job(kit, ArchiveJob::Put { ids, before });
        archived += done.conversations;
        ids = done.again;
    }
    archived
}

/// A resolved comment with an answer and a tag, and its number.
pub fn resolved(kit: &mut Kit, id: &str) -> ConversationId {
    let number = kit.comment(id, "Do you ship to Germany? 物流太慢");
    kit.ingest(vec![answer_to(id, &format!("{id}-re"), kit.now, true)]);
    kit.done("amy", Command::Note { ids: vec![number], text: "call back".into() });
    kit.done("amy", Command::Label { ids: vec![number], label: feedback::label("idea") });
    kit.done("amy", Command::Resolve { ids: vec![number] });
    number
}

fn is_archived(kit: &Kit, id: ConversationId) -> bool {
    let stub = archive::stub(&*kit.store, id).unwrap().is_some();
    let here = kit.store.get(&keys::conversation(id)).unwrap().is_some();
    assert!(stub != here, "{id} is in both, or in neither");
    stub
}

/// The records of conversations and what is derived from them.
fn derived(kit: &Kit) -> Vec<(Key, Vec<u8>)> {
    let families =
        ["c/", "m/", "e/", "r/", "b/", "o/", "t/", "n/", "k/", "w/", "x/", "d/", "f/", "y/", "l/"];
    let all = kit.everything().into_iter();
    all.filter(|(key, _)| families.iter().any(|f| key.starts_with(f.as_bytes()))).collect()
}

#[test]
fn one_that_is_archived_is_found_and_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut kit = desk(folder.path());
    let id = resolved(&mut kit, "1");
    let open = kit.comment("2", "another");
    let before = derived(&kit);
    let (shown, past) = (
        query::detail(&*kit.store, id, &op("amy")).unwrap().unwrap(),
        query::past(&*kit.store, &Whom::Of(open)).unwrap(),
    );
    assert_eq!(archive_all(&mut kit), 1);
    assert!(is_archived(&kit, id) && !is_archived(&kit, open));
    assert!(
        kit.store
            .get(&keys::message(dutydesk::domain::MessageRef { conversation: id, seq: 0 }))
            .unwrap()
            .is_none()
    );
    kit.check();
    kit.restart();
    kit.check();
    // It is shown where it lies, and the person's past is what it was.
    let archived = query::detail(&*kit.store, id, &op("amy")).unwrap().unwrap();
    assert_eq!(archived.archived.map(|m| m.to_string()).as_deref(), Some("2025-03"));
    assert_eq!(dutydesk::wire::message::Detail { archived: None, ..archived }, shown);
    assert_eq!(query::past(&*kit.store, &Whom::Of(open)).unwrap(), past);
    assert_eq!(query::past(&*kit.store, &Whom::Of(id)).unwrap().conversations.len(), 2);
    let file = folder.path().join("archive/2025-03.ndjson");
    assert!(std::fs::read_to_string(&file).unwrap().contains("Germany"));
    let done = job(&mut kit, ArchiveJob::Take { by: by("amy"), ids: vec![id] });
    assert_eq!(done.conversations, 1);
    assert_eq!(derived(&kit), before);
    // The line that was left is blanked, in place.
    assert!(kit.desk.is_unsettled());
    kit.restart();
    job(&mut kit, ArchiveJob::Settle);
    assert!(!kit.desk.is_unsettled());
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), "");
    kit.check();
}

/// Something that comes for a conversation.
type Come = Box<dyn Fn(&mut Kit)>;

#[test]
fn what_comes_for_it_brings_it_back_and_doubles_nothing() {
    let comes: [(&str, Come); 6] = [
        (
            "an answer",
            Box::new(|kit| {
                let event = answer_to("1", "new", kit.now, false);
                assert_eq!(kit.ingest(vec![event]).opened, 0);
            }),
        ),
        (
            "an edit",
            Box::new(|kit| {
                let (channel, id, at) = (weibo(), "1".to_owned(), kit.now);
                let edited = Event::Edited { channel, id, text: "other".into(), at };
                assert_eq!(kit.ingest(vec![edited]).changed, 1);
            }),
        ),
        (
            "a deletion",
            Box::new(|kit| {
                let event = Event::Deleted { channel: weibo(), id: "1".into(), at: kit.now };
                assert_eq!(kit.ingest(vec![event]).changed, 1);
            }),
        ),
        (
            "more likes",
            Box::new(|kit| {
                let event = Event::Likes { channel: weibo(), id: "1".into(), likes: 7 };
                assert_eq!(kit.ingest(vec![event]).changed, 1);
            }),
        ),
        (
            "an action",
            Box::new(|kit| {
                let id = kit.holder("1");
                kit.done("bo", Command::Reopen { ids: vec![id] });
            }),
        ),
        (
            "an undo",
            Box::new(|kit| {
                let undone = kit.done("amy", Command::Undo);
                assert_eq!(undone.ids.len(), 1);
                let id = kit.holder("1");
                assert_eq!(kit.conversation(id).state, State::Pending);
            }),
        ),
    ];
    for (what, comes) in comes {
        let folder = tempfile::tempdir().unwrap();
        let mut kit = desk(folder.path());
        let id = resolved(&mut kit, "1");
        kit.later(Span::minutes(5));
        archive_all(&mut kit);
        kit.restart();
        // What is known already leaves it where it is.
        assert_eq!(
            kit.ingest(vec![comment("1", NOON, "Do you ship to Germany? 物流太慢")]).known,
            1
        );
        assert!(is_archived(&kit, id), "{what}");
        comes(&mut kit);
        assert!(!is_archived(&kit, id), "{what}");
        assert_eq!(kit.holder("1"), id);
        kit.check();
        kit.restart();
        kit.check();
    }
}

#[test]
fn what_is_owed_or_used_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut kit = desk(folder.path());
    let open = kit.comment("open", "a");
    let drafted = resolved(&mut kit, "drafted");
    let seen = None;
    kit.one(Job::Draft { by: by("amy"), id: drafted, text: Some("so far".into()), seen });
    let corrected = resolved(&mut kit, "corrected");
    let spam = Some(dutydesk::domain::Intent::Spam);
    kit.done("amy", Command::Classify { ids: vec![corrected], intent: spam, severity: None });
    let asked = resolved(&mut kit, "asked");
    kit.done("amy", Command::Topic { ids: vec![asked], note: String::new() });
    let waiting = kit.comment("waiting", "b");
    let text = "on its way".to_owned();
    kit.done("amy", Command::Reply { ids: vec![waiting], text, seen: None, because: None });
    kit.done("amy", Command::Resolve { ids: vec![waiting] });
    let before = kit.now + Span(1);
    let step = query::would_archive(&*kit.store, None, before).unwrap();
    let stays = |why| step.stays.iter().find(|(known, _)| *known == why).map_or(0, |(_, n)| *n);
    assert_eq!((step.looked, step.archived), (5, 0));
    assert_eq!((stays(Stays::Open), stays(Stays::Used), stays(Stays::Owed)), (1, 2, 2));
    let ids = vec![open, drafted, corrected, waiting];
    let done = job(&mut kit, ArchiveJob::Put { ids: ids.clone(), before });
    assert_eq!((done.conversations, done.stays.len()), (0, 4));
    // Something happened in it a moment ago.
    let recent = resolved(&mut kit, "recent");
    let before = kit.now;
    let done = job(&mut kit, ArchiveJob::Put { ids: vec![recent], before });
    assert_eq!(done.stays, [Stays::Recent]);
    // One that the same group works on is left alone.
    let (command, before) = (Command::Reopen { ids: vec![recent] }, kit.now + Span(1));
    let put = Job::Archive(ArchiveJob::Put { ids: vec![recent], before });
    kit.run(vec![Job::Do { by: by("bo"), command }, put]);
    assert!(!is_archived(&kit, recent));
    kit.check();
}

#[test]
fn a_damaged_archive_is_told_and_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut kit = desk(folder.path());
    let (id, other) = (resolved(&mut kit, "1"), resolved(&mut kit, "2"));
    archive_all(&mut kit);
    let file = folder.path().join("archive/2025-03.ndjson");
    let good = std::fs::read_to_string(&file).unwrap();
    let problems = |kit: &Kit| verify(&*kit.store, &kit.setup).unwrap().problems;
    for damaged in [good.replacen("\"seq\":0", "\"seq\":x", 1), good[..good.len() / 3].to_owned()] {
        std::fs::write(&file, damaged).unwrap();
        assert!(!problems(&kit).is_empty());
    }
    // A line that belongs to nobody, and a stub without a line.
    std::fs::write(&file, &good).unwrap();
    assert_eq!(problems(&kit), [""; 0]);
    let mut over = Overlay::new(&*kit.store);
    over.delete(keys::stub(other));
    over.keep();
    kit.store.commit(over.into_group()).unwrap();
    let told = problems(&kit);
    assert!(told.iter().any(|p| p.contains("no archived conversation has the line")), "{told:#?}");
    // The file is gone: what comes begins anew, commands say why they cannot, the desk goes on.
    std::fs::remove_file(&file).unwrap();
    assert!(problems(&kit).iter().any(|p| p.contains("lacks its last")));
    let back = kit.one(Job::Archive(ArchiveJob::Take { by: by("amy"), ids: vec![id] }));
    assert!(matches!(back, JobResult::Refused(Refusal::Archive(_))), "{back:?}");
    let done = kit.ingest(vec![answer_to("1", "new", kit.now, false)]);
    assert_eq!((done.added, done.opened), (1, 1));
    assert!(kit.act("amy", Command::Reopen { ids: vec![id] }).is_err());
    let fresh = resolved(&mut kit, "3");
    let before = kit.now + Span(1);
    let put = kit.one(Job::Archive(ArchiveJob::Put { ids: vec![fresh], before }));
    assert!(matches!(put, JobResult::Refused(Refusal::Archive(_))), "{put:?}");
    assert!(!is_archived(&kit, fresh));
}

#[test]
fn other_rules_reckon_what_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut kit = desk(folder.path());
    let id = resolved(&mut kit, "1");
    archive_all(&mut kit);
    let mut changed = setup();
    changed.policies = Policies { at_risk_percent: 50, ..policies() };
    changed.policies.rules.remove(0);
    kit.setup = changed;
    kit.restart();
    for _ in 0..3 {
        kit.elapse();
    }
    kit.check();
    kit.done("bo", Command::Reopen { ids: vec![id] });
    kit.check();
}

#[test]
fn a_month_is_deleted_and_what_was_counted_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut kit = desk(folder.path());
    for n in 0..120 {
        resolved(&mut kit, &n.to_string());
    }
    archive_all(&mut kit);
    kit.later(Span::hours(24 * 40));
    let later = resolved(&mut kit, "later");
    archive_all(&mut kit);
    let figures = |kit: &Kit| -> Vec<(Key, Vec<u8>)> {
        kit.everything()
            .into_iter()
            .filter(|(k, _)| k.starts_with(b"k/") || k.starts_with(b"w/"))
            .collect()
    };
    let counted = figures(&kit);
    let months = query::archive_months(&*kit.store).unwrap();
    assert_eq!(months.iter().map(|m| m.conversations).collect::<Vec<_>>(), [120, 1]);
    let month: Month = months[0].month;
    // The clock leapt by forty days here: it is believed when it has stood for one.
    for _ in 0..2 {
        kit.later(Span::hours(13)).elapse();
    }
    let (mut deleted, mut steps) = (0, 0);
    loop {
        let done = job(&mut kit, ArchiveJob::Forget(month));
        deleted += done.conversations;
        steps += 1;
        kit.check();
        if steps % 2 == 0 {
            kit.restart();
        }
        if done.done {
            break;
        }
    }
    assert_eq!(deleted, 120);
    assert!(!folder.path().join("archive/2025-03.ndjson").exists());
    assert_eq!(figures(&kit), counted);
    assert!(is_archived(&kit, later));
    // Nothing of them is left, and one of them that comes again is new.
    let left: Vec<_> = kit.everything().into_iter().filter(|(k, _)| k.starts_with(b"e/")).collect();
    assert_eq!(left.len(), 2);
    assert_eq!(kit.ingest(vec![comment("7", kit.now, "again")]).opened, 1);
    kit.check();
}

#[test]
fn an_export_holds_the_archive_and_gives_it_back() {
    let (folder, other_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut kit = desk(folder.path());
    for n in 0..30 {
        resolved(&mut kit, &n.to_string());
    }
    kit.comment("open", "still");
    archive_all(&mut kit);
    // Some came back and left blank lines.
    let ids = vec![ConversationId(3), ConversationId(9)];
    job(&mut kit, ArchiveJob::Take { by: by("amy"), ids });
    job(&mut kit, ArchiveJob::Settle);
    let export = |kit: &Kit| {
        let (mut lines, mut after) = (Vec::new(), None);
        loop {
            let archive = kit.store.archive();
            let (page, next) = export_part(&*kit.store, archive, after.as_deref(), 7).unwrap();
            lines.extend(page);
            after = next;
            if after.is_none() {
                return lines;
            }
        }
    };
    let lines = export(&kit);
    assert_eq!(lines.iter().filter(|l| l.starts_with("{\"type\":\"archived\"")).count(), 28);
    let mut other = desk(other_folder.path());
    // One that was broken off is begun anew.
    restore_lines(&*other.store, &lines[..lines.len() / 2]).unwrap();
    for part in lines.chunks(11) {
        restore_lines(&*other.store, part).unwrap();
    }
    other.restart();
    assert_eq!(export(&other), lines);
    other.check();
    assert_eq!(derived(&other), derived(&kit));
}

#[test]
fn each_archived_conversation_can_be_gone_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut kit = desk(folder.path());
    let ids = [resolved(&mut kit, "1"), resolved(&mut kit, "2"), resolved(&mut kit, "3")];
    archive_all(&mut kit);
    let file = folder.path().join("archive/2025-03.ndjson");
    let mut over = Overlay::new(&*kit.store);
    let store = kit.store.clone();
    let mut go_over = |id, fate: &dyn Fn(&archive::Archived) -> Fate| {
        archive::rewrite(&mut over, store.archive(), id, fate).unwrap()
    };
    assert!(!go_over(ids[0], &|_| Fate::Keep));
    assert!(go_over(ids[1], &|archived| {
        let mut changed = archived.clone();
        let mut messages = archived.clone().into_messages();
        for (_, m) in &mut messages {
            m.text = "erased".into();
            (m.author.id, m.author.name) = ("nobody".into(), "nobody".into());
        }
        changed.set_messages(messages);
        Fate::Change(Box::new(changed))
    }));
    assert!(go_over(ids[2], &|_| Fate::Remove));
    over.keep();
    kit.store.commit(over.into_group()).unwrap();
    kit.restart();
    job(&mut kit, ArchiveJob::Settle);
    let text = std::fs::read_to_string(&file).unwrap();
    // In the text and the excerpts of the first one; of the second only the excerpt.
    assert_eq!((text.matches("Germany").count(), text.matches("erased").count()), (3, 3));
    let persons = |who: &str| {
        let range = keys::persons_of(&weibo(), who);
        kit.store.range(&range, 9, dutydesk::store::Direction::Forward).unwrap().rows.len()
    };
    assert_eq!((persons("u1"), persons("nobody")), (1, 1));
    assert!(kit.store.get(&keys::known(&weibo(), "3")).unwrap().is_none());
    let stub: Stub = records::get(&*kit.store, &keys::stub(ids[1])).unwrap().unwrap();
    assert_eq!(stub.month.to_string(), "2025-03");
}

#[test]
fn an_interruption_at_any_moment_leaves_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut kit = desk(folder.path());
    let ids: Vec<_> = (0..4).map(|n| resolved(&mut kit, &n.to_string())).collect();
    let full = |kit: &Kit, on| kit.store.full.store(on, std::sync::atomic::Ordering::Relaxed);
    let before = kit.now + Span(1);
    let put = |ids: &[ConversationId]| Job::Archive(ArchiveJob::Put { ids: ids.to_vec(), before });
    let file = folder.path().join("archive/2025-03.ndjson");
    let len = || file.metadata().map_or(0, |meta| meta.len());
    // The month is written down; then the lines, of which the commit fails.
    assert!(!is_archived(&kit, ids[0]));
    kit.one(put(&ids[..1]));
    full(&kit, true);
    assert!(kit.desk.run_group(kit.now, vec![put(&ids[..2])]).is_err());
    full(&kit, false);
    let longer = len();
    assert!(longer > 0 && ids.iter().all(|id| !is_archived(&kit, *id)));
    let report = verify(&*kit.store, &kit.setup).unwrap();
    assert_eq!((report.problems.len(), report.left_in_archive), (0, longer));
    // A torn line is cut off when the desk is opened, and before the next one.
    kit.restart();
    assert_eq!(len(), 0);
    std::fs::write(&file, "{\"type\":\"archived\",\"mon").unwrap();
    kit.one(put(&ids[..2]));
    assert!(is_archived(&kit, ids[0]) && is_archived(&kit, ids[1]));
    kit.check();
    // A blanking that did not come to its end is done again.
    job(&mut kit, ArchiveJob::Take { by: by("amy"), ids: ids[..1].to_vec() });
    full(&kit, true);
    assert!(kit.desk.run_group(kit.now, vec![Job::Archive(ArchiveJob::Settle)]).is_err());
    full(&kit, false);
    kit.restart();
    assert!(kit.desk.is_unsettled());
    kit.check();
    job(&mut kit, ArchiveJob::Settle);
    kit.check();
    // A month whose file is gone, and whose end was not committed.
    let month: Month = "2025-03".parse().unwrap();
    job(&mut kit, ArchiveJob::Forget(month));
    full(&kit, true);
    let _ = kit.desk.run_group(kit.now, vec![Job::Archive(ArchiveJob::Forget(month))]);
    full(&kit, false);
    assert!(!file.exists());
    kit.restart();
    assert!(job(&mut kit, ArchiveJob::Forget(month)).done);
    kit.check();
    assert_eq!(
        ids.iter().filter(|id| kit.store.get(&keys::conversation(**id)).unwrap().is_some()).count(),
        3
    );
}

/// Random work with the archive among it.
#[derive(Clone, Debug)]
enum Mixed {
    Work(Step),
    Archive,
    /// The lines are written and the commit fails.
    Fail,
    Back(u64),
    Settle,
}

fn mixed() -> impl Strategy<Value = Mixed> {
    prop_oneof![
        12 => random::steps().prop_map(Mixed::Work),
        4 => Just(Mixed::Archive),
        1 => Just(Mixed::Fail),
        1 => any::<u64>().prop_map(Mixed::Back),
        2 => Just(Mixed::Settle),
    ]
}

/// Every conversation that is archived comes back.
fn all_back(kit: &mut Kit) {
    let stubs = archive::page(&*kit.store, None, 1_000).unwrap();
    let ids = stubs.into_iter().map(|(id, _)| id).collect();
    job(kit, ArchiveJob::Take { by: by("amy"), ids });
}

proptest! {
    #![proptest_config(random::config())]

    #[test]
    fn a_desk_with_an_archive_is_the_desk_it_would_be_without(
        steps in proptest::collection::vec(mixed(), 1..50),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (mut kit, mut twin) = (desk(folder.path()), Kit::new());
        random::can(&kit);
        random::can(&twin);
        for step in steps {
            match step {
                Mixed::Work(step) => {
                    random::take(&mut kit, step.clone());
                    random::take(&mut twin, step);
                }
                Mixed::Archive => {
                    archive_all(&mut kit);
                }
                Mixed::Fail => {
                    let before = kit.now + Span(1);
                    let (_, ids) = candidates(&*kit.store, None, before, false).unwrap();
                    let put = Job::Archive(ArchiveJob::Put { ids, before });
                    kit.store.full.store(true, std::sync::atomic::Ordering::Relaxed);
                    let _ = kit.desk.run_group(kit.now, vec![put]);
                    kit.store.full.store(false, std::sync::atomic::Ordering::Relaxed);
                }
                Mixed::Back(n) => {
                    let stubs = archive::page(&*kit.store, None, 1_000).unwrap();
                    let ids = stubs.iter().map(|(id, _)| *id).filter(|id| id.0 % 3 == n % 3);
                    let ids = ids.collect();
                    job(&mut kit, ArchiveJob::Take { by: by("amy"), ids });
                }
                Mixed::Settle => {
                    job(&mut kit, ArchiveJob::Settle);
                }
            }
            // A clock that was set back is taken in with the next group: both have one.
            kit.run(Vec::new());
            twin.run(Vec::new());
            kit.check();
        }
        all_back(&mut kit);
        kit.check();
        prop_assert_eq!(derived(&kit), derived(&twin));
        let undone = |kit: &mut Kit| {
            let mut undone = 0;
            while kit.act("bo", Command::Undo).is_ok() {
                undone += 1;
                if kit.store.archive.folder().is_some() {
                    archive_all(kit);
                }
            }
            undone
        };
        prop_assert_eq!(undone(&mut kit), undone(&mut twin));
        kit.check();
        all_back(&mut kit);
        let state = |kit: &Kit| -> Vec<Conversation> {
            let mut all = Vec::new();
            let way = dutydesk::store::Direction::Forward;
            let page = records::page(&*kit.store, &keys::conversations(), 1_000, way).unwrap();
            all.extend(page.rows.into_iter().map(|(_, c)| c));
            all
        };
        prop_assert_eq!(state(&kit), state(&twin));
    }
}
