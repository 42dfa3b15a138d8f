//! What is made of figures: rates by formula, goals, trends, whether two go together.

use super::{DAY, change, length, series};
use crate::cli::print::Printer;
use crate::cli::{Context, Exit, Failure, Outcome};
use crate::client::ask::DeskClient;
use crate::client::zone;
use crate::domain::figure::formula::Formula;
use crate::domain::figure::{Grain, compare, goal};
use crate::domain::{ChannelId, Span, Time, when};
use crate::text::catalogue::figures as say;
use crate::text::{Align, Shown, format};
use crate::wire::figure::Figure;
use serde_json::json;
use std::collections::BTreeMap;

/// How far back trends, goals and comparisons look.
const PAST: Span = Span::hours(24 * 92);
/// A quotient over less than this is marked.
const THIN: f64 = 30.0;

/// What a running total gained on each whole day of UTC since its first, oldest first; a day without
/// a value is no number.
fn gains(
    context: &Context,
    desk: &mut DeskClient,
    figure: &Figure,
    now: Time,
) -> Result<BTreeMap<Time, f64>, Failure> {
    let time = (now - PAST, Grain::Day.sample(now));
    let samples = series(context, desk, figure, Grain::Day, time)?;
    let mut gains = BTreeMap::new();
    for pair in samples.windows(2) {
        let [(before, was), (at, is)] = pair else { continue };
        let mut day = *before + DAY;
        while day < *at {
            gains.insert(day, f64::NAN);
            day = day + DAY;
        }
        // Over a gap it is not known on which day it came.
        let gain = if *at - *before == DAY { (is.last - was.last) as f64 } else { f64::NAN };
        gains.insert(*at, gain);
    }
    Ok(gains)
}

/// How a goal stands.
pub(super) fn goal(context: &Context, figure: &Figure, target: f64, until: &str) -> Outcome {
    let lang = context.lang;
    let mut desk = context.connect()?;
    let now = Time::from(chrono::Utc::now());
    let zone = zone::of_desk(desk.welcome());
    let by = when::parse(until, now, zone).map_err(|e| Failure::new(Exit::Usage, e.say(lang)))?;
    let gains = gains(context, &mut desk, figure, now)?;
    let samples = series(context, &mut desk, figure, Grain::Hour, (now - PAST, now + DAY))?;
    let (Some((_, first)), Some((_, newest))) = (samples.first(), samples.last()) else {
        return nothing(context, figure);
    };
    let goal = goal::Goal { from: first.at, start: first.last as f64, by, target };
    let known: Vec<f64> = gains.into_values().filter(|gain| gain.is_finite()).collect();
    let standing = goal.standing(now, newest.last as f64, &known);
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&json!({
            "figure": figure.name, "channel": figure.channel, "target": target,
            "by": by.rfc3339(), "standing": standing,
        }))?;
        return printer.end();
    }
    let whole = |n: f64| Shown::number(n.round() as i128);
    let mut rows = vec![
        (say::GOAL_NOW, whole(standing.now)),
        (say::GOAL_PLANNED, whole(standing.planned)),
        (say::GOAL_A_DAY, whole(standing.a_day)),
        (say::GOAL_A_WEEK, whole(standing.a_week)),
    ];
    match (standing.leads_to, standing.chance) {
        (Some(range), Some(chance)) => {
            let values: [(&str, &dyn std::fmt::Display); 3] = [
                ("n", &whole(range.expected)),
                ("low", &whole(range.low)),
                ("high", &whole(range.high)),
            ];
            rows.push((say::GOAL_LEADS, say::RANGE.fill(lang, &values)));
            rows.push((say::GOAL_CHANCE, format::percent(chance)));
        }
        _ => rows.push((say::GOAL_LEADS, say::GOAL_TOO_LITTLE.say(lang))),
    }
    let rows: Vec<Vec<Shown>> =
        rows.into_iter().map(|(label, value)| vec![label.say(lang), value]).collect();
    printer.table(&[Align::Left, Align::Left], &rows)?;
    printer.end()
}

fn nothing(context: &Context, figure: &Figure) -> Outcome {
    let name = Shown::line(&format!("{} {}", figure.channel.0, figure.name));
    let why = say::NO_SAMPLES.fill(context.lang, &[("figure", &name)]);
    Err(Failure::new(Exit::Refused, why))
}

/// Where a figure goes, apart from the rhythm of the week.
pub(super) fn trend(context: &Context, figure: &Figure) -> Outcome {
    let lang = context.lang;
    let mut desk = context.connect()?;
    let gains = gains(context, &mut desk, figure, Time::from(chrono::Utc::now()))?;
    let Some(first) = gains.keys().next().copied() else { return nothing(context, figure) };
    let values: Vec<f64> = gains.into_values().collect();
    let Some(trend) = compare::trend(&values) else {
        let why = say::TREND_TOO_LITTLE.fill(lang, &[("n", &values.len())]);
        return Err(Failure::new(Exit::Refused, why));
    };
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&json!({
            "figure": figure.name, "channel": figure.channel, "first": first.rfc3339(),
            "days": values.len(), "trend": trend,
        }))?;
        return printer.end();
    }
    let one = |n: f64| Shown::line(&format!("{n:+.1}"));
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("n", &one(trend.a_week)), ("low", &one(trend.range.0)), ("high", &one(trend.range.1))];
    printer.line(&say::TREND.fill(lang, &values))?;
    let mut rows = Vec::new();
    for (place, off) in trend.weekdays.iter().enumerate() {
        let day = first + Span(DAY.0 * place as i64);
        let name = format::weekday(&day.to_utc()).say(lang);
        rows.push(vec![name, one(*off)]);
    }
    printer.line(&say::WEEKDAYS.say(lang))?;
    printer.table(&[Align::Left, Align::Right], &rows)?;
    printer.end()
}

