//! `dutydesk anomalies`: what the detector says of a series, and how good it is.

mod eval;
mod series;

use super::print::Printer;
use super::{Context, Outcome};
use crate::domain::anomaly::{Alarm, Detector, Settings, Way};
use crate::text::catalogue::figures as say;
use crate::text::{Align, Lang, Shown, format};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde_json::json;
use series::Series;
use std::path::PathBuf;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let path = || value_parser!(PathBuf);
    let figure = |name: &'static str| {
        Arg::new(name).long(name).value_name("N").value_parser(value_parser!(f64))
    };
    let about = Command::new("anomalies").about(say::ANOMALIES.raw(lang));
    about.long_about(say::ANOMALIES_LONG.raw(lang)).args([
        Arg::new("series")
            .value_name("FILE")
            .num_args(1..)
            .required(true)
            .value_parser(path())
            .help(say::ARG_SERIES.raw(lang)),
        Arg::new("eval")
            .long("eval")
            .value_name("WINDOWS")
            .value_parser(path())
            .help(say::ARG_EVAL.raw(lang)),
        figure("per-week").default_value("0.5").help(say::ARG_PER_WEEK.raw(lang)),
        figure("least").default_value("20").help(say::ARG_LEAST.raw(lang)),
        Arg::new("only")
            .long("only")
            .value_name("WAY")
            .value_parser(["burst", "drop"])
            .help(say::ARG_WAY.raw(lang)),
    ])
}

/// What alarms are wanted.
#[derive(Clone, Copy)]
struct Wanted {
    settings: Settings,
    only: Option<Way>,
}

impl Wanted {
    fn of(args: &ArgMatches) -> Wanted {
        let figure = |name: &str| args.get_one::<f64>(name).copied().unwrap_or_default();
        let settings = Settings {
            per_week: figure("per-week"),
            least: figure("least") / 100.0,
            ..Settings::default()
        };
        let only = args.get_one::<String>("only").map(|way| match way.as_str() {
            "burst" => Way::Burst,
            _ => Way::Drop,
        });
        Wanted { settings, only }
    }
}

pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let files = args.get_many::<PathBuf>("series").into_iter().flatten();
    let mut all = Vec::new();
    for file in files {
        all.push(Series::read(context, file)?);
    }
    let wanted = Wanted::of(args);
    match args.get_one::<PathBuf>("eval") {
        Some(windows) => eval::run(context, &all, windows, wanted),
        None => list(context, &all, wanted),
    }
}

/// What the detector says of a series: the place of the value that raised each alarm.
fn alarms(series: &Series, wanted: Wanted) -> Vec<(usize, Alarm)> {
    let mut detector = Detector::new(wanted.settings, series.step());
    let judged = series.values.iter().enumerate().filter_map(|(place, (at, value))| {
        detector.step(*at, series.hour(*at), *value).alarm.map(|alarm| (place, alarm))
    });
    judged.filter(|(_, alarm)| wanted.only.is_none_or(|way| alarm.way == way)).collect()
}

fn list(context: &Context, all: &[Series], wanted: Wanted) -> Outcome {
    let lang = context.lang;
    let mut printer = Printer::new(lang);
    let head = [
        say::COL_SERIES,
        say::COL_AT,
        say::COL_BEGAN,
        say::COL_WAY,
        say::COL_VALUE,
        say::COL_USUAL,
        say::COL_CHANGE,
    ];
    let mut rows = vec![head.map(|msg| msg.say(lang)).to_vec()];
    for series in all {
        for (_, alarm) in alarms(series, wanted) {
            if context.json {
                printer.json(&json!({
                    "series": series.name, "way": alarm.way, "at": alarm.at.rfc3339(),
                    "began": alarm.began.rfc3339(), "value": alarm.value, "usual": alarm.usual,
                }))?;
                continue;
            }
            let moment = |at: crate::domain::Time| {
                Shown::line(&at.in_zone(series.zone).format("%Y-%m-%d %H:%M").to_string())
            };
            rows.push(vec![
                Shown::line(&series.name),
                moment(alarm.at),
                moment(alarm.began),
                way_said(alarm.way, lang),
                one_place(alarm.value),
                one_place(alarm.usual),
                alarm.change().map_or_else(|| Shown::line("-"), signed),
            ]);
        }
    }
    if !context.json {
        match rows.len() {
            1 => printer.line(&say::NONE.say(lang))?,
            _ => {
                let right = Align::Right;
                let left = Align::Left;
                printer.table(&[left, left, left, left, right, right, right], &rows)?;
            }
        }
    }
    printer.end()
}

fn way_said(way: Way, lang: Lang) -> Shown {
    match way {
        Way::Burst => say::WAY_BURST.say(lang),
        Way::Drop => say::WAY_DROP.say(lang),
    }
}

fn one_place(n: f64) -> Shown {
    Shown::line(&format!("{n:.1}"))
}

/// A change as a percentage with its sign.
fn signed(change: f64) -> Shown {
    let mut text = Shown::line(if change < 0.0 { "-" } else { "+" });
    text.push(&format::percent(change.abs()));
    text
}
