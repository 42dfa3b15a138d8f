//! `calendar`: what goes out when, what is missing, what is too much; and by which rules.

use super::post::{funnel_word, step_word};
use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::app::posts::state_name;
use crate::client::zone;
use crate::config::{self, Origin, Origins};
use crate::domain::post::{Funnel, Late, Need, Rules, Step};
use crate::domain::slot::{Cadence, Finding, Slot, Wrong};
use crate::domain::{ChannelId, Span, Time};
use crate::text::catalogue::post_verbs as say;
use crate::text::{Align, Lang, Shown, format};
use crate::wire::message::{Answer, Ask};
use crate::wire::post::{Calendar, Days};
use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::{Value, json};
use std::fmt::Display;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    let flag = |name: &'static str, help: crate::text::Msg| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help.raw(lang))
    };
    Command::new("calendar").about(say::CALENDAR.raw(lang)).args([
        Arg::new("days")
            .long("days")
            .value_name("N")
            .value_parser(value_parser!(u16).range(1..=i64::from(Days::MOST)))
            .conflicts_with_all(["week", "month"])
            .help(say::ARG_DAYS.raw(lang)),
        flag("week", say::ARG_WEEK).conflicts_with("month"),
        flag("month", say::ARG_MONTH),
        Arg::new("from")
            .long("from")
            .value_name("DATE")
            .value_parser(move |typed: &str| {
                NaiveDate::parse_from_str(typed, "%Y-%m-%d")
                    .map_err(|_| say::NOT_A_DATE.fill(lang, &[("value", &typed)]).to_string())
            })
            .help(say::ARG_FROM.raw(lang)),
        Arg::new("channel")
            .long("channel")
            .value_name("NAME")
            .value_parser(NonEmptyStringValueParser::new())
            .help(say::ARG_ONLY_CHANNEL.raw(lang)),
        flag("matrix", say::ARG_MATRIX).conflicts_with("cadence"),
        flag("cadence", say::ARG_CADENCE).conflicts_with_all(["days", "week", "month", "from"]),
    ])
}

/// Asks and prints.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let channel = args.get_one::<String>("channel").cloned().map(ChannelId);
    if args.get_flag("cadence") {
        return cadence(context, channel.as_ref());
    }
    let mut desk = context.connect()?;
    // The days are those of the desk; without a zone of its own it counts in UTC.
    let named = desk.welcome().zone.as_deref().and_then(|name| name.parse().ok());
    let of_days = named.unwrap_or(Tz::UTC);
    let now = Time::from(chrono::Utc::now());
    let days = asked(args, now.in_zone(of_days).date_naive(), of_days);
    let Answer::Calendar(calendar) = context.ask(&mut desk, Ask::Calendar(days))? else {
        return Err(context.strange());
    };
    let mut calendar = *calendar;
    if let Some(channel) = &channel {
        calendar.slots.retain(|slot| slot.channel == *channel);
        calendar.findings.retain(|finding| finding.channel == *channel);
    }
    let zone = zone::of_desk(desk.welcome());
    let mut printer = Printer::new(context.lang);
    match (args.get_flag("matrix"), context.json) {
        (true, true) => printer.json(&matrix_json(&calendar.slots))?,
        (true, false) => {
            let (aligns, rows) = matrix(&calendar.slots, context.lang);
            printer.table(&aligns, &rows)?;
        }
        (false, true) => {
            for line in lines(&calendar) {
                printer.json(&line)?;
            }
        }
        (false, false) => print(&mut printer, &calendar, of_days, zone, context.lang)?,
    }
    printer.end()
}

/// Which days are asked for; `today` by the clocks that the days are counted by.
fn asked(args: &ArgMatches, today: NaiveDate, zone: Tz) -> Days {
    const USUAL: u16 = 7;
    let from = args.get_one::<NaiveDate>("from").copied().unwrap_or(today);
    let (first, days) = if args.get_flag("week") {
        (from - TimeDelta::days(i64::from(from.weekday().num_days_from_monday())), 7)
    } else if args.get_flag("month") {
        let first = from.with_day(1).unwrap_or(from);
        let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
        (first, u16::try_from((next - first).num_days()).unwrap_or(USUAL))
    } else {
        (from, args.get_one::<u16>("days").copied().unwrap_or(USUAL))
    };
    // Noon is on the day, whatever becomes of its midnight.
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    Days { from: Time::from_local(first.and_time(noon), zone), days }
}

