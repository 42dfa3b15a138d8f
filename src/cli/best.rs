//! `best` and `expected`: when posts do best on a channel, and what a draft may bring.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::app::best::{expected_line, expected_more, hours, metric, times, whole};
use crate::client::zone;
use crate::domain::best::{Best, Cell, Eval, Grain, Lift, TooFew};
use crate::domain::past_post::INTERACTIONS;
use crate::domain::post::Form;
use crate::domain::{ChannelId, Time, VariantRef, when};
use crate::text::catalogue::planning as say;
use crate::text::{Align, Lang, Msg, Shown, format};
use crate::wire::message::{Answer, Ask};
use crate::wire::planning::{BestOf, ExpectedOf, History};
use chrono::Datelike;
use chrono_tz::Tz;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;

/// How `best` is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("best").about(say::BEST_VERB.raw(lang)).args([
        Arg::new("channel").value_name("CHANNEL").help(say::ARG_BEST_CHANNEL.raw(lang)),
        metric_arg(lang),
        Arg::new("eval")
            .long("eval")
            .action(ArgAction::SetTrue)
            .requires("channel")
            .help(say::ARG_EVAL.raw(lang)),
    ])
}

/// How `expected` is described.
pub(super) fn expected_command(lang: Lang) -> Command {
    Command::new("expected").about(say::EXPECTED_VERB.raw(lang)).args([
        Arg::new("channel")
            .value_name("CHANNEL")
            .required_unless_present("post")
            .help(say::ARG_EXPECTED_CHANNEL.raw(lang)),
        Arg::new("post")
            .long("post")
            .value_name("POST.VARIANT")
            .value_parser(|s: &str| s.parse::<VariantRef>().map_err(|()| "like 12.1"))
            .conflicts_with_all(["channel", "form", "length", "media"])
            .help(say::ARG_POST.raw(lang)),
        Arg::new("form")
            .long("form")
            .value_name("FORM")
            .value_parser(Form::ALL.map(Form::name))
            .default_value(Form::default().name())
            .help(say::ARG_FORM.raw(lang)),
        Arg::new("at").long("at").value_name("WHEN").help(say::ARG_AT.raw(lang)),
        Arg::new("length")
            .long("length")
            .value_name("N")
            .value_parser(value_parser!(u32))
            .default_value("0")
            .help(say::ARG_LENGTH.raw(lang)),
        Arg::new("media")
            .long("media")
            .value_name("N")
            .value_parser(value_parser!(u32))
            .help(say::ARG_MEDIA.raw(lang)),
        Arg::new("promoted")
            .long("promoted")
            .action(ArgAction::SetTrue)
            .help(say::ARG_PROMOTED.raw(lang)),
        metric_arg(lang),
    ])
}

fn metric_arg(lang: Lang) -> Arg {
    Arg::new("metric")
        .long("metric")
        .value_name("FIGURE")
        .default_value(INTERACTIONS)
        .help(say::ARG_METRIC.raw(lang))
}

fn metric_of(args: &ArgMatches) -> String {
    args.get_one::<String>("metric").cloned().unwrap_or_else(|| INTERACTIONS.to_owned())
}

/// Asks and prints when posts do best.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    let mut printer = Printer::new(context.lang);
    let Some(channel) = args.get_one::<String>("channel") else {
        let Answer::Histories(all) = context.ask(&mut desk, Ask::Histories)? else {
            return Err(context.strange());
        };
        return histories(context, printer, &all, zone);
    };
    let ask = Ask::Best {
        channel: ChannelId(channel.clone()),
        metric: metric_of(args),
        eval: args.get_flag("eval"),
    };
    let Answer::Best(of) = context.ask(&mut desk, ask)? else { return Err(context.strange()) };
    if context.json {
        printer.json(&as_json(&of))?;
        return printer.end();
    }
    print_best(&mut printer, &of, zone, context.lang)?;
    printer.end()
}

fn as_json(of: &BestOf) -> serde_json::Value {
    let better = of.best.as_ref().ok().map(|best| best.better());
    json!({
        "channel": of.channel.0,
        "metric": of.metric,
        "best": of.best.as_ref().ok(),
        "better": better,
        "too_few": of.best.as_ref().err(),
        "eval": of.eval.as_ref().and_then(|eval| eval.as_ref().ok()),
    })
}

