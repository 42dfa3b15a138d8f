//! `dutydesk forecast`: the breach forecast.

use super::print::Printer;
use super::{Context, Outcome};
use crate::app::service::{stands, too_little_text, whole};
use crate::client::zone;
use crate::domain::forecast::Forecast;
use crate::text::catalogue::service as say;
use crate::text::{Align, Lang, Msg, Shown, format};
use crate::wire::message::{Answer, Ask};
use clap::{Arg, ArgMatches, Command, value_parser};
use serde_json::json;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("forecast").about(say::FORECAST.raw(lang)).args([
        Arg::new("hours")
            .long("hours")
            .value_name("N")
            .value_parser(value_parser!(u8).range(1..=12))
            .default_value("8")
            .help(say::ARG_HOURS.raw(lang)),
        Arg::new("operators")
            .long("operators")
            .value_name("N")
            .value_parser(value_parser!(u32).range(0..=1_000))
            .help(say::ARG_OPERATORS.raw(lang)),
    ])
}

/// Asks and prints.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let hours = args.get_one::<u8>("hours").copied().unwrap_or(8);
    let operators = args.get_one::<u32>("operators").copied();
    let mut desk = context.connect()?;
    let Answer::Forecast(outlook) = context.ask(&mut desk, Ask::Forecast { hours, operators })?
    else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(lang);
    match outlook {
        Err(too_little) if context.json => {
            printer.json(&json!({ "forecast": null, "too_little": too_little }))?;
        }
        Err(too_little) => printer.line(&too_little_text(too_little).say(lang))?,
        Ok(forecast) if context.json => printer.json(&as_json(&forecast))?,
        Ok(forecast) => {
            let zone = zone::of_desk(desk.welcome());
            printer.line(&stands(&forecast, lang))?;
            let mut rows = vec![HEAD.map(|msg| msg.say(lang)).to_vec()];
            rows.extend(forecast.lines.iter().map(|line| {
                let range: [(&str, &dyn std::fmt::Display); 2] =
                    [("low", &about(line.breach.low)), ("high", &about(line.breach.high))];
                vec![
                    format::clock(&line.at.in_zone(zone)),
                    about(line.come),
                    about(line.breach.expected),
                    say::RANGE.fill(lang, &range),
                    line.fewer.map_or_else(|| Shown::line("-"), about),
                    about(line.more),
                ]
            }));
            printer.table(&[Align::Right; 6], &rows)?;
        }
    }
    printer.end()
}

const HEAD: [Msg; 6] =
    [say::COL_UNTIL, say::COL_COME, say::COL_BREACH, say::COL_RANGE, say::COL_FEWER, say::COL_MORE];

/// A whole number: the figures are no more exact than that.
fn about(n: f64) -> Shown {
    Shown::number(whole(n))
}

fn as_json(f: &Forecast) -> serde_json::Value {
    let lines = f.lines.iter().map(|line| {
        json!({
            "by": line.at.rfc3339(),
            "will_come": line.come,
            "will_breach": line.breach.expected,
            "low": line.breach.low,
            "high": line.breach.high,
            "one_operator_fewer": line.fewer,
            "one_operator_more": line.more,
        })
    });
    json!({
        "late_already": f.late,
        "operators": f.operators,
        "handled_per_operator_hour": f.handled_per_hour,
        "come_per_hour": f.come_per_hour,
        "forecast": lines.collect::<Vec<_>>(),
    })
}
