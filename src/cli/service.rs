//! `dutydesk service`: service figures.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::app::service::{by_title, label};
use crate::client::zone;
use crate::domain::service::{By, Period, Report, Row, Served};
use crate::domain::{Span, Time};
use crate::text::catalogue::service as say;
use crate::text::{Align, Lang, Msg, Shown, format};
use crate::wire::message::{Answer, Ask};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;

/// The longest period: as long before it is still kept.
const LONGEST: Span = Span::hours(200 * 24);

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("service").about(say::SERVICE.raw(lang)).args([
        Arg::new("by")
            .long("by")
            .value_name("WHAT")
            .value_parser(By::ALL.map(By::name))
            .default_value(By::Policy.name())
            .help(say::ARG_BY.raw(lang)),
        Arg::new("since")
            .long("since")
            .value_name("PERIOD")
            .default_value("7d")
            .help(say::ARG_SINCE.raw(lang)),
        Arg::new("outside")
            .long("outside")
            .action(ArgAction::SetTrue)
            .help(say::ARG_OUTSIDE.raw(lang)),
    ])
}

/// Asks and prints.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let by = args.get_one::<String>("by").map_or("", String::as_str);
    let by = By::ALL.into_iter().find(|b| b.name() == by).unwrap_or_default();
    let since = args.get_one::<String>("since").map_or("", String::as_str);
    let period = match (since, Span::parse(since)) {
        ("today", _) => Period::Today,
        (_, Some(span)) if span.0 > 0 && span <= LONGEST => Period::Last(span),
        _ => {
            let what = Shown::line(since);
            return Err(Failure::new(Exit::Usage, say::BAD_SINCE.fill(lang, &[("what", &what)])));
        }
    };
    let mut desk = context.connect()?;
    let ask = Ask::Service { by, period, outside: args.get_flag("outside") };
    let Answer::Service(report) = context.ask(&mut desk, ask)? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&Json::new(&report))?;
        return printer.end();
    }
    let zone = zone::of_desk(desk.welcome());
    let now = report.to.in_zone(zone);
    let at = |t: Time| format::moment(lang, &t.in_zone(zone), &now);
    let (from, to) = (at(report.from), at(report.to));
    printer.line(&say::PERIOD.fill(lang, &[("from", &from), ("to", &to)]))?;
    let mut rows = vec![head(by).map(|msg| msg.say(lang)).to_vec()];
    rows.extend(report.rows.iter().map(|row| cells(row, label(row, by, lang), report.to, lang)));
    rows.push(cells(&report.total, say::ALL_ROWS.say(lang), report.to, lang));
    let mut aligns = [Align::Right; 8];
    aligns[0] = Align::Left;
    printer.table(&aligns, &rows)?;
    if report.outside.replies > 0 && !report.outside_counted {
        let n = report.outside.replies;
        printer.line(&say::OUTSIDE_LEFT.fill(lang, &[("n", &n)]))?;
    }
    if !report.whole {
        printer.line(&say::NOT_WHOLE.say(lang))?;
    }
    printer.end()
}

fn head(by: By) -> [Msg; 8] {
    let what = by_title(by);
    let [replies, first, next] = [say::COL_REPLIES, say::COL_FIRST, say::COL_NEXT];
    [what, replies, first, next, say::COL_HIT, say::COL_BEFORE, say::COL_BACKLOG, say::COL_OLDEST]
}

fn cells(row: &Row, label: Shown, now: Time, lang: Lang) -> Vec<Shown> {
    let none = || Shown::line("-");
    let times = |b: &crate::domain::kpi::Bucket| match (b.median(), b.quantile(0.9)) {
        (Some(median), Some(p90)) => {
            let (median, p90) =
                (format::duration(lang, median as i64), format::duration(lang, p90 as i64));
            say::MEDIAN_P90.fill(lang, &[("median", &median), ("p90", &p90)])
        }
        _ => none(),
    };
    let hit = |s: &Served| s.hit_rate().map_or_else(none, format::percent);
    vec![
        label,
        Shown::line(&row.now.replies.to_string()),
        times(&row.now.first),
        times(&row.now.next),
        hit(&row.now),
        hit(&row.before),
        row.backlog.map_or_else(none, Shown::number),
        row.oldest.map_or_else(none, |t| format::age(lang, (now - t).0)),
    ]
}

/// What `service --json` prints.
#[derive(Serialize)]
struct Json<'a> {
    by: &'static str,
    from: String,
    to: String,
    before_from: String,
    outside_counted: bool,
    rows: Vec<JsonRow<'a>>,
    total: JsonRow<'a>,
    answered_outside: i64,
    whole: bool,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    name: &'a str,
    now: Figures,
    before: Figures,
    backlog: Option<u64>,
    oldest_at: Option<String>,
}

#[derive(Serialize)]
struct Figures {
    replies: i64,
    first_responses: i64,
    first_median_ms: Option<i64>,
    first_p90_ms: Option<i64>,
    next_responses: i64,
    next_median_ms: Option<i64>,
    next_p90_ms: Option<i64>,
    with_target: i64,
    met: i64,
}

impl<'a> Json<'a> {
    fn new(r: &'a Report) -> Json<'a> {
        Json {
            by: r.by.name(),
            from: r.from.rfc3339(),
            to: r.to.rfc3339(),
            before_from: r.before.rfc3339(),
            outside_counted: r.outside_counted,
            rows: r.rows.iter().map(json_row).collect(),
            total: json_row(&r.total),
            answered_outside: r.outside.replies,
            whole: r.whole,
        }
    }
}

fn json_row(row: &Row) -> JsonRow<'_> {
    let figures = |s: &Served| Figures {
        replies: s.replies,
        first_responses: s.first.count,
        first_median_ms: s.first.median().map(|ms| ms as i64),
        first_p90_ms: s.first.quantile(0.9).map(|ms| ms as i64),
        next_responses: s.next.count,
        next_median_ms: s.next.median().map(|ms| ms as i64),
        next_p90_ms: s.next.quantile(0.9).map(|ms| ms as i64),
        with_target: s.judged,
        met: s.met,
    };
    JsonRow {
        name: &row.name,
        now: figures(&row.now),
        before: figures(&row.before),
        backlog: row.backlog,
        oldest_at: row.oldest.map(Time::rfc3339),
    }
}