/// The days with their slots, and what is wrong with them.
fn print(printer: &mut Printer, calendar: &Calendar, of_days: Tz, zone: Tz, lang: Lang) -> Outcome {
    let first = calendar.days.from.in_zone(of_days).date_naive();
    let mut told: Vec<NaiveDate> = Vec::new();
    for day in first.iter_days().take(usize::from(calendar.days.days)) {
        told.push(day);
        let on_day = |at: Time| at.in_zone(of_days).date_naive() == day;
        heading(printer, day, lang)?;
        let slots: Vec<&Slot> = calendar.slots.iter().filter(|slot| on_day(slot.at)).collect();
        if slots.is_empty() {
            printer.line(&indented(&say::NOTHING.say(lang)))?;
        }
        let rows: Vec<Vec<Shown>> = slots.iter().map(|slot| cells(slot, zone, lang)).collect();
        printer.table(&[Align::Left, Align::Left, Align::Left, Align::Left, Align::Left], &rows)?;
        findings(printer, calendar.findings.iter().filter(|f| on_day(f.day)), zone, lang)?;
    }
    // What is wrong today and in the week ahead is told, whichever days are shown.
    let shown = |finding: &&Finding| told.contains(&finding.day.in_zone(of_days).date_naive());
    let others = calendar.findings.iter().filter(|finding| !shown(finding)).count();
    if others > 0 {
        printer.line(&say::ELSEWHERE.fill(lang, &[("n", &others)]))?;
    }
    if calendar.findings.is_empty() {
        printer.line(&say::ALL_WELL.say(lang))?;
    }
    Ok(())
}

fn heading(printer: &mut Printer, day: NaiveDate, lang: Lang) -> Outcome {
    printer.line(&format::day(lang, &day))
}

fn indented(line: &Shown) -> Shown {
    Shown::join([&Shown::blank(2), line], &Shown::default())
}

fn cells(slot: &Slot, zone: Tz, lang: Lang) -> Vec<Shown> {
    let number = match &slot.post {
        Some(post) => Shown::line(&post.at.to_string()),
        None => Shown::line("-"),
    };
    vec![
        indented(&format::clock(&slot.goes().in_zone(zone))),
        Shown::line(&slot.channel.0),
        state_name(slot.state).say(lang),
        number,
        Shown::line(&slot.title),
    ]
}

fn findings<'a>(
    printer: &mut Printer,
    findings: impl Iterator<Item = &'a Finding>,
    zone: Tz,
    lang: Lang,
) -> Outcome {
    for finding in findings {
        let what = say::FINDING.fill(lang, &[("what", &sentence(finding, zone, lang))]);
        printer.line(&indented(&what))?;
    }
    Ok(())
}

/// What is wrong, in words.
fn sentence(finding: &Finding, zone: Tz, lang: Lang) -> Shown {
    let channel = Shown::line(&finding.channel.0);
    let of_time = |msg: crate::text::Msg, at: Time| {
        let values: [(&str, &dyn Display); 2] =
            [("channel", &channel), ("time", &format::clock(&at.in_zone(zone)))];
        msg.fill(lang, &values)
    };
    match &finding.what {
        Wrong::Gaps(n) => say::GAPS.fill(lang, &[("channel", &channel), ("n", n)]),
        Wrong::TooFew { has, least } => {
            let values: [(&str, &dyn Display); 3] =
                [("channel", &channel), ("has", has), ("least", least)];
            say::TOO_FEW.fill(lang, &values)
        }
        Wrong::TooMany { has, most } => {
            let values: [(&str, &dyn Display); 3] =
                [("channel", &channel), ("has", has), ("most", most)];
            say::TOO_MANY.fill(lang, &values)
        }
        Wrong::Quiet(at) => of_time(say::QUIET, *at),
        Wrong::Clash(at) => of_time(say::CLASH, *at),
    }
}

/// The slots, then the findings, one object each.
fn lines(calendar: &Calendar) -> Vec<Value> {
    let slots = calendar.slots.iter().map(|slot| {
        let post = slot.post.as_ref();
        json!({
            "slot": slot.id,
            "channel": slot.channel.0,
            "at": slot.at.rfc3339(),
            "goes": slot.goes().rfc3339(),
            "state": slot.state.name(),
            "title": slot.title,
            "variant": post.map(|post| post.at.to_string()),
            "form": post.map(|post| post.form.name()),
            "funnel": post.and_then(|post| post.funnel).map(Funnel::name),
            "url": post.and_then(|post| post.url.as_deref()),
            "why": post.map(|post| post.why.as_str()),
        })
    });
    let findings = calendar.findings.iter().map(|finding| {
        let (name, details) = match &finding.what {
            Wrong::Gaps(n) => ("gaps", json!({ "n": n })),
            Wrong::TooFew { has, least } => ("too-few", json!({ "has": has, "least": least })),
            Wrong::TooMany { has, most } => ("too-many", json!({ "has": has, "most": most })),
            Wrong::Quiet(at) => ("quiet", json!({ "at": at.rfc3339() })),
            Wrong::Clash(at) => ("clash", json!({ "at": at.rfc3339() })),
        };
        let mut line = json!({
            "finding": name,
            "channel": finding.channel.0,
            "day": finding.day.rfc3339(),
        });
        if let (Some(line), Value::Object(details)) = (line.as_object_mut(), details) {
            line.extend(details);
        }
        line
    });
    slots.chain(findings).collect()
}

