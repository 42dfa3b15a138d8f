//! Tables: which profile fits, what the columns are, and the import by a profile. The first byte chooses
//! one of the profiles that come with the program; or, when the bytes hold a line `%%%`, what stands
//! before it is a profile of its own.

use super::events::assert_bounded;
use super::{NOW, assert_shown};
use dutydesk::connect::guess::{self, Table};
use dutydesk::connect::import::Failed;
use dutydesk::connect::profile::{Profile, READY};
use dutydesk::connect::rejects::Rejects;
use dutydesk::connect::source::{Head, Source};
use dutydesk::connect::{Import, Report, Sink, SinkError, Taken, sink};
use dutydesk::domain::{ChannelId, Event};
use dutydesk::text::Lang;
use std::io::{Cursor, sink as nowhere};
use std::sync::LazyLock;

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let parsed = READY.iter().map(|(name, text)| Profile::parse(name, name, text));
    parsed.collect::<Result<_, _>>().expect("what comes with the program is right")
});

pub fn run(bytes: &[u8]) {
    let mark = bytes.windows(5).position(|part| part == b"\n%%%\n");
    let Some((first, rest)) = bytes.split_first() else { return };
    let (profile, table) = match mark {
        Some(at) => {
            let text = String::from_utf8_lossy(&bytes[..at]);
            let Ok(profile) = Profile::parse("own", "own.toml", &text) else { return };
            (profile, &bytes[at + 5..])
        }
        None => (PROFILES[usize::from(*first) % PROFILES.len()].clone(), rest),
    };
    let head = Head { sheet: None, bytes: table.to_vec(), whole: true };
    looked_at(&head);
    imported(&profile, Source::of(Cursor::new(table.to_vec())));
}

/// What a person is shown of a table before it is imported.
pub fn looked_at(head: &Head) {
    let table = Table::of(head, None);
    let best = guess::best(&PROFILES, head);
    let _ = guess::closest(&PROFILES, head);
    let row = best.as_ref().map(|fit| fit.row).or(table.header()).unwrap_or(0);
    let known = best.as_ref().map(|fit| &PROFILES[fit.profile]);
    for profile in [None, known] {
        for column in guess::columns(&table, row, profile) {
            assert!(column.samples.iter().all(|s| s.chars().count() <= 80));
        }
    }
}

/// Imports, and looks whether every row was counted once.
pub fn imported(profile: &Profile, source: Source) {
    let import =
        Import { profile: profile.clone(), clock: || NOW, stop: Default::default(), replay: None };
    let mut shelf = Shelf::default();
    let rejects = Rejects::new(nowhere());
    let report = match import.run(source, &mut shelf, Some(rejects), &mut |_| {}) {
        Ok(report) => report,
        Err(Failed { why, report }) => {
            for lang in [Lang::En, Lang::Zh] {
                assert_shown(&why.say("file", profile, lang));
            }
            *report
        }
    };
    assert_counted(&report, &shelf);
}

fn assert_counted(report: &Report, shelf: &Shelf) {
    let rejected: u64 = report.rejected.values().sum();
    assert_eq!(report.rejected_rows() + report.beside_rows(), rejected);
    let taken = report.added + report.changed + report.known;
    assert_eq!(taken, shelf.taken, "what the desk took is what is told");
    assert!(rejected <= report.rows, "{report:?}");
}

/// A desk that takes everything.
#[derive(Default)]
struct Shelf {
    answers: Vec<Taken>,
    taken: u64,
}

impl Sink for Shelf {
    fn send(
        &mut self,
        _: Option<(ChannelId, String)>,
        events: Vec<Event>,
    ) -> Result<(), SinkError> {
        assert!(events.len() <= sink::MOST);
        events.iter().for_each(assert_bounded);
        self.taken += events.len() as u64;
        let added = u32::try_from(events.len()).expect("bounded");
        self.answers.push(Taken { added, ..Taken::default() });
        Ok(())
    }

    fn receive(&mut self) -> Result<Taken, SinkError> {
        Ok(self.answers.remove(0))
    }
}