/// Whether two figures go together, day by day.
pub(super) fn against(context: &Context, figure: &Figure, other: &str) -> Outcome {
    let lang = context.lang;
    let Some((channel, name)) = other.split_once('/') else {
        let why = say::ODD_FIGURE.fill(lang, &[("text", &Shown::line(other))]);
        return Err(Failure::new(Exit::Usage, why));
    };
    let other = Figure { channel: ChannelId(channel.into()), name: name.into() };
    let mut desk = context.connect()?;
    let now = Time::from(chrono::Utc::now());
    let a = gains(context, &mut desk, figure, now)?;
    let b = gains(context, &mut desk, &other, now)?;
    let (a, b): (Vec<f64>, Vec<f64>) =
        a.iter().filter_map(|(day, a)| b.get(day).map(|b| (*a, *b))).unzip();
    let Some(found) = compare::correlation(&a, &b) else {
        let why = say::PAIRS_TOO_FEW.fill(lang, &[("n", &a.len())]);
        return Err(Failure::new(Exit::Refused, why));
    };
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&json!({ "correlation": found, "clear": found.is_clear() }))?;
        return printer.end();
    }
    let two = |n: f64| Shown::line(&format!("{n:+.2}"));
    let values: [(&str, &dyn std::fmt::Display); 4] = [
        ("rho", &two(found.rho)),
        ("low", &two(found.range.0)),
        ("high", &two(found.range.1)),
        ("n", &found.pairs),
    ];
    printer.line(&say::CORRELATION.fill(lang, &values))?;
    printer.line(&match found.is_clear() {
        true => say::CORRELATION_CLEAR.say(lang),
        false => say::CORRELATION_CHANCE.say(lang),
    })?;
    if found.is_on_little() {
        printer.line(&say::PAIRS_FEW.say(lang))?;
    }
    printer.end()
}

/// A rate by formula over what the channel's figures gained, day by day.
pub(super) fn formula(context: &Context, channel: &ChannelId, text: &str, last: &str) -> Outcome {
    let lang = context.lang;
    let formula = Formula::parse(text).map_err(|e| {
        let why = Shown::line(&e.to_string());
        Failure::new(Exit::Usage, say::ODD_FORMULA.fill(lang, &[("why", &why)]))
    })?;
    let span = length(context, last)?;
    let mut desk = context.connect()?;
    let now = Time::from(chrono::Utc::now());
    let mut figures = BTreeMap::new();
    for name in formula.names() {
        let figure = Figure { channel: channel.clone(), name: name.to_owned() };
        let gains = gains(context, &mut desk, &figure, now)?;
        if gains.is_empty() {
            return nothing(context, &figure);
        }
        figures.insert(name.to_owned(), gains);
    }
    let days: Vec<Time> = figures.values().flat_map(BTreeMap::keys).copied().collect();
    let mut printer = Printer::new(lang);
    let mut rows = vec![[say::COL_FROM, say::COL_VALUE].map(|msg| msg.say(lang)).to_vec()];
    let mut thin = false;
    for day in
        days.into_iter().filter(|day| *day >= now - span).collect::<std::collections::BTreeSet<_>>()
    {
        let value = formula.value(&|name, usual| {
            let gains = figures.get(name)?;
            match usual {
                false => gains.get(&day).copied().filter(|gain| gain.is_finite()),
                true => usually(gains, day),
            }
        });
        if context.json {
            printer.json(&json!({
                "channel": channel, "formula": text, "from": day.rfc3339(),
                "value": value.map(|v| v.value), "over": value.and_then(|v| v.over),
            }))?;
            continue;
        }
        let shown = value.map_or_else(
            || Shown::line("-"),
            |v| {
                let is_thin = v.is_thin(THIN);
                thin |= is_thin;
                Shown::line(&format!("{:.4}{}", v.value, if is_thin { "*" } else { "" }))
            },
        );
        rows.push(vec![Shown::line(&day.to_utc().format("%Y-%m-%d").to_string()), shown]);
    }
    if !context.json {
        printer.table(&[Align::Left, Align::Right], &rows)?;
        if thin {
            printer.line(&say::THIN.fill(lang, &[("n", &change(Some(THIN as i64)))]))?;
        }
    }
    printer.end()
}

/// What is usual on a day: the median of the same weekday of the eight weeks before.
fn usually(gains: &BTreeMap<Time, f64>, day: Time) -> Option<f64> {
    let before = (1..=8).filter_map(|week| gains.get(&(day - Span(DAY.0 * 7 * week))));
    let mut known: Vec<f64> = before.copied().filter(|gain| gain.is_finite()).collect();
    known.sort_by(f64::total_cmp);
    known.get(known.len() / 2).copied()
}
