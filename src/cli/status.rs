//! `dutydesk status`: how the desk's daemon is.

use super::print::Printer;
use super::{Context, Outcome};
use crate::client::zone;
use crate::domain::Time;
use crate::domain::order::{Queue, StateKind};
use crate::text::catalogue::verbs as say;
use crate::text::{Align, Lang, Shown, format};
use crate::wire::message::{Answer, Ask, Presence, Status};
use chrono_tz::Tz;
use clap::{ArgMatches, Command};
use serde::Serialize;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("status").about(say::STATUS.raw(lang))
}

/// Asks and prints.
pub(super) fn run(context: &Context, _args: &ArgMatches) -> Outcome {
    let mut desk = context.connect_running()?;
    let Answer::Status(status) = context.ask(&mut desk, Ask::Status)? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(context.lang);
    if context.json {
        printer.json(&Line::new(&status))?;
    } else {
        let zone = zone::of_desk(desk.welcome());
        let rows = rows(&status, zone, Time::from(chrono::Utc::now()), context.lang);
        printer.table(&[Align::Left, Align::Left], &rows)?;
    }
    printer.end()
}

/// What `status --json` prints.
#[derive(Serialize)]
struct Line<'a> {
    version: &'a str,
    pid: u32,
    started_at: String,
    desk: &'a str,
    cockpits: u32,
    revision: u64,
    disk_bytes: u64,
    backup_at: Option<String>,
    /// How many conversations by queue and state.
    counts: Vec<Count>,
    late: Vec<Late>,
    next_due_at: Option<String>,
    people: Vec<&'a str>,
    waiting_replies: u64,
    read_only: Option<&'a str>,
    /// Which file of rules has a mistake, and what holds instead.
    settings_trouble: Option<&'a str>,
}

#[derive(Serialize)]
struct Count {
    queue: Queue,
    state: StateKind,
    count: u64,
}

#[derive(Serialize)]
struct Late {
    queue: Queue,
    count: u64,
}

impl<'a> Line<'a> {
    fn new(status: &'a Status) -> Line<'a> {
        let desk = &status.desk;
        let counts = desk.counts.iter();
        let late = desk.late.iter();
        Line {
            version: &status.program,
            pid: status.pid,
            started_at: status.started.rfc3339(),
            desk: &status.folder,
            cockpits: status.cockpits,
            revision: status.revision,
            disk_bytes: status.disk,
            backup_at: status.backup.map(Time::rfc3339),
            counts: counts.map(|&(queue, state, count)| Count { queue, state, count }).collect(),
            late: late.map(|&(queue, count)| Late { queue, count }).collect(),
            next_due_at: desk.next_due.map(Time::rfc3339),
            people: names(&desk.people),
            waiting_replies: desk.waiting,
            read_only: desk.read_only.as_deref(),
            settings_trouble: desk.settings_trouble.as_deref(),
        }
    }
}

/// Each operator once; the list is sorted by name.
fn names(people: &[Presence]) -> Vec<&str> {
    let mut names: Vec<&str> = people.iter().map(|p| p.operator.0.as_str()).collect();
    names.dedup();
    names
}

fn rows(status: &Status, zone: Tz, now: Time, lang: Lang) -> Vec<Vec<Shown>> {
    let since = format::moment(
        lang,
        &status.started.to_utc().with_timezone(&zone),
        &now.to_utc().with_timezone(&zone),
    );
    let (program, pid) = (&status.program, status.pid);
    let runs =
        say::STATUS_RUNS.fill(lang, &[("version", program), ("pid", &pid), ("since", &since)]);
    let mib = status.disk >> 20;
    let desk = &status.desk;
    let people = names(&desk.people).join(", ");
    let mut rows = vec![
        vec![say::STATUS_DAEMON.say(lang), runs],
        vec![say::STATUS_FOLDER.say(lang), Shown::line(&status.folder)],
        vec![
            say::STATUS_DISK.say(lang),
            say::STATUS_MIB.fill(lang, &[("n", &mib), ("revision", &status.revision)]),
        ],
        vec![
            say::STATUS_BACKUP.say(lang),
            match status.backup {
                Some(at) => format::moment(lang, &at.in_zone(zone), &now.in_zone(zone)),
                None => say::STATUS_NO_BACKUP.say(lang),
            },
        ],
        vec![
            say::STATUS_COCKPITS.say(lang),
            match status.cockpits {
                0 => Shown::number(0),
                n => say::STATUS_PEOPLE.fill(lang, &[("n", &n), ("people", &people)]),
            },
        ],
    ];
    for queue in Queue::ALL {
        let counts = desk.counts.iter().filter(|(q, _, n)| *q == queue && *n > 0);
        let mut parts: Vec<Shown> =
            counts.map(|(_, state, n)| Shown::line(&format!("{n} {}", state.name()))).collect();
        let late = desk.late.iter().find(|(q, n)| *q == queue && *n > 0);
        parts.extend(late.map(|(_, n)| say::STATUS_LATE.fill(lang, &[("n", n)])));
        rows.push(vec![
            Shown::line(match queue {
                Queue::Comments => "comments",
                Queue::Messages => "messages",
            }),
            Shown::join(&parts, &Shown::line(", ")),
        ]);
    }
    if desk.waiting > 0 {
        rows.push(vec![say::STATUS_WAITING.say(lang), Shown::number(desk.waiting)]);
    }
    if let Some(why) = &desk.read_only {
        rows.push(vec![say::STATUS_READ_ONLY.say(lang), Shown::line(why)]);
    }
    if let Some(trouble) = &desk.settings_trouble {
        rows.push(vec![say::STATUS_TROUBLE.say(lang), Shown::line(trouble)]);
    }
    rows
}
