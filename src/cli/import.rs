//! `import`: rows of a file become conversations on the desk.

mod look;
mod report;

use super::desk_sink::DeskSink;
use super::print::Printer;
use super::progress::{Bar, Step};
use super::{Context, Exit, Failure, Outcome, export, interrupt};
use crate::connect::import::{Import, Progress, Why};
use crate::connect::rejects::Rejects;
use crate::connect::source::{Origin, Source};
use crate::connect::{Profile, Report, Sink};
use crate::domain::Time;
use crate::text::catalogue::import as say;
use crate::text::{Align, Lang, Shown};
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
            .help(say::ARG_PROFILE.raw(lang)),
        Arg::new("profiles")
            .long("profiles")
            .action(ArgAction::SetTrue)
            .help(say::ARG_PROFILES.raw(lang)),
        Arg::new("columns")
            .long("columns")
            .action(ArgAction::SetTrue)
            .conflicts_with_all(["follow", "replay", "check"])
            .help(say::ARG_COLUMNS.raw(lang)),
        Arg::new("check")
            .long("check")
            .action(ArgAction::SetTrue)
            .conflicts_with_all(["follow", "replay"])
            .help(say::ARG_CHECK.raw(lang)),
        Arg::new("progress")
            .long("progress")
            .action(ArgAction::SetTrue)
            .help(say::ARG_PROGRESS.raw(lang)),
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
    let named = match args.get_one::<String>("profile") {
        None => None,
        Some(name) => Some(
            Profile::find(name, &folders).map_err(|e| Failure::new(Exit::Usage, e.say(lang)))?,
        ),
    };
    let stop = Arc::default();
    let origin = Origin::named(file);
    let mut source = Source::open(&origin, args.get_flag("follow"), &stop)
        .map_err(|e| Failure::new(Exit::File, e.say(lang)))?;
    // What cannot be read says so below.
    if source.begins_with(export::HEADER).unwrap_or(false) {
        return export::restore(context, source);
    }
    if args.get_flag("columns") {
        return look::columns(context, &mut source, &origin, &folders, named);
    }
    let profile = match named {
        Some(profile) => profile,
        None => look::profile(&mut source, &origin, &folders, lang)?,
    };
    let import =
        Import { profile, clock: now, stop, replay: args.get_one::<f64>("replay").copied() };
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
    let _watch = interrupt::watch(&import.stop)
        .map_err(|e| Failure::new(Exit::File, say::NO_THREAD.fill(lang, &[("why", &e)])))?;
    if args.get_flag("check") {
        let mut sink = look::Check::default();
        let result = run_into(context, args, &import, source, &mut sink, rejects);
        sink.print(context)?;
        return result.map_err(|(e, exit)| Failure::new(exit.unwrap_or(Exit::File), e));
    }
    let mut sink = DeskSink::connect(context)?;
    let result = run_into(context, args, &import, source, &mut sink, rejects);
    result.map_err(|(e, exit)| Failure::new(exit.unwrap_or(sink.exit()), e))
}

/// Runs the import into a place and prints its report. Of a failure: the sentence and how the verb
/// ends; without that it is the place's.
fn run_into(
    context: &Context,
    args: &ArgMatches,
    import: &Import,
    source: Source,
    sink: &mut dyn Sink,
    rejects: Option<Rejects<BufWriter<File>>>,
) -> Result<(), (Shown, Option<Exit>)> {
    let lang = context.lang;
    let name =
        args.get_one::<PathBuf>("file").map_or_else(String::new, |f| Origin::named(f).name());
    let failed = |f: Failure| (f.sentence, Some(f.exit));
    let mut bar = Bar::new(lang);
    let told = args.get_flag("progress");
    let checked = args.get_flag("check");
    let result = import.run(source, sink, rejects, &mut |p: Progress| match told {
        true => look::progress(context, p),
        false => bar.draw(Step { rows: p.rows, parts: p.parts, elapsed: p.elapsed }),
    });
    bar.clear();
    match result {
        Ok(report) => {
            report::print(context, &report, checked).map_err(failed)?;
            ended(&report, &name, args.get_flag("follow"), lang).map_err(failed)
        }
        Err(e) => {
            if e.report.rows > 0 {
                report::print(context, &e.report, checked).map_err(failed)?;
            }
            let exit = match &e.why {
                Why::Sink(_) => None,
                Why::TooMany => Some(Exit::Usage),
                Why::Header(_) | Why::NoHeader | Why::NoTable | Why::NoSheet => Some(Exit::File),
                Why::Rejects(_) | Why::Thread(_) => Some(Exit::File),
            };
            Err((e.why.say(&name, &import.profile, lang), exit))
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
    use super::report::tests::report;
    use super::*;

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
