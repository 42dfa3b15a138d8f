//! `import`: rows of a file become conversations on the desk.

use super::desk_sink::DeskSink;
use super::print::Printer;
use super::progress::{Bar, Step};
use super::{Context, Exit, Failure, Outcome, export, interrupt};
use crate::connect::import::{Import, Progress, Why};
use crate::connect::rejects::Rejects;
use crate::connect::source::{Origin, Source};
use crate::connect::{Profile, Report};
use crate::domain::Time;
use crate::text::catalogue::import as say;
use crate::text::{Align, Lang, Shown, format};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::Arc;

/// Describes the verb.
pub fn command(lang: Lang) -> Command {
    Command::new("import").about(say::ABOUT.raw(lang)).args([
        Arg::new("file")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .required_unless_present("profiles")
            .help(say::ARG_FILE.raw(lang)),
        Arg::new("profile")
            .long("profile")
            .value_name("NAME|PATH")
            .default_value("events")
            .help(say::ARG_PROFILE.raw(lang)),
        Arg::new("profiles")
            .long("profiles")
            .action(ArgAction::SetTrue)
            .help(say::ARG_PROFILES.raw(lang)),
        Arg::new("rejects")
            .long("rejects")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help(say::ARG_REJECTS.raw(lang)),
        Arg::new("follow")
            .long("follow")
            .action(ArgAction::SetTrue)
            .help(say::ARG_FOLLOW.raw(lang)),
        Arg::new("replay")
            .long("replay")
            .value_name("SPEED")
            .value_parser(speed)
            .conflicts_with("follow")
            .help(say::ARG_REPLAY.raw(lang)),
    ])
}

/// A speed: how many times as fast as it was, `60` or `60x`.
fn speed(text: &str) -> Result<f64, String> {
    let speed = text.trim_end_matches(['x', 'X']).parse::<f64>().ok();
    speed
        .filter(|s| (0.001..=1_000_000.0).contains(s))
        .ok_or_else(|| "a number from 0.001 to 1000000, e.g. 60".to_owned())
}

/// Runs the verb.
///
/// # Errors
/// When the source, the profile or the desk will not do. Rejected rows are no error: the report
/// counts them. A source that broke off is one, after the report of what was kept.
pub fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let folders = profile_folders(context);
    let Some(file) = args.get_one::<PathBuf>("file").filter(|_| !args.get_flag("profiles")) else {
        return list_profiles(context, &folders);
    };
    let name = args.get_one::<String>("profile").map_or("events", String::as_str);
    let profile =
        Profile::find(name, &folders).map_err(|e| Failure::new(Exit::Usage, e.say(lang)))?;
    let import = Import {
        profile,
        clock: now,
        stop: Arc::default(),
        replay: args.get_one::<f64>("replay").copied(),
    };
    let origin = Origin::named(file);
    let mut source = Source::open(&origin, args.get_flag("follow"), &import.stop)
        .map_err(|e| Failure::new(Exit::File, e.say(lang)))?;
    // What cannot be read says so below.
    if source.begins_with(export::HEADER).unwrap_or(false) {
        return export::restore(context, source);
    }
    let rejects = match args.get_one::<PathBuf>("rejects") {
        None => None,
        Some(path) => {
            let named = path.display().to_string();
            let file = File::create(path).map_err(|e| {
                let said = say::UNWRITABLE.fill(lang, &[("name", &named), ("why", &e)]);
                Failure::new(Exit::File, said)
            })?;
            Some(Rejects::new(BufWriter::new(file)))
        }
    };
    let mut sink = DeskSink::connect(context)?;
    let _watch = interrupt::watch(&import.stop)
        .map_err(|e| Failure::new(Exit::File, say::NO_THREAD.fill(lang, &[("why", &e)])))?;
    let mut bar = Bar::new(lang);
    let result = import.run(source, &mut sink, rejects, &mut |p: Progress| {
        bar.draw(Step { rows: p.rows, parts: p.parts, elapsed: p.elapsed });
    });
    bar.clear();
    let name = origin.name();
    match result {
        Ok(report) => {
            print(context, &report)?;
            ended(&report, &name, args.get_flag("follow"), lang)
        }
        Err(failed) => {
            if failed.report.rows > 0 {
                print(context, &failed.report)?;
            }
            let exit = match &failed.why {
                Why::Sink(_) => sink.exit(),
                Why::TooMany => Exit::Usage,
                Why::Header(_) | Why::NoHeader | Why::Rejects(_) | Why::Thread(_) => Exit::File,
            };
            Err(Failure::new(exit, failed.why.say(&name, &import.profile, lang)))
        }
    }
}

fn now() -> Time {
    Time::from(chrono::Utc::now())
}

/// Where profiles are looked for: the desk's own first, then the operator's.
fn profile_folders(context: &Context) -> Vec<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let desk = context.folder().ok().map(|desk| desk.join("profiles"));
    let own = set("XDG_CONFIG_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".config")))
        .map(|config| config.join("dutydesk/profiles"));
    desk.into_iter().chain(own).collect()
}

fn list_profiles(context: &Context, folders: &[PathBuf]) -> Outcome {
    let mut out = Printer::new(context.lang);
    let names = Profile::names(folders);
    if context.json {
        for (name, about) in &names {
            out.json(&json!({ "name": name, "about": about }))?;
        }
    } else {
        let rows: Vec<Vec<Shown>> =
            names.iter().map(|(n, a)| vec![Shown::line(n), Shown::line(a)]).collect();
        out.table(&[Align::Left, Align::Left], &rows)?;
    }
    out.end()
}

