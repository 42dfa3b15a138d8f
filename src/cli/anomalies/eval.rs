//! How good the alarms are, beside a plain threshold.

use super::series::Series;
use super::{Wanted, alarms};
use crate::cli::print::Printer;
use crate::cli::{Context, Exit, Failure, Outcome};
use crate::connect::when::{TimeFormat, Zone};
use crate::domain::anomaly::Way;
use crate::domain::anomaly::score::{self, Profile, Tally};
use crate::domain::{Span, Time};
use crate::text::catalogue::figures as say;
use crate::text::{Align, Shown, format};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Windows of each series, as pairs of moments.
type Windows = BTreeMap<String, Vec<(Time, Time)>>;
/// What a method says of a series: the places of its alarms.
type Method<'a> = (Shown, Box<dyn Fn(&Series) -> Vec<usize> + 'a>);

pub(super) fn run(context: &Context, all: &[Series], file: &Path, wanted: Wanted) -> Outcome {
    let lang = context.lang;
    let windows = read(context, file, all)?;
    let least = format::percent(wanted.settings.least);
    let mine = say::THIS.fill(lang, &[("n", &wanted.settings.per_week)]);
    let methods: [Method<'_>; 3] = [
        (mine, Box::new(|s| alarms(s, wanted).into_iter().map(|(place, _)| place).collect())),
        (say::PLAIN.fill(lang, &[("n", &least)]), Box::new(|s| threshold(s, wanted, Span(0)))),
        (
            say::PLAIN_DAILY.fill(lang, &[("n", &least)]),
            Box::new(|s| threshold(s, wanted, Span::hours(24))),
        ),
    ];
    let mut printer = Printer::new(lang);
    let head = [
        say::COL_METHOD,
        say::COL_SERIES,
        say::COL_FOUND,
        say::COL_FALSE,
        say::COL_FALSE_WEEK,
        say::COL_SCORE,
        say::COL_FEW_FALSE,
        say::COL_FEW_MISSED,
    ];
    let mut rows = vec![head.map(|msg| msg.say(lang)).to_vec()];
    for (method, alarms) in &methods {
        let mut tallies = Vec::new();
        for series in all {
            let tally =
                score::tally(&alarms(series), &windows_of(series, &windows), series.values.len());
            rows.push(row(
                context,
                method,
                &series.name,
                std::slice::from_ref(&tally),
                weeks(series),
            ));
            tallies.push(tally);
        }
        let weeks = all.iter().map(weeks).sum();
        let together = String::from(say::TOGETHER.say(lang));
        rows.push(row(context, method, &together, &tallies, weeks));
        if context.json {
            printer.json(&as_json(method, &tallies, weeks))?;
        }
    }
    if !context.json {
        let mut aligns = [Align::Right; 8];
        (aligns[0], aligns[1]) = (Align::Left, Align::Left);
        printer.table(&aligns, &rows)?;
    }
    printer.end()
}

fn row(context: &Context, method: &Shown, name: &str, of: &[Tally], weeks: f64) -> Vec<Shown> {
    let lang = context.lang;
    let sum = |what: fn(&Tally) -> usize| of.iter().map(what).sum::<usize>();
    let found: [(&str, &dyn std::fmt::Display); 2] =
        [("n", &sum(|t| t.found)), ("all", &sum(|t| t.windows))];
    let score = |profile| Shown::line(&format!("{:.1}", score::score(of, profile)));
    let false_alarms = sum(|t| t.false_alarms);
    vec![
        method.clone(),
        Shown::line(name),
        say::OF.fill(lang, &found),
        format::number(lang, false_alarms as u64),
        Shown::line(&format!("{:.2}", false_alarms as f64 / weeks.max(1e-9))),
        score(Profile::STANDARD),
        score(Profile::FEW_FALSE),
        score(Profile::FEW_MISSED),
    ]
}