/// A stage, and how many posts each channel has of it.
type Stage = (Option<Funnel>, Vec<u32>);

/// How many posts each channel has of each stage; those without a stage in the last row.
fn counts(slots: &[Slot]) -> (Vec<&ChannelId>, Vec<Stage>) {
    let mut channels: Vec<&ChannelId> = slots.iter().map(|slot| &slot.channel).collect();
    channels.sort();
    channels.dedup();
    let stages = Funnel::ALL.map(Some).into_iter().chain([None]);
    let rows = stages.map(|stage| {
        let of = |channel: &ChannelId| {
            let posts = slots.iter().filter(|slot| {
                slot.channel == *channel
                    && slot.state.counts()
                    && slot.post.as_ref().and_then(|post| post.funnel) == stage
            });
            u32::try_from(posts.count()).unwrap_or(u32::MAX)
        };
        (stage, channels.iter().map(|channel| of(channel)).collect())
    });
    let rows = rows.collect();
    (channels, rows)
}

fn matrix(slots: &[Slot], lang: Lang) -> (Vec<Align>, Vec<Vec<Shown>>) {
    let (channels, rows) = counts(slots);
    let mut table = vec![
        std::iter::once(Shown::default())
            .chain(channels.iter().map(|id| Shown::line(&id.0)))
            .collect::<Vec<_>>(),
    ];
    for (stage, row) in rows {
        let name = stage.map_or(say::NO_STAGE, funnel_word).say(lang);
        // A hole is to be seen; a post without a stage is none.
        let cell = |n: &u32| match (n, stage) {
            (0, Some(_)) => say::HOLE.say(lang),
            _ => format::number(lang, u64::from(*n)),
        };
        table.push(std::iter::once(name).chain(row.iter().map(cell)).collect());
    }
    let aligns = std::iter::once(Align::Left).chain(channels.iter().map(|_| Align::Right));
    (aligns.collect(), table)
}

fn matrix_json(slots: &[Slot]) -> Value {
    let (channels, rows) = counts(slots);
    let mut stages = serde_json::Map::new();
    for (stage, row) in rows {
        let of: serde_json::Map<String, Value> =
            channels.iter().map(|id| id.0.clone()).zip(row.into_iter().map(Value::from)).collect();
        stages.insert(stage.map_or("none", Funnel::name).to_owned(), of.into());
    }
    json!({ "matrix": stages })
}

/// By which rules the channels publish, and where each is said.
fn cadence(context: &Context, only: Option<&ChannelId>) -> Outcome {
    let lang = context.lang;
    let file = config::Desk::load(&context.folder()?)
        .map_err(|e| Failure::new(Exit::Usage, e.say(lang)))?
        .channels;
    let mut printer = Printer::new(lang);
    let meant = |id: &ChannelId| only.is_none_or(|only| only == id);
    let channels: Vec<_> = file.channels.iter().filter(|channel| meant(&channel.id)).collect();
    if channels.is_empty() && !context.json {
        printer.line(&say::NO_CHANNELS.say(lang))?;
    }
    for channel in channels {
        let id = &channel.id;
        let none = Cadence::new(id.clone(), Vec::new());
        let plan = file.cadences.iter().find(|c| c.channel == *id).unwrap_or(&none);
        let rules = file.posting.get(id).cloned().unwrap_or_default();
        let origins = file.origins.get(id).cloned().unwrap_or_default();
        if context.json {
            printer.json(&cadence_json(plan, &rules, &origins))?;
            continue;
        }
        printer.line(&Shown::line(&id.0))?;
        for line in cadence_lines(plan, &rules, &origins, lang) {
            printer.line(&indented(&line))?;
        }
    }
    printer.end()
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Nowhere => "nowhere",
        Origin::File => "file",
        Origin::Handbook => "handbook",
    }
}