fn histories(context: &Context, mut printer: Printer, all: &[History], zone: Tz) -> Outcome {
    let lang = context.lang;
    if context.json {
        for history in all {
            printer.json(&json!({
                "channel": history.channel.0,
                "posts": history.posts,
                "from": history.between.0.rfc3339(),
                "to": history.between.1.rfc3339(),
                "figures": history.metrics,
            }))?;
        }
        return printer.end();
    }
    if all.is_empty() {
        printer.line(&say::NO_HISTORY.say(lang))?;
    }
    let cells = |history: &History| {
        let (from, to) = (date(history.between.0, zone), date(history.between.1, zone));
        vec![
            Shown::line(&history.channel.0),
            say::HISTORY_ROW.fill(lang, &[("n", &history.posts)]),
            say::HISTORY_SPAN.fill(lang, &[("from", &from), ("to", &to)]),
            Shown::line(&history.metrics.join(", ")),
        ]
    };
    let rows: Vec<_> = all.iter().map(cells).collect();
    printer.table(&[Align::Left, Align::Right, Align::Left, Align::Left], &rows)?;
    printer.end()
}

fn date(at: Time, zone: Tz) -> Shown {
    let at = at.in_zone(zone);
    Shown::line(&format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day()))
}

fn print_best(printer: &mut Printer, of: &BestOf, zone: Tz, lang: Lang) -> Outcome {
    let (channel, metric) = (Shown::line(&of.channel.0), metric(&of.metric, lang));
    match &of.best {
        Err(TooFew { has, least }) => {
            let values: [(&str, &dyn std::fmt::Display); 4] =
                [("has", has), ("least", least), ("channel", &channel), ("metric", &metric)];
            printer.line(&say::BEST_TOO_FEW.fill(lang, &values))?;
        }
        Ok(best) => {
            let values: [(&str, &dyn std::fmt::Display); 6] = [
                ("channel", &channel),
                ("n", &best.posts),
                ("from", &date(best.between.0, zone)),
                ("to", &date(best.between.1, zone)),
                ("metric", &metric),
                ("typical", &whole(best.typical, lang)),
            ];
            printer.line(&say::BEST_RESTS.fill(lang, &values))?;
            table(printer, best, lang)?;
            printer.line(&match best.holds {
                true => found(&best.better(), lang),
                false => say::BEST_NOT_HELD.say(lang),
            })?;
        }
    }
    match &of.eval {
        Some(Ok(eval)) => eval_lines(eval, lang).iter().try_for_each(|line| printer.line(line)),
        _ => Ok(()),
    }
}

fn table(printer: &mut Printer, best: &Best, lang: Lang) -> Outcome {
    let grain = match best.grain {
        Grain::HourOfDay => say::BEST_BY_HOUR,
        Grain::HourOfWeek => say::BEST_BY_WEEK,
        Grain::PartOfDay => say::BEST_BY_PART,
    };
    printer.line(&grain.say(lang))?;
    let percent = format::percent(best.explains);
    printer.line(&say::BEST_EXPLAINS.fill(lang, &[("percent", &percent)]))?;
    let mut rows = vec![HEAD.map(|msg| msg.say(lang)).to_vec()];
    rows[0].push(Shown::default());
    rows.extend(best.cells.iter().map(|cell| {
        vec![
            hours(cell, lang),
            Shown::number(cell.posts),
            say::TIMES.fill(lang, &[("n", &times(cell.times))]),
            range(cell.low, cell.high, lang),
            if cell.better { say::BETTER.say(lang) } else { Shown::default() },
        ]
    }));
    let mut aligns = [Align::Right; 5];
    (aligns[0], aligns[4]) = (Align::Left, Align::Left);
    printer.table(&aligns, &rows)
}

const HEAD: [Msg; 4] = [say::COL_WHEN, say::COL_POSTS, say::COL_TIMES, say::COL_RANGE];

fn range(low: f64, high: f64, lang: Lang) -> Shown {
    say::RANGE.fill(lang, &[("low", &times(low)), ("high", &times(high))])
}

fn named(cells: &[Cell], lang: Lang) -> Shown {
    let each: Vec<Shown> = cells.iter().map(|cell| hours(cell, lang)).collect();
    Shown::join(&each, &Shown::line(", "))
}

fn found(better: &[Cell], lang: Lang) -> Shown {
    match better {
        [] => say::BEST_NOT_FOUND.say(lang),
        better => say::BEST_FOUND.fill(lang, &[("hours", &named(better, lang))]),
    }
}