fn as_json(method: &Shown, of: &[Tally], weeks: f64) -> Value {
    let sum = |what: fn(&Tally) -> usize| of.iter().map(what).sum::<usize>();
    json!({
        "method": method.as_str(), "windows": sum(|t| t.windows), "found": sum(|t| t.found),
        "false_alarms": sum(|t| t.false_alarms),
        "false_a_week": sum(|t| t.false_alarms) as f64 / weeks.max(1e-9),
        "score": score::score(of, Profile::STANDARD),
        "score_few_false": score::score(of, Profile::FEW_FALSE),
        "score_few_missed": score::score(of, Profile::FEW_MISSED),
    })
}

/// How many weeks of a series are judged.
fn weeks(series: &Series) -> f64 {
    let judged = series.values.len() - score::probation(series.values.len());
    judged as f64 * series.step().0 as f64 / Span::hours(7 * 24).0 as f64
}

/// The plain method: a value that is further from the mean of its hour of the day so far than the
/// least change; what was told is not told again for `quiet`.
fn threshold(series: &Series, wanted: Wanted, quiet: Span) -> Vec<usize> {
    let mut hours = [(0.0, 0.0); 24];
    let mut told: Option<Time> = None;
    let mut places = Vec::new();
    for (place, (at, value)) in series.values.iter().enumerate() {
        let (sum, n) = &mut hours[usize::from(series.hour(*at) % 24)];
        // Two days' worth of an hour, of values each 5 minutes.
        if *n >= 24.0 {
            let usual = *sum / *n;
            let way = if *value > usual { Way::Burst } else { Way::Drop };
            let is_off = (*value - usual).abs() > wanted.settings.least * usual;
            let is_wanted = wanted.only.is_none_or(|only| only == way);
            if is_off && is_wanted && told.is_none_or(|told| *at - told > quiet) {
                places.push(place);
                told = Some(*at);
            }
        }
        (*sum, *n) = (*sum + value, *n + 1.0);
    }
    places
}

/// A series' windows as places of its values.
fn windows_of(series: &Series, windows: &Windows) -> Vec<(usize, usize)> {
    let place = |at: Time| series.values.partition_point(|(t, _)| *t < at);
    let of = windows.get(&series.name).into_iter().flatten();
    of.map(|(from, to)| (place(*from), place(Time(to.0 + 1)).saturating_sub(1))).collect()
}

fn read(context: &Context, file: &Path, all: &[Series]) -> Result<Windows, Failure> {
    let lang = context.lang;
    let shown = Shown::line(&file.display().to_string());
    let odd = |why: String| {
        let why = Shown::line(&why);
        let values: [(&str, &dyn std::fmt::Display); 2] = [("file", &shown), ("why", &why)];
        Failure::new(Exit::File, say::ODD_WINDOWS.fill(lang, &values))
    };
    let text = std::fs::read_to_string(file).map_err(|e| odd(e.to_string()))?;
    let written: BTreeMap<String, Vec<[String; 2]>> =
        serde_json::from_str(&text).map_err(|e| odd(e.to_string()))?;
    let mut windows = Windows::new();
    for (name, pairs) in written {
        let name = name.rsplit('/').next().unwrap_or(&name).to_owned();
        let zone = all.first().map_or(chrono_tz::Tz::UTC, |s| s.zone);
        let time = |text: &String| {
            TimeFormat::Auto.read(text, Zone::Named(zone)).ok_or_else(|| odd(text.clone()))
        };
        let pairs = pairs.iter().map(|[from, to]| Ok((time(from)?, time(to)?)));
        windows.insert(name, pairs.collect::<Result<_, Failure>>()?);
    }
    match all.iter().find(|s| !windows.contains_key(&s.name)) {
        None => Ok(windows),
        Some(missing) => {
            let series = Shown::line(&missing.name);
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("file", &shown), ("series", &series)];
            Err(Failure::new(Exit::File, say::NO_WINDOWS.fill(lang, &values)))
        }
    }
}