fn hours(cadence: &Cadence) -> Vec<String> {
    let clock = |time: &NaiveTime| time.format("%H:%M").to_string();
    cadence.quiet.iter().map(|(from, to)| format!("{}-{}", clock(from), clock(to))).collect()
}

fn per_day(cadence: &Cadence) -> Option<String> {
    match (cadence.least.unwrap_or(0), cadence.most) {
        (least, Some(most)) if least == most => Some(most.to_string()),
        (least, Some(most)) => Some(format!("{least}-{most}")),
        (_, None) => None,
    }
}

fn late(late: Late) -> &'static str {
    match late {
        Late::Ask => "ask",
        Late::Now => "now",
        Late::NextSlot => "next-slot",
    }
}

fn need(need: Need) -> &'static str {
    match need {
        Need::Any => "any",
        Need::All => "all",
    }
}

fn cadence_json(cadence: &Cadence, rules: &Rules, origins: &Origins) -> Value {
    let times: Vec<String> = cadence.times.iter().map(ToString::to_string).collect();
    let from = |name: &str| match origins.posting.contains(&name) {
        true => "file",
        false => "default",
    };
    json!({
        "channel": cadence.channel.0,
        "slots": { "value": times, "from": origin(origins.slots) },
        "per_day": { "value": per_day(cadence), "from": origin(origins.per_day) },
        "quiet": { "value": hours(cadence), "from": origin(origins.quiet) },
        "hold": { "value": rules.hold.to_string(), "from": from("hold") },
        "review": {
            "value": rules.steps.iter().map(|step| step.name()).collect::<Vec<_>>(),
            "from": from("review"),
        },
        "approvers": {
            "value": rules.approvers.iter().map(|name| name.0.as_str()).collect::<Vec<_>>(),
            "from": from("approvers"),
        },
        "need": { "value": need(rules.need), "from": from("need") },
        "late": { "value": late(rules.late), "from": from("late") },
        "grace": { "value": rules.grace.to_string(), "from": from("grace") },
    })
}

fn cadence_lines(cadence: &Cadence, rules: &Rules, origins: &Origins, lang: Lang) -> Vec<Shown> {
    let none = || say::CADENCE_NONE.say(lang).to_string();
    let joined = |parts: Vec<String>| match parts.is_empty() {
        true => none(),
        false => parts.join(", "),
    };
    let of = |origin: Origin| match origin {
        Origin::Nowhere => say::FROM_NOWHERE.say(lang),
        Origin::File => say::FROM_FILE.say(lang),
        Origin::Handbook => say::FROM_HANDBOOK.say(lang),
    };
    let from = |name: &str| match origins.posting.contains(&name) {
        true => say::FROM_FILE.say(lang),
        false => say::FROM_PROGRAM.say(lang),
    };
    let times: Vec<String> = cadence.times.iter().map(ToString::to_string).collect();
    let span = |span: Span| format::duration(lang, span.0);
    let steps: Vec<String> =
        rules.steps.iter().map(|step: &Step| step_word(*step).say(lang).to_string()).collect();
    let names = joined(rules.approvers.iter().map(|name| name.0.clone()).collect());
    let approvers = match (rules.approvers.is_empty(), rules.need) {
        (true, _) => say::RULE_EVERYBODY.say(lang),
        (false, Need::Any) => say::RULE_NEED_ANY.fill(lang, &[("names", &names)]),
        (false, Need::All) => say::RULE_NEED_ALL.fill(lang, &[("names", &names)]),
    };
    let late = match rules.late {
        Late::Ask => say::LATE_ASK,
        Late::Now => say::LATE_NOW,
        Late::NextSlot => say::LATE_NEXT,
    };
    let line = |msg: crate::text::Msg, name: &'static str, what: &dyn Display, from: Shown| {
        msg.fill(lang, &[(name, what), ("from", &from)])
    };
    vec![
        line(say::CADENCE_TIMES, "times", &joined(times), of(origins.slots)),
        line(
            say::CADENCE_PER_DAY,
            "bounds",
            &per_day(cadence).unwrap_or_else(none),
            of(origins.per_day),
        ),
        line(say::CADENCE_QUIET, "hours", &joined(hours(cadence)), of(origins.quiet)),
        line(say::RULE_HOLD, "value", &span(rules.hold), from("hold")),
        line(say::RULE_REVIEW, "value", &joined(steps), from("review")),
        line(say::RULE_APPROVERS, "value", &approvers, from("approvers")),
        line(say::RULE_LATE, "value", &late.say(lang), from("late")),
        line(say::RULE_GRACE, "value", &span(rules.grace), from("grace")),
    ]
}

#[cfg(test)]
mod tests;