fn eval_lines(eval: &Eval, lang: Lang) -> Vec<Shown> {
    let split: [(&str, &dyn std::fmt::Display); 2] =
        [("learned", &eval.learned), ("held", &eval.held_back)];
    let ranges: [(&str, &dyn std::fmt::Display); 5] = [
        ("most", &format::percent(eval.most)),
        ("low", &format::percent(eval.most_between.0)),
        ("high", &format::percent(eval.most_between.1)),
        ("half", &format::percent(eval.half)),
        ("wide", &Shown::line(&format!("{:.1}", eval.wide))),
    ];
    let mut lines = vec![say::EVAL_SPLIT.fill(lang, &split)];
    lines.push(say::EVAL_RANGES.fill(lang, &ranges));
    if eval.refused > 0 {
        lines.push(say::EVAL_REFUSED.fill(lang, &[("n", &eval.refused)]));
    }
    lines.push(match (&eval.lift, &eval.better[..]) {
        (_, []) => say::EVAL_NONE.say(lang),
        (Some(lift), _) => lifted(say::EVAL_LIFT, lift, lang),
        (None, better) => say::EVAL_NO_LIFT.fill(lang, &[("hours", &named(better, lang))]),
    });
    lines.extend(eval.looked_best.map(|lift| lifted(say::EVAL_LOOKED, &lift, lang)));
    lines
}

fn lifted(msg: Msg, lift: &Lift, lang: Lang) -> Shown {
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("n", &lift.posts),
        ("others", &lift.others),
        ("times", &times(lift.times)),
        ("low", &times(lift.low)),
        ("high", &times(lift.high)),
    ];
    msg.fill(lang, &values)
}

/// Asks and prints what a draft may bring.
pub(super) fn run_expected(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    let now = Time::from(chrono::Utc::now());
    let at = match args.get_one::<String>("at") {
        None => None,
        Some(written) => Some(
            when::parse(written, now, zone).map_err(|e| Failure::new(Exit::Usage, e.say(lang)))?,
        ),
    };
    let mut of = match args.get_one::<VariantRef>("post") {
        Some(named) => variant(context, &mut desk, *named)?,
        None => {
            let form = args.get_one::<String>("form").map_or("", String::as_str);
            ExpectedOf {
                channel: ChannelId(args.get_one::<String>("channel").cloned().unwrap_or_default()),
                metric: String::new(),
                at: None,
                form: Form::ALL.into_iter().find(|f| f.name() == form).unwrap_or_default(),
                length: args.get_one::<u32>("length").copied().unwrap_or(0),
                media: args.get_one::<u32>("media").copied(),
                promoted: false,
            }
        }
    };
    of.at = at.or(of.at);
    of.promoted = args.get_flag("promoted");
    of.metric = metric_of(args);
    let name = of.metric.clone();
    let Answer::Expected(range) = context.ask(&mut desk, Ask::Expected(of))? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&match &range {
            Ok(expected) => json!({ "metric": name, "expected": expected }),
            Err(few) => json!({ "metric": name, "expected": null, "too_few": few }),
        })?;
        return printer.end();
    }
    printer.line(&expected_line(&range, &name, lang))?;
    if let Ok(expected) = &range {
        expected_more(expected, lang).iter().try_for_each(|line| printer.line(line))?;
    }
    printer.end()
}

/// A variant of a post of this desk, as far as it is compared.
fn variant(
    context: &Context,
    desk: &mut crate::client::ask::DeskClient,
    named: VariantRef,
) -> Result<ExpectedOf, Failure> {
    let Answer::Post(found) = context.ask(desk, Ask::Post(named.post))? else {
        return Err(context.strange());
    };
    let view = found.as_ref();
    let at = view.and_then(|v| v.post.variants.iter().position(|x| x.number == named.variant));
    let (Some(view), Some(place)) = (view, at) else {
        let said = say::NO_SUCH_VARIANT.fill(context.lang, &[("at", &named)]);
        return Err(Failure::new(Exit::Refused, said));
    };
    let variant = &view.post.variants[place];
    let mut of = ExpectedOf {
        channel: variant.channel.clone(),
        metric: String::new(),
        at: variant.at,
        form: variant.form,
        length: 0,
        media: None,
        promoted: false,
    };
    if let Some(content) = view.contents.get(place) {
        let length = content.title.trim().chars().count() + content.text.trim().chars().count();
        of.length = u32::try_from(length).unwrap_or(u32::MAX);
        of.media = u32::try_from(content.media.len()).ok();
    }
    Ok(of)
}