/// The report, as text or as one JSON object.
fn print(context: &Context, report: &Report) -> Outcome {
    let mut out = Printer::new(context.lang);
    if context.json {
        out.json(&as_json(report))?;
    } else {
        for line in as_text(report, context.lang) {
            out.line(&line)?;
        }
    }
    out.end()
}

fn as_json(r: &Report) -> serde_json::Value {
    let by_reason: serde_json::Map<_, _> =
        r.rejected.iter().map(|(k, n)| (k.code().to_owned(), json!(n))).collect();
    let by_mend: serde_json::Map<_, _> =
        r.mended.iter().map(|(k, n)| (k.code().to_owned(), json!(n))).collect();
    json!({
        "rows": r.rows,
        "added": r.added,
        "opened": r.opened,
        "changed": r.changed,
        "known": r.known,
        "rejected": r.rejected_rows(),
        "rejected_by_reason": by_reason,
        "mended": by_mend,
        "unknown_columns": r.unknown_columns,
        "absent_columns": r.absent_columns,
        "complete": r.broken.is_none() && !r.stopped,
        "broken_at_line": r.broken.as_ref().map(|(line, _)| line),
        "elapsed_ms": u64::try_from(r.elapsed.as_millis()).unwrap_or(u64::MAX),
        "rows_per_second": r.rate().round() as u64,
    })
}

fn as_text(r: &Report, lang: Lang) -> Vec<Shown> {
    let took = format::duration(lang, i64::try_from(r.elapsed.as_millis()).unwrap_or(i64::MAX));
    let rate = r.rate().round() as u64;
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("rows", &r.rows), ("elapsed", &took), ("rate", &rate)];
    let mut lines = vec![
        say::REPORT_ROWS.fill(lang, &values),
        say::REPORT_TAKEN.fill(
            lang,
            &[
                ("added", &r.added),
                ("opened", &r.opened),
                ("changed", &r.changed),
                ("known", &r.known),
            ],
        ),
    ];
    let counted = |n: u64, what: Shown| {
        let mut line = Shown::number(n).pad(10, Align::Right);
        line.push(&Shown::blank(2));
        line.push(&what);
        line
    };
    if r.rejected_rows() > 0 {
        lines.push(say::REPORT_REJECTED.fill(lang, &[("n", &r.rejected_rows())]));
        lines.extend(r.rejected.iter().map(|(why, n)| counted(*n, why.msg().say(lang))));
    }
    if !r.mended.is_empty() {
        lines.push(say::REPORT_MENDED.say(lang));
        lines.extend(r.mended.iter().map(|(what, n)| counted(*n, what.msg().say(lang))));
    }
    for (msg, names) in
        [(say::REPORT_UNKNOWN, &r.unknown_columns), (say::REPORT_ABSENT, &r.absent_columns)]
    {
        if !names.is_empty() {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            lines.push(msg.fill(lang, &[("names", &names.join(", "))]));
        }
    }
    lines
}

/// How the verb ends after its report.
fn ended(report: &Report, name: &str, follow: bool, lang: Lang) -> Outcome {
    if let Some((line, why)) = &report.broken {
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("name", &name), ("line", line), ("why", why)];
        return Err(Failure::new(Exit::File, say::BROKEN.fill(lang, &values)));
    }
    // To be stopped is how following ends.
    if report.stopped && !follow {
        return Err(Failure::new(Exit::Refused, say::STOPPED.say(lang)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::reason::{Mend, Reason};
    use std::time::Duration;

    fn report() -> Report {
        Report {
            rows: 26_033,
            added: 26_000,
            opened: 25_990,
            changed: 10,
            known: 20,
            rejected: [(Reason::NoText, 2), (Reason::Nul, 1)].into(),
            mended: [(Mend::Likes, 4)].into(),
            unknown_columns: ["mood\x1b[2J".to_owned()].into(),
            absent_columns: ["likes".to_owned()].into(),
            broken: Some((26_034, "unexpected end of file".to_owned())),
            stopped: false,
            elapsed: Duration::from_millis(4_100),
        }
    }

    #[test]
    fn the_report_as_text() {
        let both: Vec<String> = Lang::ALL
            .iter()
            .flat_map(|lang| as_text(&report(), *lang))
            .map(|line| line.as_str().to_owned())
            .collect();
        insta::assert_snapshot!(both.join("\n"));
    }

    #[test]
    fn the_report_as_json() {
        insta::assert_snapshot!(as_json(&report()));
    }

    #[test]
    fn what_was_not_read_to_its_end_is_a_failure() {
        let end = ended(&report(), "x.csv.gz", false, Lang::En).unwrap_err();
        assert_eq!(end.exit, Exit::File);
        let said = end.sentence.as_str();
        assert!(said.contains("x.csv.gz") && said.contains("26034"));
        let stopped = Report { broken: None, stopped: true, ..report() };
        assert_eq!(ended(&stopped, "x", false, Lang::En).unwrap_err().exit, Exit::Refused);
        assert!(ended(&stopped, "x", true, Lang::En).is_ok());
        assert!(ended(&Report { broken: None, ..report() }, "x", false, Lang::En).is_ok());
    }

    #[test]
    fn a_speed_is_a_number_above_nothing() {
        assert_eq!(speed("60x"), Ok(60.0));
        assert_eq!(speed("0.5"), Ok(0.5));
        for wrong in ["0", "-1", "nan", "fast", ""] {
            assert!(speed(wrong).is_err(), "{wrong}");
        }
    }
}
