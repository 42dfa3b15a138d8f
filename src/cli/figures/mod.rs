//! `dutydesk figures`: the figures that channels tell, and how they went.

mod derived;

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::client::zone;
use crate::domain::figure::{Grain, Sample};
use crate::domain::{ChannelId, Span, Time, when};
use crate::text::catalogue::figures as say;
use crate::text::{Align, Lang, Shown, format};
use crate::wire::figure::{Figure, MOST_SAMPLES};
use crate::wire::message::{Answer, Ask};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::json;

const DAY: Span = Span::hours(24);
/// How far the list looks back.
const WEEK: Span = Span::hours(7 * 24);

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let word = |name: &'static str, value: &'static str| {
        Arg::new(name).value_name(value).value_parser(NonEmptyStringValueParser::new())
    };
    let about = Command::new("figures").about(say::FIGURES.raw(lang));
    about.long_about(say::FIGURES_LONG.raw(lang)).args([
        word("channel", "CHANNEL").help(say::ARG_CHANNEL.raw(lang)),
        word("name", "FIGURE").help(say::ARG_NAME.raw(lang)),
        Arg::new("by")
            .long("by")
            .value_name("STEP")
            .value_parser(["minute", "hour", "day"])
            .default_value("day")
            .help(say::ARG_BY.raw(lang)),
        word("last", "TIME").long("last").default_value("14d").help(say::ARG_LAST.raw(lang)),
        word("goal", "N")
            .long("goal")
            .value_parser(clap::value_parser!(f64))
            .allow_negative_numbers(true)
            .requires("until")
            .requires("name")
            .conflicts_with_all(["against", "trend", "formula"])
            .help(say::ARG_GOAL.raw(lang)),
        word("until", "DATE").long("until").requires("goal").help(say::ARG_UNTIL.raw(lang)),
        Arg::new("trend")
            .long("trend")
            .action(clap::ArgAction::SetTrue)
            .requires("name")
            .conflicts_with_all(["against", "formula"])
            .help(say::ARG_TREND.raw(lang)),
        word("against", "CHANNEL/FIGURE")
            .long("against")
            .requires("name")
            .conflicts_with("formula")
            .help(say::ARG_AGAINST.raw(lang)),
        word("formula", "FORMULA")
            .long("formula")
            .requires("channel")
            .conflicts_with("name")
            .help(say::ARG_FORMULA.raw(lang)),
    ])
}

pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let word = |name: &str| args.get_one::<String>(name).map(String::as_str);
    let channel = || ChannelId(word("channel").unwrap_or_default().into());
    if let Some(formula) = word("formula") {
        return derived::formula(context, &channel(), formula, word("last").unwrap_or("14d"));
    }
    match (word("channel"), word("name")) {
        (Some(_), Some(name)) => {
            let figure = Figure { channel: channel(), name: name.into() };
            if let (Some(target), Some(until)) = (args.get_one::<f64>("goal"), word("until")) {
                return derived::goal(context, &figure, *target, until);
            }
            if args.get_flag("trend") {
                return derived::trend(context, &figure);
            }
            if let Some(other) = word("against") {
                return derived::against(context, &figure, other);
            }
            one(context, figure, word("by").unwrap_or("day"), word("last").unwrap_or("14d"))
        }
        (channel, _) => list(context, channel),
    }
}

/// The samples of a figure.
fn series(
    context: &Context,
    desk: &mut crate::client::ask::DeskClient,
    figure: &Figure,
    grain: Grain,
    (from, to): (Time, Time),
) -> Result<Vec<(Time, Sample)>, Failure> {
    let ask = Ask::Series { figure: figure.clone(), grain, from, to };
    match context.ask(desk, ask)? {
        Answer::Series(samples) => Ok(samples),
        _ => Err(context.strange()),
    }
}

/// How every figure stands, what it gained in a day and in a week, and in the weeks before.
fn list(context: &Context, channel: Option<&str>) -> Outcome {
    let lang = context.lang;
    let mut desk = context.connect()?;
    let Answer::Figures(figures) = context.ask(&mut desk, Ask::Figures)? else {
        return Err(context.strange());
    };
    let now = Time::from(chrono::Utc::now());
    let mut printer = Printer::new(lang);
    let head = [
        say::COL_CHANNEL,
        say::COL_FIGURE,
        say::COL_NOW,
        say::COL_DAY,
        say::COL_WEEK,
        say::COL_BEFORE,
        say::COL_READ,
    ];
    let mut rows = vec![head.map(|msg| msg.say(lang)).to_vec()];
    for figure in figures.iter().filter(|f| channel.is_none_or(|c| f.channel.0 == c)) {
        // Four weeks before the last one.
        let from = now - Span(WEEK.0 * 5);
        let samples = series(context, &mut desk, figure, Grain::Hour, (from, now + DAY))?;
        let Some((_, newest)) = samples.last() else { continue };
        let at = newest.at;
        let gained = |from: Time, to: Time| gain(&samples, from, to);
        let (day, week) = (gained(at - DAY, at), gained(at - WEEK, at));
        let before = gained(at - Span(WEEK.0 * 5), at - WEEK).map(|gain| gain / 4);
        if context.json {
            printer.json(&json!({
                "channel": figure.channel, "figure": figure.name, "value": newest.last,
                "read": at.rfc3339(), "day": day, "week": week, "week_before": before,
            }))?;
            continue;
        }
        let zone = zone::of_desk(desk.welcome());
        let (read, here) = (at.in_zone(zone), now.in_zone(zone));
        rows.push(vec![
            Shown::line(&figure.channel.0),
            Shown::line(&figure.name),
            Shown::number(newest.last),
            change(day),
            change(week),
            change(before),
            format::moment(lang, &read, &here),
        ]);
    }
    if !context.json {
        match rows.len() {
            1 => printer.line(&say::NO_FIGURES.say(lang))?,
            _ => {
                let (l, r) = (Align::Left, Align::Right);
                printer.table(&[l, l, r, r, r, r, l], &rows)?;
            }
        }
    }
    printer.end()
}

/// What a running total gained: the newest value up to a moment, less the newest one up to an
/// earlier one; `None` = nothing was known then.
fn gain(samples: &[(Time, Sample)], from: Time, to: Time) -> Option<i64> {
    let until = |moment: Time| {
        let known = samples.iter().rev().map(|(_, s)| s).find(|s| s.at <= moment);
        known.map(|s| s.last)
    };
    Some(until(to)? - until(from)?)
}

fn change(gain: Option<i64>) -> Shown {
    gain.map_or_else(|| Shown::line("-"), |n| Shown::line(&format!("{n:+}")))
}

/// A length of time as it was typed.
fn length(context: &Context, typed: &str) -> Result<Span, Failure> {
    when::span(typed).ok_or_else(|| {
        let why = say::ODD_TIME.fill(context.lang, &[("text", &Shown::line(typed))]);
        Failure::new(Exit::Usage, why)
    })
}

/// How one figure went.
fn one(context: &Context, figure: Figure, by: &str, last: &str) -> Outcome {
    let lang = context.lang;
    let (grain, pattern) = match by {
        "minute" => (Grain::Minute, "%Y-%m-%d %H:%M"),
        "hour" => (Grain::Hour, "%Y-%m-%d %H:%M"),
        _ => (Grain::Day, "%Y-%m-%d"),
    };
    let span = length(context, last)?;
    let mut desk = context.connect()?;
    let now = Time::from(chrono::Utc::now());
    let samples = series(context, &mut desk, &figure, grain, (now - span, now + DAY))?;
    // A day of the store is a day of UTC.
    let zone = match grain {
        Grain::Day => chrono_tz::Tz::UTC,
        _ => zone::of_desk(desk.welcome()),
    };
    let mut printer = Printer::new(lang);
    let head =
        [say::COL_FROM, say::COL_VALUE, say::COL_GAIN, say::COL_LOW, say::COL_HIGH, say::COL_N];
    let mut rows = vec![head.map(|msg| msg.say(lang)).to_vec()];
    let mut before: Option<i64> = None;
    for (at, s) in &samples {
        let gain = s.last - before.unwrap_or(s.first.0);
        before = Some(s.last);
        if context.json {
            printer.json(&json!({
                "channel": figure.channel, "figure": figure.name, "from": at.rfc3339(),
                "value": s.last, "gain": gain, "low": s.low, "high": s.high,
                "mean": s.mean(), "count": s.count,
            }))?;
            continue;
        }
        rows.push(vec![
            Shown::line(&at.in_zone(zone).format(pattern).to_string()),
            Shown::number(s.last),
            change(Some(gain)),
            Shown::number(s.low),
            Shown::number(s.high),
            format::number(lang, s.count.into()),
        ]);
    }
    if !context.json {
        match rows.len() {
            1 => {
                let name = Shown::line(&format!("{} {}", figure.channel.0, figure.name));
                printer.line(&say::NO_SAMPLES.fill(lang, &[("figure", &name)]))?;
            }
            _ => {
                let r = Align::Right;
                printer.table(&[Align::Left, r, r, r, r, r], &rows)?;
                if samples.len() == MOST_SAMPLES {
                    printer.line(&say::CUT.fill(lang, &[("n", &MOST_SAMPLES)]))?;
                }
            }
        }
    }
    printer.end()
}
